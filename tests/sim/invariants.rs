//! Everything that must hold after every step, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::audit::{Chain, Entry, verify};
use guestlist::governance::record::{
    Assignment, AssignmentState, Delivery, Entity, Governed, GrantState, Hold, Key, Mark, Person,
    PersonId, Place, Record, RecordKind, Request, RequestState, Source,
};
use guestlist::governance::{Activity, Decision, Desk, Effect};
use guestlist::model::{Kind, Object};
use jiff::Timestamp;

use crate::outside::Outside;

/// What has to be remembered from step to step.
pub(crate) struct Watch {
    chain: Chain,
    /// Entries that decisions of ours must have led to.
    expected: u64,
    seen: u64,
}

impl Watch {
    pub(crate) fn new(lineage: &str) -> Self {
        Self {
            chain: Chain::new(lineage),
            expected: 0,
            seen: 0,
        }
    }

    /// The number of the next entry of the audit log.
    pub(crate) fn next(&self) -> u64 {
        self.chain.size() + 1
    }

    /// The chain goes on without gap or change, and says nothing unlawful.
    pub(crate) fn entries(&mut self, entries: &[Entry], desk: &Desk<'_>) {
        for entry in entries {
            lawful(entry, desk);
        }
        self.chain = verify(self.chain, entries).expect("the audit chain verifies");
        self.seen += entries.len() as u64;
        assert!(self.seen >= self.expected, "an event has no audit entry");
    }

    /// What a decision changes of anybody's access, it says exactly once.
    pub(crate) fn decided(&mut self, decision: &Decision) {
        self.expected += decision.events.len() as u64;
        for write in &decision.writes {
            let said = decision.events.iter();
            let said = said.filter(|event| event.subject == write.id).count();
            match write.id.kind {
                RecordKind::Hold => assert_eq!(said, 1, "{:?} is said {said} times", write.id),
                RecordKind::Request => {
                    assert!(said >= 1, "{:?} changed in silence", write.id);
                }
                RecordKind::Person => {
                    let account = |record: &Option<Record>| match record {
                        Some(Record::Person(person)) => person.account.clone(),
                        _ => None,
                    };
                    let same = account(&write.before) == account(&write.after);
                    assert!(
                        same || said >= 1,
                        "the account of {:?} changed in silence",
                        write.id
                    );
                }
                RecordKind::Assignment => {
                    let state = |record: &Option<Record>| match record {
                        Some(Record::Assignment(assignment)) => Some(assignment.state),
                        _ => None,
                    };
                    let ends = state(&write.after) == Some(AssignmentState::Expired)
                        && state(&write.before) != Some(AssignmentState::Expired);
                    assert!(!ends || said >= 1, "{:?} ended in silence", write.id);
                }
                _ => {}
            }
        }
    }

    /// Everything that the records must say together.
    pub(crate) fn check(&self, desk: &Desk<'_>, _: Timestamp) {
        let requests = all::<Request>(desk);
        let assignments = all::<Assignment>(desk);
        let holds = all::<Hold>(desk);
        let deliveries = all::<Delivery>(desk);
        for request in requests.values() {
            approvals(request);
        }
        for assignment in assignments.values() {
            approved(assignment, &requests);
        }
        one_each(assignments.values());
        access(&holds, &assignments, deliveries.values());
    }

    /// No mail went out twice, unless nobody could know that it had.
    pub(crate) fn mails(&self, outside: &Outside) {
        for (key, times) in &outside.sent {
            let unsure = outside.unsure.get(key).copied().unwrap_or(0);
            assert!(
                *times <= 1 + unsure,
                "the mail {key} went out {times} times"
            );
        }
    }
}

/// Returns every record of a kind.
fn all<E: Entity>(desk: &Desk<'_>) -> BTreeMap<u64, E> {
    let numbers = desk.world().numbers(E::KIND, 0, usize::MAX).unwrap();
    let records = numbers
        .into_iter()
        .map(|number| (number, desk.need::<E>(number).unwrap()));
    records.collect()
}

/// Nobody decides for themselves or for whom they asked, nobody decides two stages, and nothing is delivered before every
/// stage was approved.
fn approvals(request: &Request) {
    let mut deciders = BTreeSet::new();
    for stage in &request.stages {
        let Some(opinion) = &stage.opinion else {
            continue;
        };
        assert_ne!(
            opinion.by, request.person,
            "request {} was decided by its own person",
            request.number
        );
        assert!(
            deciders.insert(opinion.by),
            "request {} was decided twice by one person",
            request.number
        );
        assert!(
            stage.approvers.contains(&opinion.by) || stage.alternates.contains(&opinion.by),
            "request {} was decided by somebody who was not asked",
            request.number
        );
        assert!(
            opinion.at < stage.decide_by,
            "request {} was decided late",
            request.number
        );
    }
    let delivers = matches!(
        request.state,
        RequestState::Scheduled
            | RequestState::Delivering
            | RequestState::Delivered
            | RequestState::PartiallyDelivered
            | RequestState::DeliveryFailed
    );
    let needs = request.terms.stages.len();
    if delivers && needs > 0 {
        let yes = request.stages.iter().filter(|stage| {
            stage
                .opinion
                .as_ref()
                .is_some_and(|opinion| opinion.approved)
        });
        assert_eq!(
            yes.count(),
            needs,
            "request {} is delivered before every stage was approved",
            request.number
        );
    }
}

