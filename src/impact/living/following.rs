//! What somebody has, and which groups they are in, once a plan is applied and the engine has followed it: one person at a time,
//! by the engine's own steps.
//!
//! The one idea to know: most plans move nobody, so that what the store says of a group is what it will say. Only of groups
//! that a plan [`moves`](Following::moves) somebody's assignments are looked at: those that end, those of which the roles are
//! brought in line, those that a rule gives, and the rule of a group that the tree keeps.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::rc::Rc;

use super::Living;
use super::by_rule::automatic;
use super::kept::Kept;
use super::members::Movers;
use crate::governance::Unread;
use crate::governance::assignment::{aligned, wanted};
use crate::governance::directory::refuses;
use crate::governance::record::{
    Assignment, GrantState, Granted, Group, Hold, Key, Mark, ObjectId, Person, PersonId, Place,
    Source,
};
use crate::governance::rule::{Rule, matches};
use crate::impact::holding::Holdings;
use crate::impact::sides::Sides;
use crate::model::kinds::{Origin, Package, Resource};
use crate::model::text::Principal;
use crate::model::{Address, Kind, Name, Object};
use crate::plan::{Action, Plan};

/// What of a plan is followed, and what was found of it so far.
pub(super) struct Following<'l> {
    holdings: &'l Holdings,
    /// Groups that the tree keeps, as far as the plan makes them others, by name in lower case.
    pub(super) kept: BTreeMap<String, Kept>,
    packages: RefCell<HashMap<ObjectId, Rc<Becoming>>>,
    policies: RefCell<HashMap<ObjectId, Rc<Turn>>>,
    pub(super) movers: RefCell<BTreeMap<String, Rc<Movers>>>,
    /// Those whom lists may name who can sign in on one side alone, by number.
    pub(super) turning: RefCell<BTreeMap<Principal, Rc<BTreeSet<u64>>>>,
}

/// What becomes of a package of the store.
enum Becoming {
    /// It goes, and with it whoever has it.
    Gone,
    /// Nobody looks after it: it is let go, or of another project.
    Left,
    /// It grants these roles.
    Grants(Vec<Granted>),
}

/// What becomes of those who have something through a policy of the store.
enum Turn {
    /// They lose it.
    Gone,
    /// They keep it.
    Kept,
    /// Whoever has it by a rule loses it at once unless this one matches.
    Matched(Rule),
}

/// An assignment, and its roles after a plan; `None` where it ends by the apply itself.
pub(super) type Turned = (Assignment, Option<Vec<Granted>>);

impl<'l> Following<'l> {
    /// Begins to follow a plan.
    pub(super) fn of(plan: &Plan, sides: &Sides<'_>, holdings: &'l Holdings) -> Self {
        Self {
            holdings,
            kept: Kept::all(plan, sides),
            packages: RefCell::default(),
            policies: RefCell::default(),
            movers: RefCell::default(),
            turning: RefCell::default(),
        }
    }

    /// Returns true for a group, by its name in lower case, of which others may be members after the plan.
    pub(super) fn moves(&self, group: &str) -> bool {
        let is_walked = |kept: &Kept| kept.is_walked;
        self.holdings.is_granted(group) || self.kept.get(group).is_some_and(is_walked)
    }

    /// Returns true when the plan moves nobody into a group or out of one.
    pub(super) fn is_still(&self) -> bool {
        let is_walked = |kept: &Kept| kept.is_walked;
        !self.holdings.is_granting() && !self.kept.values().any(is_walked)
    }

    /// Returns the packages that grant a group and of which the plan makes holders others, by name.
    pub(super) fn granting(&self, group: &str) -> impl Iterator<Item = &'l String> {
        self.holdings.granting(group)
    }

    /// Returns the change by which others are in a group.
    pub(super) fn cause(&self, group: &str) -> Option<Address> {
        match self.kept.get(group).filter(|kept| kept.is_walked) {
            Some(kept) => Some(kept.address.clone()),
            None => self.holdings.cause(group).cloned(),
        }
    }
}

