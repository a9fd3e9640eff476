//! What changes by itself until a date: all of it, or the ends of assignments alone.
//!
//! What is due is found by its marks, so only what happens until the date is read and kept.

use jiff::Timestamp;

use super::{Grouping, PAGE, Pages, Tally, may_report};
use crate::app::governance::{Engine, cards};
use crate::app::{AppError, Workspace, World};
use crate::governance::record::{Assignment, Person};
use crate::governance::upcoming::{Happening, Upcoming, is_last, upcoming};
use crate::governance::{Desk, Unread};
use crate::model::Waiver;
use crate::render::chart::{Chart, Form, Lane};
use crate::render::ics;
use crate::render::json::v1::{ExpiryRow, Summary, UpcomingRow};
use crate::render::mask::mask;

/// The word for the end of a waiver, which is in the tree and not in the store.
const WAIVER: &str = "waiverEnds";

#[derive(Debug, Clone, Copy)]
struct ByWhat;

impl Grouping for ByWhat {
    fn as_str(self) -> &'static str {
        "what"
    }

    fn headings(self) -> &'static [&'static str] {
        &["WHAT", "COUNT"]
    }
}

#[derive(Debug, Clone, Copy)]
struct ByPackage;

impl Grouping for ByPackage {
    fn as_str(self) -> &'static str {
        "package"
    }

    fn headings(self) -> &'static [&'static str] {
        &["PACKAGE", "ENDS"]
    }
}

/// Returns everything that happens until an instant, the earliest first, as a closure makes of it.
fn gathered<R>(
    engine: &Engine<'_>,
    until: Timestamp,
    make: impl Fn(&Desk<'_>, &Upcoming) -> Result<Option<R>, Unread>,
) -> Result<Vec<(Timestamp, R)>, AppError> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let (found, last) = engine.look(|desk| {
            let (some, last) = upcoming(desk, until, after.clone(), PAGE)?;
            let mut found = Vec::new();
            for one in &some {
                found.extend(make(desk, one)?.map(|row| (one.at, row)));
            }
            Ok((found, last))
        })?;
        all.extend(found);
        if last.is_none() {
            all.sort_by_key(|(at, _)| *at);
            return Ok(all);
        }
        after = last;
    }
}

/// What changes by itself until an instant, the earliest first.
#[derive(Debug)]
pub struct Outlook {
    rows: Option<Vec<UpcomingRow>>,
    summary: Summary,
    lanes: Vec<Lane<'static>>,
    /// The identity of the store.
    lineage: String,
    from: Timestamp,
    until: Timestamp,
}

impl Outlook {
    /// Reads what happens in the store, and which waivers of the tree end.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see everybody, those of reading, and for a tree with errors.
    pub fn new(
        engine: &mut Engine<'_>,
        workspace: &Workspace,
        world: &World<'_>,
        until: Timestamp,
    ) -> Result<Self, AppError> {
        may_report(engine, None, "what is to come")?;
        let waivers = super::waivers::declared(workspace, world)?;
        Self::of(engine, &waivers, until)
    }

    /// Reads what happens in the store, and which of these waivers end.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn of(
        engine: &mut Engine<'_>,
        waivers: &[Waiver],
        until: Timestamp,
    ) -> Result<Self, AppError> {
        let lineage = engine.store().head()?.lineage;
        let mut rows = gathered(engine, until, |desk, one| row(desk, one).map(Some))?;
        let ending = waivers.iter().filter(|waiver| waiver.until <= until);
        rows.extend(ending.map(|waiver| (waiver.until, of_waiver(waiver))));
        rows.sort_by_key(|(at, _)| *at);
        let mut tally = Tally::default();
        let rows: Vec<UpcomingRow> = rows.into_iter().map(|(_, row)| row).collect();
        for row in &rows {
            tally.add(vec![row.what.to_owned()]);
        }
        let words = Happening::ALL.iter().map(|what| what.as_str());
        let lanes = words.chain([WAIVER]).filter_map(|what| {
            let mine = rows.iter().filter(|row| row.what == what);
            let label = mine.clone().next()?.words();
            Some(Lane {
                label: label.into(),
                marks: mine.map(|row| row.at).collect(),
            })
        });
        Ok(Self {
            lanes: lanes.collect(),
            rows: Some(rows),
            summary: tally.summary(ByWhat),
            lineage,
            from: engine.now(),
            until,
        })
    }

    /// Returns a line of time with a lane for each sort.
    #[must_use]
    pub fn chart(&self) -> Chart<'static> {
        timeline(
            "What happens by itself",
            self.from,
            self.until,
            self.lanes.clone(),
        )
    }

    /// Returns it as a calendar, with mail addresses masked or whole.
    #[must_use]
    pub fn calendar(&self, project: &str, masked: bool) -> Calendar {
        let shown = |text: String| match masked {
            true => mask(&text).into_owned(),
            false => text,
        };
        let rows = self.rows.iter().flatten();
        let events = rows.map(|row| ics::Event {
            uid: uid(row, &self.lineage),
            at: row.at,
            category: row.words(),
            summary: shown(summary(row)),
            lines: lines(row).into_iter().map(shown).collect(),
        });
        ics::Calendar {
            name: format!("guestlist {project}"),
            at: self.from,
            events: events.collect(),
        }
    }
}

