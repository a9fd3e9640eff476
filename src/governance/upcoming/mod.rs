//! What changes by itself until an instant: read from what the engine keeps, nothing decided.
//!
//! The one idea to know: everything that time does has a mark by which a tick finds it, and a record's mark is never later
//! than what happens to the record. So the marks up to an instant name every record to which something happens until then,
//! and nobody else has to be looked at. What somebody does in between, such as an extension, changes the outlook.
//!
//! What is told is what ticks do if nobody does anything, the tree stays and the clock is trusted, with these limits: what a
//! round of a review takes away is told once the round is open, and what a rule makes of somebody whose account is blocked
//! or deleted is not told.

mod ahead;
mod fate;
mod rounds;

pub use ahead::Ahead;
use fate::Common;
pub use rounds::next_rounds;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Desk;
use super::record::{Key, Mark, ObjectId, PersonId, Record, RecordId, Review, ReviewItem};
use super::world::{Range, Unread};

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
    /// Sign-in is allowed again, because access starts.
    SignInAllowed,
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
        Self::SignInAllowed,
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
            Self::SignInAllowed => "signInAllowed",
            Self::AccountDeleted => "accountDeleted",
            Self::AccountGone => "accountGone",
        }
    }
}

/// Something that happens by itself. Sorts by its instant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Upcoming {
    /// When. What is past happens at the next tick.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
    /// To which record. What happens to an assignment that is still to start happens to its request.
    pub of: RecordId,
    /// Whom it concerns.
    pub person: Option<PersonId>,
    /// Which package it concerns.
    pub package: Option<ObjectId>,
    /// Which policy it concerns.
    pub policy: Option<ObjectId>,
    /// The last assignment of the person, when it follows from its end.
    pub follows: Option<u64>,
    /// Whether access ends and nothing is left of the person then.
    pub last: bool,
    /// The review by whose end access ends, unless a reviewer decides otherwise.
    pub review: Option<u64>,
    /// Which round of a review opens or closes, counted from 1.
    pub round: Option<u64>,
}

impl Upcoming {
    const fn new(at: Timestamp, what: Happening, of: RecordId) -> Self {
        Self {
            at,
            what,
            of,
            person: None,
            package: None,
            policy: None,
            follows: None,
            last: false,
            review: None,
            round: None,
        }
    }
}

/// A place among the marks of what is due.
pub type Position = (Key, RecordId);

/// Returns what happens to the next records for which something is due until an instant, at most so many records; and the
/// place after which to go on, if there may be more. [`Ahead`] puts it in order.
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
    let common = Common::read(desk)?;
    let mut found = Vec::new();
    for (_, id) in &marked {
        if let Some(record) = desk.world().record(*id)? {
            of(desk, &common, &record, until, &mut found)?;
        }
    }
    found.retain(|one| one.at <= until);
    let full = marked.len() == most;
    Ok((found, marked.into_iter().next_back().filter(|_| full)))
}

fn of(
    desk: &Desk<'_>,
    common: &Common,
    record: &Record,
    until: Timestamp,
    out: &mut Vec<Upcoming>,
) -> Result<(), Unread> {
    let id = record.id();
    let mut of_person = |person: PersonId| {
        let all = fate::of(desk, common, &desk.person(person)?)?.into_iter();
        out.extend(all.filter(|one| one.by == id).map(|one| one.what));
        Ok::<_, Unread>(())
    };
    match record {
        Record::Person(person) => of_person(person.id())?,
        Record::Request(request) => of_person(request.person)?,
        Record::Assignment(assignment) => of_person(assignment.person)?,
        Record::Review(review) => {
            for person in reviewed(desk, review)? {
                of_person(person)?;
            }
            out.extend(rounds::closing(review));
        }
        Record::ReviewSeries(series) => rounds::to_come(desk, common, series, until, out)?,
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

/// Returns whose access a round looks at.
fn reviewed(desk: &Desk<'_>, review: &Review) -> Result<BTreeSet<PersonId>, Unread> {
    let items = desk.find::<ReviewItem>(Mark::ItemReview, &Key::new().number(review.number))?;
    let open = items.iter().filter(|item| !item.applied);
    Ok(open.map(|item| item.person).collect())
}
