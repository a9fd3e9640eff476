//! Who can come to have a package through a policy, and what that access is.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::convert::Infallible;
use std::sync::RwLock;

use crate::governance::rule::Rule;
use crate::governance::rule::form::answer;
use crate::governance::rule::language::Found;
use crate::impact::{
    self, Account, Base, Estate, Named, Offer, Requestor, SignIn, Sort, Traits, Zone,
};
use crate::model::invariant::{Glob, Terms, Way};
use crate::model::kinds::policy::{Expiry, OnBehalf, Policy, Question, Requestors};
use crate::model::kinds::{Incompatible, Organization, Origin, Package, Resource};
use crate::model::text::{Domain, Line, Principal};
use crate::model::{Address, Desired, Object, OneOrMore, Set};

use super::Undecided;
use super::access::{Access, Witness};
use super::by_rule::Given;
use super::candidate::{Answer, Candidate, deciding, oddity};
use super::course::Course;
use super::naming::Naming;
use super::people::Kind;
use super::person::Sketch;
use super::reviews;
use super::stages::{Asking, Decider, approve, others};

/// The domain of our own people where none is known.
pub(super) const HOME: &str = "contoso.com";

/// What a tree knows beside the estate that access is judged on.
pub(super) struct Reach<'e, 't> {
    pub(super) estate: &'e Estate<'t>,
    pub(super) naming: Naming<'t>,
    pub(super) organizations: HashMap<&'t str, &'t Organization>,
    pub(super) resources: HashMap<&'t str, &'t Resource>,
    /// Groups that the tree declares, by their names in the directory, in lower case.
    pub(super) groups: HashMap<String, Kept>,
    /// Every group that decides about some package: by its name in lower case, as the tree names it.
    pub(super) spelled: HashMap<String, &'t Line>,
    /// Of the groups that decide about a package, those with a rule.
    pub(super) ruled: HashMap<&'t Address, BTreeSet<String>>,
    /// Every rule over people, each text once.
    pub(super) rules: Vec<Rule>,
    /// The rules of automatic policies.
    pub(super) automatic: HashMap<&'t Address, usize>,
    /// The packages that rules give.
    pub(super) given: Given<'t>,
    /// Patterns of questions that no text answers.
    unanswerable: HashSet<&'t str>,
    /// The domain of our own people.
    pub(super) home: String,
    /// Who was found to fit rules.
    pub(super) known: RwLock<HashMap<(Sketch, Wanted), Answer>>,
    /// The organizations that rules tell apart by the addresses of their people.
    pub(super) by_address: RwLock<HashMap<usize, BTreeSet<&'t str>>>,
}

/// Rules by their places in [`Reach::rules`], and whether somebody is to match them.
pub(super) type Wanted = Vec<(usize, bool)>;

/// What the tree says about the members of a group.
pub(super) struct Kept {
    /// The rule that says who they are, by its place in [`Reach::rules`].
    pub(super) rule: Option<usize>,
    /// Whether guests may be members.
    pub(super) guests: bool,
}

/// What access is asked about: the person it shall be for, and whether asking is enough.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought<'a, 't> {
    pub(super) offer: &'a Offer<'t>,
    pub(super) address: &'t Address,
    pub(super) rules: &'t Policy,
    pub(super) way: Way,
    pub(super) terms: &'a Terms,
}

