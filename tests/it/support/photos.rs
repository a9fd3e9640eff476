//! A small tree that tests of the language play on: a package of photos for one of two partners.

/// Returns the tree, with the stages in which the partners' requests are approved.
pub(crate) fn photos(stages: &str) -> String {
    format!(
        r#"version: 1
organizations:
  fabrikam: {{ displayName: Fabrikam, domains: [fabrikam.com], sponsors: {{ internal: [user:ana@contoso.com] }}, protect: true }}
  wingtip: {{ displayName: Wingtip, domains: [wingtip.example], sponsors: {{ internal: [user:ana@contoso.com] }} }}
resources:
  site: {{ site: "https://contoso.sharepoint.com/sites/a", roles: [Members, Visitors] }}
  leads: {{ group: Leads }}
catalogs:
  marketing: {{ displayName: Marketing, resources: [site, leads], externallyVisible: true }}
packages:
  photos:
    catalog: marketing
    displayName: Photos
    grants: {{ site: Visitors }}
    policies:
      partners:
        requestors: {{ organizations: [fabrikam] }}
        approval: {{ stages: {stages} }}
        questions: [{{ ask: For which client?, required: false }}]
        expires: {{ after: 90d }}
"#
    )
}
