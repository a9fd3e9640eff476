//! Counting by group while rows go by.

use std::collections::BTreeMap;

use crate::render::json::v1::{GroupCount, Summary};

/// What rows are counted by.
pub trait Grouping: Copy {
    /// Returns the name that programs read: `lastSignIn`.
    fn as_str(self) -> &'static str;

    /// Returns the headings of the counts: what the groups are, and what is counted.
    fn headings(self) -> &'static [&'static str];

    /// Returns every group in the order in which they are shown, where that is not by their size.
    fn order(self) -> &'static [&'static str] {
        &[]
    }
}

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

    /// Returns the counts: in the order that the grouping names, otherwise the largest first, what belongs to none last.
    #[must_use]
    pub fn summary(&self, by: impl Grouping) -> Summary {
        let place = |name: &Option<String>| {
            let known = by.order().iter();
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

    #[derive(Clone, Copy)]
    struct By(&'static [&'static str]);

    impl Grouping for By {
        fn as_str(self) -> &'static str {
            "by"
        }

        fn headings(self) -> &'static [&'static str] {
            &["BY", "COUNT"]
        }

        fn order(self) -> &'static [&'static str] {
            self.0
        }
    }

    fn names(by: By) -> Vec<(Option<String>, u64)> {
        let mut tally = Tally::default();
        for groups in [vec!["b"], vec!["a", "b"], vec![], vec!["c"]] {
            tally.add(groups.into_iter().map(str::to_owned).collect());
        }
        let summary = tally.summary(by);
        assert_eq!(summary.count, 4);
        let groups = summary.groups.into_iter();
        groups.map(|group| (group.name, group.count)).collect()
    }

    #[test]
    fn the_largest_group_comes_first_and_none_last() {
        let some = |name: &str, count| (Some(name.to_owned()), count);
        assert_eq!(
            names(By(&[])),
            [some("b", 2), some("a", 1), some("c", 1), (None, 1)]
        );
    }

    #[test]
    fn groups_with_an_order_of_their_own_keep_it() {
        let some = |name: &str, count| (Some(name.to_owned()), count);
        assert_eq!(
            names(By(&["c", "a", "b"])),
            [some("c", 1), some("a", 1), some("b", 2), (None, 1)]
        );
    }
}
