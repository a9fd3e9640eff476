//! Groups that the tree keeps, and the memberships that follow from rules.

use crate::governance::record::{Group, Key, Mark, ObjectId, Work};
use crate::governance::{Activity, Desk, Thing, Unread, job};
use crate::model::kinds::Origin;

/// Follows a resource that an apply has made or changed: a managed group becomes, or stays, a group of the directory.
///
/// # Errors
///
/// What the store could not tell.
pub fn declared(desk: &mut Desk<'_>, thing: &Thing) -> Result<(), Unread> {
    let Some(resource) = thing.resource() else {
        return Ok(());
    };
    let name = match resource.origin() {
        Some((Origin::Group, name)) if resource.managed => name.to_owned(),
        // It may have been managed before.
        _ => return gone(desk, thing.id),
    };
    let kept = Key::new().object(thing.id);
    let known = match desk.first::<Group>(Mark::GroupManaged, &kept)? {
        Some(group) => Some(group),
        None => desk.first::<Group>(Mark::GroupName, &Key::new().text(&name))?,
    };
    let group = Group {
        number: match &known {
            Some(group) => group.number,
            None => desk.fresh::<Group>()?,
        },
        name,
        mail: known.as_ref().and_then(|group| group.mail.clone()),
        rule: resource.membership_rule.as_ref().map(ToString::to_string),
        guests: resource.guests,
        owners: known
            .as_ref()
            .map_or_else(Vec::new, |group| group.owners.clone()),
        managed: Some(thing.id),
    };
    if known.as_ref() == Some(&group) {
        return Ok(());
    }
    let activity = match known {
        Some(_) => Activity::UpdateGroup,
        None => Activity::AddGroup,
    };
    desk.put_because(activity, &group, "declared in the tree")?;
    ruled(desk, known.as_ref(), &group)
}

/// Follows a resource that an apply has deleted, or that is not managed any more: the group that the tree kept goes, with
/// its memberships.
///
/// # Errors
///
/// What the store could not tell.
pub fn gone(desk: &mut Desk<'_>, resource: ObjectId) -> Result<(), Unread> {
    let Some(group) = desk.first::<Group>(Mark::GroupManaged, &Key::new().object(resource))? else {
        return Ok(());
    };
    let name = group.name.clone();
    desk.remove(Activity::DeleteGroup, &group)?;
    walk_again(desk, &name)
}

/// Looks at the members of a group anew where its rule has changed.
///
/// # Errors
///
/// What the store could not tell.
pub(super) fn ruled(
    desk: &mut Desk<'_>,
    before: Option<&Group>,
    after: &Group,
) -> Result<(), Unread> {
    let was = before.and_then(|group| group.rule.as_ref());
    let renamed = before.is_some_and(|group| group.name != after.name);
    // Whether guests may be in it is a part of the rule.
    let guests = was.is_some() && before.is_some_and(|before| before.guests != after.guests);
    if was == after.rule.as_ref() && !guests && !renamed {
        return Ok(());
    }
    if let Some(before) = before.filter(|_| renamed) {
        walk_again(desk, &before.name)?;
    }
    walk_again(desk, &after.name)
}

/// Plans a walk over a group's members, from the start.
fn walk_again(desk: &mut Desk<'_>, name: &str) -> Result<(), Unread> {
    job::begin(desk, Work::Members(name.to_owned()))
}
