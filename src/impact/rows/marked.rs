//! What becomes of people whom something marks, names or rules, so that each of it is told once.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::package::Outcome;
use super::row::Difference;
use super::ruled::Standing;
use crate::impact::people::class::Named;
use crate::impact::people::part::Part;
use crate::impact::terms::Terms;

/// What marks people in a part: lists of names, and how they stand to rules.
type Marks = (Vec<Vec<Named>>, Standing);

/// Parts of a package whose people something marks, by what becomes of them.
#[derive(Debug, Default)]
pub(super) struct Marked<'p, 't>(BTreeMap<(Outcome, Marks), Vec<&'p Part<'t>>>);

/// What becomes of those whom one name marks, and some rules: each outcome with a part of theirs.
type Singles<'m, 'p, 't> = BTreeMap<(&'m Vec<Named>, Standing), Vec<(&'m Outcome, &'p Part<'t>)>>;

/// What is to be told of some people whom something marks.
#[derive(Debug)]
pub(super) struct Told<'p, 't> {
    pub(super) outcome: Outcome,
    pub(super) standing: Standing,
    pub(super) parts: Vec<&'p Part<'t>>,
    /// Whether something else becomes of others who are marked so.
    pub(super) is_one_of_several: bool,
}

impl<'p, 't> Marked<'p, 't> {
    /// Adds a part.
    pub(super) fn add(&mut self, outcome: Outcome, standing: Standing, part: &'p Part<'t>) {
        let marks = (part.alike.clone(), standing);
        self.0.entry((outcome, marks)).or_default().push(part);
    }

    /// Returns what becomes of those whom one name marks, and some rules.
    fn singles<'m>(&'m self) -> Singles<'m, 'p, 't> {
        let mut singles = Singles::new();
        for ((outcome, (alike, standing)), parts) in &self.0 {
            if let [names] = alike.as_slice() {
                let of = singles.entry((names, *standing)).or_default();
                of.extend(parts.iter().map(|part| (outcome, *part)));
            }
        }
        singles
    }

    /// Returns what is to be told: of two names together nothing that one of them says, and of somebody whom an address names
    /// once what is in the same words, however they sign in.
    pub(super) fn told(&self, now: Timestamp) -> Vec<Told<'p, 't>> {
        let singles = self.singles();
        let mut told: Vec<(&Marks, Told<'p, 't>)> = Vec::new();
        for ((outcome, marks), parts) in &self.0 {
            let (alike, standing) = marks;
            let is_said = |part: &&Part<'t>| {
                let said = |names: &Vec<Named>| {
                    let alone = singles.get(&(names, *standing)).into_iter().flatten();
                    let mut alone = alone.filter(|(_, other)| is_of_same(other, part));
                    alone.any(|(alone, _)| is_as_much(alone, outcome, now))
                };
                alike.len() > 1 && alike.iter().any(said)
            };
            let parts = parts.iter().copied().filter(|part| !is_said(part));
            let parts: Vec<&Part<'t>> = parts.collect();
            if parts.is_empty() {
                continue;
            }
            let is_by_address = parts.iter().all(|part| part.bases.is_empty());
            let mut known = told.iter_mut();
            let same = known.find(|(other, told)| {
                is_by_address && *other == marks && is_worded_alike(&told.outcome, outcome)
            });
            if let Some((_, told)) = same {
                told.outcome.before.extend(outcome.before.iter().cloned());
                told.outcome.after.extend(outcome.after.iter().cloned());
                told.parts.extend(parts);
                continue;
            }
            let one = Told {
                outcome: outcome.clone(),
                standing: *standing,
                parts,
                is_one_of_several: false,
            };
            told.push((marks, one));
        }
        let mut several: BTreeMap<&Marks, usize> = BTreeMap::new();
        for (marks, _) in &told {
            *several.entry(marks).or_default() += 1;
        }
        let told = told.into_iter().map(|(marks, told)| Told {
            is_one_of_several: several.get(marks).is_some_and(|outcomes| *outcomes > 1),
            ..told
        });
        told.collect()
    }
}

/// Returns true for parts of the same people but for what names them.
fn is_of_same(one: &Part<'_>, other: &Part<'_>) -> bool {
    one.within == other.within && (one.within.is_some() || one.traits == other.traits)
}

/// Returns true for outcomes that are told in the same words.
fn is_worded_alike(one: &Outcome, other: &Outcome) -> bool {
    let words = |of: &Outcome| (of.kind, of.text.clone(), of.because.clone());
    words(one) == words(other)
}

/// Returns true for an outcome that says all of another one: of those who come to have a package every way to it, of those who
/// have harder terms every way that they had.
fn is_as_much(alone: &Outcome, of: &Outcome, now: Timestamp) -> bool {
    let covers = |known: &[Terms], told: &[Terms]| {
        let is_covered = |terms: &Terms| known.iter().any(|it| it.covers(terms, now));
        told.iter().all(is_covered)
    };
    alone.kind == of.kind
        && match of.kind {
            Difference::New | Difference::Wider => covers(&alone.after, &of.after),
            Difference::Narrower => covers(&alone.before, &of.before),
            Difference::Gone | Difference::Other => true,
        }
}
