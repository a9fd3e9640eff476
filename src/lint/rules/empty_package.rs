//! A package that gives nothing.

use crate::diag::{Code, Severity};
use crate::lint::{Context, Findings, Info, Lint};
use crate::source::Route;

pub(super) struct EmptyPackage;

const INFO: Info = Info {
    code: Code {
        id: "empty-package",
        title: "a package that gives nothing",
    },
    severity: Severity::Warning,
    why: "People ask, somebody approves, and nothing follows from it.",
    mend: "Write what it gives under `grants`, or take it out of the tree.",
};

impl Lint for EmptyPackage {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for package in &cx.packages {
            if package.object.grants.is_empty() {
                let message = format!("{} gives nothing", package.declared.address);
                let finding = out.at(package.declared, Route::root(), message);
                out.push(finding.relies(package.declared, "grants"));
            }
        }
    }
}
