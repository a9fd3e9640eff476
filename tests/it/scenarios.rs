//! Tests of a tree: every deed and every expectation through the program, what they leave alone, and which are played.

mod told;

use serde_json::Value;

use crate::support::{Sandbox, repository};

const TREE: &str = include_str!("../cases/a-test-that-holds/desired/tree.yaml");

/// A tree with a little of everything that tests can speak of.
const RICH: &str = r#"version: 1
organizations:
  fabrikam:
    displayName: Fabrikam
    domains: [fabrikam.com]
    sponsors: { internal: [user:ana@contoso.com] }
resources:
  site: { site: "https://contoso.sharepoint.com/sites/a", roles: [Members, Visitors] }
  team: { team: Campaign }
catalogs:
  marketing: { displayName: Marketing, resources: [site, team], externallyVisible: true }
packages:
  photos:
    catalog: marketing
    displayName: Photos
    grants: { site: Visitors, team: Member }
    policies:
      partners:
        requestors: { organizations: [fabrikam] }
        approval: { stages: [{ approvers: [user:ana@contoso.com, user:omar@contoso.com], decideWithin: 14d }] }
        expires: { after: 90d }
        extension: { allowed: true, approval: false }
        review: { every: monthly, reviewers: [user:ana@contoso.com], decideWithin: 10d, onNoResponse: keep, recommendations: true }
      others: { requestors: members }
  books:
    catalog: marketing
    displayName: Books
    grants: { site: Members }
    policies:
      by-hand: { requestors: nobody, expires: never }
externalUsers: { afterLastAssignment: blockAndDelete, deleteAfter: 30d }
collaboration: { guestsMayLeave: true, invitations: inviters }
"#;

fn sandbox(tree: &str, tests: &str) -> Sandbox {
    Sandbox::project()
        .write("tree.yaml", tree)
        .write("tests.yaml", format!("version: 1\ntests:\n{tests}"))
}

/// Plays tests that all hold.
fn holds(tests: &str) {
    let _ = sandbox(RICH, tests).run(["test"]).exits(0);
}

#[test]
fn the_worked_example_holds() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let outcome = sandbox.run(["test", "--format", "json"]).exits(0);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    let tests = report["tests"].as_array().expect("a list");
    assert!(tests.len() >= 10, "only {} tests", tests.len());
    assert!(!sandbox.path("guestlist.db").exists(), "a store was made");
    let again = sandbox.run(["test", "--format", "json"]).exits(0);
    assert_eq!(
        outcome.stdout, again.stdout,
        "a second run says something else"
    );
}

#[test]
fn requests_are_denied_taken_back_and_canceled() {
    holds(
        "  requests:
    given:
      date: 2027-02-01
      people: { ada@fabrikam.com: visitor, bea@fabrikam.com: visitor, cleo@fabrikam.com: visitor }
    steps:
      - ask: { as: ada@fabrikam.com, package: photos }
        expect: { request: pendingApproval, stage: 1, policy: partners }
      - deny: { as: omar@contoso.com, justification: Not now }
        expect: { request: denied, assignment: none, mails: { denied: [ada@fabrikam.com] } }
      - ask: { as: bea@fabrikam.com, package: photos }
      - ask: { as: cleo@fabrikam.com, package: photos }
      - cancel: { for: bea@fabrikam.com }
        expect: { request: canceled }
      - approve: { as: ana@contoso.com, for: bea@fabrikam.com }
        expect: { refused: state }
      - approve: { as: ana@contoso.com, for: cleo@fabrikam.com, package: photos }
        expect: { request: delivered, for: cleo@fabrikam.com, package: photos, assignment: delivered }
      - takeBack: { as: ana@contoso.com, for: cleo@fabrikam.com }
        expect: { assignment: expired, access: { cleo@fabrikam.com: [] } }
      - expect: { for: ada@fabrikam.com, package: photos, request: denied }
",
    );
}

