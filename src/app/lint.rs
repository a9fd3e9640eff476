//! What lints say of the tree, with its places.

use super::check::{Checked, Read, look};
use super::{AppError, Workspace, World};
use crate::diag::{Diagnostic, Diagnostics, Severity, code};
use crate::lint::{self, Finding, Info, Level, Levels, Misnamed, by_name};
use crate::load;
use crate::model::{Desired, Project, Waiver};
use crate::source::{Place, Sources};

/// A tree that lints were asked about.
#[derive(Debug)]
pub struct Linted {
    /// Every finding, the worst first; then in order of places. What the tree is warned of is among them unless lints are named.
    pub findings: Diagnostics,
    /// How many findings waivers silence.
    pub waived: usize,
    /// The lints that were asked, with how bad their findings are.
    pub asked: Vec<(&'static Info, Severity)>,
    /// The lints that were named and are off, so that they were not asked.
    pub off: Vec<&'static Info>,
    /// How many files were read.
    pub files: usize,
    /// What they declare.
    pub desired: Desired,
}

/// What is said while the files are at hand.
#[derive(Default)]
struct Said {
    findings: Diagnostics,
    waived: usize,
    asked: Vec<&'static Info>,
}

/// Asks lints about the tree: those of these names, or all that are not off.
///
/// # Errors
///
/// For a tree with errors. Its invariants are not looked at.
pub fn lint(workspace: &Workspace, world: &World<'_>, only: &[&str]) -> Result<Linted, AppError> {
    let levels = workspace.levels();
    let (checked, said) = look(workspace, world, |read| say(read, &levels, only))?;
    let Checked {
        diagnostics,
        desired,
        files,
        ..
    } = checked;
    let Some(desired) = desired else {
        return Err(AppError::Invalid(diagnostics));
    };
    let asked = said.asked.into_iter();
    let mut findings = said.findings;
    if only.is_empty() {
        findings.extend(diagnostics);
        findings.sort();
        findings.worst_first();
    }
    let named = only.iter().filter_map(|name| by_name(name));
    let named = named.map(|lint| lint.info());
    Ok(Linted {
        findings,
        off: named
            .filter(|info| levels.level(info) == Level::Off)
            .collect(),
        waived: said.waived,
        asked: asked
            .filter_map(|info| Some((info, levels.severity(info)?)))
            .collect(),
        files,
        desired,
    })
}

fn say(read: &Read<'_>, levels: &Levels, only: &[&str]) -> Said {
    let linted = lint::lint(read.desired, levels, only, read.now);
    let mut findings = Diagnostics::new();
    let parts = linted.findings.iter().flat_map(|finding| {
        let related = finding.related.iter().map(|(spot, _)| spot);
        std::iter::once(&finding.spot).chain(related)
    });
    let parts: Vec<_> = parts.map(|spot| (spot.of, spot.at.clone())).collect();
    // Files are read once for all that was found.
    let mut places = match parts.is_empty() {
        true => Vec::new(),
        false => load::places(read.sources, read.project, &parts),
    }
    .into_iter();
    for finding in &linted.findings {
        findings.push(told(finding, &mut places));
    }
    let places = match linted.idle.is_empty() {
        true => Vec::new(),
        false => load::waived_rules(read.sources, read.project, &linted.idle),
    };
    for (waiver, place) in linted.idle.iter().zip(places) {
        findings.push(silences_nothing(waiver, place));
    }
    findings.sort();
    findings.worst_first();
    Said {
        findings,
        waived: linted.waived,
        asked: linted.asked,
    }
}

/// Returns a finding with its places, which come in its order.
fn told(finding: &Finding<'_>, places: &mut impl Iterator<Item = Place>) -> Diagnostic {
    let info = finding.lint;
    // Whoever waives it needs the address; and a key of a profile stands there for many policies.
    let address = finding.spot.of.address.to_string();
    let message = match finding.message.contains(&address) {
        true => finding.message.clone(),
        false => format!("{address}: {}", finding.message),
    };
    let mut told = Diagnostic {
        severity: finding.severity,
        ..Diagnostic::error(info.code, message)
    };
    if let Some(place) = places.next() {
        told = told.at(place);
    }
    for ((_, note), place) in finding.related.iter().zip(places) {
        told = told.related(place, note.as_str());
    }
    match finding.help.as_str() {
        "" => told.help(help(info)),
        help => told.help(help),
    }
}

/// Returns what a lint says is to be done, as help is worded: one line, lower case, no final period.
fn help(info: &Info) -> String {
    let mut letters = info.mend.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn silences_nothing(waiver: &Waiver, place: Place) -> Diagnostic {
    let message = format!(
        "a waiver of `{}` for {}, where that lint finds nothing",
        waiver.rule, waiver.address
    );
    Diagnostic::warning(code::WAIVED_NOTHING, message)
        .at(place)
        .help("take the waiver out")
}

/// Warns of waivers that name neither a lint nor a guard: whoever wrote them thinks that something is waived.
pub(super) fn misnamed(desired: &Desired, sources: &Sources, project: &Project) -> Diagnostics {
    let mut told = Diagnostics::new();
    let misnamed = lint::misnamed(&desired.waivers);
    if misnamed.is_empty() {
        return told;
    }
    let waivers: Vec<&Waiver> = misnamed.iter().map(|it| it.waiver).collect();
    let places = load::waived_rules(sources, project, &waivers);
    for (Misnamed { waiver, offer }, place) in misnamed.into_iter().zip(places) {
        let message = format!(
            "a waiver of `{}`, which is neither a lint nor a guard",
            waiver.rule
        );
        let all = || "`guestlist lint --list` shows all lints".to_owned();
        told.push(
            Diagnostic::warning(code::WAIVED_NOTHING, message)
                .at(place)
                .help(offer.unwrap_or_else(all)),
        );
    }
    told
}
