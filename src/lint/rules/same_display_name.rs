//! Two objects that people cannot tell apart by their names.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::finding::manages;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::text::Line;
use crate::model::{Declaration, Kind};

pub(super) struct SameDisplayName;

const INFO: Info = Info {
    code: Code {
        id: "same-display-name",
        title: "objects of one kind with the same display name",
    },
    severity: Severity::Warning,
    why: "Names need not be unique, and the portal shows nothing else: requestors pick the wrong package, and approvers approve it.",
    mend: "Give one of them another `displayName`.",
};

impl Lint for SameDisplayName {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let mut seen: HashMap<(Kind, &str, String), &Declaration, FixedState> = HashMap::default();
        let mut see = |of: &'t Declaration, parent: &'t str, name: &str| {
            // How it is called live is not known, and says nothing of the others.
            if !manages(of, "displayName") {
                return;
            }
            let shown = name.to_lowercase();
            let Some(first) = seen.get(&(of.address.kind(), parent, shown.clone())) else {
                seen.insert((of.address.kind(), parent, shown), of);
                return;
            };
            let message = format!(
                "{} and {} are both called `{name}`",
                first.address, of.address
            );
            out.push(out.at(of, key("displayName"), message).related(
                first,
                key("displayName"),
                "called so first",
            ));
        };
        for organization in &cx.organizations {
            let name = organization.object.display_name.as_str();
            see(organization.declared, "", name);
        }
        for catalog in &cx.catalogs {
            see(catalog.declared, "", catalog.object.display_name.as_str());
        }
        for package in &cx.packages {
            see(package.declared, "", package.object.display_name.as_str());
        }
        for governing in &cx.policies {
            let of = governing.declared();
            let name = governing.policy.object.display_name.as_ref();
            let name = name.map_or_else(|| of.address.own_name(), Line::as_str);
            see(of, governing.package.declared.address.name(), name);
        }
    }
}
