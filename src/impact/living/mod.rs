//! What a plan does to what lives: assignments, open requests, pending invitations, and guests who are here already.
//!
//! Found by the marks of a store, for what the plan touches and nothing else: holders in [`holders`], people of automatic
//! policies in [`by_rule`], requests in [`waiting`], people whom the border refuses in [`refused`]. Where a plan puts people
//! into groups or takes them out, what the groups decide is followed for each of them by [`following`]. Whoever is looked at
//! is looked at in pieces, counted, and forgotten; only where access ends are numbers of people kept, since the guard counts
//! each once.

mod accepting;
mod adopted;
mod already;
mod approving;
mod awaiting;
mod by_rule;
pub(super) mod effect;
mod excluding;
mod following;
mod gaining;
mod hidden;
mod holders;
mod keeping;
mod kept;
mod members;
mod parting;
mod partners;
mod refused;
mod turning;
mod waiting;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use self::adopted::Adopted;
use self::by_rule::Getting;
use self::effect::{Effect, What};
use self::following::Following;
use self::holders::Giving;
use self::partners::Partners;
use crate::governance::record::{Entity, Key, Mark, ObjectId, Person, RecordId};
use crate::governance::renaming::Renamed;
use crate::governance::{Range, Unread, World};
use crate::impact::already::{Already, already};
use crate::impact::compare::Asked;
use crate::impact::estate::Estate;
use crate::impact::sides::Sides;
use crate::impact::touched::Touched;
use crate::model::{Address, Object, canonical};
use crate::plan::{Action, Change, Plan};

/// How many people an effect names at most.
const NAMED: usize = 1_000;

/// How many marks are looked at at once.
const PIECE: usize = 1_000;

/// What a plan does to what lives.
#[derive(Debug, Default)]
pub(super) struct Lived {
    pub(super) effects: Vec<Effect>,
    /// Whom it blocks from sign-in, by number.
    pub(super) blocked: BTreeSet<u64>,
    /// What whoever holds a package already has otherwise.
    pub(super) already: Already,
}

/// Finds what a plan does to what lives.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(super) fn living(
    Asked { world, named, zone }: Asked<'_>,
    plan: &Plan,
    sides: &Sides<'_>,
    touched: &Touched,
    estates: [&Estate<'_>; 2],
) -> Result<Lived, Unread> {
    if world.last(Person::KIND)? == 0 {
        return Ok(Lived::default());
    }
    let actions = plan.changes.iter();
    let actions = actions.map(|change| (&change.address, change.delta.action()));
    let mut living = Living {
        world,
        plan,
        sides,
        before: estates[0],
        after: estates[1],
        actions: actions.collect(),
        adopted: Adopted::of(world, plan)?,
        named,
        giving: OnceCell::new(),
        losing: OnceCell::new(),
        following: Rc::new(Following::of(plan, sides, &touched.holdings)),
        is_regrouped: !touched.regrouped.is_empty(),
        renamed: sides.renamed(),
        partners: Rc::new(Partners::of(plan, sides)),
        getting: Vec::new(),
        parted: BTreeSet::new(),
        blocked: BTreeSet::new(),
        found: Vec::new(),
    };
    for change in &plan.changes {
        living.change(change)?;
    }
    living.get()?;
    // Who gets a package by the apply does not lose a role that it gives, and is in the groups of that.
    living.roles()?;
    living.memberships()?;
    living.covered()?;
    living.excluded()?;
    living.parted()?;
    living.requests()?;
    let already = already(plan, estates, touched, &mut |both| {
        living.having(both, zone)
    })?;
    living.found.retain(|effect| effect.count > 0);
    living
        .found
        .sort_by(|one, other| (one.what, &one.address).cmp(&(other.what, &other.address)));
    Ok(Lived {
        effects: living.found,
        blocked: living.blocked,
        already,
    })
}

