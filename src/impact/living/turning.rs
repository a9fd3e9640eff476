//! Who can sign in before a plan and not after it, or the other way round: people who lose their last package and are blocked, and
//! people of organizations that cross-tenant settings shut out or let in. Whatever waits for them waits for others then.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Living;
use crate::governance::Unread;
use crate::governance::directory::is_enabled;
use crate::governance::record::{Person, Request};
use crate::model::text::Principal;
use crate::model::{Address, Kind};

/// How many people of a list are kept at most.
const MOST: usize = 1_000;

impl Living<'_> {
    /// Returns true for somebody who can sign in on one side.
    pub(super) fn can_act(&self, at: usize, person: &Person) -> bool {
        let is_parted = at > 0 && self.parted.contains(&person.number);
        is_enabled(person) && !is_parted && self.estate(at).shuts_out(person).is_none()
    }

    /// Returns true for somebody who may do something with what they have on one side; an account that comes only later keeps
    /// nobody from it.
    pub(super) fn acts(&self, at: usize, person: &Person) -> bool {
        person.account.is_none() || self.can_act(at, person)
    }

    /// Returns true where somebody may be able to sign in on one side alone.
    pub(super) fn turns(&self) -> bool {
        let mut changes = self.plan.changes.iter();
        let tells_apart = |kind: Kind| matches!(kind, Kind::CrossTenant | Kind::Organization);
        let shuts = self.before.shuts() || self.after.shuts();
        !self.parted.is_empty() || shuts && changes.any(|it| tells_apart(it.address.kind()))
    }

    /// Returns true for somebody, by number, who can sign in on one side alone.
    pub(super) fn is_turning(&self, number: u64) -> Result<bool, Unread> {
        let person = self.get_record::<Person>(number)?;
        Ok(person.is_some_and(|it| self.can_act(0, &it) != self.can_act(1, &it)))
    }

    /// Returns those whom a principal may name who can sign in on one side alone, by number.
    pub(super) fn turning(&self, principal: &Principal) -> Result<Rc<BTreeSet<u64>>, Unread> {
        let known = self.following.turning.borrow().get(principal).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut found = BTreeSet::new();
        let _ = self.some(principal, &mut |number| {
            if self.is_turning(number)? {
                let _ = found.insert(number);
            }
            Ok(found.len() >= MOST)
        })?;
        let found = Rc::new(found);
        let mut known = self.following.turning.borrow_mut();
        let _ = known.insert(principal.clone(), Rc::clone(&found));
        Ok(found)
    }

    /// Returns what keeps somebody from signing in on one side, by number: the settings that block them with their last package,
    /// or those of their organization.
    pub(super) fn turned_by(&self, number: u64) -> Result<Option<Address>, Unread> {
        if self.parted.contains(&number) {
            return Ok(Some(Address::singleton(Kind::ExternalUsers)));
        }
        let Some(person) = self.get_record::<Person>(number)? else {
            return Ok(None);
        };
        let after = self.after.shuts_out(&person);
        Ok(after.or(self.before.shuts_out(&person)).cloned())
    }

    /// Returns somebody, by number, for whom the open stage of a request waits and who cannot sign in any more.
    pub(super) fn missing(&self, request: &Request) -> Result<Option<u64>, Unread> {
        let Some(stage) = request.open_stage().filter(|_| self.turns()) else {
            return Ok(None);
        };
        for id in stage.approvers.iter().chain(&stage.alternates) {
            let Some(person) = self.get_record::<Person>(id.0)? else {
                continue;
            };
            if !self.can_act(0, &person) || self.can_act(1, &person) {
                continue;
            }
            let through = stage.by_group.iter().filter(|(one, _)| one == id);
            let (mut is_named, mut is_in) = (true, false);
            for (_, group) in through {
                if let Principal::Group(name) = group {
                    is_named = false;
                    is_in = is_in || self.is_in(0, &person, &self.before.group(name))?;
                }
            }
            // Who had left the group could not decide before either.
            if is_named || is_in {
                return Ok(Some(id.0));
            }
        }
        Ok(None)
    }
}
