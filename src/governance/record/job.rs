//! Work that is too much for one decision: it is done in pieces, each a decision of its own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, ObjectId, entity};

/// Work that goes on over several ticks, and where it has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The number.
    pub number: u64,
    /// What is done.
    pub work: Work,
    /// How far it is: the last number that was looked at.
    #[serde(default)]
    pub cursor: u64,
    /// When it goes on; `None` once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Work {
    /// Follows the objects that applies have changed; the cursor is the last change that was followed.
    Follow,
    /// Brings the roles of a package's holders in line with what it grants now.
    Roles(ObjectId),
    /// Ends every assignment of a package that is gone.
    End(ObjectId),
    /// Gives and takes what a policy assigns by rule, person by person.
    Rule(ObjectId),
    /// Finds the members of a dynamic group, person by person.
    Members(String),
    /// Opens the rounds of a policy's review.
    Reviews(ObjectId),
}

impl Entity for Job {
    entity!(Job);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        let work = super::text(&self.work);
        see(Mark::JobWork, Key::new().text(&work));
        if let Some(due) = self.due {
            see(Mark::Due, Key::new().instant(due));
        }
    }
}
