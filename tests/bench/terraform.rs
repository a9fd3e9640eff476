//! The comparison: `terraform plan` with nothing to do over as many of its built-in `terraform_data`, which need no provider
//! and no network.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::measure::{self, Taken};
use crate::trees::OBJECTS_A_FILE;

/// Returns the program, if there is one.
pub(crate) fn find() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths)
        .map(|folder| folder.join("terraform"))
        .find(|program| program.is_file())
}

/// Returns what a plan with nothing to do takes, after an apply of the same.
pub(crate) fn plan(
    program: &Path,
    folder: &Path,
    objects: usize,
    runs: usize,
) -> io::Result<Taken> {
    write(folder, objects)?;
    // Needs no network, for what it plans is built in.
    quietly(program, folder, &["init", "-input=false", "-no-color"])?;
    quietly(
        program,
        folder,
        &["apply", "-auto-approve", "-input=false", "-no-color"],
    )?;
    let plan = ["plan", "-input=false", "-no-color", "-detailed-exitcode"];
    let taken: io::Result<Vec<Taken>> = (0..runs)
        .map(|_| measure::run(program, &plan, folder))
        .collect();
    Ok(measure::median(taken?))
}

fn quietly(program: &Path, folder: &Path, arguments: &[&str]) -> io::Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("CHECKPOINT_DISABLE", "1")
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!(
        "`terraform {}` failed\n{said}",
        arguments[0]
    )))
}

/// Writes resources of about the size of our objects, in files of as many.
fn write(folder: &Path, objects: usize) -> io::Result<()> {
    for (file, first) in (0..objects).step_by(OBJECTS_A_FILE).enumerate() {
        let mut text = String::new();
        for number in first..(first + OBJECTS_A_FILE).min(objects) {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                r#"resource "terraform_data" "partner_{number:06}" {{
  input = {{
    displayName = "Partner {number}"
    description = "Helps the departments with campaigns, and has done so since the first contract of {year}"
    tenant      = "3d0f5dec-0000-4000-8000-{number:012x}"
    domains     = ["partner-{number:06}.example", "mail.partner-{number:06}-group.example"]
    sponsors = {{
      internal = ["user:buyer{buyer}@contoso.com", "group:marketing-leads"]
      external = ["user:director@partner-{number:06}.example"]
    }}
  }}
}}

"#,
                year = 2008 + number % 18,
                buyer = number % 400,
            );
        }
        fs::write(folder.join(format!("group_{file:05}.tf")), text)?;
    }
    Ok(())
}
