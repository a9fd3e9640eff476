//! What tests declare otherwise and say of people: checked as the tree is, known by later steps, and applied one after the
//! other.

use crate::support::Sandbox;
use crate::support::photos::photos;

const APPROVAL: &str =
    "[{ approvers: [user:ana@contoso.com, user:omar@contoso.com], decideWithin: 14d }]";

/// Returns a tree with one test: `given` beside the date, and steps.
fn sandbox(given: &str, steps: &str) -> Sandbox {
    let test = format!(
        "version: 1\ntests:\n  one:\n    given:\n      date: 2028-02-01\n{given}    steps:\n{steps}"
    );
    Sandbox::project()
        .write("tree.yaml", photos(APPROVAL))
        .write("tests.yaml", test)
}

/// Holds what is said of a test against what it has to say.
#[track_caller]
fn says(given: &str, steps: &str, exit: i32, expected: &[&str]) {
    let outcome = sandbox(given, steps).run(["validate"]).exits(exit);
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    for expected in expected {
        assert!(said.contains(expected), "{expected}\n--- in\n{said}");
    }
}

/// As [`says`], of one step `apply`.
#[track_caller]
fn apply_says(edit: &str, exit: i32, expected: &[&str]) {
    says(
        "",
        &format!("      - apply: {{ {edit} }}\n"),
        exit,
        expected,
    );
}

#[test]
fn addresses_and_references_of_a_change_are_those_of_the_tree() {
    apply_says(
        "policy/photos/partner: { expires: never }",
        3,
        &[
            "tests.yaml:7:18: error[GL0302]: policy/photos/partner is not declared",
            "did you mean `policy/photos/partners`?",
        ],
    );
    apply_says(
        "policy/photo/partners: { expires: never }",
        3,
        &[
            "belongs to package/photo, which is not declared",
            "did you mean `package/photos`?",
        ],
    );
    apply_says(
        "organization/fabrikm: gone",
        3,
        &[
            "organization/fabrikm cannot go: it is not declared",
            "did you mean `organization/fabrikam`?",
        ],
    );
    apply_says(
        "package/photos: { grants: { sit: Visitors } }",
        3,
        &[
            "tests.yaml:7:46: error[GL0302]: package/photos names the resource `sit`",
            "did you mean `site`?",
        ],
    );
    apply_says(
        "package/photos: { catalog: marketng }",
        3,
        &[
            "names the catalog `marketng`, which is not declared",
            "did you mean `marketing`?",
        ],
    );
    apply_says(
        "package/photos: { grants: { site: Vistors } }",
        3,
        &[
            "error[GL0502]: the resource `site` offers no role `Vistors`",
            "did you mean `Visitors`?",
        ],
    );
    apply_says(
        "policy/photos/partners: { requestors: { organizations: [fabrikm] } }",
        3,
        &[
            "names the organization `fabrikm`, which is not declared",
            "did you mean `fabrikam`?",
        ],
    );
    says(
        "      before: { policy/photos/partner: { expires: never } }\n",
        "      - apply: {}\n",
        3,
        &["tests.yaml:6:17: error[GL0302]: policy/photos/partner is not declared"],
    );
    apply_says(
        "policy/photos/partner: { requestors: members }",
        0,
        &[
            "warning[GL0302]: the tree does not declare policy/photos/partner, so it is a new one here",
        ],
    );
}

#[test]
fn keys_of_a_change_are_those_of_the_tree() {
    apply_says(
        "policy/photos/partners: { aproval: none }",
        3,
        &[
            "tests.yaml:7:44: error[GL0201]: unknown key `aproval`",
            "did you mean `approval`?",
        ],
    );
    apply_says(
        "policy/photos/partners: { expires: { aftr: 30d } }",
        3,
        &["unknown key `aftr`", "did you mean `after`?"],
    );
    apply_says(
        "policy/photos/partners: { expires: { after: 30x } }",
        3,
        &["tests.yaml:7:62: error[GL0205]: `after`: not a duration"],
    );
    apply_says(
        "policy/photos/partners: { profile: usual }",
        3,
        &[
            "unknown key `profile`",
            "write the keys of the profile that the test is about",
        ],
    );
    apply_says(
        "policy/photos/partners: { without: [expirs] }",
        3,
        &["cannot be `expirs`", "did you mean `expires`?"],
    );
    apply_says(
        "package/books: { displayName: Books }",
        3,
        &[
            "package/books is not declared, and as a new one it is not whole: the key `catalog` is missing",
        ],
    );
}

