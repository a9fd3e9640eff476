//! What differs for one package: everybody divided, each part's answer before against the one after.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::beside::spelling;
use super::cause::{Case, Reason};
use super::choice::{Choice, choice};
use super::doubts::{Doubts, is_doubted, is_idle};
use super::let_in::LetIn;
use super::marked::Marked;
use super::reasons::{Reasons, Sorted};
use super::row::{Because, Difference, Draft, Row};
use super::ruled::{NO_RULE, Ruled, Standing};
use crate::impact::access::{Access, Barrier, access};
use crate::impact::already::Already;
use crate::impact::estate::{Border, Estate};
use crate::impact::holding::Course;
use crate::impact::offer::Offer;
use crate::impact::people::called::{belonging, called, named, nobody_yet};
use crate::impact::people::census::Census;
use crate::impact::people::class::Named;
use crate::impact::people::crowd::Crowd;
use crate::impact::people::part::Part;
use crate::impact::people::said::Said;
use crate::impact::people::speaker::Speaker;
use crate::impact::people::who::{Who, list};
use crate::impact::terms::Terms;
use crate::impact::touched::Touched;
use crate::model::{Address, Origin};

/// Compares packages one by one.
pub(super) struct Comparing<'c, 't> {
    pub(super) before: &'c Estate<'t>,
    pub(super) after: &'c Estate<'t>,
    pub(super) census: &'c Census<'c, 't>,
    pub(super) speaker: Speaker<'c, 't>,
    pub(super) let_in: LetIn<'c, 't>,
    /// All sorts of people in the directory.
    pub(super) living: Crowd,
    /// How the tree writes groups, by their names in lower case.
    pub(super) groups: BTreeMap<String, &'t str>,
    /// The packages that are let go.
    pub(super) forgotten: BTreeSet<&'c Address>,
    pub(super) touched: &'c Touched,
    /// What whoever has a package already has otherwise.
    pub(super) already: &'c Already,
    /// Which changes make sorts of people others.
    pub(super) sorted: Sorted,
    pub(super) now: Timestamp,
    pub(super) origins: BTreeMap<&'c Address, Option<&'c Origin>>,
}

/// What differs for a part, apart from whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Outcome {
    pub(super) kind: Difference,
    pub(super) text: String,
    pub(super) before: Vec<Terms>,
    pub(super) after: Vec<Terms>,
    pub(super) because: Reasons,
    /// Whether that is a matter of who is let in at all.
    pub(super) let_in: bool,
}

impl Outcome {
    /// Returns true where both say the same, and some change makes both.
    fn is_about_the_same(&self, other: &Self) -> bool {
        let told = |it: &Self| (it.kind, it.let_in);
        told(self) == told(other)
            && self.because.overlap(&other.because)
            && self.text == other.text
            && self.before == other.before
            && self.after == other.after
    }
}

/// What differs for somebody, apart from why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    kind: Difference,
    text: String,
    before: Vec<Terms>,
    after: Vec<Terms>,
}

/// Returns true for those who have a package after the plan: by being able to ask for it they gain nothing.
fn has_it(part: &Part<'_>, package: &str) -> bool {
    let has = |named: &Named| match named.course() {
        Some((name, Course::Holds | Course::Gets | Course::Comes)) => name == package,
        Some((_, Course::Loses)) | None => false,
    };
    part.alike.iter().any(|alike| alike.iter().all(has))
}

