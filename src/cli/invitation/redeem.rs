//! `guestlist invitation redeem`.

use clap::Args;

use crate::app::governance::words;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::persons;
use crate::governance::invitation::{Command, Door, Redeem};
use crate::governance::record::{Identity, Person, Record};
use crate::model::text::{Email, Guid};
use crate::store::OpenMode;

/// Redeem an invitation: prove who it is, and consent
///
/// By the ticket in the link of the mail, or without it: by a direct link that names the tenant, or from the common page.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("door").required(true).args(["ticket", "direct", "common"]))]
pub(in crate::cli) struct Arguments {
    /// The ticket in the link of the mail
    #[arg(long, value_name = "TICKET")]
    ticket: Option<String>,

    /// The address of who came by a direct link
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    direct: Option<Email>,

    /// The address of who came from the common page and chose the tenant there
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    common: Option<Email>,

    /// How they sign in: `tenant:<id>`, `federation:<issuer>`, `google`, `facebook`, `microsoftAccount`, `passcode`
    #[arg(long, value_name = "IDENTITY", value_parser = words::read_identity, default_value = "passcode")]
    with: Identity,

    /// An id that their own tenant vouches for: theirs, or that of a group of theirs
    #[arg(long = "id", value_name = "ID", value_parser = Guid::parse)]
    ids: Vec<Guid>,

    /// The passcode that `guestlist invitation passcode` sent
    #[arg(long, value_name = "PASSCODE")]
    passcode: Option<String>,

    /// They consent to what the tenant reads about them
    #[arg(long)]
    consent: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "invitation redeem", OpenMode::Write)?;
        let came = self.direct.as_ref().or(self.common.as_ref());
        let door = match (&self.ticket, came) {
            (Some(ticket), _) => Door::Ticket(ticket.clone()),
            (None, Some(mail)) => Door::Direct(mail.clone()),
            (None, None) => {
                return Err(Failure::new(
                    Exit::Usage,
                    "nothing says whose invitation it is",
                ));
            }
        };
        let redeem = Redeem {
            door,
            identity: self.with.clone(),
            ids: self.ids.clone(),
            passcode: self.passcode.clone(),
            consent: self.consent,
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
