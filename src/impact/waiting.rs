//! What a plan does to requests that are open: who is refused at delivery, and who is asked now.
//!
//! Where a plan changes only packages and policies, the requests for these are looked at; where it changes what tells people
//! apart, all that are open, each once.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::What;
use super::estate::Estate;
use super::living::{Counted, Living};
use crate::governance::Unread;
use crate::governance::record::{Key, Mark, Person, Request, RequestKind, RequestState};
use crate::governance::request::escalates;
use crate::model::kinds::Organization;
use crate::model::kinds::policy::Stage;
use crate::model::text::{Principal, Sponsors};
use crate::model::{Address, Kind, Name};
use crate::plan::Action;

/// What becomes of requests, by the object that it is about.
#[derive(Debug, Default)]
struct Waiting {
    refused: BTreeMap<Address, (Counted, BTreeSet<&'static str>)>,
    others: BTreeMap<(Address, bool), Counted>,
}

impl Living<'_> {
    /// Looks at the open requests that the plan may concern.
    pub(super) fn requests(&mut self) -> Result<(), Unread> {
        let mut waiting = Waiting::default();
        let mut look = |request: Request| self.request(&mut waiting, &request);
        match self.packages_alone() {
            None => self.each(Mark::RequestPackage, Key::new(), &mut look)?,
            Some(packages) => {
                for package in &packages {
                    if let Some(id) = self.at_before(package)? {
                        self.each(Mark::RequestPackage, Key::new().object(id), &mut look)?;
                    }
                }
            }
        }
        for (package, (counted, why)) in waiting.refused {
            let why: Vec<&str> = why.into_iter().collect();
            self.add(What::Refuse, &package, counted, why.join("; "));
        }
        for ((address, found), counted) in waiting.others {
            let whose = match counted.count {
                1 => "comes",
                _ => "come",
            };
            let detail = match (address.kind(), found) {
                (Kind::Organization, true) => {
                    format!("of people of {address} will be put to other sponsors")
                }
                (Kind::Organization, false) => {
                    format!("of people of {address} {whose} to a stage without sponsors")
                }
                (_, true) => {
                    format!("will be put to the members of another group, which {address} is then")
                }
                (_, false) => format!(
                    "{} for members of a group that {address} is no longer, and who may not decide any more",
                    match counted.count {
                        1 => "waits",
                        _ => "wait",
                    }
                ),
            };
            self.add(What::OtherApprover, &address, counted, detail);
        }
        Ok(())
    }

    /// Returns the packages that the plan changes, with their policies and catalogs; `None` where it changes more than these.
    fn packages_alone(&self) -> Option<BTreeSet<Address>> {
        let mut packages = BTreeSet::new();
        let mut catalogs = BTreeSet::new();
        for change in &self.plan.changes {
            match change.address.kind() {
                Kind::Package => drop(packages.insert(change.address.clone())),
                Kind::Policy => packages.extend(change.address.parent()),
                Kind::Catalog => drop(catalogs.insert(change.address.own_name())),
                Kind::Resource
                | Kind::Organization
                | Kind::CrossTenant
                | Kind::Domains
                | Kind::Collaboration => return None,
                Kind::ExternalUsers | Kind::TermsOfUse | Kind::Administrators => {}
            }
        }
        if !catalogs.is_empty() {
            let offers = self.before.offers();
            let within = offers.filter(|offer| catalogs.contains(offer.package.catalog.as_str()));
            packages.extend(within.map(|offer| offer.address.clone()));
        }
        Some(packages)
    }

    fn request(&self, waiting: &mut Waiting, request: &Request) -> Result<(), Unread> {
        let Some(person) = self.get_record::<Person>(request.person.0)? else {
            return Ok(());
        };
        let Some(package) = self.world.object(request.package)? else {
            return Ok(());
        };
        let package = self.sides.now_called(&package.address);
        if let Some(why) = self.obstacle(&package, request, &person)? {
            let (counted, reasons) = waiting.refused.entry(package).or_default();
            self.count(counted, &person);
            let _ = reasons.insert(why);
        } else if let Some(other) = self.other_approver(request, &person) {
            self.count(waiting.others.entry(other).or_default(), &person);
        }
        Ok(())
    }

