//! What a plan does to what lives: assignments, open requests, pending invitations, and guests who are here already.
//!
//! Counted by the marks of a store, for what the plan touches and nothing else: holders of a package that changes, requests
//! for it, people of a domain that is refused now. People are looked at one by one only where a count cannot tell, and then
//! only those.

use std::collections::BTreeSet;

use super::compare::Impact;
use super::effect::{Effect, What};
use super::estate::Estate;
use super::sides::Sides;
use crate::governance::record::{
    Assignment, Entity, ExternalState, Key, Mark, ObjectId, Person, PersonId, RecordId, Request,
    RequestKind,
};
use crate::governance::rule::{Rule, matches};
use crate::governance::{Range, Unread, World};
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Catalog, Domains, Incompatible, Package};
use crate::model::text::{Domain, DomainRule};
use crate::model::{Address, Kind, Name, Object, canonical};
use crate::plan::{Action, Change, Delta, Plan};

/// How many people an effect names at most.
pub(super) const NAMED: usize = 1_000;

/// Finds what a plan does to what lives. `named` asks for the addresses of people.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(super) fn living(
    world: &dyn World,
    plan: &Plan,
    sides: &Sides<'_>,
    estates: [&Estate<'_>; 2],
    impact: &Impact,
    named: bool,
) -> Result<Vec<Effect>, Unread> {
    let mut living = Living {
        world,
        plan,
        sides,
        before: estates[0],
        after: estates[1],
        named,
        found: Vec::new(),
    };
    if world.last(Person::KIND)? == 0 {
        return Ok(Vec::new());
    }
    for change in &plan.changes {
        living.change(change)?;
    }
    living.requests(impact)?;
    living.found.retain(|effect| effect.count > 0);
    living
        .found
        .sort_by(|one, other| (one.what, &one.address).cmp(&(other.what, &other.address)));
    Ok(living.found)
}

struct Living<'l> {
    world: &'l dyn World,
    plan: &'l Plan,
    sides: &'l Sides<'l>,
    before: &'l Estate<'l>,
    after: &'l Estate<'l>,
    named: bool,
    found: Vec<Effect>,
}

