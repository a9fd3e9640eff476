//! Everything that must hold after every decision, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::audit::{Chain, Entry, verify};
use guestlist::governance::record::{
    Asked, Assignment, Entity, GrantState, Hold, Key, Mark, Passcode, Person, PersonId, Record,
    RecordKind, Request, RequestKind, RequestState, Review, ReviewItem, Source,
};
use guestlist::governance::rule::{Rule, matches};
use guestlist::governance::{Decision, Desk, Effect};
use guestlist::model::kinds::policy::Requestors;
use guestlist::model::text::Principal;
use guestlist::model::{Address, Kind, Name};
use jiff::{SignedDuration, Timestamp};

use crate::departures::Departures;
use crate::outside::Outside;
use crate::shadow::Shadow;
use crate::witness::Noted;
use crate::{border, said};

/// What has to be remembered from step to step.
pub(crate) struct Watch {
    chain: Chain,
    pub(crate) shadow: Shadow,
    departures: Departures,
}

impl Watch {
    pub(crate) fn new(lineage: &str) -> Self {
        Self {
            chain: Chain::new(lineage),
            shadow: Shadow::default(),
            departures: Departures::default(),
        }
    }

    /// The number of the next entry of the audit log.
    pub(crate) fn next(&self) -> u64 {
        self.chain.size() + 1
    }

    /// Judges what was kept since the last time, one decision after the other.
    pub(crate) fn judge(&mut self, noted: &[Noted], entries: &[Entry], desk: &Desk<'_>) {
        self.chain = verify(self.chain, entries).expect("the audit chain verifies");
        said::told_once(noted, entries);
        for Noted { now, decision } in noted {
            said::changes(decision);
            border::invited(decision, desk);
            for write in &decision.writes {
                match &write.after {
                    Some(Record::Request(request)) => {
                        approvals(request);
                        if write.before.is_none() {
                            terms(request, desk);
                        }
                    }
                    Some(Record::Passcode(passcode)) => passcodes(passcode),
                    Some(Record::ReviewItem(item)) => verdict(item),
                    Some(Record::Person(person)) => one_account(person, &self.shadow),
                    _ => {}
                }
                self.shadow.take(write);
            }
            let of = |kind| decision.writes.iter().any(|write| write.id.kind == kind);
            if of(RecordKind::Assignment) {
                for write in &decision.writes {
                    if let Some(Record::Assignment(assignment)) = &write.after {
                        approved(assignment, &self.shadow.requests);
                    }
                }
                one_each(self.shadow.assignments.values());
            }
            if of(RecordKind::Hold) || of(RecordKind::Assignment) || of(RecordKind::Delivery) {
                access(&self.shadow);
            }
            self.departures.judge(*now, decision, &self.shadow, desk);
        }
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

    /// After a tick that nothing disturbed nothing is left that time has made due, and nobody has what a rule denies them.
    pub(crate) fn nothing_is_overdue(&self, now: Timestamp, desk: &Desk<'_>) {
        for assignment in self.shadow.assignments.values() {
            if !assignment.state.counts() {
                continue;
            }
            assert!(
                assignment.end.is_none_or(|end| end > now),
                "assignment {} should have ended",
                assignment.number
            );
            if assignment.automatic && assignment.grace_until.is_none() {
                self.by_rule(assignment, desk);
            }
        }
        for request in self.shadow.requests.values() {
            assert!(
                request.due().is_none_or(|due| due > now),
                "request {} waits for something that was due",
                request.number
            );
            if request.state.is_open() {
                groups_are_there(request, desk);
            }
        }
        for round in desk.find::<Review>(Mark::ReviewOpen, &Key::new()).unwrap() {
            groups_are_there(&round, desk);
        }
        for person in self.shadow.people.values() {
            assert!(
                person.due().is_none_or(|due| due > now),
                "{} waits for something that was due",
                person.mail
            );
        }
    }

    /// Whoever has a package by a rule matches the rule as it is now.
    fn by_rule(&self, assignment: &Assignment, desk: &Desk<'_>) {
        let policy = desk.object(assignment.policy).unwrap();
        let policy = policy.expect("an automatic assignment has its policy");
        let Some(Requestors::Automatic(automatic)) =
            policy.policy().map(|policy| &policy.requestors)
        else {
            // The policy was automatic once; what it gave is an assignment like any other.
            return;
        };
        let person = &self.shadow.people[&assignment.person.0];
        let deleted = person.account.is_some() && person.living().is_none();
        let rule = Rule::parse(automatic.rule.as_str()).unwrap();
        assert!(
            !automatic.remove || deleted || matches(&rule, person),
            "{} keeps assignment {} and does not match its rule",
            person.mail,
            assignment.number
        );
    }

    /// Once everything is done nobody holds a role of an assignment that has ended.
    pub(crate) fn nothing_is_left(&self) {
        let granted = granted(&self.shadow);
        for hold in through_packages(&self.shadow.holds) {
            assert!(
                granted.contains(&key(hold)),
                "{:?} still holds {} at {}",
                hold.person,
                hold.role,
                hold.place.name
            );
        }
    }
}

/// What waits for a group waits for one that the tree declares, whatever it is called by now.
fn groups_are_there<E: Entity>(record: &E, desk: &Desk<'_>) {
    record.clone().principals(&mut |principal| {
        if let Principal::Group(name) = principal {
            let resource = Address::new(Kind::Resource, &Name::parse(name.as_str()).unwrap());
            let there = desk.at(&resource).unwrap();
            assert!(there.is_some(), "{record:?} waits for {resource}");
        }
    });
}

/// Nobody decides for themselves or for whom they asked, nobody decides two stages, and nothing is delivered before every
/// stage was approved.
fn approvals(request: &Request) {
    let mut deciders = BTreeSet::new();
    for stage in &request.stages {
        let Some(opinion) = &stage.opinion else {
            continue;
        };
        assert!(
            opinion.by != request.person && request.by != Some(Asked::Person(opinion.by)),
            "request {} was decided by its own person, or by who asked",
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
            let opinion = stage.opinion.as_ref();
            opinion.is_some_and(|opinion| opinion.approved)
        });
        assert_eq!(
            yes.count(),
            needs,
            "request {} is delivered before every stage was approved",
            request.number
        );
    }
}

