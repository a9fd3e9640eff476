//! Resources that take guests now and took none, or the other way round: who gets a package by that is told, and who asks for
//! it in vain.

use guestlist::governance::record::{Entity as _, Identity, Request, RequestState};

use super::{of, words};
use crate::governance::asking::ask;
use crate::governance::scene::{Scene, loaded};

/// A package that grants two resources, of which each takes guests or not.
fn world([crew, site]: [bool; 2], grants: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example] }}
resources:
  crew: {{ group: Crew, guests: {crew} }}
  site: {{ group: Site, guests: {site} }}
catalogs:
  open: {{ displayName: Open, resources: [crew, site] }}
packages:
  one: {{ catalog: open, displayName: One, grants: {grants}, policies: {{
    ask: {{ requestors: anyExternal, expires: never }} }} }}
"
    )
}

const CREW: &str = "{ crew: Member }";
const BOTH: &str = "{ crew: Member, site: Member }";

fn rows(before: &str, after: &str) -> Vec<String> {
    let now = super::now();
    let found = of(&loaded(before, now), &loaded(after, now));
    found.rows.iter().map(words).collect()
}

/// What becomes of what a guest asks for.
fn asked(tree: &str) -> RequestState {
    let mut scene = Scene::of(tree);
    scene.guest("gus@a.example", Identity::Passcode);
    scene.asks_as("gus@a.example", ask("one"));
    let _ = scene.tick("T1");
    let last = scene.look(|desk| desk.world().last(Request::KIND));
    scene.request(last).state
}

#[test]
fn what_takes_guests_now_is_new_for_them_and_gone_the_other_way_round() {
    for (before, after, grants) in [
        ([false, true], [true, true], CREW),
        ([false, false], [false, true], BOTH),
    ] {
        let (closed, open) = (world(before, grants), world(after, grants));
        assert_eq!(asked(&closed), RequestState::DeliveryFailed, "{closed}");
        assert_ne!(asked(&open), RequestState::DeliveryFailed, "{open}");
        let told = rows(&closed, &open);
        assert!(
            told[0].starts_with("new anyone from outside (members excepted)"),
            "{told:?}"
        );
        let told = rows(&open, &closed);
        assert!(
            told[0].contains("gone") && told[0].contains("nothing that it gives takes guests"),
            "{told:?}"
        );
    }
}

#[test]
fn what_gives_guests_something_before_and_after_gives_them_more_or_less() {
    let (some, all) = (world([false, true], BOTH), world([true, true], BOTH));
    assert_ne!(asked(&some), RequestState::DeliveryFailed);
    for (before, after, wanted) in [
        (&some, &all, "gives crew: Member to guests as well"),
        (&all, &some, "gives crew: Member no longer to guests"),
    ] {
        let told = rows(before, after);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(wanted), "{told:?}");
    }
}

#[test]
fn what_a_rule_gives_is_new_for_guests_whom_it_matches() {
    let ruled = |tree: &str| {
        let rule = "requestors: { automatic: { rule: '(user.department -eq \"Art\")' } }";
        tree.replace("requestors: anyExternal", rule)
    };
    let closed = ruled(&world([false, true], CREW));
    let open = ruled(&world([true, true], CREW));
    let told = rows(&closed, &open);
    assert!(told[0].starts_with("new whoever matches"), "{told:?}");
    let told = rows(&open, &closed);
    assert!(told[0].starts_with("gone whoever matches"), "{told:?}");
}

/// A package that excludes a group, into which another one puts whoever holds it.
fn excluding([crew, site]: [bool; 2], grants: &str, who: &str) -> String {
    format!(
        "{}  other: {{ catalog: open, displayName: Other, incompatibleWith: ['group:Crew'], policies: {{
    ask: {{ requestors: membersAndGuests, expires: never }} }} }}
",
        world([crew, site], grants).replace("anyExternal", who)
    )
}

#[test]
fn who_can_no_longer_come_to_hold_something_gains_nothing_by_being_in_none_of_its_groups() {
    let told = |grants: &str, who: [&str; 2]| -> Vec<String> {
        let [open, closed] = [[true, true], [false, true]];
        let before = excluding(open, grants, who[0]);
        let found = rows(&before, &excluding(closed, grants, who[1]));
        found
            .into_iter()
            .filter(|row| row.starts_with("new") && row.contains(": other "))
            .collect()
    };
    let all = "anyExternal";
    // Whoever comes to hold it is in no group that keeps them from the other one.
    let found = told(BOTH, [all, all]);
    assert_eq!(found.len(), 1, "{found:?}");
    // Nothing is given to guests any more, and no policy lets them come to hold it.
    assert_eq!(told(CREW, [all, all]), [""; 0]);
    assert_eq!(told(BOTH, [all, "members"]), [""; 0]);
}
