//! How often access is reviewed, counted from the day on which an invariant is decided.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::kinds::policy::{Frequency, Policy, Review};
use crate::model::text::When;

/// Returns when access is first reviewed, where that is later than one period from now.
pub(super) fn late(rules: &Policy, now: Timestamp) -> Option<When> {
    let review = rules.review.as_ref().filter(|review| review.enabled)?;
    let is_late = until_first(review, now) > longest_period(review.every);
    review.starts.filter(|_| is_late)
}

/// Returns how often access that lasts so long is reviewed, and in how many seconds for the first time; `None` where it is
/// not, or ends before reviews begin.
pub(super) fn reviewed(
    rules: &Policy,
    longest: Option<u64>,
    now: Timestamp,
) -> Option<(Frequency, u64)> {
    let review = rules.review.as_ref().filter(|review| review.enabled)?;
    let first = until_first(review, now);
    let is_late = first > longest_period(review.every);
    let misses = is_late && longest.is_some_and(|longest| longest <= first);
    (!misses).then_some((review.every, first))
}

/// Returns how many seconds it is until reviews begin.
fn until_first(review: &Review, now: Timestamp) -> u64 {
    let begin = review.starts.map(|when| when.start(&TimeZone::UTC));
    let left = begin.map_or(0, |begin| begin.duration_since(now).as_secs());
    u64::try_from(left).unwrap_or_default()
}

/// Returns the longest time from one review to the next, in seconds.
const fn longest_period(every: Frequency) -> u64 {
    every.longest_days() * 86_400
}
