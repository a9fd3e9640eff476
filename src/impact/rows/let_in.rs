//! Whom only a border keeps out: people of domains that are refused, and of organizations that are closed, in words. A closed
//! organization keeps out its people who are in the directory, too: they cannot sign in.
//!
//! An address alone does not say who somebody is: who signs in with a partner's tenant is of that partner whatever the domain.
//! Those are told of apart, after those who are at home at a domain.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::row::Difference;
use crate::impact::estate::{Border, Estate, Traits};
use crate::impact::people::census::Census;
use crate::impact::people::class::{Account, Base, SignIn, Sort, Zone};
use crate::impact::people::crowd::Crowd;
use crate::impact::people::who::{Who, list};
use crate::model::text::Domain;

/// Which addresses of a domain are meant: its own, and those below it.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    at: bool,
    below: bool,
}

const ALL: Reach = Reach {
    at: true,
    below: true,
};

/// Domains, and which of their addresses are meant; in order of labels from the last to the first, so that those below one
/// follow it.
#[derive(Debug, Clone, Default)]
struct Places<'d>(BTreeMap<String, (&'d Domain, Reach)>);

/// Where people are: at some domains, and at whatever a list does not name.
#[derive(Debug, Clone, Default)]
struct Spread<'d> {
    domains: Places<'d>,
    unlisted: bool,
}

/// Somebody who is not in the directory yet and whom a list refuses on one side alone.
#[derive(Debug, Clone, Copy)]
struct Refused {
    /// Where they are, by its position in [`LetIn::areas`].
    area: usize,
    /// Whose people they are where they are let in, by its position in [`LetIn::names`].
    organization: Option<usize>,
    /// Whether they are told of by their domain, and not as people of an organization with an address from elsewhere.
    near: bool,
    /// Whether others of their organization sign in like them with addresses of other refused domains.
    far: bool,
    /// Whether no list names their domain.
    unlisted: bool,
}

/// Whom a border lets in no longer, or only now.
#[derive(Debug)]
pub(super) struct Told<'w> {
    /// Whoever is at home at the domains that are refused, and people of organizations that are closed.
    pub(super) near: Option<Who>,
    /// People of other organizations, with addresses of these domains.
    pub(super) far: Option<&'w Who>,
}

/// What lists do in one direction: refuse on one side and let in on the other.
#[derive(Debug, Default)]
struct Way {
    refused: HashMap<usize, Refused>,
    /// How many sorts of people are told of by each domain.
    near: HashMap<usize, usize>,
    /// The organizations of people whose domains no list names.
    unlisted: Crowd,
    /// What no list names, in words.
    beyond: String,
    /// People of other organizations, where somebody is refused by the name of a domain.
    far: Option<Who>,
}

/// Says whom only a border keeps out, on either side.
#[derive(Debug)]
pub(super) struct LetIn<'c, 't> {
    census: &'c Census<'c, 't>,
    /// The domains that a side tells apart.
    zones: Places<'c>,
    /// The same, one by one.
    areas: Vec<&'c Zone>,
    /// The organizations, in order.
    names: Vec<&'t str>,
    /// Those whom the side before refuses, and those whom the side after does.
    ways: [Way; 2],
}

impl<'c, 't> LetIn<'c, 't> {
    /// Learns which domains there are, and who is refused there.
    pub(super) fn new(census: &'c Census<'c, 't>, sides: [&'c Estate<'t>; 2]) -> Self {
        let mut zones = Places::default();
        let mut areas: Vec<&'c Zone> = Vec::new();
        let mut strangers = Vec::new();
        for (at, base) in census.bases().iter().enumerate() {
            if !base.account.is_outside() {
                continue;
            }
            if areas.last() != Some(&&base.zone) {
                let _ = zones.add(&base.zone.sort, &base.zone.witness);
                areas.push(&base.zone);
            }
            if base.account == Account::None {
                strangers.push((at, areas.len() - 1));
            }
        }
        let organizations = sides.iter().flat_map(|side| side.organizations());
        let names: BTreeSet<&'t str> = organizations.map(|it| it.0.own_name()).collect();
        let mut all = Self {
            census,
            zones,
            areas,
            names: names.into_iter().collect(),
            ways: [Way::default(), Way::default()],
        };
        all.ways = [0, 1].map(|shut| all.way(shut, sides, &strangers));
        all
    }

