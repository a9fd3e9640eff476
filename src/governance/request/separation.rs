//! Separation of duties: what excludes a package. Fact sheet `entra-behaviour` §7.

use crate::governance::record::PersonId;
use crate::governance::{Desk, Thing, Unread, assignment, directory};
use crate::model::kinds::Incompatible;
use crate::model::{Address, Kind};

/// Returns what somebody has that excludes a package: active packages and groups that the package names. It counts one way:
/// whoever has this package may still get the others, unless these name it.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn incompatible(
    desk: &Desk<'_>,
    person: PersonId,
    package: &Thing,
) -> Result<Vec<String>, Unread> {
    let mut held = Vec::new();
    let excluded = package.package().map(|package| &package.incompatible_with);
    for other in excluded.into_iter().flatten() {
        let has = match other {
            Incompatible::Package(name) => match desk.at(&Address::new(Kind::Package, name))? {
                Some(other) => assignment::of(desk, person, other.id)?.is_some(),
                None => false,
            },
            Incompatible::Group(name) => {
                directory::is_member(desk, &directory::group(desk, name)?, person)?
            }
        };
        if has {
            held.push(other.to_string());
        }
    }
    Ok(held)
}
