//! Whether anybody at all can fit several rules: whom one matches and another does not.
//!
//! A rule is a formula over comparisons. Each way to make the rules as they are wanted is a list of comparisons, and those of
//! one property are met together or not at all: by a value that one of them names, or, where none has to be the one, by a text
//! made of what must stand in it, with a letter between that no rule knows. Whatever such a text breaks, every other breaks
//! too. Where a pattern is among them an automaton decides; see [`language`](super::language). What is too large for that is
//! not decided, and said to be so.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::comparison::Comparison;
use super::form::Form;
use super::language::{self, Demand, Found, STATES};
use super::{Rule, compare};
use crate::model::rule::{Operator, TRUTHS, Value};

/// How many comparisons are looked at before somebody is taken to fit.
const STEPS: u32 = 20_000;
/// How many states of automata are visited before somebody is taken to fit.
const EFFORT: usize = 8 * STATES;

/// Whether anybody fits rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// There can be somebody.
    Somebody,
    /// There can be nobody.
    Nobody,
    /// The rules, or patterns in them, are too large to tell.
    Unknown,
}

/// Returns false when nobody can be for whom each of some rules is as wanted: `true` for one that is to match. Who cannot be
/// ruled out may be there, so that in doubt the answer is true.
#[must_use]
pub fn is_possible(rules: &[(&Rule, bool)]) -> bool {
    fit(rules) != Fit::Nobody
}

/// Returns whether somebody can be for whom each of some rules is as wanted: `true` for one that is to match.
#[must_use]
pub fn fit(rules: &[(&Rule, bool)]) -> Fit {
    let mut search = Search {
        chosen: Vec::new(),
        steps: STEPS,
        effort: EFFORT,
        is_doubted: false,
    };
    match search.met(&mut rules.to_vec()) {
        true => Fit::Somebody,
        false if search.is_doubted => Fit::Unknown,
        false => Fit::Nobody,
    }
}

/// A walk over the ways to make rules as they are wanted.
struct Search<'r> {
    chosen: Vec<Comparison<'r>>,
    steps: u32,
    effort: usize,
    /// Whether some way could not be decided.
    is_doubted: bool,
}

impl<'r> Search<'r> {
    /// Makes rules as wanted one after the other, and comparisons of them together.
    fn met(&mut self, todo: &mut Vec<(&'r Rule, bool)>) -> bool {
        let Some((rule, wanted)) = todo.pop() else {
            return self.is_met_with_patterns();
        };
        let is_met = match rule {
            Rule::Not(rule) => {
                todo.push((rule, !wanted));
                let is_met = self.met(todo);
                todo.pop();
                is_met
            }
            Rule::And(rules) | Rule::Or(rules) if matches!(rule, Rule::And(_)) == wanted => {
                let before = todo.len();
                todo.extend(rules.iter().map(|rule| (rule, wanted)));
                let is_met = self.met(todo);
                todo.truncate(before);
                is_met
            }
            Rule::And(rules) | Rule::Or(rules) => rules.iter().any(|rule| {
                todo.push((rule, wanted));
                let is_met = self.met(todo);
                todo.pop();
                is_met
            }),
            Rule::Test(test) | Rule::Each { test, .. } => match self.steps.checked_sub(1) {
                None => {
                    self.is_doubted = true;
                    false
                }
                Some(left) => {
                    self.steps = left;
                    self.chosen.push(Comparison { rule, test, wanted });
                    let met = together(&self.chosen, &test.property, &mut of_one);
                    let is_met = met != Met::No && self.met(todo);
                    self.chosen.pop();
                    is_met
                }
            },
        };
        todo.push((rule, wanted));
        is_met
    }

    /// Returns true where the comparisons of a way are met, those with patterns and beside them too.
    fn is_met_with_patterns(&mut self) -> bool {
        let Self { chosen, effort, .. } = self;
        let properties = chosen.iter().filter(|it| it.is_pattern());
        let properties: BTreeSet<&str> = properties.map(|it| &*it.test.property).collect();
        let mut is_open = false;
        for property in properties {
            let met = together(
                chosen,
                property,
                &mut |property, comparisons, unset| match of_one(property, comparisons, unset) {
                    Met::Open => by_text(property, comparisons, effort),
                    met => met,
                },
            );
            match met {
                Met::Yes => {}
                Met::No => return false,
                Met::Open => is_open = true,
            }
        }
        self.is_doubted |= is_open;
        !is_open
    }
}

/// Whether some value of a property meets comparisons of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    Yes,
    No,
    /// Not decided.
    Open,
}

