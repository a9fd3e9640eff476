//! An extension that can extend nothing.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Expiry;

pub(super) struct IdleExtension;

const INFO: Info = Info {
    code: Code {
        id: "idle-extension",
        title: "an extension of access whose end does not move",
    },
    severity: Severity::Note,
    why: "An extension never goes past the date on which access ends for everybody, and access without an end has none to move. Only somebody who was assigned with an earlier end by hand could use it.",
    mend: "Leave `extension` out, unless people are assigned by hand with earlier ends; or write `expires: { after: ... }`.",
};

impl Lint for IdleExtension {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in &cx.policies {
            let policy = governing.policy.object;
            // Who chose an earlier end may go on until the date.
            if !policy.extension.allowed || policy.requests.custom_schedule {
                continue;
            }
            let (message, note) = match &policy.expires {
                Expiry::After(_) => continue,
                Expiry::On(_) => (
                    "whoever asks has access until one date, and no extension goes past it",
                    "the date",
                ),
                Expiry::Never => (
                    "whoever asks has access without an end that could be extended",
                    "no end",
                ),
            };
            out.push(
                out.at(governing.declared(), key("extension"), message)
                    .related(governing.declared(), key("expires"), note)
                    .relies(governing.declared(), "requests"),
            );
        }
    }
}
