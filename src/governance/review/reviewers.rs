//! Who reviews, and what the last sign-in suggests.

use jiff::{SignedDuration, Timestamp};

use crate::governance::record::{ExternalState, Person, Recommendation, Review};
use crate::governance::{Desk, Unread, directory};
use crate::model::text::Principal;

/// How long ago a sign-in still speaks for keeping access.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Returns who reviews the access of somebody: themselves, their manager, the people named; where none of these can be
/// found, the fallback.
pub(super) fn reviewers(
    desk: &Desk<'_>,
    review: &Review,
    person: &Person,
) -> Result<Vec<Person>, Unread> {
    let mut found = directory::named(desk, &review.reviewers)?;
    for principal in &review.reviewers {
        match principal {
            Principal::Oneself => found.push(person.clone()),
            Principal::Manager(_) => {
                let manager = match person.manager {
                    Some(manager) => desk.get::<Person>(manager.0)?,
                    None => None,
                };
                found.extend(directory::acting(desk, manager)?);
            }
            Principal::User(_) | Principal::Group(_) | Principal::Sponsors(_) => {}
        }
    }
    if found.is_empty() {
        found = directory::named(desk, &review.fallback)?;
    }
    found.sort_by_key(|person| person.number);
    found.dedup_by_key(|person| person.number);
    Ok(found)
}

/// Returns true for somebody who may review now: a guest only after accepting the invitation.
pub(super) fn may_review(desk: &Desk<'_>, person: &Person) -> Result<bool, Unread> {
    let pending = person
        .living()
        .is_some_and(|account| account.state == Some(ExternalState::PendingAcceptance));
    Ok(!pending && directory::can_act(desk, person)?)
}

/// Returns what the last sign-in of somebody suggests. Of a young account, and of one whose sign-ins nobody knows, nothing
/// can be said; an invitation that was never redeemed is known to have brought no sign-in.
#[must_use]
pub fn recommendation(person: &Person, now: Timestamp) -> Recommendation {
    let recent = |at: Timestamp| now.duration_since(at) <= LOOK_BACK;
    let Some(account) = person.living() else {
        return Recommendation::NoInfoAvailable;
    };
    match person.last_sign_in {
        Some(at) if recent(at) => Recommendation::Approve,
        _ if recent(account.created) => Recommendation::NoInfoAvailable,
        Some(_) => Recommendation::Deny,
        None if account.state == Some(ExternalState::PendingAcceptance) => Recommendation::Deny,
        None => Recommendation::NoInfoAvailable,
    }
}
