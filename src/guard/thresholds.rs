//! How many objects of a kind may be deleted within a day before somebody has to say so.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The numbers of the guard against many deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// So many deletes pass in any case.
    pub always: u64,
    /// More than so many never pass.
    pub most: u64,
    /// In between, so many of a hundred objects pass.
    pub percent: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self::BUILT_IN
    }
}

impl Thresholds {
    /// The numbers of a project that sets none; settings only tighten them.
    pub const BUILT_IN: Self = Self {
        always: 2,
        most: 5,
        percent: 10,
    };

    /// Returns how many of so many objects may be deleted.
    #[must_use]
    pub fn limit(&self, objects: u64) -> u64 {
        let share = objects.saturating_mul(self.percent) / 100;
        self.always.max(self.most.min(share))
    }

    /// Returns the stricter number of each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            always: self.always.min(other.always),
            most: self.most.min(other.most),
            percent: self.percent.min(other.percent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_grows_with_the_objects_between_two_bounds() {
        let limits = [0, 10, 29, 30, 49, 50, 5_000].map(|n| Thresholds::BUILT_IN.limit(n));
        assert_eq!(limits, [2, 2, 2, 3, 4, 5, 5]);
    }

    #[test]
    fn stricter_numbers_never_allow_more() {
        let strict = Thresholds {
            always: 1,
            most: 9,
            percent: 5,
        };
        let both = Thresholds::BUILT_IN.and(strict);
        for objects in 0..200 {
            let limit = both.limit(objects);
            assert!(limit <= Thresholds::BUILT_IN.limit(objects));
            assert!(limit <= strict.limit(objects));
        }
    }
}
