//! What it costs to say who gains and who loses access at the limits of a tenant: 10,000 packages with 25,000 policies, 2,500
//! organizations, and a store in a file with 300,000 assignments.
//!
//! `cargo bench --bench impact -- [--assignments 0,300000] [--runs 5]`
//!
//! For each change whole processes of `plan` are measured, and the impact alone in this one, after both trees are read. The
//! memory with few assignments beside that with many shows whether it grows with people.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
#![expect(clippy::print_stderr, reason = "a benchmark says what it is at")]

#[expect(dead_code, reason = "the benchmark of the engine uses the rest")]
mod ledger;
mod measure;
mod partners;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use clap::Parser;
use guestlist::impact::{Asked, Sides, impact};
use guestlist::load::load;
use guestlist::model::text::Domain;
use guestlist::model::{Desired, Project};
use guestlist::plan;
use guestlist::source::{SourceFile, Sources};
use guestlist::store::{OpenMode, Store, open};
use jiff::tz::TimeZone;
use ledger::{EACH, Layout, Outcomes, STORE, begin};
use partners::{CATALOGS, Edit, ORGANIZATIONS, PACKAGES, POLICY};

/// The program's own, so that a part of it costs here what it costs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measure impact and invariants on a large tree
#[derive(Debug, Parser)]
struct Arguments {
    /// How many assignments the stores have
    #[arg(long, value_delimiter = ',', default_values_t = [3_000, 300_000])]
    assignments: Vec<u64>,

    /// How often each thing is done; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,

    /// What cargo gives every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is planned: a title, the change, and whether the tree has invariants.
const CASES: [(&str, Edit, bool); 7] = [
    ("nothing to do", Edit::None, false),
    ("nothing to do, four invariants", Edit::None, true),
    ("one policy widened", Edit::Widened, false),
    ("1,000 policies changed", Edit::Thousand, false),
    ("1,000 packages give a group", Edit::Granted, false),
    ("a domain blocked", Edit::Blocked, false),
    ("1,250 organizations' domains changed", Edit::Domains, false),
];

fn main() -> Outcomes<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(measure::HELPER) {
        return Ok(measure::help(arguments)?);
    }
    let arguments = Arguments::parse();
    println!("| assignments | | plan | memory | impact alone | rows | effects |");
    println!("|---:|---|---:|---:|---:|---:|---:|");
    first(arguments.runs)?;
    for assignments in arguments.assignments {
        store(assignments, arguments.runs)?;
    }
    Ok(())
}

/// Measures the first plan of all, before there is a store.
fn first(runs: u16) -> Outcomes<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    fs::write(folder.join("guestlist.toml"), ledger::SETTINGS)?;
    partners::write(&folder.join("policies"), Edit::None, false)?;
    let taken = planned(folder, runs)?;
    println!(
        "| | everything new | {:.0} ms | {} MiB | | | |",
        taken.wall.as_secs_f64() * 1e3,
        taken.memory / 1024,
    );
    Ok(())
}

/// Fills a store and measures every change on it.
fn store(assignments: u64, runs: u16) -> Outcomes<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let tree = folder.join("policies");
    partners::write(&tree, Edit::None, false)?;
    let before = read(&tree)?;
    let layout = Layout {
        packages: PACKAGES,
        sites: CATALOGS,
        policy: POLICY,
        domain: |guest| partners::domain(guest % ORGANIZATIONS),
        each: EACH,
        ends: ledger::few,
    };
    let started = Instant::now();
    drop(ledger::apply(folder, assignments, layout)?);
    eprintln!(
        "{assignments} assignments: filled in {:.0?}",
        started.elapsed()
    );
    for (title, edit, invariants) in CASES {
        partners::write(&tree, edit, invariants)?;
        let taken = planned(folder, runs)?;
        let after = read(&tree)?;
        let store = open(STORE, folder, OpenMode::Read)?;
        let alone = alone(&*store, &before, &after, runs)?;
        println!(
            "| {assignments} | {title} | {:.0} ms | {} MiB | {:.1} ms | {} | {} |",
            taken.wall.as_secs_f64() * 1e3,
            taken.memory / 1024,
            alone.taken.as_secs_f64() * 1e3,
            alone.rows,
            alone.effects,
        );
    }
    Ok(())
}

/// Measures whole processes of `plan`.
fn planned(folder: &Path, runs: u16) -> Outcomes<measure::Taken> {
    let program = Path::new(env!("CARGO_BIN_EXE_guestlist"));
    let arguments = ["plan", "-q", "--allow-widening", "--max-people", "1000000"];
    let mut taken = Vec::new();
    for _ in 0..runs {
        taken.push(measure::run(program, &arguments, folder)?);
    }
    Ok(measure::median(taken))
}

/// The impact by itself.
struct Alone {
    taken: Duration,
    rows: usize,
    effects: usize,
}

/// Measures the impact of going from one tree to another, with what lives in the store.
fn alone(store: &dyn Store, before: &Desired, after: &Desired, runs: u16) -> Outcomes<Alone> {
    let own = [Domain::parse("contoso.com")?];
    let plan = plan::between(before, after);
    let mut times = Vec::new();
    let (mut rows, mut effects) = (0, 0);
    for _ in 0..runs {
        let started = Instant::now();
        let sides = Sides::between(&plan, before);
        store.look("bench", &mut |world| {
            let asked = Asked {
                world,
                named: false,
                zone: &jiff::tz::TimeZone::UTC,
            };
            let found = impact(&plan, &sides, [&own, &own], begin(), Some(asked))?;
            (rows, effects) = (found.rows.len(), found.effects.len());
            Ok(())
        })?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let taken = times.get(times.len() / 2).copied().unwrap_or_default();
    Ok(Alone {
        taken,
        rows,
        effects,
    })
}

/// Reads the tree of a folder.
fn read(folder: &Path) -> Outcomes<Desired> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push(SourceFile::new(name, fs::read_to_string(entry.path())?));
    }
    let project = Project {
        name: "bench".to_owned(),
        own_domains: vec![Domain::parse("contoso.com")?],
        zone: TimeZone::UTC,
        vars: BTreeMap::new(),
    };
    let loaded = load(&Sources::new(files), &project, begin());
    let first = loaded.diagnostics.iter().next();
    let first = first.map_or_else(String::new, |problem| problem.message.clone());
    loaded
        .desired
        .ok_or_else(|| format!("the tree has errors: {first}").into())
}
