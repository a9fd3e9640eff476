//! How long invariants take on a tree as large as a tenant takes: 10,000 packages with 25,000 policies, 2,500 organizations.
//!
//! `cargo bench --bench invariant [-- RUNS]`
//!
//! Every statement is timed alone: some hold, so that everybody has to be looked at, and some are broken by every policy.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

use std::sync::Arc;
use std::time::Instant;

use guestlist::invariant::decide;
use guestlist::load::load;
use guestlist::model::text::Domain;
use guestlist::model::{Address, Declaration, Desired, Digest, Lifecycle, Origin, Project};
use guestlist::source::{SourceFile, Sources};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// The program's own, so that a part of it costs here what it costs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ORGANIZATIONS: usize = 2_500;
const PACKAGES: usize = 10_000;
const CATALOGS: usize = 500;

/// What is decided, each alone.
const STATEMENTS: &[(&str, &str)] = &[
    (
        "a blocked domain",
        "never: { requestors: visitors, domain: competitor.example, holds: package/* }",
    ),
    (
        "everybody from outside",
        "always: { requestors: external, approvals: '>=1', expires: '<=365d' }",
    ),
    (
        "one organization",
        "never: { organization: partner-17, resource: books }",
    ),
    (
        "guests and a role",
        "never: { requestors: guests, resource: books, role: Owner }",
    ),
    (
        "together",
        "never: { requestors: external, holds: [package/p-1, package/p-2] }",
    ),
    (
        "reviews",
        "always: { requestors: external, review: weekly }",
    ),
    (
        "strangers' domain",
        "never: { domain: stranger.example, through: [request, direct] }",
    ),
];

fn main() {
    let runs = std::env::args().filter_map(|text| text.parse().ok()).next();
    let runs: usize = runs.unwrap_or(5);
    let mut desired = tree();
    let own: Vec<Domain> = Domain::parse("contoso.com").into_iter().collect();
    let now: Timestamp = Timestamp::UNIX_EPOCH;
    let count = desired.objects().len();
    println!("{count} objects, the median of {runs} runs");
    for (title, statement) in STATEMENTS {
        desired.invariants = statements(&[statement], now);
        let mut times = Vec::new();
        let mut broken = 0;
        for _ in 0..runs {
            let start = Instant::now();
            let verdicts = decide(&desired, &own, now);
            times.push(start.elapsed());
            broken = verdicts.iter().map(|it| it.breaches.len() + it.more).sum();
        }
        times.sort();
        let median = times.get(runs / 2).copied().unwrap_or_default();
        println!(
            "{title:36} {:>8.1} ms  broken by {broken}",
            median.as_secs_f64() * 1e3
        );
    }
    let all: Vec<&str> = STATEMENTS.iter().map(|(_, statement)| *statement).collect();
    desired.invariants = statements(&all, now);
    let start = Instant::now();
    let verdicts = decide(&desired, &own, now);
    let taken = start.elapsed();
    println!(
        "{:36} {:>8.1} ms  {} do not hold",
        "all of them",
        taken.as_secs_f64() * 1e3,
        verdicts.len()
    );
}

/// Reads statements as a file says them.
fn statements(texts: &[&str], now: Timestamp) -> Vec<guestlist::model::invariant::Invariant> {
    let mut file = String::from(
        "version: 1\norganizations: { any: { displayName: Any, domains: [any.example] } }\ninvariants:\n",
    );
    for (at, text) in texts.iter().enumerate() {
        file.push_str(&format!("  statement-{at}: {{ {text} }}\n"));
    }
    let project = Project {
        name: "bench".to_owned(),
        own_domains: Vec::new(),
        zone: TimeZone::UTC,
        vars: std::collections::BTreeMap::new(),
    };
    let sources = Sources::new(vec![SourceFile::new("invariants.yaml", file)]);
    let loaded = load(&sources, &project, now);
    loaded
        .desired
        .map(|desired| desired.invariants)
        .unwrap_or_default()
}

fn tree() -> Desired {
    let mut objects = Vec::new();
    let mut add = |address: &str, body: Value| {
        if let Some(declared) = declared(address, body) {
            objects.push(declared);
        }
    };
    for at in 0..ORGANIZATIONS {
        let mut body = json!({
            "displayName": format!("Partner {at}"),
            "domains": [format!("partner-{at}.example"), { "domain": format!("mail-{at}.example"), "subdomains": true }],
            "sponsors": { "internal": ["user:ana@contoso.com"] },
        });
        if at % 2 == 0 {
            body["tenant"] = format!("3d0f5dec-0000-4000-8000-{at:012}").into();
        }
        add(&format!("organization/partner-{at}"), body);
    }
    add(
        "settings/domains",
        json!({ "block": ["competitor.example"] }),
    );
    add(
        "resource/site",
        json!({ "site": "https://contoso.sharepoint.com/sites/a", "roles": ["Members"] }),
    );
    add(
        "resource/books",
        json!({ "group": "Books", "guests": false }),
    );
    for at in 0..CATALOGS {
        let body =
            json!({ "displayName": format!("Catalog {at}"), "resources": ["site", "books"] });
        add(&format!("catalog/c-{at}"), body);
    }
    for at in 0..PACKAGES {
        let books = if at % 10 == 0 { "books" } else { "site" };
        let role = if books == "books" { "Owner" } else { "Members" };
        let body = json!({
            "catalog": format!("c-{}", at % CATALOGS), "displayName": format!("Package {at}"),
            "grants": { books: role }, "incompatibleWith": if at == 2 { json!(["package/p-1"]) } else { json!([]) },
        });
        add(&format!("package/p-{at}"), body);
        let approval = json!({ "stages": [{ "approvers": ["sponsors:internal"], "fallback": ["group:leads"] }] });
        // Two and a half policies a package.
        let partners: Vec<String> = (0..3)
            .map(|nth| format!("partner-{}", (at * 7 + nth * 13) % ORGANIZATIONS))
            .collect();
        let who = [
            json!({ "organizations": partners }),
            if at % 3 == 0 {
                json!("membersAndGuests")
            } else {
                json!({ "people": ["group:leads", "user:eva@contoso.com"] })
            },
            json!("configuredOrganizations"),
        ];
        for (nth, requestors) in who.into_iter().enumerate().take(2 + (at + 1) % 2) {
            let body = json!({
                "requestors": requestors, "approval": approval, "expires": { "after": "180d" },
                "extension": { "allowed": true, "approval": true },
                "review": { "every": "quarterly", "reviewers": ["user:ana@contoso.com"] },
            });
            add(&format!("policy/p-{at}/way-{nth}"), body);
        }
    }
    Desired::new(objects, Vec::new(), Vec::new(), Digest::of(&[]))
}

fn declared(address: &str, body: Value) -> Option<Declaration> {
    let address: Address = address.parse().ok()?;
    let object = address.kind().decode(body).ok()?;
    let origin = Origin {
        path: Arc::from("tree.yaml"),
        line: 1,
    };
    Some(Declaration::new(
        address,
        object,
        Lifecycle::default(),
        origin,
    ))
}
