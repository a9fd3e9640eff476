//! The engine's records in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use super::{Memory, State};
use crate::audit::Act;
use crate::governance::record::{Key, Mark, ObjectId, Record, RecordId, RecordKind};
use crate::governance::renaming::{self, Renamed};
use crate::governance::{Decision, Moved, Range, Refusal, Stop, Thing, Unread, World};
use crate::model::{Address, Digest, Kind, RemoteId};
use crate::store::StoreError;
use crate::store::ledger::{Decide, Ledger, See, Sitting, target};

/// The records of a store in memory, and the marks they are found by.
#[derive(Debug, Clone, Default)]
pub(super) struct Records {
    rows: BTreeMap<RecordId, Record>,
    marks: BTreeSet<(Mark, Key, RecordId)>,
    last: BTreeMap<RecordKind, u64>,
}

impl Records {
    fn write(&mut self, id: RecordId, after: Option<&Record>) {
        let Self { rows, marks, last } = self;
        let before = match after {
            Some(record) => rows.insert(id, record.clone()),
            None => rows.remove(&id),
        };
        if let Some(before) = before {
            before.marks(&mut |mark, key| {
                marks.remove(&(mark, key, id));
            });
        }
        if let Some(after) = after {
            after.marks(&mut |mark, key| {
                marks.insert((mark, key, id));
            });
        }
        let highest = last.entry(id.kind).or_default();
        *highest = (*highest).max(id.number);
    }
}

impl State {
    /// Lets records follow the resources that a run gives other names.
    pub(super) fn rename(&mut self, project: &str, renamed: &Renamed) -> Result<(), StoreError> {
        let view = View {
            state: self,
            project,
        };
        let writes = renaming::follow(&view, renamed)
            .map_err(|unread| StoreError::unread(unread, "memory"))?;
        for write in writes {
            self.records.write(write.id, write.after.as_ref());
        }
        Ok(())
    }
}

struct View<'m> {
    state: &'m State,
    project: &'m str,
}

impl View<'_> {
    fn thing(&self, number: i64, object: &super::Object) -> Result<Option<Rc<Thing>>, Unread> {
        let Some(address) = &object.address else {
            return Ok(None);
        };
        let decoded = match object.read.get() {
            Some(known) => known.clone(),
            None => {
                let mut read = serde_json::Deserializer::from_str(object.body.as_str());
                let decoded = object.kind.decode(&mut read);
                let decoded = decoded.map_err(|error| Unread(Box::new(error)))?;
                object.read.get_or_init(|| decoded).clone()
            }
        };
        Ok(Some(Rc::new(Thing {
            id: ObjectId(number.cast_unsigned()),
            address: address.clone(),
            object: decoded,
        })))
    }
}

