//! Which policies cover somebody, and which of them counts. Fact sheet `entra-behaviour` §2.

use std::rc::Rc;

use super::{Asker, likeness};
use crate::governance::record::{Identity, Person, PersonId};
use crate::governance::{Desk, Thing, Unread, directory, invitation, organization};
use crate::model::kinds::OrganizationState;
use crate::model::kinds::policy::{OnBehalf, Policy, Requestors};
use crate::model::text::Principal;
use crate::model::{Kind, Set};

/// How narrow a policy's scope is. The narrowest class that covers somebody counts alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Specific people, groups or organizations.
    Specific,
    /// All members.
    Members,
    /// All members and guests.
    Directory,
    /// All configured organizations, or anybody from outside.
    External,
}

/// What somebody may do for somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Ask for a package.
    Add,
    /// Ask to keep it longer.
    Update,
    /// Give it back.
    Remove,
}

/// Somebody and their organization, looked up once for many policies.
pub(super) struct Covered<'p> {
    pub(super) person: &'p Person,
    /// The organization that a verified identity proves.
    pub(super) organization: Option<Rc<Thing>>,
    /// That the domain looks like another one, in words.
    pub(super) warning: Option<String>,
    passcodes: bool,
}

impl<'p> Covered<'p> {
    pub(super) fn new(desk: &Desk<'_>, person: &'p Person) -> Result<Self, Unread> {
        let (mut organization, mut warning) = (None, None);
        if person.is_outside() {
            organization = organization::of(desk, &person.mail, &person.identities)?;
            warning = likeness::warning(desk, person.mail.domain())?;
        }
        Ok(Self {
            person,
            organization,
            warning,
            passcodes: invitation::passcode_is_on(desk)?,
        })
    }

    /// Returns true for somebody who can only sign in by a passcode, where none are sent.
    pub(super) fn lacks_passcode(&self) -> bool {
        let by_passcode = self.person.identities == [Identity::Passcode];
        self.person.is_outside() && by_passcode && !self.passcodes
    }

    /// Returns in which class a policy covers them; `None` when it does not.
    pub(super) fn class(&self, desk: &Desk<'_>, policy: &Policy) -> Result<Option<Class>, Unread> {
        let person = self.person;
        let organization = self.organization.as_ref().and_then(|thing| {
            let state = thing.organization()?.state;
            Some((thing.address.own_name(), state))
        });
        let seen = Seen {
            living: person.living().is_some(),
            member: person.is_member(),
            outside: person.is_outside(),
            organization,
            lacks_passcode: self.lacks_passcode(),
        };
        seen.class(&policy.requestors, |people| {
            directory::names(desk, people.iter(), person)
        })
    }
}

/// What of somebody decides which policies cover them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seen<'s> {
    /// Whether they have an account that is not deleted.
    pub living: bool,
    /// Whether that makes them a member of the directory.
    pub member: bool,
    /// Whether they sign in elsewhere.
    pub outside: bool,
    /// The name and the state of the organization that a verified identity proves.
    pub organization: Option<(&'s str, OrganizationState)>,
    /// Whether they can only sign in by a passcode, where none are sent.
    pub lacks_passcode: bool,
}

impl Seen<'_> {
    /// Returns in which class requestors include them; `None` when they do not. `named` tells whether a list of people and
    /// groups names them.
    ///
    /// # Errors
    ///
    /// Those of `named`.
    pub fn class<E>(
        &self,
        requestors: &Requestors,
        named: impl FnOnce(&Set<Principal>) -> Result<bool, E>,
    ) -> Result<Option<Class>, E> {
        let class = |covers: bool, class: Class| covers.then_some(class);
        Ok(match requestors {
            Requestors::People(people) => class(self.living && named(people)?, Class::Specific),
            Requestors::Members => class(self.member, Class::Members),
            Requestors::MembersAndGuests => class(self.living, Class::Directory),
            Requestors::Organizations(names) => {
                let is_named = self
                    .organization
                    .is_some_and(|(mine, _)| names.iter().any(|name| name.as_str() == mine));
                class(is_named && !self.lacks_passcode, Class::Specific)
            }
            Requestors::ConfiguredOrganizations => {
                let configured = self
                    .organization
                    .is_some_and(|(_, state)| state == OrganizationState::Configured);
                class(configured && !self.lacks_passcode, Class::External)
            }
            Requestors::AnyExternal => class(self.outside && !self.lacks_passcode, Class::External),
            Requestors::Nobody
            | Requestors::Automatic(_)
            | Requestors::AllServicePrincipals
            | Requestors::AllAgentIdentities
            | Requestors::ServicePrincipals(_) => None,
        })
    }
}

