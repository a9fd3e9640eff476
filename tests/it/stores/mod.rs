//! The contract of every store, and what only a file can break.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail where it finds something amiss"
)]

mod audit;
mod contract;
mod drift;
mod history;
mod lease;
mod random;
mod small;
mod sqlite;
