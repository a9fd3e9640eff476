//! For tests: trees from JSON, and a store in a few lines that keeps references by id, as real ones do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Asks, Change, Delta, Plan, build};
use crate::model::{
    Address, Body, Bond, Bound, Declaration, Desired, Digest, Kind, Lifecycle, Live, LiveObject,
    Origin, RemoteId, respell,
};

/// Returns an address.
pub(crate) fn at(text: &str) -> Address {
    text.parse().expect(text)
}

/// Returns one declaration; keys of its life stand among the others.
pub(crate) fn declaration(address: &str, value: &Value) -> Declaration {
    let address = at(address);
    let mut keys: Map<String, Value> = value.as_object().expect("a mapping").clone();
    let mut life = Map::new();
    for key in Lifecycle::KEYS {
        if let Some(value) = keys.remove(*key) {
            life.insert((*key).to_owned(), value);
        }
    }
    let object = address
        .kind()
        .decode(Value::Object(keys))
        .expect("of the kind");
    let lifecycle = serde_json::from_value(Value::Object(life)).expect("a lifecycle");
    let origin = Origin {
        path: "tree.yaml".into(),
        line: 1,
    };
    Declaration::new(address, object, lifecycle, origin)
}

/// Returns a tree of these objects.
pub(crate) fn tree(objects: &[(&str, Value)]) -> Desired {
    let objects = objects
        .iter()
        .map(|(address, value)| declaration(address, value));
    Desired::new(objects.collect(), vec![], vec![], Digest::of(b"tree"))
}

/// Returns a tree that lets objects go.
pub(crate) fn forgetting(desired: &Desired, forget: &[&str]) -> Desired {
    Desired::new(
        desired.objects().to_vec(),
        forget.iter().map(|address| at(address)).collect(),
        vec![],
        desired.tree,
    )
}

#[derive(Debug, Clone)]
struct Kept {
    kind: Kind,
    name: String,
    parent: Option<String>,
    bound: bool,
    /// Others are named by id.
    body: Body,
    digest: Option<Digest>,
}

/// A store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    made: u32,
    objects: BTreeMap<String, Kept>,
    /// Objects that the plan under way renames later: nobody finds them under the name that they leave.
    leaving: BTreeSet<String>,
}

impl Store {
    /// Returns a store to which trees were applied one after the other.
    pub(crate) fn of(trees: &[&Desired]) -> Self {
        let mut store = Self::default();
        for desired in trees {
            let _ = store.reconcile(desired);
        }
        store
    }

    /// Plans and applies, and returns the plan.
    pub(crate) fn reconcile(&mut self, desired: &Desired) -> Plan {
        let plan = self.plan(desired);
        self.apply(&plan);
        plan
    }

    /// Plans as an apply does: reads what differs, and everything where that is not enough.
    pub(crate) fn plan(&self, desired: &Desired) -> Plan {
        self.plan_with(desired, &Asks::default())
    }

    pub(crate) fn plan_with(&self, desired: &Desired, asks: &Asks) -> Plan {
        let plan = build(desired, &self.read(Some(desired)), asks);
        if plan.unread.is_empty() {
            return plan;
        }
        let plan = build(desired, &self.read(None), asks);
        assert_eq!(plan.unread, [], "everything was read");
        plan
    }

    /// Reads, without the bodies of what is as applied from this tree.
    pub(crate) fn read(&self, desired: Option<&Desired>) -> Live {
        let (mut bound, mut unmanaged) = (Vec::new(), Vec::new());
        for (id, kept) in &self.objects {
            let address = self.address(id);
            let object = LiveObject {
                id: RemoteId(id.clone()),
                kind: kept.kind,
                address: kept.bound.then(|| address.clone()),
                body: self.body(kept),
                drift: None,
                last: (!kept.bound).then(|| address.clone()),
            };
            if !kept.bound {
                unmanaged.push(object);
                continue;
            }
            let declared = desired
                .and_then(|desired| desired.get(&address))
                .map(|declaration| declaration.digest);
            bound.push(Bound {
                object: (declared.is_none() || declared != kept.digest).then_some(object),
                declared: kept.digest,
                address,
            });
        }
        Live::new("lineage".to_owned(), 1, bound, unmanaged, 0)
    }

    /// Returns the live body of an address.
    pub(crate) fn live(&self, address: &str) -> Value {
        let id = self.id(&at(address)).expect(address);
        self.body(&self.objects[&id]).to_value()
    }

    /// Returns the id of an address.
    pub(crate) fn id(&self, address: &Address) -> Option<String> {
        let mut found = self
            .objects
            .iter()
            .filter(|(id, kept)| kept.bound && !self.leaving.contains(*id))
            .filter(|(id, _)| self.address(id) == *address);
        let id = found.next().map(|(id, _)| id.clone());
        assert!(found.next().is_none(), "{address} is bound twice");
        id
    }

    /// Changes a live body behind everybody's back.
    pub(crate) fn edit(&mut self, address: &str, change: impl FnOnce(&mut Value)) {
        let id = self.id(&at(address)).expect(address);
        let mut value = self.live(address);
        change(&mut value);
        let body = self.by_id(at(address).kind(), &Body::of(&value));
        let kept = self.objects.get_mut(&id).expect(address);
        kept.body = body;
        kept.digest = None;
    }

    /// Lets go of an object, so that nobody owns it.
    pub(crate) fn disown(&mut self, address: &str) -> RemoteId {
        let id = self.id(&at(address)).expect(address);
        self.objects.get_mut(&id).expect(address).bound = false;
        RemoteId(id)
    }

