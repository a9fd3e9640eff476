//! The outbox: effects on the outside, each committed with the decision that it follows from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, entity};
use crate::governance::Effect;

/// An effect that is planned, under way or done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The number.
    pub number: u64,
    /// What is done.
    pub effect: Effect,
    /// What makes it the same effect, however often it is tried.
    pub key: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was planned.
    pub planned: Timestamp,
    /// When it is tried again; for one that somebody has begun with, when others may take it over; `None` for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// How often it was tried.
    #[serde(default)]
    pub tries: u8,
    /// What went wrong the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// Where an effect stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryState {
    /// Nobody has begun.
    Planned,
    /// Somebody has begun, and the outcome is not recorded.
    Sent,
    /// Done.
    Done,
    /// Given up.
    Failed,
    /// Tried, and nobody knows whether it was done.
    Unknown,
}

impl Delivery {
    /// Returns when it may be begun with.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        self.retry_at.unwrap_or(self.planned)
    }
}

impl DeliveryState {
    /// Returns the word that people read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Returns true for one that has no outcome yet.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Sent | Self::Unknown)
    }
}

impl Entity for Delivery {
    entity!(Delivery);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::DeliveryKey, Key::new().text(&self.key));
        if let Effect::Mail(mail) = &self.effect {
            for to in std::iter::once(&mail.to).chain(&mail.copy_to) {
                see(Mark::DeliveryMail, Key::new().text(to.as_str()));
            }
        }
        if self.state.is_open() {
            see(Mark::DeliveryOpen, Key::new().instant(self.due()));
        }
        if self.state == DeliveryState::Failed {
            see(Mark::DeliveryFailed, Key::new().instant(self.planned));
        }
    }
}
