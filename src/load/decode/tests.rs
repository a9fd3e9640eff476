use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::load::layer::Layer;
use crate::load::node::Tree;
use crate::load::parse::parse;
use crate::model::{Body, Kind, Lifecycle};
use crate::source::SourceFile;

fn file(text: &str) -> SourceFile {
    SourceFile::new("a.yaml", text)
}

fn read(file: &SourceFile) -> Tree<'_> {
    let (tree, found) = parse(file, None);
    assert!(found.is_empty(), "{found:?}");
    tree.expect("a tree")
}

fn json(node: NodeRef<'_>) -> Value {
    jsonschema::json::Node::to_value(&node).into_owned()
}

const EXAMPLES: &[(Kind, &str)] = &[
    (
        Kind::Resource,
        "application: Salesforce\nroles: [Standard User, Partner User]\nprotect: true\n",
    ),
    (
        Kind::Organization,
        "
displayName: Fabrikam
tenant: 3d0f5dec-0000-4000-8000-000000000001
domains: [fabrikam.com]
sponsors:
  internal: [user:ana@contoso.com]
  external: [\"user:jane@fabrikam.com\"]
",
    ),
    (
        Kind::CrossTenant,
        "trust: [mfa]\ninbound: { users: all, applications: all }\n",
    ),
    (
        Kind::Catalog,
        "
displayName: Marketing
published: false
resources: [site, team]
roles:
  owners: [group:leads]
",
    ),
    (
        Kind::Package,
        "
catalog: marketing
displayName: Partner
description: |
  Two
  lines
grants: { site: Members, crm: [Partner User, Standard User] }
incompatibleWith: [package/auditor]
",
    ),
    (
        Kind::Policy,
        "
requestors: { organizations: [fabrikam] }
approval:
  stages:
    - approvers: [sponsors:internal]
      fallback: [group:leads]
      decideWithin: 14d
expires: { after: 180d }
review: { every: quarterly, reviewers: [user:ana@contoso.com], onNoResponse: remove }
",
    ),
    (Kind::Policy, "requestors: nobody\nexpires: never\n"),
    (
        Kind::Policy,
        "
requestors:
  automatic:
    rule: (user.department -eq \"Sales\")
    remove: false
expires: { on: 2027-01-01 }
",
    ),
    (
        Kind::TermsOfUse,
        "displayName: Partner terms\ndocuments:\n  en: { link: 'https://contoso.com/terms.pdf' }\n  nl: { file: terms/nl.txt }\nrequiredFor: { organizations: [fabrikam] }\nreacceptAfter: 365d\nexpires: { on: 2028-01-01, every: 365d }\n",
    ),
    (
        Kind::Administrators,
        "catalogCreators: [group:leads]\ninviters: [user:ana@contoso.com]\n",
    ),
    (
        Kind::Collaboration,
        "guestAccess: restricted\ninvitations: inviters\nselfServiceSignUp: false\n",
    ),
    (Kind::Domains, "block: [competitor.example]\n"),
    (
        Kind::ExternalUsers,
        "afterLastAssignment: blockAndDelete\ndeleteAfter: 30d\n",
    ),
];

#[test]
fn reads_every_kind_as_json_reads_it() {
    for kind in Kind::ALL {
        assert!(
            EXAMPLES.iter().any(|(example, _)| example == kind),
            "{kind}"
        );
    }
    for (kind, text) in EXAMPLES {
        let file = file(text);
        let tree = read(&file);
        let ours = kind.decode(tree.root()).expect(text);
        let theirs = kind.decode(json(tree.root())).expect(text);
        assert_eq!(Body::of(&ours), Body::of(&theirs));
    }
}

#[test]
fn says_where_a_value_is_wrong() {
    for (kind, text, line, column, message) in [
        (
            Kind::Policy,
            "requestors: nobody\nexpires: { after: 5 }\n",
            2,
            19,
            "a number where text of the format duration-text belongs",
        ),
        (
            Kind::Policy,
            "requestors: somebody\n",
            1,
            13,
            "`somebody` is none of the choices",
        ),
        (
            Kind::Policy,
            "requestors: { somebody: x }\n",
            1,
            15,
            "`somebody` is none of the choices",
        ),
        (
            Kind::Policy,
            "requestors: { nobody: x }\n",
            1,
            15,
            "`nobody` stands alone, without a value",
        ),
        (
            Kind::Policy,
            "requestors: [nobody]\n",
            1,
            14,
            "a list where a word, or a mapping with one key, belongs",
        ),
        (
            Kind::Catalog,
            "displayName: x\nownr: y\n",
            2,
            1,
            "unknown key `ownr`",
        ),
        (
            Kind::Catalog,
            "published: true\n",
            1,
            1,
            "the key `displayName` is missing",
        ),
        (
            Kind::Catalog,
            "displayName: x\npublished: \"true\"\n",
            2,
            12,
            "text where a boolean belongs",
        ),
        (
            Kind::Catalog,
            "displayName: x\nresources:\n  a: b\n",
            3,
            3,
            "a mapping where a sequence belongs",
        ),
        (
            Kind::Domains,
            "block: [a.example, 5]\n",
            1,
            20,
            "a number where a domain, or a mapping with `domain` and `subdomains` belongs",
        ),
    ] {
        let file = file(text);
        let tree = read(&file);
        let wrong = kind.decode(tree.root()).expect_err(text);
        assert_eq!(wrong.message, message, "{text}");
        let (start, end) = wrong.span.expect("a span");
        let place = file.place(start, end);
        assert_eq!((place.line, place.column), (line, column), "{text}{wrong}");
    }
}

#[test]
fn never_converts_types() {
    let file = file("text: \"5\"\nnumber: 5\nyes: true\n");
    let tree = read(&file);
    let node = |key| tree.root().get(key).expect("a key");
    assert_eq!(String::deserialize(node("text")).as_deref(), Ok("5"));
    assert_eq!(<&str>::deserialize(node("text")), Ok("5"));
    assert!(u64::deserialize(node("text")).is_err());
    assert_eq!(u8::deserialize(node("number")), Ok(5));
    assert!(String::deserialize(node("number")).is_err());
    assert!(bool::deserialize(node("number")).is_err());
    assert_eq!(Option::<bool>::deserialize(node("yes")), Ok(Some(true)));
    assert!(String::deserialize(node("yes")).is_err());
    assert!(<()>::deserialize(node("yes")).is_err());
}

#[test]
fn lays_one_mapping_over_another() {
    let file = file(
        "
own:
  formerly: old
  profile: standard
  expires: never
  requestors: nobody
base:
  expires: { after: 5d }
  justification: required
  description: of the profile
",
    );
    let tree = read(&file);
    let own = tree.root().get("own").expect("own");
    let base = tree.root().get("base").expect("base");
    let layer = Layer::except(own, &["formerly", "profile"]).over(base, &["description"]);
    let policy = Kind::Policy.decode(layer).expect("a policy");
    let expected = serde_json::json!({
        "expires": "never", "requestors": "nobody", "justification": "required",
    });
    let expected = Kind::Policy.decode(expected).expect("a policy");
    assert_eq!(Body::of(&policy), Body::of(&expected));
    let lifecycle = Lifecycle::deserialize(Layer::only(own, Lifecycle::KEYS));
    assert!(lifecycle.expect("lifecycle keys").formerly.is_some());
    let wrong = Kind::Policy.decode(Layer::except(own, &["profile"]));
    let wrong = wrong.expect_err("a key that is none of a policy");
    assert_eq!(file.place(wrong.span.expect("a span").0, 0).line, 3);
}
