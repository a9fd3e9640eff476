//! What all tests stand on: the tree, applied to a store in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::app::AppError;
use crate::app::plan::against;
use crate::apply::{ApplyError, apply};
use crate::governance::Tenant;
use crate::guard::{Circumstances, Rule, judge};
use crate::model::kinds::{Organization, Resource};
use crate::model::text::{Domain, Email};
use crate::model::{Address, Declaration, Desired, Kind, Lifecycle, Name, Object, Origin};
use crate::plan::{Asks, Plan, Purpose};
use crate::ports::Holder;
use crate::scenario::{Edits, named_people};
use crate::store::memory::Memory;
use crate::store::{LeaseAsk, NewRun, Store, StoreError};

/// What all tests stand on.
pub(super) struct Ground {
    /// The project.
    pub(super) project: String,
    /// Our own tenant.
    pub(super) tenant: Tenant,
    /// The tree as a new store has it: without the keys that speak of what was there before.
    desired: Desired,
    /// A store to which it was applied.
    store: Memory,
    /// Whom the tree names by address.
    pub(super) named: BTreeSet<Email>,
}

impl Ground {
    /// Applies a tree to an empty store.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub(super) fn new(project: &str, tenant: Tenant, desired: &Desired) -> Result<Self, AppError> {
        let objects = desired.objects().iter().map(|declared| {
            fresh(
                declared.address.clone(),
                (*declared.object).clone(),
                declared.origin.clone(),
            )
        });
        let desired = Desired::new(objects.collect(), Vec::new(), Vec::new(), desired.tree);
        let mut store = Memory::new("test");
        bring(&mut store, project, &desired)?;
        let named = named_people(desired.objects().iter().map(Declaration::body));
        Ok(Self {
            project: project.to_owned(),
            tenant,
            desired,
            store: store.without_past(),
            named,
        })
    }

    /// Returns a store to which the tree was applied with these objects declared otherwise: what was there before the test.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub(super) fn store(&self, before: &Edits) -> Result<Memory, AppError> {
        let mut store = self.store.clone();
        if !before.is_empty() {
            bring(&mut store, &self.project, &self.with(&self.desired, before))?;
        }
        Ok(store)
    }

    /// Applies a tree to a store: the one that was applied last with these objects declared otherwise, or the tree as it is
    /// where nothing is. Returns it, or why something that is protected stands against it.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub(super) fn apply(
        &self,
        store: &mut dyn Store,
        last: Option<&Desired>,
        edits: &Edits,
    ) -> Result<Result<Option<Desired>, String>, AppError> {
        let edited = match edits.is_empty() {
            true => None,
            false => Some(self.with(last.unwrap_or(&self.desired), edits)),
        };
        let desired = edited.as_ref().unwrap_or(&self.desired);
        let plan = against(store, &self.project, desired, &Asks::default())?;
        if let Some(refusal) = protected(&plan) {
            return Ok(Err(refusal));
        }
        bring_about(store, &self.project, desired, &plan)?;
        Ok(Ok(edited))
    }

    /// Returns a tree with these objects declared otherwise. What lives in an object that is gone is gone with it.
    fn with(&self, tree: &Desired, edits: &Edits) -> Desired {
        let gone = |address: &Address| {
            let parent = address.parent();
            let over = edits.get(address).or_else(|| edits.get(&parent?));
            over.is_some_and(|edit| matches!(edit, crate::scenario::Edit::Gone))
        };
        let all = tree.objects().iter();
        let kept = all.filter(|one| !edits.contains_key(&one.address) && !gone(&one.address));
        let mut objects: Vec<Declaration> = kept.cloned().collect();
        for (address, edit) in edits {
            let declared = tree.get(address);
            // What is no object was refused when the tree was read.
            if let Ok(Some(mut object)) = edit.on(declared, address) {
                object.settle(&self.tenant.zone);
                let origin = declared.map_or_else(nowhere, |declared| declared.origin.clone());
                objects.push(fresh(address.clone(), object, origin));
            }
        }
        Desired::new(objects, Vec::new(), Vec::new(), tree.tree)
    }

    /// Returns the trees in which a test finds what it names: the one that it applied last, and the tree as it is.
    fn trees<'d>(&'d self, last: Option<&'d Desired>) -> impl Iterator<Item = &'d Desired> {
        last.into_iter().chain([&self.desired])
    }

    /// Returns an organization of the tree that was applied last, or of the tree as it is.
    pub(super) fn organization<'d>(
        &'d self,
        last: Option<&'d Desired>,
        name: &Name,
    ) -> Option<&'d Organization> {
        let address = Address::new(Kind::Organization, name);
        let declared = self.trees(last).find_map(|tree| tree.get(&address))?;
        match &*declared.object {
            Object::Organization(organization) => Some(organization),
            _ => None,
        }
    }

    /// Returns the organization that a domain belongs to: of several the one whose domain says most.
    pub(super) fn organization_of<'d>(
        &'d self,
        last: Option<&'d Desired>,
        domain: &str,
    ) -> Option<&'d Organization> {
        let domain = Domain::parse(domain).ok()?;
        self.trees(last).find_map(|tree| belonging(tree, &domain))
    }

    /// Returns the resources that a test may name, by name; those of the tree that was applied last come first.
    pub(super) fn resources<'d>(
        &'d self,
        last: Option<&'d Desired>,
    ) -> impl Iterator<Item = (&'d str, &'d Resource)> {
        let all = self.trees(last).flat_map(|tree| tree.objects().iter());
        all.filter_map(|declared| match &*declared.object {
            Object::Resource(resource) => Some((declared.address.name(), resource)),
            _ => None,
        })
    }
}

