//! Renames: what a name in a body means today.
//!
//! A body is stored as it was applied and names others as they were called then. A rename changes the row of the object
//! renamed and nothing else: its version row is the record of the rename, and whoever reads an older body reads it
//! through the renames since. All renames of one run happen at once, so two objects can swap their names.

use std::collections::HashMap;

use super::db::Db;
use crate::model::{Address, Body, Kind, respell};
use crate::store::StoreError;

const READ: &str = "SELECT v.run, r.project, v.renamed, v.address FROM version v JOIN run r ON r.id = v.run \
    WHERE v.renamed IS NOT NULL ORDER BY v.id";

/// The renames of a store.
#[derive(Debug, Default)]
pub(super) struct Names {
    projects: HashMap<String, Project>,
}

#[derive(Debug, Default)]
struct Project {
    /// By the address before: in which run, and the address after; in order of runs.
    renames: HashMap<Address, Vec<(i64, Address)>>,
    /// The last run that renamed anything.
    last: i64,
}

/// When a body was written or is read: what was renamed after `since`, up to and with `until`, counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) since: i64,
    pub(super) until: i64,
}

impl Span {
    /// From a run until now.
    pub(super) const fn since(run: i64) -> Self {
        Self {
            since: run,
            until: i64::MAX,
        }
    }
}

impl Names {
    pub(super) fn read(db: &impl Db) -> Result<Self, StoreError> {
        let mut names = Self::default();
        db.query(READ, &[], &mut |row| {
            let run = row.int(0, "the run of a rename")?;
            let from = row.parse(2, "an address before a rename")?;
            let to = row.parse(3, "an address after a rename")?;
            names.add(row.text(1, "the project of a run")?, run, from, to);
            Ok(())
        })?;
        Ok(names)
    }

    /// Notes a rename; later runs come later.
    pub(super) fn add(&mut self, project: &str, run: i64, from: Address, to: Address) {
        if !self.projects.contains_key(project) {
            self.projects.insert(project.to_owned(), Project::default());
        }
        if let Some(names) = self.projects.get_mut(project) {
            names.last = names.last.max(run);
            names.renames.entry(from).or_default().push((run, to));
        }
    }

    /// Returns the objects of a kind that a run of a project renamed: each by its name before and after.
    pub(super) fn of(
        &self,
        project: &str,
        run: i64,
        kind: Kind,
    ) -> impl Iterator<Item = (&str, &str)> {
        let names = self.projects.get(project).into_iter();
        let all = names.flat_map(|names| &names.renames);
        let all = all.filter(move |(from, _)| from.kind() == kind);
        all.filter_map(move |(from, renames)| {
            let (_, to) = renames.iter().find(|(of, _)| *of == run)?;
            Some((from.name(), to.name()))
        })
    }

    /// Returns what an address of a project has become; `None` if it is the same.
    pub(super) fn today(&self, project: &str, address: &Address, span: Span) -> Option<Address> {
        let names = self.projects.get(project)?;
        let mut span = span;
        let mut known = None;
        while let Some((run, to)) = names.next(known.as_ref().unwrap_or(address), span) {
            known = Some(to);
            span.since = run;
        }
        known
    }

    /// Returns a body with today's names.
    pub(super) fn spell(
        &self,
        project: &str,
        kind: Kind,
        body: Body,
        span: Span,
    ) -> Result<Body, serde_json::Error> {
        let concerned = self
            .projects
            .get(project)
            .is_some_and(|names| names.last > span.since);
        if !concerned {
            return Ok(body);
        }
        respell(kind, &body, &|kind, name| {
            // A name that is no address belongs to the directory.
            let address: Address = format!("{kind}/{name}").parse().ok()?;
            let today = self.today(project, &address, span)?;
            Some(today.name().to_owned())
        })
    }
}

impl Project {
    /// Returns the first rename of an address in a span: its own, or that of what it lives in.
    fn next(&self, address: &Address, span: Span) -> Option<(i64, Address)> {
        let first = |address: &Address| {
            let renames = self.renames.get(address)?;
            let within = |run: i64| span.since < run && run <= span.until;
            renames.iter().find(|(run, _)| within(*run))
        };
        let own = first(address);
        let parent = address.parent();
        let moved = parent.as_ref().and_then(|parent| {
            let (run, to) = first(parent)?;
            Some((*run, address.moved(parent, to)?))
        });
        match (own, moved) {
            (Some((run, to)), moved) if moved.as_ref().is_none_or(|(other, _)| run <= other) => {
                Some((*run, to.clone()))
            }
            (_, moved) => moved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(renames: &[(i64, &str, &str)]) -> Names {
        let mut names = Names::default();
        for (run, from, to) in renames {
            let read = |text: &str| text.parse().expect("an address");
            names.add("p", *run, read(from), read(to));
        }
        names
    }

    fn today(names: &Names, address: &str, since: i64) -> String {
        let address: Address = address.parse().expect("an address");
        let today = names.today("p", &address, Span::since(since));
        today.unwrap_or(address).to_string()
    }

    #[test]
    fn follows_a_name_from_when_it_was_written() {
        let names = names(&[
            (1, "catalog/a", "catalog/b"),
            (2, "catalog/b", "catalog/c"),
            (3, "catalog/a", "catalog/z"),
        ]);
        assert_eq!(today(&names, "catalog/a", 0), "catalog/c");
        assert_eq!(today(&names, "catalog/a", 1), "catalog/z");
        assert_eq!(today(&names, "catalog/b", 0), "catalog/c");
        assert_eq!(today(&names, "catalog/b", 2), "catalog/b");
        assert_eq!(today(&names, "package/a", 0), "package/a");
    }

    #[test]
    fn names_swap_in_one_run() {
        let names = names(&[(1, "catalog/a", "catalog/b"), (1, "catalog/b", "catalog/a")]);
        assert_eq!(today(&names, "catalog/a", 0), "catalog/b");
        assert_eq!(today(&names, "catalog/b", 0), "catalog/a");
    }

    #[test]
    fn what_lives_in_another_moves_with_it() {
        let names = names(&[
            (1, "package/a", "package/b"),
            (1, "policy/a/q", "policy/b/r"),
        ]);
        assert_eq!(today(&names, "policy/a/p", 0), "policy/b/p");
        assert_eq!(today(&names, "policy/a/q", 0), "policy/b/r");
    }
}