impl<'t> Comparing<'_, 't> {
    /// Adds the rows of one package, and to `far` those that are read last: of people who sign in as an organization with an
    /// address from elsewhere. `own` tells whether something of the package itself changes.
    pub(super) fn package(
        &self,
        offers: [Option<&Offer<'t>>; 2],
        own: bool,
        [rows, far]: [&mut Vec<Draft>; 2],
    ) {
        let Some(address) = offers
            .iter()
            .flatten()
            .next()
            .map(|offer| offer.address.clone())
        else {
            return;
        };
        let parts = match own {
            true => self.census.parts(&offers),
            false => self.census.differing(&offers),
        };
        let ruled = Ruled::of([self.before, self.after], offers);
        let mut plain: BTreeMap<Outcome, Vec<&Part<'t>>> = BTreeMap::new();
        let mut marked = Marked::default();
        // What each part without names comes to, by how its people stand to rules: named people of
        // these differ only where they come to something else, and people whom a rule matches where that is not what all do.
        let mut known: BTreeMap<(usize, Standing), Option<Outcome>> = BTreeMap::new();
        let mut idle = Crowd::default();
        // Who has nothing before and after.
        let mut barred = Crowd::default();
        // What becomes of holders, by the package that they hold.
        let mut holders: BTreeMap<Named, BTreeSet<Option<Difference>>> = BTreeMap::new();
        // Who is named among others and keeps what they have, or comes to nothing: by the part that they lie in.
        let mut unmoved: BTreeMap<usize, BTreeSet<&Named>> = BTreeMap::new();
        let mut doubts = Doubts::default();
        let mut matched: BTreeMap<Standing, Crowd> = BTreeMap::new();
        let left = parts.iter().enumerate();
        let left = left.filter_map(|(at, part)| Some((at, self.census.left(part)?)));
        let left: BTreeMap<usize, Option<Part<'t>>> = left.collect();
        for (at, part) in parts.iter().enumerate() {
            if part.is_nobody || has_it(part, address.own_name()) {
                idle.add(&part.bases);
                continue;
            }
            let same = part.traits.first() == part.traits.get(1);
            if same && !own {
                continue;
            }
            let Some(asked) = self.asked(part, offers) else {
                continue;
            };
            let standings = match &ruled {
                Some(ruled) => ruled.standings(part, &self.census.rules(part)),
                None => vec![NO_RULE],
            };
            let is_unnamed = part.named.is_empty();
            if is_unnamed && is_idle(&asked) {
                barred.add(&part.bases);
            }
            for standing in standings {
                let rule = ruled.as_ref().filter(|_| standing != NO_RULE);
                let outcome = self.outcome(part, offers, &asked, rule, standing);
                let widens = outcome.as_ref().is_some_and(|it| it.kind.widens());
                let part = match left.get(&at).filter(|_| widens) {
                    None => part,
                    Some(Some(left)) => left,
                    // Nobody is there who could gain.
                    Some(None) => continue,
                };
                // Whoever is let in no longer, or only now, is told of in a line of their own.
                let is_let_in = outcome.as_ref().is_some_and(|it| it.let_in);
                if rule.is_none() && (is_idle(&asked) || is_let_in || is_doubted(&asked)) {
                    idle.add(&part.bases);
                }
                if part.traits.iter().all(|traits| traits.looks_alike) {
                    doubts.all.add(&part.bases);
                    if outcome.is_none() {
                        doubts.unmoved[usize::from(!is_unnamed)].add(&part.bases);
                    }
                }
                if let [alike] = part.alike.as_slice() {
                    for named in alike.iter().filter(|named| named.package().is_some()) {
                        let kinds = holders.entry(named.clone()).or_default();
                        let _ = kinds.insert(outcome.as_ref().map(|it| it.kind));
                    }
                }
                let told = match is_unnamed {
                    true => NO_RULE,
                    false => standing,
                };
                let told = part.within.and_then(|at| known.get(&(at, told)));
                let is_told = told == Some(&outcome);
                if is_unnamed {
                    known.extend(part.within.map(|at| ((at, standing), outcome.clone())));
                    matched.entry(standing).or_default().add(&part.bases);
                }
                if is_unnamed && rule.is_none() {
                    if let Some(outcome) = outcome {
                        plain.entry(outcome).or_default().push(part);
                    }
                    continue;
                }
                if is_told {
                    continue;
                }
                if let (None, [alike], Some(at)) = (&outcome, part.alike.as_slice(), part.within) {
                    unmoved.entry(at).or_default().extend(alike);
                }
                if let Some(outcome) = outcome {
                    marked.add(outcome, standing, part);
                }
            }
        }
        let mut push = |who: Who, outcome: Outcome| {
            rows.push(self.row(who, &address, outcome));
        };
        for (outcome, parts) in united(plain) {
            let bases = together(&parts);
            if !outcome.let_in {
                let free = doubts.beside(&idle, &bases, &[0]);
                let who = self.speaker.bases(&bases, &free);
                let others = parts.iter().filter_map(|part| unmoved.get(&part.within?));
                let others: BTreeSet<&Named> = others.flatten().copied().collect();
                let others = others.into_iter().map(|it| self.written(it));
                let others: Vec<Said> = others.map(|name| named(&name)).collect();
                let words = match others.is_empty() {
                    true => who.words(),
                    false => who.words().and(" but ").and(Said::joined(&others, "and")),
                };
                push(who.told(words), outcome);
                continue;
            }
            let shut_out = |shut: &Crowd| self.speaker.bases(shut, &barred);
            let told = self.let_in.who(&bases, outcome.kind, shut_out);
            if let Some(who) = told.far {
                let text = match outcome.kind {
                    Difference::New => AS_OTHERS.to_owned(),
                    _ => outcome.text.clone(),
                };
                let outcome = Outcome {
                    text,
                    ..outcome.clone()
                };
                far.push(self.row(who.clone(), &address, outcome));
            }
            if let Some(who) = told.near {
                push(who, outcome);
            }
        }
        for told in marked.told(self.now) {
            let Some(part) = told.parts.first() else {
                continue;
            };
            let bases = together(&told.parts);
            let mut free = doubts.beside(&idle, &bases, &[0, 1]);
            let nameable = self.census.nameable(part);
            if let Some(nameable) = &nameable {
                // Whoever cannot be named so may be meant or not.
                let mut others = self.living.clone();
                others.take(nameable);
                free.add(&others);
            }
            let rule = ruled.as_ref().filter(|_| told.standing != NO_RULE);
            let is_everybody = match matched.get(&told.standing) {
                Some(all) if rule.is_some() => all.is_within(&bases, &[&free]),
                _ => self.living.is_within(&bases, &[&free]),
            };
            let of = match (bases.is_empty(), is_everybody) {
                // How they sign in makes the difference.
                (true, _) => told.is_one_of_several.then(|| belonging(&told.parts)),
                (false, true) => None,
                (false, false) if nameable.is_some() => Some(self.holders(bases, free)),
                (false, false) => Some(self.speaker.bases(&bases, &free).text),
            };
            let of = match self.census.is_nobody_yet(part) {
                true => Some(nobody_yet(part, of)),
                false => of,
            };
            let rule = rule.map(|rule| rule.words(told.standing));
            let but = self.others(part, offers, told.outcome.kind, &holders);
            let who = called(
                part,
                |it| self.written(it),
                rule,
                [but.as_deref(), of.as_deref()],
            );
            push(who, told.outcome);
        }
        self.having(offers, &address, rows);
        if own {
            self.beside(offers, &address, rows);
        }
    }

    /// Says who is meant by sorts of people who hold packages: those who do not prove to be of an organization stand for
    /// themselves, or others of it stand for them, whichever is shorter.
    fn holders(&self, mut bases: Crowd, mut free: Crowd) -> String {
        let text = self.speaker.bases(&bases, &free).text;
        let Some(claimed) = self.census.claimed() else {
            return text;
        };
        bases.take(claimed);
        free.add(claimed);
        let others = self.speaker.bases(&bases, &free).text;
        match others.is_empty() || others.len() >= text.len() {
            true => text,
            false => others,
        }
    }

    /// Returns whoever is in the groups that a part is named by, and comes to something else: they hold a package that gives it,
    /// and give up no more than that.
    fn others(
        &self,
        part: &Part<'t>,
        offers: [Option<&Offer<'t>>; 2],
        kind: Difference,
        holders: &BTreeMap<Named, BTreeSet<Option<Difference>>>,
    ) -> Option<String> {
        let [alike] = part.alike.as_slice() else {
            return None;
        };
        let is_excluded = |side: &Access<'_>| side.barrier == Some(Barrier::Excluded);
        let [before, after] = &self.asked(part, offers)?;
        // The side on which it matters that they are in the group: what it opens or what it keeps them from.
        let at = match kind {
            Difference::New => usize::from(!is_excluded(before)),
            Difference::Gone => usize::from(is_excluded(after)),
            Difference::Wider => 1,
            Difference::Narrower => 0,
            Difference::Other => return None,
        };
        let holdings = &self.touched.holdings;
        let groups = alike.iter().filter_map(Named::group);
        let granting = groups.flat_map(|group| {
            let names = holdings.granting(group);
            names.filter(move |name| holdings.is_in(name, group, at, part.is_member()))
        });
        let others = granting.filter(|name| {
            let kinds = holders.get(&Named::Holder((*name).clone()));
            kinds.is_some_and(|kinds| !kinds.contains(&Some(kind)))
        });
        let others: BTreeSet<String> = others.map(|name| format!("package/{name}")).collect();
        let others: Vec<String> = others.into_iter().collect();
        (!others.is_empty()).then(|| format!("but holders of {}", list(&others)))
    }

    /// Returns somebody whom lists name, as the tree writes them.
    fn written(&self, named: &Named) -> String {
        let written = named.group().and_then(|group| self.groups.get(group));
        match written {
            Some(written) => named.spelled(written).to_string(),
            None => named.to_string(),
        }
    }

    /// Returns a row but for what makes it, which is told by [`Self::told`].
    pub(super) fn row(&self, who: Who, package: &Address, outcome: Outcome) -> Draft {
        let row = Row {
            kind: outcome.kind,
            who,
            packages: vec![package.clone()],
            text: outcome.text,
            before: outcome.before,
            after: outcome.after,
            because: Vec::new(),
        };
        Draft {
            row,
            because: outcome.because,
        }
    }

    /// Returns some changes with where the tree makes them.
    pub(super) fn told(&self, because: &Reasons) -> Vec<Because> {
        let all = self.sorted.all(because).into_iter();
        let all = all.map(|reason| match reason {
            Reason::Settings => Because::settings(),
            Reason::Change(address) => {
                let origin = self.origins.get(&address).copied().flatten();
                Because::of(&address, origin)
            }
        });
        all.collect()
    }

    /// Returns what a part gets by asking, before and after.
    pub(super) fn asked(
        &self,
        part: &Part<'t>,
        [old, new]: [Option<&Offer<'t>>; 2],
    ) -> Option<[Access<'t>; 2]> {
        let [one, two] = part.traits.as_slice() else {
            return None;
        };
        Some([
            access(self.before, part.requestor(one, 0), old).delivered(one, old),
            access(self.after, part.requestor(two, 1), new).delivered(two, new),
        ])
    }

    /// Returns what differs for those of a part who stand so to the rules that give the package, and why.
    fn outcome(
        &self,
        part: &Part<'t>,
        offers: [Option<&Offer<'t>>; 2],
        asked: &[Access<'t>; 2],
        rule: Option<&Ruled<'_, 't>>,
        standing: Standing,
    ) -> Option<Outcome> {
        let given = rule.map(|rule| rule.given(part, asked, standing));
        let [before, after] = given.as_ref().unwrap_or(asked);
        let found = self.found(offers, [before, after], rule, standing)?;
        // What a rule alone gives or takes has no other reason, and no other terms.
        let is_alone = |terms: &[Terms]| rule.is_some_and(|it| it.beyond(terms).next().is_none());
        let given = match found.kind {
            Difference::New if standing[1] && is_alone(&found.after) => after.ways.last(),
            Difference::Gone if standing[0] => before.ways.last(),
            _ => None,
        };
        let given = given.filter(|way| self.touched.decisive.contains(way.address));
        let because = match given {
            Some(way) => Reasons::from_iter([Reason::Change(way.address.clone())]),
            None => self.because(&Case {
                part,
                offers,
                has: [before, after],
                rule,
                standing,
                found: &found,
            }),
        };
        let Found {
            kind,
            text,
            before: mut b,
            after: mut a,
        } = found;
        if let Some(way) = given {
            match kind {
                Difference::New => a = vec![Terms::of(way)],
                _ => b = vec![Terms::of(way)],
            }
        }
        Some(Outcome {
            kind,
            text,
            because,
            before: b,
            after: a,
            let_in: [before, after]
                .into_iter()
                .any(|side| matches!(side.barrier, Some(Barrier::Border(_) | Barrier::Shut(_)))),
        })
    }

    /// Returns what differs for those who have the one before and the other after.
    pub(super) fn found(
        &self,
        offers: [Option<&Offer<'t>>; 2],
        [before, after]: [&Access<'t>; 2],
        rule: Option<&Ruled<'_, 't>>,
        standing: Standing,
    ) -> Option<Found> {
        let terms =
            |access: &Access<'_>| -> Vec<Terms> { access.ways.iter().map(Terms::of).collect() };
        let (mut b, mut a) = (terms(before), terms(after));
        if b != a {
            let [was, is] = spelling([self.before, self.after], offers);
            (b, a) = (before.spelled(&was), after.spelled(&is));
            for terms in &mut a {
                let former = b.iter().find(|it| it.policy == terms.policy);
                former.into_iter().for_each(|former| terms.go_on(former));
            }
        }
        let (kind, text) = match (before.barrier, after.barrier) {
            (Some(_), Some(_)) => return None,
            (Some(_), None) => (Difference::New, choice(&a)),
            (None, Some(Barrier::Gone)) if self.is_forgotten(offers[0]) => (
                Difference::Gone,
                "no longer: the package is let go".to_owned(),
            ),
            (None, Some(barrier)) => (Difference::Gone, format!("no longer: {}", words(barrier))),
            (None, None) => {
                let terms = Choice {
                    before: &b,
                    after: &a,
                    ruled: rule.is_some(),
                };
                let both = self.both(terms, before.browsable, after.browsable);
                match rule {
                    None => both?,
                    // Whoever is given what they could ask for, or has to ask, is told so.
                    Some(_) => both.or_else(|| {
                        let differs = standing[0] != standing[1];
                        differs.then(|| (Difference::Other, String::new()))
                    })?,
                }
            }
        };
        let text = match rule {
            Some(rule) => rule.told(standing, kind, after.barrier, &a, text),
            None => text,
        };
        Some(Found {
            kind,
            text,
            before: b,
            after: a,
        })
    }

    /// Returns what differs between what people could, and can, choose from.
    pub(super) fn both(
        &self,
        terms: Choice<'_>,
        was_browsable: bool,
        is_browsable: bool,
    ) -> Option<(Difference, String)> {
        let differs = terms.differs(self.now);
        let found = match is_browsable {
            _ if was_browsable == is_browsable => return differs,
            true => "found without the link",
            false => "found by the link only",
        };
        match differs {
            None => Some((Difference::Other, found.to_owned())),
            Some((Difference::Other, text)) => {
                Some((Difference::Other, format!("{text}, {found}")))
            }
            other => other,
        }
    }

    fn is_forgotten(&self, offer: Option<&Offer<'t>>) -> bool {
        offer.is_some_and(|offer| self.forgotten.contains(offer.address))
    }
}

/// Joins parts of whom the same is told, where a change that makes some of them others makes others of them others too.
fn united<'p, 't>(
    plain: BTreeMap<Outcome, Vec<&'p Part<'t>>>,
) -> Vec<(Outcome, Vec<&'p Part<'t>>)> {
    let mut all: Vec<(Outcome, Vec<&'p Part<'t>>)> = Vec::new();
    for (mut outcome, mut parts) in plain {
        let mut left = Vec::new();
        for (other, theirs) in all {
            if other.is_about_the_same(&outcome) {
                outcome.because.add(&other.because);
                parts.extend(theirs);
            } else {
                left.push((other, theirs));
            }
        }
        left.push((outcome, parts));
        all = left;
    }
    all
}

/// Returns the sorts of people in some parts.
fn together(parts: &[&Part<'_>]) -> Crowd {
    let mut all = Crowd::default();
    parts.iter().for_each(|part| all.add(&part.bases));
    all
}

/// What people of an organization may have whose addresses are not of its domains.
const AS_OTHERS: &str = "as others of their organization may";

/// Returns why somebody may no longer have a package, in words.
pub(super) const fn words(barrier: Barrier<'_>) -> &'static str {
    match barrier {
        Barrier::Gone => "there is no such package any more",
        Barrier::Unpublished => "its catalog is not published",
        Barrier::Closed => "its catalog is closed to people from outside",
        Barrier::NoPasscode => "they sign in by one-time passcodes, and none are sent",
        Barrier::Disabled => "requests are switched off",
        Barrier::NoPolicy => "no policy covers them",
        Barrier::Excluded => "what they have excludes it",
        Barrier::Ended => "access through its policy has ended for everyone",
        Barrier::Border(Border::Own) => "addresses of our own are not invited",
        Barrier::Border(Border::Blocked(_)) => "their domain is blocked",
        Barrier::Border(Border::NotAllowed) => "their domain is not allowed",
        Barrier::Border(Border::Closed(_)) | Barrier::Shut(_) => {
            "cross-tenant access lets nobody of them in"
        }
        Barrier::NoGuests => "nothing that it gives takes guests",
        Barrier::LooksAlike => "their domain looks like a known one, and nobody would approve",
    }
}
