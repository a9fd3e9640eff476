//! `guestlist audit forget`.

use clap::Args;

use super::{Context, Exit, Failure};
use crate::app;
use crate::cli::apply::is_yes;
use crate::render::json;
use crate::render::report::Signing;

/// Erase who a person is from the audit log and the history
///
/// Their entries stay, with an id that tells nobody's name, and the chain still holds. That somebody was erased is an entry
/// as well. This cannot be undone.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The person: an address, or the name of an account
    #[arg(value_name = "PERSON")]
    person: String,

    /// Erase without asking
    #[arg(long)]
    auto_approve: bool,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let can_ask = Context::can_ask();
        if !self.auto_approve && !can_ask {
            return Err(Failure::new(
                Exit::Usage,
                "there is no terminal to ask on; nothing was done",
            )
            .help("give `--auto-approve`; it cannot be undone"));
        }
        let workspace = cx.workspace()?;
        let question = format!("Erase who {} is? This cannot be undone.", self.person);
        if !self.auto_approve && !is_yes(&question) {
            report(cx, None, 0)?;
            cx.say("Nobody was erased.");
            return Ok(Exit::Error);
        }
        let forgotten = app::audit_forget(&workspace, &cx.world(), &self.person)?;
        report(cx, Some(&forgotten.id), forgotten.plain)?;
        if !cx.is_json() {
            cx.say(&format!(
                "Erased from {}. In the audit log it was person:{}.",
                forgotten.store, forgotten.id
            ));
            if forgotten.plain > 0 {
                cx.say(&format!(
                    "warning: {} of before names were kept apart tell the name, and cannot be changed",
                    match forgotten.plain {
                        1 => "1 entry".to_owned(),
                        plain => format!("{plain} entries"),
                    }
                ));
            }
        }
        match &forgotten.signing {
            Signing::Signed(head) => cx.say(&format!("Signed head: {head}")),
            Signing::Failed(cause) => {
                cx.say(&format!("warning: no head could be signed: {cause}"));
                return Ok(Exit::Error);
            }
            Signing::Off | Signing::NoKey => {}
        }
        Ok(Exit::Done)
    }
}

fn report(cx: &Context, person: Option<&str>, plain: u64) -> Result<(), Failure> {
    if !cx.is_json() {
        return Ok(());
    }
    let report = json::v1::AuditForget {
        format_version: json::v1::FormatVersion,
        forgotten: person.is_some(),
        person,
        plain_entries: plain,
    };
    cx.write(|out| json::write(out, &report))
}
