//! What the tenant's settings let people from outside see and do, besides being invited: what guests see of the directory, and
//! who may sign up without an invitation.
//!
//! Neither is access to a package, so it is *other*. What was not written before is as it is without the setting; what is no
//! longer written stays.

use super::row::{Because, Difference, Row};
use crate::impact::people::who::Who;
use crate::impact::sides::Sides;
use crate::model::kinds::{Collaboration, GuestAccess};
use crate::model::{Kind, Object};
use crate::plan::Plan;

/// Returns a row for everybody who sees something else, or may do something else, by the settings after a plan.
pub(super) fn rows(plan: &Plan, sides: &Sides<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    // What the tenant's settings were before there was a project is not known.
    let changes = plan.changes.iter().filter(|_| !sides.is_first);
    for change in changes.filter(|change| change.address.kind() == Kind::Collaboration) {
        let (old, new) = sides.both(&change.address);
        let [was, is] = [old, new].map(|side| match side {
            Some(Object::Collaboration(settings)) => Some(settings),
            _ => None,
        });
        // Settings that are let go stay as they are.
        if is.is_none() {
            continue;
        }
        let mut push = |who: &str, text: String| {
            rows.push(Row {
                kind: Difference::Other,
                who: Who::said(who),
                packages: Vec::new(),
                text,
                before: Vec::new(),
                after: Vec::new(),
                because: vec![Because::of(&change.address, change.origin.as_ref())],
            });
        };
        let [old, new] = [was, is].map(guests_see);
        if old != new {
            let text = format!("see {} instead of {}", words(new), words(old));
            push("guests", text);
        }
        match [was, is].map(signs_up) {
            [false, true] => push(PEOPLE, format!("may {SIGN_UP}")),
            [true, false] => push(PEOPLE, format!("may no longer {SIGN_UP}")),
            [false, false] | [true, true] => {}
        }
    }
    rows
}

const PEOPLE: &str = "people from outside";

const SIGN_UP: &str = "sign up by themselves, through user flows";

/// Returns what guests see by settings: in part, where these do not say.
fn guests_see(settings: Option<&Collaboration>) -> GuestAccess {
    let said = settings.and_then(|settings| settings.guest_access);
    said.unwrap_or(GuestAccess::Limited)
}

/// Returns true where people may sign up by themselves: settings have to say so.
fn signs_up(settings: Option<&Collaboration>) -> bool {
    settings.is_some_and(|settings| settings.self_service_sign_up == Some(true))
}

const fn words(sees: GuestAccess) -> &'static str {
    match sees {
        GuestAccess::Members => "as much of the directory as members",
        GuestAccess::Limited => "properties and memberships of others in part",
        GuestAccess::Restricted => "only themselves",
    }
}
