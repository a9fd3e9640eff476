//! An apply: what was done, and where that left the store.

use std::io;

use crate::plan::Action;
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
        .map(|(action, n)| format!("{n} {}", done(*action)))
        .collect();
    let seconds = report.duration.as_millis() as f64 / 1000.0;
    let mut lines = vec![
        Line::new()
            .and(Role::Strong, format!("Applied: {}", done.join(", ")))
            .and(Role::Plain, format!(" in {seconds:.1} s.")),
        Line::plain(format!("Run {} on ", report.run))
            .and(Role::Plain, report.store)
            .and(Role::Plain, format!(", generation {}; ", report.generation))
            .and(
                Role::Faint,
                format!("audit head {}:{}", report.audit_size, report.audit_hash),
            ),
    ];
    lines.push(if report.verified {
        Line::plain("The next plan is empty.")
    } else {
        Line::new().and(
            Role::Warning,
            "The next plan is not empty: run `guestlist plan` to see what is left.",
        )
    });
    out.block(&Block::Paragraph(lines))
}

/// Returns what was done, in a word.
pub(super) const fn done(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Replace => "replaced",
        Action::Adopt => "adopted",
        Action::Prune => "pruned",
        Action::Forget => "forgotten",
    }
}
