//! What a picture is made of, and what of it belongs to a part of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::Mask;

/// What tells a box from all others: an address, or `who/…` for requestors that are no object.
pub type Key = String;

/// Boxes, the lines between them, and the catalogs around them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// What it shows.
    pub title: String,
    /// Why it is empty, where more is to be said of that.
    pub nothing: Option<&'static str>,
    /// The boxes.
    pub nodes: BTreeMap<Key, Node>,
    /// The lines, by where they start and end.
    pub edges: BTreeMap<(Key, Key), Edge>,
    /// The catalogs.
    pub groups: BTreeMap<Key, Group>,
}

/// What a box stands for; the order is that of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A partner organization.
    Organization,
    /// Others who may have a package: members, anybody from outside, people, groups, programs.
    Requestor,
    /// A policy.
    Policy,
    /// A package.
    Package,
    /// A resource.
    Resource,
}

/// What becomes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// It is new.
    Created,
    /// It changes.
    Updated,
    /// It goes.
    Deleted,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it stands for.
    pub class: Class,
    /// Its name.
    pub label: String,
    /// More about it, in a few words; may be empty.
    pub detail: String,
    /// The catalog that it belongs to.
    pub group: Option<Key>,
    /// What becomes of it.
    pub mark: Option<Mark>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    /// What stands at it: roles, or why it leads nowhere; may be empty.
    pub label: String,
    /// Whether nobody comes through at present: requests are off, or the catalog is closed.
    pub closed: bool,
    /// What becomes of it.
    pub mark: Option<Mark>,
}

/// A catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub label: String,
    /// More about it, in a few words; may be empty.
    pub detail: String,
    /// What becomes of it.
    pub mark: Option<Mark>,
}

impl Class {
    /// Every class, in the order of columns.
    pub const ALL: &'static [Self] = &[
        Self::Organization,
        Self::Requestor,
        Self::Policy,
        Self::Package,
        Self::Resource,
    ];

    /// Returns the word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Requestor => "requestor",
            Self::Policy => "policy",
            Self::Package => "package",
            Self::Resource => "resource",
        }
    }
}

impl Mark {
    /// Returns the word that stands before a name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "new",
            Self::Updated => "changed",
            Self::Deleted => "gone",
        }
    }
}

impl Node {
    /// Returns the name, after the word of the mark.
    #[must_use]
    pub fn named(&self) -> String {
        named(&self.label, self.mark)
    }
}

impl Group {
    /// Returns the name and what more there is, after the word of the mark.
    #[must_use]
    pub fn named(&self) -> String {
        let name = named(&self.label, self.mark);
        match self.detail.is_empty() {
            true => name,
            false => format!("{name} · {}", self.detail),
        }
    }
}

fn named(label: &str, mark: Option<Mark>) -> String {
    match mark {
        Some(mark) => format!("{}: {label}", mark.as_str()),
        None => label.to_owned(),
    }
}

impl Picture {
    /// Returns true when there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.groups.is_empty()
    }

    /// Returns what is said in place of boxes where there are none.
    #[must_use]
    pub fn nothing(&self) -> String {
        match self.nothing {
            Some(why) => format!("Nothing to show: {why}"),
            None => "Nothing to show".to_owned(),
        }
    }

    /// Returns true when it shows what changes.
    #[must_use]
    pub fn has_marks(&self) -> bool {
        self.nodes.values().any(|node| node.mark.is_some())
            || self.edges.values().any(|edge| edge.mark.is_some())
            || self.groups.values().any(|group| group.mark.is_some())
    }

    /// Returns the picture with mail addresses masked in all that a format writes of it; what tells boxes apart stays.
    #[must_use]
    pub fn masked(mut self, mask: &Mask) -> Self {
        let change = |text: &mut String| *text = mask.text(text).into_owned();
        change(&mut self.title);
        for node in self.nodes.values_mut() {
            change(&mut node.label);
            change(&mut node.detail);
        }
        for group in self.groups.values_mut() {
            change(&mut group.label);
            change(&mut group.detail);
        }
        for edge in self.edges.values_mut() {
            change(&mut edge.label);
        }
        self
    }

    /// Returns the boxes of a class, in order.
    pub fn of(&self, class: Class) -> impl Iterator<Item = (&Key, &Node)> {
        self.nodes
            .iter()
            .filter(move |(_, node)| node.class == class)
    }

    /// Returns the boxes of each catalog, and those of none.
    pub(super) fn inside(&self) -> BTreeMap<Option<&Key>, Vec<(&Key, &Node)>> {
        let mut inside: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (key, node) in &self.nodes {
            let group = node.group.as_ref();
            let group = group.filter(|group| self.groups.contains_key(*group));
            inside.entry(group).or_default().push((key, node));
        }
        inside
    }

    /// Returns what a box reaches and what reaches it, itself included.
    #[must_use]
    pub fn around(&self, key: &str) -> BTreeSet<Key> {
        let start: BTreeSet<&str> = [key].into();
        let mut all = self.reach(start.clone(), true);
        all.extend(self.reach(start, false));
        all
    }

    /// Returns everything on a way through what is marked.
    #[must_use]
    pub fn around_marks(&self) -> BTreeSet<Key> {
        let nodes = self.nodes.iter().filter(|(_, node)| node.mark.is_some());
        let nodes: BTreeSet<&str> = nodes.map(|(key, _)| key.as_str()).collect();
        let (mut ends, mut starts) = (nodes.clone(), nodes);
        let edges = self.edges.iter().filter(|(_, edge)| edge.mark.is_some());
        for ((from, to), _) in edges {
            starts.insert(from);
            ends.insert(to);
        }
        let mut all = self.reach(ends, true);
        all.extend(self.reach(starts, false));
        let marked = |key: &Key| {
            self.groups
                .get(key)
                .is_some_and(|group| group.mark.is_some())
        };
        let packages = self.of(Class::Package);
        let inside = packages.filter(|(_, node)| node.group.as_ref().is_some_and(marked));
        all.extend(inside.map(|(key, _)| key.clone()));
        all
    }

    fn reach(&self, start: BTreeSet<&str>, forward: bool) -> BTreeSet<Key> {
        let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, to) in self.edges.keys() {
            let (from, to) = if forward { (from, to) } else { (to, from) };
            next.entry(from).or_default().push(to);
        }
        let mut seen = start.clone();
        let mut rest: Vec<&str> = start.into_iter().collect();
        while let Some(key) = rest.pop() {
            for to in next.get(key).into_iter().flatten() {
                if seen.insert(to) {
                    rest.push(to);
                }
            }
        }
        let known = seen.into_iter().filter(|key| self.nodes.contains_key(*key));
        known.map(str::to_owned).collect()
    }

    /// Leaves out every box that is not among these, with its lines, and the catalogs that hold none of the rest and are
    /// not marked.
    pub fn keep(&mut self, nodes: &BTreeSet<Key>) {
        self.nodes.retain(|key, _| nodes.contains(key));
        self.edges
            .retain(|(from, to), _| nodes.contains(from) && nodes.contains(to));
        self.drop_groups();
    }

    /// Leaves out the catalogs that hold nothing and are not marked.
    pub(super) fn drop_groups(&mut self) {
        let used: BTreeSet<&Key> = self
            .nodes
            .values()
            .filter_map(|node| node.group.as_ref())
            .collect();
        self.groups
            .retain(|key, group| group.mark.is_some() || used.contains(key));
    }
}
