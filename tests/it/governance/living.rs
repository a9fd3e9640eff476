//! What a plan says of access that people have: who loses it, what waits and fails, who stays; and the guards about it, at
//! their borders.

use crate::support::Sandbox;

const TREE: &str = "
version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
catalogs:
  marketing: { displayName: Marketing, resources: [photos] }
  sales: { displayName: Sales }
packages:
  keep:
    catalog: sales
    displayName: Keep
    policies: { direct: {} }
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors }
    policies:
      direct: {}
      ask:
        requestors: anyExternal
        expires: { after: 90d }
        approval: { stages: [{ approvers: [user:boss@contoso.com] }] }
";

/// Bob and Ben have the library, Ada and Abe wait for it; Bob and Ben are of one domain, and Uma of it is invited.
fn house() -> Sandbox {
    let sandbox = Sandbox::project().write("tree.yaml", TREE).write(
        "people.csv",
        "mail,displayName,userType\nboss@contoso.com,Boss,\nmia@contoso.com,Mia,\nbob@wingtip.example,Bob,Guest\n",
    );
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["directory", "import", "people.csv"]).exits(0);
    for person in ["bob@wingtip.example", "ben@wingtip.example"] {
        let grant = ["assignment", "grant", person, "library", "--policy=direct"];
        let _ = sandbox.run(grant).exits(0);
    }
    for person in ["ada@fabrikam.com", "abe@fabrikam.com"] {
        let submit = [
            "request",
            "submit",
            "library",
            "--policy=ask",
            "--as",
            person,
        ];
        let _ = sandbox.run(submit).exits(0);
    }
    let _ = sandbox
        .run(["invitation", "send", "uma@wingtip.example", "--no-mail"])
        .exits(0);
    sandbox
}

/// The house with one thing in its tree changed.
fn changed(from: &str, to: &str) -> Sandbox {
    let tree = TREE.replace(from, to);
    assert_ne!(tree, TREE, "nothing is changed");
    house().write("tree.yaml", tree)
}

/// The house without the library.
fn without_library() -> Sandbox {
    let (rest, _) = TREE.split_once("  library:").expect("the package");
    house().write("tree.yaml", rest)
}

const WIDER: (&str, &str) = ("after: 90d", "after: 180d");

#[test]
fn a_package_that_goes_takes_access_and_requests_with_it() {
    let sandbox = without_library();
    let _ = sandbox
        .run(["plan"])
        .exits(4)
        .says("▼ 2 people lose package/library: it is deleted")
        .says("▼ 2 open requests for package/library will be refused: the package is gone");
}

