//! People who may differ for a policy: with the names by which lists know them, and what rules see in them.

use std::collections::BTreeSet;

use crate::governance::record::Person;
use crate::governance::rule::{Rule, attribute, matches};
use crate::impact::{Account, Base, Estate, Named, Offer, Zone};
use crate::model::invariant::{Terms, Way};
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Organization, OrganizationState};
use crate::model::text::{Domain, Email, Line, Principal};

use super::Undecided;
use super::near::Near;
use super::people::{Before, Kind};
use super::person::{self, Sketch};
use super::reach::{Reach, Sought};

/// The address of somebody, and what rules see in them; `None` for nobody.
pub(super) type Answer = Result<Option<(Email, Vec<(String, String)>)>, Undecided>;

/// Somebody of a kind, their address, and what rules see in them.
type Somebody<'t> = (Kind<'t>, Email, Vec<(String, String)>);

/// Somebody of a kind, with the names by which lists know them.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) mail: Email,
    pub(super) named: Vec<Named>,
    pub(super) seen: Vec<(String, String)>,
    /// Who they are apart from that.
    pub(super) sketch: Sketch,
}

impl<'t> Reach<'_, 't> {
    /// Returns the people of a kind who may differ for a policy: those whom nothing names, and those whom its list names.
    /// `quiet` ones are given nothing by rule that is in the way.
    pub(super) fn candidates(
        &self,
        kind: &Kind<'t>,
        sought: Sought<'_, 't>,
        quiet: bool,
    ) -> Vec<Result<Candidate<'t>, Undecided>> {
        let one = |kind: &Kind<'t>, named: &[Named]| {
            self.settled(kind, named, &[sought], quiet).transpose()
        };
        let Requestors::People(people) = &sought.rules.requestors else {
            let vouched = self.vouched(kind, sought);
            let all = std::iter::once(kind).chain(&vouched);
            return all.filter_map(|kind| one(kind, &[])).collect();
        };
        let named = people.iter().filter_map(|principal| {
            let named = Named::of(principal, self.estate)?;
            match principal {
                Principal::User(mail) => one(&self.at_home(kind, mail, sought.terms)?, &[named]),
                _ => one(kind, &[named]),
            }
        });
        named.collect()
    }

    /// Returns people of a kind with domains that a policy is for: whoever assigns by hand vouches for the domain, whatever is
    /// proved later.
    fn vouched(&self, kind: &Kind<'t>, sought: Sought<'_, 't>) -> Vec<Kind<'t>> {
        /// Of how many organizations it is tried.
        const MOST: usize = 24;
        if sought.way != Way::Direct || !kind.may_be_vouched_for() {
            return Vec::new();
        }
        let domain = |it: &Organization| Some(it.domains.iter().next()?.domain.clone());
        let domains: Vec<Domain> = match &sought.rules.requestors {
            Requestors::Organizations(names) => names
                .iter()
                .filter_map(|name| domain(self.organizations.get(name.as_str())?))
                .collect(),
            Requestors::ConfiguredOrganizations => {
                let all = self.estate.organizations();
                let all = all.filter(|(_, it)| it.state == OrganizationState::Configured);
                all.filter_map(|(_, it)| domain(it)).collect()
            }
            _ => Vec::new(),
        };
        let domains = domains.into_iter();
        let moved = domains.filter_map(|domain| self.at(kind, domain, sought.terms));
        moved.filter(|it| self.is_let_in(it)).take(MOST).collect()
    }

    /// Returns a kind as it is with the domain of an address; `None` where they could not have it. Whoever signs in here may
    /// have any.
    fn at_home(&self, kind: &Kind<'t>, mail: &Email, terms: &Terms) -> Option<Kind<'t>> {
        self.at(kind, Domain::parse(mail.domain()).ok()?, terms)
    }

    /// Returns a kind as it is with a domain; `None` where they could not have it.
    fn at(&self, kind: &Kind<'t>, domain: Domain, terms: &Terms) -> Option<Kind<'t>> {
        let own = self.estate.own.contains(&domain);
        if own && kind.base.account.is_outside() {
            return None;
        }
        let about = terms.domain.as_ref();
        if about.is_some_and(|domains| !domains.iter().any(|one| one.covers(&domain))) {
            return None;
        }
        let base = Base {
            zone: Zone {
                sort: kind.base.zone.sort.clone(),
                witness: domain,
            },
            ..kind.base.clone()
        };
        let newcomer = Base {
            account: Account::None,
            ..base.clone()
        };
        let border = self.estate.traits(&newcomer).border;
        let border = border.filter(|_| base.account.is_outside());
        let traits = self.estate.traits(&base);
        // Another organization would be another kind, which is looked at by itself.
        (traits.seen == kind.traits.seen).then(|| Kind {
            before: border.map(|border| Before::of(border, &base)),
            traits,
            claimed: self.naming.claimed(&base),
            is_natural: self.naming.is_natural(&base),
            base,
        })
    }

    /// Returns somebody of a kind who is named as wanted and in no other group with a rule that would keep them out; of the
    /// `quiet`, somebody to whom no rule gives what is in the way.
    ///
    /// # Errors
    ///
    /// [`Undecided`] where nobody was found, and not everybody could be looked at.
    pub(super) fn settled(
        &self,
        kind: &Kind<'t>,
        named: &[Named],
        sought: &[Sought<'_, 't>],
        quiet: bool,
    ) -> Result<Option<Candidate<'t>>, Undecided> {
        let (mut ruled, mut local): (Vec<_>, Option<String>) = (Vec::new(), None);
        for name in named {
            match name {
                Named::User(mail) => {
                    let own = mail.as_str().split('@').next();
                    // Nobody is two people.
                    if local.as_deref().is_some_and(|local| Some(local) != own)
                        || mail.domain() != kind.base.zone.witness.as_str()
                    {
                        return Ok(None);
                    }
                    local = own.map(str::to_owned);
                }
                // A tree alone makes nobody join or leave a group, and nobody is looked for as a holder.
                Named::Group(group) | Named::Joining(group) | Named::Leaving(group) => {
                    let Some(kept) = self.groups.get(group) else {
                        continue;
                    };
                    if kind.is_guest() && !kept.guests {
                        return Ok(None);
                    }
                    ruled.extend(kept.rule.map(|rule| (rule, true)));
                }
                Named::Holder(_) | Named::Loser(_) | Named::Getter(_) | Named::Comer(_) => {}
            }
        }
        let mut given = Vec::new();
        for sought in sought {
            if sought.way == Way::Automatic {
                let rule = self.automatic.get(sought.address).copied();
                match kind.base.account {
                    // Rules see the guest that another package makes of them.
                    Account::None => given.extend(rule.and_then(|at| self.rules.get(at))),
                    _ => ruled.extend(rule.map(|rule| (rule, true))),
                }
            } else if quiet && kind.base.account != Account::None {
                let given = self.in_the_way(sought.offer).into_iter();
                ruled.extend(given.map(|given| (given.rule, false)));
            }
        }
        // Groups with a rule that keep somebody out, or lead to another policy.
        let others = sought
            .iter()
            .filter_map(|it| self.ruled.get(it.offer.address));
        let others: BTreeSet<&String> = others.flatten().collect();
        let mut free = Vec::new();
        for group in others {
            let is = |name: &Named| matches!(name, Named::Group(name) if name == group);
            let Some(kept) = self.groups.get(group) else {
                continue;
            };
            let open = kept.guests || !kind.is_guest();
            if let Some(rule) = kept.rule.filter(|_| open && !named.iter().any(is)) {
                free.push((group, rule));
            }
        }
        let sketch = Sketch {
            account: kind.base.account,
            domain: kind.base.zone.witness.clone(),
            local,
            home: self.home.clone(),
            // Whoever signs in here may have an address of any domain.
            near: sought
                .first()
                .filter(|_| !kind.base.account.is_outside())
                .map(|sought| Near::any(sought.terms)),
        };
        let (all, whole) = choices(free.len());
        let mut undecided = !whole;
        // As few groups as there can be: each more can only keep somebody out.
        for kept in &all {
            let mut rules = ruled.clone();
            let inside = free.iter().zip(kept);
            rules.extend(inside.clone().map(|((_, rule), inside)| (*rule, *inside)));
            match self.somebody(kind, &sketch, &rules, sought) {
                Ok(Some((kind, mail, seen))) => {
                    let mut named = named.to_vec();
                    let inside = inside.filter(|(_, inside)| **inside);
                    named.extend(inside.map(|((group, _), _)| Named::Group((*group).clone())));
                    named.sort();
                    named.dedup();
                    let candidate = Candidate {
                        kind,
                        mail,
                        named,
                        seen,
                        sketch: sketch.clone(),
                    };
                    if given.is_empty() {
                        return Ok(Some(candidate));
                    }
                    let guest = candidate.person();
                    if given.iter().all(|rule| matches(rule, &guest)) {
                        return Ok(Some(candidate));
                    }
                }
                Ok(None) => {}
                Err(Undecided) => undecided = true,
            }
        }
        if undecided { Err(Undecided) } else { Ok(None) }
    }

    /// Returns somebody like those of a kind for whom rules are as wanted, with their address and what rules see in them. Where
    /// rules look at addresses they may be of another domain.
    fn somebody(
        &self,
        kind: &Kind<'t>,
        sketch: &Sketch,
        rules: &[(usize, bool)],
        sought: &[Sought<'_, 't>],
    ) -> Result<Option<Somebody<'t>>, Undecided> {
        let mut found = self.who(sketch, rules);
        if let Ok(Some((mail, seen))) = found {
            return Ok(Some((kind.clone(), mail, seen)));
        }
        let Some(terms) = sought.first().map(|sought| sought.terms) else {
            return found.map(|_| None);
        };
        for near in self.around(kind, sketch, rules, terms) {
            match self.elsewhere(kind, sketch, rules, (near, terms)) {
                Ok(None) => {}
                Err(Undecided) => found = Err(Undecided),
                found => return found,
            }
        }
        found.map(|_| None)
    }

    /// Returns somebody like those of a kind who is of another domain.
    fn elsewhere(
        &self,
        kind: &Kind<'t>,
        sketch: &Sketch,
        rules: &[(usize, bool)],
        (mut near, terms): (Near, &Terms),
    ) -> Result<Option<Somebody<'t>>, Undecided> {
        /// Of how many domains it is tried.
        const MOST: usize = 12;
        for _ in 0..MOST {
            let sketch = Sketch {
                near: Some(near.clone()),
                ..sketch.clone()
            };
            let Some((mail, seen)) = self.who(&sketch, rules)? else {
                return Ok(None);
            };
            let like = |other: &Kind<'t>| {
                other.claimed == kind.claimed && other.traits.looks_alike == kind.traits.looks_alike
            };
            if let Some(other) = self.at_home(kind, &mail, terms).filter(like) {
                return Ok(Some((other, mail, seen)));
            }
            // People of that domain are another kind, which is looked at by itself.
            self.leave_out(&mut near, &mail).ok_or(Undecided)?;
        }
        // Whoever has a domain that looks like another may do nothing that others may not.
        match kind.traits.looks_alike {
            true => Ok(None),
            false => Err(Undecided),
        }
    }

    /// Returns somebody for whom rules are as wanted, and what rules see in them. The same is asked of many policies, and
    /// answered once.
    fn who(&self, sketch: &Sketch, rules: &[(usize, bool)]) -> Answer {
        if rules.is_empty() {
            return Ok(sketch.mail().map(|mail| (mail, Vec::new())));
        }
        let read = || {
            rules
                .iter()
                .filter_map(|(rule, wanted)| Some((self.rules.get(*rule)?, *wanted)))
        };
        let properties = person::properties(read().map(|(rule, _)| rule));
        let by_address = ["mail", "userPrincipalName"];
        let by_address = properties.iter().any(|it| by_address.contains(it));
        let mut key = (sketch.clone(), rules.to_vec());
        key.1.sort_unstable();
        // Where rules do not look at the address, one domain is like another.
        if !by_address && let Some(same) = self.estate.own.first() {
            key.0.domain = same.clone();
        }
        let known = self.known.read().ok();
        if let Some(answer) = known.as_ref().and_then(|known| known.get(&key)) {
            return answer.clone().map(|found| {
                let (mail, seen) = found?;
                let mail = if by_address {
                    Some(mail)
                } else {
                    sketch.mail()
                };
                mail.map(|mail| (mail, seen))
            });
        }
        drop(known);
        let rules: Vec<(&Rule, bool)> = read().collect();
        let answer = sketch
            .fitting(&rules)
            .map(|found| found.map(|person| (person.mail.clone(), seen(&person, &properties))));
        if let Ok(mut known) = self.known.write() {
            known.insert(key, answer.clone());
        }
        answer
    }

    /// Returns the groups somebody is put into, as the tree names them.
    pub(super) fn groups_of(&self, named: &[Named]) -> Vec<String> {
        let groups = named.iter().filter_map(|named| match named {
            Named::Group(name) | Named::Joining(name) | Named::Leaving(name) => Some(name),
            Named::User(_)
            | Named::Holder(_)
            | Named::Loser(_)
            | Named::Getter(_)
            | Named::Comer(_) => None,
        });
        let ruled = |name: &&String| {
            self.groups
                .get(*name)
                .is_some_and(|kept| kept.rule.is_some())
        };
        let spelled = |name: &String| match self.spelled.get(name) {
            Some(text) => text.to_string(),
            None => name.clone(),
        };
        groups.filter(|name| !ruled(name)).map(spelled).collect()
    }
}