    fn address(&self, id: &str) -> Address {
        let kept = &self.objects[id];
        if kept.kind.is_singleton() {
            return Address::singleton(kept.kind);
        }
        let own = kept.name.as_str();
        let name = match &kept.parent {
            Some(parent) => format!("{}/{own}", self.objects[parent].name),
            None => own.to_owned(),
        };
        at(&format!("{}/{name}", kept.kind))
    }

    fn body(&self, kept: &Kept) -> Body {
        respell(kept.kind, &kept.body, &|_, id| {
            let other = self.objects.get(id).filter(|other| other.bound)?;
            Some(other.name.clone())
        })
        .expect("a live body")
    }

    fn by_id(&self, kind: Kind, body: &Body) -> Body {
        let id = |kind: Kind, name: &str| {
            let mut found = self.objects.iter();
            found
                .find(|(_, kept)| kept.bound && kept.kind == kind && kept.name == name)
                .map(|(id, _)| id.clone())
        };
        respell(kind, body, &id).expect("a body of a plan")
    }

    fn fresh(&mut self) -> String {
        self.made += 1;
        format!("00000000-0000-4000-8000-{:012}", self.made)
    }

    /// Carries out a plan, and checks on the way that its order holds.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        let mut done = Vec::new();
        self.leaving = plan.changes.iter().filter_map(leaver).collect();
        for change in &plan.changes {
            if let Some(before) = change.delta.before() {
                self.leaving.remove(&before.id.0);
            }
            for earlier in &change.after {
                assert!(done.contains(earlier), "{earlier} after {}", change.address);
            }
            self.carry_out(change);
            done.push(change.address.clone());
        }
        // Bodies of a plan name others as they are named in the end.
        for change in &plan.changes {
            if let Some(after) = change.delta.after() {
                let id = self.id(&change.address).expect("an object of the plan");
                let body = self.by_id(change.address.kind(), after);
                self.objects.get_mut(&id).expect("there").body = body;
            }
        }
        for settled in &plan.settled {
            let kept = self
                .objects
                .get_mut(&settled.id.0)
                .expect("a settled object");
            kept.digest = Some(settled.declared);
        }
    }

    fn carry_out(&mut self, change: &Change) {
        match &change.delta {
            Delta::Create { after } => {
                let id = self.fresh();
                self.put(&id, change, after);
            }
            Delta::Update { before, after, .. } | Delta::Adopt { before, after, .. } => {
                self.put(&before.id.0, change, after);
            }
            Delta::Replace { before, after, .. } => {
                let (old, new) = (&before.id.0, self.fresh());
                self.objects
                    .retain(|id, kept| id != old && kept.parent.as_ref() != Some(old));
                for kept in self.objects.values_mut() {
                    kept.body = respell(kept.kind, &kept.body, &|_, id| {
                        (id == old).then(|| new.clone())
                    })
                    .expect("a live body");
                }
                self.put(&new, change, after);
            }
            Delta::Prune { before } => {
                let gone = &before.id.0;
                self.unname(gone);
                let kept = self.objects.remove(gone).expect("an object to prune");
                for (id, other) in &self.objects {
                    assert_ne!(other.parent.as_ref(), Some(gone), "{id} lives in {kept:?}");
                    Self::each_need(other, &mut |kind, name| {
                        assert_ne!(
                            (kind, name),
                            (kept.kind, &*kept.name),
                            "{id} needs {kept:?}"
                        );
                    });
                }
            }
            Delta::Forget { before } => {
                self.unname(&before.id.0);
                let kept = self.objects.get_mut(&before.id.0);
                kept.expect("an object to forget").bound = false;
            }
        }
    }

    /// Puts its last name in the place of the id of an object that goes: the directory may have a group of this name.
    fn unname(&mut self, gone: &str) {
        let name = self.objects[gone].name.clone();
        for kept in self.objects.values_mut() {
            let named = |_, id: &str| (id == gone).then(|| name.clone());
            kept.body = respell(kept.kind, &kept.body, &named).expect("a live body");
        }
    }

    fn each_need(kept: &Kept, see: &mut dyn FnMut(Kind, &str)) {
        let object = kept.kind.decode(kept.body.to_value()).expect("a live body");
        object.references(&mut |mention| {
            if mention.bond == Bond::Needs {
                see(mention.kind, mention.name);
            }
        });
    }

    fn put(&mut self, id: &str, change: &Change, after: &Body) {
        let address = &change.address;
        let parent = address
            .parent()
            .map(|parent| self.id(&parent).expect("the parent is there"));
        let kept = Kept {
            kind: address.kind(),
            name: address.own_name().to_owned(),
            parent,
            bound: true,
            body: after.clone(),
            digest: change.declared,
        };
        Self::each_need(&kept, &mut |kind, name| {
            let mut names = self
                .objects
                .values()
                .map(|other| (other.kind, &*other.name));
            assert!(
                names.any(|other| other == (kind, name)),
                "{address} needs {kind}/{name}, which is not there"
            );
        });
        self.objects.insert(id.to_owned(), kept);
    }
}

/// Returns the object that a change gives another address.
fn leaver(change: &Change) -> Option<String> {
    let before = change.delta.before()?;
    let from = before.address.as_ref()?;
    (*from != change.address).then(|| before.id.0.clone())
}

/// Returns an organization.
pub(crate) fn organization(name: &str) -> Value {
    json!({ "displayName": name, "domains": [format!("{name}.com")] })
}

/// Returns an object with more keys.
pub(crate) fn with(mut value: Value, more: &Value) -> Value {
    let keys = value.as_object_mut().expect("a mapping");
    keys.extend(more.as_object().expect("a mapping").clone());
    value
}
