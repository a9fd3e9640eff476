//! The terms of a policy as they matter to whoever has a package through it, and which terms are wider than others.
//!
//! Terms are wider when fewer stages approve, when access may last longer, when it can be extended again and again without
//! approval, when whoever leaves the rule that gave it keeps it longer, or when reviews are fewer, or begin later and not
//! within one period from now. They are compared one by one: terms that give in one and take in another are wider *and*
//! narrower. Who approves, who reviews and how, and what somebody fills in, makes them other, never wider: also access that
//! stays where no reviewer answers is reviewed.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Way;
use super::spelling::Spelling;
use super::tenure::{Side, covers};
use crate::model::Set;
use crate::model::kinds::policy::{
    Automatic, Escalation, Expiry, Frequency, Justification, OnNoResponse, Policy, Requestors,
    Review, Stage,
};
use crate::model::text::{Duration, Principal, When};

/// What somebody gets through a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Terms {
    /// The policy's own name.
    pub policy: String,
    /// Who approves, a stage each.
    pub approvals: Vec<String>,
    /// When access ends.
    pub end: End,
    /// Whether it can be extended.
    pub renewal: Renewal,
    /// Set where a rule gives it: what becomes of it when the rule no longer matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<Leaving>,
    /// How often it is reviewed; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Frequency>,
    /// How that is done; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looking: Option<Looking>,
}

/// How access is reviewed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Looking {
    /// Who reviews.
    pub reviewers: String,
    /// What becomes of access that nobody decided on: `it stays`, `it ends`, `the recommendation counts`.
    pub undecided: String,
    /// When the first review starts; `None` for when the policy is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// How long reviewers have; `None` for as long as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
    /// Whether reviewers are shown a recommendation.
    pub recommendations: bool,
    /// Whether reviewers must say why.
    pub justification: bool,
}

impl Looking {
    /// Returns how the review of a policy is done.
    pub(super) fn of(review: &Review, spelling: &Spelling) -> Self {
        let Review {
            enabled: _,
            every: _,
            starts,
            decide_within,
            reviewers,
            fallback,
            on_no_response,
            recommendations,
            justification,
        } = review;
        Self {
            reviewers: chosen(reviewers, fallback, spelling),
            undecided: match on_no_response {
                OnNoResponse::Keep => "it stays",
                OnNoResponse::Remove => "it ends",
                OnNoResponse::Recommendation => "the recommendation counts",
            }
            .to_owned(),
            starts: starts.as_ref().map(ToString::to_string),
            within: *decide_within,
            recommendations: *recommendations,
            justification: *justification == Justification::Required,
        }
    }

    /// Returns what is another than before but when reviews begin, in words.
    pub(super) fn by_others_than(&self, before: &Self) -> Vec<String> {
        let same = Self {
            starts: before.starts.clone(),
            ..self.clone()
        };
        same.instead_of(before)
    }

    /// Returns what is another than before, in words.
    fn instead_of(&self, before: &Self) -> Vec<String> {
        let mut words = Vec::new();
        if self.reviewers != before.reviewers {
            let (new, old) = (&self.reviewers, &before.reviewers);
            words.push(format!("reviewed by {new} instead of {old}"));
        }
        if self.undecided != before.undecided {
            let (new, old) = (&self.undecided, &before.undecided);
            words.push(format!("when no reviewer answers, {new} (before: {old})"));
        }
        if self.within != before.within {
            let time = |within: Option<Duration>| match within {
                Some(length) => length.to_string(),
                None => "the usual time".to_owned(),
            };
            let (new, old) = (time(self.within), time(before.within));
            words.push(format!("reviewers have {new} instead of {old}"));
        }
        if self.starts != before.starts {
            let from = |starts: &Option<String>| match starts {
                Some(when) => when.clone(),
                None => "the apply".to_owned(),
            };
            let (new, old) = (from(&self.starts), from(&before.starts));
            words.push(format!("first reviewed from {new} instead of {old}"));
        }
        match (self.recommendations, before.recommendations) {
            (true, false) => words.push("reviewers are shown recommendations".to_owned()),
            (false, true) => words.push("reviewers are shown no recommendations".to_owned()),
            _ => {}
        }
        match (self.justification, before.justification) {
            (true, false) => words.push("reviewers must say why".to_owned()),
            (false, true) => words.push("reviewers need not say why".to_owned()),
            _ => {}
        }
        words
    }
}

