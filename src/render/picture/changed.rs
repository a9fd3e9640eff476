//! What is live and what is declared, laid over each other.

use std::collections::{BTreeMap, BTreeSet};

use super::gains;
use super::model::{Edge, Key, Mark, Picture};
use crate::impact::Row;

/// Objects that get another address, by the old one.
pub type Renames = BTreeMap<Key, Key>;

/// Lays the picture of what will be over that of what is. What the plan changes is marked, and so is every line that comes,
/// goes or says something else; so is who gains or loses a package by something that is no box. Of the rest stays what lies on
/// a way through something marked.
#[must_use]
pub fn changed(
    before: Picture,
    after: Picture,
    renames: &Renames,
    marks: &BTreeMap<Key, Mark>,
    rows: &[Row],
) -> Picture {
    let before = renamed(before, renames);
    let mut all = after;
    for (key, node) in before.nodes {
        all.nodes.entry(key).or_insert(node);
    }
    for (key, group) in before.groups {
        all.groups.entry(key).or_insert(group);
    }
    for (key, node) in &mut all.nodes {
        node.mark = marks.get(key).copied();
    }
    for (key, group) in &mut all.groups {
        group.mark = marks.get(key).copied();
    }
    for (ends, edge) in &mut all.edges {
        edge.mark = match before.edges.get(ends) {
            None => Some(Mark::Created),
            Some(was) if was != edge => Some(Mark::Updated),
            Some(_) => None,
        };
    }
    for (ends, edge) in before.edges {
        all.edges.entry(ends).or_insert(Edge {
            mark: Some(Mark::Deleted),
            ..edge
        });
    }
    gains::draw(&mut all, rows);
    let kept: BTreeSet<Key> = all.around_marks();
    all.keep(&kept);
    all
}

fn renamed(picture: Picture, renames: &Renames) -> Picture {
    if renames.is_empty() {
        return picture;
    }
    let name = |key: Key| rename(key, renames);
    let nodes = picture.nodes.into_iter().map(|(key, mut node)| {
        node.group = node.group.map(name);
        (name(key), node)
    });
    let edges = picture.edges.into_iter();
    let groups = picture.groups.into_iter();
    Picture {
        title: picture.title,
        nothing: picture.nothing,
        nodes: nodes.collect(),
        edges: edges
            .map(|((from, to), edge)| ((name(from), name(to)), edge))
            .collect(),
        groups: groups.map(|(key, group)| (name(key), group)).collect(),
    }
}

/// Policies go with their packages, and boxes of several people with their policies.
fn rename(key: Key, renames: &Renames) -> Key {
    if let Some(new) = renames.get(&key) {
        return new.clone();
    }
    if let Some(rest) = key.strip_prefix("policy/")
        && let Some((package, own)) = rest.split_once('/')
        && let Some(new) = renames.get(&format!("package/{package}"))
        && let Some(package) = new.strip_prefix("package/")
    {
        return format!("policy/{package}/{own}");
    }
    for several in ["who/people/", "who/programs/"] {
        if let Some(policy) = key.strip_prefix(several) {
            let policy = rename(format!("policy/{policy}"), renames);
            let policy = policy.strip_prefix("policy/").unwrap_or(&policy);
            return format!("{several}{policy}");
        }
    }
    key
}
