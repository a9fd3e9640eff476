//! Desired against live: two sorted lists, merged.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::compare::{Compared, compare};
use super::order::arrange;
use super::renames::{Seat, Seats, Via, natural_key};
use super::{
    Action, Cause, Change, Choice, Clash, Conflict, Delta, OwnDomains, Plan, Reason, Settled,
    select,
};
use crate::model::{
    Address, Declaration, Desired, Kind, Live, LiveObject, Object, Origin, RemoteId, Replace,
};

/// What the command asks for beyond the tree.
#[derive(Debug, Clone, Default)]
pub struct Asks {
    /// Addresses that take over the unmanaged object with the same natural key.
    pub adopt: Vec<Address>,
    /// Everything that the project owns goes, whatever the tree declares: settings are let go, the rest is deleted.
    pub destroy: bool,
    /// Every former name counts, because it was written for what is live now.
    pub literal: bool,
    /// The addresses that may change; the default leaves none out.
    pub choice: Choice,
}

/// Returns what would change so that a store holds what a tree declares.
///
/// Depends on nothing but its arguments. An apply of it makes the next plan empty, unless something else changes the store
/// or the tree. What the tree asks for and cannot have is told in [`Plan::conflicts`], never left out in silence.
pub fn build(desired: &Desired, live: &Live, asks: &Asks) -> Plan {
    let mut builder = Builder {
        desired,
        live,
        asks,
        seats: Seats::of(desired, live, asks.literal),
        created: Vec::new(),
        changes: Vec::new(),
        settled: Vec::new(),
        unchanged: 0,
        conflicts: Vec::new(),
        unread: Vec::new(),
        replaced: BTreeSet::new(),
        gone: BTreeSet::new(),
        adopted: BTreeMap::new(),
        alike: None,
    };
    builder.merge();
    builder.create();
    builder.refuse_twins();
    builder.refuse_idle_asks();
    let mut conflicts = builder.conflicts;
    conflicts.append(&mut builder.seats.conflicts);
    conflicts.sort_by(|a, b| a.address.cmp(&b.address));
    builder.unread.sort();
    let mut changes = builder.changes;
    let mut settled = builder.settled;
    let mut partial = select::narrow(&mut changes, desired, &builder.seats, &asks.choice);
    if let Some(partial) = &partial {
        let kept: BTreeSet<&Address> = changes.iter().map(|change| &change.address).collect();
        let asked = |clash: &Clash| matches!(clash, Clash::NotDeclared);
        conflicts.retain(|conflict| {
            let address = &conflict.address;
            kept.contains(address) || asks.choice.takes(address) || asked(&conflict.clash)
        });
        if partial.left_out > 0 {
            // A record may speak of names that a change left out would have given.
            settled.clear();
        }
    }
    let own = live.own.as_deref().zip(desired.own.as_deref());
    let mut own = own
        .filter(|_| !asks.destroy)
        .and_then(|(before, after)| match asks.literal {
            true => OwnDomains::between(before, after),
            false => OwnDomains::planned(before, after),
        });
    if let Some(partial) = &mut partial
        && own.take().is_some()
    {
        partial.left_out += 1;
        partial.own = true;
    }
    Plan {
        lineage: live.lineage.clone(),
        generation: live.generation,
        tree: desired.tree,
        changes: arrange(changes, desired, &builder.seats),
        own,
        settled,
        owned: owned(live),
        destroy: asks.destroy,
        partial,
        unchanged: builder.unchanged,
        unmanaged: live.unmanaged.len() - builder.adopted.len(),
        foreign: live.foreign,
        conflicts,
        unread: builder.unread,
    }
}

