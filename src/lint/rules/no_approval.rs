//! Access for partners that nobody approves.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Requestors;

pub(super) struct NoApproval;

const INFO: Info = Info {
    code: Code {
        id: "no-approval",
        title: "access that people of partners have without approval",
    },
    severity: Severity::Warning,
    why: "Everybody of the organization gets the package on asking, also those whom nobody here has heard of.",
    mend: "Add `approval: { stages: [...] }`, for instance with `sponsors:internal`; or a waiver that says why nobody needs to agree.",
};

impl Lint for NoApproval {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in cx.let_in() {
            let policy = governing.policy.object;
            let whose = match &policy.requestors {
                Requestors::Organizations(names) => match (names.iter().next(), names.len()) {
                    (Some(one), 1) => format!("organization/{one}"),
                    (_, n) => format!("{n} organizations"),
                },
                Requestors::ConfiguredOrganizations => "every configured organization".to_owned(),
                _ => continue,
            };
            if !policy.approval.is_none() {
                continue;
            }
            let message = format!(
                "people of {whose} get {} without anybody's approval",
                governing.package.declared.address
            );
            let finding = out.at(governing.declared(), key("requestors"), message);
            out.push(finding.relies(governing.declared(), "approval"));
        }
    }
}