    /// Returns what will come between an open request and its delivery that did not before.
    fn obstacle(
        &self,
        package: &Address,
        request: &Request,
        person: &Person,
    ) -> Result<Option<&'static str>, Unread> {
        let Some(policy) = self.world.object(request.policy)? else {
            return Ok(None);
        };
        let policy = self.sides.now_called(&policy.address);
        // What is made anew is another object than the one that was asked for.
        let remade = |address: &Address| self.action(address) == Some(Action::Replace);
        if remade(package) {
            return Ok(Some("the package is created anew"));
        }
        if remade(&policy) {
            return Ok(Some("the policy is created anew"));
        }
        let judge = |estate| self.stands_against(estate, package, &policy, request, person);
        match judge(self.before)? {
            Some(_) => Ok(None),
            None => judge(self.after),
        }
    }

    /// Returns what stands against the delivery of a request on one side.
    fn stands_against(
        &self,
        estate: &Estate<'_>,
        package: &Address,
        policy: &Address,
        request: &Request,
        person: &Person,
    ) -> Result<Option<&'static str>, Unread> {
        let Some(offer) = estate.offer(package.own_name()) else {
            return Ok(Some(match self.action(package) {
                Some(Action::Forget) => "the tree lets the package go",
                _ => "the package is gone",
            }));
        };
        let Some(rules) = offer.policy(policy) else {
            return Ok(Some(match self.action(policy) {
                Some(Action::Forget) => "the tree lets the policy go",
                _ => "the policy is gone",
            }));
        };
        if request.state == RequestState::Delivering {
            // Nothing is asked any more but whether there is something to give.
            return Ok(None);
        }
        let extends = request.kind == RequestKind::UserExtend;
        if !extends && estate.person(person).border.is_some() {
            return Ok(Some("the person cannot be invited"));
        }
        if !extends && request.kind != RequestKind::UserAdd {
            return Ok(None);
        }
        let Some(catalog) = offer.catalog.filter(|it| it.published) else {
            return Ok(Some("the catalog is not published"));
        };
        if rules.requestors.is_outside() && !catalog.externally_visible {
            return Ok(Some("the catalog is closed to people from outside"));
        }
        let covered = self.covers(estate, rules, person)?;
        Ok((!covered).then_some("the policy no longer covers the person"))
    }

    /// Returns what makes others decide a request: an organization, with whether it has sponsors when a later stage opens; or
    /// the resource of a group, with whether it is asked then, and was not before.
    fn other_approver(&self, request: &Request, person: &Person) -> Option<(Address, bool)> {
        let stage = request.open_stage();
        let asked_now = stage.into_iter().flat_map(|stage| &stage.by_group);
        if let Some(moved) = asked_now
            .into_iter()
            .find_map(|(_, group)| self.moved(group))
        {
            return Some((moved, false));
        }
        let later = request.terms.stages.iter().skip(request.stages.len());
        let asked: Vec<&Principal> = later.flat_map(asked).collect();
        let vouched = request.kind == RequestKind::AdminAdd;
        let (was, is) = (
            self.before.answering(person, vouched),
            self.after.answering(person, vouched),
        );
        let sponsors = |side: Option<(&Address, &Organization)>, which: Sponsors| -> Vec<String> {
            let sponsors = side.map(|(_, organization)| &organization.sponsors);
            let list = sponsors.map(|sponsors| match which {
                Sponsors::External => &sponsors.external,
                _ => &sponsors.internal,
            });
            let list = list.into_iter().flat_map(|list| list.iter());
            list.map(ToString::to_string).collect()
        };
        let mut found = None;
        for principal in asked {
            match principal {
                Principal::Sponsors(which @ (Sponsors::Internal | Sponsors::External)) => {
                    let (old, new) = (sponsors(was, *which), sponsors(is, *which));
                    if old != new {
                        let (address, _) = is.or(was)?;
                        let has = found.is_some_and(|(_, has)| has) || !new.is_empty();
                        found = Some((address.clone(), has));
                    }
                }
                group => {
                    if let Some(moved) = self.moved(group) {
                        return Some((moved, true));
                    }
                }
            }
        }
        found
    }

    /// Returns the resource by which a principal names a group, where that is another group after the plan.
    fn moved(&self, principal: &Principal) -> Option<Address> {
        match principal {
            Principal::Group(name) if self.before.group(name) != self.after.group(name) => {
                let resource = Name::parse(name.as_str()).ok()?;
                Some(Address::new(Kind::Resource, &resource))
            }
            _ => None,
        }
    }
}

/// Returns everybody whom a stage names.
fn asked(stage: &Stage) -> Vec<&Principal> {
    let mut asked: Vec<&Principal> = stage.approvers.iter().chain(&stage.fallback).collect();
    if let Some(escalation) = escalates(stage) {
        asked.extend(escalation.approvers.iter().chain(&escalation.fallback));
    }
    asked
}
