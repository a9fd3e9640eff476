//! GitLab's Code Quality report: a list that a merge request shows beside the lines.

use std::io;

use serde::Serialize;

use super::{Findings, Level};
use crate::render::json;

/// One entry. Frozen: GitLab reads these names.
#[derive(Serialize)]
struct Entry<'a> {
    check_name: &'a str,
    description: String,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Writes the report.
///
/// # Errors
///
/// Those of what it writes to.
pub fn code_quality(out: &mut dyn io::Write, findings: &Findings) -> io::Result<()> {
    let entries = findings.all.iter().map(|one| Entry {
        check_name: &one.rule,
        description: one.full(),
        fingerprint: &one.fingerprint,
        severity: match one.level {
            Level::Error => "blocker",
            Level::Warning => "minor",
            Level::Note => "info",
        },
        location: Location {
            path: &one.spot.path,
            lines: Lines {
                begin: one.spot.line,
            },
        },
    });
    json::write(out, &entries.collect::<Vec<_>>())
}
