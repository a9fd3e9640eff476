//! `guestlist directory import`.

use std::path::PathBuf;

use clap::Args;

use crate::app::governance::roster::{self, Departures};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::view;
use crate::store::OpenMode;

/// Take people, groups and memberships from files
///
/// A file that ends in `.json` is one object with the lists `people`, `groups` and `memberships`; every other file is a table
/// with commas whose first line names the columns. Lists inside a cell are separated by semicolons.
///
/// People: `mail` says who it is; `displayName`, `otherMails`, `userPrincipalName`, `userType` (Member, Guest), `external`,
/// `creationType`, `externalUserState`, `externalUserStateChangeDateTime`, `createdDateTime`, `identities`,
/// `accountEnabled`, `companyName`, `manager`, `sponsors` (at most 5), `roles`, `lastSignInDateTime`, `subjectLifecycle` (governed,
/// notGoverned, notDefined), and `city`, `country`, `department`, `dirSyncEnabled`, `employeeId`, `employeeType`,
/// `facsimileTelephoneNumber`, `givenName`, `jobTitle`, `mailNickname`, `mobilePhone`, `officeLocation`,
/// `onPremisesSecurityIdentifier`, `passwordPolicies`, `postalCode`, `preferredLanguage`, `proxyAddresses`, `sipProxyAddress`,
/// `state`, `streetAddress`, `surname`, `telephoneNumber`, `usageLocation`, `extensionAttribute1` to `15`.
///
/// Groups: `group` is the display name; `mail`, `rule`, `guests`, `owners`.
///
/// Memberships: `group`, `member`, `role` (Member, Owner).
///
/// A column that is not there leaves what is known; an empty cell takes it away. Every problem of every file is told, and nothing
/// is written unless everything is right. The same files again change nothing.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// The files are complete: people of our own whom they do not name have left, and so have members of the groups they list
    #[arg(long)]
    full: bool,

    /// Let so many people leave at once; a tenth of our own people, and at least 10, without it
    #[arg(long, value_name = "NUMBER", requires = "full")]
    max_departures: Option<usize>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "directory import", OpenMode::Write)?;
        let departures = if self.full {
            Departures::Leave(self.max_departures)
        } else {
            Departures::Stay
        };
        let files: Vec<PathBuf> = self.files.iter().map(|file| cx.path(file)).collect();
        let done = roster::import(&mut engine, &files, departures)?;
        cx.report(|out| view::directory_imported(&done, out), || &done)?;
        Ok(Exit::Done)
    }
}
