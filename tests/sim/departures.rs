//! Who is deleted: only governed guests who had no assignment during the whole wait, and a wait of the day of the loss.

use std::collections::BTreeMap;

use guestlist::governance::record::{Governed, Person, PersonId, Record, Wait};
use guestlist::governance::{Activity, Decision, Desk};
use guestlist::model::kinds::{AfterLastAssignment, Waiting};
use guestlist::model::{Kind, Object};
use jiff::{SignedDuration, Timestamp};

use crate::shadow::Shadow;

/// The words of a deletion that follows from a wait.
const WAITED: &str = "the wait after the last assignment is over";

/// When people last had a package.
#[derive(Default)]
pub(crate) struct Departures {
    had: BTreeMap<PersonId, Timestamp>,
}

impl Departures {
    /// Judges a decision that the shadow has taken already.
    pub(crate) fn judge(
        &mut self,
        now: Timestamp,
        decision: &Decision,
        shadow: &Shadow,
        desk: &Desk<'_>,
    ) {
        for write in &decision.writes {
            match (&write.before, &write.after) {
                (_, Some(Record::Assignment(assignment))) => {
                    let before = match &write.before {
                        Some(Record::Assignment(before)) => before.state.counts(),
                        _ => false,
                    };
                    if before || assignment.state.counts() {
                        self.had.insert(assignment.person, now);
                    }
                }
                (before, Some(Record::Person(after))) => {
                    let before = match before {
                        Some(Record::Person(before)) => before.wait.as_ref(),
                        _ => None,
                    };
                    if let Some(wait) = &after.wait
                        && before.is_none_or(|before| before.epoch != wait.epoch)
                    {
                        begins(wait, after, shadow, desk);
                    }
                }
                _ => {}
            }
        }
        for event in &decision.events {
            if event.activity == Activity::DeleteUser
                && event.reason == WAITED
                && let Some(Record::Person(person)) = &event.before
            {
                self.deleted(now, person, shadow);
            }
        }
    }

    fn deleted(&self, now: Timestamp, person: &Person, shadow: &Shadow) {
        let mail = &person.mail;
        let wait = person.wait.as_ref();
        let wait = wait.unwrap_or_else(|| panic!("{mail} was deleted without a wait"));
        assert!(
            wait.delete_at.is_some_and(|at| at <= now),
            "{mail} was deleted before the wait was over"
        );
        assert!(
            wait.ordered || person.governed == Governed::Governed,
            "{mail} was deleted and is not governed"
        );
        assert!(
            !shadow.has_any(person.id()),
            "{mail} was deleted and has a package"
        );
        assert!(
            self.had
                .get(&person.id())
                .is_none_or(|had| *had <= wait.since),
            "{mail} was deleted and had a package since the wait began"
        );
    }
}

/// A wait has the settings of the day on which it begins.
fn begins(wait: &Wait, person: &Person, shadow: &Shadow, desk: &Desk<'_>) {
    let mail = &person.mail;
    assert!(
        !shadow.has_any(person.id()),
        "{mail} waits and has a package"
    );
    if wait.ordered || person.living().is_none() {
        // An administrator's order: the account goes at once, governed or not.
        return;
    }
    assert_eq!(
        person.governed,
        Governed::Governed,
        "{mail} waits and is not governed"
    );
    let thing = desk.setting(Kind::ExternalUsers).unwrap();
    let settings = match thing.as_ref().map(|thing| &thing.object) {
        Some(Object::ExternalUsers(settings)) => Some(settings),
        _ => None,
    };
    let action = settings.and_then(|settings| settings.after_last_assignment.as_ref());
    let after = match settings.and_then(|settings| settings.delete_after.as_ref()) {
        Some(Waiting::For(wait)) => wait.as_seconds().cast_signed(),
        Some(Waiting::Immediately) => 0,
        None => 30 * 24 * 60 * 60,
    };
    let deletes = matches!(action, None | Some(AfterLastAssignment::BlockAndDelete));
    let expected = deletes.then(|| wait.since + SignedDuration::from_secs(after));
    assert_eq!(
        wait.delete_at, expected,
        "{mail} waits by other settings than those of the day"
    );
}
