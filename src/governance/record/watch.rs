//! What the engine knows of its clock, and how far it is with what happens once a day.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, entity};

/// What the engine knows of its clock, and how far it is with what happens once a day. There is one, number 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Watch {
    /// The number: 1.
    pub number: u64,
    /// The highest instant seen before the clock went so far ahead that it is doubted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Timestamp>,
    /// The last instant that an operator has confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmed>,
    /// When every policy was last looked through for reviews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surveyed: Option<Timestamp>,
    /// The deletions of the last day on which there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
}

/// A clock that an operator has confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Confirmed {
    /// The instant that is right; moved on as time passes while the store has seen a later one.
    pub at: Timestamp,
    /// The highest instant that the store had seen then. Once it sees a later one, that counts again.
    pub seen: Timestamp,
}

/// The deletions of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Day {
    /// The day, in the project's time zone.
    pub date: Date,
    /// How many accounts were deleted.
    pub deleted: u64,
    /// How many deletions were put off to the next day.
    pub waiting: u64,
    /// How many are deleted at most.
    pub most: u64,
}

impl Entity for Watch {
    entity!(Watch);

    fn marks(&self, _: &mut dyn FnMut(Mark, Key)) {}
}
