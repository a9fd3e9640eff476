//! A policy through which nobody gets anything.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Requestors;

pub(super) struct PolicyForNobody;

const INFO: Info = Info {
    code: Code {
        id: "policy-for-nobody",
        title: "a policy through which nobody asks and nobody assigns",
    },
    severity: Severity::Warning,
    why: "Nobody asks through a policy without requestors, and with its requests switched off administrators cannot assign through it either.",
    mend: "Leave `requests` out, so that administrators assign; name `requestors`; or take the policy out.",
};

impl Lint for PolicyForNobody {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in &cx.policies {
            let policy = governing.policy.object;
            if matches!(policy.requestors, Requestors::Nobody) && !policy.requests.enabled {
                let message = "nobody asks through this policy, and nobody can assign through it";
                out.push(
                    out.at(
                        governing.declared(),
                        key("requests").key("enabled"),
                        message,
                    )
                    .relies(governing.declared(), "requestors"),
                );
            }
        }
    }
}
