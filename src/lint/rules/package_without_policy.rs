//! A package that nobody can have.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use crate::diag::{Code, Severity};
use crate::lint::{Context, Findings, Info, Lint};
use crate::source::Route;

pub(super) struct PackageWithoutPolicy;

const INFO: Info = Info {
    code: Code {
        id: "package-without-policy",
        title: "a package without a policy",
    },
    severity: Severity::Warning,
    why: "Everybody gets a package through one of its policies, also those whom an administrator assigns. Without one nobody can have it.",
    mend: "Add `policies:` to the package, or take it out of the tree.",
};

impl Lint for PackageWithoutPolicy {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let governed: HashSet<&str, FixedState> = cx
            .policies
            .iter()
            .map(|governing| governing.package.declared.address.name())
            .collect();
        for package in &cx.packages {
            if !governed.contains(package.declared.address.name()) {
                let message = format!(
                    "{} has no policy, so nobody can have it",
                    package.declared.address
                );
                out.push(out.at(package.declared, Route::root(), message));
            }
        }
    }
}
