//! What the commands that offboard have in common: what is taken, and the question.

use clap::Args;

use super::Exit;
use super::apply::is_yes;
use super::context::Context;
use super::failure::Failure;
use crate::governance::record::Removal;

/// What is taken, and whether anybody is asked.
#[derive(Debug, Args)]
pub(super) struct Offboarding {
    /// Only show what would happen, and what would stay
    #[arg(long)]
    pub(super) drill: bool,

    /// Take memberships and roles, too, that no package gave
    #[arg(long)]
    memberships: bool,

    /// Delete the account at once; it can be restored for 30 days
    #[arg(long)]
    delete: bool,

    /// Do it without asking
    #[arg(long, conflicts_with = "drill")]
    auto_approve: bool,
}

impl Offboarding {
    /// Returns what is taken.
    pub(super) const fn removal(&self) -> Removal {
        Removal {
            memberships: self.memberships,
            delete: self.delete,
        }
    }

    /// Returns whether a question is to be asked before anything is done.
    pub(super) fn asks(&self) -> Result<bool, Failure> {
        let can_ask = Context::can_ask();
        if self.auto_approve || can_ask {
            return Ok(!self.auto_approve);
        }
        Err(Failure::new(
            Exit::Usage,
            "there is no terminal to ask on; nothing was done",
        )
        .help("look at it with `--drill`, then give `--auto-approve`"))
    }

    /// Asks; returns true for a yes.
    pub(super) fn is_wanted(&self, who: &str) -> bool {
        is_yes(&format!("Offboard {who}?"))
    }
}