/// When access ends.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// So long after it began.
    After(Duration),
    /// Then, for everyone.
    On(#[schemars(with = "String")] Timestamp),
    /// Not at all.
    Never,
}

/// What becomes of access when the rule that gave it no longer matches; the later stays longer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Leaving {
    /// It ends at once.
    AtOnce,
    /// It ends so long after.
    After(Duration),
    /// It stays.
    Stays,
}

impl Leaving {
    /// Returns what a rule makes of it.
    pub(super) fn of(automatic: &Automatic) -> Self {
        match (automatic.remove, automatic.grace_period) {
            (false, _) => Self::Stays,
            (true, Some(length)) => Self::After(length),
            (true, None) => Self::AtOnce,
        }
    }
}

/// Whether access can be extended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Renewal {
    /// It cannot.
    Not,
    /// Those who approve are asked again.
    Approved,
    /// Without asking anybody, again and again.
    Free,
}

impl Terms {
    /// Returns the terms of a way.
    #[must_use]
    pub fn of(way: &Way<'_>) -> Self {
        Self::through(way.address.own_name(), way.policy)
    }

    /// Returns the terms of a policy.
    #[must_use]
    pub fn through(name: &str, policy: &Policy) -> Self {
        Self::spelled(name, policy, &Spelling::default())
    }

    /// Returns the terms of a policy, its groups written as on the other side of a plan.
    pub(super) fn spelled(name: &str, policy: &Policy, spelling: &Spelling) -> Self {
        let end = End::of(policy);
        let asks = policy.extension.approval && !policy.approval.is_none();
        // What ends on a day, or not at all, cannot be extended past that; and only whom a policy covers extends it.
        let renewal = match (end, policy.extension.allowed && covers(policy)) {
            (End::After(_), true) if asks => Renewal::Approved,
            (End::After(_), true) => Renewal::Free,
            _ => Renewal::Not,
        };
        let review = policy.review.as_ref().filter(|review| review.enabled);
        let stages = policy.approval.stages.iter();
        Self {
            policy: name.to_owned(),
            approvals: stages.map(|stage| approvers(stage, spelling)).collect(),
            end,
            renewal,
            leaving: match &policy.requestors {
                Requestors::Automatic(automatic) => Some(Leaving::of(automatic)),
                _ => None,
            },
            review: review.map(|review| review.every),
            looking: review.map(|review| Looking::of(review, spelling)),
        }
    }

    /// Returns true when whoever has these terms lacks nothing that the others give.
    #[must_use]
    pub fn covers(&self, other: &Self, now: Timestamp) -> bool {
        self.approvals.len() <= other.approvals.len()
            && self.end.reaches(other.end, now)
            && (self.leaving >= other.leaving || self.leaving.is_none())
            && (self.is_endless() || !other.is_free() || self.is_free())
            && seldom(self.review) >= seldom(other.review)
            && self.first_review(now) >= other.first_review(now)
    }

    /// Returns when it is first reviewed; nothing where that is within one period from now, as it is without a date, and the
    /// last instant where it is never.
    fn first_review(&self, now: Timestamp) -> Option<Timestamp> {
        let Some((every, looking)) = self.review.zip(self.looking.as_ref()) else {
            return Some(Timestamp::MAX);
        };
        let starts = When::parse(looking.starts.as_deref()?).ok()?;
        let starts = starts.start(&jiff::tz::TimeZone::UTC);
        let period = SignedDuration::from_hours(24 * every.longest_days().cast_signed());
        let soon = now.checked_add(period).unwrap_or(Timestamp::MAX);
        (starts > soon).then_some(starts)
    }

