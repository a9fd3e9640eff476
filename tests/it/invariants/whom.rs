//! Whom a statement is about.

use std::collections::BTreeSet;

use super::{broken, plays};
use crate::support::Sandbox;

/// Organizations that prove themselves in every way, groups of every sort, and somebody named who is refused.
pub(super) const WHO: &str = "version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com], sponsors: { internal: ['user:omar@contoso.com'] } }
  deep: { displayName: Deep, domains: [deep.lamna.example] }
  tailspin: { displayName: Tailspin, tenant: 3d0f5dec-0000-4000-8000-000000000001, domains: [tailspin.example] }
  street: { displayName: Street, social: facebook }
  closed:
    displayName: Closed
    tenant: 3d0f5dec-0000-4000-8000-000000000002
    domains: [closed.example]
    crossTenant: { inbound: { users: none, applications: none } }
domains: { block: [blocked.example] }
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a' }
  inside: { group: Inside, managed: true, guests: false }
  sales: { group: Sales, managed: true, membershipRule: '(user.department -eq \"Sales\")' }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  partners: { catalog: open, displayName: P, grants: { site: Members }, policies: { all: { requestors: { organizations: [fabrikam, deep, tailspin, street, closed] }, approval: { stages: [{ approvers: [sponsors:internal], fallback: ['user:omar@contoso.com'] }] }, expires: { after: 30d } } } }
  eva: { catalog: open, displayName: E, grants: { site: Members }, policies: { all: { requestors: { people: ['user:eva@contoso.com'] }, expires: { after: 30d } } } }
  jane: { catalog: open, displayName: J, grants: { site: Members }, policies: { all: { requestors: { people: ['user:jane@blocked.example'] }, expires: { after: 30d } } } }
  inside: { catalog: open, displayName: I, grants: { site: Members }, policies: { all: { requestors: { people: [group:inside] }, expires: { after: 30d } } } }
  sales: { catalog: open, displayName: S, grants: { site: Members }, policies: { all: { requestors: { people: [group:sales] }, expires: { after: 30d } } } }
  jo: { catalog: open, displayName: Jo, grants: { site: Members }, policies: { all: { requestors: { people: ['user:jo@elsewhere.example'] }, expires: { after: 30d } } } }
  mailed: { catalog: open, displayName: M, grants: { site: Members }, policies: { all: { requestors: { automatic: { rule: 'user.mail -match \"@fabrikam[.]com$\"' } }, expires: { after: 30d } } } }
";

