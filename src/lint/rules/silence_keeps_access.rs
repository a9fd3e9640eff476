//! A review of guests' access in which silence keeps it.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::OnNoResponse;

pub(super) struct SilenceKeepsAccess;

const INFO: Info = Info {
    code: Code {
        id: "silence-keeps-access",
        title: "a review of guests that keeps what nobody decided on",
    },
    severity: Severity::Note,
    why: "A review that nobody answers then changes nothing, and access goes on as if there were none.",
    mend: "Write `onNoResponse: remove`, or `recommendation`, which goes by the last sign-in.",
};

impl Lint for SilenceKeepsAccess {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in cx
            .policies
            .iter()
            .filter(|governing| governing.serves_guests())
        {
            let review = governing.policy.object.review.as_ref();
            if review.is_some_and(|it| it.enabled && it.on_no_response == OnNoResponse::Keep) {
                let message = "what nobody decides on in the review stays";
                let at = key("review").key("onNoResponse");
                let finding = out.at(governing.declared(), at, message);
                out.push(finding.relies(governing.declared(), "requestors"));
            }
        }
    }
}
