//! What changes by itself until an instant: read from what the engine keeps, nothing decided.
//!
//! The one idea to know: everything that time does has a mark by which a tick finds it, and a record's mark is never later
//! than what happens to the record. So the marks up to an instant name every record to which something happens until then,
//! and nobody else has to be looked at. What somebody does in between, such as an extension, changes the outlook.

use jiff::Timestamp;

use super::record::{
    Assignment, AssignmentState, Governed, Key, Mark, ObjectId, Person, PersonId, RESTORABLE,
    Record, RecordId, RecordKind, Request, RequestState, Review, ReviewSeries, ReviewState,
};
use super::world::{Range, Unread};
use super::{Desk, assignment, lifecycle, review};
use crate::model::kinds::AfterLastAssignment;

/// How many rounds of one review are told at most.
const ROUNDS: usize = 100;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// Access that was approved starts.
    AccessStarts,
    /// Access ends.
    AccessEnds,
    /// The other approvers of a request are asked.
    RequestEscalates,
    /// A request on which nobody has decided is denied.
    RequestEnds,
    /// A round of a review opens.
    ReviewOpens,
    /// A round of a review closes, and its decisions are applied.
    ReviewCloses,
    /// Sign-in is blocked.
    SignInBlocked,
    /// An account is deleted; it can be restored for 30 days.
    AccountDeleted,
    /// A deleted account can no longer be restored.
    AccountGone,
}

impl Happening {
    /// Every one, in the order of a life.
    pub const ALL: &'static [Self] = &[
        Self::AccessStarts,
        Self::AccessEnds,
        Self::RequestEscalates,
        Self::RequestEnds,
        Self::ReviewOpens,
        Self::ReviewCloses,
        Self::SignInBlocked,
        Self::AccountDeleted,
        Self::AccountGone,
    ];

    /// Returns the word that programs read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessStarts => "accessStarts",
            Self::AccessEnds => "accessEnds",
            Self::RequestEscalates => "requestEscalates",
            Self::RequestEnds => "requestEnds",
            Self::ReviewOpens => "reviewOpens",
            Self::ReviewCloses => "reviewCloses",
            Self::SignInBlocked => "signInBlocked",
            Self::AccountDeleted => "accountDeleted",
            Self::AccountGone => "accountGone",
        }
    }
}

/// Something that happens by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// When. What is past happens at the next tick.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
    /// To which record.
    pub of: RecordId,
    /// Whom it concerns.
    pub person: Option<PersonId>,
    /// Which package it concerns.
    pub package: Option<ObjectId>,
    /// Which policy it concerns.
    pub policy: Option<ObjectId>,
    /// The last assignment of the person, when it follows from its end.
    pub follows: Option<u64>,
}

/// A place among the marks of what is due.
pub type Position = (Key, RecordId);

/// Returns what happens to the next records for which something is due until an instant, at most so many records; and the
/// place after which to go on, if there may be more.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn upcoming(
    desk: &Desk<'_>,
    until: Timestamp,
    after: Option<Position>,
    most: usize,
) -> Result<(Vec<Upcoming>, Option<Position>), Unread> {
    let range = Range::until(Mark::Due, until).after(after).most(most);
    let marked = desk.world().marked(&range)?;
    let mut found = Vec::new();
    for (_, id) in &marked {
        if let Some(record) = desk.world().record(*id)? {
            of(desk, &record, until, &mut found)?;
        }
    }
    found.retain(|one| one.at <= until);
    let full = marked.len() == most;
    Ok((found, marked.into_iter().next_back().filter(|_| full)))
}

fn of(
    desk: &Desk<'_>,
    record: &Record,
    until: Timestamp,
    out: &mut Vec<Upcoming>,
) -> Result<(), Unread> {
    let id = record.id();
    match record {
        Record::Person(person) => account(person, id, out),
        Record::Request(request) => self::request(request, id, out),
        Record::Assignment(assignment) => ending(desk, assignment, id, until, out)?,
        Record::Review(review) => round(review, id, out),
        Record::ReviewSeries(series) => rounds(desk, series, id, until, out)?,
        // What goes on in pieces, and what only the engine itself needs, changes nobody's access by itself.
        Record::Group(_)
        | Record::Hold(_)
        | Record::Invitation(_)
        | Record::Passcode(_)
        | Record::ReviewItem(_)
        | Record::Delivery(_)
        | Record::Job(_)
        | Record::SeenOrganization(_)
        | Record::Watch(_)
        | Record::Offboarding(_) => {}
    }
    Ok(())
}

fn one(at: Timestamp, what: Happening, of: RecordId) -> Upcoming {
    Upcoming {
        at,
        what,
        of,
        person: None,
        package: None,
        policy: None,
        follows: None,
    }
}

