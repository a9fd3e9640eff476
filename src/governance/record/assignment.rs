//! Assignments: a package that somebody has, will have or had.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, ObjectId, PersonId, Place, entity};

/// A package that somebody has, will have or had. One at a time for each person and package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The number.
    pub number: u64,
    /// Who has it.
    pub person: PersonId,
    /// The package.
    pub package: ObjectId,
    /// The policy that it came through.
    pub policy: ObjectId,
    /// The request that led to it.
    pub request: u64,
    /// Where it stands.
    pub state: AssignmentState,
    /// When access starts or started.
    pub start: Timestamp,
    /// When it ends; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// When its first role was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Timestamp>,
    /// Whether the person is mailed about it.
    pub notifications: bool,
    /// Whether it can be extended, so that reminders make sense.
    pub extendable: bool,
    /// How many of the two reminders before the end have gone out.
    #[serde(default)]
    pub reminded: u8,
    /// Whether it came by a rule, and goes by it.
    #[serde(default)]
    pub automatic: bool,
    /// When access ends because the person no longer matches the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<Timestamp>,
    /// The roles of the package, each with how far it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Granted>,
    /// How often its roles were asked for, or taken away, beyond the first time: a delivery of another time is another one.
    #[serde(default)]
    pub attempt: u32,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// Where an assignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AssignmentState {
    /// Roles are being granted.
    Delivering,
    /// Every role is granted.
    Delivered,
    /// Some roles could not be granted.
    PartiallyDelivered,
    /// No role could be granted.
    DeliveryFailed,
    /// It has ended; roles are taken away or gone.
    Expired,
}

impl AssignmentState {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::Delivering,
        Self::Delivered,
        Self::PartiallyDelivered,
        Self::DeliveryFailed,
        Self::Expired,
    ];

    /// Returns the word of Graph.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivering => "delivering",
            Self::Delivered => "delivered",
            Self::PartiallyDelivered => "partiallyDelivered",
            Self::DeliveryFailed => "deliveryFailed",
            Self::Expired => "expired",
        }
    }

    /// Returns true for one that gives access, or is about to.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(
            self,
            Self::Delivering | Self::Delivered | Self::PartiallyDelivered
        )
    }
}

/// A role of the package, for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Granted {
    /// Where.
    pub place: Place,
    /// Which role.
    pub role: String,
    /// How far it is.
    pub state: GrantState,
}

/// How far a role is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GrantState {
    /// To be granted.
    Pending,
    /// Granted.
    Held,
    /// Not granted, for a reason.
    Failed(String),
    /// To be taken away.
    Leaving,
    /// Taken away, or kept because another assignment grants it too.
    Gone,
}

/// How an assignment ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: Why,
}

/// Why an assignment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// Its end was reached.
    Expired,
    /// The person gave it back.
    GivenBack,
    /// An administrator took it away.
    Administrator,
    /// A review said no.
    Review,
    /// An approver took the approval back.
    Approver,
    /// The rule no longer matches.
    Rule,
    /// The package is gone.
    PackageGone,
    /// The policy is gone.
    PolicyGone,
    /// The person is gone.
    PersonGone,
    /// The person or the whole organization was offboarded.
    Offboarded,
}

/// How long before the end the two reminders go out.
pub(crate) const REMINDERS: [SignedDuration; 2] = [
    SignedDuration::from_hours(14 * 24),
    SignedDuration::from_hours(24),
];

impl Assignment {
    /// Returns the instant at which access ends by itself, whatever the reason.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        [self.end, self.grace_until].into_iter().flatten().min()
    }

    /// Returns the instant of the next reminder.
    #[must_use]
    pub fn remind_at(&self) -> Option<Timestamp> {
        let before = REMINDERS.get(usize::from(self.reminded))?;
        let end = self.end.filter(|_| self.extendable)?;
        end.checked_sub(*before).ok()
    }

    /// Returns how many of the reminders have their instant behind them.
    #[must_use]
    pub fn reminders_past(&self, now: Timestamp) -> u8 {
        let Some(end) = self.end else {
            return 0;
        };
        let past = |before: &&SignedDuration| end.duration_since(now) <= **before;
        let past = REMINDERS.iter().take_while(past).count();
        u8::try_from(past).unwrap_or(u8::MAX)
    }

    /// Returns true for a role that the assignment gives now, or is about to.
    #[must_use]
    pub fn gives(&self, place: &Place, role: &str) -> bool {
        let gives =
            |granted: &&Granted| matches!(granted.state, GrantState::Held | GrantState::Pending);
        let mut given = self.roles.iter().filter(gives);
        self.state.counts() && given.any(|granted| granted.place.is(place) && granted.role == role)
    }

    /// Returns the instant at which time makes something due.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        if !self.state.counts() && self.state != AssignmentState::DeliveryFailed {
            return None;
        }
        let remind = self.remind_at().filter(|_| self.state.counts());
        [self.ends(), remind].into_iter().flatten().min()
    }
}

impl Entity for Assignment {
    entity!(Assignment);

    fn person(&self) -> Option<PersonId> {
        Some(self.person)
    }

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::AssignmentHistory, Key::new().person(self.person));
        if self.state.counts() {
            let (person, package) = (self.person, self.package);
            let mine = Key::new().person(person).object(package);
            see(Mark::AssignmentPerson, mine);
            let theirs = Key::new().object(package).person(person);
            see(Mark::AssignmentPackage, theirs);
            see(Mark::AssignmentPolicy, Key::new().object(self.policy));
        }
        if let Some(due) = self.due() {
            see(Mark::Due, Key::new().instant(due));
        }
    }
}
