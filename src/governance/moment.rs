//! When and by whom a decision is made, and in which tenant.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::record::PersonId;
use crate::model::Digest;
use crate::model::text::Domain;

/// When and by whom a decision is made, and in which tenant. The same moment and the same view give the same decision.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The present instant.
    pub now: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// Our own tenant.
    pub tenant: Tenant,
    /// Whether the instant was given, as for a store to try things in, and not read from a clock: then no clock is doubted.
    pub given: bool,
    /// What secrets are made from: fresh for each command, and kept nowhere.
    pub seed: [u8; 32],
}

impl Moment {
    /// Returns the n-th secret of this moment.
    #[must_use]
    pub fn secret(&self, nth: u64) -> [u8; 32] {
        let mut bytes = self.seed.to_vec();
        bytes.extend(nth.to_be_bytes());
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(Digest::of(&bytes).as_bytes());
        bytes.push(1);
        secret[16..].copy_from_slice(Digest::of(&bytes).as_bytes());
        secret
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Whoever may write the store itself, by name: may do everything, and every act is recorded.
    Operator(String),
    /// Somebody the directory knows.
    Person(PersonId),
    /// Time and rules.
    Engine,
}

/// Our own tenant, as the project's settings describe it.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The name that people read.
    pub name: String,
    /// The verified domains of our own people; the first is the initial one, where guests have their accounts.
    pub domains: Vec<Domain>,
    /// The zone of dates without a time.
    pub zone: TimeZone,
    /// Where the pages for people are, without a slash at the end.
    pub portal: String,
}

impl Tenant {
    /// Returns true for an address of our own people.
    #[must_use]
    pub fn is_own(&self, domain: &str) -> bool {
        self.domains
            .iter()
            .any(|own| own.as_str().eq_ignore_ascii_case(domain))
    }
}
