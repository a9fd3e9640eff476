//! Access reviews: rounds, and the decisions in them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, ObjectId, PersonId, entity};
use crate::model::kinds::policy::OnNoResponse;
use crate::model::text::Principal;

/// One round of the review that a policy asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// The number.
    pub number: u64,
    /// The package.
    pub package: ObjectId,
    /// The policy.
    pub policy: ObjectId,
    /// Which round of the policy, counted from 1.
    pub round: u64,
    /// Where it stands.
    pub state: ReviewState,
    /// When it opens or opened.
    pub opens: Timestamp,
    /// When it closes.
    pub closes: Timestamp,
    /// When reviewers are reminded; `None` once they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
    /// What happens to access that nobody decided on, as the policy said when the round opened.
    pub on_no_response: OnNoResponse,
    /// Who reviews, as the policy said when the round opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewers: Vec<Principal>,
    /// Who reviews where these cannot be found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<Principal>,
    /// Whether reviewers are shown a recommendation.
    pub recommendations: bool,
    /// Whether reviewers must say why.
    pub justification: bool,
    /// How far opening or closing has come, in numbers of assignments: large rounds take several ticks.
    #[serde(default)]
    pub cursor: u64,
    /// How many assignments are reviewed.
    #[serde(default)]
    pub items: u64,
    /// For how many the verdict is to keep them.
    #[serde(default)]
    pub kept: u64,
    /// For how many the verdict is to take them away.
    #[serde(default)]
    pub removed: u64,
    /// Whether it closes without applying anything: its policy is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

/// Where a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReviewState {
    /// Its assignments are being listed.
    Starting,
    /// Reviewers decide.
    InProgress,
    /// Decisions are being applied.
    Applying,
    /// Everything is applied.
    Completed,
}

impl ReviewState {
    /// Returns the word of Graph.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::InProgress => "inProgress",
            Self::Applying => "applying",
            Self::Completed => "completed",
        }
    }
}

impl Recommendation {
    /// Returns the word of Graph.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
            Self::NoInfoAvailable => "noInfoAvailable",
        }
    }
}

impl Entity for Review {
    entity!(Review);

    fn principals(&mut self, see: &mut dyn FnMut(&mut Principal)) {
        self.reviewers.iter_mut().for_each(&mut *see);
        self.fallback.iter_mut().for_each(see);
    }

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        let round = Key::new().object(self.policy).number(self.round);
        see(Mark::ReviewPolicy, round);
        if self.state == ReviewState::Completed {
            return;
        }
        see(Mark::ReviewOpen, Key::new().object(self.package));
        let due = match self.state {
            ReviewState::InProgress => self.remind_at.map_or(self.closes, |at| at.min(self.closes)),
            ReviewState::Starting => self.opens,
            ReviewState::Applying | ReviewState::Completed => self.closes,
        };
        see(Mark::Due, Key::new().instant(due));
    }
}

/// One decision: shall this assignment stay?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewItem {
    /// The number.
    pub number: u64,
    /// The round.
    pub review: u64,
    /// The assignment.
    pub assignment: u64,
    /// Who has it.
    pub person: PersonId,
    /// Who may decide.
    pub reviewers: Vec<PersonId>,
    /// What the last sign-in suggests, where the policy wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<Recommendation>,
    /// The decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Whether it was applied.
    #[serde(default)]
    pub applied: bool,
}

/// What the last sign-in suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Recommendation {
    /// They signed in within the last 30 days.
    Approve,
    /// They did not.
    Deny,
    /// Nothing is known of their sign-ins.
    NoInfoAvailable,
}

/// A reviewer's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whose; `None` for the engine, at the end of the round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// Whether access stays.
    pub keep: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
}

impl Entity for ReviewItem {
    entity!(ReviewItem);

    fn person(&self) -> Option<PersonId> {
        Some(self.person)
    }

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::ItemReview, Key::new().number(self.review));
        if !self.applied {
            see(Mark::ItemAssignment, Key::new().number(self.assignment));
            for reviewer in &self.reviewers {
                see(Mark::ItemReviewer, Key::new().person(*reviewer));
            }
        }
    }
}
