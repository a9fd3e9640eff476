//! A report on its way out: rows as they come for programs, a page of them for people.

use std::cell::RefCell;
use std::io;

use jiff::Timestamp;

use crate::app::AppError;
use crate::app::governance::Engine;
use crate::app::report::{Grouping, Pages};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::{Exit, Format};
use crate::render::chart::{Bar, Chart, Form};
use crate::render::json::v1::{FormatVersion, Report, Rows, Standing, Summary};
use crate::render::row::Row;
use crate::render::view::{Told, report};
use crate::render::{Mask, csv, json};

/// How many rows a page of HTML shows.
const OF_HTML: usize = 2_000;
/// How many rows a document of Markdown shows; a comment holds few.
const OF_MARKDOWN: usize = 200;

/// What is said of a report besides its rows.
pub(super) struct About {
    /// Which report: `guests`.
    report: &'static str,
    /// Its title.
    title: &'static str,
    /// What its rows are called: one, several.
    noun: (&'static str, &'static str),
    /// The instant at which it is true.
    at: Timestamp,
    /// The instant up to which it looks.
    until: Option<Timestamp>,
    /// What the rows are counted by, as programs read it.
    by: &'static str,
    /// How the counts are drawn, where the report has no chart of its own.
    counts: Option<Counts>,
    /// Whether the rows are listed, or only counted.
    lists: bool,
    /// How the store stands to that instant; `None` for a report on the tree alone.
    store: Option<Standing>,
    /// The same in words, where rows alone would mislead.
    standing: Option<String>,
    /// What should be known besides.
    notes: Vec<String>,
}

/// How the counts of a report's groups are drawn.
struct Counts {
    title: String,
    /// The headings of the same as a table.
    columns: &'static [&'static str],
    /// The word for what belongs to no group.
    none: &'static str,
}

impl About {
    /// A report on what the store holds: its title, and what its rows are called (one, several). Says where it holds nothing
    /// yet, and where it was changed since the instant of the report.
    pub(super) fn of(
        engine: &Engine<'_>,
        report: &'static str,
        title: &'static str,
        noun: (&'static str, &'static str),
    ) -> Result<Self, Failure> {
        let (store, standing) = match engine.seen()? {
            None => (
                Standing::Empty,
                Some(
                    "Nothing was written to this store yet: `guestlist apply` fills it.".to_owned(),
                ),
            ),
            Some(seen) if seen > engine.now() => (
                Standing::Ahead,
                Some(format!(
                    "The store was changed until {seen:.0}, which is later: people and their access are shown as they are now."
                )),
            ),
            Some(_) => (Standing::Current, None),
        };
        Ok(Self {
            store: Some(store),
            standing,
            ..Self::new(report, title, noun, engine.now())
        })
    }

    /// Returns what has to be said of the store, where there is anything.
    pub(super) fn standing(&self) -> Option<&str> {
        self.standing.as_deref()
    }

    /// A report, its title, what its rows are called (one, several), and the instant at which it is true.
    pub(super) const fn new(
        report: &'static str,
        title: &'static str,
        noun: (&'static str, &'static str),
        at: Timestamp,
    ) -> Self {
        Self {
            report,
            title,
            noun,
            at,
            until: None,
            by: "",
            counts: None,
            lists: true,
            store: None,
            standing: None,
            notes: Vec::new(),
        }
    }

    /// Says what the rows are counted by where that is always the same, and up to when the report looks.
    pub(super) const fn ahead(mut self, by: &'static str, until: Option<Timestamp>) -> Self {
        self.by = by;
        self.until = until;
        self
    }

    /// Says what the rows are counted by: for programs, and drawn below a title that begins like this.
    pub(super) fn counted(mut self, title: &str, by: impl Grouping) -> Self {
        let said = by.said();
        self.by = said.name;
        self.counts = Some(Counts {
            title: format!("{title} by {}", said.words),
            columns: said.headings,
            none: said.none,
        });
        self
    }

    /// Says whether only the counts are shown.
    pub(super) const fn only_counts(mut self, only: bool) -> Self {
        self.lists = !only;
        self
    }

    /// Says something that should be known besides.
    pub(super) fn note(mut self, note: &str) -> Self {
        self.notes.push(note.to_owned());
        self
    }
}

/// Returns what is drawn of all rows.
fn chart<P: Pages>(pages: &P, counts: Option<Counts>) -> Option<Chart<'static>> {
    let drawn = counts.map(|counts| Chart {
        title: counts.title.into(),
        form: Form::Bars {
            columns: counts.columns,
            bars: bars(&pages.summary(), counts.none),
        },
    });
    drawn.or_else(|| pages.chart())
}