struct Builder<'p> {
    desired: &'p Desired,
    live: &'p Live,
    asks: &'p Asks,
    seats: Seats<'p>,
    /// Objects that are new.
    created: Vec<&'p Declaration>,
    changes: Vec<Change>,
    settled: Vec<Settled>,
    unchanged: usize,
    conflicts: Vec<Conflict>,
    unread: Vec<Address>,
    /// Objects that are replaced: those inside them are too.
    replaced: BTreeSet<Address>,
    /// Objects that are pruned.
    gone: BTreeSet<Address>,
    /// Unmanaged objects that are taken over, by their position, and by whom.
    adopted: BTreeMap<usize, Address>,
    /// Unmanaged objects by kind and natural key; made when first asked for.
    alike: Option<BTreeMap<(Kind, String), Vec<usize>>>,
}

impl<'p> Builder<'p> {
    fn merge(&mut self) {
        let desired = self.desired;
        let seats = std::mem::take(&mut self.seats.seats);
        let mut rest = seats.iter().peekable();
        for declaration in desired.objects() {
            while let Some(seat) = rest.next_if(|seat| *seat.address < declaration.address) {
                self.undeclared(seat);
            }
            match rest.next_if(|seat| *seat.address == declaration.address) {
                Some(seat) => self.bound(declaration, seat),
                None => self.absent(declaration),
            }
        }
        for seat in rest {
            self.undeclared(seat);
        }
    }

    /// Adds the changes of new objects, whose bodies are made on all cores.
    fn create(&mut self) {
        let created = self.created.par_iter().map(|declaration| {
            let after = declaration.body();
            declared(declaration, Delta::Create { after }, Reason::Declared)
        });
        self.changes.par_extend(created);
    }

    fn declared(&mut self, declaration: &Declaration, delta: Delta, reason: Reason) {
        self.changes.push(declared(declaration, delta, reason));
    }

    fn conflict(&mut self, address: &Address, clash: Clash) {
        self.conflicts.push(Conflict {
            address: address.clone(),
            clash,
        });
    }

    /// A declared object that is bound.
    fn bound(&mut self, declaration: &Declaration, seat: &Seat<'_>) {
        let remade = !self.replaced.is_empty()
            && declaration
                .address
                .parent()
                .is_some_and(|parent| self.replaced.contains(&parent));
        let Some(object) = &seat.bound.object else {
            if remade || seat.via != Via::Stays || self.names_another(declaration) {
                self.unread.push(seat.bound.address.clone());
            } else {
                self.unchanged += 1;
            }
            return;
        };
        let Compared {
            after,
            edits,
            because,
        } = compare(declaration, &object.body, &self.seats);
        let before = object.clone();
        if remade || !because.is_empty() {
            let reason = if because.is_empty() {
                Reason::ParentReplaced
            } else if allows_replacing(declaration) {
                Reason::ReplaceAllowed
            } else {
                Reason::ReplaceRefused
            };
            self.replaced.insert(declaration.address.clone());
            let delta = Delta::Replace {
                before,
                after,
                edits,
                because,
            };
            self.declared(declaration, delta, reason);
        } else if seat.via == Via::Renamed || !edits.is_empty() {
            let reason = if seat.via == Via::Renamed {
                Reason::Renamed
            } else {
                Reason::Differs
            };
            let delta = Delta::Update {
                before,
                after,
                edits,
            };
            self.declared(declaration, delta, reason);
        } else {
            self.unchanged += 1;
            self.settled.push(Settled {
                address: declaration.address.clone(),
                kind: declaration.address.kind(),
                id: object.id.clone(),
                declared: declaration.digest,
            });
        }
    }

    /// Returns true for an object that mentions a name which means another object after the plan than it does now: the tree
    /// says the same as ever, and the live object does not.
    fn names_another(&self, declaration: &Declaration) -> bool {
        let mut found = false;
        if !self.seats.is_empty() {
            declaration.object.references(&mut |mention| {
                found |= self.seats.renamed(mention.kind, mention.name).is_some();
            });
        }
        found
    }

