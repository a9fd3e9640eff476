//! What changes by itself until a date: all of it, or the ends of assignments alone.
//!
//! What is due is found by its marks, and told in the order in which it happens, page by page. In memory is what was found
//! before its time, and the instants that the chart draws.

use jiff::Timestamp;

use super::{PAGE, Pages, Tally, may_report};
use crate::app::governance::{Engine, cards};
use crate::app::{AppError, Workspace, World};
use crate::governance::record::{Assignment, Entity as _, Person, RecordId};
use crate::governance::upcoming::{Ahead, Happening, Upcoming, upcoming};
use crate::governance::{Desk, Unread};
use crate::model::Waiver;
use crate::render::Mask;
use crate::render::chart::{Chart, Form, Lane};
use crate::render::ics;
use crate::render::json::v1::{ExpiryRow, Summary, UpcomingRow};

/// The word for the end of a waiver, which is in the tree and not in the store.
const WAIVER: &str = "waiverEnds";

/// What happens until an instant, read as far as it takes.
#[derive(Debug)]
struct Reading<'e> {
    engine: &'e Engine<'e>,
    until: Timestamp,
    ahead: Ahead,
}

impl<'e> Reading<'e> {
    fn new(engine: &'e Engine<'e>, until: Timestamp) -> Result<Self, AppError> {
        Ok(Self {
            engine,
            until,
            ahead: engine.look(|desk| Ahead::begin(desk, until))?,
        })
    }

    /// Returns what happens next; `None` once that was all.
    fn next(&mut self) -> Result<Option<Vec<Upcoming>>, AppError> {
        loop {
            let next = self.ahead.next(PAGE);
            if !next.is_empty() {
                return Ok(Some(next));
            }
            let Some(after) = self.ahead.reads_after() else {
                return Ok(None);
            };
            let read = |desk: &Desk<'_>| upcoming(desk, self.until, after.clone(), PAGE);
            let (found, last) = self.engine.look(read)?;
            self.ahead.take(found, last);
        }
    }

    /// Returns a line of time.
    fn chart(&self, title: &'static str, lanes: &[Lane<'static>]) -> Chart<'static> {
        let drawn = lanes.iter().filter(|lane| !lane.marks.is_empty());
        Chart {
            title: title.into(),
            form: Form::Timeline {
                from: self.engine.now(),
                until: self.until,
                lanes: drawn.cloned().collect(),
            },
        }
    }
}

fn lane(label: &'static str) -> Lane<'static> {
    Lane {
        label: label.into(),
        marks: Vec::new(),
    }
}

/// What changes by itself until an instant, the earliest first.
#[derive(Debug)]
pub struct Outlook<'e> {
    reading: Reading<'e>,
    /// The ends of waivers that were not told yet, the last one first.
    waivers: Vec<UpcomingRow>,
    tally: Tally,
    /// Of each sort, in the order of a life.
    lanes: Vec<(&'static str, Lane<'static>)>,
}

impl<'e> Outlook<'e> {
    /// Begins a report on what happens in the store, and on which waivers of the tree end.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see everybody, those of reading, and for a tree with errors.
    pub fn new(
        engine: &'e Engine<'e>,
        workspace: &Workspace,
        world: &World<'_>,
        until: Timestamp,
    ) -> Result<Self, AppError> {
        may_report(engine, None, "what is to come")?;
        let waivers = super::waivers::declared(workspace, world)?;
        Self::of(engine, &waivers, until)
    }

