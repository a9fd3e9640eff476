//! Whole processes, each measured alone: how long, how much processor time, and the most memory it had.
//!
//! The system tells the most memory of all children of a process together. So each run has a helper of its own: this very
//! program, started with [`HELPER`], which runs one command, waits, and tells what it took.

use std::env;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

/// The argument that makes this program a helper; the command follows.
pub(crate) const HELPER: &str = "--measure";

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) wall: Duration,
    pub(crate) processor: Duration,
    /// The most memory, in KiB.
    pub(crate) memory: u64,
}

/// Runs the rest of the arguments as a command, and tells what it took.
pub(crate) fn help(mut command: impl Iterator<Item = String>) -> Result<(), String> {
    let program = command.next().ok_or("no command to measure")?;
    let start = Instant::now();
    let output = Command::new(&program)
        .args(command)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let wall = start.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{program}: {}\n{said}", output.status));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let spent =
        |time: nix::sys::time::TimeVal| time.tv_sec() as u64 * 1_000_000 + time.tv_usec() as u64;
    let processor = spent(usage.user_time()) + spent(usage.system_time());
    println!("{} {processor} {}", wall.as_micros(), usage.max_rss());
    Ok(())
}

/// Runs a command once.
pub(crate) fn run(program: &Path, arguments: &[&str], folder: &Path) -> io::Result<Taken> {
    let output = Command::new(env::current_exe()?)
        .arg(HELPER)
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = text.split_whitespace().flat_map(str::parse).collect();
    match numbers[..] {
        [wall, processor, memory] if output.status.success() => Ok(Taken {
            wall: Duration::from_micros(wall),
            processor: Duration::from_micros(processor),
            memory,
        }),
        _ => Err(io::Error::other(format!(
            "`{} {}` failed",
            program.display(),
            arguments.join(" ")
        ))),
    }
}

/// What several runs took: the median of each.
pub(crate) fn median(mut of: Vec<Taken>) -> Taken {
    let middle = of.len() / 2;
    let mut pick = |key: fn(&Taken) -> u128| {
        of.sort_by_key(key);
        of[middle]
    };
    Taken {
        wall: pick(|taken| taken.wall.as_micros()).wall,
        processor: pick(|taken| taken.processor.as_micros()).processor,
        memory: pick(|taken| u128::from(taken.memory)).memory,
    }
}
