//! An estate of some 300 objects, another that differs from it in many ways, and what can be seen of a store with one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use guestlist::audit::{Chain, verify};
use guestlist::model::{Bodies, Body, Selection};
use guestlist::store::{OpenMode, Store, open};

const ORGANIZATIONS: usize = 130;
const RESOURCES: usize = 40;
const PACKAGES: usize = 40;

/// Returns the tree that is applied first.
pub(crate) fn first() -> String {
    tree(false)
}

/// Returns the tree that is applied over it: creates, updates, renames and prunes.
pub(crate) fn second() -> String {
    tree(true)
}

fn tree(later: bool) -> String {
    let mut text = "version: 1\norganizations:\n".to_owned();
    for at in 0..ORGANIZATIONS {
        let (name, formerly) = match at % 10 {
            7 if later => continue,
            3 if later => (format!("n{at}"), format!("\n    formerly: o{at}")),
            _ => (format!("o{at}"), String::new()),
        };
        let state = if later && at.is_multiple_of(3) {
            "as of the second tree"
        } else {
            "as of the first tree"
        };
        line(
            &mut text,
            &format!(
                "  {name}:{formerly}\n    displayName: Organization {at}\n    description: {state}\n    domains: [o{at}.example.com]\n    sponsors: {{ internal: [\"user:s{at}@contoso.com\"] }}"
            ),
        );
    }
    for at in 0..if later { 30 } else { 0 } {
        line(
            &mut text,
            &format!("  m{at}:\n    displayName: Newcomer {at}\n    domains: [m{at}.example.com]"),
        );
    }
    line(&mut text, "resources:");
    for at in 0..RESOURCES {
        line(&mut text, &format!("  r{at}: {{ group: Group {at} }}"));
    }
    let resources: Vec<String> = (0..RESOURCES).map(|at| format!("r{at}")).collect();
    line(
        &mut text,
        &format!(
            "catalogs:\n  all:\n    displayName: Everything\n    resources: [{}]\npackages:",
            resources.join(", ")
        ),
    );
    for at in 0..PACKAGES {
        let name = if later && at.is_multiple_of(5) {
            "Renamed"
        } else {
            "Package"
        };
        line(
            &mut text,
            &format!(
                "  p{at}:\n    catalog: all\n    displayName: {name} {at}\n    grants: {{ r{at}: Member }}\n    policies:\n      partners:\n        requestors: {{ organizations: [o{}] }}\n        expires: {{ after: {}d }}",
                at * 10 % ORGANIZATIONS,
                if later { 90 } else { 180 },
            ),
        );
        if !(later && at.is_multiple_of(4)) {
            line(
                &mut text,
                "      staff:\n        requestors: members\n        expires: never",
            );
        }
    }
    let access = if later { "restricted" } else { "limited" };
    line(
        &mut text,
        &format!("collaboration:\n  guestAccess: {access}"),
    );
    text
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("text can be written");
}

/// What a store holds, without what differs from run to run: ids and instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    generation: u64,
    objects: BTreeMap<String, Body>,
    unmanaged: usize,
    /// Of each run, the number of its changes.
    runs: Vec<usize>,
    audit: u64,
}

impl Picture {
    /// Looks at the store of a folder, and fails where its parts do not fit together.
    pub(crate) fn of(folder: &Path) -> Self {
        let store = open("sqlite:guestlist.db", folder, OpenMode::Read)
            .unwrap_or_else(|error| panic!("the store cannot be opened: {error}"));
        Self::of_store(&*store)
    }

    fn of_store(store: &dyn Store) -> Self {
        let everything = Selection {
            project: "contoso",
            bodies: Bodies::All,
        };
        let live = store
            .read(&everything)
            .unwrap_or_else(|error| panic!("the store cannot be read: {error}"));
        let objects = live.bound().iter().map(|bound| {
            let object = bound.object.as_ref().expect("all bodies were asked for");
            (bound.address.to_string(), object.body.clone())
        });
        let runs = store.runs(1000).expect("the runs can be read");
        let runs = runs.iter().map(|record| {
            let (_, changes) = store
                .run(&record.id)
                .expect("a run can be read")
                .expect("a run that is listed is there");
            let counted: u64 = record.counts.iter().map(|(_, count)| count).sum();
            assert_eq!(counted, changes.len() as u64, "a run lost changes");
            changes.len()
        });
        let head = store.head().expect("the head can be read");
        let entries = store
            .audit(1, 1_000_000)
            .expect("the audit log can be read");
        let chain = verify(Chain::new(&head.lineage), &entries).expect("the audit chain holds");
        assert_eq!(
            (chain.size(), chain.hash().to_string()),
            (head.audit_size, head.audit_hash.clone()),
            "the audit log ends elsewhere"
        );
        assert_eq!(live.generation, head.generation);
        Self {
            generation: head.generation,
            objects: objects.collect(),
            unmanaged: live.unmanaged.len(),
            runs: runs.collect(),
            audit: head.audit_size,
        }
    }

    /// Returns how many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    /// Returns true for the same objects, however they came there.
    pub(crate) fn holds_the_same_as(&self, other: &Self) -> bool {
        self.objects == other.objects && self.unmanaged == other.unmanaged
    }
}