impl<'e, 't> Reach<'e, 't> {
    pub(super) fn of(desired: &'t Desired, estate: &'e Estate<'t>) -> Self {
        let home = estate.own.first().map_or(HOME, Domain::as_str);
        let mut reach = Self {
            estate,
            naming: Naming::new(estate),
            organizations: HashMap::new(),
            resources: HashMap::new(),
            groups: HashMap::new(),
            spelled: HashMap::new(),
            ruled: HashMap::new(),
            rules: Vec::new(),
            automatic: HashMap::new(),
            given: Given::default(),
            unanswerable: HashSet::new(),
            home: home.to_owned(),
            known: RwLock::default(),
            by_address: RwLock::default(),
        };
        let mut known = HashMap::new();
        let mut asked = HashSet::new();
        for declared in desired.objects() {
            let name = declared.address.own_name();
            match &*declared.object {
                Object::Organization(organization) => {
                    reach.organizations.insert(name, organization);
                }
                Object::Resource(resource) => {
                    reach.resources.insert(name, resource);
                    if let Some((Origin::Group | Origin::Team, group)) = resource.origin() {
                        let rule = resource.membership_rule.as_ref();
                        let kept = Kept {
                            rule: rule.and_then(|rule| reach.rule(rule.as_str(), &mut known)),
                            guests: resource.guests,
                        };
                        reach.groups.insert(group.to_lowercase(), kept);
                    }
                }
                Object::Policy(policy) => {
                    if let Requestors::Automatic(automatic) = &policy.requestors
                        && let Some(rule) = reach.rule(automatic.rule.as_str(), &mut known)
                    {
                        reach.automatic.insert(&declared.address, rule);
                    }
                    for pattern in policy.questions.iter().filter_map(must_match) {
                        if asked.insert(pattern) && is_unanswerable(pattern) {
                            reach.unanswerable.insert(pattern);
                        }
                    }
                }
                _ => {}
            }
        }
        reach.given = reach.given();
        for offer in estate.offers() {
            for (name, text) in deciding(estate, offer) {
                let kept = reach.groups.get(&name);
                if kept.is_some_and(|kept| kept.rule.is_some()) {
                    let ruled = reach.ruled.entry(offer.address).or_default();
                    ruled.insert(name.clone());
                }
                reach.spelled.entry(name).or_insert(text);
            }
        }
        reach
    }

    /// Returns the place of a rule; `None` for one that cannot be read.
    fn rule(&mut self, text: &'t str, known: &mut HashMap<&'t str, usize>) -> Option<usize> {
        if let Some(at) = known.get(text) {
            return Some(*at);
        }
        self.rules.push(Rule::parse(text).ok()?);
        let at = self.rules.len() - 1;
        known.insert(text, at);
        Some(at)
    }

