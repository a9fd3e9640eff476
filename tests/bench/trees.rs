//! Trees of any size, the same on every machine: partners, resources, catalogs, packages and policies in the proportions
//! of the worked example, every reference resolved, about 500 bytes an object.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// How many objects a file holds.
pub(crate) const OBJECTS_A_FILE: usize = 50;

// What a file holds; together `OBJECTS_A_FILE`.
const ORGANIZATIONS: usize = 10;
const RESOURCES: usize = 12;
const CATALOGS: usize = 2;
const PACKAGES: usize = 12;
const POLICIES: usize = 14;

const _: () = assert!(ORGANIZATIONS + RESOURCES + CATALOGS + PACKAGES + POLICIES == OBJECTS_A_FILE);

/// What all files share.
const SETTINGS: &str = r#"# What the partners' policies have in common.
# yaml-language-server: $schema=../schemas/policy.schema.json
version: 1

vars:
  sharepoint: https://contoso.sharepoint.com

profiles:
  standard-partner:
    justification: required
    expires: { after: 180d }
    extension: { allowed: true, approval: true }
    review:
      every: quarterly
      decideWithin: 21d
      reviewers: [user:ana@contoso.com]
      onNoResponse: remove
"#;

const PROJECT: &str = r#"project = "contoso-external"

[tenant]
name = "Contoso"
domains = ["contoso.com"]
time-zone = "Europe/Amsterdam"

[store]
url = "sqlite:guestlist.db"
"#;

const WORK: [&str; 8] = [
    "campaigns",
    "audits",
    "maintenance",
    "translations",
    "shipments",
    "prototypes",
    "trainings",
    "inspections",
];

const PLACES: [&str; 8] = [
    "Rotterdam",
    "Seattle",
    "Lagos",
    "Osaka",
    "Gdańsk",
    "Recife",
    "Melbourne",
    "Jaipur",
];

/// Writes a project with this many objects, a multiple of what a file holds, and returns the bytes of its policy files.
pub(crate) fn write(root: &Path, objects: usize) -> io::Result<u64> {
    let files = objects.div_ceil(OBJECTS_A_FILE).max(1);
    fs::write(root.join("guestlist.toml"), PROJECT)?;
    fs::write(root.join("settings.yaml"), SETTINGS)?;
    let mut bytes = SETTINGS.len() as u64;
    for at in 0..files {
        // A folder holds a hundred files, as people would group them.
        let folder = root.join(format!("partners-{:03}", at / 100));
        if at % 100 == 0 {
            fs::create_dir_all(&folder)?;
        }
        let text = file(at, files);
        bytes += text.len() as u64;
        fs::write(folder.join(format!("group-{at:05}.yaml")), text)?;
    }
    Ok(bytes)
}

/// Returns the text of one file: a department with its partners, its resources and what it lends them.
fn file(at: usize, files: usize) -> String {
    let mut out = String::with_capacity(OBJECTS_A_FILE * 600);
    // Writing to a string cannot fail.
    let _ = write_file(&mut out, at, files);
    out
}

fn write_file(out: &mut String, at: usize, files: usize) -> std::fmt::Result {
    let place = PLACES[at % PLACES.len()];
    writeln!(
        out,
        "# Work with partners of the department {at}, in {place}."
    )?;
    writeln!(
        out,
        "# yaml-language-server: $schema=../../schemas/policy.schema.json"
    )?;
    writeln!(out, "version: 1\n\norganizations:")?;
    for index in 0..ORGANIZATIONS {
        organization(out, at, index)?;
    }
    writeln!(out, "\nresources:")?;
    for index in 0..RESOURCES {
        resource(out, at, index)?;
    }
    writeln!(out, "\ncatalogs:")?;
    for index in 0..CATALOGS {
        catalog(out, at, index)?;
    }
    writeln!(out, "\npackages:")?;
    let mut policies = 0;
    for index in 0..PACKAGES {
        package(out, at, index)?;
        let own = if index < POLICIES - PACKAGES { 2 } else { 1 };
        for _ in 0..own {
            policy(out, at, policies, files)?;
            policies += 1;
        }
    }
    Ok(())
}

