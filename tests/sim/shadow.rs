//! Every record as the decisions have left it, kept beside the store: what a step is judged by without reading it all again.

use std::collections::BTreeMap;

use guestlist::governance::record::{
    Assignment, Delivery, Entity, Hold, Invitation, Passcode, Person, PersonId, Record, Request,
    ReviewItem,
};
use guestlist::governance::{Desk, Write};

/// Every record, by its number.
#[derive(Default)]
pub(crate) struct Shadow {
    pub(crate) people: BTreeMap<u64, Person>,
    pub(crate) holds: BTreeMap<u64, Hold>,
    pub(crate) requests: BTreeMap<u64, Request>,
    pub(crate) assignments: BTreeMap<u64, Assignment>,
    pub(crate) invitations: BTreeMap<u64, Invitation>,
    pub(crate) passcodes: BTreeMap<u64, Passcode>,
    pub(crate) items: BTreeMap<u64, ReviewItem>,
    pub(crate) deliveries: BTreeMap<u64, Delivery>,
}

impl Shadow {
    /// Takes one record as a decision has left it.
    pub(crate) fn take(&mut self, write: &Write) {
        match write.after.as_ref().or(write.before.as_ref()) {
            Some(Record::Person(_)) => take(&mut self.people, write),
            Some(Record::Hold(_)) => take(&mut self.holds, write),
            Some(Record::Request(_)) => take(&mut self.requests, write),
            Some(Record::Assignment(_)) => take(&mut self.assignments, write),
            Some(Record::Invitation(_)) => take(&mut self.invitations, write),
            Some(Record::Passcode(_)) => take(&mut self.passcodes, write),
            Some(Record::ReviewItem(_)) => take(&mut self.items, write),
            Some(Record::Delivery(_)) => take(&mut self.deliveries, write),
            _ => {}
        }
    }

    /// Follows a rename: what waits for a group goes on waiting for it.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let [from, to] = [from, to].map(|name| format!("\"group:{name}\""));
        for request in self.requests.values_mut().filter(|it| it.state.is_open()) {
            let body = Record::from(request.clone()).body().replace(&from, &to);
            *request = serde_json::from_str(&body).unwrap();
        }
    }

    /// Returns true while somebody has a package, or is about to.
    pub(crate) fn has_any(&self, person: PersonId) -> bool {
        let mut all = self.assignments.values();
        all.any(|assignment| assignment.person == person && assignment.state.counts())
    }

    /// The store holds the same.
    pub(crate) fn is_whole(&self, desk: &Desk<'_>) {
        same(&self.people, desk);
        same(&self.holds, desk);
        same(&self.requests, desk);
        same(&self.assignments, desk);
        same(&self.invitations, desk);
        same(&self.passcodes, desk);
        same(&self.items, desk);
        same(&self.deliveries, desk);
    }
}

fn take<E: Entity>(known: &mut BTreeMap<u64, E>, write: &Write) {
    let before = match write.after.clone().and_then(E::from_record) {
        Some(after) => known.insert(write.id.number, after),
        None => known.remove(&write.id.number),
    };
    assert_eq!(
        before.is_some(),
        write.before.is_some(),
        "{} was made or removed unseen",
        write.id
    );
}

fn same<E: Entity>(known: &BTreeMap<u64, E>, desk: &Desk<'_>) {
    let numbers = desk.world().numbers(E::KIND, 0, usize::MAX).unwrap();
    assert!(
        numbers.iter().eq(known.keys()),
        "the store has other records of {:?} than were decided",
        E::KIND
    );
    for (number, record) in known {
        let kept = desk.need::<E>(*number).unwrap();
        assert!(kept == *record, "{:?} {number} changed unseen", E::KIND);
    }
}