    /// Finds somebody who can come to have access, and how: the first of the people whose access is as wanted, those first
    /// of whom the least has to be explained.
    ///
    /// # Errors
    ///
    /// [`Undecided`] where nobody was found, and not everybody could be looked at.
    pub(super) fn find(
        &self,
        kinds: &[&Kind<'t>],
        sought: Sought<'_, 't>,
        wanted: &dyn Fn(&Access<'t>) -> bool,
    ) -> Result<Option<(Access<'t>, Option<Course<'t>>)>, Undecided> {
        let may = kinds.iter().filter(|kind| self.may_have(kind, sought));
        let mut kinds: Vec<&Kind<'t>> = may.copied().collect();
        kinds.sort_by_key(|kind| oddity(kind, sought.rules));
        let (mut undecided, mut untold) = (false, None);
        for quiet in self.quiet_first(&[sought.offer]) {
            // Whom nothing has to end for are some of all.
            undecided = false;
            for kind in &kinds {
                for candidate in self.candidates(kind, sought, *quiet) {
                    let Ok(candidate) = candidate else {
                        undecided = true;
                        continue;
                    };
                    let found = self.access(&candidate, sought);
                    if let Some(access) = found.filter(|access| wanted(access)) {
                        let course = self.course(&candidate, &[(sought, &access)]);
                        if course.is_some() {
                            return Ok(Some((access, course)));
                        }
                        // Of somebody else more may be told.
                        untold.get_or_insert((access, course));
                    }
                }
            }
        }
        match untold {
            None if undecided => Err(Undecided),
            untold => Ok(untold),
        }
    }

    /// Returns whether to look first for people to whom rules give nothing that is in the way, then for all; for all alone
    /// where no rule gives such a thing.
    pub(super) fn quiet_first(&self, offers: &[&Offer<'t>]) -> &'static [bool] {
        match offers.iter().all(|offer| self.in_the_way(offer).is_empty()) {
            true => &[false],
            false => &[true, false],
        }
    }

    /// Returns false for people whom a policy does not cover that way, whatever its lists name: most need nobody to be made
    /// up.
    pub(super) fn may_have(&self, kind: &Kind<'t>, sought: Sought<'_, 't>) -> bool {
        let requestors = &sought.rules.requestors;
        let covers = |traits: &Traits<'_>| {
            let named = |_: &Set<Principal>| Ok::<bool, Infallible>(true);
            matches!(traits.seen.class(requestors, named), Ok(Some(_)))
        };
        match sought.way {
            Way::Request => covers(&kind.traits),
            Way::Automatic => kind.traits.seen.living,
            Way::Direct => {
                let named = matches!(
                    requestors,
                    Requestors::Organizations(_) | Requestors::ConfiguredOrganizations
                );
                let vouched = named && kind.may_be_vouched_for();
                vouched || matches!(requestors, Requestors::Nobody) || covers(&direct(kind))
            }
        }
    }

    /// Returns true where a package gives anything that the terms are about to people of a kind, or only asking counts.
    pub(super) fn may_give(&self, offer: &Offer<'t>, kind: &Kind<'_>, terms: &Terms) -> bool {
        terms.asks.is_some() || self.delivers(offer.package, kind, terms)
    }

    /// Returns false for a policy that gives nobody anything that way, whoever they are.
    pub(super) fn may_serve(&self, sought: Sought<'_, 't>) -> bool {
        let Sought { rules, way, .. } = sought;
        if has_ended(&rules.expires, self.estate.now) {
            return false;
        }
        let mut patterns = rules.questions.iter().filter_map(must_match);
        if patterns.any(|pattern| self.unanswerable.contains(pattern)) {
            return false;
        }
        match way {
            Way::Request => {
                let open = sought.offer.is_open_to(&rules.requestors);
                let asked = !matches!(
                    rules.requestors,
                    Requestors::Nobody | Requestors::Automatic(_)
                );
                asked && !rules.requestors.is_programs() && rules.requests.enabled && open
            }
            Way::Automatic => {
                matches!(&rules.requestors, Requestors::Automatic(automatic) if automatic.assign)
            }
            Way::Direct => match &rules.requestors {
                Requestors::Nobody => rules.requests.enabled,
                Requestors::Automatic(_) => false,
                requestors => !requestors.is_programs(),
            },
        }
    }

    /// Returns the access that somebody can come to; `None` for nobody of these.
    pub(super) fn access(
        &self,
        candidate: &Candidate<'t>,
        sought: Sought<'_, 't>,
    ) -> Option<Access<'t>> {
        let Candidate {
            kind, mail, named, ..
        } = candidate;
        let Sought {
            offer,
            address,
            rules,
            way,
            terms,
        } = sought;
        let for_others = |may: fn(&OnBehalf) -> bool| match &rules.on_behalf {
            Some(on_behalf) if kind.traits.shut.is_some() && may(on_behalf) => {
                others(&on_behalf.requestors)
            }
            _ => Vec::new(),
        };
        let askers = match way {
            Way::Request => for_others(|it| it.add),
            Way::Automatic | Way::Direct => Vec::new(),
        };
        let admitted = match way {
            Way::Request => {
                let mut traits = kind.traits;
                // Whoever cannot sign in may have it by others, and asks for nothing.
                traits.shut = traits
                    .shut
                    .filter(|_| askers.is_empty() || terms.asks.is_some());
                let requestor = Requestor {
                    traits: &traits,
                    named,
                    holds: &[],
                };
                let access = impact::access(self.estate, requestor, Some(offer));
                access.ways.iter().any(|way| way.address == address)
            }
            // Who fits the rule was looked for.
            Way::Automatic => kind.traits.seen.living && !self.excluded(offer, named),
            Way::Direct => {
                let known = direct(kind);
                let covered = matches!(rules.requestors, Requestors::Nobody)
                    || self.covers(&known, named, rules);
                let open = kind.traits.border.is_none() && self.is_let_in(kind);
                covered && open && !self.excluded(offer, named)
            }
        };
        if !admitted {
            return None;
        }
        let organization = match way {
            Way::Direct => direct(kind).seen.organization,
            Way::Request | Way::Automatic => kind.traits.seen.organization,
        };
        let asking = Asking {
            mail,
            living: kind.traits.seen.living,
            organization: organization.and_then(|(name, _)| self.organizations.get(name).copied()),
            by: None,
        };
        let stages = &rules.approval.stages;
        let asked_by = |by| {
            Some((
                by,
                approve(
                    stages,
                    Asking {
                        by: Some(by),
                        ..asking
                    },
                )?,
            ))
        };
        let (by, approved) = match way {
            Way::Automatic => (None, Some(Vec::new())),
            Way::Request | Way::Direct if askers.is_empty() => (None, approve(stages, asking)),
            Way::Request | Way::Direct => match askers.iter().find_map(asked_by) {
                Some((by, approved)) => (Some(by.clone()), Some(approved)),
                None => (askers.first().cloned(), None),
            },
        };
        if terms.asks.is_none()
            && (approved.is_none() || !self.delivers(offer.package, kind, terms))
        {
            return None;
        }
        let keeper = for_others(|it| it.update).into_iter().next();
        Some(Access {
            package: offer.address,
            policy: address,
            rules,
            way,
            longest: self.longest(candidate, sought),
            first_review: reviews::late(rules, self.estate.now),
            waits: waits(sought),
            whole: self.gives_all(offer.package, kind),
            shut: self.shut(
                [mail.domain()].into_iter().chain(
                    approved
                        .iter()
                        .flatten()
                        .map(|it| &it.by)
                        .chain(&by)
                        .chain(&keeper)
                        .filter_map(Decider::domain),
                ),
            ),
            approved,
            keeper,
            by,
            who: Witness {
                mail: mail.clone(),
                base: kind.base.clone(),
                is_natural: kind.is_natural,
                redeems: kind.base.account == Account::None && self.naming.redeems(&kind.base),
                organization: kind
                    .traits
                    .seen
                    .organization
                    .map(|(name, _)| name.to_owned()),
                groups: self.groups_of(named),
                seen: candidate.seen.clone(),
                before: kind.before.clone(),
            },
        })
    }

    /// Returns those of some domains of which guests cannot sign in as its people do.
    fn shut<'d>(&self, domains: impl IntoIterator<Item = &'d str>) -> BTreeSet<Domain> {
        let domains = domains.into_iter().filter_map(|it| Domain::parse(it).ok());
        let shut = domains.filter(|domain| {
            let guest = Base {
                account: Account::Guest,
                zone: Zone {
                    sort: Sort::Listed,
                    witness: domain.clone(),
                },
                sign_in: SignIn::Personal,
            };
            self.estate.traits(&guest).shut.is_some()
        });
        shut.collect()
    }

    /// Returns true for people whom somebody else can bring in: who has not signed in yet is taken for one of their domain.
    pub(super) fn is_let_in(&self, kind: &Kind<'t>) -> bool {
        let unproved = Base {
            sign_in: SignIn::Personal,
            ..kind.base.clone()
        };
        self.estate.traits(&unproved).border.is_none()
    }

    fn covers(&self, traits: &Traits<'_>, named: &[Named], rules: &Policy) -> bool {
        let lists = |people: &Set<Principal>| -> Result<bool, Infallible> {
            let mut people = people.iter();
            Ok(people
                .any(|one| Named::of(one, self.estate).is_some_and(|one| named.contains(&one))))
        };
        matches!(traits.seen.class(&rules.requestors, lists), Ok(Some(_)))
    }

    pub(super) fn excluded(&self, offer: &Offer<'_>, named: &[Named]) -> bool {
        offer
            .package
            .incompatible_with
            .iter()
            .any(|other| match other {
                Incompatible::Group(name) => named.contains(&Named::Group(self.estate.group(name))),
                Incompatible::Package(_) => false,
            })
    }

    /// Returns the longest time that access lasts without anybody approving again, in seconds.
    fn longest(&self, candidate: &Candidate<'t>, sought: Sought<'_, 't>) -> Option<u64> {
        let rules = sought.rules;
        match &rules.expires {
            Expiry::Never => None,
            Expiry::On(when) => {
                let end = when.resolve(&jiff::tz::TimeZone::UTC);
                let left = end.duration_since(self.estate.now).as_secs();
                Some(u64::try_from(left).unwrap_or_default())
            }
            Expiry::After(length) => {
                let extension = &rules.extension;
                let alone = extension.allowed && !extension.approval;
                (!(alone && self.extends(candidate, sought))).then_some(length.as_seconds())
            }
        }
    }

    /// Returns true for somebody who is in the scope of the policy when they ask to keep the package longer.
    fn extends(&self, candidate: &Candidate<'t>, sought: Sought<'_, 't>) -> bool {
        let open = sought.offer.is_open_to(&sought.rules.requestors);
        let kind = &candidate.kind;
        let by_others = || sought.rules.on_behalf.as_ref().is_some_and(|it| it.update);
        let asks = kind.traits.shut.is_none() || by_others();
        let mut traits = kind.traits;
        if sought.way == Way::Direct && !self.has_signed_in(kind) {
            traits.seen.organization = None;
            traits.seen.lacks_passcode = false;
        }
        open && asks && self.covers(&traits, &candidate.named, sought.rules)
    }

    /// Returns true for people who have an account, or can redeem the invitation that a direct assignment brings.
    fn has_signed_in(&self, kind: &Kind<'_>) -> bool {
        kind.base.account != Account::None || self.naming.redeems(&kind.base)
    }

    /// Returns true for a resource that takes somebody of a kind.
    fn takes(&self, resource: &str, kind: &Kind<'_>) -> bool {
        let resource = self.resources.get(resource);
        resource.is_none_or(|resource| resource.guests || !kind.is_guest())
    }

    /// Returns true for a package that gives people of a kind anything, or has nothing to give.
    pub(super) fn gives_any(&self, package: &Package, kind: &Kind<'_>) -> bool {
        let mut names = package.grants.keys();
        package.grants.is_empty() || names.any(|name| self.takes(name.as_str(), kind))
    }

    /// Returns true for a package that makes people of a kind members of a group, by its name in lower case.
    pub(super) fn puts_into(&self, package: &Package, kind: &Kind<'_>, group: &str) -> bool {
        package.grants.keys().any(|name| {
            let resource = self.resources.get(name.as_str());
            let origin = resource.and_then(|resource| resource.origin());
            let is_it = matches!(
                origin,
                Some((Origin::Group | Origin::Team, name)) if name.to_lowercase() == group
            );
            is_it && self.takes(name.as_str(), kind)
        })
    }

    fn gives_all(&self, package: &Package, kind: &Kind<'_>) -> bool {
        package
            .grants
            .keys()
            .all(|name| self.takes(name.as_str(), kind))
    }

    /// Returns true when a package gives somebody of a kind a role that the terms are about; any role where they say nothing,
    /// and the package alone where it has no roles.
    fn delivers(&self, package: &Package, kind: &Kind<'_>, terms: &Terms) -> bool {
        let asked = terms.resource.is_some() || terms.role.is_some();
        if !asked && package.grants.is_empty() {
            return true;
        }
        package.grants.iter().any(|(name, roles)| {
            self.takes(name.as_str(), kind) && about(terms, name.as_str(), roles)
        })
    }
}

/// Returns the pattern that somebody has to match who answers a question that must be answered.
fn must_match(question: &Question) -> Option<&str> {
    let pattern = question.pattern.as_ref()?;
    question.required.then(|| pattern.as_str())
}

/// Returns true for a pattern that no answer matches.
fn is_unanswerable(pattern: &str) -> bool {
    answer(pattern) == Found::Nothing
}

/// Returns what a direct assignment sees in somebody: whoever assigns vouches for their domain, and no passcode is needed.
/// Who has no account has not signed in either.
fn direct<'t>(kind: &Kind<'t>) -> Traits<'t> {
    let mut traits = kind.traits;
    traits.seen.organization = match kind.base.account {
        Account::None => kind.claimed,
        _ => traits.seen.organization.or(kind.claimed),
    };
    traits.seen.lacks_passcode = false;
    traits
}

