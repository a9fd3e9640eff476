//! Packages of which only one excludes the other.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::{Incompatible, Package};
use crate::source::Route;

pub(super) struct OneWayIncompatibility;

const INFO: Info = Info {
    code: Code {
        id: "one-way-incompatibility",
        title: "packages that exclude each other one way only",
    },
    severity: Severity::Warning,
    why: "It counts one way: who has the other package cannot get this one, and who has this one can still get the other, and then has both.",
    mend: "Name this package in the `incompatibleWith` of the other one too.",
};

impl Lint for OneWayIncompatibility {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for package in &cx.packages {
            for (index, other) in package.object.incompatible_with.iter().enumerate() {
                let Incompatible::Package(name) = other else {
                    continue;
                };
                let Some(other) = cx.package(name) else {
                    continue;
                };
                if excludes(other.object, package.declared.address.name()) {
                    continue;
                }
                let message = format!(
                    "who has {} can still get {}",
                    package.declared.address, other.declared.address
                );
                let help = format!(
                    "add `{}` to the `incompatibleWith` of {}",
                    package.declared.address, other.declared.address
                );
                let spot: Route = key("incompatibleWith").index(index);
                out.push(
                    out.at(package.declared, spot, message)
                        .related(
                            other.declared,
                            Route::root(),
                            "this one does not exclude it",
                        )
                        .relies(other.declared, "incompatibleWith")
                        .help(help),
                );
            }
        }
    }
}

/// Returns true for a package that excludes holders of another.
fn excludes(package: &Package, name: &str) -> bool {
    let mut others = package.incompatible_with.iter();
    others.any(|other| matches!(other, Incompatible::Package(other) if other.as_str() == name))
}
