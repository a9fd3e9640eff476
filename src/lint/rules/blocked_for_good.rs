//! Guests who are blocked at the end, and could not come back as the policies say.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::AfterLastAssignment;

pub(super) struct BlockedForGood;

const INFO: Info = Info {
    code: Code {
        id: "blocked-for-good",
        title: "guests who are blocked for good, where they should ask again",
    },
    severity: Severity::Warning,
    why: "Whoever is blocked cannot sign in, so they ask for nothing: somebody has to lift the block by hand before they can come back.",
    mend: "Write `afterLastAssignment: blockAndDelete`, so that they come back as new guests, or `nothing`.",
};

impl Lint for BlockedForGood {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let blocks = Some(AfterLastAssignment::Block);
        let Some(settings) = cx
            .external_users
            .filter(|settings| settings.object.after_last_assignment == blocks)
        else {
            return;
        };
        let Some(policy) = cx.let_in().next() else {
            return;
        };
        let message = "who has lost the last package is blocked, and can never ask again";
        out.push(
            out.at(settings.declared, key("afterLastAssignment"), message)
                .related(
                    policy.declared(),
                    key("requestors"),
                    "they should ask by themselves here",
                ),
        );
    }
}
