//! Guard rails: plans that are refused although the tree is valid, each with the way to lift the refusal.
//!
//! Uses `model`, `impact` and `plan`. Pure. The one idea to know: a guard never changes a plan. It answers with a [`Verdict`], and
//! whoever applies must ask for one.
//!
//! The rules here look at objects: what would be deleted, replaced or taken over. What they need from outside comes as data,
//! the [`Circumstances`]. Rules that count people, such as how many lose access or for how many it grows wider, need the
//! impact of the plan beside the plan itself. They get a file of their own next to `deletes`, take their thresholds and
//! allowances from the circumstances, and answer with the same [`Refusal`].

mod ask;
mod circumstances;
mod commitment;
mod deletes;
mod foreign;
mod holders;
mod rules;
mod thresholds;

pub use ask::{Allowances, Ask};
pub use circumstances::Circumstances;
pub use commitment::{
    ActionLine, Back, Commitment, Difference, FILE_BYTES, FORMAT, Seal, Stale, differences, lines,
};
pub use foreign::foreign_kinds;
pub use holders::Ending;
pub use rules::{Refusal, Rule, Verdict, judge};
pub use thresholds::Thresholds;
