//! The rounds of a policy's review: when the first one was due, and when the next one opens.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, ObjectId, entity};
use crate::model::kinds::policy::Frequency;

/// The rounds of the review that a policy asks for. Entra's access review schedule definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewSeries {
    /// The number.
    pub number: u64,
    /// The policy.
    pub policy: ObjectId,
    /// When the first round was due: every other is counted from it by the calendar.
    pub anchor: Timestamp,
    /// How often.
    pub every: Frequency,
    /// When the next round opens; `None` while the policy asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// How many rounds have opened.
    #[serde(default)]
    pub rounds: u64,
}

impl Entity for ReviewSeries {
    entity!(ReviewSeries);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::SeriesPolicy, Key::new().object(self.policy));
        if let Some(next) = self.next {
            see(Mark::Due, Key::new().instant(next));
        }
    }
}
