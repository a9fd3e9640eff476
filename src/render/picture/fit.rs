//! A picture cut to what a viewer takes.

use std::collections::BTreeSet;

use super::model::{Class, Key, Picture};

/// What was left out, to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// How many boxes, by class.
    pub nodes: Vec<(Class, usize)>,
    /// How many lines.
    pub edges: usize,
}

impl LeftOut {
    /// Says what was left out: `12 organizations, 3 policies, 40 connections`.
    #[must_use]
    pub fn words(&self) -> String {
        let counted = self.nodes.iter().map(|(class, n)| {
            let (one, many) = match class {
                Class::Organization => ("organization", "organizations"),
                Class::Requestor => ("requestor", "requestors"),
                Class::Policy => ("policy", "policies"),
                Class::Package => ("package", "packages"),
                Class::Resource => ("resource", "resources"),
            };
            format!("{n} {}", if *n == 1 { one } else { many })
        });
        let lines = (self.edges > 0).then(|| match self.edges {
            1 => "1 connection".to_owned(),
            n => format!("{n} connections"),
        });
        counted.chain(lines).collect::<Vec<_>>().join(", ")
    }
}

/// Returns as much of a picture as fits, way by way from the first package on, what is marked first, and what is left out;
/// `fits` must hold for a part of whatever it holds for.
pub fn fit(
    picture: &Picture,
    fits: &dyn Fn(&Picture, Option<&LeftOut>) -> bool,
) -> (Picture, Option<LeftOut>) {
    if fits(picture, None) {
        return (picture.clone(), None);
    }
    let pieces = pieces(picture);
    let (mut low, mut high) = (0, pieces.len());
    while low < high {
        let middle = (low + high).div_ceil(2);
        let (part, left) = first(picture, &pieces[..middle]);
        if fits(&part, Some(&left)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    let (part, left) = first(picture, &pieces[..low]);
    (part, Some(left))
}

/// A line, or a box by itself.
enum Piece<'p> {
    Line(&'p (Key, Key)),
    Alone(&'p Key),
}

fn pieces(picture: &Picture) -> Vec<Piece<'_>> {
    // The package that a line belongs to: the policy's, or the one that grants.
    let package = |ends: &(Key, Key)| {
        let policy = [&ends.0, &ends.1]
            .into_iter()
            .find_map(|key| key.strip_prefix("policy/"));
        let of = policy.and_then(|policy| Some(policy.split_once('/')?.0.to_owned()));
        of.unwrap_or_else(|| ends.0.trim_start_matches("package/").to_owned())
    };
    let mut lines: Vec<_> = picture.edges.iter().collect();
    lines.sort_by_cached_key(|(ends, edge)| {
        let column = picture.nodes.get(&ends.0).map(|node| node.class);
        (edge.mark.is_none(), package(ends), column, (*ends).clone())
    });
    let ends: BTreeSet<&Key> = picture.edges.keys().flat_map(|(a, b)| [a, b]).collect();
    let alone = picture.nodes.iter().filter(|(key, _)| !ends.contains(key));
    let mut alone: Vec<_> = alone.collect();
    alone.sort_by_key(|(key, node)| (node.mark.is_none(), *key));
    let lines = lines.into_iter().map(|(ends, _)| Piece::Line(ends));
    let alone = alone.into_iter().map(|(key, _)| Piece::Alone(key));
    lines.chain(alone).collect()
}

fn first(picture: &Picture, pieces: &[Piece<'_>]) -> (Picture, LeftOut) {
    let mut nodes: BTreeSet<&Key> = BTreeSet::new();
    let mut lines: BTreeSet<&(Key, Key)> = BTreeSet::new();
    for piece in pieces {
        match piece {
            Piece::Line(ends) => {
                lines.insert(ends);
                nodes.extend([&ends.0, &ends.1]);
            }
            Piece::Alone(key) => {
                nodes.insert(key);
            }
        }
    }
    let mut part = picture.clone();
    part.nodes.retain(|key, _| nodes.contains(key));
    part.edges.retain(|ends, _| lines.contains(ends));
    for group in part.groups.values_mut() {
        // A catalog that is marked and does not fit is left out like any other.
        group.mark = group.mark.filter(|_| !pieces.is_empty());
    }
    part.drop_groups();
    let count = |class: Class, of: &Picture| of.of(class).count();
    let left = Class::ALL
        .iter()
        .map(|class| (*class, count(*class, picture) - count(*class, &part)));
    let left = LeftOut {
        nodes: left.filter(|(_, n)| *n > 0).collect(),
        edges: picture.edges.len() - part.edges.len(),
    };
    (part, left)
}
