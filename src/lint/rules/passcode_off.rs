//! One-time passcodes that are off, although somebody has no other way to sign in.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::finding::manages;
use crate::lint::{Context, Findings, Info, Lint, Of};
use crate::model::kinds::Organization;
use crate::source::Route;

pub(super) struct PasscodeOff;

const INFO: Info = Info {
    code: Code {
        id: "passcode-off",
        title: "one-time passcodes that are off where people need them",
    },
    severity: Severity::Warning,
    why: "Whoever has neither a tenant nor another account that the tenant takes signs in by a passcode that is mailed to them. Without it they cannot sign in, and so not even ask. Who is of an organization that is known by its domains alone has often nothing else.",
    mend: "Write `oneTimePasscode: true`, or give the organizations that are known by their domains alone a `tenant` or a `federation`.",
};

impl Lint for PasscodeOff {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let Some(collaboration) = cx
            .collaboration
            .filter(|settings| settings.object.one_time_passcode == Some(false))
        else {
            return;
        };
        let by_mail = cx.organizations.iter().filter(|organization| {
            is_known_by_mail(**organization) && cx.meant_for(**organization).is_some()
        });
        let by_mail: Vec<_> = by_mail.collect();
        let strangers = cx.for_strangers();
        let who = match (by_mail.as_slice(), strangers) {
            ([first], _) => format!("of {}", first.declared.address),
            ([first, more @ ..], _) => {
                format!("of {} and {} more", first.declared.address, more.len())
            }
            ([], Some(_)) => "from outside".to_owned(),
            ([], None) => return,
        };
        let message =
            format!("whoever {who} signs in by a one-time passcode is refused: those are off");
        let mut finding = out.at(collaboration.declared, key("oneTimePasscode"), message);
        if let Some(first) = by_mail.first() {
            let note = "known by its domains alone";
            finding = finding.related(first.declared, Route::root(), note);
        }
        if let Some(policy) = strangers {
            let note = "anybody from outside may ask here";
            finding = finding.related(policy.declared(), key("requestors"), note);
        }
        out.push(finding);
    }
}

/// Returns true for an organization whose people have no tenant and no provider to sign in with, as the tree says.
fn is_known_by_mail(organization: Of<'_, Organization>) -> bool {
    let Organization {
        tenant,
        federation,
        social,
        ..
    } = organization.object;
    let keys = ["tenant", "federation", "social"];
    let is_said = keys.iter().all(|key| manages(organization.declared, key));
    is_said && tenant.is_none() && federation.is_none() && social.is_none()
}
