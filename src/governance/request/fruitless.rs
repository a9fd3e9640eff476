//! Whether anything would be delivered of what somebody may ask for. A request is taken, approved, and comes to nothing, where
//! they can have no account, or where the directory refuses them every role.

use crate::governance::record::{Group, Key, Mark, Person};
use crate::governance::{Desk, Ground, Refusal, Stop, Thing, Unread, directory, people};
use crate::model::kinds::Origin;
use crate::model::{Address, Kind};

/// Returns why nothing of a package would be delivered to somebody; `None` where something would, or where it gives nothing.
pub(super) fn fruitless(
    desk: &Desk<'_>,
    person: &Person,
    package: &Thing,
) -> Result<Option<Refusal>, Unread> {
    let Some(grants) = package.package().map(|package| &package.grants) else {
        return Ok(None);
    };
    // With the delivery they get the account that they lack.
    let mut person = person.clone();
    if person.living().is_none() {
        person.account = match people::guest_account(desk, &person.mail) {
            Ok(account) => Some(account),
            Err(Stop::Refused(refusal)) => return Ok(Some(*refusal)),
            Err(Stop::Unread(unread)) => return Err(unread),
        };
    }
    let mut first = None;
    for (name, roles) in grants {
        let thing = desk.at(&Address::new(Kind::Resource, name))?;
        let Some(resource) = thing.as_ref().and_then(|thing| thing.resource()) else {
            continue;
        };
        let Some((origin, place)) = resource.origin() else {
            continue;
        };
        let group = match origin {
            Origin::Group | Origin::Team => {
                desk.first::<Group>(Mark::GroupName, &Key::new().text(place))?
            }
            Origin::Site | Origin::Application | Origin::DirectoryRole => None,
        };
        for role in roles.iter() {
            match directory::refuses(&person, [place, role.as_str()], resource, group.as_ref()) {
                None => return Ok(None),
                Some(why) => first = first.or(Some(why)),
            }
        }
    }
    Ok(first.map(|why| {
        Refusal::new(Ground::NotOffered, why)
            .help("let the package give what they can have: a resource with `guests: true`, of which no rule says who is a member")
    }))
}
