//! One tree against another: what would change, without a store.

use std::io;

use super::plan::{counts, refusals};
use super::{change, count, own};
use crate::render::doc::{Block, Line, Role, Verdict, Writer};
use crate::render::report::{Compared, ComparedSide};

/// Lowers the differences of two trees.
///
/// # Errors
///
/// Those of the writer.
pub fn compared(report: &Compared, out: &mut dyn Writer) -> io::Result<()> {
    let Compared {
        before,
        after,
        plan,
        impact,
        gone,
        refusals: refused,
        warnings,
        placed: _,
    } = report;
    let mut heading = Line::new()
        .and(Role::Strong, "guestlist diff")
        .and(Role::Plain, " · ")
        .and(Role::Plain, after.project.as_str())
        .and(Role::Plain, " · ");
    side(before, &mut heading);
    heading.push(Role::Plain, " → ");
    side(after, &mut heading);
    out.block(&Block::Heading(heading))?;
    for one in &plan.changes {
        let mut block = change::planned(one);
        if let (Block::Change(block), Some(origin)) = (&mut block, gone.get(&one.address)) {
            let aside = block.aside.get_or_insert_default();
            aside.words.push_str("; was at ");
            aside.place = origin.to_string();
        }
        out.block(&block)?;
    }
    super::impact(impact, out)?;
    super::diagnostics(warnings, out)?;
    if !refused.is_empty() {
        refusals(refused, out)?;
    }
    let mut before_it = Vec::new();
    if before.project != after.project {
        let other = format!(
            "The project is another: {} is now {}. A store keeps what each owns apart.",
            before.project, after.project
        );
        before_it.push(Line::new().and(Role::Warning, other));
    }
    before_it.extend(plan.own.as_ref().map(own::domains));
    let mut total = Line::new();
    if plan.changes.is_empty() && !impact.rows.is_empty() {
        let same = count(plan.unchanged, "object is", "objects are");
        total.push(
            Role::Strong,
            format!("Who has access differs. {same} the same."),
        );
    } else if plan.is_empty() {
        let same = count(plan.unchanged, "object is", "objects are");
        total.push(Role::Strong, format!("No differences. {same} the same."));
    } else {
        total.push(Role::Strong, format!("Differences: {}.", counts(plan)));
    }
    if !refused.is_empty() {
        let reasons = count(refused.len(), "reason", "reasons");
        total.push(
            Role::Error,
            format!(" A plan of this is refused for {reasons}; a store may know of more."),
        );
    }
    out.block(&Block::Verdict(Verdict {
        before: before_it,
        line: total,
        after: Vec::new(),
    }))
}

fn side<'a>(side: &'a ComparedSide, line: &mut Line<'a>) {
    line.push(Role::Plain, side.name.as_str());
    let tree = || Some(format!("tree {}", side.tree?.short()));
    let commit = side.commit.as_deref().and_then(|id| id.get(..7));
    if let Some(id) = commit.map(str::to_owned).or_else(tree) {
        line.push(Role::Faint, format!(" ({id})"));
    }
}
