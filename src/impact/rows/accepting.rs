//! Who must accept terms of use because a plan changes them, as sorts of people. Those who are here are told by what
//! [lives](crate::impact::living).
//!
//! Whoever has terms to accept does so when they sign in next, and asks for nothing before. That takes no access away and gives
//! none, so it is *other*.

use super::row::{Because, Difference, Row};
use crate::impact::people::who::{Who, list};
use crate::impact::sides::Sides;
use crate::model::kinds::{RequiredFor, TermsExpiry, TermsOfUse};
use crate::model::{Address, Object, Set};
use crate::plan::Plan;

/// Returns a row for everybody who must accept terms by a plan, or otherwise than before, and for whoever need not any more.
pub(super) fn rows(plan: &Plan, sides: &Sides<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for change in &plan.changes {
        let [old, new] = terms(sides, &change.address);
        let mut push = |who: Who, text: String| {
            rows.push(Row {
                kind: Difference::Other,
                who,
                packages: Vec::new(),
                text,
                before: Vec::new(),
                after: Vec::new(),
                because: vec![Because::of(&change.address, change.origin.as_ref())],
            });
        };
        let address = &change.address;
        match (old, new) {
            (None, None) => {}
            (None, Some(new)) => push(
                required(&new.required_for),
                format!("must accept {address}, version {}", new.version),
            ),
            (Some(old), None) => push(
                required(&old.required_for),
                format!("need not accept {address} any more"),
            ),
            (Some(old), Some(new)) => {
                let (was, is) = (&old.required_for, &new.required_for);
                if let Some(who) = beyond(is, was) {
                    let text = format!("must accept {address}, version {}", new.version);
                    push(who, text);
                }
                if let Some(who) = beyond(was, is) {
                    push(who, format!("need not accept {address} any more"));
                }
                let again = again(old, new);
                if !again.is_empty() {
                    let text = format!("must accept {address} {}", again.join(", and "));
                    push(required(is), text);
                }
            }
        }
    }
    rows
}

/// Returns the terms at an address, before and after.
pub(in crate::impact) fn terms<'s>(
    sides: &'s Sides<'_>,
    address: &Address,
) -> [Option<&'s TermsOfUse>; 2] {
    let (old, new) = sides.both(address);
    [old, new].map(|side| match side {
        Some(Object::TermsOfUse(terms)) => Some(terms),
        _ => None,
    })
}

/// Says of whom terms are required.
fn required(of: &RequiredFor) -> Who {
    match of {
        RequiredFor::AllGuests => Who::said("guests and members from outside"),
        RequiredFor::Organizations(names) => people(names.iter().map(ToString::to_string)),
    }
}

fn people(names: impl Iterator<Item = String>) -> Who {
    let organizations: Vec<String> = names.collect();
    Who {
        text: format!("people of {}", list(&organizations)),
        organizations,
        ..Who::default()
    }
}

/// Says of whom the first requires terms and the second does not; `None` for nobody.
fn beyond(some: &RequiredFor, others: &RequiredFor) -> Option<Who> {
    let names = |of: &Set<_>| of.iter().map(ToString::to_string).collect::<Vec<String>>();
    match (some, others) {
        (_, RequiredFor::AllGuests) => None,
        (RequiredFor::AllGuests, RequiredFor::Organizations(others)) => {
            let but = list(&names(others));
            Some(Who::said(format!(
                "guests and members from outside but people of {but}"
            )))
        }
        (RequiredFor::Organizations(some), RequiredFor::Organizations(others)) => {
            let others = names(others);
            let mut left = names(some);
            left.retain(|name| !others.contains(name));
            (!left.is_empty()).then(|| people(left.into_iter()))
        }
    }
}

/// Returns true where the second terms ask nobody whom the first did not ask: other words alone may stand behind them.
pub(in crate::impact) fn asks_the_same(old: &TermsOfUse, new: &TermsOfUse) -> bool {
    again(old, new).is_empty() && beyond(&new.required_for, &old.required_for).is_none()
}

/// Says how terms are to be accepted again, where that is otherwise than before.
fn again(old: &TermsOfUse, new: &TermsOfUse) -> Vec<String> {
    let mut words = Vec::new();
    if old.version != new.version {
        words.push(format!("anew, version {}", new.version));
    }
    let own = |terms: &TermsOfUse| match terms.reaccept_after {
        Some(length) => format!("again after {length}"),
        None => "for good".to_owned(),
    };
    let (is, was) = (own(new), own(old));
    if is != was {
        words.push(format!("{is} instead of {was}"));
    }
    let (is, was) = (ending(new), ending(old));
    if is != was {
        words.push(format!("again with everybody {is} instead of {was}"));
    }
    words
}

/// Says when everybody's acceptance ends.
fn ending(terms: &TermsOfUse) -> String {
    let Some(TermsExpiry { on, every }) = &terms.expires else {
        return "never".to_owned();
    };
    match every {
        Some(every) => format!("on {on} and every {every} after that"),
        None => format!("on {on}"),
    }
}
