//! How many cases a law is tried with, for the tests of every folder.

use proptest::prelude::ProptestConfig;

/// So many cases, unless the environment says how many. What fails is told, and kept nowhere: a failure that is understood
/// becomes a test of its own.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if asked { default.cases } else { usual },
        failure_persistence: None,
        ..default
    }
}