fn account(person: &Person, id: RecordId, out: &mut Vec<Upcoming>) {
    let mut tell = |at: Timestamp, what: Happening| {
        out.push(Upcoming {
            person: Some(person.id()),
            ..one(at, what, id)
        });
    };
    if let Some(gone) = person.restorable_until() {
        return tell(gone, Happening::AccountGone);
    }
    let Some(wait) = person.wait.as_ref() else {
        return;
    };
    if let Some(at) = wait.block_at {
        tell(at, Happening::SignInBlocked);
    }
    if let Some(at) = wait.delete_at {
        let at = wait.not_before.map_or(at, |other| other.max(at));
        tell(at, Happening::AccountDeleted);
        if let Ok(gone) = at.checked_add(RESTORABLE) {
            tell(gone, Happening::AccountGone);
        }
    }
}

fn request(request: &Request, id: RecordId, out: &mut Vec<Upcoming>) {
    let mut tell = |at: Timestamp, what: Happening| {
        out.push(Upcoming {
            person: Some(request.person),
            package: Some(request.package),
            policy: Some(request.policy),
            ..one(at, what, id)
        });
    };
    if let Some(stage) = request.open_stage() {
        if let Some(at) = stage.escalate_at.filter(|_| !stage.escalated) {
            tell(at, Happening::RequestEscalates);
        }
        tell(stage.decide_by, Happening::RequestEnds);
    }
    if let (RequestState::Scheduled, Some(at)) = (request.state, request.schedule.start) {
        tell(at, Happening::AccessStarts);
    }
}

/// The end of an assignment; and what follows for the account when it is the last one of somebody who is governed.
fn ending(
    desk: &Desk<'_>,
    assignment: &Assignment,
    id: RecordId,
    until: Timestamp,
    out: &mut Vec<Upcoming>,
) -> Result<(), Unread> {
    let Some(at) = assignment.ends().filter(|at| *at <= until) else {
        return Ok(());
    };
    if assignment.state == AssignmentState::Expired {
        return Ok(());
    }
    out.push(Upcoming {
        person: Some(assignment.person),
        package: Some(assignment.package),
        policy: Some(assignment.policy),
        ..one(at, Happening::AccessEnds, id)
    });
    let person = desk.person(assignment.person)?;
    if person.governed != Governed::Governed
        || person.living().is_none()
        || !is_last(desk, assignment)?
    {
        return Ok(());
    }
    let setting = lifecycle::setting(desk)?;
    let account = RecordId {
        kind: RecordKind::Person,
        number: person.number,
    };
    let mut follow = |at: Timestamp, what: Happening| {
        out.push(Upcoming {
            person: Some(assignment.person),
            follows: Some(assignment.number),
            ..one(at, what, account)
        });
    };
    match setting.action {
        AfterLastAssignment::Nothing => {}
        AfterLastAssignment::Block => follow(at, Happening::SignInBlocked),
        AfterLastAssignment::BlockAndDelete => {
            follow(at, Happening::SignInBlocked);
            let deleted = at.checked_add(setting.wait).ok();
            if let Some(deleted) = deleted {
                follow(deleted, Happening::AccountDeleted);
            }
            if let Some(gone) = deleted.and_then(|at| at.checked_add(RESTORABLE).ok()) {
                follow(gone, Happening::AccountGone);
            }
        }
    }
    Ok(())
}

/// Returns true for the assignment after whose end nothing is left of a person: every other one ends before it, or with it
/// and has a lower number.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn is_last(desk: &Desk<'_>, assignment: &Assignment) -> Result<bool, Unread> {
    let Some(at) = assignment.ends() else {
        return Ok(false);
    };
    let others = assignment::all_of(desk, assignment.person)?;
    let before = |other: &Assignment| {
        let end = other.ends();
        end.is_some_and(|end| (end, other.number) <= (at, assignment.number))
    };
    Ok(assignment.state.counts() && others.iter().all(before))
}

fn round(review: &Review, id: RecordId, out: &mut Vec<Upcoming>) {
    if matches!(
        review.state,
        ReviewState::Starting | ReviewState::InProgress
    ) {
        out.push(Upcoming {
            package: Some(review.package),
            policy: Some(review.policy),
            ..one(review.closes, Happening::ReviewCloses, id)
        });
    }
}

/// The rounds to come. One that nobody would be reviewed in does not open.
fn rounds(
    desk: &Desk<'_>,
    series: &ReviewSeries,
    id: RecordId,
    until: Timestamp,
    out: &mut Vec<Upcoming>,
) -> Result<(), Unread> {
    let key = Key::new().object(series.policy);
    if desk.world().count(Mark::AssignmentPolicy, &key)? == 0 {
        return Ok(());
    }
    let policy = desk.object(series.policy)?;
    let package = match policy.as_ref().and_then(|thing| thing.address.parent()) {
        Some(parent) => desk.at(&parent)?.map(|thing| thing.id),
        None => return Ok(()),
    };
    for at in review::openings(series, desk.now(), until, &desk.moment.tenant.zone, ROUNDS) {
        out.push(Upcoming {
            package,
            policy: Some(series.policy),
            ..one(at, Happening::ReviewOpens, id)
        });
    }
    Ok(())
}
