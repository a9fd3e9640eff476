//! An organization that nobody answers for.

use crate::diag::{Code, Severity};
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::OrganizationState;
use crate::source::Route;

pub(super) struct OrganizationWithoutSponsors;

const INFO: Info = Info {
    code: Code {
        id: "organization-without-sponsors",
        title: "an organization without sponsors",
    },
    severity: Severity::Note,
    why: "Sponsors are asked when people of the organization want something, and are who knows whether they still work there. Without them only fallbacks are asked.",
    mend: "Add `sponsors: { internal: [...] }` with those here who work with the organization.",
};

impl Lint for OrganizationWithoutSponsors {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for organization in &cx.organizations {
            let is_configured = organization.object.state == OrganizationState::Configured;
            if is_configured && organization.object.sponsors.is_empty() {
                let message = format!("nobody answers for {}", organization.declared.address);
                let finding = out.at(organization.declared, Route::root(), message);
                out.push(
                    finding
                        .relies(organization.declared, "sponsors")
                        .relies(organization.declared, "state"),
                );
            }
        }
    }
}
