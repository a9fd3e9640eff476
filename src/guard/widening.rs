//! The rule about access that grows: nobody may have what they could not, or on easier terms, unless somebody says that this is
//! meant. The first apply of a project, in which all is created where nobody else owns anything, or all is taken over as it
//! is, widens nothing: whoever reviews it reads all of it.

use std::collections::{BTreeMap, BTreeSet};

use super::circumstances::waived;
use super::{Circumstances, Refusal, Rule, Verdict};
use crate::impact::{Because, Row};
use crate::model::{Address, Waiver};
use crate::plan::Lifted;

/// How many rows a message tells; the plan shows them all.
const TOLD: usize = 3;

/// Refuses access that grows.
pub(super) fn judge(cx: &Circumstances, out: &mut Verdict) {
    let mut left: Vec<(&Row, BTreeSet<&Address>)> = Vec::new();
    // A row may have thousands of changes: each waiver is looked for once.
    let addresses = cx.waivers.iter().map(|waiver| &waiver.address);
    let waivers = addresses.filter_map(|it| Some((it, cx.waiver(Rule::Widening, it)?)));
    let waivers: BTreeMap<&Address, &Waiver> = waivers.collect();
    let mut lifting: BTreeMap<&Address, &Waiver> = BTreeMap::new();
    let mut together: BTreeMap<&Address, &Because> = BTreeMap::new();
    for row in cx.impact.widenings() {
        // Whoever answers for every change that makes it answers for all of it, and whoever answers for a package for that alone.
        let of_changes = row.because.iter();
        let of_changes = of_changes.map(|because| found(&waivers, because.address.as_ref()?));
        let of_changes: Option<Vec<(&Address, &Waiver)>> = of_changes.collect();
        let lifts = |all: &Vec<_>| !all.is_empty() && !row.packages.is_empty();
        if let Some(all) = of_changes.filter(lifts) {
            lifting.extend(all);
            continue;
        }
        let lacking = row.because.iter().find(|it| {
            let address = it.address.as_ref();
            address.is_none_or(|address| !waivers.contains_key(address))
        });
        let mut packages = BTreeSet::new();
        for package in &row.packages {
            match found(&waivers, package) {
                Some(waiver) => lifting.extend([waiver]),
                None => drop(packages.insert(package)),
            }
        }
        if packages.is_empty() {
            continue;
        }
        for because in row.because.iter().filter(|_| !waivers.is_empty()) {
            let waived = because.address.as_ref().and_then(|it| found(&waivers, it));
            if let (Some((address, _)), Some(lacking)) = (waived, lacking) {
                let _ = together.entry(address).or_insert(lacking);
            }
        }
        left.push((row, packages));
    }
    let together = together.into_iter();
    out.together = together
        .map(|(address, lacking)| (address.clone(), lacking.to_string()))
        .collect();
    let lifted = lifting.into_values();
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

/// Returns the waiver for an address, with the address.
fn found<'w>(
    waivers: &BTreeMap<&'w Address, &'w Waiver>,
    address: &Address,
) -> Option<(&'w Address, &'w Waiver)> {
    waivers
        .get_key_value(address)
        .map(|(it, waiver)| (*it, *waiver))
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
