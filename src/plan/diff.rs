//! Structural differences.
use super::Edit;
use crate::model::{Body, Kind};

/// Returns the differences.
#[must_use]
pub fn diff(_kind: Kind, _before: &Body, _after: &Body) -> Vec<Edit> {
    todo!()
}
