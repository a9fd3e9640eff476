//! A part of a plan: the changes of chosen addresses, and what they cannot do without.
//!
//! Whatever should come before a chosen change comes along; whatever needs a change that is left out by name is left out too,
//! or, where it was chosen by name, contradicts itself and is told.

use std::collections::VecDeque;

use globset::{GlobBuilder, GlobMatcher};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Change;
use super::order::{is_delete, needs};
use super::renames::Seats;
use crate::model::{Address, Desired, Kind, Name};

/// Which addresses may change.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    targets: Vec<Pattern>,
    excludes: Vec<Pattern>,
}

/// A pattern of addresses: `*` stands for anything in one part, `**` for anything.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no pattern of addresses: {cause}")]
pub struct BadPattern {
    /// The pattern.
    pub text: String,
    /// What is wrong with it.
    pub cause: String,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, BadPattern> {
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        let glob = glob.map_err(|error| BadPattern {
            text: text.to_owned(),
            cause: error.kind().to_string(),
        })?;
        Ok(Self {
            text: text.to_owned(),
            matcher: glob.compile_matcher(),
        })
    }

    /// Returns true for an address that is like it.
    #[must_use]
    pub fn matches(&self, address: &str) -> bool {
        self.matcher.is_match(address)
    }
}

impl Choice {
    /// Returns the choice of these targets, or of everything where there is none, without what is excluded.
    ///
    /// # Errors
    ///
    /// For the first pattern that cannot be read.
    pub fn new(targets: &[String], excludes: &[String]) -> Result<Self, BadPattern> {
        let read = |texts: &[String]| -> Result<Vec<Pattern>, BadPattern> {
            texts.iter().map(|text| Pattern::new(text)).collect()
        };
        Ok(Self {
            targets: read(targets)?,
            excludes: read(excludes)?,
        })
    }

    /// Returns true when everything is chosen.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.targets.is_empty() && self.excludes.is_empty()
    }

    /// Returns true for an address that is chosen and not excluded.
    #[must_use]
    pub fn takes(&self, address: &Address) -> bool {
        let targets = self.targets.is_empty() || any(&self.targets, address);
        targets && !any(&self.excludes, address)
    }

    /// Returns true for an address that is excluded.
    #[must_use]
    pub fn excludes(&self, address: &Address) -> bool {
        any(&self.excludes, address)
    }

    /// Returns the patterns that match none of these addresses.
    pub fn idle<'a>(
        &self,
        known: impl Iterator<Item = &'a Address> + Clone,
    ) -> impl Iterator<Item = &str> {
        let patterns = self.targets.iter().chain(&self.excludes);
        patterns
            .filter(move |pattern| {
                !known
                    .clone()
                    .any(|address| pattern.matches(&address.to_string()))
            })
            .map(|pattern| &*pattern.text)
    }
}

fn any(patterns: &[Pattern], address: &Address) -> bool {
    if patterns.is_empty() {
        return false;
    }
    let address = address.to_string();
    patterns.iter().any(|pattern| pattern.matches(&address))
}

/// What a plan was narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Partial {
    /// The patterns of addresses that may change; none for all.
    pub targets: Vec<String>,
    /// The patterns of addresses that do not change.
    pub excludes: Vec<String>,
    /// Changes that came along because another needs them.
    pub along: Vec<Tied>,
    /// Changes that were left out because they need another that was.
    pub held: Vec<Tied>,
    /// How many changes were left out in all.
    pub left_out: usize,
    /// Whether one of them is that of the domains of our own people: a part of a plan leaves these as they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// Changes that were excluded and that a target needs: while there is any, the choice contradicts itself.
    #[serde(skip)]
    pub torn: Vec<Tied>,
}

/// A change that shares the fate of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tied {
    /// The address.
    pub address: Address,
    /// The other.
    pub because: Address,
    /// Whether the one of the two that waits for the other is deleted or let go: it goes after what cannot be without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes: bool,
}

