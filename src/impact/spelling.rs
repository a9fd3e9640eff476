//! Groups that lists write otherwise after a plan and mean as before: in other letters, since groups are found without regard to
//! case, or by the directory's name instead of that of a resource. Nobody is another by that.

use std::collections::{BTreeMap, BTreeSet};

use super::estate::Estate;
use crate::model::text::{Line, Principal};

/// How groups that lists name before a plan are written after it, where that is otherwise.
#[derive(Debug, Default)]
pub(super) struct Spelling(BTreeMap<Line, Line>);

impl Spelling {
    /// Compares the lists before a plan with those after it.
    pub(super) fn between<'p>(
        estates: [&Estate<'_>; 2],
        was: impl IntoIterator<Item = &'p Principal>,
        is: impl IntoIterator<Item = &'p Principal>,
    ) -> Self {
        let (was, is) = (groups(was), groups(is));
        let written: BTreeMap<String, &Line> = is
            .iter()
            .map(|name| (estates[1].group(name), *name))
            .collect();
        let others = was.into_iter().filter(|name| !is.contains(name));
        let others = others.filter_map(|name| {
            let now = written.get(&estates[0].group(name))?;
            Some((name.clone(), (*now).clone()))
        });
        Self(others.collect())
    }

    /// Returns somebody whom a list names before the plan, as one after it writes them.
    pub(super) fn written(&self, principal: &Principal) -> Principal {
        match principal {
            Principal::Group(name) => Principal::Group(self.0.get(name).unwrap_or(name).clone()),
            principal => principal.clone(),
        }
    }
}

fn groups<'p>(people: impl IntoIterator<Item = &'p Principal>) -> BTreeSet<&'p Line> {
    let groups = people.into_iter().filter_map(|principal| match principal {
        Principal::Group(name) => Some(name),
        _ => None,
    });
    groups.collect()
}
