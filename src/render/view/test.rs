//! Tests of a tree: which hold, and, of each that does not, what is not as expected and how it came to that.

use std::borrow::Cow;
use std::io;

use super::count;
use crate::diag::{Diagnostics, Severity};
use crate::render::doc::{Block, Line, Results, Role, Snippet, Verdict, Writer};
use crate::render::report::Tested;
use crate::scenario::Played;

/// Lowers the report of tests.
///
/// # Errors
///
/// Those of the writer.
pub fn tested(report: &Tested<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let Tested {
        project,
        played,
        others,
        warnings,
        all,
    } = *report;
    let heading = Line::new()
        .and(Role::Strong, "guestlist test")
        .and(Role::Plain, " · ")
        .and(Role::Plain, project);
    out.block(&Block::Heading(heading))?;
    super::diagnostics(warnings, out)?;
    if !played.is_empty() {
        let (right, wrong): (Vec<&Played>, Vec<&Played>) =
            played.iter().partition(|one| one.holds());
        out.block(&Block::Results(Results {
            columns: &["RESULT", "TEST", "WHERE"],
            rest: count(right.len(), "test holds", "tests hold"),
            wrong: wrong.into_iter().map(row).collect(),
            right: right.into_iter().map(row).collect(),
        }))?;
    }
    for one in played {
        if !one.holds() {
            failed(one, out)?;
        }
        if all || !one.holds() {
            timeline(one, out)?;
        }
    }
    out.block(&Block::Verdict(Verdict {
        before: Vec::new(),
        line: verdict(played, others, warnings.count(Severity::Error) > 0),
        after: Vec::new(),
    }))
}

fn row(played: &Played) -> Vec<Cow<'_, str>> {
    vec![
        result(played).into(),
        played.name.as_str().into(),
        place(played).into(),
    ]
}

fn result(played: &Played) -> &'static str {
    match played.failures.first() {
        None => "holds",
        Some(failure) if failure.broken => "cannot be played",
        Some(_) => "does not hold",
    }
}

fn place(played: &Played) -> String {
    let place = played.place.as_ref();
    place.map_or_else(String::new, |place| {
        format!("{}:{}", place.path, place.line)
    })
}

fn failed(played: &Played, out: &mut dyn Writer) -> io::Result<()> {
    let mut list = Diagnostics::new();
    played
        .diagnostic()
        .into_iter()
        .for_each(|one| list.push(one));
    for one in list.iter() {
        out.block(&Block::Snippet(Snippet {
            role: Role::Error,
            tag: format!("{}[{}]", one.severity.as_str(), one.code),
            message: &one.message,
            place: one.primary.as_deref(),
            related: one
                .related
                .iter()
                .map(|label| (&label.place, label.note.as_str()))
                .collect(),
            help: &one.help,
        }))?;
    }
    Ok(())
}

fn timeline(played: &Played, out: &mut dyn Writer) -> io::Result<()> {
    let lines = played.lines();
    if lines.is_empty() {
        return Ok(());
    }
    let zone = played.zone.iana_name().unwrap_or("UTC");
    let title = Line::new()
        .and(Role::Strong, played.name.as_str())
        .and(Role::Faint, format!(" as it was played, times in {zone}"));
    let description = played.description.lines().map(|line| format!("  {line}"));
    let lines = lines.iter().map(|line| format!("  {line}"));
    out.block(&Block::Listing {
        title,
        lines: description.chain(lines).collect(),
        is_copied: false,
    })
}

fn tests(n: usize) -> String {
    count(n, "test", "tests")
}

/// Says what does not hold: invariants before tests.
fn verdict(played: &[Played], others: usize, broken: bool) -> Line<'static> {
    let failed: Vec<&Played> = played.iter().filter(|one| !one.holds()).collect();
    let invariants = match broken {
        true => Line::new().and(Role::Error, "The invariants do not all hold. "),
        false => Line::new(),
    };
    // What holds is no verdict beside what does not.
    let role = if broken { Role::Plain } else { Role::Strong };
    let strong = |text: String| invariants.clone().and(role, text);
    let wrong = |text: String| invariants.clone().and(Role::Error, text);
    let mut line = match (played.len(), failed.as_slice()) {
        (0, _) => strong("The tree has no tests.".to_owned()),
        (1, []) => strong("The test holds.".to_owned()),
        (all, []) => strong(format!("All {all} tests hold.")),
        (all, [one]) => wrong(format!("1 of {} does not hold: {}.", tests(all), one.name)),
        (all, some) => wrong(format!("{} of {} do not hold.", some.len(), tests(all))),
    };
    if others > 0 && !played.is_empty() {
        let more = count(others, "other was", "others were");
        line.push(Role::Plain, format!(" {more} not asked for."));
    }
    line
}
