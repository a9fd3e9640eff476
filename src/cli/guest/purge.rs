//! `guestlist guest purge`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::apply::is_yes;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::people::Command;
use crate::model::text::Email;
use crate::render::json;
use crate::store::OpenMode;

/// Delete a guest for good whose account is deleted already
///
/// It happens by itself 30 days after the deletion. Name, addresses and mails to them go; the numbers that requests and
/// assignments name stay. The audit log keeps who they were until `guestlist audit forget ADDRESS` erases that. This cannot be
/// undone.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the guest
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    guest: Email,

    /// Delete without asking
    #[arg(long)]
    auto_approve: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let can_ask = Context::can_ask();
        if !self.auto_approve && !can_ask {
            return Err(Failure::new(
                Exit::Usage,
                "there is no terminal to ask on; nothing was done",
            )
            .help("give `--auto-approve`; it cannot be undone"));
        }
        let mut engine = self.acting.engine(cx, "guest purge", OpenMode::Write)?;
        let question = format!("Delete {} for good? This cannot be undone.", self.guest);
        let purged = self.auto_approve || is_yes(&question);
        if purged {
            let _ = engine.serve(&Command::Purge(self.guest.clone()).into())?;
        }
        if cx.is_json() {
            let report = json::v1::GuestPurge {
                format_version: json::v1::FormatVersion,
                purged,
            };
            cx.write(|out| json::write(out, &report))?;
        } else if purged {
            cx.say(&format!(
                "{0} is deleted for good. `guestlist audit forget {0}` erases who they were from the audit log, too.",
                self.guest
            ));
        } else {
            cx.say("Nobody was deleted.");
        }
        Ok(if purged { Exit::Done } else { Exit::Error })
    }
}