    /// A declared object that is not bound.
    fn absent(&mut self, declaration: &'p Declaration) {
        if let Some(at) = self.adoptable(declaration) {
            let object = &self.live.unmanaged[at];
            let Compared {
                after,
                edits,
                because,
            } = compare(declaration, &object.body, &self.seats);
            if !because.is_empty() {
                let id = object.id.clone();
                self.conflict(
                    &declaration.address,
                    Clash::AdoptedOtherwise { id, because },
                );
            }
            self.adopted.insert(at, declaration.address.clone());
            let delta = Delta::Adopt {
                before: object.clone(),
                after,
                edits,
            };
            self.declared(declaration, delta, Reason::AdoptAsked);
        } else {
            self.created.push(declaration);
        }
    }

    /// Finds the unmanaged object that a declaration is asked to take over, if it is asked and there is one.
    fn adoptable(&mut self, declaration: &Declaration) -> Option<usize> {
        let address = &declaration.address;
        let lifecycle = declaration.lifecycle.as_deref();
        let asked = lifecycle.and_then(|lifecycle| lifecycle.adopt.as_ref());
        let found = if let Some(adopt) = asked {
            self.by_id(address, adopt.id.as_str())
        } else if self.asks.adopt.contains(address) {
            self.by_likeness(address, &declaration.object)
        } else {
            return None;
        };
        match found {
            Ok(at) => match self.adopted.get(&at).cloned() {
                None => Some(at),
                Some(by) => {
                    let id = self.live.unmanaged[at].id.clone();
                    self.conflict(address, Clash::AdoptedTwice { id, by });
                    None
                }
            },
            Err(clash) => {
                self.conflict(address, clash);
                None
            }
        }
    }

    fn by_id(&self, address: &Address, id: &str) -> Result<usize, Clash> {
        let unmanaged = &self.live.unmanaged;
        let has_id = |object: &LiveObject| object.id.0.eq_ignore_ascii_case(id);
        let kind = address.kind();
        let found = unmanaged
            .iter()
            .position(|object| object.kind == kind && has_id(object));
        if let Some(at) = found {
            return Ok(at);
        }
        Err(match unmanaged.iter().find(|object| has_id(object)) {
            Some(other) => Clash::OtherKind {
                id: other.id.clone(),
                kind: other.kind,
            },
            None => Clash::NoSuchObject {
                id: RemoteId(id.to_owned()),
            },
        })
    }

    fn by_likeness(&mut self, address: &Address, object: &Object) -> Result<usize, Clash> {
        match self.alike(address.kind(), object)[..] {
            [] => Err(Clash::NoLikeness),
            [one] => Ok(one),
            ref several => Err(Clash::SeveralAlike {
                ids: ids(self.live, several),
            }),
        }
    }

    /// Returns the unmanaged objects with the natural key of a declared one.
    fn alike(&mut self, kind: Kind, object: &Object) -> Vec<usize> {
        let Some(key) = object.natural_key() else {
            return Vec::new();
        };
        let unmanaged = &self.live.unmanaged;
        let alike = self.alike.get_or_insert_with(|| {
            let mut alike: BTreeMap<(Kind, String), Vec<usize>> = BTreeMap::new();
            for (at, object) in unmanaged.iter().enumerate() {
                if let Some(key) = natural_key(object) {
                    alike.entry((object.kind, key)).or_default().push(at);
                }
            }
            alike
        });
        alike.get(&(kind, key)).cloned().unwrap_or_default()
    }

    /// Refuses to create what exists already. An object inside another is told by its natural key only there, and nobody
    /// knows where an unmanaged one lives, so those are not compared.
    fn refuse_twins(&mut self) {
        if self.live.unmanaged.is_empty() {
            return;
        }
        let told: BTreeSet<Address> = self
            .conflicts
            .iter()
            .map(|conflict| conflict.address.clone())
            .collect();
        for at in 0..self.changes.len() {
            let change = &self.changes[at];
            let address = change.address.clone();
            let new = change.delta.action() == Action::Create;
            if !new || address.kind().parent().is_some() || told.contains(&address) {
                continue;
            }
            let Some(declaration) = self.desired.get(&address) else {
                continue;
            };
            let mut twins = self.alike(address.kind(), &declaration.object);
            twins.retain(|twin| !self.adopted.contains_key(twin));
            if !twins.is_empty() {
                let ids = ids(self.live, &twins);
                self.conflict(&address, Clash::Exists { ids });
            }
        }
    }