/// Returns the organization of a tree that a domain belongs to.
fn belonging<'d>(tree: &'d Desired, domain: &Domain) -> Option<&'d Organization> {
    let all = tree.objects().iter();
    let organizations = all.filter_map(|declared| match &*declared.object {
        Object::Organization(organization) => Some(organization),
        _ => None,
    });
    let rank = |organization: &Organization| {
        let rules = organization.domains.iter();
        let fits = rules
            .filter(|rule| rule.domain == *domain || rule.subdomains && rule.domain.covers(domain));
        fits.map(|rule| rule.domain.as_str().len()).max()
    };
    let ranked = organizations.filter_map(|one| Some((rank(one)?, one)));
    ranked.max_by_key(|(rank, _)| *rank).map(|(_, one)| one)
}

/// Returns why a plan is refused for what it deletes. No flag lifts that, so it stands in tests, too; every other guard is
/// there for somebody to answer, and whoever writes a test has.
fn protected(plan: &Plan) -> Option<String> {
    let verdict = judge(plan, &Circumstances::default());
    let refusals = verdict.refusals.into_iter();
    let mut protected = refusals.filter(|refusal| refusal.rule == Rule::Protection);
    protected.next().map(|refusal| refusal.message)
}

/// Tells a tree that no store takes, such as one that lacks what others name, from a failure: what is wrong with it.
///
/// # Errors
///
/// Every other error.
pub(super) fn unfit(error: AppError) -> Result<String, AppError> {
    match error {
        AppError::Apply(ApplyError::Store(StoreError::Unfit { address, cause })) => Ok(format!(
            "the tree cannot be applied like this: {address}: {cause}"
        )),
        other => Err(other),
    }
}

fn fresh(address: Address, object: Object, origin: Origin) -> Declaration {
    Declaration::new(address, object, Lifecycle::default(), origin)
}

fn nowhere() -> Origin {
    Origin {
        path: Arc::from(""),
        line: 1,
    }
}

/// Applies a tree to a store, past every guard: the store is nobody's.
fn bring(store: &mut dyn Store, project: &str, desired: &Desired) -> Result<(), AppError> {
    let plan = against(store, project, desired, &Asks::default())?;
    bring_about(store, project, desired, &plan)
}

/// Applies a plan of a tree.
fn bring_about(
    store: &mut dyn Store,
    project: &str,
    desired: &Desired,
    plan: &Plan,
) -> Result<(), AppError> {
    // The instant at which the store of a test is filled is before every test.
    let now = Timestamp::UNIX_EPOCH;
    let ask = LeaseAsk {
        holder: Holder {
            user: "test".to_owned(),
            host: "test".to_owned(),
            pid: 0,
            born: String::new(),
        },
        operation: "test".to_owned(),
        now,
        holder_is_gone: |_| true,
    };
    let generation = store.head()?.generation;
    let lease = store.lease(&ask)?;
    let run = NewRun {
        id: format!("run-{generation}"),
        purpose: Purpose::Apply,
        project: project.to_owned(),
        generation,
        actor: "test".to_owned(),
        host: "test".to_owned(),
        commit: None,
        tree: desired.tree,
        plan: plan.digest(),
        started: now,
        lifted: Vec::new(),
        own: None,
    };
    let applied = apply(store, plan, &lease, run, &|| false, &mut |_, _| {});
    store.release(lease)?;
    applied.map(drop).map_err(AppError::from)
}
