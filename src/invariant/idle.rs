//! Invariants that hold because they are about nothing: nobody, or no way to come to have anything.
//!
//! What is refused at the moment counts all the same: a domain on the block list, a catalog that is not published, a policy
//! with requests switched off. `never` says what no policy shall ever do, so it is about something although none does. A date
//! that has passed does not come again.

use std::collections::BTreeSet;

use crate::impact::{Account, Offer, Traits};
use crate::model::OneOrMore;
use crate::model::invariant::{Count, Glob, Invariant, Length, Statement, Terms, Way};
use crate::model::kinds::policy::{Policy, Requestors};

use super::decide::is_about;
use super::people::{Everybody, Kind, People};
use super::reach::{Reach, Sought, has_ended};

/// Why an invariant is about nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idle {
    /// Nobody fits these keys together, and fewer of them somebody does.
    Nobody(Vec<&'static str>),
    /// Only programs have what it is about; of packages together, these of them.
    Programs(Vec<String>),
    /// Whom it is about have no account yet, and so no rule gives them anything.
    Visitors,
    /// No policy of what it is about gives anything in a way that is meant.
    Ways,
    /// The policies of what it is about are for others.
    Others,
    /// What the policies of what it is about give has ended for everyone.
    Ended,
    /// All access, or none, is as this key says.
    Bound(&'static str),
}

/// What an invariant that holds is looked at with.
pub(super) struct Looked<'l, 'e, 't> {
    reach: &'l Reach<'e, 't>,
    everybody: &'l Everybody<'e, 't>,
    people: &'l People<'t>,
    statement: &'t Statement,
    terms: &'t Terms,
}

impl<'l, 'e, 't> Looked<'l, 'e, 't> {
    pub(super) fn at(
        reach: &'l Reach<'e, 't>,
        everybody: &'l Everybody<'e, 't>,
        people: &'l People<'t>,
        invariant: &'t Invariant,
    ) -> Self {
        Self {
            reach,
            everybody,
            people,
            statement: &invariant.statement,
            terms: invariant.terms(),
        }
    }

