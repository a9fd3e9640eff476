//! Groups that other people are in than before: what a policy or an exclusion that names them means by that.

use guestlist::impact::Row;
use guestlist::plan::between;

use super::{is_refused_as_wider, now, of};
use crate::governance::scene::loaded;

const SALES: &str = "guests: true, membershipRule: '(user.department -eq \"Sales\")'";
const LEGAL: &str = "guests: true, membershipRule: '(user.department -eq \"Legal\")'";
const EITHER: &str = "guests: true, membershipRule: '(user.department -in [\"Sales\", \"Legal\"])'";
const INSIDE: &str = "guests: false, membershipRule: '(user.department -eq \"Sales\")'";
const BY_HAND: &str = "guests: true";

/// A world in which a group may ask for one package, and is kept from another.
fn world(group: &str) -> String {
    let group = match group {
        "" => String::new(),
        keys => format!("resources:\n  it: {{ group: Some People, managed: true, {keys} }}\n"),
    };
    format!(
        "version: 1
{group}catalogs: {{ open: {{ displayName: Open }} }}
packages:
  asked:
    catalog: open
    displayName: Asked
    policies: {{ ask: {{ requestors: {{ people: ['group:Some People'] }}, expires: never }} }}
  kept:
    catalog: open
    displayName: Kept
    incompatibleWith: ['group:Some People']
    policies: {{ ask: {{ requestors: members, expires: never }} }}
"
    )
}

/// The rows from one group to another, without their terms, and whether the plan is refused as wider.
fn told(was: &str, is: &str) -> (Vec<String>, bool) {
    let (old, new) = (loaded(&world(was), now()), loaded(&world(is), now()));
    let found = of(&old, &new);
    let row = |row: &Row| {
        let packages: Vec<&str> = row.packages.iter().map(|it| it.own_name()).collect();
        assert_eq!(row.because[0].to_string(), "resource/it", "{row:?}");
        let (kind, packages) = (row.kind.as_str(), packages.join(", "));
        format!("{kind} {}: {packages}", row.who.text)
    };
    let rows = found.rows.iter().map(row).collect();
    (rows, is_refused_as_wider(&between(&old, &new), found))
}

#[test]
fn whoever_joins_may_ask_and_whoever_leaves_is_no_longer_kept_away() {
    let asks = "new whoever joins `group:Some People`: asked";
    let asks_no_more = "gone whoever leaves `group:Some People`: asked";
    let is_free = "new whoever leaves `group:Some People` (members): kept";
    let is_kept_away = "gone whoever joins `group:Some People` (members): kept";
    for (was, is, wanted) in [
        (SALES, SALES, &[][..]),
        (BY_HAND, BY_HAND, &[]),
        ("", BY_HAND, &[]),
        (SALES, LEGAL, &[asks, is_free, asks_no_more, is_kept_away]),
        // A wider rule takes nobody out, and a narrower one adds nobody.
        (SALES, EITHER, &[asks, is_kept_away]),
        (EITHER, SALES, &[is_free, asks_no_more]),
        ("", SALES, &[asks, is_free, asks_no_more, is_kept_away]),
        // A group that goes takes its members with it, and one that is kept by hand from now on gets none by that.
        (SALES, "", &[is_free, asks_no_more]),
        (BY_HAND, "", &[is_free, asks_no_more]),
        (SALES, BY_HAND, &[is_free, asks_no_more]),
    ] {
        let (rows, is_refused) = told(was, is);
        assert_eq!(rows, wanted, "from `{was}` to `{is}`");
        let widens = rows.iter().any(|row| row.starts_with("new "));
        assert_eq!(is_refused, widens, "from `{was}` to `{is}`");
    }
}

#[test]
fn a_group_that_takes_guests_lets_guests_ask_and_nobody_else() {
    let (rows, is_refused) = told(INSIDE, SALES);
    assert_eq!(
        rows,
        ["new whoever joins `group:Some People` (guests from outside; internal guests): asked"]
    );
    assert!(is_refused);
    let (rows, is_refused) = told(SALES, INSIDE);
    assert_eq!(
        rows,
        ["gone whoever leaves `group:Some People` (guests from outside; internal guests): asked"]
    );
    assert!(!is_refused);
}
