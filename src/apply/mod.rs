//! Carrying out a plan on a store.
//!
//! Uses `plan` and `store`. The one idea to know: an apply makes no choices; it does what the plan says, in the plan's
//! order, and either all of it or nothing. A store in SQL needs nothing settled after a crash: an unfinished transaction
//! never was.

mod run;

pub use run::{Applied, ApplyError, apply};
