//! A proposed organization that policies for configured ones leave out.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::OrganizationState;

pub(super) struct ProposedOrganization;

const INFO: Info = Info {
    code: Code {
        id: "proposed-organization",
        title: "a proposed organization that no policy covers",
    },
    severity: Severity::Note,
    why: "\"All configured organizations\" are those that an administrator has accepted. People of a proposed one are covered only where a policy names it.",
    mend: "Write `state: configured` once somebody has accepted it, or name it in a policy.",
};

impl Lint for ProposedOrganization {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let Some(policy) = cx.for_configured() else {
            return;
        };
        for organization in &cx.organizations {
            let is_proposed = organization.object.state == OrganizationState::Proposed;
            let is_covered = cx.naming(*organization).is_some() || cx.for_strangers().is_some();
            if !is_proposed || is_covered || !cx.is_all_said() {
                continue;
            }
            let message = format!(
                "policies for configured organizations leave {} out, and none lets its people ask by name",
                organization.declared.address
            );
            out.push(
                out.at(organization.declared, key("state"), message)
                    .related(
                        policy.declared(),
                        key("requestors"),
                        "configured ones may ask here",
                    ),
            );
        }
    }
}
