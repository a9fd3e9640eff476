//! Guests who invite guests.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::Inviters;

pub(super) struct GuestsInviteGuests;

const INFO: Info = Info {
    code: Code {
        id: "guests-invite-guests",
        title: "guests who may invite others",
    },
    severity: Severity::Warning,
    why: "Whoever is invited by a guest comes past packages, policies and approvals, and nothing here says that they are there.",
    mend: "Write `invitations: inviters`, so that people come through packages; `members` lets colleagues invite.",
};

impl Lint for GuestsInviteGuests {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let everyone = Some(Inviters::Everyone);
        if let Some(settings) = cx
            .collaboration
            .filter(|it| it.object.invitations == everyone)
        {
            let message = "everyone may invite guests, guests included";
            out.push(out.at(settings.declared, key("invitations"), message));
        }
    }
}