    /// Begins a report on what happens in the store, and on which of these waivers end.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn of(
        engine: &'e Engine<'e>,
        waivers: &[Waiver],
        until: Timestamp,
    ) -> Result<Self, AppError> {
        let now = engine.now();
        let ending = waivers
            .iter()
            .filter(|it| it.until > now && it.until <= until);
        let mut waivers: Vec<UpcomingRow> = ending.map(of_waiver).collect();
        waivers.sort_by_key(|row| std::cmp::Reverse(row.at));
        Ok(Self {
            reading: Reading::new(engine, until)?,
            waivers,
            tally: Tally::default(),
            lanes: Vec::new(),
        })
    }

    /// Returns a row as an event of a calendar, with mail addresses masked where there is a mask. `lineage` is the identity of
    /// the store.
    #[must_use]
    pub fn event(row: &UpcomingRow, lineage: &str, mask: Option<&Mask>) -> ics::Event<'static> {
        let shown = |text: String| match mask {
            Some(mask) => mask.text(&text).into_owned(),
            None => text,
        };
        ics::Event {
            uid: uid(row, lineage),
            at: row.at,
            category: row.words(),
            summary: shown(summary(row)),
            lines: lines(row).into_iter().map(shown).collect(),
        }
    }

    /// Adds the waivers that end before what comes last in these rows; all of them after the last row.
    fn with_waivers(&mut self, rows: Option<Vec<UpcomingRow>>) -> Option<Vec<UpcomingRow>> {
        let last = rows.as_ref().map(|rows| rows.last().map(|row| row.at));
        let mut rows = rows.unwrap_or_default();
        while let Some(row) = self.waivers.pop_if(|row| match last {
            Some(last) => Some(row.at) < last,
            None => true,
        }) {
            rows.push(row);
        }
        rows.sort_by_key(|row| row.at);
        (last.is_some() || !rows.is_empty()).then_some(rows)
    }
}

/// Returns what tells an event from every other: it stays while the same thing happens to the same record, whenever that is.
/// The rounds of a review are told apart by their number.
fn uid(row: &UpcomingRow, lineage: &str) -> String {
    let of = match (row.round, &row.policy) {
        (Some(round), Some(policy)) => format!("{policy}-{round}"),
        _ => row.of.clone(),
    };
    format!("{}-{}@{lineage}", row.what, of.replace([' ', '/'], "-"))
}

fn summary(row: &UpcomingRow) -> String {
    let about = row.about();
    let about = if about.is_empty() {
        row.of.clone()
    } else {
        about
    };
    format!("{}: {about}", row.words())
}

fn lines(row: &UpcomingRow) -> Vec<String> {
    let mut lines = vec![row.of.clone()];
    lines.extend(row.package.clone());
    lines.extend(row.policy.clone());
    lines.extend(row.round.map(|round| format!("round {round}")));
    if let Some(last) = row.follows {
        lines.push(format!(
            "follows the end of assignment {last}, the last one"
        ));
    }
    if let Some(review) = row.review {
        lines.push(format!(
            "by the end of review {review}, unless a reviewer decides otherwise"
        ));
    }
    lines
}

fn row(desk: &Desk<'_>, one: &Upcoming) -> Result<UpcomingRow, Unread> {
    let person = match one.person {
        Some(id) => desk
            .get::<Person>(id.0)?
            .map(|person| person.mail.to_string()),
        None => None,
    };
    let address = |id| match id {
        Some(id) => cards::address(desk, id),
        None => Ok(None),
    };
    Ok(UpcomingRow {
        at: one.at,
        what: one.what.as_str(),
        of: format!("{} {}", one.of.kind.as_str(), one.of.number),
        person,
        package: address(one.package)?,
        policy: address(one.policy)?,
        follows: one.follows,
        review: one.review,
        round: one.round,
    })
}

fn of_waiver(waiver: &Waiver) -> UpcomingRow {
    UpcomingRow {
        at: waiver.until,
        what: WAIVER,
        of: format!("waiver of {} for {}", waiver.rule, waiver.address),
        person: None,
        package: None,
        policy: None,
        follows: None,
        review: None,
        round: None,
    }
}