#[test]
fn assignments_are_given_extended_given_back_and_taken() {
    holds(
        "  assignments:
    given:
      date: 2027-02-01
      people:
        ada@fabrikam.com: { kind: guest, name: Ada, company: Fabrikam }
        bea@fabrikam.com: guest
      assignments:
        - { person: ada@fabrikam.com, package: photos, since: 2027-01-01, until: 2027-02-28 }
    steps:
      - expect: { for: ada@fabrikam.com, package: photos, ends: 2027-02-28, assignment: delivered }
      - extend: { as: ada@fabrikam.com, package: photos }
        expect: { request: delivered, ends: 2027-05-02 }
      - assign: { for: bea@fabrikam.com, package: books, policy: by-hand, justification: Reads }
        expect: { request: delivered, ends: never, roles: { bea@fabrikam.com: { site: Members } } }
      - assign: { for: ada@fabrikam.com, package: books, starts: 2027-02-10, ends: 2027-02-20 }
        expect: { request: scheduled }
      - until: 2027-02-10
        expect: { request: delivered, access: { ada@fabrikam.com: [books, photos] } }
      - assign: { as: bea@fabrikam.com, for: ada@fabrikam.com, package: books }
        expect: { refused: notAllowed }
      - remove: { as: ada@fabrikam.com, package: photos }
        expect: { roles: { ada@fabrikam.com: { site: Members } } }
      - revoke: { for: bea@fabrikam.com, package: books }
        expect: { access: { bea@fabrikam.com: [] } }
      - revoke: { for: bea@fabrikam.com, package: books }
        expect: { refused: unknown }
",
    );
}

#[test]
fn guests_are_invited_redeem_sign_in_and_leave() {
    holds(
        "  guests:
    given:
      date: 2027-02-01
      people:
        ada@fabrikam.com: visitor
        bea@fabrikam.com: { kind: guest, invited: true, sponsors: [user:ana@contoso.com] }
        mia@contoso.com: { roles: [Guest Inviter], lastSignIn: 2027-01-01 }
        noa@contoso.com: member
    steps:
      - invite: { as: noa@contoso.com, for: ada@fabrikam.com }
        expect: { refused: notAllowed, accounts: { ada@fabrikam.com: none, bea@fabrikam.com: invited } }
      - invite: { as: mia@contoso.com, for: ada@fabrikam.com, kind: guest, sponsors: [user:ana@contoso.com] }
        expect: { accounts: { ada@fabrikam.com: invited }, mails: { invitation: [ada@fabrikam.com] } }
      - signIn: { as: ada@fabrikam.com }
        expect: { refused: state }
      - redeem: { as: ada@fabrikam.com, consent: false }
        expect: { refused: consent }
      - redeem: { as: ada@fabrikam.com }
        expect: { accounts: { ada@fabrikam.com: active }, mails: { passcode: [ada@fabrikam.com] } }
      - redeem: { as: bea@fabrikam.com, signIn: google }
        expect: { refused: wrongIdentity }
      - signIn: { as: ada@fabrikam.com }
      - block: { for: ada@fabrikam.com }
        expect: { accounts: { ada@fabrikam.com: blocked } }
      - signIn: { as: ada@fabrikam.com }
        expect: { refused: blocked }
      - unblock: { for: ada@fabrikam.com }
      - delete: { as: noa@contoso.com, for: ada@fabrikam.com }
        expect: { refused: notAllowed }
      - delete: { for: ada@fabrikam.com }
        expect: { accounts: { ada@fabrikam.com: deleted } }
      - restore: { for: ada@fabrikam.com }
      - leave: { as: ada@fabrikam.com }
        expect: { accounts: { ada@fabrikam.com: deleted } }
      - wait: 31d
        expect: { accounts: { ada@fabrikam.com: none } }
",
    );
}

#[test]
fn reviews_keep_and_remove() {
    holds(
        "  reviews:
    given:
      date: 2027-02-01
      people: { ada@fabrikam.com: guest, bea@fabrikam.com: guest }
      assignments:
        - { person: ada@fabrikam.com, package: photos }
        - { person: bea@fabrikam.com, package: photos }
    steps:
      - review: { as: ana@contoso.com, for: ada@fabrikam.com, package: photos, decide: keep }
        expect: { refused: unknown }
      - wait: 35d
      - review: { as: ana@contoso.com, for: ada@fabrikam.com, package: photos, decide: remove, justification: Gone }
      - review: { as: ana@contoso.com, for: bea@fabrikam.com, package: photos, decide: keep, justification: Stays }
      - wait: 12d
        expect: { access: { ada@fabrikam.com: [], bea@fabrikam.com: [photos] } }
",
    );
}

