//! The ledger: where the engine's records are kept, beside the objects that applies change.
//!
//! The one idea to know: a decision is made inside the transaction that keeps it. So nothing that it was made from can have
//! changed, and no two decisions ever contradict each other. Facts: `threat-and-fault-model` §8.

use jiff::Timestamp;

use super::StoreError;
use crate::governance::record::{Record, RecordId, RecordKind};
use crate::governance::{Decision, Event, Refusal, Stop, Unread, World};

/// The part of a store that the engine lives in.
pub trait Ledger {
    /// Shows one unchanging view of the store. The closure may be called again when somebody wrote into the read.
    ///
    /// # Errors
    ///
    /// Those of reading, and what the closure returns.
    fn look(&self, project: &str, see: See<'_>) -> Result<(), StoreError>;

    /// Decides on one unchanging view, and keeps the decision: records, audit entries and the outbox, all or nothing. The
    /// closure may be called again when the database asks for it.
    ///
    /// # Errors
    ///
    /// Those of reading and writing; a refusal is an answer, and changes nothing.
    fn decide(
        &mut self,
        sitting: &Sitting<'_>,
        decide: Decide<'_>,
    ) -> Result<Result<Decision, Box<Refusal>>, StoreError>;
}

/// Looks at a view.
pub type See<'s> = &'s mut dyn FnMut(&dyn World) -> Result<(), Unread>;

/// Decides on a view.
pub type Decide<'d> = &'d mut dyn FnMut(&dyn World) -> Result<Decision, Stop>;

/// When and for whom a decision is kept.
#[derive(Debug, Clone)]
pub struct Sitting<'s> {
    /// The project whose objects the decision is about.
    pub project: &'s str,
    /// The present instant.
    pub now: Timestamp,
    /// Who acts, for the audit log.
    pub actor: &'s str,
    /// Through which door: the command.
    pub via: &'s str,
    /// The id of this decision, for the audit log.
    pub id: &'s str,
}

/// Returns the address of whom an event concerns, for the audit log: as it is after the decision or, of somebody who is no
/// more, as it was. `world` is the view from before.
pub(super) fn target(
    event: &Event,
    decision: &Decision,
    world: &dyn World,
) -> Result<Option<String>, Unread> {
    let Some(person) = event.person else {
        return Ok(None);
    };
    let id = RecordId {
        kind: RecordKind::Person,
        number: person.0,
    };
    let written = decision.writes.iter().find(|write| write.id == id);
    let record = match written {
        Some(write) => write.after.clone().or_else(|| write.before.clone()),
        None => world.record(id)?,
    };
    Ok(match record {
        Some(Record::Person(person)) => Some(person.mail.to_string()),
        _ => None,
    })
}

impl StoreError {
    /// Returns what a view could not tell as the store's own error.
    #[must_use]
    pub fn unread(unread: Unread, name: &str) -> Self {
        match unread.0.downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self::Damaged {
                name: name.to_owned(),
                cause: error.to_string(),
            },
        }
    }
}

impl From<StoreError> for Unread {
    fn from(error: StoreError) -> Self {
        Self(Box::new(error))
    }
}
