//! Whom the cross-tenant settings of an organization let in: by the ids of people and of their groups in their own tenant, which
//! nobody knows before they redeem an invitation. Fact sheet `graph-b2b` §5.

use crate::model::kinds::Reach;
use crate::model::text::Guid;
use crate::model::{Object, Set};

/// Returns whom settings let in; without any, the tenant's default lets everybody in.
pub(super) fn inbound(side: Option<&Object>) -> Reach {
    match side {
        Some(Object::CrossTenant(settings)) => {
            let inbound = settings.inbound.as_ref();
            inbound.map_or(Reach::All, |inbound| inbound.users.clone())
        }
        _ => Reach::All,
    }
}

/// Returns true where there may be somebody whom the one lets in and the other does not: an id may be of a person or of a group
/// of any people. Of an organization of which nobody is let in that is told as a whole.
pub(super) fn lets_in_others_than(one: &Reach, other: &Reach) -> bool {
    match (one, other) {
        (Reach::None, _) | (_, Reach::None | Reach::All) => false,
        (Reach::Only(one), Reach::Only(other)) => is_beyond(one, other),
        (Reach::Except(one), Reach::Except(other)) => is_beyond(other, one),
        (Reach::All | Reach::Except(_), Reach::Only(_)) => true,
        (Reach::All, Reach::Except(other)) => !other.is_empty(),
        (Reach::Only(one), Reach::Except(other)) => !one.is_empty() && !other.is_empty(),
    }
}

/// Returns true for a list with an id that another one lacks.
fn is_beyond(one: &Set<Guid>, other: &Set<Guid>) -> bool {
    one.iter().any(|id| other.iter().all(|it| it != id))
}