/// Returns whether a value of a property, or a list of values, meets the comparisons of it. `decide` tells it of one value,
/// and of whether none at all may be.
fn together<'r>(
    chosen: &[Comparison<'r>],
    property: &str,
    decide: &mut dyn FnMut(&str, &[Comparison<'r>], bool) -> Met,
) -> Met {
    let of = chosen.iter().filter(|it| it.test.property == property);
    let (several, one): (Vec<Comparison<'r>>, Vec<Comparison<'r>>) =
        of.copied().partition(Comparison::is_of_several);
    let mut met = decide(property, &one, true);
    // Some value must be one way, or every value: each that must be somewhere is held against what counts for all.
    let (every, some): (Vec<Comparison<'r>>, Vec<Comparison<'r>>) =
        several.into_iter().partition(Comparison::is_universal);
    for one in some {
        if met == Met::No {
            return Met::No;
        }
        let with: Vec<Comparison<'r>> = every.iter().copied().chain([one]).collect();
        match decide(property, &with, false) {
            Met::Yes => {}
            other => met = other,
        }
    }
    met
}

/// Returns whether one value meets comparisons, as far as that can be told without looking into patterns. `unset` tells whether
/// none at all may.
fn of_one(property: &str, comparisons: &[Comparison<'_>], unset: bool) -> Met {
    if comparisons.is_empty() {
        return Met::Yes;
    }
    let holds = |text: Option<&str>, truth: Option<bool>, but_patterns: bool| {
        let mut counted = comparisons
            .iter()
            .filter(|it| !but_patterns || !it.is_pattern());
        counted.all(|it| compare(it.test, text, || truth) == it.wanted)
    };
    let told = |is_met| if is_met { Met::Yes } else { Met::No };
    if TRUTHS.contains(&property) {
        let none = property != "accountEnabled" && holds(None, None, false);
        return told(none || [true, false].iter().any(|it| holds(None, Some(*it), false)));
    }
    let always = [
        "mail",
        "displayName",
        "userPrincipalName",
        "userType",
        "objectId",
    ];
    if unset && !always.contains(&property) && holds(None, None, false) {
        return Met::Yes;
    }
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for comparison in comparisons {
        match &comparison.test.value {
            Value::Text(text) => named.extend([text.as_str()]),
            Value::List(list) => named.extend(list.iter().map(String::as_str)),
            Value::Null | Value::Bool(_) | Value::Pattern(_) => {}
        }
    }
    if property == "userType" {
        named = BTreeSet::from(["member", "guest"]);
    }
    let form = Form::of(property);
    let mut values = named.iter().filter(|text| form.takes(text));
    if values.any(|text| holds(Some(text), None, false)) {
        return Met::Yes;
    }
    let is_named = |it: &Comparison<'_>| {
        matches!(it.plainly(), (Operator::Equal | Operator::In, true)) || property == "userType"
    };
    if comparisons.iter().any(is_named) {
        return Met::No;
    }
    let starts = comparisons
        .iter()
        .filter_map(|it| it.part(Operator::StartsWith));
    let start = starts.max_by_key(|text| text.len()).unwrap_or_default();
    let strange = ('\u{e000}'..).find(|letter| !named.iter().any(|text| text.contains(*letter)));
    let strange = strange.map(String::from).unwrap_or_default();
    let mut text = format!("{start}{strange}");
    let parts = comparisons
        .iter()
        .filter_map(|it| it.part(Operator::Contains));
    for part in parts {
        text.push_str(part);
        text.push_str(&strange);
    }
    match holds(Some(&text), None, true) {
        true if comparisons.iter().any(Comparison::is_pattern) => Met::Open,
        is_met => told(is_met),
    }
}

/// What an automaton is asked: the form of a text, and what is compared with what, and whether that is to hold.
type Question = (Form, BTreeSet<(String, bool)>);

thread_local! {
    /// Questions that were decided lately: the rules of a plan are held against each other for many sorts of people.
    static DECIDED: RefCell<BTreeMap<Question, Met>> = const { RefCell::new(BTreeMap::new()) };
}

/// How many questions are remembered.
const REMEMBERED: usize = 4_096;

/// Returns whether a text that a property can be meets comparisons. `effort` is how many states may be visited for that.
fn by_text(property: &str, comparisons: &[Comparison<'_>], effort: &mut usize) -> Met {
    let form = Form::of(property);
    let each = comparisons.iter().map(|it| {
        let (operator, wanted) = it.plainly();
        (format!("{operator:?} {:?}", it.test.value), wanted)
    });
    let question = (form, each.collect());
    if let Some(known) = DECIDED.with_borrow(|known| known.get(&question).copied()) {
        return known;
    }
    if *effort == 0 {
        return Met::Open;
    }
    let (met, visited) = asked(form, comparisons);
    *effort = effort.saturating_sub(visited);
    DECIDED.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let _ = known.insert(question, met);
    });
    met
}

/// Asks an automaton whether a text of a form meets comparisons, and tells how many states it visited for that.
fn asked(form: Form, comparisons: &[Comparison<'_>]) -> (Met, usize) {
    let mut demands: Vec<Demand> = Demand::whole(form.any).into_iter().collect();
    for comparison in comparisons {
        match comparison.demand() {
            Some(Some(demand)) => demands.push(demand),
            Some(None) => return (Met::No, 0),
            None => return (Met::Open, 0),
        }
    }
    let (found, visited) = language::find_counting(&demands);
    let met = match found {
        Found::Text(_) => Met::Yes,
        Found::Nothing => Met::No,
        Found::Unknown => Met::Open,
    };
    (met, visited)
}

#[cfg(test)]
mod tests;