/// Returns true for access that is asked for at one time and can be delivered at a later one.
pub(super) fn waits(sought: Sought<'_, '_>) -> bool {
    let rules = sought.rules;
    match sought.way {
        Way::Request => !rules.approval.is_none() || rules.requests.custom_schedule,
        Way::Direct => true,
        Way::Automatic => false,
    }
}

/// Returns true for a resource and roles of it that the terms are about.
pub(super) fn about(terms: &Terms, resource: &str, roles: &OneOrMore<Line>) -> bool {
    let resource = globs(terms.resource.as_ref(), resource);
    let role = terms.role.as_ref();
    resource
        && role.is_none_or(|wanted| roles.iter().any(|role| wanted.iter().any(|it| it == role)))
}

/// Returns true for a name that patterns mean; any name where there are none.
pub(super) fn globs(globs: Option<&OneOrMore<Glob>>, name: &str) -> bool {
    globs.is_none_or(|globs| globs.iter().any(|glob| glob.matches(name)))
}

/// Returns true for an end that has passed for everyone.
pub(super) fn has_ended(expires: &Expiry, now: jiff::Timestamp) -> bool {
    match expires {
        Expiry::On(when) => when.resolve(&jiff::tz::TimeZone::UTC) <= now,
        Expiry::Never | Expiry::After(_) => false,
    }
}
