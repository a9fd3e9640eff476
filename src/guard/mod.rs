//! Guard rails: plans that are refused although the tree is valid, each with the way to lift the refusal.
//!
//! Uses `model`, `impact` and `plan`. Pure. The one idea to know: a guard never changes a plan. It answers with a [`Verdict`], and
//! whoever applies must ask for one.
//!
//! Most rules look at objects: what would be deleted, replaced or taken over. Two look at people: who loses access
//! (`holders`), and for whom it grows wider (`widening`). What they need from outside comes as data, the [`Circumstances`];
//! the impact of the plan is among it.

mod ask;
mod circumstances;
mod commitment;
mod deletes;
mod foreign;
mod holders;
mod rules;
mod thresholds;
mod widening;

pub use ask::{Allowances, Ask};
pub use circumstances::Circumstances;
pub use commitment::{
    ActionLine, Back, Commitment, Difference, FILE_BYTES, FORMAT, Judged, Seal, Stale, Steps,
    differences, lines,
};
pub use foreign::foreign_kinds;
pub use rules::{Refusal, Rule, Verdict, judge};
pub use thresholds::Thresholds;
