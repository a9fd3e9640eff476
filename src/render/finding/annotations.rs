//! Commands in the log of a pipeline, which a code host shows beside the lines: GitHub Actions and Azure Pipelines.
//!
//! What is not ours is escaped by the rules of the host, so that it neither ends a command nor begins another.

use std::io;

use super::{Finding, Findings};
use crate::diag::{SHOWN, Severity};

/// How many errors, and how many warnings, GitHub shows of a step; it drops the others without a word.
const OF_A_STEP: usize = 10;

/// Writes workflow commands of GitHub Actions.
///
/// # Errors
///
/// Those of what it writes to.
pub fn github(out: &mut dyn io::Write, findings: &Findings) -> io::Result<()> {
    for one in findings.all.iter().take(SHOWN) {
        let level = match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
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
    let of = |severity: Severity| {
        let shown = findings.all.iter().take(SHOWN);
        let of = shown.filter(|one| one.severity == severity).count();
        of.saturating_sub(OF_A_STEP)
    };
    let dropped = match of(Severity::Error) + of(Severity::Warning) {
        0 => None,
        n => Some(format!(
            "GitHub shows {OF_A_STEP} errors and {OF_A_STEP} warnings of a step: {n} more stand in its log"
        )),
    };
    for told in dropped.into_iter().chain(more(findings)) {
        writeln!(out, "::notice title=guestlist::{}", data(&told))?;
    }
    Ok(())
}

/// Writes logging commands of Azure Pipelines.
///
/// # Errors
///
/// Those of what it writes to.
pub fn azure(out: &mut dyn io::Write, findings: &Findings) -> io::Result<()> {
    for one in findings.all.iter().take(SHOWN) {
        let Finding {
            rule,
            severity,
            spot,
            ..
        } = one;
        let column = spot
            .columns
            .map(|columns| format!("columnnumber={};", columns.characters))
            .unwrap_or_default();
        writeln!(
            out,
            "##vso[task.logissue type={};sourcepath={};linenumber={};{column}code={};]{}",
            severity.as_str(),
            azure_property(&spot.path),
            spot.line,
            azure_property(rule),
            azure_data(&one.full())
        )?;
    }
    match more(findings) {
        Some(more) => writeln!(out, "##[warning]{}", azure_data(&more)),
        None => Ok(()),
    }
}

fn more(findings: &Findings) -> Option<String> {
    let more = findings.all.len().saturating_sub(SHOWN);
    (more > 0).then(|| {
        format!(
            "and {more} more: `guestlist {} --format json` shows all",
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