#[test]
fn whom_a_statement_is_about_is_told_apart() {
    let holds = [
        "never: { requestors: guests, holds: package/inside }",
        "never: { requestors: external, holds: package/eva }",
        // Nobody new comes in from there.
        "never: { requestors: visitors, holds: package/jane, through: [request, direct] }",
        "never: { requestors: visitors, organization: closed, holds: package/*, through: [request, direct] }",
        "never: { requestors: visitors, domain: blocked.example, holds: package/*, through: [request, direct] }",
        // Whoever is here from there cannot sign in.
        "never: { organization: closed, holds: package/*, through: request }",
        "never: { organization: closed, asks: package/* }",
        // The organization has no domains below its own.
        "never: { domain: sub.fabrikam.com, organization: fabrikam, holds: package/partners }",
        "never: { domain: elsewhere.example, holds: package/mailed }",
        "never: { domain: fabrikam.com, holds: package/jo }",
        "never: { requestors: unlisted, holds: package/eva }",
        // By request somebody has to prove where they are from.
        "never: { requestors: unlisted, holds: package/partners }",
    ];
    let breaks = [
        "never: { requestors: members, holds: package/inside }",
        // Only an external member, for whoever has no account is in no group.
        "never: { requestors: external, holds: package/inside }",
        "never: { domain: fabrikam.com, holds: package/mailed }",
        "never: { domain: elsewhere.example, holds: package/jo }",
        // Somebody with a local guest account is a guest, and signs in here.
        "never: { requestors: guests, holds: package/eva }",
        // Whoever is in a group by its rule matches it.
        "never: { requestors: guests, holds: package/sales }",
        "never: { domain: lamna.example, organization: 'd*', holds: package/partners, approvals: '1' }",
        // A tenant and Facebook prove the same with any address.
        "never: { domain: elsewhere.example, organization: tailspin, holds: package/partners }",
        // Whoever was here before is; who cannot sign in has it by others.
        "never: { domain: blocked.example, requestors: external, holds: package/jane }",
        "never: { organization: closed, holds: package/*, through: direct }",
        // Whoever signs in here may have any address.
        "never: { domain: blocked.example, requestors: internal, holds: package/sales }",
        "never: { requestors: members, holds: package/jo }",
        "never: { requestors: members, holds: package/mailed }",
        "never: { domain: elsewhere.example, organization: street, holds: package/partners }",
        // Whoever assigns by hand vouches for the domain.
        "never: { requestors: unlisted, domain: fabrikam.com, holds: package/partners, through: direct }",
    ];
    let mut tree = format!("{WHO}invariants:\n");
    for (at, text) in holds.iter().enumerate() {
        tree.push_str(&format!("  holds-{at}: {{ {text} }}\n"));
    }
    for (at, text) in breaks.iter().enumerate() {
        tree.push_str(&format!("  breaks-{at}: {{ {text} }}\n"));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let expected: BTreeSet<String> = (0..breaks.len()).map(|at| format!("breaks-{at}")).collect();
    assert_eq!(broken(&sandbox, "GL0511"), expected);
    plays(&sandbox, breaks.len());
}

#[test]
fn who_was_here_before_is_told_so() {
    let tree = format!(
        "{WHO}invariants:
  refused: {{ never: {{ requestors: guests, domain: blocked.example, holds: package/jane }} }}
  closed: {{ never: {{ requestors: guests, organization: closed, holds: package/partners, through: direct }} }}
"
    );
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let text = sandbox.run(["validate"]).exits(3).text();
    for said in [
        "jane@blocked.example, a guest who was here before blocked.example was refused, can have it",
        "a guest of organization/closed who was here before the settings of organization/closed let nobody in, can be given it by hand",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn whoever_cannot_sign_in_has_what_others_ask_for_them_and_approvers_sign_in_otherwise() {
    let approval = "approval: { stages: [{ approvers: [sponsors:internal], fallback: ['user:omar@contoso.com'] }] }, expires: { after: 30d }";
    let behalf = "approval: { stages: [{ approvers: ['user:jo@closed.example'] }] }, extension: { allowed: true }, onBehalf: { requestors: [manager], update: true }, expires: { after: 30d }";
    let tree = format!(
        "{WHO}invariants:
  held: {{ never: {{ organization: closed, holds: package/partners }} }}
  kept: {{ always: {{ organization: closed, holds: package/partners, expires: '<=40d' }} }}
  asked: {{ never: {{ organization: closed, asks: package/partners }} }}
"
    );
    let partners = "{ organizations: [fabrikam, deep, tailspin, street, closed] }";
    assert!(tree.contains(approval) && tree.contains(partners));
    let tree = tree.replace(partners, "membersAndGuests");
    let sandbox = Sandbox::project().write("tree.yaml", tree.replace(approval, behalf));
    let both = BTreeSet::from(["held".to_owned(), "kept".to_owned()]);
    assert_eq!(broken(&sandbox, "GL0511"), both);
    plays(&sandbox, 2);
    let alone = behalf.replace(", update: true", "");
    let sandbox = Sandbox::project().write("tree.yaml", tree.replace(approval, &alone));
    let one = BTreeSet::from(["held".to_owned()]);
    assert_eq!(broken(&sandbox, "GL0511"), one);
}

/// Lists, rules and an exclusion that tell domains apart.
const DOMAINS: &str = "version: 1
organizations:
  first: { displayName: First, domains: [first.example] }
  other: { displayName: Other, domains: [other.example, of.wide.example] }
  tailspin: { displayName: Tailspin, tenant: 3d0f5dec-0000-4000-8000-000000000001, domains: [tailspin.example] }
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a' }
  theirs: { group: Theirs, managed: true, membershipRule: '(user.mail -contains \"@other.example\")' }
  apart: { group: Apart, managed: true, membershipRule: '(user.mail -contains \"@first.\")' }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  listed: { catalog: open, displayName: L, grants: { site: Members }, policies: { all: { requestors: { people: ['user:jane@other.example', 'user:kim@of.wide.example'] }, expires: { after: 30d } } } }
  other: { catalog: open, displayName: O, grants: { site: Members }, policies: { all: { requestors: { organizations: [other] }, expires: { after: 30d } } } }
  mailed: { catalog: open, displayName: M, grants: { site: Members }, policies: { all: { requestors: { automatic: { rule: 'user.mail -match \"^bob@other[.]example$\"' } }, expires: { after: 30d } } } }
  partner: { catalog: open, displayName: P, grants: { site: Members }, policies: { all: { requestors: { automatic: { rule: 'user.mail -match \"@partner[.]example$\"' } }, expires: { after: 30d } } } }
  deep: { catalog: open, displayName: D, grants: { site: Members }, policies: { all: { requestors: { automatic: { rule: 'user.mail -match \"@y[.]wide[.]example$\"' } }, expires: { after: 30d } } } }
  grouped: { catalog: open, displayName: G, grants: { site: Members }, policies: { all: { requestors: { people: [group:theirs] }, expires: { after: 30d } } } }
  apart: { catalog: open, displayName: A, grants: { site: Members }, incompatibleWith: [group:apart], policies: { all: { requestors: membersAndGuests, expires: { after: 30d } } } }
";

#[test]
fn people_have_addresses_of_every_domain_that_lists_and_rules_tell_apart() {
    let holds = [
        "never: { organization: first, holds: [package/mailed, package/listed] }",
        "never: { organization: first, holds: package/mailed }",
        "never: { organization: first, holds: package/grouped }",
        "never: { organization: first, holds: package/apart }",
        "never: { organization: [first, other], holds: package/partner }",
        "never: { domain: first.example, holds: package/listed }",
        "never: { domain: first.example, holds: package/mailed }",
        "never: { domain: wide.example, holds: package/partner }",
        "never: { domain: of.wide.example, holds: package/deep }",
        "never: { organization: other, holds: package/deep }",
    ];
    let breaks = [
        // Whoever is named by address is of the organization that their domain proves, or of none.
        "never: { organization: [first, other], holds: package/listed }",
        "never: { requestors: unlisted, holds: package/listed }",
        "never: { requestors: unlisted, domain: wide.example, holds: package/listed }",
        // An organization has several domains.
        "never: { domain: wide.example, holds: package/other }",
        // A rule may look at the domain, and at what stands before it.
        "never: { requestors: configuredOrganizations, holds: package/mailed }",
        "never: { organization: [first, other], holds: package/mailed }",
        "never: { organization: [first, other], holds: package/grouped }",
        "never: { organization: [first, other], holds: package/apart }",
        "never: { requestors: external, holds: package/partner }",
        "never: { requestors: unlisted, holds: package/partner }",
        "never: { requestors: unlisted, domain: wide.example, holds: package/deep }",
        "never: { requestors: internal, domain: wide.example, holds: package/deep }",
        // A tenant proves the same with any address.
        "never: { organization: tailspin, holds: package/partner }",
        "never: { requestors: external, holds: [package/grouped, package/listed] }",
        // Whoever assigns by hand vouches for any domain of the organization, whatever is proved.
        "never: { organization: tailspin, requestors: visitors, holds: package/other, through: direct }",
        "never: { requestors: unlisted, holds: package/other, through: direct }",
    ];
    let mut tree = format!("{DOMAINS}invariants:\n");
    for (at, text) in holds.iter().enumerate() {
        tree.push_str(&format!("  holds-{at}: {{ {text} }}\n"));
    }
    for (at, text) in breaks.iter().enumerate() {
        tree.push_str(&format!("  breaks-{at}: {{ {text} }}\n"));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let expected: BTreeSet<String> = (0..breaks.len()).map(|at| format!("breaks-{at}")).collect();
    assert_eq!(broken(&sandbox, "GL0511"), expected);
    plays(&sandbox, breaks.len());
}
