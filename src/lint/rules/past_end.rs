//! A policy whose end has passed.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Expiry;
use crate::model::text::When;

pub(super) struct PastEnd;

const INFO: Info = Info {
    code: Code {
        id: "past-end",
        title: "a policy that ended",
    },
    severity: Severity::Warning,
    why: "A date on which access ends ends it for everybody, also for those who come later: through such a policy nobody gets anything any more.",
    mend: "Write a later date, or take the policy out of the tree once nobody has the package through it.",
};

impl Lint for PastEnd {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in &cx.policies {
            if let Expiry::On(When::At(end)) = governing.policy.object.expires
                && end <= cx.now
            {
                // On which day it ended is told by the tree, in words of its own.
                let message = "access through this policy has ended";
                out.push(out.at(governing.declared(), key("expires").key("on"), message));
            }
        }
    }
}
