//! Requests: somebody asks for a package, to keep it longer, or to give it back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, ObjectId, PersonId, entity};
use crate::model::kinds::policy::{Expiry, Stage};
use crate::model::text::Principal;

/// A request. Entra's states, with what is needed to go on from each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The number.
    pub number: u64,
    /// What is asked for.
    pub kind: RequestKind,
    /// Whom it is for.
    pub person: PersonId,
    /// Who asked, where it was somebody else: a manager, an administrator; `None` for the person and for the engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Asked>,
    /// The package.
    pub package: ObjectId,
    /// The policy.
    pub policy: ObjectId,
    /// The assignment that it changes or has led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<u64>,
    /// Where it stands.
    pub state: RequestState,
    /// Why it ended as it did, or what it waits for, in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it reached its last state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<Timestamp>,
    /// Why, in the words of who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// The answers to the policy's questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// The start and end asked for.
    #[serde(default)]
    pub schedule: Schedule,
    /// What the policy said when the request was made: later edits do not reach it.
    pub terms: Terms,
    /// The stages that have opened so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageState>,
}

/// What is asked for, as Graph's `requestType` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RequestKind {
    /// Somebody asks for a package.
    UserAdd,
    /// Somebody asks to keep it longer.
    UserExtend,
    /// Somebody gives it back.
    UserRemove,
    /// An administrator assigns it.
    AdminAdd,
    /// An administrator takes it away.
    AdminRemove,
    /// The engine assigns it: a rule.
    SystemAdd,
    /// The engine takes it away: the end, a rule, a review.
    SystemRemove,
}

/// Who asked for somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Asked {
    /// A person.
    Person(PersonId),
    /// Whoever runs the program, by name.
    Operator(String),
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RequestState {
    /// Made.
    Submitted,
    /// Waits for an approval.
    PendingApproval,
    /// Approved, and starts later.
    Scheduled,
    /// Roles are being granted or taken.
    Delivering,
    /// Done.
    Delivered,
    /// Some roles could not be granted.
    PartiallyDelivered,
    /// No role could be granted.
    DeliveryFailed,
    /// Refused by an approver, or by time.
    Denied,
    /// Taken back.
    Canceled,
}

impl RequestState {
    /// Returns the word of Graph.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::PendingApproval => "pendingApproval",
            Self::Scheduled => "scheduled",
            Self::Delivering => "delivering",
            Self::Delivered => "delivered",
            Self::PartiallyDelivered => "partiallyDelivered",
            Self::DeliveryFailed => "deliveryFailed",
            Self::Denied => "denied",
            Self::Canceled => "canceled",
        }
    }

    /// Returns true while something still has to happen by itself or by an approver.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Submitted | Self::PendingApproval | Self::Scheduled | Self::Delivering
        )
    }
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The question, as it was asked.
    pub question: String,
    /// The answers: one text, or the values chosen.
    pub values: Vec<String>,
}

/// A start and an end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// The start; `None` for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// The end; `None` for that of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
}

/// What the policy said when a request was made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// Who approves; empty for nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// When access ends.
    #[serde(default)]
    pub expires: Expiry,
    /// Whether the person is mailed about the assignment.
    #[serde(default)]
    pub notifications: bool,
}

impl PartialEq for Terms {
    fn eq(&self, other: &Self) -> bool {
        super::text(self) == super::text(other)
    }
}

/// A stage that has opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageState {
    /// When it opened.
    pub opened: Timestamp,
    /// When no decision means denial.
    pub decide_by: Timestamp,
    /// Who may decide, found when the stage opened: never the person, never who asked.
    pub approvers: Vec<PersonId>,
    /// Who may decide in addition after the escalation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<PersonId>,
    /// The groups through which approvers and alternates were found, where nothing else names them: who is no longer a
    /// member may no longer decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_group: Vec<(PersonId, Principal)>,
    /// When the alternates are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_at: Option<Timestamp>,
    /// Whether they have been.
    #[serde(default)]
    pub escalated: bool,
    /// When the approvers are reminded; `None` once they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
    /// The decision that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Opinion>,
}

/// A decision of an approver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opinion {
    /// Whose.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Yes or no.
    pub approved: bool,
    /// Why. The other approvers and the requestor see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
}

impl StageState {
    /// Returns everybody who has been asked so far: the approvers and, after the escalation, the alternates.
    pub fn asked(&self) -> impl Iterator<Item = PersonId> {
        let alternates = self.alternates.iter().filter(|_| self.escalated);
        self.approvers.iter().chain(alternates).copied()
    }
}

impl Request {
    /// Returns the stage that waits for a decision.
    #[must_use]
    pub fn open_stage(&self) -> Option<&StageState> {
        let last = self.stages.last()?;
        (self.state == RequestState::PendingApproval && last.opinion.is_none()).then_some(last)
    }

    /// Returns the instant at which time makes something due.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self.state {
            RequestState::PendingApproval => {
                let stage = self.open_stage()?;
                let escalate = stage.escalate_at.filter(|_| !stage.escalated);
                [Some(stage.decide_by), escalate, stage.remind_at]
                    .into_iter()
                    .flatten()
                    .min()
            }
            RequestState::Scheduled => self.schedule.start,
            _ => None,
        }
    }
}

impl Entity for Request {
    entity!(Request);

    fn person(&self) -> Option<PersonId> {
        Some(self.person)
    }

    fn principals(&mut self, see: &mut dyn FnMut(&mut Principal)) {
        for stage in &mut self.terms.stages {
            let mut lists = vec![&mut stage.approvers, &mut stage.fallback];
            if let Some(escalation) = &mut stage.escalation {
                lists.extend([&mut escalation.approvers, &mut escalation.fallback]);
            }
            for list in lists {
                list.iter_mut().for_each(&mut *see);
            }
        }
        for stage in &mut self.stages {
            let groups = stage.by_group.iter_mut();
            groups.for_each(|(_, group)| see(group));
        }
    }

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::RequestPerson, Key::new().person(self.person));
        if self.state.is_open() {
            let person = Key::new().person(self.person).object(self.package);
            see(Mark::RequestOpen, person);
            see(Mark::RequestPackage, Key::new().object(self.package));
            see(Mark::RequestPolicy, Key::new().object(self.policy));
        }
        if let Some(stage) = self.open_stage() {
            let alternates = stage.alternates.iter().filter(|_| stage.escalated);
            for approver in stage.approvers.iter().chain(alternates) {
                see(Mark::RequestApprover, Key::new().person(*approver));
            }
        }
        if let Some(due) = self.due() {
            see(Mark::Due, Key::new().instant(due));
        }
    }
}
