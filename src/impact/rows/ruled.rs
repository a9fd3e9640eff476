//! Whom a rule gives a package: people of the directory who match it have it without asking.
//!
//! Of two sides with a rule each, people match both, one, or none. Which of these there are is decided by proof, so that
//! another rule lets in exactly those whom the former did not match; see [`fit`].

use std::borrow::Cow;

use super::package::words;
use super::row::Difference;
use crate::governance::rule::{Fit, Rule, fit};
use crate::impact::access::{Access, Barrier, Way, has_ended, is_excluded};
use crate::impact::estate::Estate;
use crate::impact::offer::Offer;
use crate::impact::people::part::Part;
use crate::impact::people::said::Said;
use crate::impact::terms::Terms;
use crate::model::kinds::policy::Requestors;

/// Whether somebody matches the rule of the side before, and of the side after.
pub(super) type Standing = [bool; 2];

/// Nobody's rule.
pub(super) const NO_RULE: Standing = [false, false];

/// A policy that gives its package to whoever matches.
struct Giving<'t> {
    rule: Rule,
    text: &'t str,
    way: Way<'t>,
}

/// The rules that give a package, on both sides.
pub(super) struct Ruled<'e, 't> {
    estates: [&'e Estate<'t>; 2],
    offers: [Option<&'e Offer<'t>>; 2],
    sides: [Option<Giving<'t>>; 2],
    /// Whether both sides give the same to the same people, as far as nothing excludes them.
    is_same: bool,
}

impl<'e, 't> Ruled<'e, 't> {
    /// Returns the rules that give a package, as it is on each side; `None` where neither has one.
    pub(super) fn of(
        estates: [&'e Estate<'t>; 2],
        offers: [Option<&'e Offer<'t>>; 2],
    ) -> Option<Self> {
        let sides = offers.map(|offer| giving(offer?, estates[1]));
        let [was, is] = offers.map(|offer| offer.is_some_and(|it| it.refuses_guests));
        let mut ruled = Self {
            estates,
            offers,
            sides,
            is_same: false,
        };
        ruled.is_same = match &ruled.sides {
            [None, None] => return None,
            [Some(one), Some(two)] => {
                was == is
                    && Terms::of(&one.way) == Terms::of(&two.way)
                    && !ruled.has([true, false], &[])
                    && !ruled.has([false, true], &[])
            }
            _ => false,
        };
        Some(ruled)
    }

