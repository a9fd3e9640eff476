//! Requests: asking for a package, to keep it longer, to give it back; and deciding about it.
//!
//! The one idea to know: one list of [conditions](Condition) says who may ask. [`examine`] goes through it in Entra's order;
//! a request is refused by the first that does not hold, and an explanation shows them all. Fact sheet `entra-behaviour`
//! §§1–3, 7.

mod answers;
mod approval;
mod asking;
mod cancel;
mod conditions;
mod examine;
mod explain;
mod fruitless;
mod keep;
mod likeness;
mod organization;
mod policies;
mod progress;
mod reprocess;
mod schedule;
mod separation;
mod visible;

use jiff::Timestamp;

pub(super) use answers::read as read_answers;
pub(super) use approval::may_decide;
pub use approval::waiting;
pub use approval::{Ballot, escalates};
pub use asking::{as_visitor, near};
pub use cancel::seen as see;
pub use conditions::{Condition, Examined, Finding, Form, Verdict};
pub use examine::examine;
pub(super) use examine::open_request;
pub use explain::{Explanation, Matching, Opened, Way, explain};
pub use likeness::shape;
pub(super) use organization::forget;
pub(super) use policies::admits;
pub use policies::{Class, Seen};
pub(super) use progress::proceed;
pub(super) use schedule::within;
pub use separation::incompatible;
pub use visible::{Offered, offered};

use super::record::{Identity, Person};
use super::{Desk, Stop};
use crate::model::Name;
use crate::model::text::Email;

/// What can be done with requests.
#[derive(Debug, Clone)]
pub enum Command {
    /// Somebody asks for a package.
    Submit(Ask),
    /// Somebody asks to keep a package longer.
    Extend(Change),
    /// Somebody gives a package back.
    Remove(Change),
    /// An administrator, or who asked, stops a request.
    Cancel(u64),
    /// Who asked takes a request back.
    Withdraw(u64),
    /// An administrator lets a delivery that failed be tried again.
    Reprocess(u64),
    /// An approver decides.
    Decide(Ballot),
    /// An approver takes an approval back.
    TakeBack(u64),
    /// Something is due for a request: a reminder, an escalation, the end of a stage, a start.
    Due(u64),
}

/// Somebody who signs in from outside, and how: vouched for by whoever runs the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The address.
    pub mail: Email,
    /// How they signed in; `None` for what is known of them, or a one-time passcode.
    pub identity: Option<Identity>,
}

/// A request for a package.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The package.
    pub package: Name,
    /// The policy, where several remain.
    pub policy: Option<Name>,
    /// Why.
    pub justification: Option<String>,
    /// Answers: a question, or its number counted from 1, and an answer to it.
    pub answers: Vec<(String, String)>,
    /// When access starts; `None` for at once.
    pub start: Option<Timestamp>,
    /// When it ends; `None` for what the policy says.
    pub end: Option<Timestamp>,
    /// Whom it is for, where it is somebody else.
    pub person: Option<Email>,
    /// Who asks, where it is not the acting person.
    pub visitor: Option<Visitor>,
}

/// A request to keep a package longer, or to give it back.
#[derive(Debug, Clone)]
pub struct Change {
    /// What.
    pub of: Held,
    /// Whose it is, where it is somebody else's.
    pub person: Option<Email>,
    /// Why.
    pub justification: Option<String>,
    /// The new end; `None` for what the policy says. Extensions only.
    pub end: Option<Timestamp>,
}

/// What somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// An assignment, by its number.
    Assignment(u64),
    /// A package, by its name.
    Package(Name),
}

/// Who is concerned, and who asks for them.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Whom it is for.
    pub person: Person,
    /// Who asks, where it is somebody else.
    pub by: Option<Person>,
}

impl Asker {
    /// Returns the one who asks, and so has to sign in.
    #[must_use]
    pub fn who(&self) -> &Person {
        self.by.as_ref().unwrap_or(&self.person)
    }
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Submit(ask) => asking::submit(desk, ask),
        Command::Extend(change) => keep::extend(desk, change),
        Command::Remove(change) => keep::remove(desk, change),
        Command::Cancel(number) => cancel::cancel(desk, *number),
        Command::Withdraw(number) => cancel::withdraw(desk, *number),
        Command::Reprocess(number) => reprocess::reprocess(desk, *number),
        Command::Decide(ballot) => approval::decide(desk, ballot),
        Command::TakeBack(number) => approval::take_back(desk, *number),
        Command::Due(number) => progress::due(desk, *number),
    }
}
