//! The people of a test: as rows of an import, and how each of them signs in.

use std::collections::BTreeMap;

use super::ground::Ground;
use crate::governance::people::{ATTRIBUTES, GroupRow, MembershipRow, PersonRow, Row};
use crate::governance::record::{
    Creation, DirectoryRole, ExternalState, Governed, Identity, UserType,
};
use crate::governance::{Command, people};
use crate::model::Desired;
use crate::model::kinds::Organization;
use crate::model::text::{Email, Line, Principal, SignIn};
use crate::scenario::{self, DirectoryChange, Person, PersonKind, RoleWord, Scenario};

/// Who is there in a test.
pub(super) struct Cast<'s> {
    ground: &'s Ground,
    /// The tree that the test applied last, where it is not the tree as it is.
    pub(super) applied: Option<Desired>,
    /// Everybody, by address; those whom only the tree or a step names have no mapping of their own.
    people: BTreeMap<Email, Option<&'s Person>>,
}

/// Says that somebody has an attribute that nobody has.
pub(super) struct Unknown(pub(super) String);

impl<'s> Cast<'s> {
    pub(super) fn of(ground: &'s Ground, scenario: &'s Scenario) -> Self {
        let own = &scenario.script.given.people;
        let mut everybody = scenario::people(&scenario.script, &ground.named);
        let is_own = |mail: &Email| ground.tenant.is_own(mail.domain());
        everybody.extend(scenario::own_people(&scenario.script, is_own));
        let with = |mail: Email| {
            let person = own.get(&mail).map(|somebody| &somebody.0);
            (mail, person)
        };
        Self {
            ground,
            applied: None,
            people: everybody.into_iter().map(with).collect(),
        }
    }

    /// Returns what somebody is before the first step.
    fn kind(&self, mail: &Email) -> PersonKind {
        let person = self.people.get(mail).copied().flatten();
        if let Some(kind) = person.and_then(|person| person.kind) {
            return kind;
        }
        let own = self.ground.tenant.is_own(mail.domain());
        match (own, person) {
            (true, _) => PersonKind::Member,
            (false, Some(_)) => PersonKind::Visitor,
            (false, None) => PersonKind::Guest,
        }
    }

    /// Returns true for somebody who signs in elsewhere.
    pub(super) fn is_outside(&self, mail: &Email) -> bool {
        matches!(
            self.kind(mail),
            PersonKind::Guest | PersonKind::ExternalMember | PersonKind::Visitor
        )
    }

    /// Returns how somebody from outside signs in: as the test says, or as their organization does.
    pub(super) fn identity(&self, mail: &Email) -> Identity {
        let person = self.people.get(mail).copied().flatten();
        if let Some(sign_in) = person.and_then(|person| person.sign_in.as_ref()) {
            return identity(sign_in);
        }
        let applied = self.applied.as_ref();
        let named = person.and_then(|person| person.organization.as_ref());
        let organization = match named {
            Some(name) => self.ground.organization(applied, name),
            None => self.ground.organization_of(applied, mail.domain()),
        };
        organization.map_or(Identity::Passcode, usual)
    }

    /// Returns the commands that make everybody known who is no visitor.
    pub(super) fn commands(&self) -> Vec<Command> {
        let (mut rows, mut managed) = (Vec::new(), Vec::new());
        let mut groups: BTreeMap<String, GroupRow> = BTreeMap::new();
        let mut memberships = Vec::new();
        for (mail, person) in &self.people {
            if self.kind(mail) == PersonKind::Visitor {
                continue;
            }
            rows.push(Row::Person(Box::new(self.row(mail, *person))));
            let Some(person) = person else { continue };
            if let Some(manager) = &person.manager {
                managed.push(Row::Person(Box::new(PersonRow {
                    manager: Some(Some(manager.clone())),
                    ..PersonRow::new(mail.clone())
                })));
            }
            for group in &person.groups {
                let row = self.group(group);
                memberships.push(Row::Membership(MembershipRow {
                    group: row.name.clone(),
                    member: mail.clone(),
                    role: "Member".to_owned(),
                }));
                groups.insert(row.name.to_string(), row);
            }
            for sponsor in &person.sponsors {
                if let Principal::Group(name) = sponsor {
                    let row = self.group(name);
                    groups.insert(row.name.to_string(), row);
                }
            }
        }
        let groups = groups.into_values().map(Row::Group);
        let rows: Vec<Row> = groups
            .chain(rows)
            .chain(managed)
            .chain(memberships)
            .collect();
        let pieces = rows.chunks(people::PIECE);
        let import = |piece: &[Row]| people::Command::Import(piece.to_vec()).into();
        pieces.map(import).collect()
    }

    /// Returns the rows of what the directory says of somebody from now on; memberships that end are not among them.
    ///
    /// # Errors
    ///
    /// Says which attribute nobody has.
    pub(super) fn change(&self, change: &DirectoryChange) -> Result<Vec<Row>, Unknown> {
        let mail = &change.person;
        let mut row = PersonRow {
            name: change.name.as_ref().map(ToString::to_string),
            company: change.company.as_ref().map(|name| Some(name.to_string())),
            manager: change.manager.clone().map(Some),
            ..PersonRow::new(mail.clone())
        };
        for (name, value) in &change.attributes {
            known_attribute(mail, name)?;
            row.attributes.insert(name.clone(), Some(value.to_string()));
        }
        for name in change.without.iter() {
            known_attribute(mail, name.as_str())?;
            row.attributes.insert(name.to_string(), None);
        }
        let mut rows: Vec<Row> = Vec::new();
        let groups = change.joins.iter().map(|name| self.group(name));
        rows.extend(groups.clone().map(Row::Group));
        rows.push(Row::Person(Box::new(row)));
        rows.extend(groups.map(|group| {
            Row::Membership(MembershipRow {
                group: group.name,
                member: mail.clone(),
                role: "Member".to_owned(),
            })
        }));
        Ok(rows)
    }

