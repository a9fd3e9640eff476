//! `guestlist access`.

use clap::Args;

use super::Exit;
use super::acting::Acting;
use super::context::Context;
use super::failure::Failure;
use crate::app::governance;
use crate::model::text::Email;
use crate::render::view;
use crate::store::OpenMode;

/// Show which delegated roles somebody has, where, and through which group
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The address of the person
    #[arg(value_name = "PERSON", value_parser = Email::parse)]
    person: Email,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "access", OpenMode::Read)?;
        let access = governance::access(&engine, &self.person)?;
        cx.report(|out| view::access(&access, out), || access.clone())?;
        Ok(Exit::Done)
    }
}
