//! An apply: what was done, and where that left the store.

use std::io;

use jiff::SignedDuration;

use crate::render::doc::{Block, Line, Role, Writer};
use crate::render::report::Applied;

/// Lowers the report of an apply.
///
/// # Errors
///
/// Those of the writer.
pub fn applied(report: &Applied<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let done: Vec<_> = report
        .counts
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(action, n)| format!("{n} {}", action.done()))
        .collect();
    let mut lines = vec![
        Line::new()
            .and(Role::Strong, format!("Applied: {}", done.join(", ")))
            .and(Role::Plain, format!(" in {}.", time(report.duration))),
        Line::plain(format!("Run {} on ", report.run))
            .and(Role::Plain, report.store)
            .and(Role::Plain, format!(", generation {}; ", report.generation))
            .and(
                Role::Faint,
                format!("audit head {}:{}", report.audit_size, report.audit_hash),
            ),
    ];
    lines.push(match &report.verified {
        Ok(true) => Line::plain("The next plan is empty."),
        Ok(false) => Line::new().and(
            Role::Warning,
            "The next plan is not empty: run `guestlist plan` to see what is left.",
        ),
        Err(error) => Line::new()
            .and(
                Role::Warning,
                "Whether the next plan is empty is not known: ",
            )
            .and(Role::Plain, error.as_str())
            .and(Role::Plain, "."),
    });
    out.block(&Block::Paragraph(lines))
}

/// Returns a length of time as people say it: `12 ms`, `1.2 s`.
fn time(duration: SignedDuration) -> String {
    match duration.as_millis() {
        milliseconds @ ..1000 => format!("{milliseconds} ms"),
        milliseconds => format!("{:.1} s", milliseconds as f64 / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Action;
    use crate::render::samples::text;

    #[test]
    fn says_what_was_done_and_where_it_is_recorded() {
        let report = Applied {
            store: "sqlite:guestlist.db",
            run: "0199f0c0-7d1e-7000-8000-000000000001",
            generation: 4,
            audit_size: 12,
            audit_hash: "9f86d081",
            counts: vec![(Action::Create, 2), (Action::Update, 0), (Action::Prune, 1)],
            verified: Ok(true),
            duration: jiff::SignedDuration::from_millis(1234),
        };
        insta::assert_snapshot!(text(|out| applied(&report, out)), @r"
        Applied: 2 created, 1 pruned in 1.2 s.
        Run 0199f0c0-7d1e-7000-8000-000000000001 on sqlite:guestlist.db, generation 4; audit head 12:9f86d081
        The next plan is empty.
        ");
    }
}
