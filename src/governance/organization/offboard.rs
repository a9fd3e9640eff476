//! The offboarding of an organization, in pieces: killed in between, the next tick goes on.

use super::people::{belongs, find, people};
use crate::governance::record::{Offboarding, Removal};
use crate::governance::{
    Activity, Desk, Ground, Refusal, Scope, Stop, Task, Unread, delegation, lifecycle,
};

/// How many people are offboarded in one decision.
const PIECE: usize = 50;

pub(super) fn begin(desk: &mut Desk<'_>, name: &str, removal: Removal) -> Result<(), Stop> {
    delegation::require(desk, Task::ManageTenant, Scope::Tenant)?;
    let Some(partner) = find(desk, name)? else {
        let message = format!("no organization is known as {name}");
        let refusal = Refusal::new(Ground::Unknown, message);
        return desk.refuse(refusal.help("`guestlist organization list` shows all"));
    };
    let offboarding = Offboarding {
        number: desk.fresh::<Offboarding>()?,
        organization: partner.name,
        removal,
        ways: partner.belongings,
        at: 0,
        cursor: 0,
        started: desk.now(),
        due: Some(desk.now()),
        tally: crate::governance::record::Tally::default(),
    };
    Ok(desk.put(Activity::OffboardOrganization, &offboarding)?)
}

pub(super) fn go_on(desk: &mut Desk<'_>, number: u64) -> Result<(), Unread> {
    let Some(mut offboarding) = desk.get::<Offboarding>(number)? else {
        return Ok(());
    };
    if offboarding.due.is_none_or(|due| desk.now() < due) {
        return Ok(());
    }
    let at = usize::try_from(offboarding.at).unwrap_or(usize::MAX);
    let Some(way) = offboarding.ways.get(at) else {
        offboarding.due = None;
        return desk.keep(&offboarding);
    };
    let (found, next) = people(desk, way, offboarding.cursor, PIECE)?;
    let before = offboarding.ways.get(..at).unwrap_or_default();
    let tally = &mut offboarding.tally;
    for person in found {
        if !belongs(&person, before) {
            lifecycle::offboard(desk, person.id(), offboarding.removal, tally)?;
        }
    }
    match next {
        Some(next) => offboarding.cursor = next,
        None => {
            offboarding.at += 1;
            offboarding.cursor = 0;
        }
    }
    desk.keep(&offboarding)
}