fn bars(summary: &Summary, none: &'static str) -> Vec<Bar<'static>> {
    let groups = summary.groups.iter();
    groups
        .map(|group| Bar {
            label: group.name.clone().map_or(none.into(), Into::into),
            value: group.count,
        })
        .collect()
}

/// Writes a report in the format asked for.
pub(super) fn written<P: Pages>(
    cx: &Context,
    about: About,
    pages: &mut P,
) -> Result<Exit, Failure> {
    if let (Format::Csv, Some(standing)) = (cx.globals.format, about.standing()) {
        // A table has no place for it.
        cx.say(standing);
    }
    match cx.globals.format {
        Format::Json => as_json(cx, &about, pages)?,
        Format::Csv if about.lists => as_csv(cx, pages)?,
        Format::Csv => counted(cx, about, pages)?,
        _ => shown(cx, about, pages)?,
    }
    Ok(Exit::Done)
}

/// Returns the failure behind an output that ended early, if it was not the output's own.
pub(super) fn judged(
    written: Result<(), Failure>,
    failed: RefCell<Option<AppError>>,
) -> Result<(), Failure> {
    match failed.into_inner() {
        Some(error) => Err(error.into()),
        None => written,
    }
}

fn as_json<P: Pages>(cx: &Context, about: &About, pages: &mut P) -> Result<(), Failure> {
    let failed = RefCell::new(None);
    let summary = RefCell::new(Summary::default());
    let written = {
        let mut next = || match pages.page() {
            Ok(Some(rows)) if about.lists => Some(rows),
            // Rows that are only counted go by.
            Ok(Some(_)) => Some(Vec::new()),
            Ok(None) => {
                *summary.borrow_mut() = pages.summary();
                None
            }
            Err(error) => {
                *failed.borrow_mut() = Some(error);
                None
            }
        };
        let report = Report {
            format_version: FormatVersion,
            report: about.report,
            at: about.at,
            until: about.until,
            store: about.store,
            by: Some(about.by),
            rows: Rows::new(&mut next),
            summary: &summary,
        };
        cx.write(|out| json::write(out, &report))
    };
    judged(written, failed)
}

fn as_csv<P: Pages>(cx: &Context, pages: &mut P) -> Result<(), Failure> {
    let failed = RefCell::new(None);
    let mask = cx.mask();
    let written = cx.write(|out| {
        csv::line(out, P::Row::COLUMNS.iter().copied())?;
        loop {
            let rows = match pages.page() {
                Ok(Some(rows)) => rows,
                Ok(None) => return Ok(()),
                Err(error) => {
                    *failed.borrow_mut() = Some(error);
                    return Ok(());
                }
            };
            for row in &rows {
                line(out, row, mask)?;
            }
        }
    });
    judged(written, failed)
}

fn line(out: &mut dyn io::Write, row: &impl Row, mask: Option<&Mask>) -> io::Result<()> {
    let cells = row.cells();
    if let Some(mask) = mask {
        let masked: Vec<_> = cells.iter().map(|cell| mask.text(cell)).collect();
        return csv::line(out, masked.iter().map(|cell| &**cell));
    }
    csv::line(out, cells.iter().map(|cell| &**cell))
}

/// Reads every page, and keeps so many rows.
fn gathered<P: Pages>(pages: &mut P, most: usize) -> Result<(Vec<P::Row>, Summary), AppError> {
    let mut rows = Vec::new();
    while let Some(page) = pages.page()? {
        let room = most.saturating_sub(rows.len());
        rows.extend(page.into_iter().take(room));
    }
    Ok((rows, pages.summary()))
}

/// Writes the counts as a table with commas.
fn counted<P: Pages>(cx: &Context, about: About, pages: &mut P) -> Result<(), Failure> {
    let progress = Progress::start(cx, "reading");
    let _ = gathered(pages, 0)?;
    drop(progress);
    let Some(chart) = chart(pages, about.counts) else {
        return Ok(());
    };
    let table = chart.table();
    let mask = cx.mask();
    cx.write(|out| {
        let headings: Vec<String> = table
            .columns
            .iter()
            .map(|name| name.to_lowercase())
            .collect();
        csv::line(out, headings.iter().map(String::as_str))?;
        for row in &table.rows {
            let cells = row.iter().map(|cell| match mask {
                Some(mask) => mask.text(cell),
                None => (&**cell).into(),
            });
            let cells: Vec<_> = cells.collect();
            csv::line(out, cells.iter().map(|cell| &**cell))?;
        }
        Ok(())
    })
}

/// Writes text or a document.
fn shown<P: Pages>(cx: &Context, about: About, pages: &mut P) -> Result<(), Failure> {
    let page = about.report;
    let most = match cx.globals.format {
        _ if !about.lists => 0,
        Format::Html => OF_HTML,
        Format::Markdown => OF_MARKDOWN,
        _ => usize::MAX,
    };
    let progress = Progress::start(cx, "reading");
    let (rows, summary) = gathered(pages, most)?;
    drop(progress);
    let notes: Vec<String> = about.standing.into_iter().chain(about.notes).collect();
    let told = Told {
        title: about.title,
        project: cx.project(),
        at: about.at,
        until: about.until,
        noun: about.noun,
        summary: &summary,
        chart: chart(pages, about.counts),
        rows: &rows,
        lists: about.lists,
        notes: &notes,
    };
    if cx.globals.format.is_document() {
        // Each report has a mark of its own, so that none takes the place of another.
        return cx.document(page, None, |out| report(&told, out));
    }
    cx.text(|out| report(&told, out))
}
