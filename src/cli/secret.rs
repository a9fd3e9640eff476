//! Secrets that a command takes: a line of standard input, or a variable of the environment. Never a word of the command line:
//! every process of the machine can read that, and shells keep it.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use super::Exit;
use super::failure::Failure;

/// How many bytes of a line are read: a link with a ticket has a few hundred.
const LONGEST: u64 = 8 * 1024;

/// Returns the secret of an option that takes only `-`, for a line of standard input; without the option, that of a variable.
pub(super) fn read(
    option: &str,
    given: Option<&str>,
    variable: &str,
) -> Result<Option<String>, Failure> {
    let text = match given {
        None => std::env::var(variable).unwrap_or_default(),
        Some("-") => line(option)?,
        // What was given is not told again.
        Some(_) => {
            return Err(Failure::new(
                Exit::Usage,
                format!("`--{option}` takes no secret on the command line: others on this machine can read it there"),
            )
            .help(format!(
                "write `--{option} -` and give it as a line of standard input, or set `{variable}`"
            )));
        }
    };
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn line(option: &str) -> Result<String, Failure> {
    let failed = |error: io::Error| {
        Failure::new(
            Exit::Error,
            format!("standard input cannot be read: {error}"),
        )
    };
    if io::stdin().is_terminal() {
        let mut err = io::stderr();
        write!(err, "{option}: ")
            .and_then(|()| err.flush())
            .map_err(failed)?;
    }
    let mut line = String::new();
    let mut input = io::stdin().lock();
    let _ = (&mut input)
        .take(LONGEST)
        .read_line(&mut line)
        .map_err(failed)?;
    Ok(line)
}