impl Living<'_> {
    /// Returns the address that an object of the store has after the plan; `None` for one of another project.
    pub(super) fn now_at(&self, id: ObjectId) -> Result<Option<Address>, Unread> {
        if let Some(address) = self.adopted.address(id) {
            return Ok(Some(address.clone()));
        }
        let Some(thing) = self.world.object(id)? else {
            return Ok(None);
        };
        let ours = self.world.at(&thing.address)?;
        let is_ours = ours.is_some_and(|ours| ours.id == id);
        Ok(is_ours.then(|| self.sides.now_called(&thing.address)))
    }

    fn becoming(&self, package: ObjectId) -> Result<Rc<Becoming>, Unread> {
        let known = self.following.packages.borrow().get(&package).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let becoming = match self.now_at(package)? {
            None => Becoming::Left,
            Some(address) => match (self.action(&address), self.sides.both(&address)) {
                (Some(Action::Prune | Action::Replace), _) => Becoming::Gone,
                (_, (_, Some(Object::Package(package)))) => Becoming::Grants(self.wanted(package)),
                _ => Becoming::Left,
            },
        };
        let becoming = Rc::new(becoming);
        let mut packages = self.following.packages.borrow_mut();
        let _ = packages.insert(package, Rc::clone(&becoming));
        Ok(becoming)
    }

    fn turn(&self, policy: ObjectId) -> Result<Rc<Turn>, Unread> {
        let known = self.following.policies.borrow().get(&policy).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let address = self.now_at(policy)?;
        let action = address.as_ref().and_then(|address| self.action(address));
        let turn = match (address, action) {
            (_, Some(Action::Prune | Action::Replace)) => Turn::Gone,
            (Some(address), Some(_)) => self.rule_of(&address).map_or(Turn::Kept, Turn::Matched),
            _ => Turn::Kept,
        };
        let turn = Rc::new(turn);
        let mut policies = self.following.policies.borrow_mut();
        let _ = policies.insert(policy, Rc::clone(&turn));
        Ok(turn)
    }

    /// Returns the rule by which a policy takes its package at once after the plan.
    fn rule_of(&self, policy: &Address) -> Option<Rule> {
        let (_, Some(Object::Policy(policy))) = self.sides.both(policy) else {
            return None;
        };
        let automatic = automatic(policy).filter(|automatic| automatic.remove)?;
        let grace = automatic.grace_period.as_ref();
        let at_once = grace.is_none_or(|grace| grace.as_seconds() == 0);
        Rule::parse(automatic.rule.as_str())
            .ok()
            .filter(|_| at_once)
    }

    /// Returns true for an assignment that ends by the apply itself.
    pub(super) fn ends(&self, assignment: &Assignment, person: &Person) -> Result<bool, Unread> {
        if matches!(*self.becoming(assignment.package)?, Becoming::Gone) {
            return Ok(true);
        }
        // What a deleted account has by a rule counts until it can no longer be restored.
        let is_followed = person.account.is_none() || person.living().is_some();
        Ok(match &*self.turn(assignment.policy)? {
            Turn::Gone => true,
            Turn::Kept => false,
            Turn::Matched(rule) => {
                let may_end = assignment.automatic && assignment.grace_until.is_none();
                may_end && is_followed && !matches(rule, person)
            }
        })
    }

    /// Returns somebody's assignments, each with its roles after the plan.
    pub(super) fn turned(&self, person: &Person) -> Result<Vec<Turned>, Unread> {
        let mut all = Vec::new();
        let key = Key::new().person(person.id());
        self.each::<Assignment>(Mark::AssignmentPerson, key, &mut |assignment| {
            if self.ends(&assignment, person)? {
                all.push((assignment, None));
                return Ok(());
            }
            let mut roles = assignment.roles.clone();
            if let Becoming::Grants(wanted) = &*self.becoming(assignment.package)? {
                let _ = aligned(&mut roles, wanted.clone(), &BTreeSet::new());
            }
            all.push((assignment, Some(roles)));
            Ok(())
        })?;
        Ok(all)
    }

    /// Returns the packages that a rule gives somebody by the apply itself.
    pub(super) fn gotten(&self, person: &Person) -> impl Iterator<Item = &Package> {
        let getting = self.getting.iter();
        let mine = getting.filter(|getting| getting.people.contains(&person.number));
        mine.filter_map(|getting| Some(self.after.offer(getting.package.own_name())?.package))
    }

    /// Returns the roles that a package gives after the plan.
    pub(super) fn wanted(&self, package: &Package) -> Vec<Granted> {
        let place = |name: &Name| -> Result<Option<Place>, Infallible> {
            let origin = self.resource(name).and_then(Resource::origin);
            Ok(origin.map(|(origin, name)| Place {
                origin,
                name: name.to_owned(),
            }))
        };
        match wanted(package, place) {
            Ok(roles) => roles,
            Err(never) => match never {},
        }
    }

    fn resource(&self, name: &Name) -> Option<&Resource> {
        match self.sides.both(&Address::new(Kind::Resource, name)) {
            (_, Some(Object::Resource(resource))) => Some(resource),
            _ => None,
        }
    }

    /// Returns the resource behind a place that a package grants after the plan.
    pub(super) fn resource_at(&self, package: &Package, place: &Place) -> Option<&Resource> {
        let mut resources = package.grants.keys().filter_map(|name| self.resource(name));
        resources.find(|resource| resource.origin() == Some((place.origin, &place.name)))
    }

    /// Returns what the directory knows of the group at a place after the plan.
    pub(super) fn group_at(&self, place: &Place) -> Result<Option<Group>, Unread> {
        if !matches!(place.origin, Origin::Group | Origin::Team) {
            return Ok(None);
        }
        if let Some(kept) = self.following.kept.get(&place.name.to_lowercase()) {
            return Ok(kept.group.clone());
        }
        let key = Key::new().text(&place.name);
        let mut found = None;
        self.each::<Group>(Mark::GroupName, key, &mut |group| {
            found.get_or_insert(group);
            Ok(())
        })?;
        Ok(found)
    }

    /// Returns why nobody gives somebody a role that a package grants after the plan.
    pub(super) fn refuses(
        &self,
        person: &Person,
        package: &Package,
        granted: &Granted,
    ) -> Result<Option<String>, Unread> {
        let Some(resource) = self.resource_at(package, &granted.place) else {
            return Ok(None);
        };
        let group = self.group_at(&granted.place)?;
        let named = [granted.place.name.as_str(), granted.role.as_str()];
        Ok(refuses(person, named, resource, group.as_ref()))
    }

    /// Returns the roles that somebody holds at a place, as the store has them.
    pub(super) fn holds(&self, person: PersonId, place: &Place) -> Result<Vec<Held>, Unread> {
        let mut holds = Vec::new();
        let key = place.key().person(person);
        self.each::<Hold>(Mark::HoldPlace, key, &mut |hold| {
            holds.push((hold.role, hold.source));
            Ok(())
        })?;
        Ok(holds)
    }

    /// Returns the roles that somebody holds at a place once the plan is followed.
    fn holds_after(&self, person: &Person, place: &Place) -> Result<Vec<Held>, Unread> {
        let mut holds = self.holds(person.id(), place)?;
        if let Some(kept) = self.following.kept.get(&place.name.to_lowercase()) {
            kept.walk(person, &mut holds);
        }
        let turned = self.turned(person)?;
        let (mut given, mut fresh) = (BTreeSet::new(), BTreeSet::new());
        let here = |granted: &&Granted| granted.place.is(place);
        let mut give = |roles: &[Granted], package: Option<&Package>| -> Result<(), Unread> {
            for granted in roles.iter().filter(here) {
                match granted.state {
                    GrantState::Held => drop(given.insert(granted.role.clone())),
                    GrantState::Pending => {
                        let refused = match package {
                            Some(package) => self.refuses(person, package, granted)?.is_some(),
                            None => false,
                        };
                        if !refused {
                            let _ = given.insert(granted.role.clone());
                            let _ = fresh.insert(granted.role.clone());
                        }
                    }
                    GrantState::Failed(_) | GrantState::Leaving | GrantState::Gone => {}
                }
            }
            Ok(())
        };
        for (assignment, after) in &turned {
            let address = self.now_at(assignment.package)?;
            let offer = address.and_then(|address| self.after.offer(address.own_name()));
            give(
                after.as_deref().unwrap_or_default(),
                offer.map(|offer| offer.package),
            )?;
        }
        for package in self.gotten(person) {
            give(&self.wanted(package), Some(package))?;
        }
        for (assignment, after) in &turned {
            for granted in assignment.roles.iter().filter(here) {
                let had = matches!(granted.state, GrantState::Held | GrantState::Pending);
                let mut now = after.iter().flatten();
                let is_gone = !now.any(|role| {
                    let gives = matches!(role.state, GrantState::Held | GrantState::Pending);
                    gives && role.role == granted.role && role.place.is(&granted.place)
                });
                if had && is_gone && !given.contains(&granted.role) {
                    let at = holds.iter().position(|(role, _)| *role == granted.role);
                    // What the rule of a group gives stays as long as it matches.
                    if let Some(at) = at.filter(|at| holds[*at].1 != Source::Rule) {
                        let _ = holds.remove(at);
                    }
                }
            }
        }
        for role in fresh {
            if !holds.iter().any(|(known, _)| *known == role) {
                holds.push((role, Source::Package));
            }
        }
        Ok(holds)
    }

    /// Returns true for somebody who is in a group before the plan, or after it; the group by its name in lower case.
    pub(super) fn is_in(&self, at: usize, person: &Person, group: &str) -> Result<bool, Unread> {
        match at > 0 && self.following.moves(group) {
            true => Ok(!self.holds_after(person, &Place::group(group))?.is_empty()),
            false => self.is_member(person.id(), group),
        }
    }
}

/// A role that somebody holds, and how it came to be held.
pub(super) type Held = (String, Source);