/// Returns the groups that decide about a package: by name in lower case, and as the tree names them.
pub(super) fn deciding<'o, 't>(
    estate: &'o Estate<'t>,
    offer: &'o Offer<'t>,
) -> impl Iterator<Item = (String, &'t Line)> {
    let groups = offer.groups();
    groups.map(|name| (estate.group(name), name))
}

/// Returns how much has to be explained of people before they can ask through a policy.
pub(super) fn oddity(kind: &Kind<'_>, rules: &Policy) -> (bool, bool, usize) {
    let usual = match rules.requestors.is_outside() {
        true => [
            Account::None,
            Account::Guest,
            Account::ExternalMember,
            Account::Member,
        ],
        false => [
            Account::Member,
            Account::Guest,
            Account::None,
            Account::InternalGuest,
        ],
    };
    let account = kind.base.account;
    let place = usual.iter().position(|usual| *usual == account);
    let late = kind.before.is_some();
    (!kind.is_natural, late, place.unwrap_or(usual.len()))
}

/// Returns every choice of being in so many groups or not, those with few groups first, and whether these are all.
fn choices(count: usize) -> (Vec<Vec<bool>>, bool) {
    // Of more groups with rules than this about one package, only none and each alone are looked at.
    const MOST: usize = 6;
    if count > MOST {
        let alone = (0..count).map(|at| (0..count).map(|other| other == at).collect());
        let all = std::iter::once(vec![false; count]).chain(alone);
        return (all.collect(), false);
    }
    let mut all: Vec<Vec<bool>> = (0..1_usize << count)
        .map(|bits| (0..count).map(|at| bits >> at & 1 == 1).collect())
        .collect();
    all.sort_by_key(|choice: &Vec<bool>| choice.iter().filter(|inside| **inside).count());
    (all, true)
}

/// Returns what rules see in somebody, by the names of the directory; nothing of what an account and an address tell.
fn seen(person: &Person, properties: &[&str]) -> Vec<(String, String)> {
    let account = person.account.as_ref();
    let value = |property: &str| match property {
        "userType" | "accountEnabled" | "mail" => None,
        "displayName" => Some(person.name.clone()),
        "companyName" => person.company.clone(),
        "userPrincipalName" => account.map(|account| account.upn.clone()),
        "objectId" => Some(person.number.to_string()),
        "otherMails" => {
            let mails: Vec<&str> = person.other_mails.iter().map(Email::as_str).collect();
            (!mails.is_empty()).then(|| mails.join(","))
        }
        attribute => person.attributes.get(attribute).cloned(),
    };
    let all = properties.iter().map(|property| attribute(property));
    all.filter_map(|property| Some((property.to_owned(), value(property)?)))
        .collect()
}
