//! People who may be meant by a row or not: whoever has nothing because they are not let in, and whose domains look like known
//! ones. Where others of theirs have the same, they need no word.

use crate::impact::access::{Access, Barrier};
use crate::impact::people::crowd::Crowd;

/// People whose domains look like known ones.
#[derive(Default)]
pub(super) struct Doubts {
    pub(super) all: Crowd,
    /// Those of whom nothing is another: whom nothing names, and whom something does.
    pub(super) unmoved: [Crowd; 2],
}

impl Doubts {
    /// Returns whoever may be meant or not beside some people: where others of theirs have the same, they need no word.
    pub(super) fn beside(&self, idle: &Crowd, meant: &Crowd, which: &[usize]) -> Crowd {
        let mut free = idle.clone();
        if !self.all.meets(meant) {
            let unmoved = which.iter().filter_map(|at| self.unmoved.get(*at));
            unmoved.for_each(|crowd| free.add(crowd));
        }
        free
    }
}

/// Returns true for a part that has nothing before and after because it is not let in.
pub(super) fn is_idle(asked: &[Access<'_>; 2]) -> bool {
    let is_out = |side: &Access<'_>| {
        matches!(
            side.barrier,
            Some(Barrier::Border(_) | Barrier::Shut(_) | Barrier::LooksAlike | Barrier::NoPasscode)
        )
    };
    asked.iter().all(|side| side.barrier.is_some()) && asked.iter().any(is_out)
}

/// Returns true for a part that has nothing on one side because its domain looks like a known one: where others of theirs have
/// the same, they need no word.
pub(super) fn is_doubted(asked: &[Access<'_>; 2]) -> bool {
    asked
        .iter()
        .any(|side| side.barrier == Some(Barrier::LooksAlike))
}
