//! Trees to apply: the same names, other rules each time.

use std::fmt::Write as _;

use crate::dice::Dice;

/// The partners' domains.
pub(crate) const DOMAINS: [&str; 5] = [
    "fabrikam.example",
    "wingtip.example",
    "litware.example",
    "northwind.example",
    "stranger.example",
];

/// The tenant of the partner that has one.
pub(crate) const NORTHWIND: &str = "3d0f5dec-0000-4000-8000-000000000001";

/// The packages, with their policies.
pub(crate) const POLICIES: [(&str, &str); 7] = [
    ("library", "partners"),
    ("library", "direct"),
    ("campaign", "agencies"),
    ("campaign", "anybody"),
    ("audit", "auditors"),
    ("brand", "everybody"),
    ("team", "by-hand"),
];

/// Returns a tree.
pub(crate) fn tree(dice: &mut Dice) -> String {
    let mut one = |of: &[&'static str]| of[dice.below(of.len())];
    let mut text = String::from(
        "version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
  guests: { group: Design guests }
  crm: { application: Salesforce, roles: [Partner User] }
",
    );
    // A group of our own people goes by either name.
    let crew = one(&["crew", "squad"]);
    let formerly = if crew == "crew" { "squad" } else { "crew" };
    let _ = writeln!(
        text,
        "  {crew}: {{ formerly: {formerly}, group: Insiders, managed: true, membershipRule: '(user.userType -eq \"Member\")' }}
organizations:"
    );
    let sponsors = one(&["'user:ana@contoso.com'", "'group:CREW'"]).replace("CREW", crew);
    let _ = writeln!(
        text,
        "  fabrikam:
    displayName: Fabrikam
    domains: [fabrikam.example]
    sponsors: {{ internal: [{sponsors}] }}"
    );
    // A partner comes and goes, with what only its people may ask for.
    let wingtip = one(&["fabrikam, wingtip", "fabrikam, wingtip", "fabrikam"]);
    if wingtip != "fabrikam" {
        text.push_str("  wingtip: { displayName: Wingtip, domains: [wingtip.example] }\n");
    }
    let crossing = one(&[
        "",
        "",
        "    crossTenant: { inbound: { users: none, applications: none } }\n",
        "    crossTenant: { inbound: { users: all, applications: all }, automaticConsent: { inbound: true, outbound: false } }\n",
    ]);
    let _ = write!(
        text,
        "  northwind:
    displayName: Northwind
    tenant: {NORTHWIND}
    domains: [northwind.example]
{crossing}"
    );
    let state = one(&["configured", "configured", "proposed"]);
    let _ = writeln!(
        text,
        "  litware: {{ displayName: Litware, domains: [litware.example], state: {state} }}"
    );
    let published = one(&["true", "true", "true", "false"]);
    let visible = one(&["true", "true", "true", "false"]);
    let _ = writeln!(
        text,
        "catalogs:
  marketing:
    displayName: Marketing
    published: {published}
    externallyVisible: {visible}
    resources: [photos, guests, crm]
    roles: {{ assignmentManagers: ['user:omar@contoso.com'] }}
packages:"
    );
    let grants = one(&[
        "{ photos: Visitors }",
        "{ photos: Visitors, guests: Member }",
    ]);
    let terms = one(&[
        "expires: { after: 30d }",
        "expires: { after: 12h }",
        "expires: never",
        "expires: { after: 90d }\n        review: { every: monthly, reviewers: ['user:ana@contoso.com'], decideWithin: 7d, onNoResponse: remove }",
        "expires: never\n        review: { every: quarterly, reviewers: [self], decideWithin: 14d, onNoResponse: recommendation }",
        "expires: never\n        review: { every: monthly, reviewers: ['group:CREW'], fallback: ['user:ana@contoso.com'], decideWithin: 7d, onNoResponse: keep }",
    ])
    .replace("CREW", crew);
    let _ = writeln!(
        text,
        "  library:
    catalog: marketing
    displayName: Photo library
    grants: {grants}
    policies:
      partners:
        requestors: configuredOrganizations
        extension: {{ allowed: true }}
        {terms}
      direct: {{ expires: {{ after: 60d }} }}"
    );
    let stages = one(&[
        "[{ approvers: ['sponsors:internal'], fallback: ['user:omar@contoso.com'], decideWithin: 7d }]",
        "[{ approvers: ['sponsors:internal'], fallback: ['user:omar@contoso.com'], decideWithin: 14d, escalation: { after: 5d, approvers: ['user:legal@contoso.com'] } }, { approvers: ['user:legal@contoso.com'], decideWithin: 5d }]",
        "[{ approvers: ['user:ana@contoso.com', 'user:omar@contoso.com'] }]",
        "[{ approvers: ['group:CREW'] }, { approvers: ['user:legal@contoso.com'], fallback: ['group:CREW'] }]",
    ])
    .replace("CREW", crew);
    let audits = one(&["yes", "yes", "yes", "no"]) == "yes";
    let incompatible = match one(&["", "incompatibleWith: [package/audit]"]) {
        incompatible if audits => incompatible,
        _ => "",
    };
    let grants = one(&[
        "{ guests: Member, crm: Partner User }",
        "{ guests: Member }",
    ]);
    let _ = writeln!(
        text,
        "  campaign:
    catalog: marketing
    displayName: Campaign
    grants: {grants}
    {incompatible}
    policies:
      agencies:
        requestors: {{ organizations: [{wingtip}] }}
        approval: {{ stages: {stages} }}
        expires: {{ after: 180d }}
        extension: {{ allowed: true, approval: true }}
      anybody:
        requestors: anyExternal
        approval: {{ stages: [{{ approvers: ['user:legal@contoso.com'] }}] }}
        expires: {{ after: 30d }}"
    );
    if audits {
        text.push_str(
            "  audit:
    catalog: marketing
    displayName: Audit
    grants: { photos: Visitors }
    policies:
      auditors:
        requestors: { organizations: [litware, northwind] }
        requests: { customSchedule: true }
        expires: { after: 120d }
",
        );
    }
    let rule = one(&[
        "assign: true, remove: true",
        "assign: true, remove: true, gracePeriod: 7d",
        "assign: false, remove: true",
        "assign: true, remove: false",
    ]);
    let marketing = one(&[
        "(user.department -eq \"Marketing\")",
        "(user.department -eq \"Marketing\")",
        "(user.department -ne \"Sales\")",
    ]);
    let automatic = match one(&["a rule", "a rule", "a rule", "none"]) {
        "none" => String::new(),
        _ => format!(
            "      by-rule:
        requestors: {{ automatic: {{ rule: '{marketing}', {rule} }} }}
        expires: never
"
        ),
    };
    let _ = writeln!(
        text,
        "  team:
    catalog: marketing
    displayName: Team
    grants: {{ guests: Member }}
    policies:
{automatic}      by-hand: {{ expires: {{ after: 20d }} }}
  brand:
    catalog: marketing
    displayName: Brand
    grants: {{ crm: Partner User }}
    policies:
      everybody:
        requestors: membersAndGuests
        expires: {{ after: 365d }}"
    );
    let domains = one(&[
        "",
        "domains: { block: [wingtip.example] }",
        "domains: { block: [stranger.example] }",
        "domains: { allow: [fabrikam.example, wingtip.example, litware.example, northwind.example] }",
    ]);
    let after = one(&[
        "",
        "externalUsers: { afterLastAssignment: nothing }",
        "externalUsers: { afterLastAssignment: block }",
        "externalUsers: { afterLastAssignment: blockAndDelete, deleteAfter: 10d }",
    ]);
    let collaboration = one(&[
        "",
        "collaboration: { invitations: everyone }",
        "collaboration: { invitations: inviters }",
        "collaboration: { invitations: nobody, guestsMayLeave: true }",
        "collaboration: { oneTimePasscode: false }",
    ]);
    let _ = writeln!(text, "{domains}\n{after}\n{collaboration}");
    text
}
