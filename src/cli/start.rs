//! From the arguments to the exit code.

use std::ffi::OsString;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

use clap::Parser;
use clap::error::ErrorKind;

use super::context::Context;
use super::failure::Failure;
use super::{Cli, Exit};
use crate::render::neutral::neutral;

/// Runs the program with the arguments of the process, and returns how it ends.
pub fn main() -> Exit {
    panic::set_hook(Box::new(confess));
    panic::catch_unwind(AssertUnwindSafe(|| run(std::env::args_os().collect())))
        .unwrap_or(Exit::Error)
}

fn run(arguments: Vec<OsString>) -> Exit {
    let json = asks_for_json(&arguments);
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, json),
    };
    let cx = Context::new(cli.globals, cli.command.name());
    let exit = match cx.demand_format().and_then(|()| cli.command.run(&cx)) {
        Ok(exit) => exit,
        Err(failure) => failure.report(&cx),
    };
    cx.catch_up();
    exit
}

/// Help and version are results; all else is a wrong command line.
fn usage(error: &clap::Error, json: bool) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is no reason to fail.
            let _ = error.print();
            Exit::Done
        }
        _ if json => {
            let text = error.render().to_string();
            let message = text.lines().next().unwrap_or_default();
            let message = message.strip_prefix("error: ").unwrap_or(message);
            let told = Failure::new(Exit::Usage, message)
                .help("`guestlist --help` lists commands and options")
                .write_json();
            if told.is_err() {
                let _ = error.print();
            }
            Exit::Usage
        }
        _ => {
            let _ = error.print();
            Exit::Usage
        }
    }
}

/// Looks for `--format json` in a command line that may be wrong.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let named = arguments
        .windows(2)
        .any(|pair| pair[0] == "--format" && pair[1] == "json");
    named
        || arguments.iter().any(|argument| argument == "--format=json")
        || std::env::var("GUESTLIST_FORMAT").is_ok_and(|format| {
            format == "json"
                && !arguments
                    .iter()
                    .any(|argument| argument.to_string_lossy().starts_with("--format"))
        })
}

/// Says that it is our bug.
fn confess(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("of unknown kind");
    let place = info
        .location()
        .map(|at| format!(" ({}:{})", at.file(), at.line()))
        .unwrap_or_default();
    let _ = writeln!(
        std::io::stderr(),
        "error: this is a bug in guestlist {}: {}{place}\n  help: please report it with what you did",
        env!("CARGO_PKG_VERSION"),
        neutral(message, false),
    );
}
