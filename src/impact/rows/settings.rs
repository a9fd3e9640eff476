//! What the tenant's settings let people from outside see and do, besides being invited: what guests see of the directory, and
//! who may sign up without an invitation; and what becomes of guests who lose their last package.
//!
//! None of it is access to a package, so it is *other*. What was not written before is as it is without the setting; what is no
//! longer written stays.

use super::row::{Because, Difference, Row};
use crate::governance::lifecycle::Setting;
use crate::impact::people::who::Who;
use crate::impact::sides::Sides;
use crate::model::Object;
use crate::model::kinds::{AfterLastAssignment, Collaboration, ExternalUsers, GuestAccess};
use crate::plan::{Change, Plan};

/// Returns a row for everybody who sees something else, or may do something else, by the settings after a plan, and for guests
/// of whom something else becomes when they lose their last package.
pub(super) fn rows(plan: &Plan, sides: &Sides<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    // What the tenant's settings were before there was a project is not known.
    let changes = plan.changes.iter().filter(|_| !sides.is_first);
    for change in changes {
        match sides.both(&change.address) {
            (old, Some(Object::Collaboration(new))) => {
                let old = match old {
                    Some(Object::Collaboration(old)) => Some(old),
                    _ => None,
                };
                collaboration(change, [old, Some(new)], &mut rows);
            }
            (old, Some(Object::ExternalUsers(new))) => {
                let old = match old {
                    Some(Object::ExternalUsers(old)) => Some(old),
                    _ => None,
                };
                let [was, is] = [old, Some(new)].map(becomes);
                if was != is {
                    let text = format!("{is} instead of {was}");
                    rows.push(row(change, LEAVING, text));
                }
            }
            // Settings that are let go stay as they are.
            _ => {}
        }
    }
    rows
}

fn collaboration(change: &Change, sides: [Option<&Collaboration>; 2], rows: &mut Vec<Row>) {
    let [old, new] = sides.map(guests_see);
    if old != new {
        let text = format!("see {} instead of {}", words(new), words(old));
        rows.push(row(change, "guests", text));
    }
    match sides.map(signs_up) {
        [false, true] => rows.push(row(change, PEOPLE, format!("may {SIGN_UP}"))),
        [true, false] => rows.push(row(change, PEOPLE, format!("may no longer {SIGN_UP}"))),
        [false, false] | [true, true] => {}
    }
}

fn row(change: &Change, who: &str, text: String) -> Row {
    Row {
        kind: Difference::Other,
        who: Who::said(who),
        packages: Vec::new(),
        text,
        before: Vec::new(),
        after: Vec::new(),
        because: vec![Because::of(&change.address, change.origin.as_ref())],
    }
}

const PEOPLE: &str = "people from outside";

const LEAVING: &str = "guests who lose their last package";

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

/// Returns what becomes of guests who lose their last package, in words.
fn becomes(settings: Option<&ExternalUsers>) -> String {
    let Setting { action, wait } = Setting::of(settings);
    match action {
        AfterLastAssignment::Nothing => "stay".to_owned(),
        AfterLastAssignment::Block => "are blocked from sign-in".to_owned(),
        AfterLastAssignment::BlockAndDelete if wait.is_zero() => {
            "are blocked and deleted at once".to_owned()
        }
        AfterLastAssignment::BlockAndDelete => {
            let days = wait.as_hours() / 24;
            format!("are blocked, and deleted {days}d later")
        }
    }
}