/// A calendar of what changes by itself.
pub type Calendar = ics::Calendar<'static>;

fn timeline(
    title: &'static str,
    from: Timestamp,
    until: Timestamp,
    lanes: Vec<Lane<'static>>,
) -> Chart<'static> {
    Chart {
        title: title.into(),
        form: Form::Timeline { from, until, lanes },
    }
}

/// Returns what tells an event from every other: it stays while the same thing happens to the same record, whenever that is.
/// Only the rounds of a review are told apart by their day.
fn uid(row: &UpcomingRow, lineage: &str) -> String {
    let mut uid = format!("{}-{}", row.what, row.of.replace([' ', '/'], "-"));
    if row.what == Happening::ReviewOpens.as_str() {
        uid += &row.at.strftime("-%Y%m%d").to_string();
    }
    format!("{uid}@{lineage}")
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
    if let Some(last) = row.follows {
        lines.push(format!(
            "follows the end of assignment {last}, the last one"
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
    }
}

impl Pages for Outlook {
    type Row = UpcomingRow;

    fn page(&mut self) -> Result<Option<Vec<UpcomingRow>>, AppError> {
        Ok(self.rows.take())
    }

    fn summary(&self) -> Summary {
        self.summary.clone()
    }
}

/// The assignments that end until an instant, the earliest first.
#[derive(Debug)]
pub struct Expiries {
    rows: Option<Vec<ExpiryRow>>,
    summary: Summary,
    lanes: Vec<Lane<'static>>,
    from: Timestamp,
    until: Timestamp,
}

impl Expiries {
    /// Reads which assignments end.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see everybody, and those of reading.
    pub fn new(engine: &Engine<'_>, until: Timestamp) -> Result<Self, AppError> {
        may_report(engine, None, "what is to come")?;
        let rows = gathered(engine, until, expiry)?;
        let rows: Vec<ExpiryRow> = rows.into_iter().map(|(_, row)| row).collect();
        let mut tally = Tally::default();
        for row in &rows {
            let name = row.package.as_deref().and_then(|it| it.split_once('/'));
            tally.add(name.map(|(_, name)| name.to_owned()).into_iter().collect());
        }
        let lane = |label: &'static str, last: bool| {
            let mine = rows.iter().filter(|row| row.last == last);
            let marks: Vec<Timestamp> = mine.map(|row| row.at).collect();
            let lane = Lane {
                label: label.into(),
                marks,
            };
            Some(lane).filter(|lane| !lane.marks.is_empty())
        };
        let lanes = [
            lane("access ends", false),
            lane("the last access ends", true),
        ];
        Ok(Self {
            lanes: lanes.into_iter().flatten().collect(),
            rows: Some(rows),
            summary: tally.summary(ByPackage),
            from: engine.now(),
            until,
        })
    }

    /// Returns a line of time.
    #[must_use]
    pub fn chart(&self) -> Chart<'static> {
        timeline(
            "Access that ends",
            self.from,
            self.until,
            self.lanes.clone(),
        )
    }
}

fn expiry(desk: &Desk<'_>, one: &Upcoming) -> Result<Option<ExpiryRow>, Unread> {
    if one.what != Happening::AccessEnds {
        return Ok(None);
    }
    let assignment = desk.need::<Assignment>(one.of.number)?;
    Ok(Some(ExpiryRow {
        at: one.at,
        assignment: assignment.number,
        person: cards::mail(desk, assignment.person)?,
        package: cards::address(desk, assignment.package)?,
        policy: cards::address(desk, assignment.policy)?,
        extendable: assignment.extendable,
        last: is_last(desk, &assignment)?,
    }))
}

impl Pages for Expiries {
    type Row = ExpiryRow;

    fn page(&mut self) -> Result<Option<Vec<ExpiryRow>>, AppError> {
        Ok(self.rows.take())
    }

    fn summary(&self) -> Summary {
        self.summary.clone()
    }
}
