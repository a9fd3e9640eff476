//! Guard rails: plans that are refused although the tree is valid, each with the way to lift the refusal.
//!
//! Uses `model`, `impact` and `plan`. Pure. The one idea to know: a guard never changes a plan. It answers with a [`Verdict`], and
//! whoever applies must ask for one.
//!
//! The rules here look at objects: what would be deleted, replaced or taken over. Rules that count people, such as how many
//! lose access or for how many it grows wider, need the impact of the plan beside the plan itself. They get a file of their
//! own next to `rules`, take thresholds and allowances as further arguments of [`judge`], and answer with the same
//! [`Refusal`].

mod commitment;
mod rules;

pub use commitment::{ActionLine, Commitment, Difference, FILE_BYTES, FORMAT, Stale};
pub use rules::{Refusal, Rule, Verdict, judge};
