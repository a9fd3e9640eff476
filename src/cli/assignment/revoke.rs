//! `guestlist assignment revoke`.

use std::path::PathBuf;

use clap::Args;

use super::show;
use super::table::{self, Line, Table};
use crate::app::governance::Engine;
use crate::app::governance::bulk::Row;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::assignment::{self, Command};
use crate::model::text::{Email, Malformed};
use crate::model::{Address, Kind, Name};
use crate::store::OpenMode;

/// Take assignments away
///
/// Every role that nothing else grants goes with them. With `--csv` many at once: a column `assignment` with numbers, or the
/// columns `email` and `package`. All problems are told first, and nothing is done while there is one.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The assignments
    #[arg(value_name = "NUMBER", required_unless_present = "csv", num_args = 1..=50)]
    numbers: Vec<u64>,

    /// Take away what this file lists; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "numbers")]
    csv: Option<PathBuf>,

    /// Carry out the lines without a problem all the same
    #[arg(long, requires = "csv")]
    keep_going: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "assignment revoke", OpenMode::Write)?;
        if let Some(file) = self.csv.as_deref().map(|file| cx.path(file)) {
            let columns = &["assignment", "email", "package"];
            let needed: &[&[&str]] = &[&["assignment"], &["email", "package"]];
            let table = Table::read(&file, columns, needed)?;
            return table::carry_out(cx, &mut engine, &table, self.keep_going, row);
        }
        let commands: Vec<_> = self
            .numbers
            .iter()
            .map(|number| Command::Revoke(*number).into())
            .collect();
        let _ = engine.decide_all(&commands)?;
        engine.drain()?;
        show::told(cx, &engine, &self.numbers)?;
        Ok(Exit::Done)
    }
}

/// Reads one line of a file.
fn row(engine: &Engine<'_>, line: &Line) -> Result<Row, Malformed> {
    let number = |text: &str| text.parse::<u64>().map_err(|_| Malformed::new("no number"));
    let number = match line.maybe("assignment", number)? {
        Some(number) => number,
        None => find(engine, line)?,
    };
    Ok(Row {
        line: line.number,
        what: format!("assignment {number}"),
        command: Command::Revoke(number).into(),
    })
}

/// Finds the assignment of a person and a package.
fn find(engine: &Engine<'_>, line: &Line) -> Result<u64, Malformed> {
    let mail = line.needed("email", Email::parse)?;
    let name = line.needed("package", Name::parse)?;
    let found = engine.look(|desk| {
        let person = desk.by_mail(&mail)?;
        let package = desk.at(&Address::new(Kind::Package, &name))?;
        match (person, package) {
            (Some(person), Some(package)) => assignment::of(desk, person.id(), package.id),
            _ => Ok(None),
        }
    });
    let found = found.map_err(|error| Malformed::new(error.to_string()))?;
    found
        .map(|assignment| assignment.number)
        .ok_or_else(|| Malformed::new(format!("{mail} does not have {name}")))
}