#[test]
fn what_else_administrators_and_the_directory_do() {
    holds(
        "  guests:
    given:
      date: 2027-02-01
      people:
        ada@fabrikam.com: { kind: guest, userPrincipalName: ada@partners.contoso.com, otherMails: [ada@elsewhere.example] }
        bea@fabrikam.com: { kind: guest, groups: [Friends] }
        ivy@fabrikam.com: internalGuest
        noa@contoso.com: member
      assignments: [{ person: ada@fabrikam.com, package: photos }]
    steps:
      - convert: { as: noa@contoso.com, for: ada@fabrikam.com, to: governed }
        expect: { refused: notAllowed }
      - convert: { for: ada@fabrikam.com, to: governed }
      - convert: { for: ada@fabrikam.com, to: notGoverned }
      - revoke: { for: ada@fabrikam.com, package: photos }
        expect: { accounts: { ada@fabrikam.com: active } }
      - addSponsor: { for: ada@fabrikam.com, sponsor: user:noa@contoso.com }
      - addSponsor: { for: ada@fabrikam.com, sponsor: group:Friends }
      - removeSponsor: { for: ada@fabrikam.com, sponsor: user:noa@contoso.com }
      - removeSponsor: { for: ada@fabrikam.com, sponsor: user:noa@contoso.com }
        expect: { refused: state }
      - reset: { for: ada@fabrikam.com }
        expect: { accounts: { ada@fabrikam.com: invited }, mails: { invitation: [ada@fabrikam.com] } }
      - invite: { for: ivy@fabrikam.com, internal: true }
        expect: { accounts: { ivy@fabrikam.com: invited } }
      - change: { for: bea@fabrikam.com, name: Bea, company: Fabrikam, joins: [team], leaves: [Friends] }
        expect: { roles: { bea@fabrikam.com: { team: Member } } }
      - change: { for: bea@fabrikam.com, leaves: [Friends] }
        expect: { refused: unknown }
      - change: { for: bea@fabrikam.com, attributes: { shoeSize: \"44\" } }
        expect: { refused: unknown }
      - assign: { for: bea@fabrikam.com, package: books }
      - offboard: { as: noa@contoso.com, for: bea@fabrikam.com }
        expect: { refused: notAllowed }
      - offboard: { for: bea@fabrikam.com, memberships: true, delete: true }
        expect: { access: { bea@fabrikam.com: [] }, accounts: { bea@fabrikam.com: deleted } }
      - purge: { for: ada@fabrikam.com }
        expect: { refused: state }
      - purge: { for: bea@fabrikam.com }
        expect: { accounts: { bea@fabrikam.com: none } }
  what-a-group-refused-comes-later:
    given:
      date: 2027-02-01
      people: { ada@fabrikam.com: guest }
      before: { resource/team: { guests: false } }
    steps:
      - ask: { as: ada@fabrikam.com, package: photos }
      - approve: { as: ana@contoso.com }
        expect: { assignment: partiallyDelivered, roles: { ada@fabrikam.com: { site: Visitors } } }
      - apply: {}
      - reprocess: { for: ada@fabrikam.com, package: photos }
        expect: { for: ada@fabrikam.com, package: photos, assignment: delivered, roles: { ada@fabrikam.com: { site: Visitors, team: Member } } }
      - reprocess: { for: ada@fabrikam.com, package: books }
        expect: { refused: unknown }
  all-of-a-list-or-nobody:
    given:
      date: 2027-02-01
      people: { ada@fabrikam.com: guest, bea@fabrikam.com: guest }
    steps:
      - assign: { for: [ada@fabrikam.com, bea@fabrikam.com], package: books }
        expect: { access: { ada@fabrikam.com: [books], bea@fabrikam.com: [books] } }
      - revoke: { for: ada@fabrikam.com, package: books }
      - assign: { for: [ada@fabrikam.com, bea@fabrikam.com], package: books }
        expect: { refused: alreadyAssigned, access: { ada@fabrikam.com: [], bea@fabrikam.com: [books] } }
  reviewers-follow-recommendations:
    given:
      date: 2027-02-01
      people:
        ada@fabrikam.com: { kind: guest, lastSignIn: 2027-02-01 }
        bea@fabrikam.com: { kind: guest, lastSignIn: 2026-06-01 }
      assignments:
        - { person: ada@fabrikam.com, package: photos }
        - { person: bea@fabrikam.com, package: photos }
    steps:
      - review: { as: ana@contoso.com, package: photos, decide: recommended }
        expect: { refused: unknown }
      - wait: 45d
      - signIn: { as: ada@fabrikam.com }
      - until: 2027-03-31
      - wait: 1d
      - review: { as: ana@contoso.com, package: photos, decide: recommended }
      - wait: 12d
        expect: { access: { ada@fabrikam.com: [photos], bea@fabrikam.com: [] } }
",
    );
}

#[test]
fn terms_of_use_are_accepted_all_or_as_the_test_says() {
    let tree = format!(
        "{RICH}termsOfUse:
  rules: {{ displayName: House rules, documents: {{ en: {{ link: 'https://contoso.com/terms' }} }} }}
"
    );
    let tests = "  terms:
    given: { date: 2027-02-01, people: { ada@fabrikam.com: { kind: guest, invited: true }, bea@fabrikam.com: guest } }
    steps:
      - redeem: { as: ada@fabrikam.com, accept: [] }
        expect: { refused: terms, accounts: { ada@fabrikam.com: invited } }
      - redeem: { as: ada@fabrikam.com }
        expect: { accounts: { ada@fabrikam.com: active } }
      - signIn: { as: bea@fabrikam.com, accept: [] }
        expect: { refused: terms }
      - ask: { as: bea@fabrikam.com, package: photos, accept: [] }
        expect: { refused: terms }
      - ask: { as: bea@fabrikam.com, package: photos, accept: [rules] }
        expect: { request: pendingApproval }
      - signIn: { as: bea@fabrikam.com, accept: [rulez] }
        expect: { refused: unknown }
";
    let _ = sandbox(&tree, tests).run(["test"]).exits(0);
}

#[test]
fn a_tree_that_a_test_makes_is_looked_at_as_every_tree() {
    for (given, steps, place, said) in [
        (
            "before: { catalog/marketing: gone }",
            "expect: { mails: {} }",
            "tests.yaml:6:17: error[GL0302]",
            "names the catalog `marketing`, which is not declared",
        ),
        (
            "people: {}",
            "apply: { catalog/marketing: gone }",
            "tests.yaml:8:18: error[GL0302]",
            "names the catalog `marketing`, which is not declared",
        ),
        // What was right where it stands is wrong by what the test leaves out.
        (
            "people: {}",
            "apply: { catalog/marketing: { resources: [] } }",
            "tests.yaml:8:18: error[GL0501]",
            "is not in catalog/marketing, which the package is made of",
        ),
        (
            "people: {}",
            "apply: { package/photos: { incompatibleWith: [package/photos] } }",
            "tests.yaml:8:55: error[GL0506]",
            "package/photos is incompatible with itself, so nobody could have it",
        ),
        (
            "people: {}",
            "apply: { organization/other: { displayName: Other, domains: [fabrikam.com] } }",
            "tests.yaml:8:70: error[GL0504]",
            "`fabrikam.com` is the identity of both organization/fabrikam and organization/other",
        ),
    ] {
        let tests = format!(
            "  torn:
    given:
      date: 2027-02-01
      {given}
    steps:
      - {steps}
"
        );
        for command in ["test", "validate"] {
            let outcome = sandbox(RICH, &tests).run([command]).exits(3);
            let text = outcome.text();
            assert!(text.contains(said), "{text}");
            assert!(text.contains(place), "{place}\n{text}");
        }
    }
}

#[test]
fn the_timelines_of_entra_come_out() {
    holds(
        "  half-a-year-and-gone:
    given: { date: 2027-01-01, people: { ada@fabrikam.com: visitor } }
    steps:
      - ask: { as: ada@fabrikam.com, package: photos }
      - approve: { as: ana@contoso.com }
        expect: { ends: 2027-04-01, mails: { approved: [ana@contoso.com, omar@contoso.com], access-granted: [ada@fabrikam.com] } }
      - redeem: { as: ada@fabrikam.com }
      - until: 2027-03-15
      - wait: 1d
        expect: { mails: {} }
      - wait: 1d
        expect: { mails: { access-ending: [ada@fabrikam.com] } }
      - until: 2027-04-01
        expect: { assignment: expired, accounts: { ada@fabrikam.com: blocked } }
      - wait: 30d
        expect: { accounts: { ada@fabrikam.com: deleted } }
      - wait: 30d
        expect: { accounts: { ada@fabrikam.com: none } }
  who-was-here-before-stays:
    given:
      date: 2027-01-01
      people: { ada@fabrikam.com: guest }
      assignments: [{ person: ada@fabrikam.com, package: photos }]
    steps:
      - wait: 365d
        expect: { assignment: none, for: ada@fabrikam.com, package: books, accounts: { ada@fabrikam.com: active } }
  a-setting-of-later-saves-nobody:
    given:
      date: 2027-01-01
      people: { ada@fabrikam.com: { kind: guest, governed: true } }
      assignments: [{ person: ada@fabrikam.com, package: photos }]
    steps:
      - wait: 91d
        expect: { accounts: { ada@fabrikam.com: blocked } }
      - apply: { settings/external-users: { afterLastAssignment: nothing, without: [deleteAfter] } }
      - wait: 30d
        expect: { accounts: { ada@fabrikam.com: deleted } }
  a-role-that-comes-later-is-given:
    given:
      date: 2027-01-01
      people: { ada@fabrikam.com: guest }
      assignments: [{ person: ada@fabrikam.com, package: photos }]
      before: { package/photos: { grants: { site: Visitors } } }
    steps:
      - expect: { roles: { ada@fabrikam.com: { site: Visitors } } }
      - apply: {}
        expect: { roles: { ada@fabrikam.com: { site: Visitors, team: Member } } }
      - apply: { package/photos: { grants: { site: Members } } }
        expect: { roles: { ada@fabrikam.com: { site: Members } } }
",
    );
}

#[test]
fn every_expectation_can_fail() {
    let wrong = [
        "refused: domain",
        "request: denied",
        "policy: others",
        "stage: 2",
        "approvers: [ana@contoso.com]",
        "assignment: delivered",
        "ends: never",
        "access: { ada@fabrikam.com: [photos] }",
        "roles: { ada@fabrikam.com: { site: Visitors } }",
        "accounts: { ada@fabrikam.com: active }",
        "mails: {}",
        "mails: { decide: [ana@contoso.com] }",
        "{ for: bea@fabrikam.com, request: pendingApproval }",
        "{ package: books, request: pendingApproval }",
    ];
    let mut tests = String::new();
    for (number, expectation) in wrong.iter().enumerate() {
        let expectation = match expectation.starts_with('{') {
            true => (*expectation).to_owned(),
            false => format!("{{ {expectation} }}"),
        };
        tests += &format!(
            "  wrong-{number}:
    given: {{ date: 2027-02-01, people: {{ ada@fabrikam.com: visitor, bea@fabrikam.com: visitor }} }}
    steps:
      - ask: {{ as: ada@fabrikam.com, package: photos }}
        expect: {expectation}
"
        );
    }
    let outcome = sandbox(RICH, &tests)
        .run(["test", "--format", "json"])
        .exits(3);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(report["failed"], wrong.len(), "{}", outcome.stdout);
}

#[test]
fn a_name_chooses_and_a_misspelt_one_is_told() {
    let tests = "  first-one: { given: { date: 2027-02-01 }, steps: [wait: 1d] }\n  second-one: { given: { date: 2027-02-01 }, steps: [wait: 1d] }\n";
    let sandbox = sandbox(TREE, tests);
    let _ = sandbox
        .run(["test", "first-*"])
        .exits(0)
        .says("The test holds. 1 other was not asked for.");
    let _ = sandbox
        .run(["test", "frist-one"])
        .exits(64)
        .says("did you mean `first-one`?");
    let _ = sandbox.run(["test", "["]).exits(64);
}

#[test]
fn a_test_changes_no_plan() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    let tests = "version: 1\ntests:\n  one: { given: { date: 2027-02-01 }, steps: [wait: 1d] }\n";
    let sandbox = sandbox.write("tests.yaml", tests);
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    let listed = sandbox.run(["list"]).exits(0);
    assert!(!listed.stdout.contains("one"), "{}", listed.text());
}

#[test]
fn what_a_test_says_is_text_in_every_format() {
    let tests = "  foreign:
    description: |
      ::error::pwned
      ##[error]pwned <script>alert(1)</script> @everyone
    given: { date: 2027-02-01, people: { ada@fabrikam.com: { kind: guest, name: \"::error::x\" } } }
    steps:
      - ask: { as: ada@fabrikam.com, package: photos, justification: \"]]> <b>&\" }
        expect: { mails: {} }
";
    let sandbox = sandbox(TREE, tests);
    for format in ["github", "azure"] {
        let outcome = sandbox.run(["test", "--format", format]).exits(3);
        for line in outcome.stdout.lines() {
            let line = line.trim_start();
            let own = line.starts_with("::error file=") || line.starts_with("##vso[task.logissue ");
            assert!(
                own || !line.starts_with("::") && !line.starts_with("##"),
                "{line}"
            );
        }
    }
    for format in ["html", "junit"] {
        let outcome = sandbox.run(["test", "--format", format]).exits(3);
        assert!(!outcome.stdout.contains("<script>alert"), "{format}");
    }
    // Markdown has it between fences, where markup is text.
    let outcome = sandbox.run(["test", "--format", "markdown"]).exits(3);
    let fenced: String = outcome.stdout.split("```").skip(1).step_by(2).collect();
    let all = outcome.stdout.matches("<script>").count();
    assert_eq!(fenced.matches("<script>").count(), all);
}
