//! The directory: where accounts and roles really are.

use crate::governance::record::{
    Assignment, Entity, Group, Key, Mark, Person, RecordId, RecordKind,
};
use crate::governance::{Effect, Outcome, Range, Role, Unread, World, directory};
use crate::model::kinds::{Origin, Resource};
use crate::model::{Address, Kind};

/// Where accounts and roles really are: the store itself, or a tenant.
pub trait Directory {
    /// Returns true for a directory whose rows are those of the store: then an effect and its outcome are kept as one.
    fn is_store(&self) -> bool;

    /// Carries out an effect, or finds out that it is done already: the key is the same however often it is tried.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell what is needed for it.
    fn perform(&mut self, key: &str, effect: &Effect, world: &dyn World)
    -> Result<Outcome, Unread>;
}

/// The directory of a store that stands alone: accounts and roles are the store's own records. It refuses what a tenant's
/// directory would refuse.
#[derive(Debug, Clone, Copy)]
pub struct Embedded;

impl Directory for Embedded {
    fn is_store(&self) -> bool {
        true
    }

    fn perform(&mut self, _: &str, effect: &Effect, world: &dyn World) -> Result<Outcome, Unread> {
        let refused = match effect {
            Effect::Grant(role) => refuses(world, role)?,
            Effect::Revoke(_) | Effect::CreateGuest { .. } | Effect::Mail(_) => None,
        };
        Ok(refused.map_or(Outcome::Done, Outcome::Failed))
    }
}

/// Returns why a role cannot be granted.
fn refuses(world: &dyn World, role: &Role) -> Result<Option<String>, Unread> {
    let Some(person) = record::<Person>(world, RecordKind::Person, role.person.0)? else {
        return Ok(Some("the person is gone".to_owned()));
    };
    let place = &role.place;
    let Some(resource) = resource(world, role)? else {
        return Ok(Some(match person.living() {
            None => format!("{} has no account", person.mail),
            Some(_) => format!(
                "the {} `{}` is no longer declared",
                place.origin.key(),
                place.name
            ),
        }));
    };
    let group = match place.origin {
        Origin::Group | Origin::Team => group(world, &place.name)?,
        Origin::Site | Origin::Application | Origin::DirectoryRole => None,
    };
    let named = [place.name.as_str(), role.role.as_str()];
    Ok(directory::refuses(
        &person,
        named,
        &resource,
        group.as_ref(),
    ))
}

/// Returns the declared resource that a package grants a role of; `None` when the package no longer does.
fn resource(world: &dyn World, role: &Role) -> Result<Option<Resource>, Unread> {
    let assignment = record::<Assignment>(world, RecordKind::Assignment, role.assignment)?;
    let Some(assignment) = assignment else {
        return Ok(None);
    };
    let thing = world.object(assignment.package)?;
    let Some(package) = thing.as_ref().and_then(|thing| thing.package()) else {
        return Ok(None);
    };
    for name in package.grants.keys() {
        let thing = world.at(&Address::new(Kind::Resource, name))?;
        let Some(resource) = thing.as_ref().and_then(|thing| thing.resource()) else {
            continue;
        };
        if resource.origin() == Some((role.place.origin, &role.place.name)) {
            return Ok(Some(resource.clone()));
        }
    }
    Ok(None)
}

fn group(world: &dyn World, name: &str) -> Result<Option<Group>, Unread> {
    let range = Range::of(Mark::GroupName, Key::new().text(name)).most(1);
    match world.marked(&range)?.first() {
        Some((_, id)) => record::<Group>(world, RecordKind::Group, id.number),
        None => Ok(None),
    }
}

fn record<E: Entity>(
    world: &dyn World,
    kind: RecordKind,
    number: u64,
) -> Result<Option<E>, Unread> {
    let found = world.record(RecordId { kind, number })?;
    Ok(found.and_then(E::from_record))
}
