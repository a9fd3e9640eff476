//! Laws over generated trees, texts and stores, through the library. `PROPTEST_CASES` raises the number of cases.

mod applying;
mod back;
mod between;
mod edits;
mod linting;
mod loading;
mod pictures;
mod reach;
mod schema;

use guestlist::load::{Loaded, load};
use guestlist::model::{Desired, Project};
use guestlist::source::{SourceFile, Sources};
use jiff::tz::TimeZone;
use proptest::prelude::ProptestConfig;

use crate::support::store::now;

type Files = Vec<(String, String)>;

/// So many cases, unless the environment says how many.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if asked { default.cases } else { usual },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..default
    }
}

fn project() -> Project {
    Project {
        name: "contoso".to_owned(),
        own_domains: vec![guestlist::model::text::Domain::parse("contoso.com").expect("a domain")],
        zone: TimeZone::get("Europe/Amsterdam").expect("the zone is known"),
        vars: std::collections::BTreeMap::new(),
    }
}

fn sources(files: &Files) -> Sources {
    let files = files.iter().map(|(path, text)| SourceFile::new(path, text));
    Sources::new(files.collect())
}

fn read(files: &Files) -> Loaded {
    load(&sources(files), &project(), now())
}

/// Reads files that are valid.
fn desired(files: &Files) -> Desired {
    let loaded = read(files);
    loaded.desired.unwrap_or_else(|| {
        let said: Vec<String> = loaded
            .diagnostics
            .iter()
            .map(|one| format!("{} {} {:?}", one.code, one.message, one.primary))
            .collect();
        let texts: Vec<String> = files
            .iter()
            .map(|(path, text)| format!("=== {path}\n{text}"))
            .collect();
        panic!("refused:\n{}\n{}", said.join("\n"), texts.join("\n"))
    })
}
