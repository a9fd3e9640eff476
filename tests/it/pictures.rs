//! Who reaches what, drawn: the pictures of small trees and of the worked example, kept to the byte.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Golden, Sandbox, repository};

const FORMATS: &[(&str, &str)] = &[("mermaid", "mmd"), ("dot", "dot"), ("svg", "svg")];

/// Names that mean something to a format, or to a page that shows it.
const HOSTILE: &str = r#"version: 1
organizations:
  quotes: { displayName: 'a "b" ''c'' `d` \ e', domains: [a.example] }
  html: { displayName: '<script>alert(1)</script><img src=x onerror=y> &amp; &#34;', domains: [b.example] }
  directive: { displayName: '%%{init: {"securityLevel":"loose"}}%% --> n1 end; subgraph x', domains: [c.example] }
  list: { displayName: '1. - * _x_ **y** [z](javascript:alert) www.x.example #35; #quot; fa:fa-ban $$x$$', domains: [d.example] }
  wide: { displayName: 東京ガーデンテラス紀尾井町の設計事務所と北海道の支店, domains: [e.example] }
  long: { displayName: LONG, domains: [f.example] }
resources:
  end: { group: 'end "]; click n0 href "javascript:x"', roles: ['Member'] }
  app: { application: '\N \G \l {a|b} <b>', roles: ['Read | "write" \', ']]> <!-- x'] }
catalogs:
  graph: { displayName: '"] end subgraph <i>', resources: [end, app] }
packages:
  class: 
    catalog: graph
    displayName: 'classDef x fill:#fff; style n0 fill:#f00;'
    grants: { end: Member, app: ['Read | "write" \', ']]> <!-- x'] }
    policies:
      default: { requestors: { organizations: [quotes, html, directive, list, wide, long] } }
"#;

const CLOSED: &str = "version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
  coho: { displayName: Coho, domains: [coho.example], state: proposed }
  adatum: { displayName: Adatum, domains: [adatum.example] }
  tailspin: { displayName: Tailspin, domains: [tailspin.example], tenant: 4a53a1e1-6d9c-4f51-8a3e-6a0f7d7b6a11, crossTenant: { inbound: { users: none, applications: none } } }
domains: { block: [adatum.example] }
resources:
  team: { team: Campaign }
  shared: { group: Shared }
  alone: { group: Alone, guests: false }
catalogs:
  draft: { displayName: Draft, published: false, resources: [team, shared] }
  inner: { displayName: Inner, externallyVisible: false, resources: [shared] }
  empty: { displayName: Empty }
packages:
  one:
    catalog: draft
    displayName: One
    grants: { team: [Member, Owner], shared: Member }
    policies:
      outside: { requestors: configuredOrganizations }
      inside: { requestors: nobody }
  two:
    catalog: inner
    displayName: Two
    hidden: true
    grants: { shared: Owner }
    policies:
      outside: { requestors: anyExternal }
      named: { requestors: { organizations: [coho] } }
      inside: { requestors: members }
      off: { requestors: membersAndGuests, requests: { enabled: false } }
      many: { requestors: { people: [user:a@contoso.com, user:b@contoso.com, user:c@contoso.com, user:d@contoso.com, group:Leads] } }
";

fn kept(name: &str) -> std::path::PathBuf {
    repository("tests/kept/graph").join(name)
}

fn compare(sandbox: &Sandbox, name: &str, more: &[&str], golden: &mut Golden) {
    for (format, ending) in FORMATS {
        let arguments = ["graph", "--to", format];
        let drawn = sandbox
            .run(arguments.into_iter().chain(more.iter().copied()))
            .exits(0);
        golden.compare(&kept(&format!("{name}.{ending}")), &drawn.stdout);
        let again = sandbox.run(arguments.into_iter().chain(more.iter().copied()));
        assert_eq!(
            again.stdout, drawn.stdout,
            "{name}: another picture the second time"
        );
    }
}

fn tree(text: &str) -> Sandbox {
    Sandbox::project().write("tree.yaml", text)
}

