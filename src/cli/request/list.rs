//! `guestlist request list`.

use clap::Args;

use crate::app::governance::requests::{self, Wanted};
use crate::app::governance::words;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::named::package;
use crate::governance::record::Identity;
use crate::model::Name;
use crate::model::text::Email;
use crate::render::view;
use crate::store::OpenMode;

/// List requests, the latest first, or what may be asked for
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// List the packages that the acting person may ask for instead
    #[arg(long, conflicts_with_all = ["person", "package", "open", "before"])]
    offered: bool,

    /// Only requests for this person
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    person: Option<Email>,

    /// Only open requests for this package
    #[arg(long, value_name = "PACKAGE", value_parser = package)]
    package: Option<Name>,

    /// Only requests that something still has to happen to
    #[arg(long)]
    open: bool,

    /// Only requests before this one
    #[arg(long, value_name = "NUMBER")]
    before: Option<u64>,

    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    most: u16,

    /// How the acting person has signed in: `tenant:<id>`, `federation:<issuer>`, `google`, `facebook`, `microsoftAccount`, `passcode`
    #[arg(long = "with", value_name = "IDENTITY", value_parser = words::read_sign_in, requires = "offered", help_heading = "Acting")]
    identity: Option<Identity>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let (via, mode) = ("request list", OpenMode::Read);
        if self.offered {
            let identity = self.identity.as_ref();
            let engine = self.acting.arriving(cx, via, mode, identity)?;
            let offered = requests::offered(&engine)?;
            cx.report(|out| view::offered(&offered, out), || &offered)?;
            return Ok(Exit::Done);
        }
        let engine = self.acting.engine(cx, via, mode)?;
        let wanted = Wanted {
            person: self.person.clone(),
            package: self.package.clone(),
            open: self.open,
            before: self.before,
            most: usize::from(self.most),
        };
        let list = requests::list(&engine, &wanted)?;
        cx.report(|out| view::requests(&list, out), || &list)?;
        Ok(Exit::Done)
    }
}