    /// Returns how people of a part may stand to the rules, those whom none matches first; `known` is what other rules say of
    /// them. Those who get the same by rule on
    /// both sides have nothing to tell that others do not.
    pub(super) fn standings(
        &self,
        part: &Part<'_>,
        known: &[(Cow<'_, Rule>, bool)],
    ) -> Vec<Standing> {
        if !part.traits.first().is_some_and(|it| it.seen.living) {
            return vec![NO_RULE];
        }
        let mut all = vec![NO_RULE, [false, true], [true, false], [true, true]];
        all.retain(|standing| self.has(*standing, known));
        let is_same = self.is_same && self.is_excluded(part, 0) == self.is_excluded(part, 1);
        if is_same && all.contains(&NO_RULE) {
            all.truncate(1);
        }
        all
    }

    /// Returns true unless nobody stands so to the rules of whom other rules are known to match.
    fn has(&self, standing: Standing, known: &[(Cow<'_, Rule>, bool)]) -> bool {
        self.fit(standing, known) != Fit::Nobody
    }

    fn fit(&self, standing: Standing, known: &[(Cow<'_, Rule>, bool)]) -> Fit {
        let mut rules: Vec<(&Rule, bool)> = known.iter().map(|(rule, is)| (&**rule, *is)).collect();
        for (side, matches) in self.sides.iter().zip(standing) {
            match side {
                Some(side) => rules.push((&side.rule, matches)),
                None if matches => return Fit::Nobody,
                None => {}
            }
        }
        fit(&rules)
    }

    /// Returns how somebody stands to these rules who stands so to others: those of the same side before, and of a side after
    /// of which a policy may be as before.
    pub(super) fn standing_of(&self, others: &Self, [was, is]: Standing) -> Standing {
        let [_, after] = &self.sides;
        let is = match (after, &others.sides[1]) {
            (None, _) => false,
            (Some(own), Some(other)) if std::ptr::eq(own.way.policy, other.way.policy) => is,
            (Some(_), _) => was,
        };
        [was, is]
    }

    /// Adds what rules give to what a part may have by asking, before and after.
    pub(super) fn given(
        &self,
        part: &Part<'t>,
        asked: &[Access<'t>; 2],
        standing: Standing,
    ) -> [Access<'t>; 2] {
        std::array::from_fn(|at| {
            let asked = &asked[at];
            let side = self.sides[at].as_ref();
            let Some(side) = side.filter(|_| standing[at] && !self.is_excluded(part, at)) else {
                return asked.clone();
            };
            let ways = asked.ways.iter().copied().chain([side.way]);
            let access = Access {
                barrier: None,
                ways: ways.collect(),
                browsable: asked.browsable,
            };
            match part.traits.get(at) {
                Some(traits) => access.delivered(traits, self.offers[at]),
                None => access,
            }
        })
    }

    /// Returns true where something that people of a part have excludes the package, on one side.
    fn is_excluded(&self, part: &Part<'t>, at: usize) -> bool {
        let of = self.offers[at].zip(part.traits.get(at));
        of.is_some_and(|(offer, traits)| {
            is_excluded(self.estates[at], part.requestor(traits, at), offer)
        })
    }

    /// Says what becomes of people who stand so to the rules. `text` is what is said of those who ask, `after` are the terms
    /// that they have then, that of the rule the last.
    pub(super) fn told(
        &self,
        [was, is]: Standing,
        kind: Difference,
        barrier: Option<Barrier<'_>>,
        after: &[Terms],
        text: String,
    ) -> String {
        let with = |words: &str| match text.as_str() {
            "" => words.to_owned(),
            text => format!("{words}, {text}"),
        };
        let told = match (kind, barrier) {
            (Difference::New, _) if is => {
                let terms = after.last().map(Terms::words).unwrap_or_default();
                let others = self.beyond(after);
                let others = others.map(|terms| format!(", also {}", terms.as_way()));
                format!("without asking, {terms}{}", others.collect::<String>())
            }
            (Difference::Gone, Some(Barrier::Gone)) => text,
            (Difference::Gone, Some(barrier @ Barrier::NoGuests)) if is => {
                format!("no longer: {}", words(barrier))
            }
            (Difference::Gone, _) if is => format!("no longer: {}", words(Barrier::Excluded)),
            (Difference::Gone, _) => match (&self.sides[1], self.has_ended()) {
                (Some(_), _) => "no longer: the rule does not match them".to_owned(),
                (None, true) => format!("no longer: {}", words(Barrier::Ended)),
                (None, false) => "no longer: no rule assigns it".to_owned(),
            },
            _ if is && !was => with("without asking"),
            _ if was && !is => with("on request only"),
            _ => text,
        };
        match was != is && self.fit([was, is], &[]) == Fit::Unknown {
            true => format!("{told} (the rules are too large to be told apart)"),
            false => told,
        }
    }

    /// Returns true where a rule would assign the package after the plan, had that not ended for everyone.
    fn has_ended(&self) -> bool {
        let now = self.estates[1].now;
        let policies = self.offers[1].into_iter().flat_map(|offer| &offer.policies);
        let mut ended = policies.filter(|(_, policy)| has_ended(&policy.expires, now));
        ended.any(|(_, policy)| match &policy.requestors {
            Requestors::Automatic(automatic) => automatic.assign,
            _ => false,
        })
    }

    /// Returns those of some terms, of which that of the rule is the last, that give more than the rule does.
    pub(super) fn beyond<'a>(&self, terms: &'a [Terms]) -> impl Iterator<Item = &'a Terms> {
        let now = self.estates[1].now;
        let (rule, others) = match terms.split_last() {
            Some((rule, others)) => (Some(rule), others),
            None => (None, terms),
        };
        let is_covered = move |terms: &Terms| rule.is_some_and(|rule| rule.covers(terms, now));
        others.iter().filter(move |terms| !is_covered(terms))
    }

    /// Says which rules somebody matches who stands so to them.
    pub(super) fn words(&self, [was, is]: Standing) -> Said {
        let text = |at: usize| {
            let side = self.sides.get(at).and_then(Option::as_ref);
            Said::code(side.map_or("", |side| side.text))
        };
        let (one, two) = (text(0), text(1));
        match (was, is) {
            // Whom only one of them matches needs no other word where no one is matched by both.
            (false, true) if self.has([true, true], &[]) => two.and(" and not ").and(one),
            (true, false) if self.has([true, true], &[]) => one.and(" and not ").and(two),
            (true, true) if !self.has([false, true], &[]) => two,
            (true, true) if !self.has([true, false], &[]) => one,
            (true, true) => one.and(" and ").and(two),
            (true, false) => one,
            (false, _) => two,
        }
    }
}

/// Returns the policy that gives a package by rule, unless what it gives has ended for everyone.
fn giving<'t>(offer: &Offer<'t>, estate: &Estate<'t>) -> Option<Giving<'t>> {
    offer.policies.iter().find_map(|(address, policy)| {
        let Requestors::Automatic(automatic) = &policy.requestors else {
            return None;
        };
        if !automatic.assign || has_ended(&policy.expires, estate.now) {
            return None;
        }
        Some(Giving {
            rule: Rule::parse(automatic.rule.as_str()).ok()?,
            text: automatic.rule.as_str(),
            way: Way { address, policy },
        })
    })
}
