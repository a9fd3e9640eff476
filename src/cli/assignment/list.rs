//! `guestlist assignment list`.

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::app::governance::assignments::{self, Wanted};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::named::package;
use crate::governance::record::AssignmentState;
use crate::model::text::Email;
use crate::model::{Address, Kind, Name};
use crate::render::{json, view};
use crate::store::OpenMode;

/// List who has which package
///
/// Without a state, assignments of a package or policy that have ended or failed are left out; those of a person are listed
/// all.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Of this person
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    person: Option<Email>,

    /// Of this package
    #[arg(long, value_name = "PACKAGE", value_parser = package)]
    package: Option<Name>,

    /// That came through this policy of the package
    #[arg(long, value_name = "POLICY", value_parser = Name::parse, requires = "package")]
    policy: Option<Name>,

    /// In this state
    #[arg(long, value_name = "STATE", value_parser = states())]
    state: Option<String>,

    /// After this one, in the order of the list
    #[arg(long, value_name = "NUMBER")]
    after: Option<u64>,

    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,

    #[command(flatten)]
    acting: Acting,
}

fn states() -> PossibleValuesParser {
    PossibleValuesParser::new(AssignmentState::ALL.iter().map(|state| state.as_str()))
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "assignment list", OpenMode::Read)?;
        let state = |word: &String| {
            let mut states = AssignmentState::ALL.iter().copied();
            states.find(|state| state.as_str() == word)
        };
        let of = self.package.as_ref().map(|package| match &self.policy {
            Some(policy) => Address::within(Kind::Policy, package, policy),
            None => Address::new(Kind::Package, package),
        });
        let wanted = Wanted {
            person: self.person.clone(),
            of,
            state: self.state.as_ref().and_then(state),
            after: self.after,
            most: self.limit.into(),
        };
        let (assignments, next_after) = assignments::list(&engine, &wanted)?;
        let list = json::v1::Assignments {
            format_version: json::v1::FormatVersion,
            assignments,
            next_after,
        };
        cx.report(|out| view::assignments(&list, out), || &list)?;
        Ok(Exit::Done)
    }
}
