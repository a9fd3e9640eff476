//! Trees to apply: the same names, other rules each time.

use std::fmt::Write as _;

use crate::dice::Dice;

/// The partners' domains.
pub(crate) const DOMAINS: [&str; 4] = [
    "fabrikam.example",
    "wingtip.example",
    "litware.example",
    "stranger.example",
];

/// The packages, with their policies.
pub(crate) const POLICIES: [(&str, &str); 6] = [
    ("library", "partners"),
    ("library", "direct"),
    ("campaign", "agencies"),
    ("campaign", "anybody"),
    ("audit", "auditors"),
    ("brand", "everybody"),
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
organizations:
  fabrikam:
    displayName: Fabrikam
    domains: [fabrikam.example]
    sponsors: { internal: ['user:ana@contoso.com'] }
  wingtip: { displayName: Wingtip, domains: [wingtip.example] }
",
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
    ]);
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
    ]);
    let incompatible = one(&["", "incompatibleWith: [package/audit]"]);
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
        requestors: {{ organizations: [fabrikam, wingtip] }}
        approval: {{ stages: {stages} }}
        expires: {{ after: 180d }}
        extension: {{ allowed: true, approval: true }}
      anybody:
        requestors: anyExternal
        approval: {{ stages: [{{ approvers: ['user:legal@contoso.com'] }}] }}
        expires: {{ after: 30d }}
  audit:
    catalog: marketing
    displayName: Audit
    grants: {{ photos: Visitors }}
    policies:
      auditors:
        requestors: {{ organizations: [litware] }}
        requests: {{ customSchedule: true }}
        expires: {{ after: 120d }}
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
    ]);
    let after = one(&[
        "",
        "externalUsers: { afterLastAssignment: nothing }",
        "externalUsers: { afterLastAssignment: block }",
        "externalUsers: { afterLastAssignment: blockAndDelete, deleteAfter: 10d }",
    ]);
    let _ = writeln!(text, "{domains}\n{after}");
    text
}
