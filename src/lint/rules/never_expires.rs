//! Access of guests that never ends and that nobody looks at again.

use crate::diag::{Code, Severity};
use crate::lint::context::{is_reviewed, key};
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Expiry;

pub(super) struct NeverExpires;

const INFO: Info = Info {
    code: Code {
        id: "never-expires",
        title: "access of guests without an end and without a review",
    },
    severity: Severity::Warning,
    why: "People leave their companies, and nobody here is told. Access without an end that nobody reviews stays until somebody finds it.",
    mend: "Write `expires: { after: 180d }` or another end, or add a `review`.",
};

impl Lint for NeverExpires {
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
            if !matches!(policy.expires, Expiry::Never) || is_reviewed(policy) {
                continue;
            }
            let message = format!(
                "people from outside keep {} for good, and nobody looks at it again",
                governing.package.declared.address
            );
            out.push(
                out.at(governing.declared(), key("expires"), message)
                    .relies(governing.declared(), "requestors")
                    .relies(governing.declared(), "review"),
            );
        }
    }
}
