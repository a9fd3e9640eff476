//! Who comes into a group and who leaves it by a plan: by the rule of a group that the tree keeps, counted; and, of groups whose
//! members decide something, whoever comes and goes, as far as they are few.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::effect::What;
use super::kept::Kept;
use super::{Counted, Living};
use crate::governance::Unread;
use crate::governance::record::{Entity as _, Key, Mark, Person, Place};
use crate::model::{Address, Kind, Name};

/// How many people are looked at at once.
const PIECE: usize = 1_000;

/// How many people who come into a group, or leave it, are kept at most.
const MOST: usize = 1_000;

/// Who comes into a group or leaves it by a plan, of those who can sign in before or after it, by number.
#[derive(Debug, Default)]
pub(super) struct Movers {
    pub(super) people: BTreeSet<u64>,
    /// Whether there are more of them.
    pub(super) is_more: bool,
}

/// A group that the tree keeps, and whom its rule makes others.
struct Ruled<'k> {
    kept: &'k Kept,
    place: Place,
    joining: Counted,
    leaving: BTreeSet<u64>,
}

impl<'k> Ruled<'k> {
    fn of(kept: &'k Kept) -> Self {
        Self {
            kept,
            place: Place::group(&kept.name),
            joining: Counted::default(),
            leaving: BTreeSet::new(),
        }
    }
}

impl Living<'_> {
    /// Says who comes into the groups that the tree keeps, and who leaves them.
    pub(super) fn memberships(&mut self) -> Result<(), Unread> {
        let following = Rc::clone(&self.following);
        let kept = following.kept.values().filter(|kept| kept.is_walked);
        let (by_rule, rest): (Vec<&Kept>, Vec<&Kept>) = kept.partition(|kept| kept.rule.is_some());
        let mut all: Vec<Ruled<'_>> = Vec::new();
        for kept in rest {
            let mut one = Ruled::of(kept);
            let key = one.place.key();
            self.each_mark(Mark::HoldPlace, key, &mut |key, _| match key
                .last_number()
                .map(|number| self.get_record(number))
            {
                Some(person) => match person? {
                    Some(person) => self.moves(&mut one, &person),
                    None => Ok(()),
                },
                None => Ok(()),
            })?;
            all.push(one);
        }
        let mut walked: Vec<Ruled<'_>> = by_rule.into_iter().map(Ruled::of).collect();
        if !walked.is_empty() {
            self.each_person(&mut |person| {
                for one in &mut walked {
                    self.moves(one, person)?;
                }
                Ok(())
            })?;
        }
        for one in all.into_iter().chain(walked) {
            let (address, name) = (&one.kept.address, &one.kept.name);
            let detail = format!("group {name}: {address} lets them in");
            self.add(What::Join, address, one.joining, detail);
            let why = match (&one.kept.group, &one.kept.rule) {
                (None, _) => format!("{address} no longer keeps it"),
                (_, None) => format!("{address} has no rule any more"),
                _ => format!("{address} no longer lets them in"),
            };
            self.add_people(
                What::Leave,
                address,
                one.leaving,
                format!("group {name}: {why}"),
            )?;
        }
        Ok(())
    }

    /// Notes somebody whom the rule of a group makes another.
    fn moves(&self, one: &mut Ruled<'_>, person: &Person) -> Result<(), Unread> {
        let lets_in = one.kept.lets_in(person) == Some(true);
        let was = self.is_member(person.id(), &one.place.name)?;
        if was == lets_in {
            return Ok(());
        }
        if lets_in {
            self.count(&mut one.joining, person);
        } else if !self.is_in(1, person, &one.place.name.to_lowercase())? {
            let _ = one.leaving.insert(person.number);
        }
        Ok(())
    }

    /// Shows everybody, a piece at a time.
    pub(super) fn each_person(
        &self,
        see: &mut dyn FnMut(&Person) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let mut after = 0;
        loop {
            let piece = self.world.numbers(Person::KIND, after, PIECE)?;
            for number in &piece {
                if let Some(person) = self.get_record::<Person>(*number)? {
                    see(&person)?;
                }
            }
            match piece.last() {
                Some(last) => after = *last,
                None => return Ok(()),
            }
        }
    }

    /// Returns who comes into a group and who leaves it; the group by its name in lower case.
    pub(super) fn movers(&self, group: &str) -> Result<Rc<Movers>, Unread> {
        let known = self.following.movers.borrow().get(group).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut movers = Movers::default();
        let mut look = |number: u64| -> Result<(), Unread> {
            if movers.is_more || movers.people.contains(&number) {
                return Ok(());
            }
            let person = self.get_record::<Person>(number)?;
            let Some(person) = person.filter(|it| self.can_act(0, it) || self.can_act(1, it))
            else {
                return Ok(());
            };
            if self.is_in(0, &person, group)? != self.is_in(1, &person, group)? {
                match movers.people.len() < MOST {
                    true => drop(movers.people.insert(number)),
                    false => movers.is_more = true,
                }
            }
            Ok(())
        };
        if self.following.moves(group) {
            let mut of = |mark: Mark, key: Key| {
                self.each_mark(mark, key, &mut |key, _| {
                    key.last_number().map_or(Ok(()), &mut look)
                })
            };
            of(Mark::HoldPlace, Place::group(group).key())?;
            for package in self.following.granting(group) {
                let address = Name::parse(package).ok();
                let address = address.map(|name| Address::new(Kind::Package, &name));
                if let Some(address) = address
                    && let Some(id) = self.at_before(&address)?
                {
                    of(Mark::AssignmentPackage, Key::new().object(id))?;
                }
            }
            for getting in &self.getting {
                for number in &getting.people {
                    look(*number)?;
                }
            }
            let kept = self.following.kept.get(group);
            if kept.is_some_and(|kept| kept.is_walked && kept.rule.is_some()) {
                self.each_person(&mut |person| look(person.number))?;
            }
        }
        let movers = Rc::new(movers);
        let mut known = self.following.movers.borrow_mut();
        let _ = known.insert(group.to_owned(), Rc::clone(&movers));
        Ok(movers)
    }
}
