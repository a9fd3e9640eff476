//! Guests who see as much of the directory as members.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::GuestAccess;

pub(super) struct GuestsSeeEverybody;

const INFO: Info = Info {
    code: Code {
        id: "guests-see-everybody",
        title: "guests who see the directory as members do",
    },
    severity: Severity::Warning,
    why: "Guests then read every user, group and membership of the tenant. By default they read their own profile and parts of others, and `restricted` shows them only themselves, not even other members of their groups.",
    mend: "Write `guestAccess: restricted`, or `limited`.",
};

impl Lint for GuestsSeeEverybody {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let sees = Some(GuestAccess::Members);
        if let Some(settings) = cx.collaboration.filter(|it| it.object.guest_access == sees) {
            let message = "guests see everybody and every group of the directory, as members do";
            out.push(out.at(settings.declared, key("guestAccess"), message));
        }
    }
}
