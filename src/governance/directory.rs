//! Who is a member of what, and whom a principal of a policy names.

use std::collections::BTreeSet;

use super::Desk;
use super::people;
use super::record::{Group, Hold, Key, Mark, Person, PersonId, Place};
use super::world::Unread;
use crate::model::kinds::{Origin, Resource};
use crate::model::text::{Email, Line, Principal};
use crate::model::{Address, Kind, Name};

/// Returns the group that a policy names: that of a declared resource, or one of the directory by its display name.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn group(desk: &Desk<'_>, name: &Line) -> Result<Place, Unread> {
    if let Ok(declared) = Name::parse(name.as_str()) {
        let thing = desk.at(&Address::new(Kind::Resource, &declared))?;
        let place = thing.as_ref().and_then(|thing| thing.resource()?.origin());
        if let Some((Origin::Group | Origin::Team, name)) = place {
            return Ok(Place::group(name));
        }
    }
    Ok(Place::group(name.as_str()))
}

/// Returns the members of a group who can sign in here, in order of numbers.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn members(desk: &Desk<'_>, place: &Place) -> Result<Vec<Person>, Unread> {
    let holds = desk.find::<Hold>(Mark::HoldPlace, &place.key())?;
    let ids: BTreeSet<PersonId> = holds.iter().map(|hold| hold.person).collect();
    let mut members = Vec::new();
    for id in ids {
        members.extend(acting(desk, desk.get::<Person>(id.0)?)?);
    }
    Ok(members)
}

/// Returns true for a member of a group, in whatever role.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn is_member(desk: &Desk<'_>, place: &Place, person: PersonId) -> Result<bool, Unread> {
    Ok(!desk.is_none::<Hold>(Mark::HoldPlace, &place.key().person(person))?)
}

/// Returns true for somebody who can sign in here: an account that is neither blocked nor deleted, and of no organization that
/// cross-tenant settings shut out.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn can_act(desk: &Desk<'_>, person: &Person) -> Result<bool, Unread> {
    Ok(is_enabled(person) && people::shut_out(desk, person)?.is_none())
}

/// Returns true for an account that is neither blocked nor deleted.
#[must_use]
pub fn is_enabled(person: &Person) -> bool {
    person.living().is_some_and(|account| account.enabled)
}

/// Returns somebody, if they can sign in here.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn acting(desk: &Desk<'_>, person: Option<Person>) -> Result<Option<Person>, Unread> {
    Ok(match person {
        Some(person) if can_act(desk, &person)? => Some(person),
        _ => None,
    })
}

/// Returns the person of an address who can sign in here.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn user(desk: &Desk<'_>, mail: &Email) -> Result<Option<Person>, Unread> {
    acting(desk, desk.by_mail(mail)?)
}

/// Returns true when a list of people and groups names somebody.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn names<'p>(
    desk: &Desk<'_>,
    list: impl IntoIterator<Item = &'p Principal>,
    person: &Person,
) -> Result<bool, Unread> {
    for principal in list {
        let named = match principal {
            Principal::User(mail) => has_mail(person, mail),
            Principal::Group(name) => is_member(desk, &group(desk, name)?, person.id())?,
            Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => false,
        };
        if named {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns why nobody gives somebody a role of a declared resource; `group` is what the directory knows of the group at the
/// place, where it is one.
#[must_use]
pub fn refuses(
    person: &Person,
    [place, role]: [&str; 2],
    resource: &Resource,
    group: Option<&Group>,
) -> Option<String> {
    if person.living().is_none() {
        return Some(format!("{} has no account", person.mail));
    }
    if !resource.offered_roles().any(|offered| offered == role) {
        return Some(format!("`{place}` has no role `{role}`"));
    }
    let by_rule = group.is_some_and(|group| group.rule.is_some());
    if by_rule || resource.membership_rule.is_some() {
        return Some(format!(
            "`{place}` is a dynamic group: its rule alone says who is a member"
        ));
    }
    let open = resource.guests && group.is_none_or(|group| group.guests);
    (person.is_guest() && !open).then(|| format!("`{place}` takes no guests"))
}

/// Returns the people whom a list of people and groups names and who can sign in here, each once, in order of numbers.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn named<'p>(
    desk: &Desk<'_>,
    list: impl IntoIterator<Item = &'p Principal>,
) -> Result<Vec<Person>, Unread> {
    let mut found: Vec<Person> = Vec::new();
    for principal in list {
        match principal {
            Principal::User(mail) => found.extend(user(desk, mail)?),
            Principal::Group(name) => found.extend(members(desk, &group(desk, name)?)?),
            Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => {}
        }
    }
    found.sort_by_key(|person| person.number);
    found.dedup_by_key(|person| person.number);
    Ok(found)
}

/// Returns true when an address is one of somebody's.
#[must_use]
pub fn has_mail(person: &Person, mail: &Email) -> bool {
    let same = |other: &Email| other.as_str().eq_ignore_ascii_case(mail.as_str());
    same(&person.mail) || person.other_mails.iter().any(same)
}

/// Returns every hold of somebody.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn holds(desk: &Desk<'_>, person: PersonId) -> Result<Vec<Hold>, Unread> {
    desk.find(Mark::HoldPerson, &Key::new().person(person))
}
