//! What packages give: resources of their catalog, roles that exist, and nothing that can never work.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

use super::Tree;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::model::kinds::policy::Requestors;
use crate::model::kinds::{Incompatible, Origin, Package};
use crate::model::text::Guid;
use crate::model::{Declaration, Kind, Name, Object};
use crate::source::{FileId, Route};

/// What a tenant takes, as warnings: a store of our own takes more.
const TENANT: &[(Kind, usize)] = &[
    (Kind::Organization, 2_500),
    (Kind::Catalog, 7_500),
    (Kind::Package, 20_000),
    (Kind::Policy, 25_000),
];

pub(super) fn check(tree: &Tree<'_, '_>, out: &mut Diagnostics) {
    for (of, package) in tree.packages() {
        grants(tree, of, package, out);
        incompatible(tree, of, package, out);
    }
    for of in tree.salvaged {
        if let Object::Package(package) = &*of.1.object {
            grants(tree, of, package, out);
            incompatible(tree, of, package, out);
        }
    }
    resources(tree, out);
    catalogs(tree, out);
    automatic(tree, out);
    for (kind, most) in TENANT {
        let count = tree.of(*kind).count();
        if count > *most {
            let message = format!(
                "{count} objects of the kind {kind}, where an Entra tenant takes at most {most}"
            );
            out.push(
                Diagnostic::warning(code::TENANT_LIMIT, message)
                    .help("a store of our own takes them; a tenant does not"),
            );
        }
    }
}

fn grants(
    tree: &Tree<'_, '_>,
    of: &(FileId, Declaration),
    package: &Package,
    out: &mut Diagnostics,
) {
    let catalog = tree.catalog(package.catalog.as_str());
    for (name, roles) in &package.grants {
        let Some(resource) = tree.resource(name.as_str()) else {
            continue;
        };
        let at = || Route::root().key("grants").key(name.as_str());
        if catalog.is_some_and(|catalog| !catalog.resources.iter().any(|known| known == name)) {
            let message = format!(
                "the resource `{name}` is not in catalog/{}, which the package is made of",
                package.catalog
            );
            let place = tree.key(of, &at());
            out.push(
                Diagnostic::error(code::NOT_IN_CATALOG, message)
                    .at(place)
                    .help(format!(
                        "add `{name}` to the `resources` of catalog/{}",
                        package.catalog
                    )),
            );
        }
        let offers = |role: &str| resource.offered_roles().any(|offered| offered == role);
        for role in roles.iter().filter(|role| !offers(role.as_str())) {
            let offered: BTreeSet<&str> = resource.offered_roles().collect();
            let has: Vec<String> = offered.iter().map(|role| format!("`{role}`")).collect();
            let help = offer(role.as_str(), offered.iter().copied())
                .unwrap_or_else(|| format!("it offers {}", has.join(", ")));
            let place = tree.text(of, &at(), role.as_str());
            out.push(
                Diagnostic::error(
                    code::NO_SUCH_ROLE,
                    format!("the resource `{name}` offers no role `{role}`"),
                )
                .at(place)
                .help(help),
            );
        }
    }
}

fn incompatible(
    tree: &Tree<'_, '_>,
    of: &(FileId, Declaration),
    package: &Package,
    out: &mut Diagnostics,
) {
    for (index, other) in package.incompatible_with.iter().enumerate() {
        if matches!(other, Incompatible::Package(name) if name.as_str() == of.1.address.name()) {
            let at = Route::root().key("incompatibleWith").index(index);
            let message = format!(
                "{} is incompatible with itself, so nobody could have it",
                of.1.address
            );
            out.push(
                tree.error(of, &at, code::SELF_INCOMPATIBLE, message)
                    .help("take it out of the list"),
            );
        }
    }
}

/// One thing is one resource: under two names, what one gives the other takes away.
fn resources(tree: &Tree<'_, '_>, out: &mut Diagnostics) {
    let mut seen: HashMap<(Origin, &str), &(FileId, Declaration), FixedState> = HashMap::default();
    for (of, resource) in tree.resources() {
        let Some((origin, name)) = resource.origin() else {
            continue;
        };
        // Things of one name are told apart by their ids.
        let name = resource.id.as_ref().map_or(name, Guid::as_str);
        let at = Route::root().key(origin.key());
        if let Some(first) = seen.insert((origin, name), of) {
            let message = format!(
                "{} and {} are the same {}",
                first.1.address,
                of.1.address,
                origin.key()
            );
            out.push(
                tree.error(of, &at, code::DUPLICATE_IDENTITY, message)
                    .related(tree.place(first, &at), "first here")
                    .help("declare it once; several catalogs may hold it"),
            );
        }
    }
}

/// A group with dynamic membership cannot be in a catalog: nobody is added to it by hand.
fn catalogs(tree: &Tree<'_, '_>, out: &mut Diagnostics) {
    for (of, catalog) in tree.catalogs() {
        for (index, name) in catalog.resources.iter().enumerate() {
            let Some(resource) = tree.resource(name.as_str()) else {
                continue;
            };
            if resource.membership_rule.is_some() {
                let at = Route::root().key("resources").index(index);
                let message =
                    format!("`{name}` has its members by rule, so no package can add any");
                out.push(
                    tree.error(of, &at, code::BAD_RESOURCE, message)
                        .help("take a group with assigned membership"),
                );
            }
        }
    }
}

/// A package is assigned by one rule at most.
fn automatic(tree: &Tree<'_, '_>, out: &mut Diagnostics) {
    let mut first: Option<&(FileId, Declaration)> = None;
    let package = |of: &(FileId, Declaration)| {
        of.1.address
            .parent()
            .and_then(|parent| Name::parse(parent.name()).ok())
    };
    for (of, policy) in tree.policies() {
        if !matches!(policy.requestors, Requestors::Automatic(_)) {
            continue;
        }
        match first.filter(|first| package(first) == package(of)) {
            None => first = Some(of),
            Some(first) => {
                let at = Route::root().key("requestors");
                let message = "a package has one automatic policy, and this is another".to_owned();
                out.push(
                    tree.error(of, &at, code::TOO_MANY_AUTOMATIC, message)
                        .related(tree.place(first, &at), "first here")
                        .help("make one rule of both with `-or`"),
                );
            }
        }
    }
}
