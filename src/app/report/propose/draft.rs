//! A proposal, made: a package for each role that guests hold, and in it a policy for each organization.
//!
//! The one idea to know: a proposal gives nobody anything that they do not hold already. A package grants one role; nobody can
//! ask for it; new organizations are `proposed`, so that no other policy covers their people. What is proposed is an end, and
//! somebody who looks again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::app::import::plain;
use crate::governance::record::{Hold, Identity, Person, Place, Source};
use crate::load::print::Printable;
use crate::model::kinds::policy::Requestors;
use crate::model::kinds::{Origin, Package, Resource};
use crate::model::text::{Domain, Guid, HttpsUrl, Line, Principal};
use crate::model::{Address, Body, Desired, Kind, Name, Object};
use crate::render::json::v1::NotProposed;

/// How long proposed access lasts.
const LASTS: &str = "180d";
/// How many reviewers a policy takes.
const REVIEWERS: usize = 20;
/// How many people are named where one reason holds for many.
const NAMED: usize = 10;
/// Why somebody who cannot sign in is left out.
const BLOCKED: &str = "sign-in is blocked; `guestlist guest offboard` parts with people";
/// Why somebody is left out for whom there is nothing to give.
const NOTHING: &str =
    "nothing is held here that a package could give; `guestlist guest offboard` parts with people";
/// The policy of people who are from no organization.
const INDIVIDUALS: &str = "individuals";
/// The domains of mail that anybody can have: people there are from no organization.
const PERSONAL: &[&str] = &[
    "aol.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.com",
    "yandex.ru",
];

/// The groups that a package cannot make a guest a member of, by name in lower case, each with the reason.
pub(super) type Closed = BTreeMap<String, &'static str>;

/// A guest whom nobody governs.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    mail: String,
    /// The declared organization.
    organization: Option<Name>,
    /// The domain that an organization could be made of; `None` for people who are from none.
    domain: Option<Domain>,
    tenant: Option<Guid>,
    company: Option<String>,
    sponsors: Vec<Principal>,
    blocked: bool,
    holds: Vec<Hold>,
}

impl Guest {
    /// Returns somebody with what they hold and the name of their declared organization.
    pub(super) fn new(person: &Person, holds: Vec<Hold>, organization: Option<&str>) -> Self {
        let personal = person.identities.iter().any(|identity| {
            matches!(
                identity,
                Identity::MicrosoftAccount | Identity::Google | Identity::Facebook
            )
        });
        let domain = Domain::parse(person.mail.domain()).ok();
        let tenant = person
            .identities
            .iter()
            .find_map(|identity| match identity {
                Identity::Tenant { tenant } => Some(tenant.clone()),
                _ => None,
            });
        let external = person.living().is_some_and(|account| account.external);
        Self {
            mail: person.mail.to_string(),
            organization: organization.and_then(|name| Name::parse(name).ok()),
            domain: domain
                .filter(|domain| external && !personal && !PERSONAL.contains(&domain.as_str())),
            tenant,
            company: person.company.clone(),
            sponsors: person.sponsors.clone(),
            blocked: person.is_blocked(),
            holds,
        }
    }
}

/// What a proposal is made on.
#[derive(Debug)]
pub(super) struct Ground<'g> {
    /// What the tree declares.
    pub(super) desired: Option<&'g Desired>,
    /// The addresses that are taken.
    pub(super) taken: BTreeSet<Address>,
    /// The groups that take no guests from packages.
    pub(super) closed: Closed,
    /// The domains of our own people.
    pub(super) own: &'g [Domain],
    /// The instant.
    pub(super) at: Timestamp,
}

/// A line of the list of assignments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Assigned {
    pub(super) mail: String,
    pub(super) package: String,
    pub(super) policy: String,
}

/// A proposal.
#[derive(Debug)]
pub(super) struct Draft {
    /// What is to be declared.
    pub(super) objects: Vec<Printable>,
    /// What is to be assigned then.
    pub(super) lines: Vec<Assigned>,
    /// How many guests have at least one assignment in it.
    pub(super) covered: u64,
    /// Whom it leaves out, with the reason.
    pub(super) left: Vec<NotProposed>,
}

