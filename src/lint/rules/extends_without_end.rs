//! Access of guests that they extend by themselves again and again, and that nobody looks at.

use crate::diag::{Code, Severity};
use crate::lint::context::{is_reviewed, key};
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Expiry;

pub(super) struct ExtendsWithoutEnd;

const INFO: Info = Info {
    code: Code {
        id: "extends-without-end",
        title: "access that guests extend without end, approval or review",
    },
    severity: Severity::Note,
    why: "An extension that nobody approves is given to whoever asks for it. With neither approval nor review the end that the policy names is none.",
    mend: "Write `extension: { allowed: true, approval: true }` beside stages that approve, or add a `review`.",
};

impl Lint for ExtendsWithoutEnd {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in cx
            .policies
            .iter()
            .filter(|governing| governing.serves_guests())
        {
            let policy = governing.policy.object;
            let is_free = policy.extension.allowed && !policy.extension.approval;
            let Expiry::After(length) = &policy.expires else {
                continue;
            };
            if !is_free || is_reviewed(policy) {
                continue;
            }
            let message = format!(
                "people from outside extend {} by {length} again and again, and nobody is asked",
                governing.package.declared.address
            );
            out.push(
                out.at(governing.declared(), key("extension"), message)
                    .relies(governing.declared(), "requestors")
                    .relies(governing.declared(), "expires")
                    .relies(governing.declared(), "review"),
            );
        }
    }
}
