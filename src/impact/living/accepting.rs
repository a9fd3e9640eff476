//! What a plan does to people who have accepted terms of use that it changes, or have none to accept so far.

use super::effect::What;
use super::{Counted, Living};
use crate::governance::Unread;
use crate::governance::people::is_due;
use crate::governance::record::{ExternalState, Key, Mark, ObjectId, Person};
use crate::impact::estate::{Estate, is_by_tenant};
use crate::impact::rows::accepting::{asks_the_same, terms};
use crate::model::kinds::{RequiredFor, TermsOfUse};
use crate::plan::Change;

impl Living<'_> {
    /// Terms change: whoever is here and has accepted them must do so once more, or for the first time.
    pub(super) fn terms(&mut self, change: &Change) -> Result<(), Unread> {
        let sides = self.sides;
        let [old, Some(new)] = terms(sides, &change.address) else {
            return Ok(());
        };
        if old.is_some_and(|old| asks_the_same(old, new)) {
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
        let is_due_on = |terms: Option<&TermsOfUse>, estate: &Estate<'_>| {
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
