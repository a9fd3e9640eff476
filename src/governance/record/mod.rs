//! What the engine remembers: rows with a number, and the marks they are found by.
//!
//! The one idea to know: every kind of record is kept alike. A ledger stores its body by number and, beside it, a mark for
//! each way it is looked for; so a new kind of record is one file here and no statement in any store. Numbers are never
//! given twice and are what people type: `request 17`.

mod assignment;
mod delivery;
mod hold;
mod invitation;
mod job;
mod key;
mod offboarding;
mod organization;
mod person;
mod request;
mod review;
mod series;
mod watch;

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::text::Principal;

pub use assignment::{Assignment, AssignmentState, Ended, GrantState, Granted, Why};
pub use delivery::{Delivery, DeliveryState};
pub use hold::{Group, Hold, Place, Source};
pub use invitation::{Invitation, InvitationState, Passcode};
pub use job::{Job, Work};
pub use key::{Key, Mark};
pub use offboarding::{Belonging, Offboarding, Removal, Tally};
pub use organization::{SeenOrganization, SignIn};
pub use person::{
    Acceptance, Account, Creation, DirectoryRole, ExternalState, Governed, Identity, Person,
    RESTORABLE, UserType, Wait,
};
pub use request::{
    Answer, Asked, Opinion, Request, RequestKind, RequestState, Schedule, StageState, Terms,
};
pub use review::{Recommendation, Review, ReviewItem, ReviewState, Verdict};
pub use series::ReviewSeries;
pub use watch::{Confirmed, Day, Watch};

/// A record that a ledger keeps.
pub trait Entity: Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: RecordKind;

    /// Returns its number among its kind, counted from 1.
    fn number(&self) -> u64;

    /// Names every way it is looked for.
    fn marks(&self, see: &mut dyn FnMut(Mark, Key));

    /// Returns whom it concerns, where it concerns somebody, for the audit log.
    fn person(&self) -> Option<PersonId> {
        None
    }

    /// Shows whom it keeps as the tree names them: what is kept by number needs no name.
    fn principals(&mut self, see: &mut dyn FnMut(&mut Principal)) {
        let _ = see;
    }

    /// Returns it as a record of any kind.
    fn into_record(self) -> Record;

    /// Returns it out of a record of its kind.
    fn from_record(record: Record) -> Option<Self>;
}

/// Which record: its kind and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordId {
    /// The kind.
    pub kind: RecordKind,
    /// The number among its kind, counted from 1.
    pub number: u64,
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.number)
    }
}

/// Declares the kinds of record from one list: the enum of kinds, the enum of records, and the bridge between both.
macro_rules! records {
    ($($(#[$doc:meta])* $kind:ident = $code:literal, $word:literal;)*) => {
        /// A kind of record. Its code is what stores write, and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum RecordKind { $($(#[$doc])* $kind = $code,)* }

        impl RecordKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Returns the word that people read: `request`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word),* }
            }

            /// Returns the number that stores write.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// Returns true for a kind whose records never change without an entry of the audit log: what somebody holds
            /// where, and groups. Of the others the engine keeps some things to itself.
            #[must_use]
            pub const fn is_always_told(self) -> bool {
                matches!(self, Self::Group | Self::Hold)
            }

            /// Returns the kind of a number that a store holds.
            #[must_use]
            pub fn from_code(code: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }
        }

        /// A record of any kind.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Record { $($(#[$doc])* $kind($kind),)* }

        impl Record {
            /// Returns which record it is.
            #[must_use]
            pub fn id(&self) -> RecordId {
                match self { $(Self::$kind(record) => RecordId { kind: RecordKind::$kind, number: record.number() }),* }
            }

            /// Names every way it is looked for.
            pub fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
                match self { $(Self::$kind(record) => record.marks(see)),* }
            }

            /// Returns its body as JSON: the fields in the order of their declaration, the same bytes for the same record.
            #[must_use]
            pub fn body(&self) -> String {
                match self { $(Self::$kind(record) => text(record)),* }
            }

            /// Reads a record back from its body.
            ///
            /// # Errors
            ///
            /// The parser's, for a body that no version of guestlist wrote.
            pub fn read(kind: RecordKind, body: &str) -> Result<Self, serde_json::Error> {
                match kind { $(RecordKind::$kind => serde_json::from_str(body).map(Self::$kind)),* }
            }
        }

        $(bridge! { $kind })*
    };
}

/// Returns a record, or a part of one, as JSON.
pub(super) fn text(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("INVARIANT: records are made of texts, numbers and lists")
}

macro_rules! bridge {
    ($kind:ident) => {
        impl From<$kind> for Record {
            fn from(record: $kind) -> Self {
                Self::$kind(record)
            }
        }
    };
}

records! {
    /// Somebody the directory or the engine knows.
    Person = 1, "person";
    /// A group of the directory.
    Group = 2, "group";
    /// A role that somebody holds somewhere: a membership, a site's role, an application's.
    Hold = 3, "hold";
    /// A request for a package.
    Request = 4, "request";
    /// A package that somebody has, will have or had.
    Assignment = 5, "assignment";
    /// An invitation to the directory.
    Invitation = 6, "invitation";
    /// A one-time passcode that was mailed.
    Passcode = 7, "passcode";
    /// One round of an access review.
    Review = 8, "review";
    /// One decision of a review.
    ReviewItem = 9, "review item";
    /// An effect on the outside that is planned, under way or done: the outbox.
    Delivery = 10, "delivery";
    /// Work that goes on over several ticks.
    Job = 11, "job";
    /// An organization that was seen in a request and that no tree declares.
    SeenOrganization = 12, "proposed organization";
    /// What the engine knows of its clock, and how far it is with what happens once a day.
    Watch = 13, "watch";
    /// The rounds of a policy's review: when the next one opens.
    ReviewSeries = 14, "review series";
    /// The offboarding of a whole organization.
    Offboarding = 15, "offboarding";
}

/// Implements the bridge of [`Entity`] for a record.
macro_rules! entity {
    ($kind:ident) => {
        const KIND: super::RecordKind = super::RecordKind::$kind;

        fn number(&self) -> u64 {
            self.number
        }

        fn into_record(self) -> super::Record {
            super::Record::$kind(self)
        }

        fn from_record(record: super::Record) -> Option<Self> {
            match record {
                super::Record::$kind(record) => Some(record),
                _ => None,
            }
        }
    };
}

use entity;

/// A number that names one record of a kind, or one object of the store.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

number! {
    /// Which person.
    PersonId
}
number! {
    /// Which declared object of the store: it stays the same when the object is renamed.
    ObjectId
}