impl Pages for Outlook<'_> {
    type Row = UpcomingRow;

    fn page(&mut self) -> Result<Option<Vec<UpcomingRow>>, AppError> {
        let rows = match self.reading.next()? {
            Some(next) => Some(
                self.reading
                    .engine
                    .look(|desk| next.iter().map(|one| row(desk, one)).collect())?,
            ),
            None => None,
        };
        let rows = self.with_waivers(rows);
        for row in rows.iter().flatten() {
            self.tally.add(vec![row.what.to_owned()]);
            let at = self.lanes.iter().position(|(what, _)| *what == row.what);
            let at = at.unwrap_or_else(|| {
                self.lanes.push((row.what, lane(row.words())));
                self.lanes.len() - 1
            });
            if let Some((_, lane)) = self.lanes.get_mut(at) {
                lane.marks.push(row.at);
            }
        }
        Ok(rows)
    }

    fn summary(&self) -> Summary {
        self.tally.summary(&[])
    }

    /// Returns a line of time with a lane for each sort.
    fn chart(&self) -> Option<Chart<'static>> {
        let words = Happening::ALL.iter().map(|what| what.as_str());
        let lanes = words.chain([WAIVER]).filter_map(|what| {
            let mut lanes = self.lanes.iter();
            lanes.find(|(of, _)| *of == what)
        });
        let lanes: Vec<Lane<'static>> = lanes.map(|(_, lane)| lane.clone()).collect();
        Some(self.reading.chart("What happens by itself", &lanes))
    }
}

/// The assignments that end until an instant, the earliest first.
#[derive(Debug)]
pub struct Expiries<'e> {
    reading: Reading<'e>,
    tally: Tally,
    /// What leaves somebody something else, and what does not.
    lanes: [Lane<'static>; 2],
}

impl<'e> Expiries<'e> {
    /// Begins a report.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see everybody, and those of reading.
    pub fn new(engine: &'e Engine<'e>, until: Timestamp) -> Result<Self, AppError> {
        may_report(engine, None, "what is to come")?;
        Ok(Self {
            reading: Reading::new(engine, until)?,
            tally: Tally::default(),
            lanes: [lane("access ends"), lane("the last access ends")],
        })
    }
}

/// Returns the assignment that ends; `None` for what else happens.
fn ending(one: &Upcoming) -> Option<RecordId> {
    let ends = one.what == Happening::AccessEnds && one.of.kind == Assignment::KIND;
    ends.then_some(one.of)
}

fn expiry(desk: &Desk<'_>, one: &Upcoming, of: RecordId) -> Result<ExpiryRow, Unread> {
    let assignment = desk.need::<Assignment>(of.number)?;
    Ok(ExpiryRow {
        at: one.at,
        assignment: assignment.number,
        person: cards::mail(desk, assignment.person)?,
        package: cards::address(desk, assignment.package)?,
        policy: cards::address(desk, assignment.policy)?,
        extendable: assignment.extendable,
        last: one.last,
    })
}

impl Pages for Expiries<'_> {
    type Row = ExpiryRow;

    fn page(&mut self) -> Result<Option<Vec<ExpiryRow>>, AppError> {
        let Some(next) = self.reading.next()? else {
            return Ok(None);
        };
        let ends = next.iter().filter_map(|one| Some((one, ending(one)?)));
        let ends: Vec<(&Upcoming, RecordId)> = ends.collect();
        let rows: Vec<ExpiryRow> = self.reading.engine.look(|desk| {
            ends.iter()
                .map(|(one, of)| expiry(desk, one, *of))
                .collect()
        })?;
        for row in &rows {
            let name = row.package.as_deref().and_then(|it| it.split_once('/'));
            self.tally
                .add(name.map(|(_, name)| name.to_owned()).into_iter().collect());
            let [other, last] = &mut self.lanes;
            let lane = if row.last { last } else { other };
            lane.marks.push(row.at);
        }
        Ok(Some(rows))
    }

    fn summary(&self) -> Summary {
        self.tally.summary(&[])
    }

    fn chart(&self) -> Option<Chart<'static>> {
        Some(self.reading.chart("Access that ends", &self.lanes))
    }
}