/// Whoever asks is approved by as many stages as the policy has.
fn terms(request: &Request, desk: &Desk<'_>) {
    if request.kind != RequestKind::UserAdd {
        return;
    }
    let policy = desk.object(request.policy).unwrap();
    let policy = policy.expect("a new request has its policy");
    let policy = policy.policy().expect("the policy of a request is one");
    assert_eq!(
        request.terms.stages.len(),
        policy.approval.stages.len(),
        "request {} goes by other stages than its policy",
        request.number
    );
}

/// An assignment stands on a request that is delivered, or being delivered.
fn approved(assignment: &Assignment, requests: &BTreeMap<u64, Request>) {
    let request = requests.get(&assignment.request);
    let request = request.expect("an assignment has its request");
    assert_eq!(request.person, assignment.person);
    let undecided = matches!(
        request.state,
        RequestState::Denied
            | RequestState::Canceled
            | RequestState::PendingApproval
            | RequestState::Submitted
    );
    assert!(
        !(assignment.state.counts() && undecided),
        "assignment {} counts while its request is {:?}",
        assignment.number,
        request.state
    );
}

/// Nobody has a package twice.
fn one_each<'a>(assignments: impl Iterator<Item = &'a Assignment>) {
    let mut seen = BTreeSet::new();
    for assignment in assignments.filter(|assignment| assignment.state.counts()) {
        let new = seen.insert((assignment.person, assignment.package));
        assert!(new, "{:?} has a package twice", assignment.person);
    }
}

/// Who, where, and which role.
type Role<'r> = (PersonId, &'r str, &'r str);

fn key(hold: &Hold) -> Role<'_> {
    (hold.person, &hold.place.name, &hold.role)
}

fn through_packages(holds: &BTreeMap<u64, Hold>) -> impl Iterator<Item = &Hold> {
    let holds = holds.values();
    holds.filter(|hold| hold.source == Source::Package)
}

/// Returns the roles that assignments give.
fn granted(shadow: &Shadow) -> BTreeSet<Role<'_>> {
    let mut granted = BTreeSet::new();
    for assignment in shadow.assignments.values() {
        if !assignment.state.counts() {
            continue;
        }
        for role in &assignment.roles {
            if matches!(role.state, GrantState::Held | GrantState::Pending) {
                granted.insert((assignment.person, &*role.place.name, &*role.role));
            }
        }
    }
    granted
}

/// No role is held through a package without an assignment that grants it, or a row of the outbox that takes it away.
fn access(shadow: &Shadow) {
    let mut granted = granted(shadow);
    for delivery in shadow.deliveries.values() {
        if let Effect::Revoke(role) = &delivery.effect
            && delivery.state.is_open()
        {
            granted.insert((role.person, &role.place.name, &role.role));
        }
    }
    for hold in through_packages(&shadow.holds) {
        assert!(
            granted.contains(&key(hold)),
            "{:?} holds {} at {} without an assignment",
            hold.person,
            hold.role,
            hold.place.name
        );
    }
}

/// A passcode works once, for half an hour, and for few attempts.
fn passcodes(passcode: &Passcode) {
    let Passcode { number, sent, .. } = passcode;
    assert!(
        passcode.until <= *sent + SignedDuration::from_mins(30),
        "passcode {number} works for longer than half an hour"
    );
    assert!(
        passcode.attempts <= 5,
        "passcode {number} was tried too often"
    );
    let late = passcode.used.is_some_and(|used| used >= passcode.until);
    assert!(!late, "passcode {number} was used late");
}

/// Who decides in a review was asked.
fn verdict(item: &ReviewItem) {
    let by = item.verdict.as_ref().and_then(|verdict| verdict.by);
    assert!(
        by.is_none_or(|by| item.reviewers.contains(&by)),
        "item {} was reviewed by somebody who was not asked",
        item.number
    );
}

/// An address belongs to one person alone.
fn one_account(person: &Person, shadow: &Shadow) {
    let mut others = shadow.people.values();
    let other = others.find(|other| other.number != person.number && other.mail == person.mail);
    assert!(other.is_none(), "{} is known twice", person.mail);
}

/// A repeated command changes nothing.
pub(crate) fn is_quiet(noted: &[Noted], what: &str) {
    for noted in noted {
        changes_nothing(&noted.decision, what);
    }
}

/// A decision changes nothing but what the engine knows of its clock, which it looks at each time.
pub(crate) fn changes_nothing(decision: &Decision, what: &str) {
    let writes = decision.writes.iter().map(|write| write.id);
    let changed: Vec<_> = writes.filter(|id| id.kind != RecordKind::Watch).collect();
    assert!(changed.is_empty(), "{what} changed {changed:?}");
}
