//! Whom a row is about, in words: as few as say exactly who is meant.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::census::{Census, Part};
use super::class::{Account, Base, Named, SignIn, Sort};
use super::crowd::Crowd;
use crate::model::text::Domain;

/// How many names a text shows; all of them are in the lists.
const SHOWN: usize = 3;

/// Whom a row is about.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Who {
    /// In words: `people of fabrikam`, `members`.
    pub text: String,
    /// The organizations that are meant as a whole or in part, by name.
    pub organizations: Vec<String>,
    /// The domains of addresses that are meant, where they count and not the organization.
    pub domains: Vec<String>,
    /// The people and groups that are meant by name: `user:ana@contoso.com`.
    pub named: Vec<String>,
    /// The packages whose holders are meant.
    pub holds: Vec<String>,
}

impl Who {
    /// Returns somebody who is told by a few words only.
    #[must_use]
    pub fn said(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// Somebody's address and sign-in, without what they are to the directory.
type Spot = (Domain, SignIn);

/// What people may be to the directory, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Accounts(u8);

impl Accounts {
    const fn insert(&mut self, account: Account) {
        self.0 |= 1 << account as u8;
    }

    fn iter(self) -> impl Iterator<Item = Account> {
        let all = Account::OUTSIDE.into_iter().chain(Account::INSIDE);
        all.filter(move |account| self.0 >> *account as u8 & 1 == 1)
    }
}

/// Puts sorts of people into words.
#[derive(Debug)]
pub(super) struct Speaker<'c, 't> {
    bases: &'c [Base],
    /// The spots of each organization, as any side sees it.
    organizations: BTreeMap<&'t str, BTreeSet<usize>>,
    /// The spots of any organization.
    known: BTreeSet<usize>,
    /// The spots of no organization.
    strangers: BTreeSet<usize>,
    /// The spots of each domain.
    zones: BTreeMap<(Sort, Domain), BTreeSet<usize>>,
    /// The spot of each base.
    spots: Vec<usize>,
    /// The domain of each spot.
    sorts: Vec<(Sort, Domain)>,
    /// The first base of each spot.
    firsts: Vec<usize>,
}

impl<'c, 't> Speaker<'c, 't> {
    /// Learns who there is.
    pub(super) fn new(census: &'c Census<'_, 't>) -> Self {
        let mut speaker = Self {
            bases: census.bases(),
            organizations: BTreeMap::new(),
            known: BTreeSet::new(),
            strangers: BTreeSet::new(),
            zones: BTreeMap::new(),
            spots: Vec::new(),
            sorts: Vec::new(),
            firsts: Vec::new(),
        };
        let mut known: BTreeMap<Spot, usize> = BTreeMap::new();
        for (nth, base) in census.bases().iter().enumerate() {
            let spot = (base.zone.witness.clone(), base.sign_in.clone());
            let next = known.len();
            let at = *known.entry(spot).or_insert(next);
            speaker.spots.push(at);
            if at == next {
                let zone = (base.zone.sort.clone(), base.zone.witness.clone());
                speaker.sorts.push(zone.clone());
                speaker.firsts.push(nth);
                if base.account.is_outside() {
                    let _ = speaker.zones.entry(zone).or_default().insert(at);
                }
            }
        }
        for (at, traits) in census.seen() {
            let base = speaker
                .bases
                .get(at)
                .filter(|base| base.account.is_outside());
            let (Some(_), Some(spot)) = (base, speaker.spots.get(at).copied()) else {
                continue;
            };
            let names: BTreeSet<&'t str> = traits
                .iter()
                .filter_map(|traits| Some(traits.seen.organization?.0))
                .collect();
            if names.is_empty() {
                let _ = speaker.strangers.insert(spot);
            }
            for name in names {
                let _ = speaker.known.insert(spot);
                let _ = speaker.organizations.entry(name).or_default().insert(spot);
            }
        }
        speaker
    }

    /// Returns the domains that people from outside are told apart by.
    pub(super) fn domains(&self) -> impl Iterator<Item = (&Sort, &Domain)> {
        self.zones.keys().map(|(sort, witness)| (sort, witness))
    }

    /// Says who is meant by sorts of people, all of whom nothing names. Those of `idle` may be meant or not: they have
    /// nothing before and after, for they are not let in.
    pub(super) fn bases(&self, bases: &Crowd, idle: &Crowd) -> Who {
        // Who is meant at each spot, and who may be meant or not.
        let mut accounts = vec![(Accounts::default(), Accounts::default()); self.sorts.len()];
        for (at, (base, spot)) in self.bases.iter().zip(&self.spots).enumerate() {
            let Some((meant, free)) = accounts.get_mut(*spot) else {
                continue;
            };
            if bases.contains(at) {
                meant.insert(base.account);
            } else if idle.contains(at) {
                free.insert(base.account);
            }
        }
        // Spots are many, and the ways in which they are meant few.
        let mut ways: BTreeMap<(Accounts, Accounts), Crowd> = BTreeMap::new();
        for (spot, way) in accounts.into_iter().enumerate() {
            ways.entry(way).or_default().insert(spot);
        }
        let (mut alike, mut free): (BTreeMap<BTreeSet<Account>, Crowd>, Vec<_>) =
            (BTreeMap::new(), Vec::new());
        let mut ours = BTreeSet::new();
        for ((meant, idle), spots) in ways {
            let (inside, outside): (BTreeSet<_>, BTreeSet<_>) =
                meant.iter().partition(|account| !account.is_outside());
            ours.extend(inside);
            let idle: BTreeSet<Account> = idle.iter().collect();
            match outside.is_empty() {
                true => free.push((spots, idle)),
                false => alike
                    .entry(whole(outside, &idle))
                    .or_default()
                    .extend(spots.iter()),
            }
        }
        let mut who = Who::default();
        let mut texts = Vec::new();
        for (accounts, spots) in alike {
            let idle = free.iter().filter(|(_, idle)| accounts.is_subset(idle));
            let idle: Crowd = idle.flat_map(|(spots, _)| spots.iter()).collect();
            let of = self.spots(&spots, &idle, &mut who);
            let is_all = of == EVERYBODY;
            match outside(&accounts) {
                "" => texts.push(of),
                "external members" if is_all && ours.remove(&Account::Member) => {
                    texts.push(match ours.remove(&Account::InternalGuest) {
                        true => "members and internal guests".to_owned(),
                        false => "members".to_owned(),
                    });
                }
                "in the directory" if is_all && ours.len() == 2 => {
                    ours.clear();
                    texts.push("everyone in the directory".to_owned());
                }
                which if is_all => texts.push(format!("{which} from outside")),
                which => texts.push(format!("{of} ({which})")),
            }
        }
        texts.extend(inside(&ours).map(str::to_owned));
        texts.sort();
        texts.dedup();
        who.text = texts.join("; ");
        who
    }

    /// Says who is meant by spots outside; those of `idle` may be meant or not.
    fn spots(&self, spots: &Crowd, idle: &Crowd, who: &mut Who) -> String {
        let is_own = |spot: &usize| matches!(self.sorts.get(*spot), Some((Sort::Own, _)));
        // All of some spots are meant, where they are meant at all.
        let all_of = |some: &BTreeSet<usize>| {
            let mut counted = some.iter().filter(|at| !idle.contains(**at) && !is_own(at));
            some.iter().any(|at| spots.contains(*at)) && counted.all(|at| spots.contains(*at))
        };
        let is_all_orgs = all_of(&self.known);
        let is_all_strangers = all_of(&self.strangers);
        if (is_all_orgs || self.known.is_empty()) && is_all_strangers {
            return EVERYBODY.to_owned();
        }
        let mut left = spots.clone();
        let mut texts = Vec::new();
        let take = |left: &mut Crowd, some: &BTreeSet<usize>| {
            some.iter().for_each(|spot| left.remove(*spot));
        };
        // A domain counts before an organization where people of several are meant by it.
        let mut domains = Vec::new();
        for ((sort, witness), of) in &self.zones {
            let several = of.iter().filter(|at| spots.contains(**at)).count() > 1;
            let listed = matches!(sort, Sort::Listed | Sort::Below(_)) && several;
            let whole = of.iter().all(|at| spots.contains(*at));
            if listed && whole && !is_all_strangers {
                take(&mut left, of);
                self.domain(sort, witness, &mut domains, who);
            }
        }
        let mut names = Vec::new();
        for (name, of) in &self.organizations {
            let meant = of.iter().any(|at| left.contains(*at));
            if meant && all_of(of) {
                take(&mut left, of);
                names.push((*name).to_owned());
            }
        }
        if is_all_orgs && names.len() > SHOWN {
            texts.push("people of every organization".to_owned());
        } else if !names.is_empty() {
            texts.push(format!("people of {}", list(&names)));
        }
        who.organizations.extend(names);
        if is_all_strangers {
            take(&mut left, &self.strangers);
            texts.push("anyone of no known organization".to_owned());
        }
        for ((sort, witness), of) in &self.zones {
            let meant = of.iter().any(|at| left.contains(*at));
            if meant && all_of(of) {
                take(&mut left, of);
                self.domain(sort, witness, &mut domains, who);
            }
        }
        if !domains.is_empty() {
            texts.push(format!("anyone at {}", list(&domains)));
        }
        texts.extend(self.rest(&left, who));
        texts.join(", ")
    }

    fn domain(&self, sort: &Sort, witness: &Domain, domains: &mut Vec<String>, who: &mut Who) {
        domains.push(match sort {
            Sort::Other => "any other domain".to_owned(),
            _ => zone(sort, witness),
        });
        if let Sort::Listed = sort {
            who.domains.push(witness.to_string());
        }
    }

    /// Says who is meant by what is left: parts of organizations and of domains.
    fn rest(&self, left: &Crowd, who: &mut Who) -> Option<String> {
        let mut left = left.clone();
        let mut texts = Vec::new();
        let mut names = Vec::new();
        for (name, of) in &self.organizations {
            let mine: Vec<usize> = of.iter().copied().filter(|at| left.contains(*at)).collect();
            if mine.is_empty() {
                continue;
            }
            mine.iter().for_each(|spot| left.remove(*spot));
            let zones: BTreeSet<String> = mine
                .iter()
                .filter_map(|spot| self.sorts.get(*spot))
                .map(|(sort, witness)| zone(sort, witness))
                .collect();
            let zones: Vec<String> = zones.into_iter().collect();
            names.push(((*name).to_owned(), list(&zones)));
        }
        let mut by_zones: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, zones) in names {
            who.organizations.push(name.clone());
            by_zones.entry(zones).or_default().push(name);
        }
        for (zones, names) in by_zones {
            texts.push(format!("people of {} at {zones}", list(&names)));
        }
        let mut strangers: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for spot in left.iter() {
            let Some((sort, witness)) = self.sorts.get(spot) else {
                continue;
            };
            let first = self.firsts.get(spot).and_then(|at| self.bases.get(*at));
            let sign_in = first.map_or("", |base| by(&base.sign_in));
            let _ = strangers
                .entry(zone(sort, witness))
                .or_default()
                .insert(sign_in);
        }
        let mut by_sign_in: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (zone, ways) in strangers {
            let ways: Vec<&str> = ways.into_iter().collect();
            by_sign_in.entry(ways.join(" or ")).or_default().push(zone);
        }
        for (ways, zones) in by_sign_in {
            texts.push(format!("anyone at {} who signs in {ways}", list(&zones)));
        }
        (!texts.is_empty()).then(|| texts.join(", "))
    }

    /// Says who is meant by a part: whoever matches a rule, where one is told, and belongs to whom `of` tells.
    pub(super) fn named(part: &Part<'_>, rule: Option<&str>, of: Option<&str>) -> Who {
        let mut who = Who::default();
        let mut lists = Vec::new();
        for alike in &part.alike {
            let names: Vec<String> = alike.iter().map(Named::to_string).collect();
            lists.push(list(&names));
            who.named.extend(names);
        }
        who.text = match lists.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            several => format!("whoever is named by {}", several.join(" and by ")),
        };
        if !part.holds.is_empty() {
            let names: Vec<String> = part
                .holds
                .iter()
                .map(|name| format!("package/{name}"))
                .collect();
            let holders = format!("holders of {}", list(&names));
            who.holds = part.holds.iter().map(|name| (*name).to_owned()).collect();
            who.text = match who.text.as_str() {
                "" => holders,
                text => format!("{text}, {holders}"),
            };
        }
        if let Some(rule) = rule {
            who.text = match who.text.as_str() {
                "" => format!("whoever matches {rule}"),
                text => format!("{text}, matching {rule}"),
            };
        }
        if let Some(of) = of {
            // Whoever is named, holds something or matches a rule is there.
            let of = of.replace(" (in the directory)", "");
            who.text = format!("{} ({of})", who.text);
        }
        who
    }
}