    /// Refuses to adopt for addresses that nothing declares: a slip of the hand is told.
    fn refuse_idle_asks(&mut self) {
        let mut asked = self.asks.adopt.clone();
        asked.sort();
        asked.dedup();
        for address in asked {
            if self.desired.get(&address).is_none() {
                self.conflict(&address, Clash::NotDeclared);
            }
        }
    }

    /// A bound object that is not declared.
    fn undeclared(&mut self, seat: &Seat<'_>) {
        let Some(object) = &seat.bound.object else {
            self.unread.push(seat.bound.address.clone());
            return;
        };
        let before = object.clone();
        let parent = seat.address.parent();
        let asked = |address: &Address| self.desired.forget.binary_search(address).is_ok();
        let let_go = asked(&seat.bound.address) || parent.as_ref().is_some_and(asked);
        let (delta, reason) = if let_go {
            (Delta::Forget { before }, Reason::ForgetAsked)
        } else if seat.address.kind().is_settings() {
            let reason = if self.asks.destroy {
                Reason::DestroyAsked
            } else {
                Reason::SettingsUndeclared
            };
            (Delta::Forget { before }, reason)
        } else {
            let orphan = parent.is_some_and(|parent| self.gone.contains(&parent));
            self.gone.insert((*seat.address).clone());
            let reason = if orphan {
                Reason::ParentPruned
            } else if self.asks.destroy {
                Reason::DestroyAsked
            } else {
                Reason::Undeclared
            };
            (Delta::Prune { before }, reason)
        };
        self.changes.push(Change {
            address: (*seat.address).clone(),
            delta,
            reason,
            origin: None,
            declared: None,
            after: BTreeSet::new(),
        });
    }
}

fn declared(declaration: &Declaration, delta: Delta, reason: Reason) -> Change {
    Change {
        address: declaration.address.clone(),
        reason,
        origin: Some(origin(declaration, &delta, reason)),
        delta,
        declared: Some(declaration.digest),
        after: BTreeSet::new(),
    }
}

/// Returns where the tree says what changes: where the object is declared, or in its profile where it has all of that from
/// there.
fn origin(declaration: &Declaration, delta: &Delta, reason: Reason) -> Origin {
    let lent = declaration.lent.as_deref();
    let (Some(lent), Delta::Update { edits, .. }, Reason::Differs) = (lent, delta, reason) else {
        return declaration.origin.clone();
    };
    let edits = edits.iter().zip(delta.causes());
    let of_the_tree = edits.filter(|(_, cause)| *cause == Cause::Tree);
    let origins: Option<Vec<Origin>> = of_the_tree
        .map(|(edit, _)| lent.origin(edit.at()))
        .collect();
    let first = origins.and_then(|origins| origins.into_iter().next());
    first.unwrap_or_else(|| declaration.origin.clone())
}

/// Counts what the project owns, by kind.
fn owned(live: &Live) -> BTreeMap<Kind, u64> {
    let mut owned = BTreeMap::new();
    for bound in live.bound() {
        *owned.entry(bound.address.kind()).or_default() += 1;
    }
    owned
}

fn allows_replacing(declaration: &Declaration) -> bool {
    let lifecycle = declaration.lifecycle.as_deref();
    lifecycle.is_some_and(|lifecycle| matches!(lifecycle.replace, Some(Replace::Allowed)))
}

fn ids(live: &Live, positions: &[usize]) -> Vec<RemoteId> {
    positions
        .iter()
        .map(|at| live.unmanaged[*at].id.clone())
        .collect()
}
