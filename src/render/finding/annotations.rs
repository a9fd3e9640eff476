//! Commands in the log of a pipeline, which a code host shows beside the lines: GitHub Actions and Azure Pipelines.
//!
//! What is not ours is escaped by the rules of the host, so that it neither ends a command nor begins another.

use std::io;

use super::{Finding, Findings, Level, by_rule, chosen};
use crate::diag::SHOWN;

/// How many errors, warnings and notices each GitHub shows of a step; it drops the others without a word.
const OF_A_STEP: usize = 10;

/// Writes workflow commands of GitHub Actions, that of what is not shown first: GitHub shows the first ones.
///
/// # Errors
///
/// Those of what it writes to.
pub fn github(out: &mut dyn io::Write, findings: &Findings) -> io::Result<()> {
    let all: Vec<&Finding> = findings.all.iter().collect();
    let (shown, rest) = chosen(&all, SHOWN);
    let more = more(findings, &rest);
    for told in dropped(&shown, usize::from(more.is_some()))
        .into_iter()
        .chain(more)
    {
        writeln!(out, "::notice title=guestlist::{}", data(&told))?;
    }
    for one in &shown {
        let level = match one.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let mut at = format!("file={},line={}", property(&one.spot.path), one.spot.line);
        if let Some(columns) = one.spot.columns {
            at.push_str(&format!(
                ",col={},endColumn={}",
                columns.utf16, columns.utf16_end
            ));
        }
        writeln!(
            out,
            "::{level} {at},title={}::{}",
            property(&format!("{}: {}", one.rule, one.title)),
            data(&one.full())
        )?;
    }
    Ok(())
}

/// Says how many of the findings GitHub drops, where it drops any; so many notices stand before them, and this one.
fn dropped(shown: &[&Finding], before: usize) -> Option<String> {
    let of = |level: Level| shown.iter().filter(|one| one.level == level).count();
    let over = |level: Level| of(level).saturating_sub(OF_A_STEP);
    let others = over(Level::Error) + over(Level::Warning);
    let notices = of(Level::Note) + before;
    if others == 0 && notices <= OF_A_STEP {
        return None;
    }
    let dropped = others + (notices + 1).saturating_sub(OF_A_STEP);
    Some(format!(
        "GitHub shows {OF_A_STEP} errors, warnings and notices each of a step: {dropped} more stand in its log"
    ))
}

/// Writes logging commands of Azure Pipelines, which knows no notes: those stand in the report before the commands.
///
/// # Errors
///
/// Those of what it writes to.
pub fn azure(out: &mut dyn io::Write, findings: &Findings) -> io::Result<()> {
    let all = findings.all.iter().filter(|one| one.level != Level::Note);
    let all: Vec<&Finding> = all.collect();
    let (shown, rest) = chosen(&all, SHOWN);
    for one in shown {
        let Finding {
            rule, level, spot, ..
        } = one;
        let column = spot
            .columns
            .map(|columns| format!("columnnumber={};", columns.characters))
            .unwrap_or_default();
        writeln!(
            out,
            "##vso[task.logissue type={};sourcepath={};linenumber={};{column}code={};]{}",
            level.as_str(),
            azure_property(&spot.path),
            spot.line,
            azure_property(rule),
            azure_data(&one.full())
        )?;
    }
    match more(findings, &rest) {
        Some(more) => writeln!(out, "##[warning]{}", azure_data(&more)),
        None => Ok(()),
    }
}

fn more(findings: &Findings, rest: &[&Finding]) -> Option<String> {
    (!rest.is_empty()).then(|| {
        format!(
            "and {} more ({}): `guestlist {} --format json` shows all",
            rest.len(),
            by_rule(rest),
            findings.command
        )
    })
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn azure_data(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn azure_property(text: &str) -> String {
    azure_data(text).replace(';', "%3B").replace(']', "%5D")
}
