//! Desired against live.
use super::Plan;
use crate::model::{Address, Desired, Live};

/// Plans.
pub fn build(_desired: &Desired, _live: &Live, _adopt: &[Address]) -> Plan {
    todo!()
}
