//! What decisions say of themselves: every change has exactly one entry of the audit log.

use guestlist::audit::Entry;
use guestlist::governance::record::{Record, RecordKind};
use guestlist::governance::{Decision, Event};
use guestlist::model::Digest;
use jiff::Timestamp;
use serde::Deserialize;

use crate::witness::Noted;

/// Through which door the play acts, for the audit log; applies have one of their own.
const DOOR: &str = "library";

/// What an entry says, as far as it is judged.
#[derive(Deserialize)]
struct Said<'e> {
    action: &'e str,
    address: Option<&'e str>,
    after: Option<Digest>,
    at: Timestamp,
    before: Option<Digest>,
    via: &'e str,
}

/// Each event has one entry, in order, of the record as it was and as it is; and nothing else has any.
pub(crate) fn told_once(noted: &[Noted], entries: &[Entry]) {
    let said = entries.iter().map(|entry| {
        let said: Said<'_> = serde_json::from_str(&entry.text).unwrap();
        said
    });
    let mut said = said.filter(|said| said.via == DOOR);
    for Noted { now, decision } in noted {
        for event in &decision.events {
            let entry = said.next().expect("an event has no audit entry");
            assert_eq!(entry.action, event.activity.as_str());
            assert_eq!(
                entry.address,
                Some(&*event.subject.to_string()),
                "an entry is of another record"
            );
            assert_eq!(entry.at, *now, "an entry is of another time");
            let digest = |record: &Option<Record>| {
                let record = record.as_ref();
                record.map(|record| Digest::of(record.body().as_bytes()))
            };
            // Who holds what is judged to the letter; of all else whether it was there.
            if event.subject.kind == RecordKind::Hold {
                assert_eq!(entry.before, digest(&event.before));
                assert_eq!(entry.after, digest(&event.after));
            }
            assert_eq!(entry.before.is_some(), event.before.is_some());
            assert_eq!(entry.after.is_some(), event.after.is_some());
        }
    }
    assert!(said.next().is_none(), "an audit entry tells of no change");
}

/// What a decision changes of anybody's access, it says: of who holds what exactly once, of all else as it is in the end.
pub(crate) fn changes(decision: &Decision) {
    for write in &decision.writes {
        let mut said = decision.events.iter();
        let mut said = said.by_ref().filter(|event| event.subject == write.id);
        match (&write.before, &write.after) {
            (Some(Record::Hold(_)), _) | (_, Some(Record::Hold(_))) => {
                let once = said.next().expect("a role changed in silence");
                assert!(said.next().is_none(), "{} is said twice", write.id);
                assert!(once.before == write.before && once.after == write.after);
            }
            (before, Some(Record::Request(after))) => {
                let last = said.last();
                let last = last.and_then(|event| event.after.as_ref());
                let is_said =
                    matches!(last, Some(Record::Request(last)) if last.state == after.state);
                let same =
                    matches!(before, Some(Record::Request(before)) if before.state == after.state);
                assert!(is_said || same, "{} changed in silence", write.id);
            }
            (before, Some(Record::Person(after))) => {
                let account = |record: Option<&Record>| match record {
                    Some(Record::Person(person)) => person.account.clone(),
                    _ => None,
                };
                let last = said.last().map(|event: &Event| event.after.as_ref());
                assert!(
                    account(before.as_ref()) == after.account
                        || last.is_some_and(|last| account(last) == after.account),
                    "the account of {} changed in silence",
                    after.mail
                );
            }
            (before, Some(Record::Assignment(after))) => {
                let counted =
                    matches!(before, Some(Record::Assignment(before)) if before.state.counts());
                let ends = counted && !after.state.counts();
                assert!(
                    !ends || said.next().is_some(),
                    "{} ended in silence",
                    write.id
                );
            }
            _ => {}
        }
    }
}
