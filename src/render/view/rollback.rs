//! A plan that goes back.

use std::io;

use super::{count, planned};
use crate::render::doc::{Block, Line, Role, Writer};
use crate::render::report::RolledBack;

/// How many of the runs that are undone are named.
const NAMED: usize = 10;

/// Lowers which runs are undone, the plan that does it, and what it does not bring back.
///
/// # Errors
///
/// Those of the writer.
pub fn rolled_back(report: &RolledBack<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let RolledBack {
        run,
        end,
        undone,
        planned: plan,
        lasting,
        accepted_only,
    } = report;
    let place = if *end { "after" } else { "before" };
    out.block(&Block::Heading(
        Line::new()
            .and(Role::Strong, format!("guestlist rollback to {place} run "))
            .and(Role::Strong, *run),
    ))?;
    let mut lines = Vec::new();
    if *accepted_only {
        lines.push(Line::new().and(
            Role::Warning,
            "That run changed no object: it took as applied what somebody had changed. There is nothing of it to undo.",
        ));
    }
    lines.push(Line::plain(format!(
        "Undoes {}{}",
        count(undone.len(), "run", "runs"),
        if undone.is_empty() { "." } else { ":" }
    )));
    for one in undone.iter().take(NAMED) {
        let at = one.finished.strftime("%Y-%m-%d %H:%M:%SZ");
        lines.push(Line::plain(format!(
            "  {} · {at} · {}@{}",
            one.id, one.actor, one.host
        )));
    }
    if undone.len() > NAMED {
        lines.push(Line::plain(format!("  and {} more", undone.len() - NAMED)));
    }
    out.block(&Block::Paragraph(lines))?;
    planned(plan, out)?;
    if !lasting.is_empty() {
        let mut lines = vec![Line::new().and(Role::Warning, "Cannot be undone:")];
        lines.extend(lasting.iter().map(|(address, why)| {
            Line::plain("  ")
                .and(Role::Strong, address.to_string())
                .and(Role::Plain, format!(" {why}"))
        }));
        out.block(&Block::Paragraph(lines))?;
    }
    Ok(())
}