    /// Learns whom one side refuses and the other lets in. `strangers` are those who are not in the directory yet, and
    /// where each of them is.
    fn way(&self, shut: usize, sides: [&Estate<'t>; 2], strangers: &[(usize, usize)]) -> Way {
        let mut way = Way::default();
        let (out, open) = match shut {
            0 => (sides[0], sides[1]),
            _ => (sides[1], sides[0]),
        };
        // Where both sides have a list of what is allowed, only what stands on one of them makes the difference.
        let by_name = open.list().is_some_and(|(_, list)| list.allow.is_some());
        let mut domains = Places::default();
        for (at, area) in strangers.iter().copied() {
            let Some((base, [one, two])) = self.census.seen_at(at) else {
                continue;
            };
            let (refused, let_in) = if shut == 0 { (one, two) } else { (two, one) };
            let (Some(border), None) = (refused.border, let_in.border) else {
                continue;
            };
            if let Border::Closed(_) = border {
                continue;
            }
            let Zone { sort, witness } = &base.zone;
            let unlisted = border == Border::NotAllowed && !by_name || !domains.add(sort, witness);
            let name = let_in.seen.organization.map(|(name, _)| name);
            let organization = name.and_then(|name| self.names.binary_search(&name).ok());
            if unlisted {
                way.unlisted.extend(organization);
            }
            let near = unlisted || is_at_home(base, sides);
            if near && !let_in.seen.lacks_passcode {
                *way.near.entry(area).or_default() += 1;
            }
            let refused = Refused {
                area,
                organization,
                near,
                far: !unlisted && is_tied(&base.sign_in),
                unlisted,
            };
            let _ = way.refused.insert(at, refused);
        }
        // Whoever is at home at the only domain that is refused is nobody with an address from elsewhere.
        if way.near.len() == 1 {
            let far = way.refused.values_mut();
            far.for_each(|refused| refused.far &= !refused.near);
        }
        let listed = match shut {
            0 => "was not listed",
            _ => "is not listed",
        };
        let blocked = open.list().into_iter().flat_map(|(_, list)| &list.block);
        let blocked = blocked.flatten().map(|rule| &rule.domain);
        let shut_anyway = blocked.filter(|it| out.unlisted(it).is_some());
        let shut_anyway: Places<'_> = shut_anyway.map(|it| (it, ALL)).collect();
        let except = except(shut_anyway.words(&Places::default()));
        way.beyond = format!("a domain that {listed}{except}");
        let places = domains.words(&self.zones);
        way.far = (!places.is_empty()).then(|| Who {
            text: format!("people of other organizations at {}{YET}", list(&places)),
            domains: domains.names(),
            ..Who::default()
        });
        way
    }

    /// Returns those of some people whom a border lets in no longer, or only now: those who are not in the directory yet, and
    /// whom cross-tenant settings keep out, wherever they are. `shut_out` says who these are: people of an organization, and
    /// whoever proves none and has an address of its domains.
    pub(super) fn who(
        &self,
        bases: &Crowd,
        kind: Difference,
        shut_out: impl FnOnce(&Crowd) -> Who,
    ) -> Told<'_> {
        let shut = usize::from(kind != Difference::New);
        let [before, after] = &self.ways;
        let way = if shut == 0 { before } else { after };
        let mut closed = Crowd::default();
        let mut far = false;
        let mut at_home: BTreeMap<usize, Vec<&Refused>> = BTreeMap::new();
        for at in bases.iter() {
            if let Some(refused) = way.refused.get(&at) {
                far |= refused.far;
                if refused.near {
                    at_home.entry(refused.area).or_default().push(refused);
                }
            } else if let Some((_, traits)) = self.census.seen_at(at)
                && traits.get(shut).and_then(Traits::closing).is_some()
            {
                closed.insert(at);
            }
        }
        let mut anyone = Spread::default();
        let mut strangers = Spread::default();
        let mut people: BTreeMap<usize, Places<'_>> = BTreeMap::new();
        let mut unlisted = Crowd::default();
        let mut whole = 0;
        for (area, refused) in at_home {
            let Some(zone) = self.areas.get(area) else {
                continue;
            };
            if way.near.get(&area).is_some_and(|all| *all <= refused.len()) {
                whole += 1;
                anyone.add(zone, refused.iter().any(|it| it.unlisted));
                continue;
            }
            for it in refused {
                match it.organization {
                    None => strangers.add(zone, it.unlisted),
                    Some(organization) if it.unlisted => unlisted.insert(organization),
                    Some(organization) => {
                        let of = people.entry(organization).or_default();
                        let _ = of.add(&zone.sort, &zone.witness);
                    }
                }
            }
        }
        let mut who = match closed.is_empty() {
            true => Who::default(),
            false => shut_out(&closed),
        };
        let mut here = Vec::new();
        here.extend((!who.text.is_empty()).then(|| std::mem::take(&mut who.text)));
        let mut words = Vec::new();
        let mut by_places: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
        for (organization, places) in people {
            let name = self.names.get(organization).copied().unwrap_or_default();
            let at = places.words(&self.zones);
            by_places.entry(at).or_default().push(name.to_owned());
            who.domains.extend(places.names());
        }
        for (places, names) in by_places {
            words.push(format!("people of {} at {}", list(&names), list(&places)));
            who.organizations.extend(names);
        }
        if !unlisted.is_empty() {
            words.push(self.unlisted(way, &unlisted, &mut who));
        }
        for (which, spread) in [
            ("anyone", anyone),
            ("anyone of no known organization", strangers),
        ] {
            let mut places = spread.domains.words(&self.zones);
            places.extend(spread.unlisted.then(|| way.beyond.clone()));
            if !places.is_empty() {
                words.push(format!("{which} at {}", list(&places)));
            }
            who.domains.extend(spread.domains.names());
        }
        if !words.is_empty() {
            here.push(format!("{}{YET}", words.join(", ")));
        }
        who.text = here.join("; ");
        for names in [&mut who.organizations, &mut who.domains] {
            names.sort();
            names.dedup();
        }
        Told {
            near: (!who.text.is_empty()).then_some(who),
            // Where anyone is meant, people of other organizations are meant too.
            far: way.far.as_ref().filter(|_| far && whole < way.near.len()),
        }
    }