#[test]
fn what_a_change_declares_is_known_from_then_on() {
    let made = "      - apply:
          package/books: { catalog: marketing, displayName: Books, grants: { site: Members } }
          policy/books/anyone: { requestors: { organizations: [wingtip] }, approval: { stages: [{ approvers: [user:nia@contoso.com], decideWithin: 14d }] }, expires: never }
";
    let used = "      - ask: { as: ada@wingtip.example, package: books, policy: anyone }
        expect: { approvers: [nia@contoso.com] }
      - approve: { as: nia@contoso.com }
        expect: { access: { ada@wingtip.example: [books] }, roles: { ada@wingtip.example: { site: Members } } }
";
    let people = "      people: { ada@wingtip.example: visitor }\n";
    let _ = sandbox(people, &format!("{made}{used}"))
        .run(["test"])
        .exits(0);
    says(
        people,
        &format!("{used}{made}"),
        3,
        &["names the package `books`, which is not declared"],
    );
}

#[test]
fn changes_are_applied_one_after_the_other() {
    let people = "      people: { ada@fabrikam.com: visitor, bea@fabrikam.com: visitor, cleo@fabrikam.com: visitor }\n";
    let steps = "      - apply: { policy/photos/partners: { without: [approval] } }
      - apply: { policy/photos/partners: { expires: { after: 30d } } }
      - ask: { as: ada@fabrikam.com, package: photos }
        expect: { request: delivered, ends: 2028-03-02 }
      - apply: {}
      - ask: { as: bea@fabrikam.com, package: photos }
        expect: { request: pendingApproval }
      - approve: {}
        expect: { request: delivered, ends: 2028-05-01 }
      - ask: { as: cleo@fabrikam.com, package: photos }
      - deny: {}
        expect: { request: denied }
      - takeBack: { for: bea@fabrikam.com, package: photos }
        expect: { for: bea@fabrikam.com, package: photos, assignment: expired }
      - approve: {}
        expect: { refused: state }
";
    let _ = sandbox(people, steps).run(["test"]).exits(0);
}

#[test]
fn what_is_protected_stays_in_a_test_too() {
    let gone = "      - apply: { organization/fabrikam: gone, policy/photos/partners: { requestors: { organizations: [wingtip] } } }\n";
    let outcome = sandbox("", gone).run(["test"]).exits(3);
    assert!(
        outcome
            .stdout
            .contains("the step is refused (`protection`): `organization/fabrikam` is protected"),
        "{}",
        outcome.stdout
    );
    let refused = format!("{gone}        expect: {{ refused: protection }}\n");
    let _ = sandbox("", &refused).run(["test"]).exits(0);
    let lifted =
        format!("      - apply: {{ organization/fabrikam: {{ protect: false }} }}\n{gone}");
    let _ = sandbox("", &lifted).run(["test"]).exits(0);
}

#[test]
fn groups_terms_and_questions_are_those_of_the_tree() {
    let people =
        "      people: { ada@fabrikam.com: guest, mia@contoso.com: { groups: [leeds] } }\n";
    says(
        people,
        "      - change: { for: mia@contoso.com, joins: [nobodys-group] }\n",
        0,
        &[
            "warning[GL0302]: nothing in the tree names the group `leeds`, so it changes nothing",
            "did you mean `leads`?",
            "nothing in the tree names the group `nobodys-group`",
        ],
    );
    says(
        people,
        "      - ask: { as: ada@fabrikam.com, package: photos, accept: [nda], answers: { For which klient?: x, \"1\": y, \"2\": z } }\n",
        3,
        &[
            "names the terms-of-use `nda`, which is not declared",
            "error[GL0302]: no policy of package/photos asks `For which klient?`",
            "did you mean `For which client?`?",
            "no policy of package/photos asks `2`",
        ],
    );
}

