//! How guestlist fares on large trees: whole processes of the release build, from the start of the program to its end.
//!
//! `cargo bench --bench scale -- [--sizes 1000,10000,100000] [--runs 5] [--terraform 1000,10000] [--markdown]`
//!
//! Every tree is the same on every machine, and each figure is the median of several runs. Nothing is cached between runs
//! but what the system keeps of files. Where a program `terraform` is found, its plan is measured beside ours.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
#![expect(clippy::print_stderr, reason = "a benchmark says what it is at")]

mod audit;
mod measure;
mod terraform;
mod trees;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use measure::Taken;

/// The program under test.
const GUESTLIST: &str = env!("CARGO_BIN_EXE_guestlist");

/// Measure guestlist on trees of several sizes
#[derive(Debug, Parser)]
struct Arguments {
    /// How many objects the trees have
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    sizes: Vec<usize>,

    /// How often each command runs; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,

    /// How many resources terraform plans; 10,000 take it some minutes
    #[arg(long, value_delimiter = ',', default_values_t = [1_000])]
    terraform: Vec<usize>,

    /// How many entries the audit log has that is checked; 0 for none
    #[arg(long, default_value_t = 1_000_000)]
    audit: u64,

    /// Print the tables as Markdown alone, for the README
    #[arg(long)]
    markdown: bool,

    /// Where the trees are written; a temporary folder by default
    #[arg(long)]
    folder: Option<PathBuf>,

    /// What cargo gives every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is measured of every tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    Validate,
    PlanNothing,
    PlanEverything,
    Apply,
}

impl Job {
    const ALL: [Self; 4] = [
        Self::Validate,
        Self::PlanNothing,
        Self::PlanEverything,
        Self::Apply,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::PlanNothing => "plan, nothing to do",
            Self::PlanEverything => "plan, everything new",
            Self::Apply => "first apply, verified",
        }
    }

    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Validate => &["validate"],
            Self::PlanNothing | Self::PlanEverything => &["plan"],
            Self::Apply => &["apply", "--auto-approve"],
        }
    }
}

/// What one tree took.
struct Measured {
    objects: usize,
    bytes: u64,
    jobs: Vec<(Job, Taken)>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let done = if arguments.nth(1).as_deref() == Some(measure::HELPER) {
        measure::help(arguments)
    } else {
        bench(&Arguments::parse()).map_err(|error| error.to_string())
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(arguments: &Arguments) -> io::Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.folder.as_deref().unwrap_or(temporary.path());
    let runs = usize::from(arguments.runs);
    let small = starts(folder, runs)?;
    let mut measured = Vec::new();
    for objects in &arguments.sizes {
        measured.push(tree(folder, *objects, runs)?);
    }
    let logged = log(folder, arguments.audit, runs)?;
    let compared = compare(folder, &arguments.terraform, runs)?;
    report(&measured, &[small, logged].concat(), &compared, runs);
    if !arguments.markdown {
        scaling(&measured);
    }
    Ok(())
}

fn fresh(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let root = folder.join(name);
    match fs::remove_dir_all(&root) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(&root)?,
    }
    Ok(root)
}

fn guestlist(arguments: &[&str], root: &Path, runs: usize) -> io::Result<Taken> {
    let taken: io::Result<Vec<Taken>> = (0..runs)
        .map(|_| measure::run(Path::new(GUESTLIST), arguments, root))
        .collect();
    Ok(measure::median(taken?))
}

/// Measures what has to be immediate.
fn starts(folder: &Path, runs: usize) -> io::Result<Vec<(String, Taken)>> {
    let root = fresh(folder, "one-file")?;
    trees::write(&root, trees::OBJECTS_A_FILE)?;
    // These are short, so more of them are needed for a steady median.
    let runs = runs * 5;
    Ok(vec![
        ("`--help`".to_owned(), guestlist(&["--help"], &root, runs)?),
        (
            "validate one file".to_owned(),
            guestlist(&["validate"], &root, runs)?,
        ),
    ])
}

/// Measures what is done with a long audit log.
fn log(folder: &Path, entries: u64, runs: usize) -> io::Result<Vec<(String, Taken)>> {
    if entries == 0 {
        return Ok(Vec::new());
    }
    eprintln!("{entries} audit entries");
    let root = fresh(folder, "audit")?;
    trees::write(&root, trees::OBJECTS_A_FILE)?;
    guestlist(Job::Apply.arguments(), &root, 1)?;
    audit::fill(&root.join("guestlist.db"), entries)?;
    let of = thousands(usize::try_from(entries).unwrap_or(usize::MAX));
    let mut taken = Vec::new();
    for (title, arguments) in [
        ("`audit verify`", &["audit", "verify"][..]),
        ("`audit export`", &["audit", "export", "--out", "log.jsonl"]),
        (
            "`audit list`, looking through all",
            &["audit", "list", "--address", "none/*"],
        ),
    ] {
        let title = format!("{title}, {of} entries");
        taken.push((title, guestlist(arguments, &root, runs)?));
    }
    Ok(taken)
}

