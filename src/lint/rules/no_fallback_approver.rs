//! Approvers who may not exist, with nobody in their place.

use crate::diag::{Code, Severity};
use crate::lint::context::stage;
use crate::lint::{Context, Findings, Governing, Info, Lint};
use crate::model::Set;
use crate::model::kinds::policy::Requestors;
use crate::model::text::{Principal, Sponsors};

pub(super) struct NoFallbackApprover;

const INFO: Info = Info {
    code: Code {
        id: "no-fallback-approver",
        title: "approvers who may be missing, with nobody to ask instead",
    },
    severity: Severity::Warning,
    why: "A manager or a sponsor is looked up for each requestor. Where there is none and the stage has no fallback, nobody is asked, and the request waits until it is denied by time.",
    mend: "Add `fallback: [...]` with a person or a group to the stage.",
};

impl Lint for NoFallbackApprover {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in &cx.policies {
            for (index, asked) in governing.policy.object.approval.stages.iter().enumerate() {
                let is_saved = asked.escalation.as_ref().is_some_and(|escalation| {
                    !escalation.fallback.is_empty()
                        || !may_be_missing(governing, &escalation.approvers)
                });
                let is_alone = asked.fallback.is_empty() && !is_saved;
                if is_alone && may_be_missing(governing, &asked.approvers) {
                    let who = words(&asked.approvers);
                    let message =
                        format!("a requestor without {who} waits in vain: nobody else can decide");
                    let at = stage(index).key("approvers");
                    let finding = out.at(governing.declared(), at, message);
                    out.push(finding.relies(governing.declared(), "requestors"));
                }
                let Some(escalation) = &asked.escalation else {
                    continue;
                };
                if escalation.fallback.is_empty()
                    && may_be_missing(governing, &escalation.approvers)
                {
                    let who = words(&escalation.approvers);
                    let message =
                        format!("for a requestor without {who} the stage escalates to nobody");
                    let at = stage(index).key("escalation").key("approvers");
                    let finding = out
                        .at(governing.declared(), at, message)
                        .help("add `fallback: [...]` with a person or a group to the escalation");
                    out.push(finding.relies(governing.declared(), "requestors"));
                }
            }
        }
    }
}

/// Returns true for people who are all found from the requestor, and perhaps not there. Sponsors of organizations that a
/// policy is for are there: a tree in which they are missing is not valid.
fn may_be_missing(governing: &Governing<'_>, people: &Set<Principal>) -> bool {
    let is_partner = matches!(
        governing.requestors(),
        Requestors::Organizations(_) | Requestors::ConfiguredOrganizations
    );
    let is_sure = |person: &Principal| match person {
        Principal::User(_) | Principal::Group(_) => true,
        Principal::Sponsors(Sponsors::Internal | Sponsors::External) => is_partner,
        Principal::Sponsors(Sponsors::Own) | Principal::Manager(_) | Principal::Oneself => false,
    };
    !people.is_empty() && !people.iter().any(is_sure)
}

/// Returns who may be missing, in words.
fn words(people: &Set<Principal>) -> String {
    let word = |person: &Principal| match person {
        Principal::Manager(1) => "a manager".to_owned(),
        Principal::Manager(level) => format!("a manager {level} levels up"),
        Principal::Sponsors(Sponsors::Internal) => "internal sponsors".to_owned(),
        Principal::Sponsors(Sponsors::External) => "external sponsors".to_owned(),
        Principal::Sponsors(Sponsors::Own) => "sponsors of their own".to_owned(),
        other => format!("`{other}`"),
    };
    let words: Vec<String> = people.iter().map(word).collect();
    words.join(" or ")
}
