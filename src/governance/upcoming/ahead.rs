//! What happens in the order in which it happens, read as far as it takes to know what comes next.
//!
//! The one idea to know: records come in the order of their marks, and nothing happens before its mark. So whatever happens
//! before the last mark read is next, and only what was read too early waits in memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Happening, Position, Upcoming};
use crate::governance::record::{Key, Mark, RESTORABLE};
use crate::governance::world::Unread;
use crate::governance::{Desk, watch};

/// What happens until an instant, the earliest first.
#[derive(Debug)]
pub struct Ahead {
    until: Timestamp,
    now: Timestamp,
    zone: TimeZone,
    /// After which place to read on; `None` once everything was read.
    after: Option<Option<Position>>,
    waiting: BTreeSet<Upcoming>,
    /// How many governed guests there are, as far as it was told.
    guests: u64,
    /// How many accounts were deleted on a day, and how many may be.
    days: BTreeMap<Date, (u64, u64)>,
}

impl Ahead {
    /// Begins to look ahead.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn begin(desk: &Desk<'_>, until: Timestamp) -> Result<Self, Unread> {
        let today = watch::watch(desk)?.day;
        let spent = today.map(|day| (day.date, (day.deleted, day.most)));
        Ok(Self {
            until,
            now: desk.now(),
            zone: desk.moment.tenant.zone.clone(),
            after: Some(None),
            waiting: BTreeSet::new(),
            guests: desk.world().count(Mark::PersonGoverned, &Key::new())?,
            days: spent.into_iter().collect(),
        })
    }

    /// Returns after which place to read on, for [`super::upcoming`]; `None` once everything was read.
    #[must_use]
    pub const fn reads_after(&self) -> Option<&Option<Position>> {
        self.after.as_ref()
    }

    /// Takes what was read, and the place after which to read on.
    pub fn take(&mut self, found: Vec<Upcoming>, last: Option<Position>) {
        self.waiting.extend(found);
        self.after = last.map(Some);
    }

    /// Returns what happens next, at most so much: nothing when it takes more reading to know, and at the end.
    pub fn next(&mut self, most: usize) -> Vec<Upcoming> {
        let bound = match &self.after {
            None => Timestamp::MAX,
            Some(None) => return Vec::new(),
            Some(Some((key, _))) => key.as_instant().unwrap_or(Timestamp::MIN),
        };
        let mut next = Vec::new();
        while next.len() < most
            && let Some(first) = self.waiting.pop_first()
        {
            // Marks are whole seconds: of the last one there may be more.
            if first.at >= bound {
                self.waiting.insert(first);
                break;
            }
            match first.what {
                Happening::AccountDeleted => next.extend(self.deleted(first)),
                _ => next.push(first),
            }
        }
        next
    }

    /// Deletes an account, and lets it be gone for good when it can no longer be restored; or puts it off to the next day,
    /// where this one's deletions are used up.
    fn deleted(&mut self, one: Upcoming) -> Option<Upcoming> {
        let at = one.at.max(self.now).to_zoned(self.zone.clone());
        let day = self.days.entry(at.date());
        let (deleted, most) = day.or_insert((0, watch::most_a_day(self.guests)));
        if *deleted >= *most {
            let tomorrow = at.tomorrow().and_then(|next| next.start_of_day()).ok()?;
            self.wait(Upcoming {
                at: tomorrow.timestamp(),
                ..one
            });
            return None;
        }
        *deleted += 1;
        self.guests = self.guests.saturating_sub(1);
        if let Ok(gone) = at.timestamp().checked_add(RESTORABLE) {
            self.wait(Upcoming {
                at: gone,
                what: Happening::AccountGone,
                ..one.clone()
            });
        }
        Some(one)
    }

    fn wait(&mut self, one: Upcoming) {
        if one.at <= self.until {
            self.waiting.insert(one);
        }
    }
}