/// Makes a proposal.
pub(super) fn draft(guests: &[Guest], ground: &Ground<'_>) -> Draft {
    let mut maker = Maker {
        ground,
        taken: ground.taken.clone(),
        resources: BTreeMap::new(),
        catalog: None,
        granted: BTreeSet::new(),
        objects: Vec::new(),
        left: BTreeMap::new(),
    };
    // What each guest can be given, by the role.
    let mut roles: BTreeMap<(Name, String), Vec<usize>> = BTreeMap::new();
    let mut covered: BTreeSet<usize> = BTreeSet::new();
    for (at, guest) in guests.iter().enumerate() {
        if guest.blocked {
            maker.leave(guest, BLOCKED);
            continue;
        }
        // What a rule gives comes and goes by the rule.
        let given = |hold: &&Hold| hold.source != Source::Rule;
        let mut holds = guest.holds.iter().filter(given).peekable();
        if holds.peek().is_none() {
            maker.leave(guest, NOTHING);
        }
        for hold in holds {
            match maker.resource(hold) {
                Ok(name) => {
                    roles.entry((name, hold.role.clone())).or_default().push(at);
                    covered.insert(at);
                }
                Err(why) => maker.leave(guest, &why),
            }
        }
    }
    let homes = maker.organizations(guests, &covered);
    let mut lines = Vec::new();
    for ((resource, role), who) in &roles {
        let mut by_home: BTreeMap<Option<Name>, Vec<usize>> = BTreeMap::new();
        for at in who {
            by_home.entry(homes.get(at).cloned()).or_default().push(*at);
        }
        let known = maker.known(resource, role, &by_home);
        let (package, policies) = match known {
            Some(known) => known,
            None => maker.package(resource, role, &by_home, guests),
        };
        for (home, who) in &by_home {
            let Some(policy) = policies.get(home) else {
                continue;
            };
            lines.extend(
                who.iter()
                    .filter_map(|at| guests.get(*at))
                    .map(|guest| Assigned {
                        mail: guest.mail.clone(),
                        package: package.to_string(),
                        policy: policy.to_string(),
                    }),
            );
        }
    }
    maker.finish();
    lines.sort();
    lines.dedup();
    Draft {
        left: maker.told(),
        objects: maker.objects,
        lines,
        covered: covered.len() as u64,
    }
}

/// A package, and the policy of each organization in it.
type Known = (Name, BTreeMap<Option<Name>, Name>);

struct Maker<'g> {
    ground: &'g Ground<'g>,
    taken: BTreeSet<Address>,
    /// Resources by where they are: those of the tree, and those that the proposal declares with the roles that it needs.
    resources: BTreeMap<(Origin, String), (Name, BTreeSet<String>, bool)>,
    /// The catalog of the packages that are made.
    catalog: Option<Name>,
    /// The resources of which they give roles.
    granted: BTreeSet<Name>,
    objects: Vec<Printable>,
    left: BTreeMap<String, Vec<String>>,
}

