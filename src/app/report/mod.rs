//! Reports on what is there and what comes: guests, access, expiries, reviews, waivers.
//!
//! The one idea to know: a report is rows in pages and, once all pages were given, what they add up to. A face writes each
//! page before it asks for the next one, so a report on 100,000 guests needs the memory of one page and of its groups. Each
//! page is one unchanging view of the store; a change between two pages shows in the later one.
//!
//! Who may: the operator, administrators and Global Readers see every report; who looks after organizations sees guests;
//! who looks after a catalog sees who reaches its packages.

mod access;
mod guests;
mod partners;
mod propose;
mod reviews;
mod tally;
mod ungoverned;
mod upcoming;
mod waivers;

pub use access::{Access, AccessBy};
pub use guests::{Guests, GuestsBy};
pub use propose::propose;
pub use reviews::{Reviews, ReviewsBy};
pub use tally::{Grouping, Said, Tally};
pub use ungoverned::{Ungoverned, UngovernedBy};
pub use upcoming::{Expiries, Outlook};
pub use waivers::{Waivers, waivers};

use jiff::Timestamp;

use super::AppError;
use super::governance::Engine;
use crate::governance::{self, Scope, Sight, Task};
use crate::render::chart::Chart;
use crate::render::json::v1::Summary;
use crate::render::row::Row;

/// How many records are read in one view.
const PAGE: usize = 500;

/// A report: rows in pages, then what they add up to.
pub trait Pages {
    /// A row.
    type Row: Row;

    /// Returns the next rows; `None` once there are no more.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn page(&mut self) -> Result<Option<Vec<Self::Row>>, AppError>;

    /// Returns what the rows given so far add up to.
    fn summary(&self) -> Summary;

    /// Returns a chart of its own of the rows given so far; `None` for a report that has only its counts to draw.
    fn chart(&self) -> Option<Chart<'static>> {
        None
    }
}

/// Refuses who may not see a report on everybody, unless they may do this task in this scope.
fn may_report(engine: &Engine<'_>, or: Option<(Task, Scope)>, words: &str) -> Result<(), AppError> {
    if let Some((task, scope)) = or
        && engine.look(|desk| governance::may(desk, task, scope))?
    {
        return Ok(());
    }
    engine.show(Sight::Journal, words)
}

/// Returns how many whole days have passed from one instant to another.
fn days(from: Timestamp, to: Timestamp) -> u64 {
    let hours = to.duration_since(from).as_hours();
    u64::try_from(hours / 24).unwrap_or(0)
}