    /// Returns true where these terms of a policy give more than its terms before in what holders have of it too.
    pub(super) fn is_wider_in(&self, before: &Self, side: Side) -> bool {
        match side {
            Side::Extension => {
                self.approvals.len() < before.approvals.len()
                    || self.end != before.end
                    || self.renewal > before.renewal
            }
            Side::Leaving => self.leaving > before.leaving,
            Side::Review => seldom(self.review) > seldom(before.review),
            Side::Looking => false,
        }
    }

    /// Makes of the terms of a policy those of a review that goes on: rounds that open as often as before open when they would
    /// have, also where the policy no longer says when they start.
    pub(super) fn go_on(&mut self, before: &Self) {
        if self.policy == before.policy
            && self.review == before.review
            && let (Some(new), Some(old)) = (&mut self.looking, &before.looking)
            && new.starts.is_none()
        {
            new.starts.clone_from(&old.starts);
        }
    }

    fn is_free(&self) -> bool {
        self.renewal == Renewal::Free
    }

    fn is_endless(&self) -> bool {
        self.end == End::Never
    }

    /// Returns the terms in words: `with 2 approvals, for 180d, reviewed quarterly`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = vec![format!("with {}", approvals(self.approvals.len()))];
        words.push(end(self.end));
        words.extend(extension(self.renewal).map(str::to_owned));
        words.extend(
            self.review
                .map(|every| format!("reviewed {}", every.in_words())),
        );
        words.join(", ")
    }

    /// Returns the terms as one way of several: `with 2 approvals, then for 180d`.
    pub(super) fn as_way(&self) -> String {
        match self.end {
            End::Never => self.words(),
            End::On(_) | End::After(_) => self.words().replacen(", ", ", then ", 1),
        }
    }

    /// Returns what is another than before, in words.
    #[must_use]
    pub fn instead_of(&self, before: &Self) -> Vec<String> {
        let mut words = Vec::new();
        let (new, old) = (self.approvals.len(), before.approvals.len());
        if new != old {
            words.push(format!("with {} instead of {old}", approvals(new)));
        } else if self.approvals != before.approvals {
            let stages = self.approvals.iter().zip(&before.approvals).enumerate();
            for (at, (new, old)) in stages.filter(|(_, (new, old))| new != old) {
                let stage = match self.approvals.len() {
                    1 => String::new(),
                    _ => format!("with stage {} ", at + 1),
                };
                words.push(format!("{stage}approved by {new} instead of {old}"));
            }
        }
        if self.end != before.end {
            let old = match before.end {
                End::After(_) if matches!(self.end, End::After(_)) => {
                    format!(" instead of {}", end(before.end).replacen("for ", "", 1))
                }
                End::On(_) if matches!(self.end, End::On(_)) => {
                    format!(" instead of {}", end(before.end).replacen("until ", "", 1))
                }
                End::After(length) => format!(" instead of {length}"),
                _ => format!(" instead of {}", end(before.end)),
            };
            words.push(format!("{}{old}", end(self.end)));
        }
        // What does not end, or ends for everyone on a day, is not extended anyway.
        if self.renewal != before.renewal && matches!(self.end, End::After(_)) {
            let now = extension(self.renewal).unwrap_or("no extension");
            words.push(now.to_owned());
        }
        if let (Some(new), Some(old)) = (self.leaving, before.leaving)
            && new != old
        {
            words.push(taken_away(new, old));
        }
        match (self.review, before.review) {
            (new, old) if new == old => {}
            (None, _) => words.push("no review any more".to_owned()),
            (Some(new), None) => words.push(format!("reviewed {}", new.in_words())),
            (Some(new), Some(old)) => {
                words.push(format!(
                    "reviewed {} instead of {}",
                    new.in_words(),
                    old.in_words()
                ));
            }
        }
        if let (Some(new), Some(old)) = (&self.looking, &before.looking) {
            words.extend(new.instead_of(old));
        }
        if words.is_empty() && self.policy != before.policy {
            words.push(format!(
                "through policy `{}` instead of `{}`",
                self.policy, before.policy
            ));
        }
        if let Some(first) = words.first_mut().filter(|first| first.starts_with("no ")) {
            first.insert_str(0, "with ");
        }
        words
    }
}

