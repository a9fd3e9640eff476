//! What whoever holds a package already has of the policy that it came through, on each side of a plan: how far they can move
//! its end, when it is taken from them, and when it is reviewed next.
//!
//! Entra's facts: an assignment keeps its end whatever becomes of its policy, and all else is asked of the policy as it is
//! then. So the end of somebody who holds since before is moved by an extension even where the policy gives everyone an end on
//! a day, or none at all; and whoever may not ask any more is still reviewed, and still loses it by the rule.

use jiff::{SignedDuration, Timestamp};

use super::offer::Offer;
use super::spelling::Spelling;
use super::terms::{End, Leaving, Looking, approvals, taken_away};
use crate::governance::review::Rounds;
use crate::governance::rule::{Rule, is_possible};
use crate::model::kinds::policy::{Frequency, Policy, Requestors};

/// What holders have of a policy on one side.
#[derive(Debug, Default)]
pub(super) struct Tenure {
    /// How those whom the policy covers move their end.
    extension: Option<Moved>,
    /// How those whom it covers have it once more after its end.
    anew: Option<Moved>,
    rule: Option<Taking>,
    review: Option<Reviewed>,
}

/// An end that somebody moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moved {
    approvals: usize,
    end: End,
}

/// A rule that takes from whom it does not match what it gave.
#[derive(Debug)]
struct Taking {
    text: String,
    rule: Option<Rule>,
    leaving: Leaving,
    /// Whether it gives, too: then rows of those who come to have it tell whom it matches.
    gives: bool,
}

/// How holders are reviewed.
#[derive(Debug)]
struct Reviewed {
    every: Frequency,
    /// When the next round opens, where that is known.
    next: Option<Timestamp>,
    looking: Looking,
}

/// Somebody who holds, as far as it matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    /// Whether the policy covers them, before and after.
    pub(super) covered: [bool; 2],
    /// Whether a rule gave it to them.
    pub(super) by_rule: bool,
    /// When access ends; `None` for never.
    pub(super) end: Option<Timestamp>,
    /// Whether it ends already because the rule no longer matches them.
    pub(super) leaves: bool,
}

/// What somebody who holds has otherwise than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// How far they can move the end.
    Extension,
    /// When it is taken from whom the rule no longer matches.
    Leaving,
    /// How often it is reviewed, and when next.
    Review,
    /// How that is done.
    Looking,
}

/// How much more somebody has than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// They lose a review, an approval or an end.
    Wider,
    /// They get one.
    Narrower,
    /// Neither.
    Other,
}

/// One thing that holders have otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Differs {
    pub(super) side: Side,
    pub(super) change: Change,
    /// What differs, in words.
    pub(super) words: String,
}

impl Tenure {
    /// Returns what holders have of a policy of a package whose next round opens then, its groups written as on the other
    /// side.
    pub(super) fn of(
        offer: &Offer<'_>,
        policy: &Policy,
        spelling: &Spelling,
        next: Option<Timestamp>,
    ) -> Self {
        let is_asked = offer.is_open_to(&policy.requestors) && covers(policy);
        let moved = |approvals: usize| Moved {
            approvals,
            end: End::of(policy),
        };
        let stages = policy.approval.stages.len();
        let asks = if policy.extension.approval { stages } else { 0 };
        let rule = match &policy.requestors {
            Requestors::Automatic(automatic) => Some(Taking {
                text: automatic.rule.to_string(),
                rule: Rule::parse(automatic.rule.as_str()).ok(),
                leaving: Leaving::of(automatic),
                gives: automatic.assign,
            }),
            _ => None,
        };
        let review = policy.review.as_ref().filter(|review| review.enabled);
        Self {
            extension: (is_asked && policy.extension.allowed).then(|| moved(asks)),
            anew: (is_asked && policy.requests.enabled).then(|| moved(stages)),
            rule,
            review: review.map(|review| Reviewed {
                every: review.every,
                next,
                looking: Looking::of(review, spelling),
            }),
        }
    }

    /// Returns when the next round of reviews opens; `None` where that is not known.
    pub(super) fn next_round(&self) -> Option<Timestamp> {
        self.review.as_ref().and_then(|review| review.next)
    }

    /// Returns true where whoever the policy covers can have what they have at some instant, once they have extended it.
    pub(super) fn lasts_until(&self, then: Timestamp) -> bool {
        self.extension.is_some_and(|moved| match moved.end {
            End::On(at) => at > then,
            End::After(_) | End::Never => true,
        })
    }

    /// Returns what differs for somebody who holds.
    pub(super) fn differs(&self, before: &Self, holder: &Holder, now: Timestamp) -> Vec<Differs> {
        let all = [
            self.extension(before, holder, now),
            self.leaving(before, holder),
            self.reviewed(before, now),
            self.looking(before),
        ];
        all.into_iter().flatten().collect()
    }

