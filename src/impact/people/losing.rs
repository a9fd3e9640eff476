//! Whoever loses a package because it is deleted, or because the policy is through which they have it: nobody comes to have it so
//! afterwards, and a plan makes nobody else another by that. Only a store knows of them, and whether they can still sign in.

use std::collections::{BTreeMap, BTreeSet};

use super::census::Census;
use super::class::Named;
use super::crowd::Crowd;
use super::part::Part;
use super::those::Those;
use crate::governance::record::{Entity, Person, RecordId};
use crate::governance::{Unread, World};
use crate::impact::estate::Estate;
use crate::impact::holding::Course;
use crate::impact::living::Lived;
use crate::impact::living::effect::What;
use crate::impact::moving::Moves;
use crate::model::kinds::policy::Requestors;
use crate::model::text::Email;
use crate::model::{Address, Kind, Name};
use crate::plan::{Action, Plan};

/// Those who lose a package so and can sign in afterwards, and may have what it excluded.
#[derive(Debug)]
pub(super) struct Losing<'t> {
    those: Those<'t>,
    /// Whether that is everybody who has it.
    is_gone: bool,
}

impl<'t> Losing<'t> {
    /// Finds them by what a plan does to what lives, for the packages whose holders are to be known. A package that a rule gives is
    /// left out: somebody whom the rule would match later has it before and not after, too.
    pub(super) fn of(
        world: &dyn World,
        plan: &Plan,
        estates: [&Estate<'t>; 2],
        moves: Moves<'_>,
        lived: &Lived,
    ) -> Result<BTreeMap<String, Self>, Unread> {
        let changes = plan.changes.iter();
        let pruned = changes.filter(|change| change.delta.action() == Action::Prune);
        let pruned: BTreeSet<&Address> = pruned.map(|change| &change.address).collect();
        let mut found = BTreeMap::new();
        for name in moves.holdings.names() {
            let (Some(holding), Ok(own)) = (moves.holdings.get(name), Name::parse(name)) else {
                continue;
            };
            let address = Address::new(Kind::Package, &own);
            let is_gone = pruned.contains(&address);
            let loses = holding.courses().any(|course| course == Course::Loses)
                && holding.rules(Course::Loses).is_empty();
            if !is_gone && !loses || is_ruled(estates[0], name) {
                continue;
            }
            if let Some(those) = those(world, estates, &address, lived)? {
                let _ = found.insert(name.to_owned(), Self { those, is_gone });
            }
        }
        Ok(found)
    }
}

/// Returns true for a package that a rule gives.
fn is_ruled(side: &Estate<'_>, package: &str) -> bool {
    let policies = side.offer(package).into_iter();
    let mut policies = policies.flat_map(|offer| &offer.policies);
    policies.any(|(_, policy)| matches!(policy.requestors, Requestors::Automatic(_)))
}

/// Returns those who lose a package and can sign in afterwards; `None` where one of them is not in the directory so far.
fn those<'t>(
    world: &dyn World,
    estates: [&Estate<'t>; 2],
    package: &Address,
    lived: &Lived,
) -> Result<Option<Those<'t>>, Unread> {
    let is_of_it = |address: &Address| {
        address == package || address.parent().is_some_and(|parent| parent == *package)
    };
    let ending = lived.effects.iter();
    let ending = ending.filter(|effect| effect.what == What::End && is_of_it(&effect.address));
    let people: BTreeSet<u64> = ending.flat_map(|effect| &effect.people).copied().collect();
    let mut those = Those::default();
    for number in people.difference(&lived.blocked) {
        let kind = Person::KIND;
        let number = *number;
        let person = world.record(RecordId { kind, number })?;
        match person.and_then(Person::from_record) {
            Some(person) if person.living().is_some() => those.add(&person, estates),
            _ => return Ok(None),
        }
    }
    Ok(Some(those))
}

impl<'t> Census<'_, 't> {
    /// Returns those of a part who may gain, where what they lose names them and a store was asked: a part without the others, or
    /// `None` where nobody is left; nothing where something else names them.
    pub(in crate::impact) fn left(&self, part: &Part<'t>) -> Option<Option<Part<'t>>> {
        let losing = |named: &Named| {
            let (package, course) = named.course()?;
            let losing = self.known?.losing.get(package)?;
            let is_theirs = course == Course::Loses || course == Course::Holds && losing.is_gone;
            is_theirs.then_some(&losing.those)
        };
        if !part.named.iter().any(|named| losing(named).is_some()) {
            return None;
        }
        let is_by_address = part.bases.is_empty();
        let named = part.alike.iter().flatten();
        let mails = named.filter_map(|named| match named {
            Named::User(mail) => Some(mail),
            _ => None,
        });
        let mails: Vec<&Email> = mails.collect();
        let mut left = part.clone();
        for alike in &mut left.alike {
            let (mut all, mut is_open) = (Crowd::default(), false);
            alike.retain(|named| match losing(named) {
                None => {
                    is_open = true;
                    true
                }
                Some(those) if is_by_address => mails.iter().any(|mail| those.has(mail)),
                Some(those) => {
                    let crowd = those.crowd(self);
                    all.add(&crowd);
                    crowd.meets(&part.bases)
                }
            });
            if !is_open && !is_by_address {
                left.bases.keep(&all);
            }
            if alike.is_empty() || left.bases.is_empty() != is_by_address {
                return Some(None);
            }
        }
        Some(Some(left))
    }
}
