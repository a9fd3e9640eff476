//! An organization whose people may ask, and whose tenant cross-tenant access shuts out.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::diag::{Code, Severity};
use crate::governance::people::is_closed;
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};

pub(super) struct BlockedTenant;

const INFO: Info = Info {
    code: Code {
        id: "blocked-tenant",
        title: "a partner whose people may ask, and whose tenant is shut out",
    },
    severity: Severity::Warning,
    why: "Cross-tenant access that lets no users in refuses whoever is no guest yet, whatever the policies say, and keeps those from signing in who are: they ask for nothing, extend nothing and decide nothing. What they have stays, and others may give them packages.",
    mend: "Write whom it lets in: `crossTenant: { inbound: { users: all, applications: all } }`; or take the organization out of the policies.",
};

impl Lint for BlockedTenant {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let closed = cx
            .cross_tenant
            .iter()
            .filter(|access| is_closed(access.object));
        let closed: HashMap<&str, _, FixedState> = closed
            .map(|access| (access.declared.address.name(), access))
            .collect();
        for organization in &cx.organizations {
            let Some(access) = closed.get(organization.declared.address.name()) else {
                continue;
            };
            let Some(policy) = cx.meant_for(*organization) else {
                continue;
            };
            let message = format!(
                "nobody of {} is let in, although {} lets them ask",
                organization.declared.address,
                policy.declared().address
            );
            out.push(out.at(access.declared, key("inbound"), message).related(
                policy.declared(),
                key("requestors"),
                "they may ask here",
            ));
        }
    }
}
