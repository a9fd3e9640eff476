//! Waivers that lift no guard of a plan: those for what nobody knows, and those that have nothing to do in it.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Diagnostics, Severity, code, nearest};
use crate::guard::{Rule, Verdict};
use crate::model::{Address, Desired, Live, Waiver};
use crate::plan::Plan;
use crate::source::Place;

/// Tells of every waiver of a guard that lifts nothing in a plan.
pub(super) fn idle(
    desired: &Desired,
    live: &Live,
    plan: &Plan,
    verdict: &Verdict,
    out: &mut Diagnostics,
) {
    let guards = desired.waivers.iter();
    let mut guards = guards
        .filter(|waiver| Waiver::GUARDS.contains(&waiver.rule.as_str()))
        .peekable();
    if guards.peek().is_none() {
        return;
    }
    let declared = desired.objects().iter().map(|object| &object.address);
    let bound = live.bound().iter().map(|bound| &bound.address);
    let changed = plan.changes.iter().map(|change| &change.address);
    let known: BTreeSet<&Address> = declared.chain(bound).chain(changed).collect();
    for waiver in guards {
        if known.contains(&waiver.address) {
            if !lifts(waiver, verdict) {
                out.push(idle_now(waiver, verdict));
            }
        } else {
            out.push(unknown(waiver, &known));
        }
    }
}

fn lifts(waiver: &Waiver, verdict: &Verdict) -> bool {
    let address = waiver.address.to_string();
    verdict
        .lifted
        .iter()
        .any(|one| one.guard == waiver.rule.as_str() && one.objects.contains(&address))
}

fn idle_now(waiver: &Waiver, verdict: &Verdict) -> Diagnostic {
    let Waiver {
        rule,
        address,
        until,
        ..
    } = waiver;
    let is_widening = rule.as_str() == Rule::Widening.as_str();
    let lacking = verdict.together.get(address).filter(|_| is_widening);
    let (message, help) = match lacking {
        Some(lacking) => (
            format!(
                "the waiver of `{rule}` for {address} lifts nothing in this plan without one for {lacking}, which makes the same wider"
            ),
            "whoever means both waives both, or plans one after the other",
        ),
        None => (
            format!(
                "the waiver of `{rule}` for {address} lifts nothing in this plan; it goes on lifting until {until}"
            ),
            "take it out once what it was for is applied",
        ),
    };
    let mut told = Diagnostic::warning(code::WAIVED_NOTHING, message)
        .at(place(waiver))
        .help(help);
    told.severity = Severity::Note;
    told
}

fn unknown(waiver: &Waiver, known: &BTreeSet<&Address>) -> Diagnostic {
    let Waiver { rule, address, .. } = waiver;
    let message =
        format!("a waiver of `{rule}` for {address}, which neither the tree nor the store has");
    let alike = known.iter().filter(|one| one.kind() == address.kind());
    let alike: Vec<String> = alike.map(ToString::to_string).collect();
    let near = nearest(&address.to_string(), alike.iter().map(String::as_str));
    let near = near.map(|near| format!("did you mean `{near}`?"));
    Diagnostic::warning(code::WAIVED_NOTHING, message)
        .at(place(waiver))
        .help(near.unwrap_or_else(|| "take the waiver out".to_owned()))
}

/// Returns the line where a waiver begins: its file is not at hand any more.
fn place(waiver: &Waiver) -> Place {
    Place {
        path: waiver.origin.path.to_string(),
        line: waiver.origin.line,
        column: 1,
        excerpt: String::new(),
        offset: 0,
        marked: 1,
        utf16: 1,
        utf16_end: 2,
    }
}
