//! A proposal, made: a package for each role that guests hold, and in it a policy for each organization.
//!
//! The one idea to know: a proposal gives nobody anything that they do not hold already. A package grants one role; nobody can
//! ask for it; new organizations are `proposed`, so that no other policy covers their people. What is proposed is an end, and
//! somebody who looks again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::guest::Guest;
use super::homes::organizations;
use super::paper::{Ground, Paper};
use super::places::Places;
use crate::app::import::plain;
use crate::governance::record::{Hold, Source};
use crate::load::print::Printable;
use crate::model::kinds::Package;
use crate::model::kinds::policy::Requestors;
use crate::model::text::Line;
use crate::model::{Address, Kind, Name, Object};
use crate::render::json::v1::NotProposed;

/// How long proposed access lasts.
const LASTS: &str = "180d";
/// How many people are named where one reason holds for many.
const NAMED: usize = 10;
/// Why somebody who cannot sign in is left out.
const BLOCKED: &str = "sign-in is blocked; `guestlist guest offboard` parts with people";
/// Why somebody is left out for whom there is nothing to give.
const NOTHING: &str =
    "nothing is held here that a package could give; `guestlist guest offboard` parts with people";
/// The policy of people who are from no organization.
const INDIVIDUALS: &str = "individuals";

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
        paper: Paper::new(ground),
        places: Places::of(ground),
        catalog: None,
        granted: BTreeSet::new(),
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
            match maker.places.resource(&mut maker.paper, hold) {
                Ok(name) => {
                    roles.entry((name, hold.role.clone())).or_default().push(at);
                    covered.insert(at);
                }
                Err(why) => maker.leave(guest, &why),
            }
        }
    }
    let homes = organizations(&mut maker.paper, guests, &covered);
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
        objects: maker.paper.objects,
        lines,
        covered: covered.len() as u64,
    }
}

/// A package, and the policy of each organization in it.
type Known = (Name, BTreeMap<Option<Name>, Name>);

struct Maker<'g> {
    paper: Paper<'g>,
    places: Places,
    /// The catalog of the packages that are made.
    catalog: Option<Name>,
    /// The resources of which they give roles.
    granted: BTreeSet<Name>,
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

    /// Returns a package of the tree that gives this role alone and can be assigned to people of all these organizations.
    fn known(
        &self,
        resource: &Name,
        role: &str,
        by_home: &BTreeMap<Option<Name>, Vec<usize>>,
    ) -> Option<Known> {
        let tree = self.paper.ground.desired?;
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
        let name = self
            .paper
            .fresh(Kind::Package, &stem.unwrap_or_else(|| "package".to_owned()));
        let title = format!("{}: {role}", self.places.title(resource));
        let title: String = title.chars().take(250).collect();
        let about = self.paper.found();
        let catalog = match &self.catalog {
            Some(catalog) => catalog.clone(),
            None => self.paper.fresh(Kind::Catalog, "discovered"),
        };
        self.catalog = Some(catalog.clone());
        self.granted.insert(resource.clone());
        self.paper.declare(
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
            let reviewers = match self.paper.sponsors(&people) {
                none if none.is_empty() => vec!["self".to_owned()],
                some => some,
            };
            self.paper.declare(
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

    /// Declares the resources that are new, and the catalog of the packages that were made.
    fn finish(&mut self) {
        let Some(catalog) = self.catalog.take() else {
            return;
        };
        let used = std::mem::take(&mut self.granted);
        self.places.declare(&mut self.paper, &used);
        let number = catalog.as_str().rsplit_once('-').map(|(_, number)| number);
        let title = match number {
            Some(number) => format!("Discovered access {number}"),
            None => "Discovered access".to_owned(),
        };
        let about = self.paper.found();
        self.paper.declare(
            Address::new(Kind::Catalog, &catalog),
            json!({
                "displayName": title,
                "description": about,
                "externallyVisible": false,
                "resources": used,
            }),
        );
    }
}

/// Returns the policy of an organization in a package.
fn policy_of(home: Option<&Name>) -> Name {
    let name = match home.map(Name::as_str) {
        None => INDIVIDUALS,
        Some(INDIVIDUALS) => "organization-individuals",
        Some(name) => name,
    };
    Name::parse(name).expect("INVARIANT: a name of an organization is a name")
}

#[cfg(test)]
mod tests;
