//! What time does to an assignment: it is about to end, and it ends.

use jiff::Timestamp;

use super::end;
use crate::governance::record::{Assignment, AssignmentState, Request, Why};
use crate::governance::{Desk, Stop, Template, Unread, mail};

/// Does what is due for an assignment. Never refuses: what is no longer due is left alone.
pub(super) fn due(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let Some(assignment) = desk.get::<Assignment>(number)? else {
        return Ok(());
    };
    let now = desk.now();
    if assignment.due().is_none_or(|due| due > now) {
        return Ok(());
    }
    if assignment.ends().is_some_and(|end| end <= now) {
        let why = match assignment.grace_until {
            Some(grace) if grace <= now => Why::Rule,
            _ => Why::Expired,
        };
        return Ok(end(desk, assignment, why)?);
    }
    Ok(remind(desk, assignment)?)
}

/// Mails somebody that their access ends: fourteen days and one day before. Of reminders that are late together only one
/// goes out, and none where the policy no longer lets people extend.
fn remind(desk: &mut Desk<'_>, mut assignment: Assignment) -> Result<(), Unread> {
    assignment.reminded = assignment.reminders_past(desk.now());
    desk.keep(&assignment)?;
    let policy = desk.object(assignment.policy)?;
    let extendable = policy
        .as_ref()
        .and_then(|thing| thing.policy())
        .is_some_and(|policy| policy.extension.allowed);
    if !extendable || !assignment.notifications {
        return Ok(());
    }
    let person = desk.person(assignment.person)?;
    if person.living().is_none() {
        return Ok(());
    }
    let request = desk.need::<Request>(assignment.request)?;
    let mut facts = mail::about(desk, &request)?;
    facts.end = assignment.end;
    let key = format!(
        "assignment/{}/{}/{}",
        assignment.number,
        assignment.end.unwrap_or(Timestamp::MAX),
        assignment.reminded
    );
    mail::send(desk, &key, Template::AccessEnding, &person, facts)
}

impl AssignmentState {
    /// Returns true for one whose delivery may be tried again.
    #[must_use]
    pub const fn has_failed(self) -> bool {
        matches!(self, Self::PartiallyDelivered | Self::DeliveryFailed)
    }
}
