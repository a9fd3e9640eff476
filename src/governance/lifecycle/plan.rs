//! What an offboarding would do, and what would stay: looked up, nothing decided.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::delete::pending_invitations;
use super::{Setting, setting};
use crate::governance::record::{
    Assignment, Governed, Hold, Invitation, Key, Mark, Person, Removal, Request, ReviewItem, Source,
};
use crate::governance::{Desk, Unread, directory};
use crate::model::kinds::AfterLastAssignment;
use crate::model::text::Principal;
use crate::model::{Address, Kind};

/// What somebody has here that an offboarding ends, and what it leaves.
#[derive(Debug, Clone)]
pub struct Departure {
    /// Who.
    pub person: Person,
    /// The assignments that end.
    pub assignments: Vec<Assignment>,
    /// The requests that are taken back.
    pub requests: Vec<Request>,
    /// The invitations that can no longer be redeemed.
    pub invitations: Vec<Invitation>,
    /// What they hold that no package gave and no rule gives: it goes only where that is asked for.
    pub memberships: Vec<Hold>,
    /// What they hold by the rule of a dynamic group: it stays as long as the rule matches.
    pub by_rule: Vec<Hold>,
    /// How many decisions of reviews wait for them.
    pub reviews: usize,
    /// How many requests wait for their approval.
    pub approvals: usize,
    /// Who has them as a sponsor.
    pub sponsored: Vec<Person>,
    /// Which organizations name them as a sponsor.
    pub organizations: Vec<Address>,
    /// Whether sign-in is blocked by it.
    pub blocks: bool,
    /// What becomes of the account.
    pub leaving: Leaving,
}

/// What becomes of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// There is none.
    None,
    /// It stays.
    Stays,
    /// It is deleted at once, and can be restored for 30 days.
    Now,
    /// It is deleted then.
    At(Timestamp),
    /// It is deleted already.
    Gone,
}

/// Which organizations name whom as a sponsor, by address in lower case.
pub type Sponsoring = BTreeMap<String, Vec<Address>>;

/// Returns which organizations name whom as a sponsor.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn sponsoring(desk: &Desk<'_>) -> Result<Sponsoring, Unread> {
    let mut found = Sponsoring::new();
    for thing in desk.things(Kind::Organization, None)? {
        let Some(organization) = thing.organization() else {
            continue;
        };
        let sponsors = &organization.sponsors;
        for principal in sponsors.internal.iter().chain(sponsors.external.iter()) {
            if let Principal::User(mail) = principal {
                let named = found.entry(mail.as_str().to_lowercase()).or_default();
                named.push(thing.address.clone());
            }
        }
    }
    Ok(found)
}

/// Returns what an offboarding of somebody would do, and what it would leave.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn departure(
    desk: &Desk<'_>,
    person: Person,
    removal: Removal,
    sponsoring: &Sponsoring,
) -> Result<Departure, Unread> {
    let mine = Key::new().person(person.id());
    let holds = directory::holds(desk, person.id())?;
    let of = |source: Source| {
        let held = holds.iter().filter(move |hold| hold.source == source);
        held.cloned().collect::<Vec<Hold>>()
    };
    let sponsor = Key::new().text(&format!("user:{}", person.mail));
    let organizations = sponsoring.get(&person.mail.as_str().to_lowercase());
    let is_open = |item: &ReviewItem| item.verdict.is_none() && !item.applied;
    let reviews = desk.find::<ReviewItem>(Mark::ItemReviewer, &mine)?;
    Ok(Departure {
        assignments: desk.find(Mark::AssignmentPerson, &mine)?,
        requests: desk.find(Mark::RequestOpen, &mine)?,
        invitations: pending_invitations(desk, &person)?,
        memberships: of(Source::Direct),
        by_rule: of(Source::Rule),
        reviews: reviews.iter().filter(|item| is_open(item)).count(),
        approvals: desk.find::<Request>(Mark::RequestApprover, &mine)?.len(),
        sponsored: desk.find(Mark::PersonSponsor, &sponsor)?,
        organizations: organizations.cloned().unwrap_or_default(),
        blocks: person.living().is_some_and(|account| account.enabled),
        leaving: leaving(desk, &person, removal)?,
        person,
    })
}

/// Returns what becomes of the account of somebody who is offboarded.
pub(super) fn leaving(
    desk: &Desk<'_>,
    person: &Person,
    removal: Removal,
) -> Result<Leaving, Unread> {
    if person.living().is_none() {
        let none = person.account.is_none();
        return Ok(if none { Leaving::None } else { Leaving::Gone });
    }
    if removal.delete {
        return Ok(Leaving::Now);
    }
    if let Some(wait) = &person.wait {
        return Ok(wait.delete_at.map_or(Leaving::Stays, Leaving::At));
    }
    if person.governed != Governed::Governed {
        return Ok(Leaving::Stays);
    }
    let Setting { action, wait } = setting(desk)?;
    if action != AfterLastAssignment::BlockAndDelete {
        return Ok(Leaving::Stays);
    }
    if wait.is_zero() {
        return Ok(Leaving::Now);
    }
    let at = desk.now().checked_add(wait);
    Ok(at.map_or(Leaving::Stays, Leaving::At))
}