    fn extension(&self, before: &Self, holder: &Holder, now: Timestamp) -> Option<Differs> {
        let of = |side: &Self, at: usize| {
            let is_covered = holder.covered.get(at).copied().unwrap_or_default();
            let own = |way: Option<Moved>| way.filter(|_| is_covered);
            (own(side.extension), own(side.anew))
        };
        // What does not end is not extended.
        let end = holder.end?;
        let (old, new) = (of(before, 0), of(self, 1));
        let change = if reaches(new.0, old, end, now) {
            Change::Wider
        } else if reaches(old.0, new, end, now) {
            Change::Narrower
        } else {
            return None;
        };
        let words = match (new.0, old.0) {
            (Some(new), Some(old)) => {
                let old = old.words();
                let old = old.strip_prefix("extendable ").unwrap_or(&old);
                format!("{} instead of {old}", new.words())
            }
            (Some(new), None) => new.words(),
            (None, _) => "not extendable any more".to_owned(),
        };
        Some(Differs {
            side: Side::Extension,
            change,
            words,
        })
    }

    fn leaving(&self, before: &Self, holder: &Holder) -> Option<Differs> {
        let old = before.rule.as_ref().filter(|_| holder.by_rule)?;
        let told = |change: Change, words: String| {
            Some(Differs {
                side: Side::Leaving,
                change,
                words,
            })
        };
        let Some(new) = &self.rule else {
            let is_kept = old.leaving < Leaving::Stays && !holder.leaves;
            return match is_kept {
                true => told(Change::Wider, taken_away(Leaving::Stays, old.leaving)),
                false => None,
            };
        };
        if new.leaving > old.leaving {
            return told(Change::Wider, taken_away(new.leaving, old.leaving));
        }
        let is_taken = new.leaving < Leaving::Stays;
        if is_taken && !new.gives && new.matches_more_than(old) {
            let words = format!("kept by whoever matches `{}`", new.text);
            return told(Change::Wider, words);
        }
        match new.leaving < old.leaving {
            true => told(Change::Narrower, taken_away(new.leaving, old.leaving)),
            false => None,
        }
    }

    fn reviewed(&self, before: &Self, now: Timestamp) -> Option<Differs> {
        let (new, old) = (self.review.as_ref(), before.review.as_ref());
        let change = if is_later(new, old, now) {
            Change::Wider
        } else if is_later(old, new, now) {
            Change::Narrower
        } else {
            return None;
        };
        let mut words = Vec::new();
        match (new, old) {
            (None, _) => words.push("no review any more".to_owned()),
            (Some(new), None) => words.push(format!("reviewed {}", new.every.in_words())),
            (Some(new), Some(old)) => {
                if new.every != old.every {
                    let (new, old) = (new.every.in_words(), old.every.in_words());
                    words.push(format!("reviewed {new} instead of {old}"));
                }
                match (new.next, old.next) {
                    (Some(new), Some(old)) if new != old => {
                        let [new, old] = days(new, old);
                        words.push(format!("next reviewed {new} instead of {old}"));
                    }
                    (Some(new), None) => words.push(format!("next reviewed {}", day(new))),
                    _ => {}
                }
            }
        }
        Some(Differs {
            side: Side::Review,
            change,
            words: words.join(", "),
        })
    }

    fn looking(&self, before: &Self) -> Option<Differs> {
        let (new, old) = (self.review.as_ref()?, before.review.as_ref()?);
        let words = new.looking.by_others_than(&old.looking);
        (!words.is_empty()).then(|| Differs {
            side: Side::Looking,
            change: Change::Other,
            words: words.join(", "),
        })
    }
}

impl Moved {
    /// Returns true for a way that asks nobody more and leads as far.
    fn covers(&self, other: &Self, now: Timestamp) -> bool {
        self.approvals <= other.approvals && self.end.reaches(other.end, now)
    }

    /// Returns the extension in words: `extendable without approval for 30d`.
    fn words(&self) -> String {
        let by = match self.approvals {
            0 => "without approval".to_owned(),
            stages => format!("with {}", approvals(stages)),
        };
        let to = match self.end {
            End::Never => ", without an end".to_owned(),
            End::On(at) => format!(" until {at}"),
            End::After(length) => format!(" for {length}"),
        };
        format!("extendable {by}{to}")
    }
}

impl Taking {
    /// Returns true unless whoever matches this rule matches another one.
    fn matches_more_than(&self, other: &Self) -> bool {
        match (&self.rule, &other.rule) {
            (Some(own), Some(other)) => is_possible(&[(own, true), (other, false)]),
            _ => self.text != other.text,
        }
    }
}