    /// Returns why the invariant is about nothing; `None` where it is about something, or names what is not there.
    pub(super) fn idle(&self) -> Option<Idle> {
        if let Some(key) = self.bound() {
            return Some(Idle::Bound(key));
        }
        if !self.names_organizations() {
            return None;
        }
        if self.people.all().next().is_none() {
            return Some(Idle::Nobody(self.nobody()));
        }
        let offers = || {
            let offers = self.reach.estate.offers();
            offers.filter(|offer| is_about(self.terms, offer))
        };
        let for_programs = |offer: &Offer<'t>| {
            let mut policies = offer.policies.iter();
            !offer.policies.is_empty() && policies.all(|(_, rules)| rules.requestors.is_programs())
        };
        let mut found = offers().peekable();
        // The tree was told already that nothing is called so.
        found.peek()?;
        if self.terms.together().is_some() {
            let programs = found.filter(|offer| for_programs(offer));
            let programs: Vec<String> = programs.map(|offer| offer.address.to_string()).collect();
            if !programs.is_empty() {
                return Some(Idle::Programs(programs));
            }
        } else if found.all(for_programs) {
            return Some(Idle::Programs(Vec::new()));
        }
        let mut people = self.people.all();
        if self.terms.ways()[..] == [Way::Automatic]
            && people.all(|kind| kind.base.account == Account::None)
        {
            return Some(Idle::Visitors);
        }
        if let Statement::Never(_) = self.statement {
            return None;
        }
        let ways = self.terms.ways();
        let serves = |rules: &Policy| ways.iter().any(|way| serves(rules, *way));
        if !offers().any(|offer| offer.policies.iter().any(|(_, rules)| serves(rules))) {
            return Some(Idle::Ways);
        }
        let lasts = |rules: &Policy| !has_ended(&rules.expires, self.reach.estate.now);
        let any = |counts: &dyn Fn(&Policy) -> bool| {
            offers().any(|offer| self.is_for_some(offer, &ways, counts))
        };
        match (any(&lasts), any(&|_| true)) {
            (true, _) => None,
            (false, true) => Some(Idle::Ended),
            (false, false) => Some(Idle::Others),
        }
    }

    /// Returns a key about approvals or ends that makes the rest idle.
    fn bound(&self) -> Option<&'static str> {
        let ways = self.terms.ways();
        let most = match ways[..] {
            [Way::Automatic] => 0,
            _ => MOST_APPROVALS,
        };
        let approvals = self
            .terms
            .approvals
            .map(|bound| ("approvals", counts(bound, most)));
        let expires = self.terms.expires.map(|bound| ("expires", lengths(bound)));
        let review = self.terms.review.map(|_| ("review", Fits::Some));
        let mut said = [approvals, expires, review].into_iter().flatten();
        match self.statement {
            Statement::Never(_) => {
                let none = said.find(|(_, fits)| *fits == Fits::None);
                none.map(|(key, _)| key)
            }
            Statement::Always(_) => {
                let first = said.clone().next()?;
                said.all(|(_, fits)| fits == Fits::All).then_some(first.0)
            }
        }
    }

    /// Returns true unless a pattern means no organization of the tree.
    fn names_organizations(&self) -> bool {
        let globs = self.terms.organization.iter().flat_map(OneOrMore::iter);
        let is_there = |glob: &Glob| {
            let mut all = self.reach.estate.organizations();
            all.any(|(address, _)| glob.matches(address.own_name()))
        };
        let mut globs = globs.peekable();
        globs.peek().is_none() || globs.any(is_there)
    }

    /// Returns the fewest keys that nobody fits together.
    fn nobody(&self) -> Vec<&'static str> {
        const SETS: [&[&str]; 7] = [
            &["requestors"],
            &["organization"],
            &["domain"],
            &["requestors", "organization"],
            &["domain", "organization"],
            &["requestors", "domain"],
            &["requestors", "domain", "organization"],
        ];
        let fits_nobody = |keys: &&&[&'static str]| {
            let said = |key: &str| keys.contains(&key);
            let terms = Terms {
                requestors: self.terms.requestors.clone().filter(|_| said("requestors")),
                domain: self.terms.domain.clone().filter(|_| said("domain")),
                organization: self
                    .terms
                    .organization
                    .clone()
                    .filter(|_| said("organization")),
                ..Terms::default()
            };
            self.everybody.fitting(&terms).all().next().is_none()
        };
        SETS.iter()
            .find(fits_nobody)
            .map_or_else(Vec::new, |keys| keys.to_vec())
    }

    /// Returns true for a package that has a policy for people the invariant is about, of those that count, whatever is switched
    /// off now.
    fn is_for_some(
        &self,
        offer: &Offer<'t>,
        ways: &[Way],
        counts: &dyn Fn(&Policy) -> bool,
    ) -> bool {
        let names = self.reach.apart(offer);
        let kinds: Vec<&Kind<'t>> = self.people.apart(&names);
        let kinds = kinds.into_iter().chain(self.people.refused());
        let mut kinds = kinds.filter(|kind| self.reach.may_give(offer, kind, self.terms));
        kinds.any(|kind| {
            let open = open(kind);
            let mut policies = offer.policies.iter().filter(|(_, rules)| counts(rules));
            policies.any(|(address, rules)| {
                let mut ways = ways.iter().filter(|way| serves(rules, **way));
                ways.any(|way| {
                    let sought = Sought {
                        offer,
                        address,
                        rules,
                        way: *way,
                        terms: self.terms,
                    };
                    self.reach.may_have(&open, sought)
                })
            })
        })
    }
}

/// Returns people as if passcodes were sent.
fn open<'t>(kind: &Kind<'t>) -> Kind<'t> {
    let mut traits: Traits<'t> = kind.traits;
    traits.seen.lacks_passcode = false;
    Kind {
        traits,
        ..kind.clone()
    }
}

/// Returns true for a policy that is of a sort to give something that way, whatever is switched off now.
fn serves(rules: &Policy, way: Way) -> bool {
    match (&rules.requestors, way) {
        (Requestors::Automatic(automatic), Way::Automatic) => automatic.assign,
        (Requestors::Automatic(_), _) | (_, Way::Automatic) => false,
        (Requestors::Nobody, way) => way == Way::Direct,
        (requestors, _) => !requestors.is_programs(),
    }
}

/// A policy has at most so many stages.
const MOST_APPROVALS: usize = 3;

/// How much of all access a bound fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fits {
    All,
    Some,
    None,
}

impl Fits {
    fn of(answers: impl IntoIterator<Item = bool>) -> Self {
        let answers: BTreeSet<bool> = answers.into_iter().collect();
        match (answers.contains(&true), answers.contains(&false)) {
            (true, true) => Self::Some,
            (true, false) => Self::All,
            (false, _) => Self::None,
        }
    }
}

fn counts(bound: Count, most: usize) -> Fits {
    Fits::of((0..=most).map(|stages| bound.holds(stages)))
}

fn lengths(bound: Length) -> Fits {
    let Some(seconds) = bound.seconds() else {
        return Fits::Some;
    };
    let around = [
        seconds.saturating_sub(1),
        seconds,
        seconds.saturating_add(1),
    ];
    let finite = around.into_iter().filter(|length| *length > 0).map(Some);
    Fits::of(finite.chain([None]).map(|length| bound.holds(length)))
}
