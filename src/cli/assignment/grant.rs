//! `guestlist assignment grant`.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::table::{self, Line, Table};
use crate::app::governance::Engine;
use crate::app::governance::bulk::Row;
use crate::cli::Exit;
use crate::cli::acting::{Acting, instant};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::named::package;
use crate::cli::requests;
use crate::governance::assignment::{Command, Direct};
use crate::model::text::{Email, Malformed, When};
use crate::model::{Address, Kind, Name};
use crate::store::OpenMode;

/// Assign a package to somebody directly
///
/// Somebody whom the directory does not know is invited. The policy may be left out when one alone covers the person.
///
/// With `--csv` many at once. The first line names the columns: `email` and `package`, and where wanted `name`, `policy`,
/// `start`, `end`, `justification`. All problems are told first, and nothing is done while there is one.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the person
    #[arg(value_name = "PERSON", value_parser = Email::parse, required_unless_present = "csv", requires = "package")]
    person: Option<Email>,

    /// The package
    #[arg(value_name = "PACKAGE", value_parser = package)]
    package: Option<Name>,

    /// The policy of the package that the assignment is made through
    #[arg(long, value_name = "POLICY", value_parser = Name::parse)]
    policy: Option<Name>,

    /// The name of somebody whom the directory does not know yet
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Start then, not now
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    start: Option<Timestamp>,

    /// End then, where the policy allows as much
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    end: Option<Timestamp>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    justification: Option<String>,

    /// Answer a question of the policy: the question or its number, `=`, the answer
    ///
    /// Once for each answer; where several may be chosen, several times for one question.
    #[arg(long = "answer", value_name = "QUESTION=ANSWER", value_parser = answer)]
    answers: Vec<(String, String)>,

    /// Assign what this file lists; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["person", "package", "policy", "name", "start", "end", "justification", "answers"])]
    csv: Option<PathBuf>,

    /// Carry out the lines without a problem all the same
    #[arg(long, requires = "csv")]
    keep_going: bool,

    #[command(flatten)]
    acting: Acting,
}

/// The columns of a file.
const COLUMNS: &[&str] = &[
    "email",
    "name",
    "package",
    "policy",
    "start",
    "end",
    "justification",
];

fn answer(text: &str) -> Result<(String, String), Malformed> {
    match text.split_once('=') {
        Some((question, answer)) => Ok((question.trim().to_owned(), answer.trim().to_owned())),
        None => Err(Malformed::new("no answer").help("write `<question>=<answer>`")),
    }
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "assignment grant", OpenMode::Write)?;
        if let Some(file) = self.csv.as_deref().map(|file| cx.path(file)) {
            let table = Table::read(&file, COLUMNS, &[&["email", "package"]])?;
            return table::carry_out(cx, &mut engine, &table, self.keep_going, row);
        }
        let (Some(person), Some(package)) = (&self.person, &self.package) else {
            return Err(Failure::new(
                Exit::Usage,
                "a person and a package are needed",
            ));
        };
        let direct = Direct {
            person: person.clone(),
            name: self.name.clone(),
            policy: policy(package, self.policy.as_ref()),
            start: self.start,
            end: self.end,
            justification: self.justification.clone(),
        };
        let decision = engine.serve(&Command::Answered(direct, self.answers.clone()).into())?;
        requests::told(cx, &engine, &decision)?;
        Ok(Exit::Done)
    }
}

/// Returns the address of a policy; that of its package where none is named.
fn policy(package: &Name, policy: Option<&Name>) -> Address {
    match policy {
        Some(policy) => Address::within(Kind::Policy, package, policy),
        None => Address::new(Kind::Package, package),
    }
}

/// Reads one line of a file.
fn row(engine: &Engine<'_>, line: &Line) -> Result<Row, Malformed> {
    let zone = engine.zone();
    let name = line.needed("package", Name::parse)?;
    let direct = Direct {
        person: line.needed("email", Email::parse)?,
        name: line.text("name"),
        policy: policy(&name, line.maybe("policy", Name::parse)?.as_ref()),
        start: line
            .maybe("start", When::parse)?
            .map(|when| when.start(zone)),
        end: line
            .maybe("end", When::parse)?
            .map(|when| when.resolve(zone)),
        justification: line.text("justification"),
    };
    Ok(Row {
        line: line.number,
        what: format!("{} {name}", direct.person),
        command: Command::Grant(direct).into(),
    })
}
