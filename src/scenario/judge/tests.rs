use serde_json::{Value, json};

use super::*;

fn step(value: Value) -> Step {
    serde_json::from_value(value).expect("a step")
}

fn mail(text: &str) -> Email {
    Email::parse(text).expect(text)
}

/// Returns what is wrong, each with its place.
fn wrong(expect: Value, seen: &Observed) -> Vec<String> {
    let step = step(json!({ "wait": "1d", "expect": expect }));
    let zone = TimeZone::get("Europe/Amsterdam").expect("bundled");
    let found = judge(&step, seen, &zone).into_iter();
    found
        .map(|one| format!("{}: {}", one.at, one.message))
        .collect()
}

fn waits() -> Observed {
    Observed {
        request: Some(SeenRequest {
            state: RequestWord::PendingApproval,
            policy: "agencies".to_owned(),
            stage: Some(2),
            approvers: [mail("ana@contoso.com"), mail("omar@contoso.com")].into(),
        }),
        ..Observed::default()
    }
}

fn ends(end: Option<&str>) -> Observed {
    let end = end.map(|end| end.parse().expect(end));
    Observed {
        assignment: Some((AssignmentWord::Delivered, end)),
        ..Observed::default()
    }
}

#[test]
fn what_is_as_expected_is_silent() {
    let expect = json!({
        "request": "pendingApproval", "policy": "agencies", "stage": 2,
        "approvers": ["omar@contoso.com", "ana@contoso.com"],
    });
    assert_eq!(wrong(expect, &waits()), [""; 0]);
    assert_eq!(wrong(json!({}), &Observed::default()), [""; 0]);
}

#[test]
fn every_difference_is_told_in_one_run() {
    let expect = json!({ "request": "denied", "policy": "artists", "stage": 1, "approvers": ["ana@contoso.com"] });
    assert_eq!(
        wrong(expect, &waits()),
        [
            "expect.request: expected `request: denied`, found `pendingApproval`",
            "expect.policy: expected `policy: artists`, found `agencies`",
            "expect.stage: expected `stage: 1`, found `2`",
            "expect.approvers: expected approvers `[ana@contoso.com]`, found `[ana@contoso.com, omar@contoso.com]`",
        ]
    );
}

#[test]
fn a_name_that_is_missing_is_pointed_at() {
    let expect = json!({ "approvers": ["ana@contoso.com", "eve@contoso.com"] });
    assert!(wrong(expect, &waits())[0].starts_with("expect.approvers[1]: "));
}

#[test]
fn a_request_that_nobody_made_is_told_once() {
    let expect = json!({ "request": "denied", "approvers": [] });
    assert_eq!(
        wrong(expect, &Observed::default()),
        ["expect.request: expected `request` of a request, and there is none"]
    );
}

#[test]
fn a_date_takes_any_instant_of_its_day_and_the_midnight_after() {
    for (end, holds) in [
        ("2028-07-29T21:59:59Z", false),
        ("2028-07-29T22:00:00Z", true),
        ("2028-07-30T12:00:00Z", true),
        ("2028-07-30T22:00:00Z", true),
        ("2028-07-30T22:00:01Z", false),
    ] {
        let found = wrong(json!({ "ends": "2028-07-30" }), &ends(Some(end)));
        assert_eq!(found.is_empty(), holds, "{end}: {found:?}");
    }
}

#[test]
fn an_end_is_told_in_the_zone_of_the_project() {
    let exact = json!({ "ends": "2028-07-30T00:00:00Z" });
    assert_eq!(
        wrong(exact.clone(), &ends(Some("2028-07-30T00:00:00Z"))),
        [""; 0]
    );
    assert_eq!(
        wrong(exact, &ends(Some("2028-07-30T00:00:01Z"))),
        ["expect.ends: expected `ends: 2028-07-30 02:00`, found `2028-07-30 02:00:01`"]
    );
    assert_eq!(wrong(json!({ "ends": "never" }), &ends(None)), [""; 0]);
    assert_eq!(
        wrong(json!({ "ends": "2028-07-30" }), &ends(None)),
        ["expect.ends: expected `ends: 2028-07-30`, found `never`"]
    );
    assert_eq!(
        wrong(
            json!({ "ends": "never", "assignment": "none" }),
            &Observed::default()
        ),
        ["expect.ends: expected `ends: never`, nothing is assigned"]
    );
}

