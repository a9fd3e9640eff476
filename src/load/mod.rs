//! A YAML tree to a checked [`Desired`]: every problem of every file in one run, or every object of every file.
//!
//! Uses `model` and below. The one idea to know: text is parsed once into a tree of nodes with their places; the schema,
//! the model and the messages all read that tree, so they cannot disagree about what was written. Files are read on all
//! cores, and their order changes nothing. Facts: `threat-and-fault-model` §3.

mod character;
mod check;
mod decode;
mod explain;
mod frame;
mod json;
mod layer;
mod node;
mod parse;
mod places;
pub mod print;
mod profiles;
mod scalar;
mod scenarios;
pub mod schema;
mod secret;
mod sections;
mod shape;
mod syntax;
mod text;
mod toml;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::diag::{Code, Diagnostic, Diagnostics, code};
use crate::model::{Declaration, Desired, Digest, Project, Waiver};
use crate::planted::{self, Planted};
use crate::scenario::Scenario;
use crate::source::{FileId, Place, Route, Sources};

pub use character::refused_character;
pub use text::{FILE_BYTES, decode_text};
pub use toml::Toml;

#[cfg(test)]
use node::NodeRef;
use node::{NodeKind, Tree};

/// How many objects a tree declares at most.
const OBJECTS: usize = 250_000;

/// What became of a tree.
#[derive(Debug)]
#[must_use = "a tree with errors has no objects"]
pub struct Loaded {
    /// Everything that the tree declares; `None` when there is an error among the diagnostics.
    pub desired: Option<Desired>,
    /// The tests of the tree, in order of names. They are no objects, and change nothing but the digest of the files.
    pub scenarios: Vec<Scenario>,
    /// Errors and warnings, sorted.
    pub diagnostics: Diagnostics,
}

/// What is said of names that nothing declares.
const ABSENT: &[Code] = &[
    code::UNKNOWN_REFERENCE,
    code::UNKNOWN_VARIABLE,
    code::IDLE_INVARIANT,
];

/// Reads a tree. `now` decides which waivers have ended.
pub fn load(sources: &Sources, project: &Project, now: Timestamp) -> Loaded {
    let mut diagnostics = Diagnostics::new();
    let variables = profiles::variables(sources, project, &mut diagnostics);
    let profiles = profiles::Profiles::read(sources, &variables, &mut diagnostics);
    let shape = shape::Shape::get();
    let reading = sections::Reading {
        sources,
        shape,
        variables: &variables,
        profiles: &profiles,
        zone: &project.zone,
    };
    let ids: Vec<FileId> = sources.iter().map(|(id, _)| id).collect();
    let contents: Vec<sections::Contents> = ids
        .par_iter()
        .map(|id| sections::read(&reading, *id))
        .collect();

    let mut merged = sections::Contents::default();
    merged
        .declarations
        .reserve(contents.iter().map(|file| file.declarations.len()).sum());
    for file in contents {
        let sections::Contents {
            declarations,
            broken,
            salvaged,
            forget,
            waivers,
            invariants,
            scenarios,
            unreadable,
            diagnostics: problems,
        } = file;
        merged.declarations.extend(declarations);
        merged.broken.extend(broken);
        merged.salvaged.extend(salvaged);
        merged.forget.extend(forget);
        merged.waivers.extend(waivers);
        merged.invariants.extend(invariants);
        merged.scenarios.extend(scenarios);
        merged.unreadable |= unreadable;
        diagnostics.extend(problems);
    }
    if merged.declarations.len() > OBJECTS {
        let message = format!(
            "{} objects, where a tree declares at most {OBJECTS}",
            merged.declarations.len()
        );
        diagnostics
            .push(Diagnostic::error(code::FILE_LIMIT, message).help("make several projects of it"));
    }
    let locator = places::Locator::new(sources, &variables, &profiles);
    let unreadable = merged.unreadable;
    let (declarations, problems) = check::check(merged, &locator, project, now);
    diagnostics.extend(problems);
    if unreadable {
        // What a file that cannot be read declares is not known, which is not that it is absent.
        diagnostics.without(ABSENT);
    }
    if !diagnostics.has_errors()
        && declarations.objects.is_empty()
        && declarations.forget.is_empty()
        && sources.iter().next().is_some()
        && !planted::is(Planted::EmptyTreePrunes)
    {
        // Taken at its word, such a tree would delete everything.
        diagnostics.push(
            Diagnostic::error(code::NO_OBJECTS, "the tree declares nothing")
                .help("declare at least one object, or let go of what is there with `forget: […]`"),
        );
    }
    diagnostics.sort();
    let scenarios = declarations.scenarios;
    let desired = (!diagnostics.has_errors()).then(|| {
        let mut desired = Desired::new(
            declarations.objects,
            declarations.forget,
            declarations.waivers,
            digest(sources),
        );
        desired.invariants = declarations.invariants;
        desired.own = Some(project.own_domains.clone());
        desired
    });
    Loaded {
        desired,
        scenarios,
        diagnostics,
    }
}

/// Returns what is wrong with some files of a tree whose others cannot be read: what those declare is not known, which is not
/// that it is absent.
pub fn load_part(sources: &Sources, project: &Project, now: Timestamp) -> Diagnostics {
    let mut diagnostics = load(sources, project, now).diagnostics;
    diagnostics.without(ABSENT);
    diagnostics.without(&[code::NO_OBJECTS]);
    diagnostics
}

/// Returns where parts of declared objects stand, in order: of each the nearest part that is written. The files are read
/// once more for it.
#[must_use]
pub fn places(sources: &Sources, project: &Project, parts: &[(&Declaration, Route)]) -> Vec<Place> {
    let mut ignored = Diagnostics::new();
    let variables = profiles::variables(sources, project, &mut ignored);
    let profiles = profiles::Profiles::read(sources, &variables, &mut ignored);
    let locator = places::Locator::new(sources, &variables, &profiles);
    let place = |(declaration, route): &(&Declaration, Route)| {
        let file = sources.find(&declaration.origin.path)?;
        Some(locator.key_in_object(file, &declaration.address, route))
    };
    parts.iter().filter_map(place).collect()
}

/// Returns where the rules of waivers stand, in order. The files are read once more for it.
#[must_use]
pub fn waived_rules(sources: &Sources, project: &Project, waivers: &[&Waiver]) -> Vec<Place> {
    let mut ignored = Diagnostics::new();
    let variables = profiles::variables(sources, project, &mut ignored);
    let profiles = profiles::Profiles::read(sources, &variables, &mut ignored);
    let locator = places::Locator::new(sources, &variables, &profiles);
    let place = |waiver: &&Waiver| {
        let file = sources.find(&waiver.origin.path)?;
        Some(locator.rule_of_waiver(file, waiver))
    };
    waivers.iter().filter_map(place).collect()
}

/// Returns the digest of a tree: of the paths and bytes of its files, in order of paths.
fn digest(sources: &Sources) -> Digest {
    let files: Vec<_> = sources.iter().map(|(_, file)| file).collect();
    let digests: Vec<Digest> = files
        .par_iter()
        .map(|file| Digest::of(file.text().as_bytes()))
        .collect();
    let mut whole = Vec::new();
    for (file, digest) in files.iter().zip(digests) {
        whole.extend_from_slice(&(file.path().len() as u64).to_be_bytes());
        whole.extend_from_slice(file.path().as_bytes());
        whole.extend_from_slice(digest.as_bytes());
    }
    Digest::of(&whole)
}
