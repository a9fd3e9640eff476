//! `guestlist invitation send`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::told;
use crate::app::governance::inviting;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::invitation::{Command, Send};
use crate::governance::record::UserType;
use crate::model::text::{Language, Principal, Prose};
use crate::store::OpenMode;

/// Invite somebody, or many people from a file
///
/// Somebody who is a guest already keeps their account, and gets the mail again. An invitation never expires.
///
/// The file has the form of Entra's bulk invitations: a first line `version:v1.0`, a second line with the columns
/// `Email address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or
/// false) [sendEmail],Customized invitation message [customizedMessageBody]`, then a line for each person. Every problem is told, and
/// nobody is invited unless everything is right.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address
    #[arg(
        value_name = "ADDRESS",
        required_unless_present = "csv",
        conflicts_with = "csv"
    )]
    address: Option<String>,

    /// Invite everybody in this file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// The name that people read
    #[arg(long, value_name = "NAME", conflicts_with = "csv")]
    name: Option<String>,

    /// Write this in the mail, as plain text
    #[arg(long, value_name = "TEXT", value_parser = Prose::parse, conflicts_with = "csv")]
    message: Option<Prose>,

    /// Send a copy of the mail there; one at most
    #[arg(long = "cc", value_name = "ADDRESS", conflicts_with = "csv")]
    copies: Vec<String>,

    /// Write the mail in this language, unless there is a message
    #[arg(long, value_name = "LANGUAGE", value_parser = Language::parse, conflicts_with = "csv")]
    language: Option<Language>,

    /// Where they land after redeeming
    #[arg(long, value_name = "URL", conflicts_with = "csv")]
    redirect: Option<String>,

    /// As what they come; only administrators invite members
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value_t = Type::Guest)]
    user_type: Type,

    /// Send no mail: the link is shown here once, to be handed over
    #[arg(long, conflicts_with = "csv")]
    no_mail: bool,

    /// Who answers for them, at most five; without it whoever invites
    #[arg(long = "sponsor", value_name = "user:ADDRESS|group:NAME", value_parser = Principal::parse)]
    sponsors: Vec<Principal>,

    /// Let an internal account of this address sign in with an identity of its own; it keeps its memberships
    #[arg(long, conflicts_with = "csv")]
    internal: bool,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Type {
    /// A guest.
    Guest,
    /// A member.
    Member,
}

impl Type {
    const fn user_type(self) -> UserType {
        match self {
            Self::Guest => UserType::Guest,
            Self::Member => UserType::Member,
        }
    }
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "invitation send", OpenMode::Write)?;
        let user_type = self.user_type.user_type();
        if let Some(file) = self.csv.as_deref().map(|file| cx.path(file)) {
            let mut made = Vec::new();
            for decision in inviting::send(&mut engine, &file, user_type, &self.sponsors)? {
                made.extend(told::made(&engine, &decision)?);
            }
            return told::all(cx, made);
        }
        let send = Send {
            name: self.name.clone(),
            user_type,
            mailed: !self.no_mail,
            message: self.message.as_ref().map(ToString::to_string),
            language: self.language.as_ref().map(ToString::to_string),
            copies: self.copies.clone(),
            redirect: self.redirect.clone(),
            sponsors: self.sponsors.clone(),
            internal: self.internal,
            ..Send::to(self.address.clone().unwrap_or_default())
        };
        let decision = engine.serve(&Command::Send(Box::new(send)).into())?;
        told::one(cx, &engine, &decision)
    }
}