/// Measures everything of one tree.
fn tree(folder: &Path, objects: usize, runs: usize) -> io::Result<Measured> {
    eprintln!("{objects} objects");
    let root = fresh(folder, &format!("tree-{objects}"))?;
    let bytes = trees::write(&root, objects)?;
    let mut jobs = Vec::new();
    for job in Job::ALL {
        let mut taken = Vec::new();
        for run in 0..runs {
            match job {
                Job::Validate => {}
                Job::PlanEverything | Job::Apply => forget(&root)?,
                Job::PlanNothing if run == 0 => {
                    forget(&root)?;
                    guestlist(Job::Apply.arguments(), &root, 1)?;
                }
                Job::PlanNothing => {}
            }
            taken.push(guestlist(job.arguments(), &root, 1)?);
        }
        jobs.push((job, measure::median(taken)));
    }
    Ok(Measured {
        objects,
        bytes,
        jobs,
    })
}

/// Takes the store away.
fn forget(root: &Path) -> io::Result<()> {
    for name in ["guestlist.db", "guestlist.db-wal", "guestlist.db-shm"] {
        match fs::remove_file(root.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Measures our plan and that of terraform, one after the other, over as many objects.
fn compare(folder: &Path, sizes: &[usize], runs: usize) -> io::Result<Vec<(usize, Taken, Taken)>> {
    let Some(program) = terraform::find() else {
        eprintln!("no program `terraform` on the path: nothing to compare with");
        return Ok(Vec::new());
    };
    let mut compared = Vec::new();
    for objects in sizes {
        eprintln!("{objects} objects with terraform");
        let root = fresh(folder, &format!("terraform-{objects}"))?;
        let theirs = terraform::plan(&program, &root, *objects, runs.min(3))?;
        let root = fresh(folder, &format!("ours-{objects}"))?;
        trees::write(&root, *objects)?;
        guestlist(Job::Apply.arguments(), &root, 1)?;
        let ours = guestlist(Job::PlanNothing.arguments(), &root, runs)?;
        compared.push((*objects, ours, theirs));
    }
    Ok(compared)
}

fn report(
    measured: &[Measured],
    small: &[(String, Taken)],
    compared: &[(usize, Taken, Taken)],
    runs: usize,
) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "Medians of {runs} runs of the whole program on {cores} cores, nothing cached between runs.\n"
    );
    let sizes: Vec<String> = measured
        .iter()
        .map(|m| {
            format!(
                "{} objects, {:.1} MB",
                thousands(m.objects),
                m.bytes as f64 / 1e6
            )
        })
        .collect();
    println!("| | {} |", sizes.join(" | "));
    println!("|---|{}", "---|".repeat(measured.len()));
    for (at, job) in Job::ALL.iter().enumerate() {
        let cells: Vec<String> = measured.iter().map(|m| shown(&m.jobs[at].1)).collect();
        println!("| {} | {} |", job.title(), cells.join(" | "));
    }
    println!();
    println!("| | |");
    println!("|---|---|");
    for (title, taken) in small {
        println!("| {title} | {} |", shown(taken));
    }
    for (objects, ours, theirs) in compared {
        let ratio = theirs.wall.as_secs_f64() / ours.wall.as_secs_f64();
        let memory = theirs.memory as f64 / ours.memory as f64;
        println!(
            "| plan, nothing to do, {} objects | {} |",
            thousands(*objects),
            shown(ours)
        );
        println!(
            "| `terraform plan`, nothing to do, {} `terraform_data` | {}: {ratio:.0} times as long, {memory:.0} times the memory |",
            thousands(*objects),
            shown(theirs)
        );
    }
}

fn shown(taken: &Taken) -> String {
    let time = taken.wall.as_secs_f64();
    let time = if time < 0.1 {
        format!("{:.1} ms", time * 1e3)
    } else {
        format!("{time:.2} s")
    };
    format!("{time}, {} MiB", taken.memory.div_ceil(1024))
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Prints what an object costs at each size, and how the cost grows from the smallest to the largest: 1.00 is linear.
fn scaling(measured: &[Measured]) {
    let (Some(first), Some(last)) = (measured.first(), measured.last()) else {
        return;
    };
    if first.objects == last.objects {
        return;
    }
    println!("\nProcessor time an object, and how it grows (1.00: with the number of objects)");
    for (at, job) in Job::ALL.iter().enumerate() {
        let costs: Vec<String> = measured
            .iter()
            .map(|m| {
                let cost = m.jobs[at].1.processor.as_secs_f64() / m.objects as f64;
                format!("{:.1} us", cost * 1e6)
            })
            .collect();
        let of = |m: &Measured| m.jobs[at].1.processor.as_secs_f64();
        let exponent =
            (of(last) / of(first)).ln() / (last.objects as f64 / first.objects as f64).ln();
        println!("{:24} {}   {exponent:.2}", job.title(), costs.join("  "));
    }
}