#[test]
fn pictures_are_as_expected() {
    let mut golden = Golden::default();
    let example = Sandbox::new();
    example.holds(&repository("policies"));
    compare(&example, "the-worked-example", &[], &mut golden);
    compare(
        &example,
        "one-organization",
        &["--organization", "fabrikam"],
        &mut golden,
    );
    compare(
        &example,
        "one-package",
        &["--package", "campaign-partner"],
        &mut golden,
    );
    let classes = Sandbox::new();
    classes.holds(&repository("tests/cases/every-class-of-requestors/desired"));
    compare(&classes, "every-class-of-requestors", &[], &mut golden);
    let _ = classes.run(["apply", "--auto-approve"]).exits(0);
    compare(&classes, "live", &["--live"], &mut golden);
    compare(&tree(&hostile()), "hostile-names", &[], &mut golden);
    compare(&tree(CLOSED), "closed-doors", &[], &mut golden);
    compare(
        &tree(CLOSED),
        "through-a-class",
        &["--organization", "fabrikam"],
        &mut golden,
    );
    compare(
        &tree(CLOSED),
        "shut-out",
        &["--organization", "adatum"],
        &mut golden,
    );
    let open = CLOSED.replace("domains: { block: [adatum.example] }\n", "");
    let open = open.replace(
        ", crossTenant: { inbound: { users: none, applications: none } }",
        "",
    );
    let settings = tree(&open);
    let _ = settings.run(["apply", "--auto-approve"]).exits(0);
    std::fs::write(settings.path("tree.yaml"), CLOSED).expect("written");
    compare(
        &settings,
        "changed-by-settings",
        &["--changed"],
        &mut golden,
    );
    compare(
        &settings,
        "shut-out-by-settings",
        &["--organization", "tailspin"],
        &mut golden,
    );
    for case in [
        "order-follows-references",
        "a-package-is-renamed-with-its-policies",
        "an-object-is-let-go",
        "nothing-to-do",
    ] {
        let sandbox = Sandbox::new();
        let case = repository("tests/cases").join(case);
        sandbox.holds(&case.join("before"));
        let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
        sandbox.holds(&case.join("desired"));
        let name = case.file_name().expect("a name").to_string_lossy();
        compare(
            &sandbox,
            &format!("changed-{name}"),
            &["--changed"],
            &mut golden,
        );
    }
    golden.finish();
}

/// A partner whom a policy for all partners covers, and one whose domain is blocked, gain and lose what no box shows.
#[test]
fn whoever_gains_or_loses_by_a_plan_is_drawn() {
    let first = "version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
domains: { block: [] }
catalogs:
  marketing: { displayName: Marketing, externallyVisible: true }
packages:
  photos: { catalog: marketing, displayName: Photos, policies: { all: { requestors: configuredOrganizations, expires: { after: 90d } } } }
";
    let sandbox = tree(first);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let drawn = |text: String| {
        std::fs::write(sandbox.path("tree.yaml"), text).expect("written");
        let outcome = sandbox
            .run(["graph", "--changed", "--format", "json"])
            .exits(0);
        let drawn: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
        let edges = drawn["edges"].as_array().expect("edges").iter();
        let marked = edges.filter(|edge| edge["change"].is_string());
        let told = marked.map(|edge| format!("{} {} {}", edge["change"], edge["from"], edge["to"]));
        told.collect::<Vec<_>>().join("\n").replace('"', "")
    };
    let lamna = "  lamna: { displayName: Lamna, domains: [lamna.example] }\ndomains:";
    assert_eq!(
        drawn(first.replace("domains: {", &format!("{lamna} {{"))),
        "create organization/lamna policy/photos/all"
    );
    let gone = drawn(first.replace("block: []", "block: [fabrikam.com]"));
    assert!(gone.contains("delete who/row/people of fabrikam"), "{gone}");
    assert_eq!(drawn(first.to_owned()), "");
}

fn hostile() -> String {
    HOSTILE.replace(
        "LONG",
        "Long ".repeat(51).replace("Long L", "Long-L").trim_end(),
    )
}

/// Says what in a picture is more than text.
pub(crate) fn harmless(format: &str, picture: &str) -> Result<(), String> {
    match format {
        "mermaid" => mermaid(picture),
        "dot" => dot(picture),
        _ => svg(picture),
    }
}

/// What stands between quotes is letters, digits, a few signs, numbered characters, and the break between two lines.
fn mermaid(picture: &str) -> Result<(), String> {
    for line in picture.lines().filter(|line| line.contains('"')) {
        let text = line.split('"').nth(1).unwrap_or_default();
        let text = text.replace("<br/>", "");
        if line.matches('"').count() != 2 {
            return Err(format!("quotes that do not pair: {line}"));
        }
        if text.contains("#36;#36;") {
            return Err(format!("a formula: {line}"));
        }
        let signs = "<{[`%&\\*_:@.-$";
        if let Some(sign) = text.chars().find(|c| signs.contains(*c)) {
            return Err(format!("`{sign}` in {line}"));
        }
    }
    Ok(())
}

fn svg(picture: &str) -> Result<(), String> {
    let known: BTreeSet<&str> =
        ["svg", "title", "desc", "style", "rect", "text", "path", "g"].into();
    for tag in picture.split('<').skip(1) {
        let name = tag.trim_start_matches('/');
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        if !known.contains(&name[..end]) {
            return Err(format!("a foreign tag: <{tag}"));
        }
    }
    for word in ["<script", "href=", "onerror=y>", "url(", "@import"] {
        if picture.contains(word) {
            return Err(format!("{word} in the picture"));
        }
    }
    Ok(())
}

fn dot(picture: &str) -> Result<(), String> {
    for line in picture.lines() {
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        if bare.matches('"').count() % 2 == 1 {
            return Err(format!("quotes that do not pair: {line}"));
        }
    }
    Ok(())
}

