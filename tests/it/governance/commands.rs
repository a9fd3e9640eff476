//! Assignments from the command line: who loses access is a guard's business, and files are carried out whole or not at all.

use crate::support::Sandbox;

const TREE: &str = "
version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
  guests: { group: Design guests }
  crm: { application: CRM, roles: [User] }
catalogs:
  marketing: { displayName: Marketing, resources: [photos, guests, crm] }
packages:
  keep:
    catalog: marketing
    displayName: Keep
    grants: { photos: Visitors }
    policies:
      direct: { expires: never }
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors, guests: Member }
    policies:
      direct: { expires: { after: 180d } }
";

fn applied() -> Sandbox {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    sandbox
}

/// The tree without the package that people hold.
fn without_library(sandbox: Sandbox, more: &str) -> Sandbox {
    let at = TREE.find("  library:").expect("the package");
    sandbox.write("tree.yaml", format!("{}{more}", &TREE[..at]))
}

#[test]
fn a_package_with_holders_is_not_deleted_in_passing() {
    let sandbox = applied();
    for person in ["bob@wingtip.example", "ben@wingtip.example"] {
        let _ = sandbox
            .run(["assignment", "grant", person, "library"])
            .exits(0);
    }
    let sandbox = without_library(sandbox, "");
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(4)
            .says("refused[holders]: 2 people would lose access that they have: `package/library` (2 holders)")
            .says("`--max-people 2`");
    }
    let _ = sandbox
        .run(["plan", "--max-people", "1"])
        .exits(4)
        .says("where 1 may");
    let _ = sandbox
        .run(["apply", "--auto-approve", "--max-people", "2"])
        .exits(0)
        .says("lifted[holders]: package/library, by --max-people 2");
    let _ = sandbox
        .run(["assignment", "show", "1"])
        .exits(0)
        .says("expired")
        .says("the package is gone");
}

#[test]
fn a_waiver_lets_a_package_with_holders_go() {
    let sandbox = applied();
    let _ = sandbox
        .run(["assignment", "grant", "bob@wingtip.example", "library"])
        .exits(0);
    let waiver = "waivers:\n  - { rule: holders, address: package/library, reason: the agency is closed, by: 'user:ana@contoso.com', until: 2099-01-01 }\n";
    let sandbox = without_library(sandbox, waiver);
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(0)
        .says("lifted[holders]");
}

#[test]
fn an_apply_brings_holders_in_line_at_once() {
    let sandbox = applied();
    let _ = sandbox
        .run(["assignment", "grant", "bob@wingtip.example", "library"])
        .exits(0);
    let wider = TREE.replace("guests: Member }", "guests: Member, crm: User }");
    let sandbox = sandbox.write("tree.yaml", wider);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox
        .run(["assignment", "show", "1"])
        .exits(0)
        .says("application CRM");
}

#[test]
fn a_file_with_a_problem_changes_nothing() {
    let sandbox = applied().write(
        "people.csv",
        "email,name,package,policy,end\nbob@wingtip.example,Bob,library,direct,\nben@wingtip.example,Ben,libary,,\nbob@wingtip.example,Bob,library,,\njo@wingtip.example,Jo,library,,2020-01-01\n",
    );
    let grant = ["assignment", "grant", "--csv", "people.csv"];
    let _ = sandbox
        .run(grant)
        .exits(4)
        .says("line 3: ben@wingtip.example libary: there is no package/libary in the store")
        .says("line 4: bob@wingtip.example library: stands on line 2 already")
        .says("line 5: jo@wingtip.example library: the end")
        .says("Nothing was done: 3 lines have problems.");
    let _ = sandbox
        .run(["assignment", "list"])
        .exits(0)
        .says("0 assignments.");
    let _ = sandbox
        .run(grant.into_iter().chain(["--keep-going"]))
        .exits(6)
        .says("1 line done, 3 lines not.");
    let _ = sandbox
        .run(["assignment", "list", "--package", "library"])
        .exits(0)
        .says("bob@wingtip.example")
        .says("1 assignment.");
}

#[test]
fn a_file_takes_assignments_away() {
    let sandbox = applied()
        .write(
            "in.csv",
            "email,package\nbob@wingtip.example,library\nben@wingtip.example,library\n",
        )
        .write("out.csv", "email,package\nBob@wingtip.example,library\n");
    let _ = sandbox
        .run(["assignment", "grant", "--csv", "in.csv"])
        .exits(0)
        .says("2 lines done.");
    let _ = sandbox
        .run(["assignment", "revoke", "--csv", "out.csv"])
        .exits(0);
    let _ = sandbox
        .run(["assignment", "list", "--state", "expired"])
        .exits(0)
        .says("bob@wingtip.example");
    let _ = sandbox
        .run(["assignment", "revoke", "2"])
        .exits(0)
        .says("expired");
    let _ = sandbox
        .run(["assignment", "revoke", "2"])
        .exits(5)
        .says("has ended already");
    let _ = sandbox.run(["assignment", "show", "9"]).exits(1);
}

#[test]
fn a_file_with_a_column_that_nothing_reads_is_refused() {
    let sandbox = applied().write(
        "people.csv",
        "email,packages\nbob@wingtip.example,library\n",
    );
    let _ = sandbox
        .run(["assignment", "grant", "--csv", "people.csv"])
        .exits(3)
        .says("a column `packages` that nothing reads");
}

#[test]
fn a_list_goes_on_where_it_ended() {
    let sandbox = applied().write(
        "in.csv",
        "email,package\na@wingtip.example,library\nb@wingtip.example,library\nc@wingtip.example,library\n",
    );
    let _ = sandbox
        .run(["assignment", "grant", "--csv", "in.csv"])
        .exits(0);
    for list in [
        &["assignment", "list"][..],
        &["assignment", "list", "--package", "library"],
    ] {
        let first = list.iter().copied().chain(["--limit", "2"]);
        let _ = sandbox.run(first).exits(0).says("`--after 2` shows more");
        let rest = list.iter().copied().chain(["--after", "2"]);
        let _ = sandbox
            .run(rest)
            .exits(0)
            .says("c@wingtip.example")
            .says("1 assignment.");
    }
}

#[test]
fn a_rule_that_cannot_be_read_is_an_error_of_the_tree_with_its_place() {
    let rule =
        "      rule: { requestors: { automatic: { rule: 'user.depratment -eq \"Sales\"' } } }\n";
    let sandbox = Sandbox::project().write("tree.yaml", format!("{TREE}{rule}"));
    let _ = sandbox
        .run(["validate"])
        .exits(3)
        .says("a rule cannot look at `user.depratment`, at character 1 of the rule")
        .says("did you mean `user.department`?");
}
