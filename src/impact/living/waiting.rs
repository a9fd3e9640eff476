//! What a plan does to requests that are open: who is refused at delivery, and who is asked now.
//!
//! Where a plan changes only packages and policies, the requests for these are looked at; where it changes what tells people
//! apart, all that are open, each once.

use std::collections::{BTreeMap, BTreeSet};

use super::approving::Others;
use super::effect::What;
use super::{Counted, Living};
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
    others: BTreeMap<Other, Counted>,
}

/// What makes others decide a request.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Other {
    /// The organization of who asks, and whether it has sponsors when a later stage opens.
    Sponsors(Address, bool),
    /// The resource of a group that is another one, and whether it is asked then, and was not before.
    Group(Address, bool),
    /// The change by which others are in a group that is asked, the group, and whether that is in a stage to come.
    Members(Address, String, bool),
    /// What keeps somebody from signing in who is asked, or would be, and whether that is in a stage to come.
    Turning(Address, bool),
}

impl Living<'_> {
    /// Looks at the open requests that the plan may concern.
    pub(super) fn requests(&mut self) -> Result<(), Unread> {
        let mut waiting = Waiting::default();
        let mut look = |request: Request| self.request(&mut waiting, request);
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
        for (other, counted) in waiting.others {
            let (come, wait) = match counted.count {
                1 => ("comes", "waits"),
                _ => ("come", "wait"),
            };
            let (address, detail) = match other {
                Other::Sponsors(address, true) => {
                    let detail = format!("of people of {address} will be put to other sponsors");
                    (address, detail)
                }
                Other::Sponsors(address, false) => {
                    let detail =
                        format!("of people of {address} {come} to a stage without sponsors");
                    (address, detail)
                }
                Other::Group(address, true) => {
                    let detail = format!(
                        "will be put to the members of another group, which {address} is then"
                    );
                    (address, detail)
                }
                Other::Group(address, false) => {
                    let detail = format!(
                        "{wait} for members of a group that {address} is no longer, and who may not decide any more"
                    );
                    (address, detail)
                }
                Other::Members(address, group, true) => {
                    let detail =
                        format!("will be put to others: who is in {group} changes by {address}");
                    (address, detail)
                }
                Other::Turning(address, later) => {
                    let who = match (address.kind(), later) {
                        (Kind::ExternalUsers, false) => {
                            "lose their last package and are blocked from sign-in"
                        }
                        (Kind::ExternalUsers, true) => {
                            "loses the last package and is blocked from sign-in"
                        }
                        (_, false) => "cannot sign in any more",
                        (_, true) => "can sign in changes by cross-tenant access",
                    };
                    let detail = match later {
                        true => format!("will be put to others: who would be asked {who}"),
                        false => {
                            format!("{wait} for people who {who}, and who may not decide any more")
                        }
                    };
                    (address, detail)
                }
                Other::Members(address, group, false) => {
                    let detail = format!(
                        "{wait} for people who leave {group} by {address}, and who may not decide any more"
                    );
                    (address, detail)
                }
            };
            self.add(What::OtherApprover, &address, counted, detail);
        }
        Ok(())
    }

    /// Returns the packages that the plan changes, with their policies and catalogs; `None` where it changes more than these.
    fn packages_alone(&self) -> Option<BTreeSet<Address>> {
        // Whoever cannot sign in any more may be asked about any package, and whoever is of our own asks for none from outside.
        if self.moves_groups() || !self.parted.is_empty() || self.plan.own.is_some() {
            return None;
        }
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

    fn request(&self, waiting: &mut Waiting, mut request: Request) -> Result<(), Unread> {
        let Some(mut person) = self.get_record::<Person>(request.person.0)? else {
            return Ok(());
        };
        // What is asked for of another project is decided by its own tree.
        let Some(package) = self.now_at(request.package)? else {
            return Ok(());
        };
        // Both sides are looked at under the names of the one after.
        let _ = self.renamed.respell(&mut request) | self.renamed.respell(&mut person);
        let request = &request;
        if let Some(why) = self.obstacle(&package, request, &person)? {
            let (counted, reasons) = waiting.refused.entry(package).or_default();
            self.count(counted, &person);
            let _ = reasons.insert(why);
        } else if let Some(other) = self.other_approver(request, &person)? {
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
        let Some(policy) = self.now_at(request.policy)? else {
            return Ok(None);
        };
        // What is made anew is another object than the one that was asked for.
        let remade = |address: &Address| self.action(address) == Some(Action::Replace);
        if remade(package) {
            return Ok(Some("the package is created anew"));
        }
        if remade(&policy) {
            return Ok(Some("the policy is created anew"));
        }
        let judge = |at| self.stands_against(at, package, &policy, request, person);
        match judge(0)? {
            Some(_) => Ok(None),
            None => judge(1),
        }
    }

    /// Returns true for somebody whom a rule gives a package by the apply.
    fn will_have(&self, package: &Address, person: &Person) -> bool {
        let mut getting = self.getting.iter();
        getting.any(|one| one.package == *package && one.people.contains(&person.number))
    }

    /// Returns what stands against the delivery of a request on one side.
    pub(super) fn stands_against(
        &self,
        at: usize,
        package: &Address,
        policy: &Address,
        request: &Request,
        person: &Person,
    ) -> Result<Option<&'static str>, Unread> {
        let estate = self.estate(at);
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
        if at > 0 && !extends && self.will_have(package, person) {
            return Ok(Some("a rule gives the person the package"));
        }
        if !extends && estate.person(person).border.is_some() {
            return Ok(Some("the person cannot be invited"));
        }
        let adds = matches!(request.kind, RequestKind::UserAdd | RequestKind::AdminAdd);
        let is_refused =
            adds && offer.refuses_guests && (person.is_guest() || person.living().is_none());
        let refused = is_refused.then_some("nothing that the package gives takes guests any more");
        if !extends && request.kind != RequestKind::UserAdd {
            return Ok(refused);
        }
        if at > 0 && self.parted.contains(&person.number) && !person.is_blocked() {
            return Ok(Some("the person loses the last package and is blocked"));
        }
        let Some(catalog) = offer.catalog.filter(|it| it.published) else {
            return Ok(Some("the catalog is not published"));
        };
        if rules.requestors.is_outside() && !catalog.externally_visible {
            return Ok(Some("the catalog is closed to people from outside"));
        }
        if !self.covers(at, rules, person)? {
            return Ok(Some("the policy no longer covers the person"));
        }
        Ok(refused)
    }

    /// Returns what makes others decide a request.
    fn other_approver(&self, request: &Request, person: &Person) -> Result<Option<Other>, Unread> {
        if let Some(group) = self.left(request)? {
            return Ok(self.members(&group, false));
        }
        if let Some(one) = self.missing(request)? {
            return Ok(self.turned_by(one)?.map(|by| Other::Turning(by, false)));
        }
        let later = || request.terms.stages.iter().skip(request.stages.len());
        if let Some(other) = self.other_sponsors(request, later().flat_map(asked), person) {
            return Ok(Some(other));
        }
        if !self.moves_groups() && !self.turns() {
            return Ok(None);
        }
        for stage in later() {
            match self.other_members(request, stage, person)? {
                Some(Others::Members(group)) => return Ok(self.members(group, true)),
                Some(Others::Turning(one)) => {
                    return Ok(self.turned_by(one)?.map(|by| Other::Turning(by, true)));
                }
                None => {}
            }
        }
        Ok(None)
    }

    /// Says that others are in a group that is asked, or that it is another group.
    fn members(&self, group: &Principal, later: bool) -> Option<Other> {
        let Principal::Group(name) = group else {
            return None;
        };
        let is_another = self.before.group(name) != self.after.group(name);
        if let Some(resource) = Name::parse(name.as_str()).ok().filter(|_| is_another) {
            return Some(Other::Group(Address::new(Kind::Resource, &resource), later));
        }
        let cause = self.following.cause(&self.after.group(name))?;
        Some(Other::Members(cause, group.to_string(), later))
    }

    /// Returns the group through which somebody was asked who leaves it, and may not decide any more.
    fn left(&self, request: &Request) -> Result<Option<Principal>, Unread> {
        let Some(stage) = request.open_stage() else {
            return Ok(None);
        };
        for (id, group) in &stage.by_group {
            if !self.is_moved(group) {
                continue;
            }
            let person = self.get_record::<Person>(id.0)?;
            let Some(person) = person.filter(|it| self.can_act(0, it)) else {
                continue;
            };
            let mut is_in = [false, false];
            let through = stage.by_group.iter().filter(|(one, _)| one == id);
            for (_, group) in through {
                if let Principal::Group(name) = group {
                    for (at, is_in) in is_in.iter_mut().enumerate() {
                        let group = self.estate(at).group(name);
                        *is_in = *is_in || self.is_in(at, &person, &group)?;
                    }
                }
            }
            if is_in == [true, false] {
                return Ok(Some(group.clone()));
            }
        }
        Ok(None)
    }

    /// Returns the organization whose sponsors are asked in later stages, where it names others then.
    fn other_sponsors<'p>(
        &self,
        request: &Request,
        asked: impl Iterator<Item = &'p Principal>,
        person: &Person,
    ) -> Option<Other> {
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
            if let Principal::Sponsors(which @ (Sponsors::Internal | Sponsors::External)) =
                principal
            {
                let (old, new) = (sponsors(was, *which), sponsors(is, *which));
                if old != new {
                    let (address, _) = is.or(was)?;
                    let has = found.is_some_and(|(_, has)| has) || !new.is_empty();
                    found = Some((address.clone(), has));
                }
            }
        }
        found.map(|(address, has)| Other::Sponsors(address, has))
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
