//! Who must accept terms of use because a plan changes them: rows for sorts of people, and those who are here.
//!
//! Whoever has terms to accept does so when they sign in next, and asks for nothing before. That takes no access away and gives
//! none, so it is *other*.

use super::compare::{Because, Difference, Row};
use super::effect::What;
use super::estate::is_by_tenant;
use super::living::{Counted, Living};
use super::sides::Sides;
use super::who::{Who, list};
use crate::governance::Unread;
use crate::governance::people::is_due;
use crate::governance::record::{ExternalState, Key, Mark, ObjectId, Person};
use crate::model::kinds::{RequiredFor, TermsExpiry, TermsOfUse};
use crate::model::{Address, Object, Set};
use crate::plan::{Change, Plan};

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
fn terms<'s>(sides: &'s Sides<'_>, address: &Address) -> [Option<&'s TermsOfUse>; 2] {
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

impl Living<'_> {
    /// Terms change: whoever is here and has accepted them must do so once more, or for the first time.
    pub(super) fn terms(&mut self, change: &Change) -> Result<(), Unread> {
        let sides = self.sides;
        let [old, Some(new)] = terms(sides, &change.address) else {
            return Ok(());
        };
        // Nobody is looked at where other words alone stand behind the same terms.
        let is_same = |old: &TermsOfUse| {
            again(old, new).is_empty() && beyond(&new.required_for, &old.required_for).is_none()
        };
        if old.is_some_and(is_same) {
            return Ok(());
        }
        let id = self.id(change)?;
        let mut counted = Counted::default();
        self.each::<Person>(Mark::PersonDomain, Key::new(), &mut |person| {
            if self.must_accept(&person, id, [old, Some(new)]) {
                self.count(&mut counted, &person);
            }
            Ok(())
        })?;
        let detail = format!(
            "{}, version {}, when they sign in next, and ask for nothing before",
            change.address, new.version
        );
        self.add(What::Accept, &change.address, counted, detail);
        Ok(())
    }

    /// Returns true for somebody who has redeemed, had nothing to accept by terms before, and has after.
    fn must_accept(
        &self,
        person: &Person,
        id: Option<ObjectId>,
        [old, new]: [Option<&TermsOfUse>; 2],
    ) -> bool {
        let state = person.living().and_then(|account| account.state);
        if state != Some(ExternalState::Accepted) || !person.is_outside() && !person.is_guest() {
            return false;
        }
        let accepted = id.and_then(|id| person.terms.get(&id));
        let is_due_on = |terms: Option<&TermsOfUse>, estate: &super::Estate<'_>| {
            terms.is_some_and(|terms| {
                let organization = estate.answering(person, !is_by_tenant(person));
                let concerns = match &terms.required_for {
                    RequiredFor::AllGuests => true,
                    RequiredFor::Organizations(names) => organization.is_some_and(|(own, _)| {
                        names.iter().any(|name| name.as_str() == own.own_name())
                    }),
                };
                concerns && is_due(terms, accepted, self.after.now)
            })
        };
        !is_due_on(old, self.before) && is_due_on(new, self.after)
    }
}