    fn row(&self, mail: &Email, person: Option<&Person>) -> PersonRow {
        let kind = self.kind(mail);
        let outside = self.is_outside(mail);
        let (user_type, external) = match kind {
            PersonKind::Member | PersonKind::Visitor => (UserType::Member, false),
            PersonKind::Guest => (UserType::Guest, true),
            PersonKind::ExternalMember => (UserType::Member, true),
            PersonKind::InternalGuest => (UserType::Guest, false),
        };
        let named = mail
            .as_str()
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned();
        let mut row = PersonRow {
            name: Some(named),
            user_type: Some(user_type),
            external: Some(external),
            ..PersonRow::new(mail.clone())
        };
        let invited = person.is_some_and(|person| person.invited);
        if outside {
            let state = match invited {
                true => ExternalState::PendingAcceptance,
                false => ExternalState::Accepted,
            };
            row.creation = Some(Creation::Invitation);
            row.state = Some(Some(state));
            row.identities = Some(match invited {
                true => vec![Identity::Own],
                false => vec![self.identity(mail)],
            });
        }
        let Some(person) = person else { return row };
        if let Some(name) = &person.name {
            row.name = Some(name.to_string());
        }
        row.company = person.company.as_ref().map(|name| Some(name.to_string()));
        row.enabled = person.blocked.then_some(false);
        row.governed = person.governed.then_some(Governed::Governed);
        let zone = &self.ground.tenant.zone;
        row.last_sign_in = person.last_sign_in.map(|at| at.start(zone));
        if !person.sponsors.is_empty() {
            row.sponsors = Some(
                person
                    .sponsors
                    .iter()
                    .map(|one| self.sponsor(one))
                    .collect(),
            );
        }
        if !person.roles.is_empty() {
            row.roles = Some(person.roles.iter().map(|one| role(*one)).collect());
        }
        row.upn = person.user_principal_name.as_ref().map(ToString::to_string);
        if !person.other_mails.is_empty() {
            row.other_mails = Some(person.other_mails.iter().cloned().collect());
        }
        // INVARIANT: a tree in which somebody is given an attribute that nobody has is not valid, and no test of it is played.
        let attributes = person.attributes.iter();
        row.attributes
            .extend(attributes.map(|(name, value)| (name.clone(), Some(value.to_string()))));
        row
    }

    /// Returns the group that a name means: that of a resource of the tree, or one of the directory.
    pub(super) fn group(&self, name: &Line) -> GroupRow {
        let mut resources = self.ground.resources(self.applied.as_ref());
        let resource = resources.find(|(declared, _)| *declared == name.as_str());
        let declared = resource.and_then(|(_, resource)| resource.origin());
        let display = declared.and_then(|(_, display)| Line::parse(display).ok());
        GroupRow {
            name: display.unwrap_or_else(|| name.clone()),
            mail: None,
            rule: None,
            guests: None,
            owners: None,
        }
    }

    pub(super) fn sponsor(&self, sponsor: &Principal) -> Principal {
        match sponsor {
            Principal::Group(name) => Principal::Group(self.group(name).name),
            other => other.clone(),
        }
    }
}

/// Says who has an attribute that nobody has.
fn known_attribute(mail: &Email, name: &str) -> Result<(), Unknown> {
    if ATTRIBUTES.contains(&name) {
        return Ok(());
    }
    Err(Unknown(format!(
        "{mail} has an attribute `{name}` that nobody has"
    )))
}

/// Returns how people of an organization sign in.
fn usual(organization: &Organization) -> Identity {
    if let Some(tenant) = &organization.tenant {
        return Identity::Tenant {
            tenant: tenant.clone(),
        };
    }
    if let Some(federation) = &organization.federation {
        return Identity::Federation {
            issuer: federation.issuer.to_string(),
        };
    }
    match organization.social {
        Some(_) => Identity::Facebook,
        None => Identity::Passcode,
    }
}

/// Returns a way to sign in as the engine knows it.
pub(super) fn identity(sign_in: &SignIn) -> Identity {
    match sign_in {
        SignIn::Tenant(tenant) => Identity::Tenant {
            tenant: tenant.clone(),
        },
        SignIn::Federation(issuer) => Identity::Federation {
            issuer: issuer.to_string(),
        },
        SignIn::MicrosoftAccount => Identity::MicrosoftAccount,
        SignIn::Google => Identity::Google,
        SignIn::Facebook => Identity::Facebook,
        SignIn::Passcode => Identity::Passcode,
    }
}

pub(super) const fn role(word: RoleWord) -> DirectoryRole {
    match word {
        RoleWord::GlobalAdministrator => DirectoryRole::GlobalAdministrator,
        RoleWord::IdentityGovernanceAdministrator => DirectoryRole::IdentityGovernanceAdministrator,
        RoleWord::ConnectedOrganizationAdministrator => {
            DirectoryRole::ConnectedOrganizationAdministrator
        }
        RoleWord::CatalogCreator => DirectoryRole::CatalogCreator,
        RoleWord::UserAdministrator => DirectoryRole::UserAdministrator,
        RoleWord::GuestInviter => DirectoryRole::GuestInviter,
        RoleWord::GlobalReader => DirectoryRole::GlobalReader,
    }
}