impl World for View<'_> {
    fn project(&self) -> &str {
        self.project
    }

    fn record(&self, id: RecordId) -> Result<Option<Record>, Unread> {
        Ok(self.state.records.rows.get(&id).cloned())
    }

    fn marked(&self, of: &Range) -> Result<Vec<(Key, RecordId)>, Unread> {
        let lowest = RecordId {
            kind: RecordKind::Person,
            number: 0,
        };
        let from = match &of.after {
            Some((key, id)) => (of.mark, key.clone(), *id),
            None => (of.mark, of.from.clone(), lowest),
        };
        let marks = self.state.records.marks.range(from..);
        let within = marks.take_while(|(mark, key, _)| {
            *mark == of.mark && of.until.as_ref().is_none_or(|until| key < until)
        });
        let held = within.filter(|(_, key, id)| of.holds(key, *id));
        Ok(held
            .take(of.most)
            .map(|(_, key, id)| (key.clone(), *id))
            .collect())
    }

    fn count(&self, mark: Mark, key: &Key) -> Result<u64, Unread> {
        let found = self.marked(&Range::of(mark, key.clone()))?;
        Ok(u64::try_from(found.len()).unwrap_or(u64::MAX))
    }

    fn numbers(&self, kind: RecordKind, after: u64, most: usize) -> Result<Vec<u64>, Unread> {
        let from = RecordId {
            kind,
            number: after.saturating_add(1),
        };
        let rows = self.state.records.rows.range(from..);
        let ours = rows.take_while(|(id, _)| id.kind == kind).take(most);
        Ok(ours.map(|(id, _)| id.number).collect())
    }

    fn last(&self, kind: RecordKind) -> Result<u64, Unread> {
        Ok(self.state.records.last.get(&kind).copied().unwrap_or(0))
    }

    fn object(&self, id: ObjectId) -> Result<Option<Rc<Thing>>, Unread> {
        let number = id.0.cast_signed();
        match self.state.objects.get(number) {
            Some(object) => self.thing(number, object),
            None => Ok(None),
        }
    }

    fn named(&self, id: &RemoteId) -> Result<Option<ObjectId>, Unread> {
        let number = self.state.identity().number(id);
        Ok(number.map(|number| ObjectId(number.cast_unsigned())))
    }

    fn at(&self, address: &Address) -> Result<Option<Rc<Thing>>, Unread> {
        let mut found = self.state.objects.at(address);
        match found.find(|(_, object)| object.project == self.project) {
            Some((number, object)) => self.thing(number, object),
            None => Ok(None),
        }
    }

    fn things(&self, kind: Kind, within: Option<&Address>) -> Result<Vec<Rc<Thing>>, Unread> {
        let mut things = Vec::new();
        for (address, number, object) in self.state.objects.of(kind) {
            let inside = |parent: &Address| {
                let rest = address.name().strip_prefix(parent.name());
                kind.parent() == Some(parent.kind())
                    && rest.is_some_and(|rest| rest.starts_with('/'))
            };
            if object.project == self.project && within.is_none_or(inside) {
                things.extend(self.thing(number, object)?);
            }
        }
        Ok(things)
    }

    fn changed(&self, after: u64, most: usize) -> Result<Vec<Moved>, Unread> {
        let before = usize::try_from(after).unwrap_or(usize::MAX);
        let later = self.state.moves.get(before..).unwrap_or_default();
        let later = (after.saturating_add(1)..).zip(later).take(most);
        Ok(later
            .map(|(change, (number, kind))| Moved {
                change,
                object: ObjectId(number.cast_unsigned()),
                kind: *kind,
                is_gone: self.state.objects.get(*number).is_none(),
                is_there: self
                    .state
                    .objects
                    .get(*number)
                    .is_some_and(|object| object.address.is_some()),
            })
            .collect())
    }

    fn seen(&self) -> Result<Option<Timestamp>, Unread> {
        Ok(self.state.seen)
    }

    fn restored(&self) -> Result<Option<Timestamp>, Unread> {
        Ok(self.state.restored)
    }
}

impl Ledger for Memory {
    fn look(&self, project: &str, see: See<'_>) -> Result<(), StoreError> {
        let view = View {
            state: &self.state,
            project,
        };
        see(&view).map_err(|unread| StoreError::unread(unread, "memory"))
    }

    fn decide(
        &mut self,
        sitting: &Sitting<'_>,
        decide: Decide<'_>,
    ) -> Result<Result<Decision, Box<Refusal>>, StoreError> {
        let view = View {
            state: &self.state,
            project: sitting.project,
        };
        let decision = match decide(&view) {
            Ok(decision) => decision,
            Err(Stop::Refused(refusal)) => return Ok(Err(refusal)),
            Err(Stop::Unread(unread)) => return Err(StoreError::unread(unread, "memory")),
        };
        let events = decision.events.iter();
        let targets = events
            .map(|event| target(event, &decision, &view))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|unread| StoreError::unread(unread, "memory"))?;
        let state = &mut self.state;
        state.note_time(sitting.now);
        for (event, target) in decision.events.iter().zip(targets) {
            let body = |record: &Option<Record>| {
                record
                    .as_ref()
                    .map(|record| Digest::of(record.body().as_bytes()))
            };
            state.log(&Act {
                action: event.activity.as_str(),
                actor: sitting.actor,
                address: Some(&event.subject.to_string()),
                after: body(&event.after),
                at: sitting.now,
                before: body(&event.before),
                reason: &event.reason,
                run: Some(sitting.id),
                target: target.as_deref(),
                via: sitting.via,
            })?;
        }
        for write in &decision.writes {
            state.records.write(write.id, write.after.as_ref());
        }
        Ok(Ok(decision))
    }
}
