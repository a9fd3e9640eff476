//! Groups that lists write otherwise after a plan and mean as before: in other letters, since groups are found without regard to
//! case, or by the directory's name instead of that of a resource. Nobody is another by that.

use std::collections::{BTreeMap, BTreeSet};

use super::estate::Estate;
use crate::model::text::{Line, Principal};

/// How groups that lists of one side name are written, where one group is written in several ways.
#[derive(Debug, Default)]
pub(super) struct Spelling(BTreeMap<Line, Line>);

impl Spelling {
    /// Compares the lists before a plan with those after it, and returns how groups of each are written alike: as after the plan. The
    /// name of a resource that is another group then stays in both: whoever is in those groups is told of by that.
    pub(super) fn between<'p>(
        estates: [&Estate<'_>; 2],
        was: impl IntoIterator<Item = &'p Principal>,
        is: impl IntoIterator<Item = &'p Principal>,
    ) -> [Self; 2] {
        let sides = [groups(was), groups(is)];
        let mut written: BTreeMap<String, &Line> = BTreeMap::new();
        for name in &sides[1] {
            let _ = written.entry(estates[1].group(name)).or_insert(name);
        }
        let is_another = |name: &Line| {
            let stays = sides.iter().all(|side| side.contains(name));
            stays && estates[0].group(name) != estates[1].group(name)
        };
        let alike = |at: usize| {
            let names = sides[at].iter().filter(|name| !is_another(name));
            let names = names.filter_map(|name| {
                let other = *written.get(&estates[at].group(name))?;
                (other != *name).then(|| ((*name).clone(), other.clone()))
            });
            Self(names.collect())
        };
        [alike(0), alike(1)]
    }

    /// Returns somebody whom a list of the side names, as they are written alike.
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
