//! The directory: where accounts and roles really are.

use crate::governance::{Effect, Outcome, Unread, World};

/// Where accounts and roles really are: the store itself, or a tenant.
pub trait Directory {
    /// Returns true for a directory whose rows are those of the store: then an effect and its outcome are kept as one.
    fn is_store(&self) -> bool;

    /// Carries out an effect, or finds out that it is done already: the key is the same however often it is tried.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell what is needed for it.
    fn perform(&mut self, key: &str, effect: &Effect, world: &dyn World)
    -> Result<Outcome, Unread>;
}

/// The directory of a store that stands alone: accounts and roles are the store's own records.
#[derive(Debug, Clone, Copy)]
pub struct Embedded;

impl Directory for Embedded {
    fn is_store(&self) -> bool {
        true
    }

    fn perform(&mut self, _: &str, _: &Effect, _: &dyn World) -> Result<Outcome, Unread> {
        Ok(Outcome::Done)
    }
}