impl Maker<'_> {
    fn leave(&mut self, guest: &Guest, why: &str) {
        let people = self.left.entry(why.to_owned()).or_default();
        if people.last() != Some(&guest.mail) {
            people.push(guest.mail.clone());
        }
    }

    fn told(&mut self) -> Vec<NotProposed> {
        let left = std::mem::take(&mut self.left);
        let told = left.into_iter().map(|(why, people)| {
            let more = people.len().saturating_sub(NAMED);
            let mut what = people
                .into_iter()
                .take(NAMED)
                .collect::<Vec<_>>()
                .join(", ");
            if more > 0 {
                what += &format!(" and {more} more");
            }
            NotProposed { what, why }
        });
        told.collect()
    }

    /// Makes an address that nothing has.
    fn fresh(&mut self, kind: Kind, stem: &str) -> Name {
        let stem: String = stem.chars().take(56).collect();
        let stem = stem.trim_end_matches('-');
        let mut number = 1_u64;
        loop {
            let text = match number {
                1 => stem.to_owned(),
                _ => format!("{stem}-{number}"),
            };
            let name = Name::parse(&text).or_else(|_| Name::parse(&format!("{kind}-{number}")));
            if let Ok(name) = name
                && self.taken.insert(Address::new(kind, &name))
            {
                return name;
            }
            number += 1;
        }
    }

    /// Keeps an object; one that its kind does not take is our bug, and the load of the proposal would tell.
    fn declare(&mut self, address: Address, body: Value) {
        if let Ok(object) = address.kind().decode(body) {
            self.objects.push(Printable {
                body: Body::of(&object),
                address,
                adopt: None,
            });
        }
    }

    /// Returns the resource that a role is of, or why no package can give it.
    fn resource(&mut self, hold: &Hold) -> Result<Name, String> {
        let place = &hold.place;
        let named = format!("{} `{}`", place.origin.key(), place.name);
        if place.origin == Origin::DirectoryRole {
            return Err(format!(
                "{named} is given to administrators, not by a proposal"
            ));
        }
        let is_group = matches!(place.origin, Origin::Group | Origin::Team);
        if is_group && let Some(why) = self.ground.closed.get(&place.name.to_lowercase()) {
            return Err(format!("{named} {why}"));
        }
        if let Some((name, resource)) = self.declared(place) {
            let address = Address::new(Kind::Resource, &name);
            if resource.membership_rule.is_some() {
                return Err(format!("{address} has its members by rule"));
            }
            if !resource.guests {
                return Err(format!("{address} takes no guests"));
            }
            if !resource.offered_roles().any(|role| role == hold.role) {
                return Err(format!("{address} offers no role `{}`", hold.role));
            }
            let known = (name.clone(), BTreeSet::new(), true);
            self.resources.entry(key(place)).or_insert(known);
            return Ok(name);
        }
        let sound = match place.origin {
            Origin::Site => HttpsUrl::parse(&place.name).is_ok(),
            _ => Line::parse(&place.name).is_ok(),
        };
        let fixed = is_group && !place.origin.usual_roles().contains(&&*hold.role);
        if !sound || fixed || place.name.contains("${") || hold.role.contains("${") {
            return Err(format!(
                "{named} with the role `{}` cannot be declared",
                hold.role
            ));
        }
        if Line::parse(&hold.role).is_err() {
            return Err(format!("{named} has a role that cannot be declared"));
        }
        if let Some((name, roles, _)) = self.resources.get_mut(&key(place)) {
            roles.insert(hold.role.clone());
            return Ok(name.clone());
        }
        // Of a site's address, what tells it from others.
        let called = match place.origin {
            Origin::Site => place.name.rsplit('/').find(|part| !part.is_empty()),
            _ => None,
        };
        let called = plain(called.unwrap_or(&place.name));
        let name = self.fresh(
            Kind::Resource,
            &called.unwrap_or_else(|| "resource".to_owned()),
        );
        let roles = BTreeSet::from([hold.role.clone()]);
        self.resources
            .insert(key(place), (name.clone(), roles, false));
        Ok(name)
    }

    /// Returns the resource that the tree declares for a place.
    fn declared(&self, place: &Place) -> Option<(Name, Resource)> {
        let objects = self.ground.desired?.objects().iter();
        let mut resources = objects.filter_map(|declaration| match &*declaration.object {
            Object::Resource(resource) => Some((declaration.address.own_name(), resource)),
            _ => None,
        });
        let (name, found) = resources.find(|(_, resource)| {
            let there = resource.origin().map(|(origin, name)| Place {
                origin,
                name: name.to_owned(),
            });
            there.is_some_and(|there| there.key() == place.key())
        })?;
        Some((Name::parse(name).ok()?, found.clone()))
    }

    /// Returns the organization of each guest who is covered; those that are not declared are made of what guests have in
    /// common: a tenant, or else a domain.
    fn organizations(
        &mut self,
        guests: &[Guest],
        covered: &BTreeSet<usize>,
    ) -> BTreeMap<usize, Name> {
        let mut homes = BTreeMap::new();
        let mut domains: BTreeMap<&Domain, Vec<usize>> = BTreeMap::new();
        for at in covered {
            let Some(guest) = guests.get(*at) else {
                continue;
            };
            match (&guest.organization, &guest.domain) {
                (Some(name), _) => drop(homes.insert(*at, name.clone())),
                (None, Some(domain)) if !self.is_own(domain) => {
                    domains.entry(domain).or_default().push(*at);
                }
                (None, _) => {}
            }
        }
        // Domains whose people all sign in with one tenant are one organization.
        let mut tenants: BTreeMap<String, Vec<&Domain>> = BTreeMap::new();
        for (domain, who) in &domains {
            let mut all: Vec<Option<&Guid>> = who
                .iter()
                .filter_map(|at| guests.get(*at))
                .map(|guest| guest.tenant.as_ref())
                .collect();
            all.dedup();
            let identity = match all[..] {
                [Some(tenant)] => tenant.to_string(),
                _ => format!("@{domain}"),
            };
            tenants.entry(identity).or_default().push(domain);
        }
        for (identity, mine) in tenants {
            let who: Vec<usize> = mine
                .iter()
                .filter_map(|domain| domains.get(domain))
                .flatten()
                .copied()
                .collect();
            let people: Vec<&Guest> = who.iter().filter_map(|at| guests.get(*at)).collect();
            let name = self.organization(&identity, &mine, &people);
            homes.extend(who.into_iter().map(|at| (at, name.clone())));
        }
        homes
    }

    fn is_own(&self, domain: &Domain) -> bool {
        self.ground.own.iter().any(|own| own == domain)
    }

    fn organization(&mut self, identity: &str, domains: &[&Domain], people: &[&Guest]) -> Name {
        let domain = domains.first().map_or("", |domain| domain.as_str());
        let company = company(people);
        let label = domain.split('.').next().unwrap_or_default();
        let short = plain(label).unwrap_or_else(|| "organization".to_owned());
        let free = Name::parse(&short).is_ok_and(|name| {
            !self
                .taken
                .contains(&Address::new(Kind::Organization, &name))
        });
        let stem = match free {
            true => short,
            false => plain(domain).unwrap_or(short),
        };
        let name = self.fresh(Kind::Organization, &stem);
        let mut body = json!({
            "displayName": company.unwrap_or(domain),
            "description": self.found(),
            "state": "proposed",
            "domains": domains.iter().map(|domain| domain.as_str()).collect::<Vec<_>>(),
        });
        if !identity.starts_with('@') {
            body["tenant"] = json!(identity);
        }
        let sponsors = self.sponsors(people);
        if !sponsors.is_empty() {
            body["sponsors"] = json!({ "internal": sponsors });
        }
        self.declare(Address::new(Kind::Organization, &name), body);
        name
    }

    fn found(&self) -> String {
        let day = self.ground.at.strftime("%Y-%m-%d");
        format!("Made of guests who were here without a package on {day}.")
    }

    /// Returns our own people who answer for these guests, those who answer for the most first.
    fn sponsors(&self, people: &[&Guest]) -> Vec<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for sponsor in people.iter().flat_map(|guest| &guest.sponsors) {
            let own = match sponsor {
                Principal::User(mail) => {
                    Domain::parse(mail.domain()).is_ok_and(|domain| self.is_own(&domain))
                }
                _ => false,
            };
            if own {
                *counts.entry(sponsor.to_string()).or_default() += 1;
            }
        }
        let mut sponsors: Vec<(usize, String)> = counts
            .into_iter()
            .map(|(name, count)| (count, name))
            .collect();
        sponsors.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
        let names = sponsors.into_iter().map(|(_, name)| name);
        names.take(REVIEWERS).collect()
    }

    /// Returns a package of the tree that gives this role alone and can be assigned to people of all these organizations.
    fn known(
        &self,
        resource: &Name,
        role: &str,
        by_home: &BTreeMap<Option<Name>, Vec<usize>>,
    ) -> Option<Known> {
        let tree = self.ground.desired?;
        let gives = |package: &Package| {
            let mut grants = package.grants.iter();
            let one = grants.next().is_some_and(|(name, roles)| {
                name == resource && roles.iter().map(Line::as_str).eq([role])
            });
            one && grants.next().is_none()
        };
        tree.objects().iter().find_map(|declaration| {
            let Object::Package(package) = &*declaration.object else {
                return None;
            };
            let name = Name::parse(declaration.address.name()).ok()?;
            let direct = |policy: &Name| {
                let found = tree.get(&Address::within(Kind::Policy, &name, policy));
                found.is_some_and(|declaration| {
                    matches!(&*declaration.object, Object::Policy(policy)
                        if matches!(policy.requestors, Requestors::Nobody) && policy.requests.enabled)
                })
            };
            let policies: BTreeMap<Option<Name>, Name> = by_home
                .keys()
                .map(|home| (home.clone(), policy_of(home.as_ref())))
                .collect();
            (gives(package) && policies.values().all(direct)).then_some((name, policies))
        })
    }

    /// Declares a package that gives one role, with a policy for each organization.
    fn package(
        &mut self,
        resource: &Name,
        role: &str,
        by_home: &BTreeMap<Option<Name>, Vec<usize>>,
        guests: &[Guest],
    ) -> Known {
        let stem = plain(&format!("{resource} {role}"));
        let name = self.fresh(Kind::Package, &stem.unwrap_or_else(|| "package".to_owned()));
        let title = format!("{}: {role}", self.title(resource));
        let title: String = title.chars().take(250).collect();
        let about = self.found();
        let catalog = match &self.catalog {
            Some(catalog) => catalog.clone(),
            None => self.fresh(Kind::Catalog, "discovered"),
        };
        self.catalog = Some(catalog.clone());
        self.granted.insert(resource.clone());
        self.declare(
            Address::new(Kind::Package, &name),
            json!({
                "catalog": catalog.as_str(),
                "displayName": title.trim(),
                "description": about,
                "grants": { resource.as_str(): role },
            }),
        );
        let mut policies = BTreeMap::new();
        for (home, who) in by_home {
            let people: Vec<&Guest> = who.iter().filter_map(|at| guests.get(*at)).collect();
            let policy = policy_of(home.as_ref());
            let reviewers = match self.sponsors(&people) {
                none if none.is_empty() => vec!["self".to_owned()],
                some => some,
            };
            self.declare(
                Address::within(Kind::Policy, &name, &policy),
                json!({
                    "requestors": "nobody",
                    "expires": { "after": LASTS },
                    "review": { "every": "quarterly", "reviewers": reviewers },
                }),
            );
            policies.insert(home.clone(), policy);
        }
        (name, policies)
    }

    /// Returns what people call a resource.
    fn title(&self, resource: &Name) -> String {
        let mut known = self.resources.iter();
        let found = known.find(|(_, (name, _, _))| name == resource);
        let place = found.map(|((_, place), _)| place.as_str());
        place.map_or_else(|| resource.to_string(), str::to_owned)
    }

    /// Declares the resources that are new, and the catalog of the packages that were made.
    fn finish(&mut self) {
        let Some(catalog) = self.catalog.take() else {
            return;
        };
        let used = std::mem::take(&mut self.granted);
        let resources = std::mem::take(&mut self.resources);
        for ((origin, place), (name, roles, declared)) in &resources {
            if *declared || !used.contains(name) {
                continue;
            }
            let mut body = json!({ origin.key(): place });
            let usual = origin.usual_roles();
            if roles.iter().any(|role| !usual.contains(&&**role)) {
                let all = usual.iter().map(|role| (*role).to_owned());
                body["roles"] = match origin {
                    Origin::Application => json!(roles),
                    _ => json!(all.chain(roles.iter().cloned()).collect::<BTreeSet<_>>()),
                };
            }
            self.declare(Address::new(Kind::Resource, name), body);
        }
        let number = catalog.as_str().rsplit_once('-').map(|(_, number)| number);
        let title = match number {
            Some(number) => format!("Discovered access {number}"),
            None => "Discovered access".to_owned(),
        };
        self.declare(
            Address::new(Kind::Catalog, &catalog),
            json!({
                "displayName": title,
                "description": self.found(),
                "externallyVisible": false,
                "resources": used,
            }),
        );
    }
}

/// Returns what tells a place from every other: a team is a group with a conversation.
fn key(place: &Place) -> (Origin, String) {
    let origin = match place.origin {
        Origin::Team => Origin::Group,
        other => other,
    };
    (origin, place.name.clone())
}

/// Returns the policy of an organization in a package.
fn policy_of(home: Option<&Name>) -> Name {
    let name = home.map_or(INDIVIDUALS, Name::as_str);
    Name::parse(name).expect("INVARIANT: a name of an organization is a name")
}

/// Returns the company that most of these people name, where it can be the name of an organization.
fn company<'g>(people: &[&'g Guest]) -> Option<&'g str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let companies = people.iter().filter_map(|guest| guest.company.as_deref());
    let sound = companies.filter(|company| Line::parse(company).is_ok() && !company.contains("${"));
    for company in sound {
        *counts.entry(company).or_default() += 1;
    }
    let best = counts
        .into_iter()
        .max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
    best.map(|(name, _)| name)
}
