//! Reports: one form for all of them, and a type for the rows of each.

mod access;
mod guests;
mod proposed;
mod reviews;
mod upcoming;
mod waivers;

use std::cell::RefCell;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::ser::{Error as _, SerializeSeq};
use serde::{Serialize, Serializer};

pub use access::{AccessRow, ReachedRole};
pub use guests::{GuestRow, UngovernedRow};
pub use proposed::{NotProposed, Proposed, ProposedFile};
pub use reviews::ReviewRow;
pub use upcoming::{ExpiryRow, UpcomingRow};
pub use waivers::{Silences, WaiverRow};

use super::FormatVersion;

/// A report: its rows, then what they add up to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{R}Report", bound = "R: JsonSchema")]
#[serde(bound = "R: Serialize")]
pub struct Report<'r, R> {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Which report: `guests`.
    pub report: &'static str,
    /// The instant at which it is true.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The instant up to which it looks; absent for a report on the present.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
    /// How the store stands to that instant; absent for a report on the tree alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Standing>,
    /// What the rows are counted by; absent where they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<&'static str>,
    /// The rows; none where only counts were asked for.
    #[schemars(with = "Vec<R>")]
    pub rows: Rows<'r, R>,
    /// What the rows add up to.
    #[schemars(with = "Summary")]
    pub summary: &'r RefCell<Summary>,
}

/// How a store stands to the instant of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Nothing was written to it yet.
    Empty,
    /// Nothing in it is later.
    Current,
    /// It was changed later: people and their access are as they are since.
    Ahead,
}

/// What the rows of a report add up to.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// How many there are.
    pub count: u64,
    /// How many there are of each group. What belongs to several groups is counted in each.
    pub groups: Vec<GroupCount>,
}

/// How many rows there are of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupCount {
    /// The group; absent for what belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many.
    pub count: u64,
}

/// Returns the next rows, and nothing once there are no more. A failure is kept by whoever gives them.
pub type Next<'r, R> = dyn FnMut() -> Option<Vec<R>> + 'r;

/// Rows that are fetched while they are written, so that no report is ever in memory as a whole.
pub struct Rows<'r, R>(RefCell<&'r mut Next<'r, R>>);

impl<'r, R> Rows<'r, R> {
    /// Returns rows that come in pages.
    pub const fn new(next: &'r mut Next<'r, R>) -> Self {
        Self(RefCell::new(next))
    }
}

impl<R> std::fmt::Debug for Rows<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

impl<R: Serialize> Serialize for Rows<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut next = self.0.try_borrow_mut().map_err(S::Error::custom)?;
        let mut all = serializer.serialize_seq(None)?;
        while let Some(page) = next() {
            for row in &page {
                all.serialize_element(row)?;
            }
        }
        all.end()
    }
}
