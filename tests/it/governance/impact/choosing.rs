//! One more way to have something, and one way less: nothing of the others is told as another by that.

use guestlist::impact::Row;

use super::{now, of};
use crate::governance::scene::loaded;

const SLOW: &str = "slow: { requestors: members, expires: { on: 2027-06-01 }, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] } }";
const QUICK: &str = "quick: { requestors: members, expires: { on: 2027-01-01 } }";
const HARD: &str = "hard: { requestors: members, expires: { on: 2027-01-01 }, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }, { approvers: ['user:boss@contoso.com'] }] } }";
const LONG: &str = "slow: { requestors: members, expires: never, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] } }";
const OTHER: &str = "other: { requestors: members, expires: { after: 30d } }";

/// What is said from some policies to others.
fn said(was: &[&str], is: &[&str]) -> Vec<String> {
    let tree = |policies: &[&str]| {
        let policies = policies.join(", ");
        let text = format!(
            "version: 1
catalogs: {{ open: {{ displayName: Open }} }}
packages: {{ it: {{ catalog: open, displayName: It, policies: {{ {policies} }} }} }}
"
        );
        loaded(&text, now())
    };
    let rows = of(&tree(was), &tree(is)).rows;
    let row = |row: &Row| format!("{}: {}", row.kind.as_str(), row.text);
    rows.iter().map(row).collect()
}

#[test]
fn one_more_way_is_told_beside_the_others_and_one_less_as_itself() {
    for (was, is, wanted) in [
        // Fewer approvals and an earlier end: the later one is there as before.
        (
            &[SLOW][..],
            &[SLOW, QUICK][..],
            "wider: also with no approval, then until 2027-01-02T00:00:00Z",
        ),
        (
            &[SLOW, QUICK],
            &[SLOW],
            "narrower: no longer with no approval, then until 2027-01-02T00:00:00Z",
        ),
        // Nobody gains by a way that is harder in all.
        (
            &[SLOW],
            &[SLOW, HARD],
            "other: also with 2 approvals, then until 2027-01-02T00:00:00Z",
        ),
        (
            &[SLOW, HARD],
            &[SLOW],
            "other: no longer with 2 approvals, then until 2027-01-02T00:00:00Z",
        ),
        // A policy that changes is told by what it was, and one that comes for another by that.
        (
            &[SLOW, QUICK],
            &[LONG, QUICK],
            "wider: with no end date instead of until 2027-06-02T00:00:00Z",
        ),
        (
            &[SLOW],
            &[OTHER],
            "wider: with no approval instead of 1, for 30d instead of until 2027-06-02T00:00:00Z",
        ),
    ] {
        // Whose domain looks like a known one is told apart, after the others: without approval they get nothing.
        let said = said(was, is);
        assert_eq!(said.first().map(String::as_str), Some(wanted), "{said:?}");
    }
}

#[test]
fn what_administrators_alone_give_is_told_where_its_terms_change() {
    let shut = |rest: &str| {
        format!("shut: {{ requestors: anyExternal, requests: {{ enabled: false }}, {rest} }}")
    };
    let asked = "approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }";
    let (month, ever) = (shut("expires: { after: 30d }"), shut("expires: never"));
    let approved = shut(&format!("expires: never, {asked}"));
    let nobody = "shut: { requestors: nobody, requests: { enabled: false }, expires: never }";
    let by_hand = "shut: { requestors: nobody, expires: never }";
    let open = "shut: { requestors: anyExternal, expires: never }";
    let none: &[&str] = &[];
    for (was, is, wanted) in [
        (
            &[&*month][..],
            &[&*ever][..],
            Some("other: with no end date instead of 30d"),
        ),
        // Whom an administrator assigns, others approve as well.
        (
            &[&*approved],
            &[&*ever],
            Some("other: with no approval instead of 1"),
        ),
        (
            none,
            &[&*month],
            Some("other: by direct assignment, with no approval, for 30d"),
        ),
        (
            &[by_hand],
            &[nobody],
            Some("other: by direct assignment no more"),
        ),
        (
            &[&*ever],
            &[by_hand],
            Some("other: may be other people than before"),
        ),
        // Through what people ask for they were assigned as well.
        (
            &[by_hand],
            &[open],
            Some("new: with no approval, no end date"),
        ),
        (
            &[&*ever],
            &[open],
            Some("new: with no approval, no end date"),
        ),
        (
            &[open],
            &[&*ever],
            Some("gone: no longer: requests are switched off"),
        ),
    ] {
        let said = said(was, is);
        assert_eq!(said.first().map(String::as_str), wanted, "{was:?}\n{is:?}");
    }
}
