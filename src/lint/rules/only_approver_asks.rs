//! A requestor who is the only approver.

use crate::diag::{Code, Severity};
use crate::lint::context::{key, stage};
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Requestors;
use crate::model::text::Principal;
use crate::source::Route;

pub(super) struct OnlyApproverAsks;

const INFO: Info = Info {
    code: Code {
        id: "only-approver-asks",
        title: "a requestor who alone could approve their own request",
    },
    severity: Severity::Warning,
    why: "Nobody approves their own request. Where the only approver of a stage asks for the package, nobody is left to decide, and the request is denied by time.",
    mend: "Add another approver or a `fallback` to the stage.",
};

impl Lint for OnlyApproverAsks {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in &cx.policies {
            let Requestors::People(people) = governing.requestors() else {
                continue;
            };
            if !governing.policy.object.requests.enabled {
                continue;
            }
            for (index, asked) in governing.policy.object.approval.stages.iter().enumerate() {
                let mut approvers = asked.approvers.iter();
                let (Some(only @ Principal::User(_)), None) = (approvers.next(), approvers.next())
                else {
                    continue;
                };
                let helps = asked.escalation.is_some() || !asked.fallback.is_empty();
                let Some(at) = people
                    .iter()
                    .position(|person| person == only)
                    .filter(|_| !helps)
                else {
                    continue;
                };
                let message = format!("`{only}` may ask, and nobody else approves that");
                let spot: Route = stage(index).key("approvers").index(0);
                out.push(
                    out.at(governing.declared(), spot, message)
                        .related(
                            governing.declared(),
                            key("requestors").key("people").index(at),
                            "may ask here",
                        )
                        .relies(governing.declared(), "requests"),
                );
            }
        }
    }
}
