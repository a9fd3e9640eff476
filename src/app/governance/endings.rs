//! Who would lose access because a plan deletes a package or policy.

use std::collections::BTreeSet;

use crate::governance::record::{Assignment, Entity as _, Key, Mark, Record};
use crate::governance::{Range, Unread, World};
use crate::guard::Ending;
use crate::model::{Address, Kind};
use crate::plan::{Action, Change, Plan};
use crate::store::{Store, StoreError};

/// Returns who holds each package and policy that a plan deletes, replacements included.
///
/// # Errors
///
/// Those of reading.
pub(in crate::app) fn endings(
    store: &dyn Store,
    project: &str,
    plan: &Plan,
) -> Result<Vec<Ending>, StoreError> {
    let deleted: Vec<&Address> = plan.changes.iter().filter_map(deleted).collect();
    let mut endings = Vec::new();
    if deleted.is_empty() {
        return Ok(endings);
    }
    store.look(project, &mut |world| {
        endings.clear();
        if world.last(Assignment::KIND)? == 0 {
            return Ok(());
        }
        for address in &deleted {
            // Who came through a policy of a package that is deleted holds the package.
            if address
                .parent()
                .is_some_and(|parent| deleted.contains(&&parent))
            {
                continue;
            }
            if let Some(thing) = world.at(address)? {
                endings.push(Ending {
                    address: (*address).clone(),
                    people: holders(world, address.kind(), Key::new().object(thing.id))?,
                });
            }
        }
        Ok(())
    })?;
    Ok(endings)
}

/// Returns the live address of a package or policy that a change deletes.
fn deleted(change: &Change) -> Option<&Address> {
    let deletes = matches!(change.delta.action(), Action::Prune | Action::Replace);
    let of_access = matches!(change.address.kind(), Kind::Package | Kind::Policy);
    let before = change.delta.before().filter(|_| deletes && of_access)?;
    Some(before.address.as_ref().unwrap_or(&change.address))
}

fn holders(world: &dyn World, kind: Kind, key: Key) -> Result<BTreeSet<u64>, Unread> {
    let mark = match kind {
        Kind::Package => Mark::AssignmentPackage,
        _ => Mark::AssignmentPolicy,
    };
    let mut people = BTreeSet::new();
    for (_, id) in world.marked(&Range::of(mark, key))? {
        if let Some(Record::Assignment(assignment)) = world.record(id)? {
            people.insert(assignment.person.0);
        }
    }
    Ok(people)
}
