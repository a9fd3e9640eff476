//! What a plan does to requests that are open: who is refused at delivery, and who is asked now.

use std::collections::BTreeSet;

use super::compare::Impact;
use super::effect::What;
use super::estate::Estate;
use super::living::Living;
use crate::governance::Unread;
use crate::governance::directory::has_mail;
use crate::governance::record::{Key, Mark, Person, PersonId, Place, Request, RequestKind};
use crate::model::text::{Principal, Sponsors};
use crate::model::{Address, Object, Set};
use crate::plan::Change;

impl Living<'_> {
    /// The sponsors of an organization change: stages that open later ask the new ones.
    pub(super) fn sponsors(&mut self, change: &Change) -> Result<(), Unread> {
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
                let sponsors = |it: &Principal| {
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
    pub(super) fn requests(&mut self, impact: &Impact) -> Result<(), Unread> {
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
            let named = |people: &Set<Principal>| self.names_person(estate, people, &person);
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
        people: &Set<Principal>,
        person: &Person,
    ) -> Result<bool, Unread> {
        for principal in people {
            let named = match principal {
                Principal::User(mail) => has_mail(person, mail),
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