/// Returns true when an administrator may assign somebody through a policy: it covers them, or is for direct assignment
/// alone. Of somebody who has proved nothing so far, the domain counts.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn admits(
    desk: &Desk<'_>,
    policy: &Policy,
    person: &Person,
) -> Result<bool, Unread> {
    if matches!(policy.requestors, Requestors::Nobody) {
        return Ok(policy.requests.enabled);
    }
    let mut covered = Covered {
        person,
        organization: None,
        warning: None,
        passcodes: true,
    };
    if policy.requestors.is_outside() && person.is_outside() {
        covered.organization = match organization::of(desk, &person.mail, &person.identities)? {
            Some(organization) => Some(organization),
            None => organization::claimed(desk, &person.mail)?,
        };
    }
    Ok(covered.class(desk, policy)?.is_some())
}

/// Returns the policies of a package that cover somebody, each with its class, whatever their class.
pub(super) fn covering(
    desk: &Desk<'_>,
    covered: &Covered<'_>,
    package: &Thing,
) -> Result<Vec<(Class, Rc<Thing>)>, Unread> {
    let mut found = Vec::new();
    for thing in desk.things(Kind::Policy, Some(&package.address))? {
        let Some(policy) = thing.policy() else {
            continue;
        };
        if let Some(class) = covered.class(desk, policy)? {
            found.push((class, thing));
        }
    }
    found.sort_by(|one, other| (one.0, &one.1.address).cmp(&(other.0, &other.1.address)));
    Ok(found)
}

/// Keeps the policies of the narrowest class.
pub(super) fn narrowest(found: Vec<(Class, Rc<Thing>)>) -> Vec<Rc<Thing>> {
    let best = found.iter().map(|(class, _)| *class).min();
    let kept = found.into_iter().filter(|(class, _)| Some(*class) == best);
    kept.map(|(_, policy)| policy).collect()
}

/// Returns true when a policy lets who asks do it for the person; always true for the person.
pub(super) fn on_behalf(
    desk: &Desk<'_>,
    policy: &Policy,
    asker: &Asker,
    deed: Deed,
) -> Result<bool, Unread> {
    let Some(by) = &asker.by else {
        return Ok(true);
    };
    let Some(OnBehalf {
        requestors,
        add,
        update,
        remove,
    }) = &policy.on_behalf
    else {
        return Ok(false);
    };
    let allowed = match deed {
        Deed::Add => *add,
        Deed::Update => *update,
        Deed::Remove => *remove,
    };
    if !allowed {
        return Ok(false);
    }
    for principal in requestors.iter() {
        if let Principal::Manager(level) = principal
            && manager(desk, &asker.person, *level)?.is_some_and(|manager| manager.id() == by.id())
        {
            return Ok(true);
        }
    }
    directory::names(desk, requestors.iter(), by)
}

/// Returns the manager of somebody, so many levels up; `None` when there is none.
pub(super) fn manager(
    desk: &Desk<'_>,
    person: &Person,
    level: u8,
) -> Result<Option<Person>, Unread> {
    let mut next: Option<PersonId> = person.manager;
    let mut found = None;
    for _ in 0..level {
        let Some(id) = next else {
            return Ok(None);
        };
        found = desk.get::<Person>(id.0)?;
        next = found.as_ref().and_then(|person| person.manager);
    }
    Ok(found)
}
