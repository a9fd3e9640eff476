//! Where a decision is made: the view of the store, with what was decided so far laid over it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use super::event::{Activity, Decision, Event, Told};
use super::organization::Index;
use super::people;
use super::record::{
    Delivery, DeliveryState, Entity, Key, Mark, ObjectId, Person, PersonId, Record, RecordId,
    RecordKind,
};
use super::world::{Range, Thing, Unread, World};
use super::{Effect, Moment, Refusal, Stop};
use crate::model::kinds::{Catalog, Organization, Package, Policy, Resource, TermsOfUse};
use crate::model::text::Email;
use crate::model::{Address, Kind, Object};

/// A kind of declared object, and the one that they live in.
type Within = (Kind, Option<Address>);

/// Where one decision is made. What is put on it is seen by everything that the same decision looks at afterwards.
pub struct Desk<'w> {
    world: &'w dyn World,
    /// Who decides, and when.
    pub moment: &'w Moment,
    /// Records as decided: before and after; `None` for none.
    written: BTreeMap<RecordId, (Option<Record>, Option<Record>)>,
    /// The marks of the records as decided.
    marks: BTreeSet<(Mark, Key, RecordId)>,
    last: BTreeMap<RecordKind, u64>,
    events: Vec<Event>,
    secrets: u64,
    /// Declared objects that were asked for: the view does not change, and one decision asks for the same ones often.
    things: RefCell<BTreeMap<Within, Vec<Rc<Thing>>>>,
    organizations: OnceCell<Rc<Index>>,
    /// The organizations whose cross-tenant settings let nobody in, by name.
    closed: OnceCell<Rc<BTreeSet<String>>>,
    told: Vec<Told>,
    refused: Option<Box<Refusal>>,
    /// People who are another since somebody last asked, each as they were.
    moved: BTreeMap<u64, Option<Person>>,
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl<'w> Desk<'w> {
    /// Returns an empty desk before a view.
    #[must_use]
    pub fn new(world: &'w dyn World, moment: &'w Moment) -> Self {
        Self {
            world,
            moment,
            written: BTreeMap::new(),
            marks: BTreeSet::new(),
            last: BTreeMap::new(),
            events: Vec::new(),
            secrets: 0,
            things: RefCell::default(),
            organizations: OnceCell::new(),
            closed: OnceCell::new(),
            told: Vec::new(),
            refused: None,
            moved: BTreeMap::new(),
        }
    }

    /// Returns the present instant.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.moment.now
    }

    /// Returns the view under the desk, without what was decided.
    #[must_use]
    pub const fn world(&self) -> &'w dyn World {
        self.world
    }

    /// Ends the decision.
    #[must_use]
    pub fn decided(self) -> Decision {
        let writes = self.written.into_iter();
        Decision {
            events: self.events,
            writes: writes
                .filter(|(_, (before, after))| before != after)
                .map(|(id, (before, after))| super::event::Write { id, before, after })
                .collect(),
            told: self.told,
            refused: self.refused,
        }
    }

    // Reading.

    fn any(&self, id: RecordId) -> Result<Option<Record>, Unread> {
        match self.written.get(&id) {
            Some((_, after)) => Ok(after.clone()),
            None => self.world.record(id),
        }
    }

    /// Returns a record by its number.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn get<E: Entity>(&self, number: u64) -> Result<Option<E>, Unread> {
        let id = RecordId {
            kind: E::KIND,
            number,
        };
        Ok(self.any(id)?.and_then(E::from_record))
    }

    /// Returns a record that another one names.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell, or has lost it.
    pub fn need<E: Entity>(&self, number: u64) -> Result<E, Unread> {
        self.get(number)?.ok_or_else(|| {
            let missing = format!("{} {number} is named and missing", E::KIND.as_str());
            Unread(missing.into())
        })
    }

    /// Returns a person whom a record names.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell, or has lost them.
    pub fn person(&self, id: PersonId) -> Result<Person, Unread> {
        self.need(id.0)
    }

    /// Returns the records of a kind whose mark starts with a key, in order of keys.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn find<E: Entity>(&self, mark: Mark, key: &Key) -> Result<Vec<E>, Unread> {
        self.some(&Range::of(mark, key.clone()))
    }

    /// Returns the first of the records whose mark starts with a key.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn first<E: Entity>(&self, mark: Mark, key: &Key) -> Result<Option<E>, Unread> {
        // What was decided so far may hide one of the store's.
        let hidden = self.written.len();
        let range = Range::of(mark, key.clone()).most(hidden + 1);
        Ok(self.some(&range)?.into_iter().next())
    }

    /// Returns the records of a range, in order of keys.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn some<E: Entity>(&self, range: &Range) -> Result<Vec<E>, Unread> {
        let mut found = BTreeMap::new();
        for (key, id) in self.world.marked(range)? {
            if id.kind == E::KIND && !self.written.contains_key(&id) {
                found.insert((key, id), None);
            }
        }
        let lowest = RecordId {
            kind: RecordKind::Person,
            number: 0,
        };
        let decided = self.marks.range((range.mark, range.from.clone(), lowest)..);
        let within = decided.take_while(|(mark, key, _)| {
            *mark == range.mark && range.until.as_ref().is_none_or(|until| key < until)
        });
        for (_, key, id) in within {
            if id.kind == E::KIND && range.holds(key, *id) {
                let record = self.written.get(id).and_then(|(_, after)| after.clone());
                found.insert((key.clone(), *id), record);
            }
        }
        let mut records = Vec::new();
        for ((_, id), record) in found.into_iter().take(range.most) {
            let record = match record {
                Some(record) => Some(record),
                None => self.world.record(id)?,
            };
            records.extend(record.and_then(E::from_record));
        }
        Ok(records)
    }

    /// Returns true when no record's mark starts with a key.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn is_none<E: Entity>(&self, mark: Mark, key: &Key) -> Result<bool, Unread> {
        Ok(self.first::<E>(mark, key)?.is_none())
    }

    /// Finds somebody by one of their addresses.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn by_mail(&self, mail: &Email) -> Result<Option<Person>, Unread> {
        self.first(Mark::PersonMail, &Key::new().text(mail.as_str()))
    }

    /// Returns a declared object that a record names; `None` when it is gone.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn object(&self, id: ObjectId) -> Result<Option<Rc<Thing>>, Unread> {
        self.world.object(id)
    }

    /// Returns a declared object by its address.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn at(&self, address: &Address) -> Result<Option<Rc<Thing>>, Unread> {
        self.world.at(address)
    }

    /// Returns the declared objects of a kind; those that live in one object only, where one is named.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn things(&self, kind: Kind, within: Option<&Address>) -> Result<Vec<Rc<Thing>>, Unread> {
        let key = (kind, within.cloned());
        if let Some(known) = self.things.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = self.world.things(kind, within)?;
        self.things.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// Returns the declared organizations by what finds them.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub(super) fn organizations(&self) -> Result<Rc<Index>, Unread> {
        if let Some(known) = self.organizations.get() {
            return Ok(Rc::clone(known));
        }
        let index = Rc::new(Index::of(self)?);
        Ok(Rc::clone(self.organizations.get_or_init(|| index)))
    }

    /// Returns the names of the organizations whose cross-tenant settings let nobody in.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub(super) fn closed(&self) -> Result<Rc<BTreeSet<String>>, Unread> {
        if let Some(known) = self.closed.get() {
            return Ok(Rc::clone(known));
        }
        let things = self.things(Kind::CrossTenant, None)?;
        let closed = things.iter().filter(
            |thing| matches!(&thing.object, Object::CrossTenant(it) if people::is_closed(it)),
        );
        let names = closed.map(|thing| thing.address.own_name().to_owned());
        let names = Rc::new(names.collect());
        Ok(Rc::clone(self.closed.get_or_init(|| names)))
    }

    /// Returns settings of the tenant as they are live.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn setting(&self, kind: Kind) -> Result<Option<Rc<Thing>>, Unread> {
        self.world.at(&Address::singleton(kind))
    }

    // Deciding.

    /// Returns a number for a new record of a kind.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn fresh<E: Entity>(&mut self) -> Result<u64, Unread> {
        let last = match self.last.get(&E::KIND) {
            Some(last) => *last,
            None => self.world.last(E::KIND)?,
        };
        self.last.insert(E::KIND, last + 1);
        Ok(last + 1)
    }

    /// Decides that a record is like this from now on, and says so in the audit log.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell how it was.
    pub fn put<E: Entity>(&mut self, activity: Activity, record: &E) -> Result<(), Unread> {
        self.put_because(activity, record, "")
    }

    /// Decides that a record is like this from now on, and says so and why in the audit log.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell how it was.
    pub fn put_because<E: Entity>(
        &mut self,
        activity: Activity,
        record: &E,
        reason: &str,
    ) -> Result<(), Unread> {
        let id = record.clone().into_record().id();
        let before = self.any(id)?;
        let after = Some(record.clone().into_record());
        self.events.push(Event {
            activity,
            subject: id,
            person: record.person(),
            before,
            after: after.clone(),
            reason: reason.to_owned(),
        });
        self.lay(id, after)
    }

    /// Decides that a record is no more, and says so in the audit log.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell how it was.
    pub fn remove<E: Entity>(&mut self, activity: Activity, record: &E) -> Result<(), Unread> {
        let id = record.clone().into_record().id();
        self.events.push(Event {
            activity,
            subject: id,
            person: record.person(),
            before: self.any(id)?,
            after: None,
            reason: String::new(),
        });
        self.lay(id, None)
    }

    /// Keeps a record that only the engine itself needs: no part of anybody's access, so the audit log is silent.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell how it was.
    pub fn keep<E: Entity>(&mut self, record: &E) -> Result<(), Unread> {
        debug_assert!(!E::KIND.is_always_told(), "INVARIANT: a grant is told");
        let record = record.clone().into_record();
        self.lay(record.id(), Some(record))
    }

    /// Drops a record that only the engine itself needed: the audit log is silent.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell how it was.
    pub fn drop<E: Entity>(&mut self, record: &E) -> Result<(), Unread> {
        let id = record.clone().into_record().id();
        self.lay(id, None)
    }

    /// Says something in the audit log that changes no record.
    pub fn note<E: Entity>(&mut self, activity: Activity, record: &E, reason: &str) {
        let person = record.person();
        let record = record.clone().into_record();
        self.events.push(Event {
            activity,
            subject: record.id(),
            person,
            before: Some(record.clone()),
            after: Some(record),
            reason: reason.to_owned(),
        });
    }

    /// Tells whoever gave the command something about a record that is kept nowhere.
    pub fn tell<E: Entity>(&mut self, about: &E, text: String) {
        let about = about.clone().into_record().id();
        self.told.push(Told { about, text });
    }

    /// Refuses the command although what was decided is kept.
    pub fn keep_and_refuse(&mut self, refusal: Refusal) {
        self.refused = Some(Box::new(refusal));
    }

    /// Returns the people who are another since it was last asked, by number, each as they were.
    pub(super) fn take_moved(&mut self) -> BTreeMap<u64, Option<Person>> {
        std::mem::take(&mut self.moved)
    }

    fn lay(&mut self, id: RecordId, after: Option<Record>) -> Result<(), Unread> {
        if id.kind == RecordKind::Person && !self.moved.contains_key(&id.number) {
            let before = self.any(id)?.and_then(Person::from_record);
            self.moved.insert(id.number, before);
        }
        let marks = &mut self.marks;
        let known = self.written.get_mut(&id);
        if let Some((_, Some(now))) = &known {
            now.marks(&mut |mark, key| {
                marks.remove(&(mark, key, id));
            });
        }
        if let Some(after) = &after {
            after.marks(&mut |mark, key| {
                marks.insert((mark, key, id));
            });
        }
        if let Some((_, now)) = known {
            *now = after;
            return Ok(());
        }
        let before = self.world.record(id)?;
        self.written.insert(id, (before, after));
        Ok(())
    }

    /// Puts an effect into the outbox, unless one of this key is there already.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub fn effect(&mut self, key: &str, effect: Effect) -> Result<(), Unread> {
        let known = Key::new().text(key);
        if !self.is_none::<Delivery>(Mark::DeliveryKey, &known)? {
            return Ok(());
        }
        let number = self.fresh::<Delivery>()?;
        let delivery = Delivery {
            number,
            effect,
            key: key.to_owned(),
            state: DeliveryState::Planned,
            planned: self.now(),
            retry_at: None,
            tries: 0,
            trouble: None,
        };
        self.keep(&delivery)
    }

    /// Returns bytes that nobody can guess, others each time; the same for the same moment, so that a decision can be made
    /// again.
    #[must_use]
    pub fn secret(&mut self) -> [u8; 32] {
        self.secrets += 1;
        self.moment.secret(self.secrets)
    }
}

/// Typed access to declared objects.
macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident: $kind:ident;)*) => {
        impl Thing {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> Option<&$kind> {
                match &self.object {
                    Object::$kind(object) => Some(object),
                    _ => None,
                }
            })*
        }
    };
}

typed! {
    /// Returns the package that it is.
    package: Package;
    /// Returns the policy that it is.
    policy: Policy;
    /// Returns the catalog that it is.
    catalog: Catalog;
    /// Returns the organization that it is.
    organization: Organization;
    /// Returns the resource that it is.
    resource: Resource;
    /// Returns the terms of use that it is.
    terms: TermsOfUse;
}

impl Desk<'_> {
    /// Returns what a refusal is made from, for `?`.
    ///
    /// # Errors
    ///
    /// Always: the refusal.
    pub fn refuse<T>(&self, refusal: Refusal) -> Result<T, Stop> {
        Err(Stop::Refused(Box::new(refusal)))
    }
}
