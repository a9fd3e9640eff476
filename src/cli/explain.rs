//! `guestlist explain`.

use clap::Args;

use super::Exit;
use super::acting::Acting;
use super::context::Context;
use super::failure::Failure;
use super::named::package;
use crate::app::governance::{requests, words};
use crate::governance::record::Identity;
use crate::governance::request::Visitor;
use crate::model::Name;
use crate::model::text::Email;
use crate::render::view;
use crate::store::OpenMode;

/// Explain whether somebody may have a package, who would approve, and until when
///
/// Says what holds in the store now; what the tree would make of it is told by `guestlist plan`. Works for an address that nobody
/// knows as well. The same conditions decide a request.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The address of the person
    #[arg(value_name = "PERSON", value_parser = Email::parse)]
    person: Email,

    /// The package
    #[arg(value_name = "PACKAGE", value_parser = package)]
    package: Name,

    /// As if the person had signed in so: `tenant:<id>`, `federation:<issuer>`, `google`, `facebook`, `microsoftAccount`, `passcode`
    ///
    /// Without it, as they have signed in before; somebody whom nobody knows, with a passcode.
    #[arg(long = "with", value_name = "IDENTITY", value_parser = words::read_sign_in)]
    identity: Option<Identity>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "explain", OpenMode::Read)?;
        let visitor = Visitor {
            mail: self.person.clone(),
            identity: self.identity.clone(),
        };
        let explanation = requests::explain(&engine, &visitor, &self.package)?;
        cx.report(|out| view::explanation(&explanation, out), || &explanation)?;
        Ok(Exit::Done)
    }
}
