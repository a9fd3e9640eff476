//! Tests of a tree.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Diagnostic, FormatVersion, Place};
use crate::diag::Severity;
use crate::render::report::Tested;
use crate::scenario::{Failure, Happening, Played};

/// The tests of a tree that were played, and whether they hold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Test {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Whether all of them hold, and the invariants of the tree where they were asked for.
    pub holds: bool,
    /// How many were played.
    pub played: u64,
    /// How many do not hold: of the tests that were played, and of the invariants of the tree where they were asked for.
    pub failed: u64,
    /// How many were not asked for.
    pub others: u64,
    /// What became of each, in order of names.
    pub tests: Vec<PlayedTest>,
    /// The invariants of the tree that do not hold, each with a test that shows it where there is one.
    pub invariants: Vec<Diagnostic>,
    /// What somebody should look at in the tree.
    pub warnings: Vec<Diagnostic>,
}

/// A test that was played.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlayedTest {
    /// The name.
    pub name: String,
    /// What the test shows, as its author says it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether it holds.
    pub holds: bool,
    /// How many steps it has.
    pub steps: u64,
    /// What is not as expected; empty for a test that holds.
    pub failures: Vec<TestFailure>,
    /// Everything that happened, in order.
    pub timeline: Vec<TestHappening>,
}

/// Something that is not as expected.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestFailure {
    /// The stable code: `GL0901` for an expectation that does not hold, `GL0902` for a test that cannot be played.
    pub code: &'static str,
    /// The step, counted from 1; 0 for what is given.
    pub step: u64,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where the expectation stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Something that happened.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestHappening {
    /// When, by the clock of the test.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The step that it belongs to, counted from 1; 0 for what was before the first.
    pub step: u64,
    /// What, in words that are no contract.
    pub text: String,
}

impl From<&Tested<'_>> for Test {
    fn from(report: &Tested<'_>) -> Self {
        let (invariants, warnings): (Vec<_>, Vec<_>) = report
            .warnings
            .iter()
            .partition(|one| one.severity == Severity::Error);
        let failed = report.played.iter().filter(|one| !one.holds()).count() + invariants.len();
        Self {
            format_version: FormatVersion,
            holds: failed == 0,
            played: report.played.len() as u64,
            failed: failed as u64,
            others: report.others as u64,
            tests: report.played.iter().map(PlayedTest::from).collect(),
            invariants: invariants.into_iter().map(Diagnostic::from).collect(),
            warnings: warnings.into_iter().map(Diagnostic::from).collect(),
        }
    }
}

impl From<&Played> for PlayedTest {
    fn from(played: &Played) -> Self {
        Self {
            name: played.name.to_string(),
            description: played.description.clone(),
            place: played.place.as_ref().map(Place::from),
            holds: played.holds(),
            steps: played.steps as u64,
            failures: played.failures.iter().map(TestFailure::from).collect(),
            timeline: played.timeline.iter().map(TestHappening::from).collect(),
        }
    }
}

impl From<&Failure> for TestFailure {
    fn from(failure: &Failure) -> Self {
        Self {
            code: failure.code().id,
            step: failure.step as u64,
            message: failure.message.clone(),
            help: failure.help.clone(),
            place: failure.place.as_ref().map(Place::from),
        }
    }
}

impl From<&Happening> for TestHappening {
    fn from(happening: &Happening) -> Self {
        Self {
            at: happening.at,
            step: happening.step as u64,
            text: happening.text.trim_start().to_owned(),
        }
    }
}
