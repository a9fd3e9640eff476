//! `guestlist completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::context::Context;
use super::failure::Failure;
use super::{Cli, Exit};

/// Print the completions of a shell
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        // The generator panics when its writer fails, so it gets one that does not.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "guestlist", &mut script);
        cx.write(|out| out.write_all(&script))?;
        Ok(Exit::Done)
    }
}
