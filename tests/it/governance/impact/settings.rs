//! What the tenant's settings let people from outside see and do is other, and never wider.

use super::{now, of, words};
use crate::governance::scene::loaded;

fn told(was: &str, is: &str) -> Vec<String> {
    let tree = |settings: &str| {
        let settings = match settings {
            "" => String::new(),
            settings => format!("collaboration: {{ {settings} }}\n"),
        };
        let text = format!("version: 1\ncatalogs: {{ open: {{ displayName: Open }} }}\n{settings}");
        loaded(&text, now())
    };
    let found = of(&tree(was), &tree(is));
    assert_eq!(found.widenings().count(), 0);
    found.rows.iter().map(words).collect()
}

#[test]
fn what_guests_see_is_told_with_what_they_saw() {
    let [all, part, own] = [
        "as much of the directory as members",
        "properties and memberships of others in part",
        "only themselves",
    ];
    for (was, is, seen) in [
        (
            "guestAccess: restricted",
            "guestAccess: members",
            Some((all, own)),
        ),
        (
            "guestAccess: members",
            "guestAccess: limited",
            Some((part, all)),
        ),
        // Without the setting they see in part; what is no longer written stays.
        ("", "guestAccess: restricted", Some((own, part))),
        ("guestAccess: members", "invitations: everyone", None),
        ("", "guestAccess: limited", None),
        (
            "guestAccess: members",
            "guestAccess: members, guestsMayLeave: true",
            None,
        ),
    ] {
        let wanted = seen.map(|(new, old)| {
            format!("other guests:  see {new} instead of {old} by settings/collaboration")
        });
        let wanted: Vec<String> = wanted.into_iter().collect();
        assert_eq!(told(was, is), wanted, "{was} {is}");
    }
}

#[test]
fn who_may_sign_up_is_told() {
    for (was, is, may) in [
        (
            "selfServiceSignUp: false",
            "selfServiceSignUp: true",
            Some("may"),
        ),
        ("selfServiceSignUp: true", "", None),
        ("", "selfServiceSignUp: true", Some("may")),
        ("", "selfServiceSignUp: false", None),
        (
            "selfServiceSignUp: true",
            "selfServiceSignUp: false",
            Some("may no longer"),
        ),
    ] {
        let wanted = may.map(|may| {
            format!(
                "other people from outside:  {may} sign up by themselves, through user flows by settings/collaboration"
            )
        });
        let wanted: Vec<String> = wanted.into_iter().collect();
        assert_eq!(told(was, is), wanted, "{was} {is}");
    }
}

#[test]
fn what_becomes_of_guests_who_lose_their_last_package_is_told() {
    let told = |was: &str, is: &str| -> Vec<String> {
        let tree = |settings: &str| {
            let settings = match settings {
                "" => String::new(),
                settings => format!("externalUsers: {{ {settings} }}\n"),
            };
            let text =
                format!("version: 1\ncatalogs: {{ open: {{ displayName: Open }} }}\n{settings}");
            loaded(&text, now())
        };
        of(&tree(was), &tree(is)).rows.iter().map(words).collect()
    };
    let row = |text: &str| {
        vec![format!(
            "other guests who lose their last package:  {text} by settings/external-users"
        )]
    };
    let usual = "are blocked, and deleted 30d later";
    assert_eq!(
        told("", "afterLastAssignment: nothing"),
        row(&format!("stay instead of {usual}"))
    );
    assert_eq!(
        told(
            "afterLastAssignment: block",
            "afterLastAssignment: blockAndDelete, deleteAfter: immediately"
        ),
        row("are blocked and deleted at once instead of are blocked from sign-in")
    );
    assert!(told("", "deleteAfter: 30d").is_empty());
}
