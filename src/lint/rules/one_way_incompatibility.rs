//! Packages of which only one excludes the other.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint, Of};
use crate::model::kinds::{Incompatible, Origin, Package};
use crate::source::Route;

pub(super) struct OneWayIncompatibility;

const INFO: Info = Info {
    code: Code {
        id: "one-way-incompatibility",
        title: "packages that exclude each other one way only",
    },
    severity: Severity::Warning,
    why: "It counts one way: who has the other package cannot get this one, and who has this one can still get the other where a policy lets them, and then has both.",
    mend: "Name this package in the `incompatibleWith` of the other one too.",
};

impl Lint for OneWayIncompatibility {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let all = cx.packages.iter().flat_map(|package| {
            let named = package.object.incompatible_with.iter().enumerate();
            named.filter_map(move |(index, other)| match other {
                Incompatible::Package(name) => Some((*package, index, name)),
                Incompatible::Group(_) => None,
            })
        });
        let pairs: HashSet<(&str, &str), FixedState> = all
            .clone()
            .map(|(package, _, other)| (package.declared.address.name(), other.as_str()))
            .collect();
        for (package, index, name) in all {
            if !pairs.contains(&(name.as_str(), package.declared.address.name()))
                && let Some(other) = cx.package(name)
                && !excludes_by_group(cx, other, package)
            {
                let message = format!(
                    "{} does not exclude who has {}",
                    other.declared.address, package.declared.address
                );
                let help = format!(
                    "add `{}` to the `incompatibleWith` of {}",
                    package.declared.address, other.declared.address
                );
                let spot: Route = key("incompatibleWith").index(index);
                out.push(
                    out.at(package.declared, spot, message)
                        .related(other.declared, Route::root(), "this one")
                        .relies(other.declared, "incompatibleWith")
                        .help(help),
                );
            }
        }
    }
}

/// Returns true when a package excludes a group that another one makes people members of.
fn excludes_by_group(cx: &Context<'_>, package: Of<'_, Package>, other: Of<'_, Package>) -> bool {
    let excluded = package.object.incompatible_with.iter();
    let excluded: HashSet<String, FixedState> = excluded
        .filter_map(|one| match one {
            Incompatible::Group(name) => Some(cx.group(name)),
            Incompatible::Package(_) => None,
        })
        .collect();
    let mut granted =
        other
            .object
            .grants
            .keys()
            .filter_map(|name| match cx.resource(name)?.object.origin()? {
                (Origin::Group | Origin::Team, group) => Some(group.to_lowercase()),
                _ => None,
            });
    granted.any(|group| excluded.contains(&group))
}