/// An assignment stands on a request that is delivered, or being delivered.
fn approved(assignment: &Assignment, requests: &BTreeMap<u64, Request>) {
    let request = requests
        .get(&assignment.request)
        .expect("an assignment has its request");
    assert_eq!(request.person, assignment.person);
    if assignment.state.counts() {
        assert!(
            !matches!(
                request.state,
                RequestState::Denied
                    | RequestState::Canceled
                    | RequestState::PendingApproval
                    | RequestState::Submitted
            ),
            "assignment {} counts while its request is {:?}",
            assignment.number,
            request.state
        );
    }
}

/// Nobody has a package twice.
fn one_each<'a>(assignments: impl Iterator<Item = &'a Assignment>) {
    let mut seen = BTreeSet::new();
    for assignment in assignments.filter(|assignment| assignment.state.counts()) {
        let new = seen.insert((assignment.person, assignment.package));
        assert!(new, "{:?} has a package twice", assignment.person);
    }
}

/// No role is held through a package without an assignment that grants it, or a row of the outbox that takes it away.
fn access<'a>(
    holds: &BTreeMap<u64, Hold>,
    assignments: &BTreeMap<u64, Assignment>,
    deliveries: impl Iterator<Item = &'a Delivery>,
) {
    let mut granted: BTreeSet<(PersonId, Place, String)> = BTreeSet::new();
    for assignment in assignments.values() {
        for role in &assignment.roles {
            let held = matches!(role.state, GrantState::Held | GrantState::Pending);
            if held && assignment.state.counts() {
                granted.insert((assignment.person, role.place.clone(), role.role.clone()));
            }
        }
    }
    for delivery in deliveries {
        if let Effect::Revoke(role) = &delivery.effect
            && delivery.state.is_open()
        {
            granted.insert((role.person, role.place.clone(), role.role.clone()));
        }
    }
    for hold in holds.values().filter(|hold| hold.source == Source::Package) {
        let key = (hold.person, hold.place.clone(), hold.role.clone());
        assert!(
            granted.contains(&key),
            "{:?} holds {} at {} without an assignment",
            hold.person,
            hold.role,
            hold.place.name
        );
    }
}

/// What an entry of the audit log says, as far as it is judged.
#[derive(serde::Deserialize)]
struct Said {
    action: String,
    address: Option<String>,
    reason: String,
}

impl Said {
    /// The person that it is about.
    fn person(&self, desk: &Desk<'_>) -> Option<Person> {
        let number = self.address.as_deref()?.strip_prefix("person/")?;
        desk.get(number.parse().ok()?).unwrap()
    }
}

/// What an entry says may be said: the engine deletes only governed people without any assignment, and nobody of a refused
/// domain is invited.
fn lawful(entry: &Entry, desk: &Desk<'_>) {
    let said: Said = serde_json::from_str(&entry.text).unwrap();
    if said.action == Activity::DeleteUser.as_str() && said.reason.contains("last assignment") {
        let person = said.person(desk).expect("who was deleted is known");
        let key = Key::new().person(person.id());
        let has = desk
            .first::<Assignment>(Mark::AssignmentPerson, &key)
            .unwrap();
        assert!(
            has.is_none(),
            "{} was deleted and has a package",
            person.mail
        );
        assert_eq!(
            person.governed,
            Governed::Governed,
            "{} was deleted and is not governed",
            person.mail
        );
    }
    if said.action == Activity::Invite.as_str() {
        let person = said.person(desk).expect("who was invited is known");
        let setting = desk.setting(Kind::Domains).unwrap();
        if let Some(Object::Domains(domains)) = setting.as_ref().map(|thing| &thing.object) {
            let refused = domains.block.iter().flatten();
            let refused = refused.filter(|rule| rule.domain.as_str() == person.mail.domain());
            assert_eq!(
                refused.count(),
                0,
                "{} was invited and is refused",
                person.mail
            );
        }
    }
}

/// After a tick that nothing disturbed, no access lasts beyond its end.
pub(crate) fn nothing_is_overdue(desk: &Desk<'_>, now: Timestamp) {
    for assignment in all::<Assignment>(desk).values() {
        let over = assignment.end.is_some_and(|end| end <= now);
        assert!(
            !(over && assignment.state.counts()),
            "assignment {} should have ended",
            assignment.number
        );
    }
    for request in all::<Request>(desk).values() {
        assert!(
            request.due().is_none_or(|due| due > now),
            "request {} waits for something that was due",
            request.number
        );
    }
    for person in all::<Person>(desk).values() {
        let deleted = person.living().is_none();
        let waits = person
            .wait
            .as_ref()
            .is_some_and(|wait| wait.delete_at.is_some());
        assert!(
            !(deleted && waits),
            "{} waits to be deleted and is gone",
            person.mail
        );
    }
}
