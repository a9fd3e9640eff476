//! What guards need to know beyond the plan: history, settings, and what somebody answers for.

use std::collections::BTreeMap;

use super::{Allowances, Rule, Thresholds};
use crate::impact::Impact;
use crate::model::{Address, Foreign, Kind, Waiver};
use crate::plan::Lifted;

/// What guards need to know beyond the plan. The default is the strictest: nothing is allowed.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// How many objects of a kind earlier runs of the project deleted within the last 24 hours.
    pub deleted: BTreeMap<Kind, u64>,
    /// How many deletes need no word.
    pub thresholds: Thresholds,
    /// What the command lifts.
    pub allowances: Allowances,
    /// What the tree lifts, for an address each; none of them has ended.
    pub waivers: Vec<Waiver>,
    /// Who gains and who loses access, and who loses what they have.
    pub impact: Impact,
    /// Objects of other projects that the plan might meet.
    pub foreign: Vec<Foreign>,
}

impl Circumstances {
    /// Returns the waiver of a rule for an address, as far as waivers lift that rule.
    pub(super) fn waiver(&self, rule: Rule, address: &Address) -> Option<&Waiver> {
        let lifts = |waiver: &&Waiver| {
            waiver.address == *address && waiver.rule.to_string() == rule.as_str()
        };
        self.waivers
            .iter()
            .find(lifts)
            .filter(|_| rule.is_waivable())
    }
}

/// Returns what a waiver lifted.
pub(super) fn waived(rule: Rule, waiver: &Waiver) -> Lifted {
    Lifted {
        guard: rule.as_str().to_owned(),
        by: format!(
            "the waiver of {} until {}: {}",
            waiver.by, waiver.until, waiver.reason
        ),
        objects: vec![waiver.address.to_string()],
    }
}