fn organization(out: &mut String, at: usize, index: usize) -> std::fmt::Result {
    let number = at * ORGANIZATIONS + index;
    let work = WORK[number % WORK.len()];
    let place = PLACES[number / 3 % PLACES.len()];
    writeln!(out, "  partner-{number:06}:")?;
    writeln!(out, "    displayName: Partner {number} of {place}")?;
    writeln!(
        out,
        "    description: Helps the department {at} with {work}, and has done so since the first contract of {}",
        2008 + number % 18
    )?;
    // One in five is known by its domains alone.
    if index % 5 != 4 {
        writeln!(
            out,
            "    tenant: 3d0f5dec-0000-4000-8000-{:012x}",
            number + 1
        )?;
    }
    writeln!(
        out,
        "    domains: [partner-{number:06}.example, mail.partner-{number:06}-group.example]"
    )?;
    writeln!(out, "    sponsors:")?;
    writeln!(
        out,
        "      internal: [user:buyer{}@contoso.com, group:{}]",
        number % 400,
        group(at)
    )?;
    writeln!(
        out,
        "      external: [user:director@partner-{number:06}.example]"
    )
}

/// The group of the department's own people.
fn group(at: usize) -> String {
    format!("department-{at:05}-r0")
}

fn resource(out: &mut String, at: usize, index: usize) -> std::fmt::Result {
    let work = WORK[(at + index) % WORK.len()];
    writeln!(out, "  department-{at:05}-r{index}:")?;
    match index % 4 {
        0 => {
            writeln!(out, "    group: Department {at} {work} {index}")?;
            writeln!(
                out,
                "    description: Everybody who works on {work}, from here and from outside"
            )?;
            writeln!(out, "    managed: true")
        }
        1 => {
            writeln!(
                out,
                "    site: \"${{var.sharepoint}}/sites/department-{at}-{index}\""
            )?;
            writeln!(out, "    roles: [Owners, Members, Visitors]")
        }
        2 => {
            writeln!(out, "    team: Department {at} {work} {index}")?;
            writeln!(
                out,
                "    description: Where everybody who works on {work} talks"
            )
        }
        _ => {
            writeln!(out, "    application: Workbench {at} for {work} {index}")?;
            writeln!(
                out,
                "    id: 5b0e6f1a-0000-4000-8000-{:012x}",
                at * RESOURCES + index + 1
            )?;
            writeln!(out, "    roles: [Standard User, Partner User]")
        }
    }
}

fn catalog(out: &mut String, at: usize, index: usize) -> std::fmt::Result {
    let half = RESOURCES / CATALOGS;
    let resources: Vec<String> = (index * half..(index + 1) * half)
        .map(|resource| format!("department-{at:05}-r{resource}"))
        .collect();
    writeln!(out, "  department-{at:05}-{index}:")?;
    writeln!(out, "    displayName: Department {at}, part {index}")?;
    writeln!(
        out,
        "    description: Work with partners on {} and on {}",
        WORK[at % WORK.len()],
        WORK[(at + index + 1) % WORK.len()]
    )?;
    writeln!(out, "    published: true\n    externallyVisible: true")?;
    writeln!(out, "    resources: [{}]", resources.join(", "))?;
    writeln!(out, "    roles:")?;
    writeln!(out, "      owners: [group:{}]", group(at))?;
    writeln!(out, "      readers: [group:Internal Audit]")?;
    writeln!(
        out,
        "      assignmentManagers: [user:lead{}@contoso.com]",
        at % 300
    )
}