#[test]
fn a_refusal_is_expected_or_fails_the_step() {
    let refused = Observed {
        refused: Some((Ground::Domain, "the domain is blocked".to_owned())),
        ..Observed::default()
    };
    assert_eq!(wrong(json!({ "refused": "domain" }), &refused), [""; 0]);
    assert_eq!(
        wrong(
            json!({ "refused": "noPolicy", "accounts": { "a@b.example": "active" } }),
            &refused
        ),
        [
            "expect.refused: expected `refused: noPolicy`, found `domain`: the domain is blocked",
            "expect.accounts[\"a@b.example\"]: expected the account of a@b.example `active`, found `none`"
        ]
    );
    assert_eq!(
        wrong(json!({}), &refused),
        ["wait: the step is refused (`domain`): the domain is blocked"]
    );
    assert_eq!(
        wrong(json!({ "refused": "domain" }), &Observed::default()),
        ["expect.refused: expected a refusal (`domain`), and nothing was refused"]
    );
}

#[test]
fn mails_count_and_none_goes_unnoticed() {
    let ana = || mail("ana@contoso.com");
    let seen = Observed {
        mails: [
            (MailWord::Decide, vec![ana(), ana()]),
            (MailWord::Approved, vec![ana()]),
        ]
        .into(),
        ..Observed::default()
    };
    let both = json!({ "mails": { "decide": ["ana@contoso.com", "ana@contoso.com"], "approved": ["ana@contoso.com"] } });
    assert_eq!(wrong(both, &seen), [""; 0]);
    assert_eq!(
        wrong(
            json!({ "mails": { "decide": ["ana@contoso.com"], "denied": [] } }),
            &seen
        ),
        [
            "expect.mails.decide: expected the mail `decide` to `[ana@contoso.com]`, found `[ana@contoso.com, ana@contoso.com]`",
            "expect.mails: mails that are not expected: `{ approved: [ana@contoso.com] }`",
        ]
    );
    assert_eq!(wrong(json!({}), &seen), [""; 0]);
}

#[test]
fn access_roles_and_accounts_are_compared_whole() {
    let ada = mail("ada@fabrikam.com");
    let seen = Observed {
        access: [(ada.clone(), ["photos".to_owned()].into())].into(),
        roles: [(
            ada.clone(),
            [("site".to_owned(), ["Members".to_owned()].into())].into(),
        )]
        .into(),
        accounts: [(ada, AccountWord::Blocked)].into(),
        ..Observed::default()
    };
    let expect = json!({
        "access": { "ada@fabrikam.com": ["photos", "books"] },
        "roles": { "ada@fabrikam.com": { "site": ["Members", "Owners"] } },
        "accounts": { "ada@fabrikam.com": "active" },
    });
    assert_eq!(
        wrong(expect, &seen),
        [
            "expect.access[\"ada@fabrikam.com\"][1]: expected access of ada@fabrikam.com `[books, photos]`, found `[photos]`",
            "expect.roles[\"ada@fabrikam.com\"].site: expected roles of ada@fabrikam.com `{ site: [Members, Owners] }`, found `{ site: [Members] }`",
            "expect.accounts[\"ada@fabrikam.com\"]: expected the account of ada@fabrikam.com `active`, found `blocked`",
        ]
    );
}

#[test]
fn a_step_does_one_thing() {
    for (value, says) in [
        (
            json!({ "wait": "1d", "until": "2028-01-01" }),
            "a step does one thing, and this one has `wait` and `until`",
        ),
        (
            json!({}),
            "a step in which nothing happens and nothing is expected",
        ),
    ] {
        let error = serde_json::from_value::<Step>(value).expect_err("no step");
        assert_eq!(error.to_string(), says);
    }
}
