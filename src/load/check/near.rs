//! Near names among all that a tree declares: looked for once for each misspelt name, and not without end.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use crate::diag::nearest;
use crate::model::Kind;

/// How many names are compared in a run at most. A tree that lacks a file may misspell a name in every object; nobody reads
/// so many offers, and they must not cost more than all the rest.
const COMPARED: usize = 1_000_000;

/// What a name is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Among {
    /// An object of a kind.
    All(Kind),
    /// A resource with members.
    Groups,
}

/// Near names that were looked for.
#[derive(Default)]
pub(super) struct Near<'t> {
    known: BTreeMap<Among, Vec<&'t str>>,
    found: HashMap<(Among, String), Option<&'t str>, FixedState>,
    compared: usize,
}

impl<'t> Near<'t> {
    /// Returns the nearest name; `names` is asked once for all names there are.
    pub(super) fn find(
        &mut self,
        among: Among,
        wrong: &str,
        names: impl FnOnce() -> Vec<&'t str>,
    ) -> Option<&'t str> {
        if let Some(found) = self.found.get(&(among, wrong.to_owned())) {
            return *found;
        }
        let known = self.known.entry(among).or_insert_with(names);
        self.compared += known.len();
        let found = if self.compared <= COMPARED {
            nearest(wrong, known.iter().copied())
        } else {
            None
        };
        self.found.insert((among, wrong.to_owned()), found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_the_names_once_and_gives_up_in_the_end() {
        let mut near = Near::default();
        let among = Among::All(Kind::Package);
        let names = vec!["onboarding"; COMPARED / 2];
        assert_eq!(near.find(among, "onbording", || names), Some("onboarding"));
        let never = || unreachable!("asked for names twice");
        assert_eq!(near.find(among, "x", never), None);
        assert_eq!(near.find(among, "onbordin", never), None);
        assert_eq!(near.find(among, "onbording", never), Some("onboarding"));
    }
}
