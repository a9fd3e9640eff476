//! Names: declared once, found where they are used, followed through renames.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rayon::prelude::*;

use super::super::places::Locator;
use super::{Among, Known, Tree, UNKNOWN};
use crate::diag::{Diagnostic, Diagnostics, code, nearest};
use crate::model::kinds::Resource;
use crate::model::{Address, Bond, Declaration, Kind, Mention, Object, Waiver};
use crate::planted::{self, Planted};
use crate::source::{FileId, Route};

/// A name declared twice is shown at both places.
pub(super) fn declared_once(
    declarations: &[(FileId, Declaration)],
    broken: &[(FileId, Address)],
    locator: &Locator<'_>,
    out: &mut Diagnostics,
) {
    let mut declared: Vec<(&Address, FileId)> = declarations
        .iter()
        .map(|(file, d)| (&d.address, *file))
        .collect();
    declared.extend(broken.iter().map(|(file, address)| (address, *file)));
    declared.sort();
    let mut first = 0;
    for at in 1..declared.len() {
        let ((address, earlier), (again, file)) = (declared[first], declared[at]);
        if address != again {
            first = at;
            continue;
        }
        // A key that stands twice in one file is the parser's to report.
        if earlier == file {
            continue;
        }
        let root = Route::root();
        out.push(
            Diagnostic::error(code::DUPLICATE_NAME, format!("{address} is declared twice"))
                .at(locator.place(file, address, &root))
                .related(
                    locator.place(earlier, address, &root),
                    "first declared here",
                )
                .help(match address.kind().is_singleton() {
                    true => "make one section of the two",
                    false => "give one of them another name, or make one declaration of them",
                }),
        );
    }
}

/// Every name that an object mentions is declared, and is of the kind that is meant.
pub(super) fn references(tree: &Tree<'_, '_>, out: &mut Diagnostics) {
    let known: &Known<'_> = tree;
    let doubted: Vec<_> = known
        .declarations
        .par_iter()
        .filter(|(_, declaration)| is_doubted(known, declaration))
        .collect();
    for of in doubted.into_iter().chain(tree.salvaged) {
        of.1.object.references(&mut |mention| match mention.bond {
            Bond::Needs | Bond::Names => {
                if !tree.declares(mention.kind, mention.name) {
                    out.push(unknown(tree, of, &mention));
                }
            }
            Bond::Perhaps => group(tree, of, &mention, out),
        });
        if of.1.address.kind() == Kind::Policy {
            extensions(tree, of, out);
        }
    }
}

/// Returns true for an object whose mentions have to be looked at one by one. Most trees have few.
fn is_doubted(known: &Known<'_>, declaration: &Declaration) -> bool {
    let mut doubted = false;
    declaration.object.references(&mut |mention| {
        doubted |= match mention.bond {
            Bond::Needs | Bond::Names => !known.declares(mention.kind, mention.name),
            Bond::Perhaps => !known
                .resource(mention.name)
                .is_some_and(Resource::has_members),
        };
    });
    doubted
        || matches!(&*declaration.object, Object::Policy(policy)
            if !policy.custom_extensions.is_empty()
                || policy.approval.stages.iter().any(|stage| stage.approvers_from.is_some()))
}

fn unknown(tree: &Tree<'_, '_>, of: &(FileId, Declaration), mention: &Mention<'_>) -> Diagnostic {
    let Mention { kind, name, .. } = mention;
    let place = tree.text(of, &mention.route(), name);
    let elsewhere = || {
        let other = Kind::ALL
            .iter()
            .find(|other| other.parent().is_none() && tree.by_name.contains_key(&(**other, *name)));
        other.map(|other| format!("what is declared is {other}/{name}"))
    };
    Diagnostic::error(
        UNKNOWN,
        format!(
            "{} names the {kind} `{name}`, which is not declared",
            of.1.address
        ),
    )
    .at(place)
    .help_opt(
        tree.near(Among::All(*kind), name)
            .map(|name| format!("did you mean `{name}`?"))
            .or_else(elsewhere)
            .or_else(|| Some(format!("declare it under `{}`", kind.section()))),
    )
}

/// `group:<name>` means a declared group, or else one of the directory.
fn group(
    tree: &Tree<'_, '_>,
    of: &(FileId, Declaration),
    mention: &Mention<'_>,
    out: &mut Diagnostics,
) {
    let name = mention.name;
    let place = || tree.text(of, &mention.route(), &format!("group:{name}"));
    if let Some(resource) = tree.resource(name) {
        if !resource.has_members() {
            out.push(
                Diagnostic::error(
                    code::WRONG_REFERENCE,
                    format!("`{name}` is a resource without members"),
                )
                .at(place())
                .help("name a group or a team"),
            );
        }
        return;
    }
    if tree.declares(Kind::Resource, name) {
        return;
    }
    if let Some(meant) = tree.near(Among::Groups, name) {
        out.push(
            Diagnostic::warning(
                UNKNOWN,
                format!(
                    "`group:{name}` is taken for a group of the directory, for it is not declared"
                ),
            )
            .at(place())
            .help(format!("did you mean `group:{meant}`?")),
        );
    }
}