#[test]
fn foreign_text_means_nothing_to_any_format() {
    let sandbox = tree(&hostile());
    for (format, _) in FORMATS {
        let picture = sandbox.run(["graph", "--to", format]).exits(0).stdout;
        assert_eq!(harmless(format, &picture), Ok(()), "{format}");
    }
    let dot = sandbox.run(["graph", "--to", "dot"]).exits(0).stdout;
    assert!(dot.contains("\\\\N \\\\G \\\\l"), "{dot}");
}

#[test]
fn what_is_more_than_mermaid_takes_is_counted() {
    let mut text = "version: 1\nresources:\n  site: { site: \"https://a.example\" }\ncatalogs:\n  all: { displayName: All, resources: [site] }\norganizations:\n".to_owned();
    for n in 0..120 {
        let _ = writeln!(
            text,
            "  o{n:03}: {{ displayName: Partner {n}, domains: [d{n}.example] }}"
        );
    }
    text += "packages:\n";
    for n in 0..120 {
        let _ = writeln!(
            text,
            "  p{n:03}:\n    catalog: all\n    displayName: Package {n}\n    grants: {{ site: Members }}\n    policies:"
        );
        for policy in 0..3 {
            let _ = writeln!(
                text,
                "      q{policy}: {{ requestors: {{ organizations: [o{n:03}] }} }}"
            );
        }
    }
    let sandbox = tree(&text);
    let drawn = sandbox.run(["graph"]).exits(0);
    assert!(drawn.stdout.chars().count() <= 50_000);
    let lines = drawn
        .stdout
        .lines()
        .filter(|line| line.contains("-->"))
        .count();
    assert!((300..=500).contains(&lines), "{lines}");
    let left = 120 * 7 - lines;
    assert!(
        drawn.stdout.contains(&format!("{left} connections more")),
        "{}",
        drawn.stdout
    );
    let _ = drawn.says(&format!("{left} connections. `--to svg` draws all"));
    let svg = sandbox.run(["graph", "--to", "svg"]).exits(0).stdout;
    assert_eq!(svg.matches("class=\"box\"").count(), 120 * 5 + 1);
    let one = sandbox.run(["graph", "--package", "p007"]).exits(0);
    assert!(!one.stdout.contains("more"), "{}", one.stdout);
}

#[test]
fn the_graph_is_data_too() {
    let sandbox = tree(CLOSED);
    let json = sandbox.run(["graph", "--format", "json"]).exits(0).stdout;
    let value: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["format_version"], 1);
    assert!(value.get("picture").is_none());
    let edges = value["edges"].as_array().expect("lines");
    let to = |from: &str, to: &str| {
        edges
            .iter()
            .find(|edge| edge["from"] == from && edge["to"] == to)
            .unwrap_or_else(|| panic!("{from} leads to {to}"))
    };
    assert_eq!(
        to("organization/coho", "policy/two/named")["label"],
        "catalog closed to outside"
    );
    assert_eq!(to("who/members", "policy/two/inside")["closed"], false);
    assert_eq!(
        to("who/membersAndGuests", "policy/two/off")["label"],
        "requests are off"
    );
    assert_eq!(to("package/one", "resource/team")["label"], "Member, Owner");
    let both = sandbox
        .run(["graph", "--format", "json", "--to", "dot"])
        .exits(0)
        .stdout;
    let both: Value = serde_json::from_str(&both).expect("JSON");
    assert!(
        both["picture"]
            .as_str()
            .is_some_and(|dot| dot.starts_with("digraph"))
    );
}

#[test]
fn says_what_is_not_there() {
    let sandbox = tree(CLOSED);
    let said = sandbox
        .run(["graph", "--organization", "fabricam"])
        .exits(1);
    let _ = said.says("did you mean `organization/fabrikam`?");
    let _ = sandbox
        .run(["graph", "--package", "team"])
        .exits(1)
        .says("neither declared nor live");
    let _ = sandbox.run(["graph", "--live", "--changed"]).exits(64);
    for format in [
        &["--to", "mermaid"][..],
        &["--to", "dot"],
        &["--to", "svg"],
        &["--format", "json"],
    ] {
        let live = ["graph", "--live"];
        let _ = sandbox
            .run(live.iter().chain(format).copied())
            .exits(0)
            .says("nothing was applied to this store yet");
    }
    let _ = sandbox.run(["graph", "--package", "No Name"]).exits(64);
    let sandbox = tree("version: 1\npackages: [\n");
    let _ = sandbox.run(["graph"]).exits(3);
}

#[test]
fn addresses_in_a_picture_are_masked() {
    let tree = CLOSED.replace(
        "inside: { requestors: nobody }",
        "inside: { requestors: { people: [user:jane@contoso.com] } }",
    );
    let sandbox = self::tree(&tree);
    for (to, _) in FORMATS {
        let masked = sandbox.run(["graph", "--to", to]).exits(0).stdout;
        assert!(!masked.contains("jane"), "{masked}");
        let full = sandbox.run(["graph", "--to", to, "--pii", "full"]);
        assert!(full.exits(0).stdout.contains("jane"), "{to}");
    }
    let data = sandbox.run(["graph", "--format", "json"]).exits(0).stdout;
    assert!(data.contains("jane@contoso.com"), "{data}");
}
