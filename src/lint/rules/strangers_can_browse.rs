//! A package for anybody from outside that whoever browses finds.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Requestors;
use crate::source::Route;

pub(super) struct StrangersCanBrowse;

const INFO: Info = Info {
    code: Code {
        id: "strangers-can-browse",
        title: "a package for anybody from outside that is not hidden",
    },
    severity: Severity::Note,
    why: "A package that is not hidden stands in the list of everybody who may ask for it, and here that is everybody. Packages for people from outside are found by their link.",
    mend: "Write `hidden: true` in the package, and give its link to those who are meant.",
};

impl Lint for StrangersCanBrowse {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in cx.let_in() {
            let package = governing.package;
            if package.object.hidden || !matches!(governing.requestors(), Requestors::AnyExternal) {
                continue;
            }
            let message = format!(
                "anybody from outside may ask for {}, and whoever browses sees it",
                package.declared.address
            );
            out.push(
                out.at(governing.declared(), key("requestors"), message)
                    .related(
                        package.declared,
                        Route::root(),
                        "this package is not hidden",
                    )
                    .relies(package.declared, "hidden"),
            );
        }
    }
}
