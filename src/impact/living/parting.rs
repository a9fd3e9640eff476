//! Whose account follows when access ends: governed people who lose their last assignment by the apply itself. Fact sheet
//! `entra-behaviour` §6.

use std::collections::BTreeSet;

use super::Living;
use super::effect::What;
use super::gaining::is_nothing;
use crate::governance::Unread;
use crate::governance::lifecycle::{Setting, looks_after};
use crate::governance::record::Person;
use crate::model::kinds::AfterLastAssignment;
use crate::model::{Address, Kind, Object};

impl Living<'_> {
    /// Says whose account is blocked or deleted at once, of those who lose a package.
    pub(super) fn parted(&mut self) -> Result<(), Unread> {
        let address = Address::singleton(Kind::ExternalUsers);
        let setting = Setting::of(match self.sides.both(&address) {
            (_, Some(Object::ExternalUsers(settings))) => Some(settings),
            _ => None,
        });
        if setting.action == AfterLastAssignment::Nothing {
            return Ok(());
        }
        let mut parted = BTreeSet::new();
        for number in self.ending() {
            let Some(person) = self.get_record::<Person>(number)? else {
                continue;
            };
            if looks_after(&person)
                && self.gotten(&person).next().is_none()
                && is_nothing(&self.turned(&person)?)
            {
                let _ = parted.insert(number);
            }
        }
        let (them, are, accounts) = match parted.len() {
            1 => ("the", "is", "the account is"),
            _ => ("their", "are", "their accounts are"),
        };
        let days = setting.wait.as_hours() / 24;
        let then = match setting.action {
            AfterLastAssignment::BlockAndDelete if setting.wait.is_zero() => {
                format!("{accounts} deleted at once")
            }
            AfterLastAssignment::BlockAndDelete => {
                format!("{are} blocked from sign-in at once; {accounts} deleted after {days}d")
            }
            AfterLastAssignment::Block | AfterLastAssignment::Nothing => {
                format!("{are} blocked from sign-in at once")
            }
        };
        let detail = format!("{them} last package and {then}");
        self.add_named(What::Block, &address, &parted, detail)?;
        // Whoever is deleted may ask like anybody from outside.
        if setting.action == AfterLastAssignment::Block || !setting.wait.is_zero() {
            self.blocked.clone_from(&parted);
        }
        self.parted = parted;
        Ok(())
    }
}