    /// Says whose people are meant where no list names their domains.
    fn unlisted(&self, way: &Way, meant: &Crowd, who: &mut Who) -> String {
        let names = |crowd: &Crowd| -> Vec<String> {
            let names = crowd.iter().filter_map(|at| self.names.get(at));
            names.map(|name| (*name).to_owned()).collect()
        };
        let beyond = &way.beyond;
        let mut others = way.unlisted.clone();
        others.take(meant);
        if meant.iter().count() <= others.iter().count().max(FEW) {
            let names = names(meant);
            let text = format!("people of {} at {beyond}", list(&names));
            who.organizations.extend(names);
            return text;
        }
        let others = names(&others);
        let but = match others.is_empty() {
            true => String::new(),
            false => format!(" but {}", list(&others)),
        };
        who.every_organization_but = Some(others);
        format!("people of every organization{but} at {beyond}")
    }
}

/// How many organizations are told by name although they are all there are.
const FEW: usize = 3;

/// What is said of whoever has no account.
const YET: &str = " (not in the directory yet)";

/// Returns true for a sign-in that proves an organization whatever the domain is.
const fn is_tied(sign_in: &SignIn) -> bool {
    matches!(sign_in, SignIn::Tenant(_) | SignIn::Facebook)
}

/// Returns true unless somebody signs in as an organization that does not name their domain.
fn is_at_home(base: &Base, sides: [&Estate<'_>; 2]) -> bool {
    let mut naming = sides
        .into_iter()
        .flat_map(|side| side.naming(&base.zone.witness));
    match &base.sign_in {
        SignIn::Tenant(tenant) => naming.any(|it| it.tenant.as_ref() == Some(tenant)),
        SignIn::Facebook => naming.any(|it| it.social.is_some()),
        _ => true,
    }
}

impl<'d> Spread<'d> {
    fn add(&mut self, zone: &'d Zone, unlisted: bool) {
        self.unlisted |= unlisted || !self.domains.add(&zone.sort, &zone.witness);
    }
}

impl<'d> Places<'d> {
    /// Adds a domain, or those below it; false for domains that have no name.
    fn add(&mut self, sort: &'d Sort, witness: &'d Domain) -> bool {
        let mut reach = |domain: &'d Domain, of: Reach| {
            let (_, known) = self
                .0
                .entry(key(domain))
                .or_insert((domain, Reach::default()));
            known.at |= of.at;
            known.below |= of.below;
        };
        match sort {
            Sort::Listed => reach(
                witness,
                Reach {
                    below: false,
                    ..ALL
                },
            ),
            Sort::Below(domain) => reach(domain, Reach { at: false, ..ALL }),
            Sort::Own | Sort::LookAlike(_) | Sort::Other => return false,
        }
        true
    }

    /// Returns the domains, in order.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.values().map(|it| it.0.to_string()).collect();
        names.sort();
        names
    }

    /// Returns the domains in words, those within another with it; what else lies within them is excepted.
    fn words(&self, zones: &Places<'_>) -> Vec<String> {
        let told = self
            .0
            .iter()
            .filter(|(key, _)| !self.is_told_above(key, zones));
        let mut told: Vec<_> = told.collect();
        told.sort_by_key(|(_, (domain, _))| *domain);
        let words = told.into_iter().map(|(key, (domain, reach))| {
            let except = match reach.below {
                true => except(zones.below(key, self).words(&Places::default())),
                false => String::new(),
            };
            match reach {
                Reach { at: false, .. } => format!("any domain below {domain}{except}"),
                Reach { below: true, .. } => format!("{domain} or below{except}"),
                Reach { below: false, .. } => domain.to_string(),
            }
        });
        words.collect()
    }

    /// Returns true for a domain that one above it includes.
    fn is_told_above(&self, key: &str, zones: &Places<'_>) -> bool {
        above(key).any(|outer| {
            let includes = self.0.get(outer).is_some_and(|(_, reach)| reach.below);
            let mut between = above(key).chain([key]).filter(|it| it.len() > outer.len());
            includes && !between.any(|inner| zones.but(inner, self).is_some())
        })
    }

    /// Returns what lies below a domain apart from what is meant.
    fn below(&self, outer: &str, meant: &Places<'_>) -> Self {
        let from = self.0.range(outer.to_owned()..);
        let inner = from.take_while(|(key, _)| key.starts_with(outer));
        let inner = inner.filter(|(key, _)| *key != outer);
        let left = inner.filter_map(|(key, (domain, _))| Some((*domain, self.but(key, meant)?)));
        left.collect()
    }

    /// Returns what is there of a domain apart from what is meant.
    fn but(&self, key: &str, meant: &Places<'_>) -> Option<Reach> {
        let (_, reach) = self.0.get(key)?;
        let taken = meant.0.get(key).map_or_else(Reach::default, |it| it.1);
        let left = Reach {
            at: reach.at && !taken.at,
            below: reach.below && !taken.below,
        };
        (left.at || left.below).then_some(left)
    }
}

impl<'d> FromIterator<(&'d Domain, Reach)> for Places<'d> {
    fn from_iter<I: IntoIterator<Item = (&'d Domain, Reach)>>(all: I) -> Self {
        let all = all.into_iter();
        Self(all.map(|it| (key(it.0), it)).collect())
    }
}

/// Returns the labels of a domain from the last to the first, each with a dot: `com.fabrikam.`.
fn key(domain: &Domain) -> String {
    let labels = domain.as_str().rsplit('.');
    labels.flat_map(|label| [label, "."]).collect()
}

/// Returns the keys of the domains above one.
fn above(key: &str) -> impl Iterator<Item = &str> {
    let dots = key.match_indices('.').map(|(dot, _)| dot + 1);
    dots.filter(|end| *end < key.len())
        .filter_map(|end| key.get(..end))
}

/// Returns what is excepted, in words.
fn except(places: Vec<String>) -> String {
    match places.is_empty() {
        true => String::new(),
        false => format!(" (but not {})", list(&places)),
    }
}
