//! Who approves: found when a stage opens.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::governance::record::{Asked, Person, PersonId, Request, RequestKind};
use crate::governance::request::policies;
use crate::governance::{Desk, Thing, Unread, directory, organization};
use crate::model::text::{Principal, Sponsors};

/// Finds approvers for one request: from its person and their organization, and never who must not decide.
pub(in crate::governance::request) struct Search {
    person: Person,
    organization: Option<Rc<Thing>>,
    excluded: BTreeSet<PersonId>,
}

/// The approvers that were found.
#[derive(Debug, Clone, Default)]
pub(in crate::governance::request) struct Found {
    /// Who may decide, in order of numbers.
    pub(in crate::governance::request) people: Vec<PersonId>,
    /// The groups through which some of them were found, where nothing else names them.
    pub(in crate::governance::request) by_group: Vec<(PersonId, Principal)>,
    /// Whether the fallback was needed.
    pub(in crate::governance::request) fell_back: bool,
}

/// Somebody who was found, and the group through which.
type Way = (PersonId, Option<Principal>);

impl Search {
    /// Looks for approvers of somebody's request.
    pub(in crate::governance::request) fn new(
        desk: &Desk<'_>,
        person: Person,
        by: Option<PersonId>,
        vouched: bool,
    ) -> Result<Self, Unread> {
        let organization = match person.is_outside() {
            true => match organization::of(desk, &person.mail, &person.identities)? {
                None if vouched => organization::claimed(desk, &person.mail)?,
                found => found,
            },
            false => None,
        };
        let excluded = std::iter::once(person.id()).chain(by).collect();
        Ok(Self {
            person,
            organization,
            excluded,
        })
    }

    /// Looks for approvers of a request's next stage: nobody who decided an earlier one.
    pub(super) fn of(desk: &Desk<'_>, request: &Request) -> Result<Self, Unread> {
        let by = match &request.by {
            Some(Asked::Person(id)) => Some(*id),
            Some(Asked::Operator(_)) | None => None,
        };
        // An administrator vouches for the address of somebody who has not signed in yet.
        let vouched = request.kind == RequestKind::AdminAdd;
        let mut search = Self::new(desk, desk.person(request.person)?, by, vouched)?;
        let earlier = request
            .stages
            .iter()
            .filter_map(|stage| stage.opinion.as_ref());
        search.excluded.extend(earlier.map(|opinion| opinion.by));
        Ok(search)
    }

    /// Leaves somebody out as well.
    pub(in crate::governance::request) fn without(mut self, people: &[PersonId]) -> Self {
        self.excluded.extend(people);
        self
    }

    /// Finds the people of a list; the fallback is asked in addition where one of the list cannot be found, and where
    /// nobody of it may decide.
    pub(in crate::governance::request) fn find<'p>(
        &self,
        desk: &Desk<'_>,
        list: impl IntoIterator<Item = &'p Principal>,
        fallback: impl IntoIterator<Item = &'p Principal>,
        lacking: bool,
    ) -> Result<Found, Unread> {
        let mut ways: Vec<Way> = Vec::new();
        let mut lacking = lacking;
        for principal in list {
            let found = self.principal(desk, principal)?;
            lacking |= found.is_empty();
            ways.extend(found);
        }
        let usable = ways
            .iter()
            .any(|(person, _)| !self.excluded.contains(person));
        let mut fell_back = false;
        if lacking || !usable {
            for principal in fallback {
                let found = self.principal(desk, principal)?;
                fell_back |= !found.is_empty();
                ways.extend(found);
            }
        }
        Ok(self.gather(ways, fell_back))
    }

    fn gather(&self, ways: Vec<Way>, fell_back: bool) -> Found {
        let mut people: BTreeMap<PersonId, Vec<Option<Principal>>> = BTreeMap::new();
        for (person, group) in ways {
            if !self.excluded.contains(&person) {
                people.entry(person).or_default().push(group);
            }
        }
        let mut found = Found {
            fell_back,
            ..Found::default()
        };
        for (person, groups) in people {
            found.people.push(person);
            if groups.iter().all(Option::is_some) {
                let groups = groups.into_iter().flatten();
                found.by_group.extend(groups.map(|group| (person, group)));
            }
        }
        found
    }

    /// Returns whom a principal names now; nobody when it cannot be resolved.
    fn principal(&self, desk: &Desk<'_>, principal: &Principal) -> Result<Vec<Way>, Unread> {
        Ok(match principal {
            Principal::User(_) | Principal::Group(_) => named(desk, principal, |_| true)?,
            Principal::Manager(level) => {
                let manager = policies::manager(desk, &self.person, *level)?;
                let manager = directory::acting(desk, manager)?;
                manager.map(|it| (it.id(), None)).into_iter().collect()
            }
            Principal::Oneself => Vec::new(),
            Principal::Sponsors(Sponsors::Own) => {
                let sponsors = self.person.sponsors.iter();
                all(desk, sponsors, |_| true)?
            }
            Principal::Sponsors(Sponsors::Internal) => match self.partner() {
                Some(partner) => all(desk, partner.sponsors.internal.iter(), |one| {
                    !one.is_outside()
                })?,
                None => Vec::new(),
            },
            Principal::Sponsors(Sponsors::External) => match self.partner() {
                Some(partner) => all(desk, partner.sponsors.external.iter(), Person::is_outside)?,
                None => Vec::new(),
            },
        })
    }

    fn partner(&self) -> Option<&crate::model::kinds::Organization> {
        self.organization
            .as_ref()
            .and_then(|thing| thing.organization())
    }
}

fn all<'p>(
    desk: &Desk<'_>,
    list: impl IntoIterator<Item = &'p Principal>,
    fits: impl Fn(&Person) -> bool + Copy,
) -> Result<Vec<Way>, Unread> {
    let mut found = Vec::new();
    for principal in list {
        found.extend(named(desk, principal, fits)?);
    }
    Ok(found)
}

fn named(
    desk: &Desk<'_>,
    principal: &Principal,
    fits: impl Fn(&Person) -> bool,
) -> Result<Vec<Way>, Unread> {
    let group = matches!(principal, Principal::Group(_)).then(|| principal.clone());
    let people = directory::named(desk, [principal])?;
    let people = people.into_iter().filter(|person| fits(person));
    Ok(people.map(|person| (person.id(), group.clone())).collect())
}
