//! A tree at the limits of a tenant: 10,000 packages with 25,000 policies, 2,500 organizations, and what changes in it.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::ledger::site;

/// How many organizations there are, each with a domain and another with everything below it.
pub(crate) const ORGANIZATIONS: u64 = 2_500;
/// How many packages there are, with two policies or three.
pub(crate) const PACKAGES: u64 = 10_000;
/// How many catalogs there are, each with a site and a file of its own.
pub(crate) const CATALOGS: u64 = 500;
/// The policy of every package that lets three organizations in.
pub(crate) const POLICY: &str = "partners";

/// Invariants that hold, so that everybody is looked at.
const INVARIANTS: &str = "version: 1
invariants:
  nobody-of-a-competitor:
    never: { requestors: visitors, domain: competitor.example, holds: package/* }
  somebody-says-yes:
    always: { requestors: external, approvals: '>=1', expires: '<=365d' }
  no-books-for-one:
    never: { organization: partner-17, resource: books }
  guests-own-nothing:
    never: { requestors: guests, role: Owners }
";

/// How a tree differs from the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// In nothing.
    None,
    /// One policy lets another organization in, for longer.
    Widened,
    /// A thousand policies give less time.
    Thousand,
    /// A thousand packages give a group besides.
    Granted,
    /// The domain of one organization is blocked.
    Blocked,
    /// Every organization with a tenant has another domain: what is known by its domains alone cannot change them.
    Domains,
}

/// The first domain of an organization.
pub(crate) fn domain(organization: u64) -> String {
    format!("partner-{organization}.example")
}

/// Writes the files of a tree.
pub(crate) fn write(folder: &Path, edit: Edit, invariants: bool) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut text = String::from("version: 1\n");
    let more = match edit {
        Edit::Blocked => format!(", {}", domain(17)),
        _ => String::new(),
    };
    let _ = writeln!(text, "domains: {{ block: [competitor.example{more}] }}");
    let _ = writeln!(
        text,
        "resources:\n  books: {{ group: Books, guests: false }}"
    );
    let _ = writeln!(text, "organizations:");
    for at in 0..ORGANIZATIONS {
        organization(&mut text, at, edit);
    }
    fs::write(folder.join("partners.yaml"), text)?;
    for at in 0..CATALOGS {
        fs::write(folder.join(format!("catalog-{at}.yaml")), catalog(at, edit))?;
    }
    let file = folder.join("invariants.yaml");
    match invariants {
        true => fs::write(file, INVARIANTS),
        false if file.exists() => fs::remove_file(file),
        false => Ok(()),
    }
}

fn organization(text: &mut String, at: u64, edit: Edit) {
    let first = match edit {
        Edit::Domains if at.is_multiple_of(2) => format!("people-of-{at}.example"),
        _ => domain(at),
    };
    let tenant = match at % 2 {
        0 => format!(", tenant: 3d0f5dec-0000-4000-8000-{at:012}"),
        _ => String::new(),
    };
    let _ = writeln!(
        text,
        "  partner-{at}: {{ displayName: Partner {at}, domains: [{first}, {{ domain: mail-{at}.example, subdomains: true }}], \
         sponsors: {{ internal: ['user:ana@contoso.com'] }}{tenant} }}"
    );
}

fn catalog(at: u64, edit: Edit) -> String {
    let mut text = format!(
        "version: 1
resources:
  s{at}: {{ site: '{}', roles: [Members, Owners] }}
catalogs:
  c-{at}: {{ displayName: Catalog {at}, published: true, externallyVisible: true, resources: [s{at}, books] }}
packages:
",
        site(at)
    );
    for number in (at..PACKAGES).step_by(CATALOGS as usize) {
        package(&mut text, number, at, edit);
    }
    text
}

fn package(text: &mut String, number: u64, catalog: u64, edit: Edit) {
    let books = match edit {
        Edit::Granted if number.is_multiple_of(10) => ", books: Member",
        _ => "",
    };
    let _ = writeln!(
        text,
        "  p{number}:\n    catalog: c-{catalog}\n    displayName: Package {number}\n    grants: {{ s{catalog}: Members{books} }}\n    policies:"
    );
    let rest = |first: &str| {
        format!(
            "approval: {{ stages: [{{ approvers: [{first}], fallback: ['group:Leads'] }}] }}, \
             review: {{ every: quarterly, reviewers: ['user:ana@contoso.com'] }}"
        )
    };
    let (ours, theirs) = (rest("manager"), rest("'sponsors:internal'"));
    let mut partners: Vec<String> = (0..3)
        .map(|nth| format!("partner-{}", (number * 7 + nth * 13) % ORGANIZATIONS))
        .collect();
    let days = match edit {
        Edit::Widened if number == 0 => {
            partners.push("partner-100".to_owned());
            300
        }
        Edit::Thousand if number.is_multiple_of(10) => 90,
        _ => 180,
    };
    let people = match number % 3 {
        0 => "membersAndGuests",
        _ => "{ people: ['group:Leads', 'user:eva@contoso.com'] }",
    };
    let partners = partners.join(", ");
    let _ = writeln!(
        text,
        "      {POLICY}: {{ requestors: {{ organizations: [{partners}] }}, expires: {{ after: {days}d }}, {theirs} }}"
    );
    let _ = writeln!(
        text,
        "      ours: {{ requestors: {people}, expires: {{ after: 180d }}, {ours} }}"
    );
    if number.is_multiple_of(2) {
        let _ = writeln!(
            text,
            "      every-partner: {{ requestors: configuredOrganizations, expires: {{ after: 180d }}, {theirs} }}"
        );
    }
}