#[test]
fn as_many_people_lose_access_as_may_and_not_one_more() {
    let sandbox = without_library();
    for (may, code) in [("0", 4), ("1", 4), ("2", 0), ("3", 0)] {
        let _ = sandbox.run(["plan", "--max-people", may]).exits(code);
        if code != 0 {
            let _ = sandbox
                .run(["apply", "--auto-approve", "--max-people", may])
                .exits(code)
                .says(&format!(
                    "2 people would lose access that they have, where {may} may"
                ));
        }
    }
    let _ = sandbox
        .run(["apply", "--auto-approve", "--max-people", "2"])
        .exits(0)
        .says("lifted[holders]: package/library, by --max-people 2");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_policy_that_covers_fewer_refuses_who_waits() {
    let sandbox = changed("requestors: anyExternal", "requestors: members");
    let _ = sandbox
        .run(["plan", "--allow-widening"])
        .exits(0)
        .says("▼ gone")
        .says(
            "▼ 2 open requests for package/library will be refused: the policy no longer covers the person",
        );
}

#[test]
fn a_shorter_time_leaves_what_was_given() {
    let sandbox = house();
    let approve = |request| {
        [
            "approval",
            "decide",
            request,
            "--approve",
            "--as",
            "boss@contoso.com",
        ]
    };
    let _ = sandbox
        .run(approve("3").into_iter().chain(["--justification", "yes"]))
        .exits(0);
    let sandbox = sandbox.write("tree.yaml", TREE.replace("after: 90d", "after: 30d"));
    let _ = sandbox
        .run(["plan"])
        .exits(0)
        .says("▼ narrower")
        .says("for 30d instead of 90d")
        .says("= 1 person holds package/library through policy/library/ask: the present end date stays");
}

#[test]
fn a_blocked_domain_leaves_guests_and_fails_invitations() {
    let sandbox = house().write(
        "domains.yaml",
        "version: 1\ndomains: { block: [wingtip.example, fabrikam.com] }\n",
    );
    let _ = sandbox
        .run(["plan"])
        .exits(0)
        .says("▼ gone     anyone at fabrikam.com or below and wingtip.example or below (not in the directory yet)")
        .says("= 1 guest stays: their domain is refused from now on")
        .says("▼ 2 pending invitations will fail: the domain is refused from now on")
        .says("▼ 2 open requests for package/library will be refused: the person cannot be invited");
}

#[test]
fn a_first_list_of_allowed_domains_counts_guests_and_invitations_alone() {
    // Of our own people, and of those who only ask, nobody is counted.
    for (list, stay, fail) in [
        (
            "[elsewhere.org]",
            "= 1 guest stays:",
            "▼ 2 pending invitations will fail",
        ),
        (
            "[fabrikam.com, contoso.com]",
            "= 1 guest stays:",
            "▼ 2 pending invitations will fail",
        ),
    ] {
        let tree = format!("version: 1\ndomains: {{ allow: {list} }}\n");
        let _ = house()
            .write("domains.yaml", tree)
            .run(["plan"])
            .exits(0)
            .says(stay)
            .says(fail);
    }
    let tree = "version: 1\ndomains: { allow: [wingtip.example] }\n";
    let plan = house().write("domains.yaml", tree).run(["plan"]).exits(0);
    assert!(!plan.stdout.contains("guest stays"), "{}", plan.stdout);
    assert!(!plan.stdout.contains("pending"), "{}", plan.stdout);
}

#[test]
fn a_rule_that_takes_from_now_on_takes_from_whom_it_does_not_match() {
    const RULED: &str = "
version: 1
catalogs:
  sales: { displayName: Sales }
packages:
  deals:
    catalog: sales
    displayName: Deals
    policies:
      rule:
        requestors:
          automatic: { rule: user.department -eq \"Sales\", remove: false }
        expires: never
";
    let people = |department: &str| {
        format!(
            "mail,displayName,department\nmia@contoso.com,Mia,{department}\nbo@contoso.com,Bo,Sales\n"
        )
    };
    let sandbox = Sandbox::project()
        .write("tree.yaml", RULED)
        .write("people.csv", people("Sales"));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["directory", "import", "people.csv"]).exits(0);
    let _ = sandbox.run(["tick"]).exits(0);
    let sandbox = sandbox.write("people.csv", people("Legal"));
    let _ = sandbox.run(["directory", "import", "people.csv"]).exits(0);
    let sandbox = sandbox.write("tree.yaml", RULED.replace("remove: false", "remove: true"));
    let _ = sandbox
        .run(["plan"])
        .exits(4)
        .says("▼ 1 person loses package/deals: the rule of policy/deals/rule does not match them")
        .says("refused[holders]: 1 person would lose access that they have");
    let _ = sandbox
        .run(["apply", "--auto-approve", "--max-people", "1"])
        .exits(0);
    let _ = sandbox.run(["tick"]).exits(0);
    for (person, state) in [
        ("mia@contoso.com", "expired"),
        ("bo@contoso.com", "delivered"),
    ] {
        let list = ["assignment", "list", "--person", person];
        let _ = sandbox.run(list).exits(0).says(state);
    }
}

#[test]
fn other_approvers_are_for_requests_to_come() {
    let sandbox = changed(
        "approvers: [user:boss@contoso.com]",
        "approvers: [user:mia@contoso.com]",
    );
    let plan = sandbox.run(["plan"]).exits(0).says(
        "= other    anyone from outside: library approved by user:mia@contoso.com instead of user:boss@contoso.com",
    );
    assert!(!plan.stdout.contains("open request"), "{}", plan.stdout);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    // Whoever waits was promised an approver, and keeps that one.
    let list = |person| ["approval", "list", "--as", person];
    let _ = sandbox
        .run(list("boss@contoso.com"))
        .exits(0)
        .says("2 requests");
    let _ = sandbox
        .run(list("mia@contoso.com"))
        .exits(0)
        .says("0 requests");
}

#[test]
fn a_closed_catalog_leaves_its_holders() {
    let sandbox = changed(
        "displayName: Marketing,",
        "displayName: Marketing, externallyVisible: false,",
    );
    let _ = sandbox
        .run(["plan"])
        .exits(0)
        .says("▼ 1 package of catalog/marketing cannot be asked for any more by people from outside; 2 assignments stay")
        .says("▼ 2 open requests for package/library will be refused: the catalog is closed to people from outside");
}

#[test]
fn access_gets_wider_by_a_flag_or_a_waiver_of_its_address() {
    let sandbox = changed(WIDER.0, WIDER.1);
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(4)
            .says("refused[widening]: access gets wider: anyone from outside: `package/library` for 180d instead of 90d")
            .says("`--allow-widening`");
    }
    let _ = sandbox
        .run(["plan", "--allow-widening"])
        .exits(0)
        .says("lifted[widening]: package/library, by --allow-widening");
    let waiver = |address: &str| {
        format!(
            "version: 1\nwaivers:\n  - {{ rule: widening, address: {address}, reason: a longer campaign, by: 'user:ana@contoso.com', until: 2099-01-01 }}\n"
        )
    };
    let sandbox = sandbox.write("waiver.yaml", waiver("package/keep"));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(4);
    for address in ["policy/library/ask", "package/library"] {
        let waived = format!("lifted[widening]: {address}, by the waiver of user:ana@contoso.com");
        let sandbox = changed(WIDER.0, WIDER.1).write("waiver.yaml", waiver(address));
        let _ = sandbox
            .run(["apply", "--auto-approve"])
            .exits(0)
            .says(&waived);
    }
}

#[test]
fn a_saved_plan_widens_if_it_was_allowed_to() {
    let sandbox = changed(WIDER.0, WIDER.1);
    let out = ["plan", "--out", "plan.json"];
    let _ = sandbox.run(out).exits(4);
    let _ = sandbox
        .run(out.into_iter().chain(["--allow-widening"]))
        .exits(0);
    let _ = sandbox
        .run(["show", "plan.json"])
        .exits(0)
        .says("lifted[widening]");
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}
