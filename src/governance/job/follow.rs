//! What applies have changed, and the jobs that follow from it.

use std::collections::BTreeSet;

use super::{begin, put};
use crate::governance::record::{Assignment, Job, Key, Mark, ObjectId, Request, Work};
use crate::governance::{Desk, Moved, Thing, Unread, people, review};
use crate::model::Kind;
use crate::model::kinds::policy::Requestors;

/// How many changes are looked at in one decision.
const PIECE: usize = 200;

/// Returns the last change that the project has followed: each follows by itself, for it sees its own objects alone.
pub(super) fn followed(desk: &Desk<'_>) -> Result<u64, Unread> {
    let done = desk.first::<Job>(Mark::JobWork, &following(desk).key())?;
    Ok(done.map_or(0, |job| job.cursor))
}

fn following(desk: &Desk<'_>) -> Work {
    Work::Follow(desk.world().project().to_owned())
}

/// Looks at the next changes.
pub(super) fn follow(desk: &mut Desk<'_>) -> Result<(), Unread> {
    let moved = desk.world().changed(followed(desk)?, PIECE)?;
    let Some(last) = moved.last() else {
        return Ok(());
    };
    let cursor = last.change;
    let mut seen = BTreeSet::new();
    for moved in moved {
        if seen.insert((moved.object, moved.is_gone)) {
            one(desk, &moved)?;
        }
    }
    put(desk, following(desk), cursor, None)
}

fn one(desk: &mut Desk<'_>, moved: &Moved) -> Result<(), Unread> {
    let id = moved.object;
    if moved.is_gone {
        if moved.kind == Kind::Policy {
            review::policy_changed(desk, id)?;
        }
        if matches!(moved.kind, Kind::Package | Kind::Policy) && concerns(desk, moved)? {
            begin(desk, Work::End(id))?;
        }
        if moved.kind == Kind::Resource {
            people::groups::gone(desk, id)?;
        }
        return Ok(());
    }
    let Some(thing) = desk.object(id)?.filter(|_| moved.is_there) else {
        return Ok(());
    };
    if !is_ours(desk, &thing)? {
        return Ok(());
    }
    match moved.kind {
        Kind::Package => roles(desk, id),
        Kind::Policy => {
            review::policy_changed(desk, id)?;
            let rules = thing.policy().map(|policy| &policy.requestors);
            let known = !desk.is_none::<Job>(Mark::JobWork, &Work::Rule(id).key())?;
            if known || matches!(rules, Some(Requestors::Automatic(_))) {
                begin(desk, Work::Rule(id))?;
            }
            Ok(())
        }
        Kind::Resource => {
            people::groups::declared(desk, &thing)?;
            granting(desk, &thing)
        }
        _ => Ok(()),
    }
}

/// Returns true when somebody has, or has asked for, what is gone.
fn concerns(desk: &Desk<'_>, moved: &Moved) -> Result<bool, Unread> {
    let key = Key::new().object(moved.object);
    let (held, asked) = match moved.kind {
        Kind::Package => (Mark::AssignmentPackage, Mark::RequestPackage),
        _ => (Mark::AssignmentPolicy, Mark::RequestPolicy),
    };
    Ok(!desk.is_none::<Assignment>(held, &key)? || !desk.is_none::<Request>(asked, &key)?)
}

/// Returns true for an object of this project: only what it names can be found here.
pub(super) fn is_ours(desk: &Desk<'_>, thing: &Thing) -> Result<bool, Unread> {
    let ours = desk.at(&thing.address)?;
    Ok(ours.is_some_and(|ours| ours.id == thing.id))
}

/// Brings holders of a package in line, if there are any.
fn roles(desk: &mut Desk<'_>, package: ObjectId) -> Result<(), Unread> {
    let key = Key::new().object(package);
    if desk.is_none::<Assignment>(Mark::AssignmentPackage, &key)? {
        return Ok(());
    }
    begin(desk, Work::Roles(package))
}

/// Brings holders of the packages that grant a resource in line: it may stand for something else in the directory now.
fn granting(desk: &mut Desk<'_>, resource: &Thing) -> Result<(), Unread> {
    let nobody = Key::new();
    if desk.is_none::<Assignment>(Mark::AssignmentPackage, &nobody)? {
        return Ok(());
    }
    let name = resource.address.own_name().to_owned();
    for thing in desk.things(Kind::Package, None)? {
        let grants = thing.package().is_some_and(|package| {
            package
                .grants
                .keys()
                .any(|granted| granted.as_str() == name)
        });
        if grants {
            roles(desk, thing.id)?;
        }
    }
    Ok(())
}
