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
    mend: "Name somebody else in the stage, too: as an approver, or as `fallback`.",
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
                let Some(only @ Principal::User(_)) = asked.approvers.iter().next() else {
                    continue;
                };
                let escalation = asked.escalation.iter();
                let later = escalation.flat_map(|it| it.approvers.iter().chain(&it.fallback));
                let mut others = asked.approvers.iter().chain(&asked.fallback).chain(later);
                if others.any(|other| other != only) {
                    continue;
                }
                let Some(at) = people.iter().position(|person| person == only) else {
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
