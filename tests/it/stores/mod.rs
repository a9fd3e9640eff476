//! The contract of every store, and what only a file can break.

mod contract;
mod lease;
mod random;
mod sqlite;
