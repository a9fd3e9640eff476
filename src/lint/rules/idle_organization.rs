//! A configured organization whose people can ask for nothing.

use crate::diag::{Code, Severity};
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::OrganizationState;
use crate::source::Route;

pub(super) struct IdleOrganization;

const INFO: Info = Info {
    code: Code {
        id: "idle-organization",
        title: "an organization that no policy is for",
    },
    severity: Severity::Note,
    why: "An organization is there so that its people may ask. One that no policy names or covers is left over, or the policy is missing.",
    mend: "Name it in the `requestors` of a policy that takes requests, or take it out of the tree.",
};

impl Lint for IdleOrganization {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        if cx.for_configured().is_some() || cx.for_strangers().is_some() || !cx.is_all_said() {
            return;
        }
        for organization in &cx.organizations {
            let is_configured = organization.object.state == OrganizationState::Configured;
            if is_configured && cx.naming(*organization).is_none() {
                let message = format!(
                    "no policy that can be asked through names {}, and none is for every organization",
                    organization.declared.address
                );
                let finding = out.at(organization.declared, Route::root(), message);
                out.push(finding.relies(organization.declared, "state"));
            }
        }
    }
}
