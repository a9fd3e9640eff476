//! What happened to an object behind its project's back, in words.

use super::change;
use crate::model::{Fate, Touch};
use crate::plan::{Drifted, Strayed};
use crate::render::doc::Line;

/// What to do about it.
pub(in crate::render) const HELP: &str = "`guestlist plan` shows what the tree wants; `guestlist apply --refresh-only` takes it as it is";

/// Says what happened to an object, and by whose hand: `changed by bo, …`.
pub(in crate::render) fn happened(one: &Drifted) -> String {
    let what = match &one.what {
        Strayed::Changed { .. } => "changed".to_owned(),
        Strayed::Lost { fate, .. } => match fate {
            Fate::Deleted => "deleted".to_owned(),
            Fate::Unbound => "made nobody's".to_owned(),
            Fate::Taken { project } => format!("taken by project {project}"),
            Fate::Rebound { to } => format!("moved to {to}"),
        },
    };
    format!("{what} {}", by(one.by.as_ref()))
}

/// Returns the keys of an object that were changed, as text, a line each.
pub(in crate::render) fn keys(one: &Drifted) -> Vec<String> {
    let Strayed::Changed { edits, .. } = &one.what else {
        return Vec::new();
    };
    let plain =
        |line: &Line<'_>| -> String { line.0.iter().map(|piece| piece.text.as_ref()).collect() };
    let shown = edits.iter().map(change::edit).flat_map(|detail| {
        let lines = detail
            .lines
            .iter()
            .map(|line| format!("{}: {}", detail.at, plain(line)));
        lines.collect::<Vec<_>>()
    });
    shown.collect()
}

fn by(touch: Option<&Touch>) -> String {
    touch.map_or_else(
        || "by an unknown hand".to_owned(),
        |Touch {
             run,
             project,
             actor,
             at,
         }| {
            let at = at.strftime("%Y-%m-%d %H:%M:%SZ");
            format!("by {actor}, {at}, run {run} of {project}")
        },
    )
}
