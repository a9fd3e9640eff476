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
    /// The project that does it: others see none of the objects that it is about.
    #[serde(default)]
    pub project: String,
    /// How far it is: the last number that was looked at.
    #[serde(default)]
    pub cursor: u64,
    /// When it goes on; `None` once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// How many people the rule of a policy matches who have nothing, because no more are assigned by one policy.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands on a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Work {
    /// Follows the objects that applies have changed, for a project; the cursor is the last change that it has followed.
    Follow(String),
    /// Brings the roles of a package's holders in line with what it grants now.
    Roles(ObjectId),
    /// Ends every assignment of a package or policy that is gone.
    End(ObjectId),
    /// Gives and takes what a policy assigns by rule, person by person.
    Rule(ObjectId),
    /// Finds the members of a dynamic group, person by person.
    Members(String),
}

impl Work {
    /// Returns the key by which its job is found.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::new().text(&super::text(self))
    }

    /// Returns the key that the jobs of every automatic policy begin with.
    #[must_use]
    pub fn rules() -> Key {
        let one = super::text(&Self::Rule(ObjectId(0)));
        Key::from_bytes(one.trim_end_matches(['0', '}']).to_lowercase().as_bytes())
    }
}

impl Entity for Job {
    entity!(Job);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::JobWork, self.work.key());
        if let Some(due) = self.due {
            let project = Key::new().text(&self.project);
            see(Mark::JobDue, project.instant(due));
        }
        if self.left_out > 0 {
            see(Mark::JobLeftOut, Key::new().text(&self.project));
        }
    }
}
