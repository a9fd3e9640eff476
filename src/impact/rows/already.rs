//! Whoever has a package already: what the policy that they have it through gives them from now on.
//!
//! What a row of those who may ask says of the same policy is not said again.

use std::collections::BTreeSet;

use super::cause::Reason;
use super::package::{Comparing, Outcome};
use super::row::{Difference, Draft, Row};
use crate::impact::offer::Offer;
use crate::impact::people::said::Said;
use crate::impact::people::who::Who;
use crate::impact::tenure::{Change, Differs, Side};
use crate::impact::terms::Terms;
use crate::model::{Address, Kind, Name};

impl<'t> Comparing<'_, 't> {
    /// Adds what differs for those who have a package already, by the policy that they have it through.
    pub(super) fn having(
        &self,
        [old, new]: [Option<&Offer<'t>>; 2],
        package: &Address,
        rows: &mut Vec<Draft>,
    ) {
        let is_open = |offer: Option<&Offer<'_>>| {
            let catalog = offer.and_then(|offer| offer.catalog);
            catalog.map(|it| (it.published, it.externally_visible))
        };
        let offers = [old, new].into_iter().flatten();
        let policies = offers.flat_map(|offer| &offer.policies);
        let policies: BTreeSet<&Address> = policies.map(|(address, _)| *address).collect();
        for policy in policies {
            let Some(having) = self.already.get(policy) else {
                continue;
            };
            let all = &having.differs;
            let of = |change: Change| all.iter().any(|it| it.change == change);
            let kind = match (of(Change::Wider), of(Change::Narrower)) {
                (true, _) => Difference::Wider,
                (false, true) => Difference::Narrower,
                (false, false) => Difference::Other,
            };
            let is_told = |one: &Differs| {
                let mut rows = rows.iter().map(|draft| &draft.row);
                rows.any(|row| tells(row, policy.own_name(), one.side, kind))
            };
            let is_meant = |it: &&Differs| kind != Difference::Wider || it.change == Change::Wider;
            if all.iter().filter(is_meant).all(is_told) {
                continue;
            }
            let words: Vec<&str> = all.iter().map(|it| it.words.as_str()).collect();
            let mut text = words.join(", ");
            if text.starts_with("no ") {
                text.insert_str(0, "with ");
            }
            let mut because = vec![policy.clone()];
            if self.forgotten.contains(package) {
                because.push(package.clone());
            }
            let moves = all.iter().any(|it| it.side == Side::Extension);
            if moves
                && is_open(old) != is_open(new)
                && let Some(offer) = old.or(new)
            {
                let name = Name::parse(offer.package.catalog.as_str());
                because.extend(name.map(|name| Address::new(Kind::Catalog, &name)));
            }
            let mut because = self.changed(because);
            if because.is_empty() {
                // Something else makes others be covered: who is in a group, and who signs in as what.
                let decisive = self.touched.decisive.iter();
                because = decisive.cloned().map(Reason::Change).collect();
            }
            let outcome = Outcome {
                kind,
                text,
                before: Vec::new(),
                after: Vec::new(),
                because,
                let_in: false,
            };
            let who = Who {
                holds: vec![package.own_name().to_owned()],
                ..Who::said(
                    Said::from(match having.is_awaited {
                        true => "whoever waits for it already, through ",
                        false => "whoever has it already, through ",
                    })
                    .and(Said::code(policy.own_name())),
                )
            };
            rows.push(self.row(who, package, outcome));
        }
    }
}

/// Returns true for a row of those who may ask that says of a policy what holders have of it.
fn tells(row: &Row, policy: &str, side: Side, kind: Difference) -> bool {
    let of = |terms: &[Terms]| terms.iter().find(|it| it.policy == policy).cloned();
    match (of(&row.before), of(&row.after)) {
        (Some(old), Some(new)) => {
            kind != Difference::Wider || row.kind == kind && new.is_wider_in(&old, side)
        }
        // Nobody could ask before, nor extend.
        (None, Some(_)) => row.kind == Difference::New && side == Side::Extension,
        (_, None) => false,
    }
}
