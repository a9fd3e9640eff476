//! The lease: who may write, and that it was taken away from them.

use schemars::JsonSchema;
use serde::Serialize;

use super::FormatVersion;
use crate::render::report;

/// Who holds the lease of a store.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Lease {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The store, as people name it.
    pub store: String,
    /// The lease; `null` when nobody holds it.
    pub lease: Option<StandingLease>,
}

/// A lease that was taken away from its holder.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeaseBroken {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The store, as people name it.
    pub store: String,
    /// Who broke it.
    pub broken_by: String,
    /// The lease as it was.
    pub lease: StandingLease,
}

/// A lease that somebody took and has not given back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StandingLease {
    /// Its number, which breaks it.
    pub token: u64,
    /// The user who runs the process.
    pub user: String,
    /// The machine that it runs on.
    pub host: String,
    /// The id of the process.
    pub process: u32,
    /// What it does: `apply`.
    pub operation: String,
    /// Since when, RFC 3339 in UTC.
    pub since: String,
    /// Until when, unless it is renewed, RFC 3339 in UTC.
    pub until: String,
    /// Whether it keeps others from writing.
    pub state: LeaseState,
}

/// Whether a lease keeps others from writing.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// It does.
    Held,
    /// Its time is over: whoever comes next takes it.
    Ended,
    /// Its holder has ended without giving it back: whoever comes next takes it.
    Left,
}

impl From<&report::LeaseStatus> for Lease {
    fn from(report: &report::LeaseStatus) -> Self {
        let report::LeaseStatus { store, lease } = report;
        Self {
            format_version: FormatVersion,
            store: store.clone(),
            lease: lease.as_ref().map(Into::into),
        }
    }
}

impl From<&report::BrokenLease> for LeaseBroken {
    fn from(report: &report::BrokenLease) -> Self {
        let report::BrokenLease { store, by, lease } = report;
        Self {
            format_version: FormatVersion,
            store: store.clone(),
            broken_by: by.clone(),
            lease: lease.into(),
        }
    }
}

impl From<&report::StandingLease> for StandingLease {
    fn from(lease: &report::StandingLease) -> Self {
        let report::StandingLease {
            token,
            user,
            host,
            process,
            operation,
            since,
            until,
            state,
        } = lease;
        Self {
            token: *token,
            user: user.clone(),
            host: host.clone(),
            process: *process,
            operation: operation.clone(),
            since: since.to_string(),
            until: until.to_string(),
            state: match state {
                report::LeaseState::Held => LeaseState::Held,
                report::LeaseState::Ended => LeaseState::Ended,
                report::LeaseState::Left => LeaseState::Left,
            },
        }
    }
}