impl Holder {
    /// Returns somebody of whom nothing is known but what the policies say on both sides, so that everything that may differ
    /// differs for them.
    pub(super) fn unknown(sides: [Option<&Policy>; 2], now: Timestamp) -> Self {
        let is_by_rule = |policy: &Policy| matches!(policy.requestors, Requestors::Automatic(_));
        Self {
            covered: sides.map(|side| side.is_some_and(covers)),
            by_rule: sides[0].is_some_and(is_by_rule),
            end: Some(now),
            leaves: false,
        }
    }

    /// Returns the same of whom the policy covers on these sides, as far as it covers somebody there.
    pub(super) const fn among(self, [was, is]: [bool; 2]) -> Self {
        let [old, new] = self.covered;
        Self {
            covered: [old && was, new && is],
            ..self
        }
    }
}

/// Returns true where an extension leads somebody further than what they could do otherwise: to extend, or to ask anew. Whoever
/// extends without approval goes on and on, as nobody who asks anew does.
fn reaches(
    new: Option<Moved>,
    (extension, anew): (Option<Moved>, Option<Moved>),
    end: Timestamp,
    now: Timestamp,
) -> bool {
    let Some(new) = new else {
        return false;
    };
    let leads = match new.end {
        End::On(at) => at > end && at > now,
        End::After(_) | End::Never => true,
    };
    let goes_on = new.approvals == 0 && matches!(new.end, End::After(_));
    let is_covered = |old: Option<Moved>| old.is_some_and(|old| old.covers(&new, now));
    leads && !is_covered(extension) && (goes_on || !is_covered(anew))
}

/// Returns true where somebody is reviewed less than otherwise: never, more rarely, or later for the next time.
fn is_later(new: Option<&Reviewed>, old: Option<&Reviewed>, now: Timestamp) -> bool {
    let (new, old) = match (new, old) {
        (_, None) => return false,
        (None, Some(_)) => return true,
        (Some(new), Some(old)) => (new, old),
    };
    let next = match (new.next, old.next) {
        (Some(new), Some(old)) => new > old,
        // Rounds that go on open within one period.
        (Some(new), None) => {
            let days = old.every.longest_days().cast_signed();
            let period = SignedDuration::from_hours(24 * days);
            new > now.checked_add(period).unwrap_or(Timestamp::MAX)
        }
        (None, _) => false,
    };
    next || new.every.shortest_days() > old.every.shortest_days()
}

/// Returns two instants as days where these tell them apart.
fn days(one: Timestamp, other: Timestamp) -> [String; 2] {
    let days = [day(one), day(other)];
    match days[0] == days[1] {
        true => [one, other].map(|it| format!("{it:.0}")),
        false => days,
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// Returns true for a policy that people may be covered by, so that they extend what they hold.
pub(super) const fn covers(policy: &Policy) -> bool {
    match policy.requestors {
        Requestors::Members
        | Requestors::MembersAndGuests
        | Requestors::ConfiguredOrganizations
        | Requestors::AnyExternal
        | Requestors::Organizations(_)
        | Requestors::People(_) => true,
        Requestors::Nobody
        | Requestors::AllServicePrincipals
        | Requestors::AllAgentIdentities
        | Requestors::ServicePrincipals(_)
        | Requestors::Automatic(_) => false,
    }
}

/// Returns when the next round of a policy opens, before and after; `known` are the rounds that a store has of it. Without them
/// the policies alone tell: nothing of rounds that have no start.
pub(super) fn next_rounds(
    [old, new]: [Option<&Policy>; 2],
    known: Option<Rounds>,
    now: Timestamp,
    zone: &jiff::tz::TimeZone,
) -> [Option<Timestamp>; 2] {
    let review = |side: Option<&Policy>| {
        let review = side.and_then(|policy| policy.review.clone());
        review.filter(|review| review.enabled)
    };
    let (old, new) = (review(old), review(new));
    let told = || old.as_ref().and_then(|old| Rounds::told(old, now, zone));
    let before = known.filter(|_| old.is_some()).or_else(told);
    let soon = now
        .checked_add(SignedDuration::from_secs(1))
        .unwrap_or(Timestamp::MAX);
    let after = new.and_then(|new| match (&old, before) {
        // They go on when they will, which nobody knows here.
        (Some(old), None) if old.every == new.every && new.starts.is_none() => None,
        (Some(_), before) => Rounds::armed(before, &new, [now, soon], zone).next,
        (None, _) => Rounds::armed(known, &new, [now, soon], zone).next,
    });
    [before.and_then(|before| before.next), after]
}