const EVERYBODY: &str = "anyone from outside";

/// Returns where an address is, in words.
fn zone(sort: &Sort, witness: &Domain) -> String {
    match sort {
        Sort::Listed | Sort::Own => witness.to_string(),
        Sort::Below(above) => format!("subdomains of {above}"),
        Sort::LookAlike => "domains that look like known ones".to_owned(),
        Sort::Other => "other domains".to_owned(),
    }
}

/// Returns how somebody signs in, in words.
const fn by(sign_in: &SignIn) -> &'static str {
    match sign_in {
        SignIn::Own => "here",
        SignIn::Passcode => "by a one-time passcode",
        SignIn::Tenant(_) | SignIn::OtherTenant => "with another tenant",
        SignIn::Federation(_) | SignIn::OtherFederation => "with another federation",
        SignIn::Facebook => "with Facebook",
        SignIn::Personal => "with a personal account",
    }
}

/// Returns what people from outside are to the directory, in words; nothing for whatever they are.
fn outside(accounts: &BTreeSet<Account>) -> &'static str {
    let has = |account: Account| accounts.contains(&account);
    match (
        has(Account::None),
        has(Account::Guest),
        has(Account::ExternalMember),
    ) {
        (true, true, true) => "",
        (true, true, false) => "members excepted",
        (true, false, true) => "guests excepted",
        (true, false, false) => "not in the directory yet",
        (false, true, false) => "guests",
        (false, false, true) => "external members",
        (false, _, _) => "in the directory",
    }
}

/// Returns what our own people are, in words.
fn inside(accounts: &BTreeSet<Account>) -> Option<&'static str> {
    match (
        accounts.contains(&Account::Member),
        accounts.contains(&Account::InternalGuest),
    ) {
        (true, true) => Some("everyone of our own"),
        (true, false) => Some("our own members"),
        (false, true) => Some("internal guests"),
        (false, false) => None,
    }
}

/// Returns what people are to the directory, with those who may be meant or not where that makes it simpler.
fn whole(meant: BTreeSet<Account>, idle: &BTreeSet<Account>) -> BTreeSet<Account> {
    let both: BTreeSet<Account> = meant.union(idle).copied().collect();
    let known = BTreeSet::from([Account::Guest, Account::ExternalMember]);
    if Account::OUTSIDE
        .iter()
        .all(|account| both.contains(account))
    {
        return both;
    }
    match known.is_subset(&both) && meant.is_subset(&known) {
        true => known,
        false => meant,
    }
}

/// Returns the first names of a list, and how many more there are.
pub(super) fn list(names: &[String]) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match (more, shown.as_slice()) {
        (0, [all @ .., last]) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        (0, _) => shown.join(", "),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    }
}
