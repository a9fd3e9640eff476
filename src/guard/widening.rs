//! The rule about access that grows: nobody may have what they could not, or on easier terms, unless somebody says that this is
//! meant. The first apply of a project that owns nothing yet widens nothing: whoever reviews it reads all of it.

use std::collections::BTreeSet;

use super::circumstances::waived;
use super::{Circumstances, Refusal, Rule, Verdict};
use crate::impact::Row;
use crate::model::{Address, Waiver};
use crate::plan::Lifted;

/// How many rows a message tells; the plan shows them all.
const TOLD: usize = 3;

/// Refuses access that grows.
pub(super) fn judge(cx: &Circumstances, out: &mut Verdict) {
    let mut left: Vec<(&Row, BTreeSet<&Address>)> = Vec::new();
    let mut waivers: Vec<&Waiver> = Vec::new();
    for row in cx.impact.widenings() {
        // Whoever answers for every change that makes it answers for all of it, and whoever answers for a package for that alone.
        let of_changes = row.because.iter();
        let of_changes =
            of_changes.map(|because| cx.waiver(Rule::Widening, because.address.as_ref()?));
        let of_changes: Option<Vec<&Waiver>> = of_changes.collect();
        let of_changes = of_changes.filter(|all| !all.is_empty());
        let mut packages = BTreeSet::new();
        for package in &row.packages {
            match (&of_changes, cx.waiver(Rule::Widening, package)) {
                (Some(all), _) => waivers.extend(all),
                (None, Some(waiver)) => waivers.push(waiver),
                (None, None) => {
                    let _ = packages.insert(package);
                }
            }
        }
        if !packages.is_empty() {
            left.push((row, packages));
        }
    }
    waivers.sort_by(|a, b| a.address.cmp(&b.address));
    waivers.dedup_by(|a, b| a.address == b.address);
    let lifted = waivers.into_iter();
    out.lifted
        .extend(lifted.map(|waiver| waived(Rule::Widening, waiver)));
    let objects: BTreeSet<&Address> = left
        .iter()
        .flat_map(|(_, packages)| packages.iter().copied())
        .collect();
    let Some(first) = objects.first() else {
        return;
    };
    if cx.allowances.widening {
        out.lifted.push(Lifted {
            guard: Rule::Widening.as_str().to_owned(),
            by: "--allow-widening".to_owned(),
            objects: objects.iter().map(ToString::to_string).collect(),
        });
        return;
    }
    out.refusals.push(Refusal {
        rule: Rule::Widening,
        address: (*first).clone(),
        message: format!("access gets wider: {}", told(&left)),
        help: "if that is meant, `--allow-widening` lets it happen; a waiver in the tree does for one address".to_owned(),
        objects: objects.into_iter().cloned().collect(),
    });
}

/// Returns the first rows in words, and how many more there are.
fn told(rows: &[(&Row, BTreeSet<&Address>)]) -> String {
    let shown = rows.iter().take(TOLD).map(|(row, packages)| {
        let package = match (packages.first(), packages.len()) {
            (Some(one), 1) => format!("`{one}`"),
            (Some(one), n) => format!("`{one}` and {} more", n - 1),
            (None, _) => String::new(),
        };
        format!("{}: {package} {}", row.who.text, row.text)
    });
    let shown: Vec<String> = shown.collect();
    let more = match rows.len() - shown.len() {
        0 => String::new(),
        n => format!("; and {n} more"),
    };
    format!("{}{more}", shown.join("; "))
}
