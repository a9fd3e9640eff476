//! Counting by group while rows go by.

use std::collections::BTreeMap;

use crate::render::json::v1::{GroupCount, Summary};

/// What the rows of a report are counted by: one of a list that is declared with [`groupings!`].
pub trait Grouping: Copy + Send + Sync + 'static {
    /// All of them, in the order in which they are offered; the first is taken where nobody says.
    const ALL: &'static [Self];

    /// Returns what it says of itself.
    fn said(self) -> Said;
}

/// What a grouping says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// The name that programs read: `lastSignIn`.
    pub name: &'static str,
    /// The name on the command line, where it is another: `last-sign-in`.
    pub flag: &'static str,
    /// What the groups are: `The organization that they belong to`.
    pub about: &'static str,
    /// The word behind "by" in the title of the counts.
    pub words: &'static str,
    /// The word for what belongs to no group.
    pub none: &'static str,
    /// The headings of the counts: what the groups are, and what is counted.
    pub headings: &'static [&'static str],
    /// Every group in the order in which they are shown, where that is not by their size.
    pub order: &'static [&'static str],
}

impl Said {
    pub(super) const fn new(
        name: &'static str,
        none: &'static str,
        headings: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            flag: name,
            about: "",
            words: name,
            none,
            headings,
            order: &[],
        }
    }

    pub(super) const fn flag(self, flag: &'static str) -> Self {
        Self { flag, ..self }
    }

    pub(super) const fn words(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    pub(super) const fn order(self, order: &'static [&'static str]) -> Self {
        Self { order, ..self }
    }
}

/// Declares what the rows of a report are counted by; the command line offers it as it stands here.
macro_rules! groupings {
    ($(#[$meta:meta])* $by:ident { $(#[doc = $about:literal] $one:ident => $said:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $by {
            $(#[doc = $about] $one,)+
        }

        impl $crate::app::report::Grouping for $by {
            const ALL: &'static [Self] = &[$(Self::$one),+];

            fn said(self) -> $crate::app::report::Said {
                match self {
                    $(Self::$one => $crate::app::report::Said { about: $about, ..$said },)+
                }
            }
        }
    };
}
pub(super) use groupings;

/// How many rows there are, in all and of each group.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    count: u64,
    groups: BTreeMap<Option<String>, u64>,
}

impl Tally {
    /// Counts a row that belongs to these groups; to none, where there are none.
    pub fn add(&mut self, groups: Vec<String>) {
        self.count += 1;
        let mut count = |group: Option<String>| *self.groups.entry(group).or_default() += 1;
        if groups.is_empty() {
            return count(None);
        }
        groups.into_iter().for_each(|group| count(Some(group)));
    }

    /// Returns the counts: those of an order in that, otherwise the largest first, what belongs to none last.
    #[must_use]
    pub fn summary(&self, order: &[&str]) -> Summary {
        let place = |name: &Option<String>| {
            let known = order.iter();
            let name = name.as_deref();
            let at = known.enumerate().find(|(_, word)| Some(**word) == name);
            at.map_or(usize::MAX, |(at, _)| at)
        };
        let mut groups: Vec<GroupCount> = self
            .groups
            .iter()
            .map(|(name, count)| GroupCount {
                name: name.clone(),
                count: *count,
            })
            .collect();
        groups.sort_by_key(|group| {
            (
                group.name.is_none(),
                place(&group.name),
                u64::MAX - group.count,
                group.name.clone(),
            )
        });
        Summary {
            count: self.count,
            groups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(order: &[&str]) -> Vec<(Option<String>, u64)> {
        let mut tally = Tally::default();
        for groups in [vec!["b"], vec!["a", "b"], vec![], vec!["c"]] {
            tally.add(groups.into_iter().map(str::to_owned).collect());
        }
        let summary = tally.summary(order);
        assert_eq!(summary.count, 4);
        let groups = summary.groups.into_iter();
        groups.map(|group| (group.name, group.count)).collect()
    }

    #[test]
    fn the_largest_group_comes_first_and_none_last() {
        let some = |name: &str, count| (Some(name.to_owned()), count);
        assert_eq!(
            names(&[]),
            [some("b", 2), some("a", 1), some("c", 1), (None, 1)]
        );
    }

    #[test]
    fn groups_with_an_order_of_their_own_keep_it() {
        let some = |name: &str, count| (Some(name.to_owned()), count);
        assert_eq!(
            names(&["c", "a", "b"]),
            [some("c", 1), some("a", 1), some("b", 2), (None, 1)]
        );
    }
}
