//! What a tick did, in numbers: told from the events of its decisions and from the mails they sent.

use std::collections::BTreeMap;

use crate::governance::record::{Record, Request, RequestState, ReviewState, Why};
use crate::governance::{Activity, Decision, Effect, Event, Template};

/// How often each thing was done, by its word.
pub(super) type Done = BTreeMap<&'static str, u64>;

/// Counts what a decision did.
pub(super) fn count(done: &mut Done, decision: &Decision) {
    let events = decision.events.iter().filter_map(word);
    let mails = decision
        .writes
        .iter()
        .filter_map(|write| match (&write.before, &write.after) {
            (None, Some(Record::Delivery(delivery))) => mail(&delivery.effect),
            _ => None,
        });
    for word in events.chain(mails) {
        *done.entry(word).or_default() += 1;
    }
}

/// Returns the word of an event; `None` for one that only accompanies another.
fn word(event: &Event) -> Option<&'static str> {
    Some(match (event.activity, &event.after) {
        (Activity::RemoveAssignment, Some(Record::Assignment(assignment))) => {
            match assignment.ended.as_ref().map(|ended| ended.why) {
                Some(Why::Expired) => "expired",
                Some(Why::Review) => "removedByReview",
                Some(Why::Rule) => "removedByRule",
                Some(Why::PersonGone | Why::PackageGone | Why::PolicyGone) => {
                    "removedWithWhatIsGone"
                }
                Some(Why::Offboarded) => "offboarded",
                Some(Why::GivenBack | Why::Administrator | Why::Approver) | None => "removed",
            }
        }
        (Activity::TimedOut, _) => "timedOut",
        (Activity::AddApprover, _) => "escalated",
        (Activity::Ready, _) => "started",
        (Activity::SystemAssigns, _) => "assignedByRule",
        (Activity::FailedRequest, _) => "failed",
        (Activity::Cancel, Some(Record::Request(Request { state, .. })))
            if *state == RequestState::Canceled =>
        {
            "canceled"
        }
        (Activity::DisableUser, _) => "blocked",
        (Activity::EnableUser, _) => "unblocked",
        (Activity::DeleteUser, _) => "deleted",
        (Activity::PurgeUser, _) => "purged",
        (Activity::CreateReview, _) => "reviewsOpened",
        (Activity::UpdateReview, Some(Record::Review(review)))
            if review.state == ReviewState::Applying =>
        {
            "reviewsClosed"
        }
        (Activity::CompleteReview, _) => "reviewsCompleted",
        (Activity::ApplyReview, _) => "decisionsApplied",
        _ => return None,
    })
}

/// Returns the word of a reminder.
fn mail(effect: &Effect) -> Option<&'static str> {
    let Effect::Mail(mail) = effect else {
        return None;
    };
    match mail.template {
        Template::AccessEnding
        | Template::DecideReminder
        | Template::DecideBeforeEscalationReminder
        | Template::ReviewReminder => Some("reminded"),
        _ => None,
    }
}
