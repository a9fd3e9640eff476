//! Access for anybody from outside that nobody approves.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Requestors;

pub(super) struct StrangersWithoutApproval;

const INFO: Info = Info {
    code: Code {
        id: "strangers-without-approval",
        title: "access that anybody from outside has without approval",
    },
    severity: Severity::Error,
    why: "Whoever finds the link is let in, from any organization, and becomes a guest of the tenant. Nobody sees the request before.",
    mend: "Add `approval: { stages: [...] }` with somebody who knows who should come, or name organizations in `requestors`.",
};

impl Lint for StrangersWithoutApproval {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in cx.let_in() {
            let policy = governing.policy.object;
            if !matches!(policy.requestors, Requestors::AnyExternal) || !policy.approval.is_none() {
                continue;
            }
            let is_listed = cx.domains.is_some_and(|it| it.object.allow.is_some());
            let whoever = match is_listed {
                true => "whoever has an address of an allowed domain",
                false => "anybody from outside",
            };
            let message = format!(
                "{whoever} gets {} without anybody's approval",
                governing.package.declared.address
            );
            let finding = out.at(governing.declared(), key("requestors"), message);
            out.push(finding.relies(governing.declared(), "approval"));
        }
    }
}
