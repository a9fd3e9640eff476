//! What reports cost on a large store: so many guests, each with some packages of which half end within the window.
//!
//! `cargo bench --bench reports -- [--guests 10000,100000] [--each 3] [--runs 3]`
//!
//! Each figure is the median of several whole processes. Beside each time is the most memory that the process had, so that
//! what grows with the rows that are shown is told from what does not.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
#![expect(clippy::print_stderr, reason = "a benchmark says what it is at")]

#[expect(dead_code, reason = "the benchmark of the engine uses the rest")]
mod ledger;
mod measure;

use std::path::Path;
use std::time::Instant;

use clap::Parser;
use jiff::SignedDuration;
use ledger::{Outcomes, begin};

/// Measure reports on large stores
#[derive(Debug, Parser)]
struct Arguments {
    /// How many guests the stores have
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000])]
    guests: Vec<u64>,

    /// How many packages each guest has
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    each: u64,

    /// How often each report is made; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,

    /// What cargo gives every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// The reports, with the formats in which they are measured.
const REPORTS: [(&str, &[&str]); 9] = [
    ("guests", &["text", "csv", "json", "html"]),
    ("guests --by package --counts", &["text"]),
    ("access", &["text", "csv", "json", "html"]),
    ("ungoverned", &["text", "csv"]),
    ("upcoming", &["text", "csv", "json", "html", "ics"]),
    ("upcoming --counts", &["text"]),
    ("expiries", &["text", "csv", "html"]),
    ("expiries --counts", &["text"]),
    ("ungoverned --propose", &["text"]),
];

fn main() -> Outcomes<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(measure::HELPER) {
        return Ok(measure::help(arguments)?);
    }
    let arguments = Arguments::parse();
    let mut columns = Vec::new();
    for guests in &arguments.guests {
        columns.push(column(*guests, &arguments)?);
    }
    let heads: Vec<String> = arguments
        .guests
        .iter()
        .map(|guests| format!("{guests} guests, {} assignments", guests * arguments.each))
        .collect();
    println!("| | {} |", heads.join(" | "));
    println!("|---|{}", "---:|".repeat(heads.len()));
    let titles = columns.first().into_iter().flatten();
    for (row, (title, _)) in titles.enumerate() {
        let cells: Vec<String> = columns.iter().map(|column| shown(&column[row].1)).collect();
        println!("| {title} | {} |", cells.join(" | "));
    }
    Ok(())
}

fn shown(taken: &measure::Taken) -> String {
    format!(
        "{:.2} s, {} MiB",
        taken.wall.as_secs_f64(),
        taken.memory.div_ceil(1024)
    )
}

/// Fills a store and measures every report on it.
fn column(guests: u64, arguments: &Arguments) -> Outcomes<Vec<(String, measure::Taken)>> {
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    drop(ledger::reported(folder.path(), guests, arguments.each)?);
    eprintln!("{guests} guests: filled in {:.0?}", started.elapsed());
    let mut column = Vec::new();
    for (report, formats) in REPORTS {
        for format in formats {
            let mut taken = Vec::new();
            for run in 0..arguments.runs {
                taken.push(measured(folder.path(), report, format, run)?);
            }
            let title = match *format {
                "text" => format!("`report {report}`"),
                format => format!("`report {report} --format {format}`"),
            };
            column.push((title, measure::median(taken)));
        }
    }
    Ok(column)
}

/// Makes one report, on the day after the store was filled.
fn measured(folder: &Path, report: &str, format: &str, run: u16) -> Outcomes<measure::Taken> {
    let program = Path::new(env!("CARGO_BIN_EXE_guestlist"));
    let at = (begin() + SignedDuration::from_hours(24)).to_string();
    let proposed = format!("proposed-{run}");
    let mut words = vec!["report"];
    words.extend(report.split(' '));
    if report.ends_with("--propose") {
        words.push(&proposed);
    }
    words.extend(["--format", format, "--at", &at]);
    let taken = measure::run(program, &words, folder)?;
    if report.ends_with("--propose") {
        // What was proposed would be a part of the tree for the next run.
        std::fs::remove_dir_all(folder.join(proposed))?;
    }
    Ok(taken)
}