/// Takes out the changes that are not chosen, unless a chosen one needs them. Puts what is left in order of addresses.
pub(super) fn narrow(
    changes: &mut Vec<Change>,
    desired: &Desired,
    seats: &Seats<'_>,
    choice: &Choice,
) -> Option<Partial> {
    if choice.is_everything() {
        return None;
    }
    changes.sort_by(|a, b| a.address.cmp(&b.address));
    let mut needs = needs(changes, desired, seats);
    for (moves, at) in carried(changes, &choice.excludes) {
        needs[moves].push(at);
    }
    let mut partial = Partial {
        targets: texts(&choice.targets),
        excludes: texts(&choice.excludes),
        along: Vec::new(),
        held: Vec::new(),
        left_out: 0,
        own: false,
        torn: Vec::new(),
    };
    let excluded: Vec<bool> = changes
        .iter()
        .map(|change| names(change).any(|name| any(&choice.excludes, name)))
        .collect();
    let tied = |at: usize, because: usize, waits: usize| Tied {
        address: changes[at].address.clone(),
        because: changes[because].address.clone(),
        goes: is_delete(&changes[waits]),
    };
    let kept = if choice.targets.is_empty() {
        let mut needed_by = vec![Vec::new(); changes.len()];
        for (at, needed) in needs.iter().enumerate() {
            for other in needed {
                needed_by[*other].push(at);
            }
        }
        let start = excluded.clone();
        let out = follow(start, &needed_by, |at, because| {
            partial.held.push(tied(at, because, at));
        });
        out.into_iter().map(|out| !out).collect()
    } else {
        let chosen = |(change, excluded): (&Change, &bool)| {
            !excluded && names(change).any(|name| any(&choice.targets, name))
        };
        let start = changes.iter().zip(&excluded).map(chosen).collect();
        follow(start, &needs, |at, because| {
            let list = if excluded[at] {
                &mut partial.torn
            } else {
                &mut partial.along
            };
            list.push(tied(at, because, because));
        })
    };
    for list in [&mut partial.along, &mut partial.held, &mut partial.torn] {
        list.sort_by(|a, b| a.address.cmp(&b.address));
    }
    let mut kept = kept.into_iter();
    let before = changes.len();
    changes.retain(|_| kept.next().unwrap_or(false));
    partial.left_out = before - changes.len();
    Some(partial)
}

/// Returns each change that is excluded by the name alone that it has before an object that it lives in is renamed, after that
/// rename: without it nothing would be left of the name that excludes it.
fn carried(changes: &[Change], excludes: &[Pattern]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let before = names(change).skip(1).any(|name| any(excludes, name));
        if !before || any(excludes, &change.address) {
            continue;
        }
        if let Some(holder) = holder(&change.address)
            && let Ok(holder) = changes.binary_search_by(|other| other.address.cmp(&holder))
        {
            found.push((holder, at));
        }
    }
    found
}

/// Returns the object that an address lives in, or whose settings it holds.
fn holder(address: &Address) -> Option<Address> {
    match address.kind() {
        Kind::CrossTenant => {
            let name = Name::parse(address.name()).ok()?;
            Some(Address::new(Kind::Organization, &name))
        }
        _ => address.parent(),
    }
}

/// Marks all that can be reached, and tells each that was not marked at the start with the one that led to it.
fn follow(
    mut marked: Vec<bool>,
    next: &[Vec<usize>],
    mut found: impl FnMut(usize, usize),
) -> Vec<bool> {
    let start = (0..marked.len()).filter(|at| marked[*at]);
    let mut queue: VecDeque<usize> = start.collect();
    while let Some(from) = queue.pop_front() {
        for at in &next[from] {
            if !std::mem::replace(&mut marked[*at], true) {
                found(*at, from);
                queue.push_back(*at);
            }
        }
    }
    marked
}

/// Returns the addresses that a change goes by: the present one, and the one before a rename.
fn names(change: &Change) -> impl Iterator<Item = &Address> {
    let before = change.delta.before().and_then(|live| live.address.as_ref());
    std::iter::once(&change.address).chain(before)
}

fn texts(patterns: &[Pattern]) -> Vec<String> {
    patterns
        .iter()
        .map(|pattern| pattern.text.clone())
        .collect()
}
