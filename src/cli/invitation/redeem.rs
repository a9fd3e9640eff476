//! `guestlist invitation redeem`.

use clap::Args;

use crate::app::governance::words;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::{persons, secret};
use crate::governance::invitation::{Command, Door, Redeem};
use crate::governance::record::{Identity, Person, Record};
use crate::model::Name;
use crate::model::text::{Email, Guid};
use crate::store::OpenMode;

/// Redeem an invitation: prove who it is, consent, and accept terms of use
///
/// By the ticket in the link of the mail, or without it: by a direct link that names the tenant, or from the common page.
/// Neither the ticket nor the passcode is a word of the command line, where others could read it.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("door").args(["ticket", "direct", "common"]))]
pub(in crate::cli) struct Arguments {
    /// Read the ticket, or the whole link of the mail, from a line of standard input; or set `GUESTLIST_TICKET`
    #[arg(long, value_name = "-", allow_hyphen_values = true)]
    ticket: Option<String>,

    /// The address of who came by a direct link
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    direct: Option<Email>,

    /// The address of who came from the common page and chose the tenant there
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    common: Option<Email>,

    /// How they sign in: `tenant:<id>`, `federation:<issuer>`, `google`, `facebook`, `microsoftAccount`, `passcode`
    #[arg(long, value_name = "IDENTITY", value_parser = words::read_sign_in, default_value = "passcode")]
    with: Identity,

    /// An id that their own tenant vouches for: theirs, or that of a group of theirs
    #[arg(long = "id", value_name = "ID", value_parser = Guid::parse)]
    ids: Vec<Guid>,

    /// Read the passcode that `guestlist invitation passcode` sent from the next line of standard input; or set
    /// `GUESTLIST_PASSCODE`
    #[arg(long, value_name = "-", allow_hyphen_values = true)]
    passcode: Option<String>,

    /// They consent to what the tenant reads about them
    #[arg(long)]
    consent: bool,

    /// They have read these terms of use and accept them; give it once for each
    #[arg(long, value_name = "NAME", value_parser = Name::parse)]
    accept_terms: Vec<Name>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    /// Returns how they came. A door that is named wins over the variable.
    fn door(&self) -> Result<Door, Failure> {
        if let Some(mail) = self.direct.as_ref().or(self.common.as_ref()) {
            return Ok(Door::Direct(mail.clone()));
        }
        match secret::read("ticket", self.ticket.as_deref(), "GUESTLIST_TICKET")? {
            Some(text) => Ok(Door::Ticket(ticket(&text).to_owned())),
            None => Err(
                Failure::new(Exit::Usage, "nothing says whose invitation it is").help(
                    "give the link of the mail as a line of standard input with `--ticket -`, or name who it is with `--direct ADDRESS`",
                ),
            ),
        }
    }

    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let door = self.door()?;
        let passcode = secret::read("passcode", self.passcode.as_deref(), "GUESTLIST_PASSCODE")?;
        let mut engine = self
            .acting
            .engine(cx, "invitation redeem", OpenMode::Write)?;
        let redeem = Redeem {
            door,
            identity: self.with.clone(),
            ids: self.ids.clone(),
            passcode,
            consent: self.consent,
            accepting: self.accept_terms.clone(),
        };
        let decision = engine.serve(&Command::Redeem(Box::new(redeem)).into())?;
        let redeemed: Option<&Person> =
            decision.writes.iter().find_map(|write| match &write.after {
                Some(Record::Person(person)) => Some(person),
                _ => None,
            });
        match redeemed {
            Some(person) => persons::told(cx, &engine, &person.mail),
            None => Ok(Exit::Done),
        }
    }
}

/// Returns the ticket of a link, or what was given as it is.
fn ticket(text: &str) -> &str {
    let after = text.split_once("ticket=").map_or(text, |(_, after)| after);
    after.split(['&', '#']).next().unwrap_or_default()
}