/// A policy calls the custom extensions of its package's catalog.
fn extensions(tree: &Tree<'_, '_>, of: &(FileId, Declaration), out: &mut Diagnostics) {
    let Object::Policy(policy) = &*of.1.object else {
        return;
    };
    let hooks = policy
        .custom_extensions
        .iter()
        .enumerate()
        .map(|(at, hook)| {
            (
                &hook.extension,
                Route::root()
                    .key("customExtensions")
                    .index(at)
                    .key("extension"),
            )
        });
    let stages = policy
        .approval
        .stages
        .iter()
        .enumerate()
        .filter_map(|(at, stage)| {
            let from = stage.approvers_from.as_ref()?;
            Some((
                from,
                Route::root()
                    .key("approval")
                    .key("stages")
                    .index(at)
                    .key("approversFrom"),
            ))
        });
    let parent = of.1.address.parent();
    let package = parent.and_then(|package| tree.package(package.name()));
    let Some(package) = package else { return };
    let Some(catalog) = tree.catalog(package.catalog.as_str()) else {
        return;
    };
    for (name, at) in hooks.chain(stages) {
        if !catalog.custom_extensions.contains_key(name) {
            let known = catalog.custom_extensions.keys().map(|name| name.as_str());
            let help = crate::diag::offer(name.as_str(), known).unwrap_or_else(|| {
                format!(
                    "declare it under `customExtensions` of catalog/{}",
                    package.catalog
                )
            });
            let message = format!(
                "catalog/{} has no custom extension `{name}`",
                package.catalog
            );
            out.push(tree.error(of, &at, UNKNOWN, message).help(help));
        }
    }
}

/// A rename leads from one old name to one new one.
pub(super) fn renames(tree: &Tree<'_, '_>, out: &mut Diagnostics) {
    let mut taken: BTreeMap<Address, &(FileId, Declaration)> = BTreeMap::new();
    let at = Route::root().key("formerly");
    for of in tree.declarations {
        let Some(names) =
            of.1.lifecycle
                .as_deref()
                .and_then(|lifecycle| lifecycle.formerly.as_ref())
        else {
            continue;
        };
        for name in names.iter() {
            if name.as_str() == of.1.address.own_name() {
                let message = format!("{} is its own former name", of.1.address);
                out.push(
                    tree.error(of, &at, code::BAD_RENAME, message)
                        .help("leave `formerly` out"),
                );
                continue;
            }
            let old = match of.1.address.parent() {
                None => Address::new(of.1.address.kind(), name),
                Some(parent) => match crate::model::Name::parse(parent.name()) {
                    Ok(parent) => Address::within(of.1.address.kind(), &parent, name),
                    Err(_) => continue,
                },
            };
            if let Some(first) = taken.insert(old.clone(), of) {
                let message = format!("{old} became both {} and {}", first.1.address, of.1.address);
                out.push(
                    tree.error(of, &at, code::BAD_RENAME, message)
                        .related(tree.place(first, &at), "first here")
                        .help("keep the one that the live object goes on as"),
                );
            }
        }
    }
}

/// An object is declared or let go, not both.
pub(super) fn let_go(
    tree: &Tree<'_, '_>,
    forget: &[(FileId, usize, Address)],
    out: &mut Diagnostics,
) {
    for (file, index, address) in forget {
        let at = Route::root().key("forget").index(*index);
        if let Some(declared) = tree.get(address.kind(), address.name()) {
            out.push(
                Diagnostic::error(
                    code::BAD_FORGET,
                    format!("{address} is let go, and declared"),
                )
                .at(tree.locator.in_file(*file, &at))
                .related(tree.place(declared, &Route::root()), "declared here")
                .help("take one of them out"),
            );
        }
    }
}

/// A waiver is for something that is declared, or, where it lifts a guard, may be so no longer; and it has not ended.
pub(super) fn waived(
    tree: &Tree<'_, '_>,
    waivers: &[(FileId, usize, Waiver)],
    now: Timestamp,
    out: &mut Diagnostics,
) {
    for (file, index, waiver) in waivers {
        let at = |key: &str| {
            tree.locator
                .in_file(*file, &Route::root().key("waivers").index(*index).key(key))
        };
        let Waiver {
            address,
            until,
            rule,
            ..
        } = waiver;
        let rule_name = rule.to_string();
        let lifts_guard = Waiver::GUARDS.contains(&rule_name.as_str());
        let declared = tree.declares(address.kind(), address.name());
        let mut misspelt = false;
        if let Some((_, instead)) = Waiver::OTHER_GUARDS
            .iter()
            .find(|(guard, _)| *guard == rule_name)
        {
            misspelt = true;
            let message = format!("a waiver of `{rule}`, which no waiver lifts");
            let told = Diagnostic::warning(code::WAIVED_NOTHING, message);
            out.push(told.at(at("rule")).help(*instead));
        } else if !lifts_guard && let Some(near) = nearest(&rule_name, Waiver::guards()) {
            misspelt = true;
            let message = format!("a waiver of `{rule}`, which is no guard that a waiver lifts");
            // Only a guard is lifted for what is no longer declared.
            let told = match declared {
                true => Diagnostic::warning(code::WAIVED_NOTHING, message),
                false => Diagnostic::error(code::WAIVED_NOTHING, message),
            };
            out.push(told.at(at("rule")).help(format!("did you mean `{near}`?")));
        }
        if !lifts_guard && !misspelt && !declared {
            let meant = tree
                .near(Among::All(address.kind()), address.name())
                .map(|name| format!("did you mean `{}/{name}`?", address.kind()));
            out.push(
                Diagnostic::error(
                    UNKNOWN,
                    format!("a waiver for {address}, which is not declared"),
                )
                .at(at("address"))
                .help_opt(meant.or_else(|| Some("take the waiver out".to_owned()))),
            );
        }
        if *until <= now && !planted::is(Planted::EndedWaiverHonoured) {
            out.push(
                Diagnostic::error(code::WAIVER_EXPIRED, format!("the waiver of `{rule}` for {address} has ended at {until}"))
                    .at(at("until"))
                    .help("mend what it silenced and take it out, or have somebody answer for a later end"),
            );
        }
    }
}