impl Living<'_> {
    fn change(&mut self, change: &Change) -> Result<(), Unread> {
        let address = &change.address;
        let (before, after) = self.sides.both(address);
        match (before, after) {
            (Some(Object::Package(_)), None) | (Some(Object::Policy(_)), None) => self.gone(change),
            (Some(Object::Package(_)), Some(Object::Package(_)))
            | (Some(Object::Policy(_)), Some(Object::Policy(_)))
                if change.delta.action() == Action::Replace =>
            {
                self.gone(change)
            }
            (Some(Object::Package(old)), Some(Object::Package(new))) => {
                self.roles(change, old, new)?;
                self.excluded(change, old, new)
            }
            (Some(Object::Policy(old)), Some(Object::Policy(new))) => self.policy(change, old, new),
            (Some(Object::Catalog(old)), new) => {
                let new = match new {
                    Some(Object::Catalog(new)) => Some(new),
                    _ => None,
                };
                self.catalog(change, old, new)
            }
            (old, Some(Object::Domains(new))) => {
                let old = match old {
                    Some(Object::Domains(old)) => Some(old),
                    _ => None,
                };
                self.domains(change, old, new)
            }
            (_, Some(Object::CrossTenant(_))) => self.cross_tenant(change),
            (Some(Object::Organization(old)), Some(Object::Organization(new))) => {
                match canonical(&old.sponsors) == canonical(&new.sponsors) {
                    true => Ok(()),
                    false => self.sponsors(change),
                }
            }
            _ => Ok(()),
        }
    }

    /// Returns the store's object that a change is about.
    fn id(&self, change: &Change) -> Result<Option<ObjectId>, Unread> {
        let was = change.delta.before().and_then(|live| live.address.as_ref());
        let thing = match was {
            Some(was) => self.world.at(was)?,
            None => None,
        };
        Ok(thing.map(|thing| thing.id))
    }

    fn add(&mut self, what: What, address: &Address, count: u64, detail: impl Into<String>) {
        self.found.push(Effect {
            what,
            address: address.clone(),
            count,
            detail: detail.into(),
            people: BTreeSet::new(),
            names: Vec::new(),
        });
    }

    /// Adds an effect on people who are known one by one.
    fn add_people(
        &mut self,
        what: What,
        address: &Address,
        people: BTreeSet<u64>,
        detail: impl Into<String>,
    ) -> Result<(), Unread> {
        self.add(what, address, people.len() as u64, detail);
        let names = self.names(&people)?;
        if let Some(effect) = self.found.last_mut() {
            effect.people = people;
            effect.names = names;
        }
        Ok(())
    }

    fn names(&self, people: &BTreeSet<u64>) -> Result<Vec<String>, Unread> {
        let mut names = Vec::new();
        if self.named {
            for number in people.iter().take(NAMED) {
                let person = self.get::<Person>(*number)?;
                names.extend(person.map(|person| person.mail.to_string()));
            }
        }
        names.sort();
        Ok(names)
    }

    fn get<E: Entity>(&self, number: u64) -> Result<Option<E>, Unread> {
        let id = RecordId {
            kind: E::KIND,
            number,
        };
        Ok(self.world.record(id)?.and_then(E::from_record))
    }

    fn some<E: Entity>(&self, mark: Mark, key: Key) -> Result<Vec<E>, Unread> {
        let mut found = Vec::new();
        for (_, id) in self.world.marked(&Range::of(mark, key))? {
            found.extend(self.world.record(id)?.and_then(E::from_record));
        }
        Ok(found)
    }

    /// A package or policy goes: whoever has it loses it. One that is let go stays, and so do its holders.
    fn gone(&mut self, change: &Change) -> Result<(), Unread> {
        let deletes = matches!(change.delta, Delta::Prune { .. } | Delta::Replace { .. });
        let Some(id) = self.id(change)?.filter(|_| deletes) else {
            return Ok(());
        };
        let mark = match change.address.kind() {
            Kind::Package => Mark::AssignmentPackage,
            _ => Mark::AssignmentPolicy,
        };
        if self.is_within_one_that_goes(change) {
            return Ok(());
        }
        let people = self.holders(mark, id)?;
        let detail = match change.delta {
            Delta::Replace { .. } => ": it is deleted and created anew",
            _ => ": it is deleted",
        };
        self.add_people(What::End, &change.address, people, detail)
    }

    /// Returns true for a policy of a package that goes: whoever came through it holds the package.
    fn is_within_one_that_goes(&self, change: &Change) -> bool {
        let Some(parent) = change.address.parent() else {
            return false;
        };
        let mut changes = self.plan.changes.iter();
        changes.any(|other| {
            other.address == parent
                && matches!(other.delta, Delta::Prune { .. } | Delta::Replace { .. })
        })
    }

    fn holders(&self, mark: Mark, id: ObjectId) -> Result<BTreeSet<u64>, Unread> {
        let held = self.some::<Assignment>(mark, Key::new().object(id))?;
        Ok(held.into_iter().map(|it| it.person.0).collect())
    }

    /// A package gives other roles than before.
    fn roles(&mut self, change: &Change, old: &Package, new: &Package) -> Result<(), Unread> {
        let (was, is) = (roles(old), roles(new));
        let lost: BTreeSet<&Role> = was.difference(&is).collect();
        let gained: Vec<String> = is.difference(&was).map(words).collect();
        let Some(id) = self.id(change)?.filter(|_| was != is) else {
            return Ok(());
        };
        if !gained.is_empty() {
            let holders = self
                .world
                .count(Mark::AssignmentPackage, &Key::new().object(id))?;
            self.add(What::GainRole, &change.address, holders, gained.join(", "));
        }
        if lost.is_empty() {
            return Ok(());
        }
        let mut people = BTreeSet::new();
        for person in self.holders(Mark::AssignmentPackage, id)? {
            let others = self.elsewhere(PersonId(person), id)?;
            if lost.iter().any(|role| !others.contains(*role)) {
                let _ = people.insert(person);
            }
        }
        let lost: Vec<String> = lost.into_iter().map(words).collect();
        self.add_people(What::LoseRole, &change.address, people, lost.join(", "))
    }

    /// Returns the roles that somebody has through other packages than one, as these are after the plan.
    fn elsewhere(&self, person: PersonId, but: ObjectId) -> Result<BTreeSet<Role>, Unread> {
        let mut found = BTreeSet::new();
        let held = self.some::<Assignment>(Mark::AssignmentPerson, Key::new().person(person))?;
        for assignment in held.iter().filter(|it| it.package != but) {
            let Some(thing) = self.world.object(assignment.package)? else {
                continue;
            };
            if let Some(offer) = self
                .after
                .offer(self.sides.now_called(&thing.address).own_name())
            {
                found.extend(roles(offer.package));
            }
        }
        Ok(found)
    }

    /// A package excludes more than before: whoever holds both keeps both.
    fn excluded(&mut self, change: &Change, old: &Package, new: &Package) -> Result<(), Unread> {
        let was: BTreeSet<&Incompatible> = old.incompatible_with.iter().collect();
        let fresh: Vec<&Incompatible> = new
            .incompatible_with
            .iter()
            .filter(|one| !was.contains(one))
            .collect();
        let Some(id) = self.id(change)?.filter(|_| !fresh.is_empty()) else {
            return Ok(());
        };
        let mut both = BTreeSet::new();
        for other in fresh {
            let Incompatible::Package(name) = other else {
                continue;
            };
            let Some(other) = self.world.at(&Address::new(Kind::Package, name))? else {
                continue;
            };
            let (one, two) = (
                self.holders(Mark::AssignmentPackage, id)?,
                self.holders(Mark::AssignmentPackage, other.id)?,
            );
            both.extend(one.intersection(&two).copied());
        }
        let detail = "they also have what excludes it now, and keep both";
        self.add_people(What::Stay, &change.address, both, detail)
    }

    /// A policy changes: what was given through it stays as it was given, unless a rule gave it.
    fn policy(&mut self, change: &Change, old: &Policy, new: &Policy) -> Result<(), Unread> {
        let Some(id) = self.id(change)? else {
            return Ok(());
        };
        if let Requestors::Automatic(was) = &old.requestors {
            let rule = match &new.requestors {
                Requestors::Automatic(is) if was.rule == is.rule || !is.remove => None,
                Requestors::Automatic(is) => Rule::parse(is.rule.as_str()).ok(),
                _ => None,
            };
            if let Some(rule) = rule {
                let mut people = BTreeSet::new();
                for person in self.holders(Mark::AssignmentPolicy, id)? {
                    let person = self.get::<Person>(person)?;
                    people.extend(person.filter(|it| !matches(&rule, it)).map(|it| it.number));
                }
                let detail = ": the rule no longer matches them";
                self.add_people(What::End, &change.address, people, detail)?;
            }
        }
        if canonical(&old.expires) != canonical(&new.expires) {
            let held = self
                .world
                .count(Mark::AssignmentPolicy, &Key::new().object(id))?;
            let detail = match held {
                1 => "the present end date stays",
                _ => "their present end dates stay",
            };
            self.add(What::Stay, &change.address, held, detail);
        }
        Ok(())
    }

    /// A catalog closes: its packages cannot be asked for, and whoever has them keeps them.
    fn catalog(
        &mut self,
        change: &Change,
        old: &Catalog,
        new: Option<&Catalog>,
    ) -> Result<(), Unread> {
        let open = |catalog: &Catalog| {
            (
                catalog.published,
                catalog.published && catalog.externally_visible,
            )
        };
        let (was, is) = (open(old), new.map_or((false, false), open));
        let closes = |was: bool, is: bool| was && !is;
        if !closes(was.0, is.0) && !closes(was.1, is.1) {
            return Ok(());
        }
        let name = change.address.own_name();
        let packages: Vec<Address> = self
            .before
            .offers()
            .filter(|offer| offer.package.catalog.as_str() == name)
            .map(|offer| offer.address.clone())
            .collect();
        let mut held = 0;
        for package in &packages {
            if let Some(thing) = self.at_before(package)? {
                held += self
                    .world
                    .count(Mark::AssignmentPackage, &Key::new().object(thing))?;
            }
        }
        let by = if is.0 { " by people from outside" } else { "" };
        let keep = match held {
            0 => String::new(),
            1 => "; 1 assignment stays".to_owned(),
            n => format!("; {n} assignments stay"),
        };
        let detail = format!("{by}{keep}");
        self.add(What::Hide, &change.address, packages.len() as u64, detail);
        Ok(())
    }

    /// Returns the store's object of an address as the plan will have it.
    fn at_before(&self, address: &Address) -> Result<Option<ObjectId>, Unread> {
        let was = self.sides.was_called(address);
        Ok(self.world.at(&was)?.map(|thing| thing.id))
    }

    /// The list of domains changes: guests from domains that are refused now stay, and invitations that wait fail.
    fn domains(
        &mut self,
        change: &Change,
        old: Option<&Domains>,
        new: &Domains,
    ) -> Result<(), Unread> {
        let refused = |list: Option<&Domains>, domain: &Domain| {
            list.is_some_and(|list| crate::governance::people::refused(list, domain).is_some())
        };
        let was: BTreeSet<&DomainRule> = old
            .iter()
            .filter_map(|old| old.block.as_ref())
            .flatten()
            .collect();
        let blocked: Vec<&DomainRule> = new
            .block
            .iter()
            .flatten()
            .filter(|rule| !was.contains(rule))
            .collect();
        let mut people: BTreeSet<u64> = BTreeSet::new();
        for rule in &blocked {
            people.extend(self.of_domain(&rule.domain)?);
        }
        if new.allow.is_some() {
            // Whoever is refused now was of a domain that was allowed, or of any.
            match old.and_then(|old| old.allow.as_ref()) {
                Some(was) => {
                    for rule in was {
                        people.extend(self.of_domain(&rule.domain)?);
                    }
                }
                None => return self.all_but(change, new),
            }
        }
        let (mut guests, mut pending) = (BTreeSet::new(), BTreeSet::new());
        for number in people {
            let Some(person) = self.get::<Person>(number)? else {
                continue;
            };
            let Ok(domain) = Domain::parse(person.mail.domain()) else {
                continue;
            };
            if !refused(Some(new), &domain) || refused(old, &domain) {
                continue;
            }
            if is_pending(&person) {
                let _ = pending.insert(number);
            } else if person.is_outside() && person.living().is_some() {
                let _ = guests.insert(number);
            }
        }
        let detail = "their domain is refused from now on, and that touches nobody who is here";
        self.add_people(What::GuestStay, &change.address, guests, detail)?;
        let detail = "the domain is refused from now on";
        self.add_people(What::FailInvitation, &change.address, pending, detail)
    }

    /// Counts those whom a new list of allowed domains does not name.
    fn all_but(&mut self, change: &Change, new: &Domains) -> Result<(), Unread> {
        let mut all = self.world.count(Mark::PersonDomain, &Key::new())?;
        let mut known: BTreeSet<&Domain> = BTreeSet::new();
        let allowed = new.allow.iter().flatten();
        for rule in allowed.clone() {
            // A rule below another one is counted with it.
            let within = allowed.clone().any(|other| {
                other.subdomains && other.domain != rule.domain && other.domain.covers(&rule.domain)
            });
            if within || !known.insert(&rule.domain) {
                continue;
            }
            let wide = allowed
                .clone()
                .any(|it| it.domain == rule.domain && it.subdomains);
            all = all.saturating_sub(self.count_of(&rule.domain, wide)?);
        }
        for own in self.after.own {
            if !known.contains(own) {
                all = all.saturating_sub(self.count_of(own, false)?);
            }
        }
        let detail = "people of domains that are not allowed are not let in from now on, and whoever is here already is not touched";
        self.add(What::GuestStay, &change.address, all, detail);
        Ok(())
    }

    fn count_of(&self, domain: &Domain, wide: bool) -> Result<u64, Unread> {
        let key = Key::new().text(domain.as_str());
        let own = self.world.count(Mark::PersonDomain, &key)?;
        let below = match wide {
            true => self.world.count(Mark::PersonZone, &key)?,
            false => 0,
        };
        Ok(own + below)
    }

    fn of_domain(&self, domain: &Domain) -> Result<Vec<u64>, Unread> {
        let mut found = Vec::new();
        for mark in [Mark::PersonDomain, Mark::PersonZone] {
            let key = Key::new().text(domain.as_str());
            let marked = self.world.marked(&Range::of(mark, key))?;
            found.extend(marked.into_iter().map(|(_, id)| id.number));
        }
        Ok(found)
    }

    /// Cross-tenant access closes for an organization: its guests stay in the directory, and cannot sign in.
    fn cross_tenant(&mut self, change: &Change) -> Result<(), Unread> {
        let name = change.address.own_name();
        let closed = |side: Option<&Object>| matches!(side, Some(Object::CrossTenant(it)) if crate::governance::people::is_closed(it));
        let (old, new) = self.sides.both(&change.address);
        let (Ok(name), true) = (Name::parse(name), closed(new) && !closed(old)) else {
            return Ok(());
        };
        let address = Address::new(Kind::Organization, &name);
        let (_, Some(Object::Organization(organization))) = self.sides.both(&address) else {
            return Ok(());
        };
        let Some(tenant) = &organization.tenant else {
            return Ok(());
        };
        let identity = crate::governance::record::Identity::Tenant {
            tenant: tenant.clone(),
        };
        let people = self.some::<Person>(Mark::PersonIdentity, identity.key())?;
        let guests = people
            .iter()
            .filter(|it| it.is_outside() && it.living().is_some());
        let guests = guests.map(|it| it.number).collect();
        let detail = format!("cross-tenant access lets nobody of {address} in from now on");
        self.add_people(What::GuestStay, &change.address, guests, detail)
    }

    /// The sponsors of an organization change: stages that open later ask the new ones.
    fn sponsors(&mut self, change: &Change) -> Result<(), Unread> {
        let (_, Some(Object::Organization(organization))) = self.sides.both(&change.address) else {
            return Ok(());
        };
        let mut people = BTreeSet::new();
        for rule in &organization.domains {
            people.extend(self.of_domain(&rule.domain)?);
        }
        let mut asked = BTreeSet::new();
        for number in people {
            let key = Key::new().person(PersonId(number));
            for request in self.some::<Request>(Mark::RequestOpen, key)? {
                let later = request.terms.stages.iter().skip(request.stages.len());
                let mut names =
                    later.flat_map(|stage| stage.approvers.iter().chain(&stage.fallback));
                let sponsors = |it: &crate::model::text::Principal| {
                    use crate::model::text::{Principal, Sponsors};
                    matches!(
                        it,
                        Principal::Sponsors(Sponsors::Internal | Sponsors::External)
                    )
                };
                if names.any(sponsors) {
                    let _ = asked.insert(request.number);
                }
            }
        }
        self.add(What::OtherApprover, &change.address, asked.len() as u64, "");
        Ok(())
    }

    /// Open requests that can no longer be delivered, of packages that somebody may no longer have.
    fn requests(&mut self, impact: &Impact) -> Result<(), Unread> {
        let lost = impact
            .rows
            .iter()
            .filter(|row| row.before.len() > row.after.len() || row.after.is_empty());
        let mut packages: BTreeSet<&Address> = lost.flat_map(|row| &row.packages).collect();
        let changed: Vec<Address> = self
            .plan
            .changes
            .iter()
            .filter_map(|it| it.address.parent())
            .collect();
        packages.extend(&changed);
        for package in packages {
            let Some(id) = self.at_before(package)? else {
                continue;
            };
            let key = Key::new().object(id);
            let mut refused = BTreeSet::new();
            let mut why = BTreeSet::new();
            for request in self.some::<Request>(Mark::RequestPackage, key)? {
                if let Some(reason) = self.obstacle(package, &request)? {
                    let _ = refused.insert(request.number);
                    let _ = why.insert(reason);
                }
            }
            let why: Vec<&str> = why.into_iter().collect();
            self.add(What::Refuse, package, refused.len() as u64, why.join("; "));
        }
        Ok(())
    }

    /// Returns what will come between an open request and its delivery that did not before.
    fn obstacle(
        &self,
        package: &Address,
        request: &Request,
    ) -> Result<Option<&'static str>, Unread> {
        let by_user = matches!(request.kind, RequestKind::UserAdd | RequestKind::UserExtend);
        let Some(person) = self.get::<Person>(request.person.0)? else {
            return Ok(None);
        };
        let policy = match self.world.object(request.policy)? {
            Some(thing) => self.sides.now_called(&thing.address),
            None => return Ok(None),
        };
        let judge = |estate: &Estate<'_>| -> Result<Option<&'static str>, Unread> {
            let Some(offer) = estate.offer(package.own_name()) else {
                return Ok(Some("the package is gone"));
            };
            let mut policies = offer.policies.iter();
            let Some((_, rules)) = policies.find(|(address, _)| **address == policy) else {
                return Ok(Some("the policy is gone"));
            };
            let traits = estate.person(&person);
            if request.kind != RequestKind::UserExtend && traits.border.is_some() {
                return Ok(Some("the person cannot be invited"));
            }
            if !by_user {
                return Ok(None);
            }
            let Some(catalog) = offer.catalog.filter(|it| it.published) else {
                return Ok(Some("the catalog is not published"));
            };
            if rules.requestors.is_outside() && !catalog.externally_visible {
                return Ok(Some("the catalog is closed to people from outside"));
            }
            let named = |people: &crate::model::Set<crate::model::text::Principal>| {
                self.names_person(estate, people, &person)
            };
            let covers = traits.seen.class(&rules.requestors, named)?;
            Ok(covers
                .is_none()
                .then_some("the policy no longer covers the person"))
        };
        match judge(self.before)? {
            Some(_) => Ok(None),
            None => judge(self.after),
        }
    }

    /// Returns true when a list of people and groups names somebody.
    fn names_person(
        &self,
        estate: &Estate<'_>,
        people: &crate::model::Set<crate::model::text::Principal>,
        person: &Person,
    ) -> Result<bool, Unread> {
        use crate::governance::record::Place;
        use crate::model::text::Principal;
        for principal in people {
            let named = match principal {
                Principal::User(mail) => crate::governance::directory::has_mail(person, mail),
                Principal::Group(name) => {
                    let place = Place::group(&estate.group(name));
                    let key = place.key().person(person.id());
                    self.world.count(Mark::HoldPlace, &key)? > 0
                }
                _ => false,
            };
            if named {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A role of a resource.
type Role = (String, String);

fn roles(package: &Package) -> BTreeSet<Role> {
    let grants = package.grants.iter();
    grants
        .flat_map(|(resource, roles)| {
            roles
                .iter()
                .map(move |role| (resource.to_string(), role.to_string()))
        })
        .collect()
}

fn words((resource, role): &Role) -> String {
    format!("{role} of {resource}")
}

/// Returns true for somebody who was invited and has not redeemed.
fn is_pending(person: &Person) -> bool {
    let state = person.living().and_then(|account| account.state);
    state == Some(ExternalState::PendingAcceptance)
}
