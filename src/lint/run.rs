//! A run of lints over a tree, and what waivers take out of it.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use super::{Context, Finding, Findings, Info, LINTS, Levels, by_name};
use crate::diag::{nearest, offer};
use crate::model::{Address, Desired, Waiver};

/// What lints say of a tree.
#[derive(Debug)]
#[must_use = "findings that nobody reads are lost"]
pub struct Linted<'t> {
    /// The findings, in order of lints; nothing that a waiver silences.
    pub findings: Vec<Finding<'t>>,
    /// How many findings waivers silence.
    pub waived: usize,
    /// Waivers of lints that find nothing at the address.
    pub idle: Vec<&'t Waiver>,
    /// The lints that were asked.
    pub asked: Vec<&'static Info>,
}

/// A waiver that names neither a lint nor a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed<'t> {
    /// The waiver.
    pub waiver: &'t Waiver,
    /// The line of help that offers the nearest name.
    pub offer: Option<String>,
}

/// Returns the waivers that name neither a lint nor a guard. What is nearly the name of a guard is told where the tree is loaded.
#[must_use]
pub fn misnamed(waivers: &[Waiver]) -> Vec<Misnamed<'_>> {
    let names = || LINTS.iter().map(|lint| lint.info().code.id);
    let is_known =
        |rule: &str| by_name(rule).is_some() || nearest(rule, Waiver::guards()).is_some();
    let unknown = waivers
        .iter()
        .filter(|waiver| !is_known(waiver.rule.as_str()));
    let misnamed = unknown.map(|waiver| Misnamed {
        waiver,
        offer: offer(waiver.rule.as_str(), names()),
    });
    misnamed.collect()
}

/// Asks lints about a tree: those of these names, or all; none that is off.
///
/// Waivers of the tree that have ended are not looked at here: a tree with one is not valid.
pub fn lint<'t>(
    desired: &'t Desired,
    levels: &Levels,
    only: &[&str],
    now: Timestamp,
) -> Linted<'t> {
    let cx = Context::new(desired, now);
    let mut linted = Linted {
        findings: Vec::new(),
        waived: 0,
        idle: Vec::new(),
        asked: Vec::new(),
    };
    let mut waivers = Waivers::new(&desired.waivers);
    for lint in LINTS {
        let info = lint.info();
        let is_meant = only.is_empty() || only.contains(&info.code.id);
        let Some(severity) = levels.severity(info).filter(|_| is_meant) else {
            continue;
        };
        linted.asked.push(info);
        let mut found = Findings::new(info, severity);
        lint.check(&cx, &mut found);
        for finding in found.into_all() {
            match waivers.silences(info, &finding.spot.of.address) {
                true => linted.waived += 1,
                false => linted.findings.push(finding),
            }
        }
    }
    linted.idle = waivers.idle(&linted.asked);
    linted
}

/// Waivers, and which of them silence something.
struct Waivers<'t> {
    all: &'t [Waiver],
    known: HashMap<(&'t str, &'t Address), Vec<usize>, FixedState>,
    used: Vec<bool>,
}

impl<'t> Waivers<'t> {
    fn new(all: &'t [Waiver]) -> Self {
        let mut known: HashMap<_, Vec<usize>, FixedState> = HashMap::default();
        for (at, waiver) in all.iter().enumerate() {
            let key = (waiver.rule.as_str(), &waiver.address);
            known.entry(key).or_default().push(at);
        }
        Self {
            all,
            known,
            used: vec![false; all.len()],
        }
    }

    /// Returns true for a finding of a lint at an address that a waiver silences.
    fn silences(&mut self, lint: &'static Info, address: &Address) -> bool {
        let Some(at) = self.known.get(&(lint.code.id, address)) else {
            return false;
        };
        at.iter().for_each(|at| self.used[*at] = true);
        true
    }

    /// Returns the waivers of lints that were asked and say nothing.
    fn idle(&self, asked: &[&'static Info]) -> Vec<&'t Waiver> {
        let unused = self.all.iter().zip(&self.used).filter(|(_, used)| !**used);
        let is_asked = |waiver: &Waiver| {
            let mut asked = asked.iter();
            asked.any(|info| info.code.id == waiver.rule.as_str())
        };
        let idle = unused.map(|(waiver, _)| waiver);
        idle.filter(|waiver| is_asked(waiver)).collect()
    }
}