fn package(out: &mut String, at: usize, index: usize) -> std::fmt::Result {
    let part = index % CATALOGS;
    let first = part * (RESOURCES / CATALOGS);
    let work = WORK[(at + index) % WORK.len()];
    writeln!(out, "  department-{at:05}-p{index:02}:")?;
    writeln!(out, "    catalog: department-{at:05}-{part}")?;
    writeln!(out, "    displayName: Department {at} {work} {index}")?;
    writeln!(out, "    description: |")?;
    writeln!(
        out,
        "      Everything a partner needs for {work}: the group, the site and the team, and the customers it works for."
    )?;
    writeln!(out, "      Ends with the contract at the latest.")?;
    if index % 6 == 5 {
        writeln!(out, "    hidden: true")?;
    }
    writeln!(out, "    grants:")?;
    for resource in first..first + 4 {
        let role = match resource % 4 {
            1 => "Members",
            3 => "Partner User",
            _ => "Member",
        };
        writeln!(out, "      department-{at:05}-r{resource}: {role}")?;
    }
    if index > 0 && index.is_multiple_of(4) {
        writeln!(
            out,
            "    incompatibleWith: [package/department-{at:05}-p{:02}]",
            index - 1
        )?;
    }
    writeln!(out, "    policies:")
}

fn policy(out: &mut String, at: usize, index: usize, files: usize) -> std::fmt::Result {
    let partner = |nth: usize| {
        let number = (at * 7919 + index * 104_729 + nth * 1_299_709) % (files * ORGANIZATIONS);
        format!("partner-{number:06}")
    };
    writeln!(out, "      way-{index:02}:")?;
    match index % 7 {
        // Our own people: a manager says yes.
        3 => {
            writeln!(out, "        displayName: Colleagues")?;
            writeln!(out, "        requestors: members")?;
            writeln!(out, "        approval:\n          stages:")?;
            writeln!(out, "            - approvers: [manager]")?;
            writeln!(out, "              fallback: [group:{}]", group(at))?;
            writeln!(out, "              decideWithin: 7d")?;
            writeln!(out, "        expires: {{ after: 365d }}")?;
            writeln!(out, "        extension: {{ allowed: true }}")
        }
        // Every partner: somebody here says yes.
        5 => {
            writeln!(out, "        requestors: configuredOrganizations")?;
            writeln!(out, "        justification: required")?;
            writeln!(out, "        approval:\n          stages:")?;
            writeln!(
                out,
                "            - approvers: [sponsors:internal]\n              fallback: [user:lead{}@contoso.com]",
                at % 300
            )?;
            writeln!(out, "        expires: {{ after: 90d }}")?;
            writeln!(out, "        notifications: false")
        }
        // Chosen partners: their sponsors, then somebody who knows the contract.
        _ => {
            writeln!(out, "        profile: standard-partner")?;
            writeln!(out, "        displayName: Partners with a contract")?;
            writeln!(out, "        description: Partners ask for themselves")?;
            let mut chosen: Vec<String> = (0..3).map(partner).collect();
            chosen.sort();
            chosen.dedup();
            writeln!(
                out,
                "        requestors: {{ organizations: [{}] }}",
                chosen.join(", ")
            )?;
            writeln!(out, "        approval:\n          stages:")?;
            writeln!(out, "            - approvers: [sponsors:internal]")?;
            writeln!(out, "              fallback: [group:{}]", group(at))?;
            writeln!(out, "              decideWithin: 14d")?;
            writeln!(out, "              escalation:")?;
            writeln!(out, "                after: 7d")?;
            writeln!(
                out,
                "                approvers: [user:lead{}@contoso.com]",
                at % 300
            )?;
            writeln!(out, "              justification: required")?;
            writeln!(
                out,
                "            - approvers: [user:legal{}@contoso.com]",
                at % 20
            )?;
            writeln!(out, "              decideWithin: 5d")?;
            writeln!(out, "              showApprovers: hidden")?;
            writeln!(out, "        questions:")?;
            writeln!(
                out,
                "          - ask: What is the number of your purchase order?"
            )?;
            writeln!(out, "            localized:")?;
            writeln!(
                out,
                "              nl: Wat is het nummer van uw inkooporder?"
            )?;
            writeln!(out, "            required: true")?;
            writeln!(out, "            pattern: 'PO-[0-9]{{6}}'")?;
            writeln!(out, "          - ask: What will you work on?")?;
            writeln!(out, "            multiline: true")
        }
    }
}
