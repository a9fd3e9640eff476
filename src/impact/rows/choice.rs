//! What differs between the terms that people could choose from and those that they can, in words.
//!
//! Terms stand against what their policy gave before, or against those of a policy that went as theirs came. Where there is
//! neither, they are one more way beside the others, or one way less: nothing of the others is another by that.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::row::Difference;
use crate::impact::terms::Terms;

/// What people could choose from, and what they can.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'c> {
    pub(super) before: &'c [Terms],
    pub(super) after: &'c [Terms],
    /// Whether a rule gives it on one of the sides: whoever has it by that has no use for the other ways.
    pub(super) ruled: bool,
}

impl Choice<'_> {
    /// Returns what differs; nothing where every way is as it was.
    pub(super) fn differs(&self, now: Timestamp) -> Option<(Difference, String)> {
        let Self { before, after, .. } = *self;
        if let Some(wide) = uncovered(after, before, now) {
            return Some((Difference::Wider, self.comes(wide).join(", ")));
        }
        if let Some(lost) = uncovered(before, after, now) {
            let text = match self.former(lost, [after, before]) {
                Some(new) => new.instead_of(lost).join(", "),
                None => format!("no longer {}", lost.as_way()),
            };
            return Some((Difference::Narrower, text));
        }
        let mut words: Vec<String> = after.iter().flat_map(|terms| self.comes(terms)).collect();
        let gone = before
            .iter()
            .filter(|terms| self.former(terms, [after, before]).is_none());
        words.extend(gone.map(|terms| format!("no longer {}", terms.as_way())));
        words.dedup();
        (!words.is_empty()).then(|| (Difference::Other, words.join(", ")))
    }

    /// Says what is another by terms that are there after.
    fn comes(&self, terms: &Terms) -> Vec<String> {
        match self.former(terms, [self.before, self.after]) {
            Some(former) => terms.instead_of(former),
            None => vec![format!("also {}", terms.as_way())],
        }
    }

    /// Returns what terms of one side stand against among those of the other; `sides` are the other one and their own.
    fn former<'t>(&self, terms: &Terms, [others, own]: [&'t [Terms]; 2]) -> Option<&'t Terms> {
        let is_there = |of: &[Terms], policy: &str| of.iter().any(|it| it.policy == policy);
        let same = others.iter().find(|other| other.policy == terms.policy);
        let instead = || others.iter().find(|other| !is_there(own, &other.policy));
        let any = || others.first().filter(|_| self.ruled);
        same.or_else(instead).or_else(any)
    }
}

/// Returns terms to choose from, in words.
pub(super) fn choice(terms: &[Terms]) -> String {
    let words: BTreeSet<String> = terms.iter().map(Terms::words).collect();
    let words: Vec<String> = words.into_iter().collect();
    words.join(", or ")
}

/// Returns the first of some terms that none of the others covers.
fn uncovered<'t>(some: &'t [Terms], by: &[Terms], now: Timestamp) -> Option<&'t Terms> {
    let is_covered = |terms: &Terms| by.iter().any(|other| other.covers(terms, now));
    some.iter().find(|terms| !is_covered(terms))
}
