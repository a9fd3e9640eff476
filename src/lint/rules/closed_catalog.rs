//! A policy for people from outside, in a catalog that they do not see.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};

pub(super) struct ClosedCatalog;

const INFO: Info = Info {
    code: Code {
        id: "closed-catalog",
        title: "a policy for people from outside in a catalog that is closed to them",
    },
    severity: Severity::Warning,
    why: "People from outside never see packages of such a catalog, whatever the policies say: the link tells them that there is nothing.",
    mend: "Write `externallyVisible: true` in the catalog, or move the package to one for partners.",
};

impl Lint for ClosedCatalog {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in cx.outside() {
            let catalog = governing.catalog;
            if catalog.object.externally_visible {
                continue;
            }
            let message = format!(
                "nobody from outside can ask through {}: {} is closed to them",
                governing.declared().address,
                catalog.declared.address
            );
            out.push(
                out.at(governing.declared(), key("requestors"), message)
                    .related(
                        catalog.declared,
                        key("externallyVisible"),
                        "closed to people from outside",
                    ),
            );
        }
    }
}