/// What is found of what lives, for one plan.
struct Living<'l> {
    world: &'l dyn World,
    plan: &'l Plan,
    sides: &'l Sides<'l>,
    before: &'l Estate<'l>,
    after: &'l Estate<'l>,
    actions: BTreeMap<&'l Address, Action>,
    adopted: Adopted<'l>,
    named: bool,
    giving: OnceCell<Giving<'l>>,
    /// Packages of which some assignments may end by the apply.
    losing: OnceCell<BTreeSet<Address>>,
    following: Rc<Following<'l>>,
    /// Whether the name of a resource stands for another group than before.
    is_regrouped: bool,
    /// The names that resources get, which what waits keeps.
    renamed: Renamed,
    partners: Rc<Partners>,
    getting: Vec<Getting>,
    /// Whose account is blocked or deleted at once, by number.
    parted: BTreeSet<u64>,
    /// Whose account is blocked at once, and not deleted, by number.
    blocked: BTreeSet<u64>,
    found: Vec<Effect>,
}

impl Living<'_> {
    fn change(&mut self, change: &Change) -> Result<(), Unread> {
        let sides = self.sides;
        let (old, new) = sides.both(&change.address);
        let remade = change.delta.action() == Action::Replace;
        match (old, new) {
            (Some(Object::Package(_) | Object::Policy(_)), None) => self.gone(change),
            (Some(Object::Package(_)), Some(Object::Package(_))) if remade => self.gone(change),
            (old, Some(Object::Policy(new))) => {
                let old = match old {
                    Some(Object::Policy(old)) => Some(old),
                    _ => None,
                };
                let leaving = match (old, remade) {
                    (Some(old), false) => self.policy(change, old, new)?,
                    (Some(_), true) => self.gone(change).map(|()| 0)?,
                    (None, _) => self.taken_over(change, new)?,
                };
                self.will_get(change, [old, Some(new)], leaving)
            }
            (Some(Object::Catalog(old)), Some(Object::Catalog(new))) => {
                self.catalog(change, old, new)
            }
            (old, Some(Object::Domains(new))) => {
                let old = match old {
                    Some(Object::Domains(old)) => Some(old),
                    _ => None,
                };
                self.domains(change, old, new)
            }
            (_, Some(Object::CrossTenant(_))) => self.cross_tenant(change),
            (_, Some(Object::Organization(_))) | (Some(Object::Organization(_)), _) => {
                self.organization(change)
            }
            (_, Some(Object::Collaboration(_))) => self.passcodes(change),
            (_, Some(Object::TermsOfUse(_))) => self.terms(change),
            _ => Ok(()),
        }
    }

    /// Returns true for something inside an object with which the same happens: what is said of that one is said of this one.
    fn is_said_of_parent(&self, change: &Change) -> bool {
        let deletes = |action: Action| matches!(action, Action::Prune | Action::Replace);
        let action = change.delta.action();
        let parent = change.address.parent();
        let parent = parent.and_then(|parent| self.actions.get(&parent).copied());
        parent.is_some_and(|parent| parent == action || deletes(parent) && deletes(action))
    }

    /// Returns true when the plan may put somebody into a group or take them out, or lets a name stand for another group.
    fn moves_groups(&self) -> bool {
        self.is_regrouped || !self.following.is_still()
    }

    /// Returns who loses a package, by number.
    fn ending(&self) -> BTreeSet<u64> {
        let ending = self.found.iter().filter(|effect| effect.what == What::End);
        ending.flat_map(|effect| &effect.people).copied().collect()
    }

    /// Returns what happens to an object; `None` where nothing does.
    fn action(&self, address: &Address) -> Option<Action> {
        self.actions.get(address).copied()
    }

    /// Returns the store's object that a change is about, also one that nobody owns so far; `None` for one that is created.
    fn id(&self, change: &Change) -> Result<Option<ObjectId>, Unread> {
        let Some(live) = change.delta.before() else {
            return Ok(None);
        };
        match &live.address {
            Some(was) => Ok(self.world.at(was)?.map(|thing| thing.id)),
            None => self.world.named(&live.id),
        }
    }

    /// Returns the store's object of an address as the plan will have it; `None` for one that is created.
    fn at_before(&self, address: &Address) -> Result<Option<ObjectId>, Unread> {
        if let Some(id) = self.adopted.id(address) {
            return Ok(Some(id));
        }
        match self.sides.was_called(address) {
            Some(was) => Ok(self.world.at(&was)?.map(|thing| thing.id)),
            None => Ok(None),
        }
    }

    fn add(&mut self, what: What, address: &Address, counted: Counted, detail: impl Into<String>) {
        let Counted { count, mut names } = counted;
        names.sort();
        self.found.push(Effect {
            what,
            address: address.clone(),
            count,
            detail: detail.into(),
            people: BTreeSet::new(),
            names,
        });
    }

    /// Adds an effect on people who are known by number.
    fn add_named(
        &mut self,
        what: What,
        address: &Address,
        people: &BTreeSet<u64>,
        detail: impl Into<String>,
    ) -> Result<(), Unread> {
        let mut counted = Counted::default();
        for number in people {
            if self.is_named(&counted) {
                break;
            }
            if let Some(person) = self.get_record::<Person>(*number)? {
                self.count(&mut counted, &person);
            }
        }
        counted.count = people.len() as u64;
        self.add(what, address, counted, detail);
        Ok(())
    }

    /// Adds an effect on people of whom each counts once for the guard.
    fn add_people(
        &mut self,
        what: What,
        address: &Address,
        people: BTreeSet<u64>,
        detail: impl Into<String>,
    ) -> Result<(), Unread> {
        self.add_named(what, address, &people, detail)?;
        if let Some(effect) = self.found.last_mut() {
            effect.people = people;
        }
        Ok(())
    }

    /// Counts somebody, and keeps their address where it is asked for.
    fn count(&self, counted: &mut Counted, person: &Person) {
        counted.count += 1;
        if !self.is_named(counted) {
            counted.names.push(person.mail.to_string());
        }
    }

    /// Returns true where no further name is wanted.
    const fn is_named(&self, counted: &Counted) -> bool {
        !self.named || counted.names.len() >= NAMED
    }

    fn get_record<E: Entity>(&self, number: u64) -> Result<Option<E>, Unread> {
        let id = RecordId {
            kind: E::KIND,
            number,
        };
        Ok(self.world.record(id)?.and_then(E::from_record))
    }

    /// Shows the marks that start with a key, a piece at a time.
    fn each_mark(
        &self,
        mark: Mark,
        key: Key,
        see: &mut dyn FnMut(&Key, RecordId) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let mut range = Range::of(mark, key).most(PIECE);
        loop {
            let piece = self.world.marked(&range)?;
            for (key, id) in &piece {
                see(key, *id)?;
            }
            if piece.len() < PIECE {
                return Ok(());
            }
            range = range.after(piece.into_iter().next_back());
        }
    }

    /// Shows the records whose mark starts with a key, one at a time.
    fn each<E: Entity>(
        &self,
        mark: Mark,
        key: Key,
        see: &mut dyn FnMut(E) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        self.each_mark(
            mark,
            key,
            &mut |_, id| match self.get_record::<E>(id.number)? {
                Some(found) => see(found),
                None => Ok(()),
            },
        )
    }
}

/// How many people there are, and the first of them by their addresses.
#[derive(Debug, Default)]
struct Counted {
    count: u64,
    names: Vec<String>,
}

impl Counted {
    /// Counts what has no names.
    const fn only(count: u64) -> Self {
        Self {
            count,
            names: Vec::new(),
        }
    }
}

/// Returns true when two sides of something read otherwise.
fn differs<T: serde::Serialize>(one: &T, other: &T) -> bool {
    canonical(one) != canonical(other)
}
