//! Guests whom nobody governs: here without any package, so that no policy says why, until when, and who looks again.
//!
//! Whether the lifecycle of external users applies to somebody is another matter: it follows the loss of the last package,
//! and who never had one never loses it.

use super::guests::{BY_LAST_SIGN_IN, guests, is_guest, span, state};
use super::partners::Partners;
use super::tally::{Said, groupings};
use super::{Grouping as _, Pages, Tally, days, may_report};
use crate::app::AppError;
use crate::app::governance::{Engine, words};
use crate::governance::record::{Hold, Key, Mark, Person};
use crate::governance::{Desk, Unread};
use crate::render::json::v1::{Summary, UngovernedRow};

groupings! {
    /// What guests whom nobody governs are counted by.
    UngovernedBy {
        /// The organization that they belong to
        Organization => Said::new("organization", "no organization", &["ORGANIZATION", "GUESTS"]),
        /// The domain of their address
        Domain => Said::new("domain", "none", &["DOMAIN", "GUESTS"]),
        /// How long ago they last signed in
        LastSignIn => BY_LAST_SIGN_IN,
        /// What they hold
        Resource => Said::new("resource", "nothing", &["HOLDS", "GUESTS"]).words("what they hold"),
    }
}

/// A guest whom nobody governs, and what they hold.
pub(super) type Found = (Person, Vec<Hold>);

/// Guests whom nobody governs, in order of numbers.
#[derive(Debug)]
pub struct Ungoverned<'e> {
    engine: &'e Engine<'e>,
    by: UngovernedBy,
    partners: Partners,
    after: Option<u64>,
    tally: Tally,
}

impl<'e> Ungoverned<'e> {
    /// Begins a report.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see everybody, and those of reading.
    pub fn new(engine: &'e Engine<'e>, by: UngovernedBy) -> Result<Self, AppError> {
        may_report(engine, None, "a report on guests")?;
        Ok(Self {
            engine,
            by,
            partners: engine.look(Partners::read)?,
            after: Some(0),
            tally: Tally::default(),
        })
    }

    /// Returns the next guests as the store has them, for a proposal; `None` once there are no more.
    pub(super) fn found(&mut self) -> Result<Option<Vec<Found>>, AppError> {
        let Some(after) = self.after else {
            return Ok(None);
        };
        let (found, last) = self.engine.look(|desk| {
            let (all, last) = guests(desk, None, after)?;
            let mut found = Vec::new();
            for guest in all {
                let mine = Key::new().person(guest.id());
                let governed = desk.world().count(Mark::AssignmentPerson, &mine)? > 0;
                if is_guest(&guest) && !governed {
                    found.push(with_holds(desk, guest)?);
                }
            }
            Ok((found, last))
        })?;
        self.after = last;
        Ok(Some(found))
    }

    fn row(&self, (guest, holds): &Found) -> Option<UngovernedRow> {
        let account = guest.living()?;
        let now = self.engine.now();
        Some(UngovernedRow {
            number: guest.number,
            mail: guest.mail.to_string(),
            display_name: guest.name.clone(),
            organization: self.partners.find(guest).map(str::to_owned),
            domain: guest.mail.domain().to_owned(),
            company: guest.company.clone(),
            sponsors: guest.sponsors.iter().map(ToString::to_string).collect(),
            state: state(account),
            lifecycle: words::governed(guest.governed),
            created: account.created,
            age_days: days(account.created, now),
            last_sign_in: guest.last_sign_in,
            holds: holds.iter().map(held).collect(),
        })
    }

    fn groups(&self, row: &UngovernedRow) -> Vec<String> {
        match self.by {
            UngovernedBy::Organization => row.organization.iter().cloned().collect(),
            UngovernedBy::Domain => vec![row.domain.clone()],
            UngovernedBy::Resource => row.holds.clone(),
            UngovernedBy::LastSignIn => {
                let at = row.last_sign_in.iter();
                let now = self.engine.now();
                at.map(|at| span(days(*at, now)).to_owned()).collect()
            }
        }
    }
}

fn with_holds(desk: &Desk<'_>, guest: Person) -> Result<Found, Unread> {
    let mine = Key::new().person(guest.id());
    let mut holds = desk.find::<Hold>(Mark::HoldPerson, &mine)?;
    holds.sort_by(|one, other| (&one.place, &one.role).cmp(&(&other.place, &other.role)));
    Ok((guest, holds))
}

fn held(hold: &Hold) -> String {
    let place = &hold.place;
    format!("{} {}: {}", place.origin.key(), place.name, hold.role)
}

impl Pages for Ungoverned<'_> {
    type Row = UngovernedRow;

    fn page(&mut self) -> Result<Option<Vec<UngovernedRow>>, AppError> {
        let Some(found) = self.found()? else {
            return Ok(None);
        };
        let rows: Vec<UngovernedRow> = found.iter().filter_map(|one| self.row(one)).collect();
        for row in &rows {
            let groups = self.groups(row);
            self.tally.add(groups);
        }
        Ok(Some(rows))
    }

    fn summary(&self) -> Summary {
        self.tally.summary(self.by.said().order)
    }
}
