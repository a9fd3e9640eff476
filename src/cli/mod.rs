//! The command line: one face of `app`.
//!
//! Uses everything but `server`. The one idea to know: a command is one file, a clap struct whose doc comment is its help
//! and one `run`, which parses, calls `app`, renders, and returns how the program ends. Results go to standard output,
//! everything else to standard error.

mod access;
mod acting;
mod apply;
mod approval;
mod asking;
mod assignment;
mod audit;
mod commit;
mod completions;
mod context;
mod diff;
mod directory;
mod drift;
mod exit;
mod explain;
mod failure;
mod format;
mod graph;
mod guest;
mod history;
mod import;
mod init;
mod interrupt;
mod invitation;
mod lease;
mod lint;
mod list;
mod named;
mod offboarding;
mod operator;
mod organization;
mod outbox;
mod persons;
mod plan;
mod process;
mod progress;
mod report;
mod request;
mod requests;
mod review;
mod rollback;
mod schema;
mod secret;
mod show;
mod start;
mod test;
mod tick;
mod validate;
mod version;
mod waiting;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use context::Context;
pub use exit::Exit;
use failure::Failure;
use format::{Format, Pii};
pub use start::main;

/// Declare who from outside gets in, to what, for how long and who says yes
///
/// Access of people from outside is written as YAML, reviewed like code, and reconciled with the store: `plan` shows what
/// would change, `apply` changes it.
#[derive(Debug, Parser)]
#[command(
    name = "guestlist",
    version,
    after_help = exit::listed()
)]
pub(crate) struct Cli {
    #[command(flatten)]
    globals: Globals,

    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Globals {
    /// Work as if started in this folder
    ///
    /// Every file that is named on the command line counts from there as well.
    #[arg(
        short = 'C',
        long = "dir",
        value_name = "DIR",
        env = "GUESTLIST_DIR",
        hide_env_values = true,
        global = true,
        default_value = ".",
        hide_default_value = true,
        help_heading = "Global options"
    )]
    dir: PathBuf,

    /// Use the settings of this environment of `guestlist.toml`
    #[arg(
        long,
        value_name = "NAME",
        env = "GUESTLIST_ENV",
        hide_env_values = true,
        global = true,
        help_heading = "Global options"
    )]
    env: Option<String>,

    /// Use this store instead of the one in `guestlist.toml`
    #[arg(
        long,
        value_name = "URL",
        env = "GUESTLIST_STORE_URL",
        global = true,
        hide_env_values = true,
        help_heading = "Global options"
    )]
    store: Option<String>,

    /// Write results in this format
    #[arg(long, value_enum, value_name = "FORMAT", env = "GUESTLIST_FORMAT", hide_env_values = true, global = true, default_value_t = Format::Text, help_heading = "Global options")]
    format: Format,

    /// Show mail addresses whole or masked; masked in all formats but text, json and csv
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        env = "GUESTLIST_PII",
        hide_env_values = true,
        global = true,
        help_heading = "Global options"
    )]
    pii: Option<Pii>,

    /// Colour results and messages
    #[arg(long, value_enum, value_name = "WHEN", env = "GUESTLIST_COLOR", hide_env_values = true, global = true, default_value_t = Color::Auto, help_heading = "Global options")]
    color: Color,

    /// Say nothing but results and errors
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Global options"
    )]
    quiet: bool,

    /// Say more about what is done
    #[arg(short, long, global = true, help_heading = "Global options")]
    verbose: bool,
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

macro_rules! commands {
    ($($variant:ident($module:ident)),* $(,)?) => {
        #[derive(Debug, Subcommand)]
        enum Command {
            $($variant($module::Arguments),)*
        }

        impl Command {
            /// Returns the word that people type.
            const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => stringify!($module),)*
                }
            }

            fn run(&self, cx: &Context) -> Result<Exit, Failure> {
                match self {
                    $(Self::$variant(arguments) => arguments.run(cx),)*
                }
            }
        }
    };
}

commands! {
    Init(init),
    Validate(validate),
    Lint(lint),
    Test(test),
    Plan(plan),
    Apply(apply),
    Drift(drift),
    Diff(diff),
    Show(show),
    List(list),
    Graph(graph),
    History(history),
    Rollback(rollback),
    Lease(lease),
    Audit(audit),
    Import(import),
    Directory(directory),
    Invitation(invitation),
    Guest(guest),
    Request(request),
    Approval(approval),
    Explain(explain),
    Assignment(assignment),
    Review(review),
    Organization(organization),
    Report(report),
    Tick(tick),
    Outbox(outbox),
    Access(access),
    Operator(operator),
    Schema(schema),
    Completions(completions),
    Version(version),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_anywhere() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' ')).expect(line).globals;
        for line in [
            "guestlist --format json -C x plan",
            "guestlist plan --format json -C x",
        ] {
            let globals = parse(line);
            assert_eq!(globals.format, Format::Json);
            assert_eq!(globals.dir, PathBuf::from("x"));
        }
    }

    #[test]
    fn every_command_has_a_help_of_one_line() {
        for command in Cli::command().get_subcommands() {
            let about = command.get_about().expect("a help").to_string();
            assert!(!about.ends_with('.') && !about.contains('\n'), "{about}");
        }
    }
}