#[test]
fn what_is_said_of_somebody_fits_them() {
    let step = "      - expect: { access: { ada@fabrikam.com: [] } }\n";
    for (people, expected) in [
        (
            "Ada@fabrikam.com: visitor, ada@fabrikam.com: guest",
            "tests.yaml:6:44: error[GL0205]: ada@fabrikam.com stands here twice",
        ),
        (
            "ada@fabrikam.com: { kind: visitor, blocked: true }",
            "`blocked` does not fit ada@fabrikam.com: the directory does not know a visitor",
        ),
        (
            "ada@fabrikam.com: { groups: [leads] }",
            "`groups` does not fit ada@fabrikam.com: the directory does not know a visitor",
        ),
        (
            "ada@fabrikam.com: guest, mia@contoso.com: { signIn: google }",
            "`signIn` does not fit mia@contoso.com: they sign in with an account of our own",
        ),
        (
            "ada@fabrikam.com: { kind: guest, lastSignIn: 2030-01-01 }",
            "ada@fabrikam.com signed in after the day on which the test begins",
        ),
        (
            "ada@fabrikam.com: { kind: guest, invited: true, lastSignIn: 2027-01-01 }",
            "ada@fabrikam.com has not redeemed yet, so they never signed in",
        ),
        (
            "ada@fabrikam.com: guest, mia@contoso.com: { kind: member, governed: true }",
            "`governed` does not fit mia@contoso.com: they sign in with an account of our own",
        ),
        (
            "ada@fabrikam.com: { kind: guest, groups: [leads, Leads] }",
            "tests.yaml:6:66: error[GL0504]: `leads` and `Leads` are the same group",
        ),
        (
            "ada@fabrikam.com: { organization: fabrikam, signIn: google }",
            "tests.yaml:6:69: error[GL0401]: ada@fabrikam.com signs in as people of `fabrikam` do, and otherwise at the same time",
        ),
    ] {
        says(
            &format!("      people: {{ {people} }}\n"),
            step,
            3,
            &[expected],
        );
    }
    says(
        "      people: { ada@fabrikam.com: guest }\n      assignments: [{ person: ada@fabrikam.com, package: photos, since: 2029-01-01 }]\n",
        step,
        3,
        &["ada@fabrikam.com has photos only after the day on which the test begins"],
    );
}

#[test]
fn nobody_is_listed_in_a_group_whose_members_follow_from_a_rule() {
    let tree = "version: 1
resources: { sales: { group: Sales people, managed: true, membershipRule: '(user.department -eq \"Sales\")' } }
";
    for (groups, before, told) in [
        ("[sales]", "", Some("tests.yaml:8:37")),
        ("[writers, sales PEOPLE]", "", Some("tests.yaml:8:46")),
        ("[writers]", "", None),
        (
            "[sales]",
            "resource/sales: { without: [membershipRule] }",
            None,
        ),
        ("[sales]", "resource/sales: gone", None),
        (
            "[sales]",
            "resource/sales: { description: Whoever sells }",
            Some("tests.yaml:8:37"),
        ),
    ] {
        let tests = format!(
            "version: 1
tests:
  one:
    given:
      date: 2028-02-01
      before: {{ {before} }}
      people:
        mia@contoso.com: {{ groups: {groups} }}
    steps: [wait: 1d]
"
        );
        let sandbox = Sandbox::project()
            .write("tree.yaml", tree)
            .write("tests.yaml", tests);
        let said = sandbox.run(["validate"]).text();
        match told {
            None => assert!(!said.contains("follow from its rule"), "{said}"),
            Some(place) => {
                let named = groups.rsplit([',', '[']).next().expect("a group").trim();
                let named = named.trim_end_matches(']');
                let line = format!(
                    "{place}: error[GL0401]: the members of `{named}` follow from its rule"
                );
                assert!(said.contains(&line), "{line}\n--- in\n{said}");
                assert!(
                    said.contains("give them `attributes` that match the rule"),
                    "{said}"
                );
            }
        }
    }
}

#[test]
fn a_misspelt_address_is_offered_by_its_name() {
    let step = "      - ask: { as: ada@fabrikam.com, package: photos }\n";
    let of = |wrong: &str| format!("{step}      - revoke: {{ for: {wrong}, package: photos }}\n");
    let people = "      people: { ada@fabrikam.com: visitor }\n";
    says(
        people,
        &of("adda@fabrikam.com"),
        3,
        &["did you mean `ada@fabrikam.com`?"],
    );
    says(
        people,
        &of("ada@fabrikan.com"),
        3,
        &["did you mean `ada@fabrikam.com`?"],
    );
    let outcome = sandbox(people, &of("xx@fabrikam.com"))
        .run(["validate"])
        .exits(3);
    assert!(
        !outcome.stderr.contains("did you mean"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn every_mismatch_of_a_step_is_told() {
    let people = "      people: { ada@fabrikam.com: visitor }\n";
    let steps = "      - ask: { as: ada@fabrikam.com, package: photos }
        expect: { refused: terms, request: delivered, stage: 2, assignment: delivered }
";
    let outcome = sandbox(people, steps).run(["test"]).exits(3);
    for expected in [
        "expected a refusal (`terms`), and nothing was refused",
        "expected `request: delivered`, found `pendingApproval`",
        "expected `stage: 2`, found `1`",
        "expected `assignment: delivered`, found `none`",
    ] {
        assert!(
            outcome.stdout.contains(expected),
            "{expected}: {}",
            outcome.stdout
        );
    }
    says(
        people,
        "      - expect: {}\n",
        3,
        &["nothing happens and nothing is expected"],
    );
}
