//! `guestlist request submit`.

use clap::Args;
use jiff::Timestamp;

use crate::app::governance::words;
use crate::cli::Exit;
use crate::cli::acting::{Acting, instant};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::named::package;
use crate::cli::requests;
use crate::governance::record::Identity;
use crate::governance::request::{Ask, Command};
use crate::model::Name;
use crate::model::text::{Email, Malformed};
use crate::store::OpenMode;

/// Ask for a package
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The package
    #[arg(value_name = "PACKAGE", value_parser = package)]
    package: Name,

    /// The policy to ask through, where there are several
    #[arg(long, value_name = "POLICY", value_parser = Name::parse)]
    policy: Option<Name>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    justification: Option<String>,

    /// Answer a question of the policy, or the question of this number; once for each answer
    #[arg(long = "answer", value_name = "QUESTION=ANSWER", value_parser = answer)]
    answers: Vec<(String, String)>,

    /// Start then, not now
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    start: Option<Timestamp>,

    /// End then, where the policy allows as much
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    end: Option<Timestamp>,

    /// Ask for this person, as their manager or as the policy allows
    #[arg(long = "for", value_name = "ADDRESS", value_parser = Email::parse)]
    person: Option<Email>,

    /// How the acting person has signed in: `tenant:<id>`, `federation:<issuer>`, `google`, `facebook`, `microsoftAccount`, `passcode`
    #[arg(long = "with", value_name = "IDENTITY", value_parser = words::read_sign_in, requires = "acting", help_heading = "Acting")]
    identity: Option<Identity>,

    #[command(flatten)]
    acting: Acting,
}

/// Reads an answer to a question.
fn answer(text: &str) -> Result<(String, String), Malformed> {
    // The first `=` ends the question: one that holds a `=` itself is answered by its number.
    match text.split_once('=') {
        Some((question, answer)) if !question.trim().is_empty() => {
            Ok((question.trim().to_owned(), answer.to_owned()))
        }
        _ => Err(Malformed::new("not an answer to a question")
            .help("write the question or its number, `=` and the answer: `1=Yes`")),
    }
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let (via, mode) = ("request submit", OpenMode::Write);
        let identity = self.identity.as_ref();
        let mut engine = self.acting.arriving(cx, via, mode, identity)?;
        let command = Command::Submit(Ask {
            package: self.package.clone(),
            policy: self.policy.clone(),
            justification: self.justification.clone(),
            answers: self.answers.clone(),
            start: self.start,
            end: self.end,
            person: self.person.clone(),
            visitor: engine.visitor().cloned(),
        });
        let decision = engine.serve(&command.into())?;
        engine.seat()?;
        requests::told(cx, &engine, &decision)?;
        Ok(Exit::Done)
    }
}