impl End {
    /// Returns when what a policy gives ends.
    pub(super) fn of(policy: &Policy) -> Self {
        match &policy.expires {
            Expiry::Never => Self::Never,
            Expiry::On(when) => Self::On(when.resolve(&jiff::tz::TimeZone::UTC)),
            Expiry::After(length) => Self::After(*length),
        }
    }

    /// Returns true when access lasts at least as long as it would with another end, whenever it begins.
    #[must_use]
    pub fn reaches(self, other: Self, now: Timestamp) -> bool {
        match (self, other) {
            (Self::Never, _) => true,
            (_, Self::Never) | (Self::On(_), Self::After(_)) => false,
            (Self::After(own), Self::After(other)) => own >= other,
            (Self::On(own), Self::On(other)) => own >= other,
            (Self::After(length), Self::On(other)) => {
                let length = SignedDuration::from_secs(length.as_seconds().cast_signed());
                now.checked_add(length).unwrap_or(Timestamp::MAX) >= other
            }
        }
    }
}

/// Returns how seldom somebody looks again, in days.
fn seldom(review: Option<Frequency>) -> u64 {
    review.map_or(u64::MAX, Frequency::shortest_days)
}

fn approvers(stage: &Stage, spelling: &Spelling) -> String {
    let first = match &stage.approvers_from {
        Some(extension) => format!("whoever `{extension}` names"),
        None => chosen(&stage.approvers, &stage.fallback, spelling),
    };
    match &stage.escalation {
        Some(Escalation {
            after,
            approvers,
            fallback,
        }) => {
            let others = chosen(approvers, fallback, spelling);
            format!("{first} (after {after} also {others})")
        }
        None => first,
    }
}

/// Returns who decides, and who does where they cannot, in words.
fn chosen(people: &Set<Principal>, fallback: &Set<Principal>, spelling: &Spelling) -> String {
    let people = list(people, spelling);
    match fallback.is_empty() {
        true => people,
        false => format!("{people} (else {})", list(fallback, spelling)),
    }
}

fn list(people: &Set<Principal>, spelling: &Spelling) -> String {
    let people = people.iter().map(|it| spelling.written(it).to_string());
    let people: BTreeSet<String> = people.collect();
    let people: Vec<String> = people.into_iter().collect();
    people.join(", ")
}

/// Says when something is taken away now, and was before.
pub(super) fn taken_away(new: Leaving, old: Leaving) -> String {
    let end = |leaving: Leaving| match leaving {
        Leaving::AtOnce => "at once".to_owned(),
        Leaving::After(length) => format!("after {length}"),
        Leaving::Stays => "never".to_owned(),
    };
    let (new, old) = (end(new), end(old));
    format!("taken away {new} instead of {old} from whom the rule no longer matches")
}

/// Says how many approve.
pub(super) fn approvals(stages: usize) -> String {
    match stages {
        0 => "no approval".to_owned(),
        1 => "1 approval".to_owned(),
        n => format!("{n} approvals"),
    }
}

fn end(end: End) -> String {
    match end {
        End::Never => "no end date".to_owned(),
        End::On(at) => format!("until {at}"),
        End::After(length) => format!("for {length}"),
    }
}

const fn extension(renewal: Renewal) -> Option<&'static str> {
    match renewal {
        Renewal::Not => None,
        Renewal::Approved => Some("extendable with approval"),
        Renewal::Free => Some("extendable without approval"),
    }
}
