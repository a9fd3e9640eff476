//! What became of a test that was played.

use jiff::Timestamp;

use super::judge::told;
use crate::diag::{Code, Diagnostic, code};
use crate::model::Name;
use crate::source::Place;

/// A test that was played.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "says whether the test holds"]
pub struct Played {
    /// The name.
    pub name: Name,
    /// What the test shows, as its author says it; empty for nothing.
    pub description: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// How many steps it has.
    pub steps: usize,
    /// Everything that happened, in order.
    pub timeline: Vec<Happening>,
    /// What is not as expected; empty for a test that holds.
    pub failures: Vec<Failure>,
    /// The zone in which instants are told.
    pub zone: jiff::tz::TimeZone,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// The step that it belongs to, counted from 1; 0 for what was before the first.
    pub step: usize,
    /// What, in words.
    pub text: String,
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where the expectation stands, or the step that could not be done.
    pub place: Option<Place>,
    /// The step, counted from 1; 0 for what is given.
    pub step: usize,
    /// What is wrong, in words.
    pub message: String,
    /// What to do about it, where that can be said.
    pub help: Option<String>,
    /// Whether the test could not be played, and so says nothing about the tree.
    pub broken: bool,
}

impl Failure {
    /// Returns the stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self.broken {
            true => code::TEST_BROKEN,
            false => code::TEST_FAILED,
        }
    }
}

impl Played {
    /// Returns true for a test that holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    /// Returns the timeline, a line each: the instant in the project's time zone, and what happened.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut before = None;
        for Happening { at, step: _, text } in &self.timeline {
            let instant = told(*at, &self.zone);
            let shown = match before {
                Some(before) if before == *at => " ".repeat(instant.chars().count()),
                _ => instant,
            };
            before = Some(*at);
            lines.push(format!("{shown}  {text}"));
        }
        lines
    }

    /// Returns what is wrong as one message; `None` for a test that holds.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        let (first, more) = self.failures.split_first()?;
        let code = match first.broken {
            true => code::TEST_BROKEN,
            false => code::TEST_FAILED,
        };
        let mut diagnostic =
            Diagnostic::error(code, format!("test `{}`: {}", self.name, first.message));
        if let Some(place) = first.place.as_ref().or(self.place.as_ref()) {
            diagnostic = diagnostic.at(place.clone());
        }
        for failure in more {
            if let Some(place) = failure.place.as_ref().or(self.place.as_ref()) {
                diagnostic = diagnostic.related(place.clone(), failure.message.clone());
            }
        }
        Some(diagnostic.help_opt(first.help.clone()))
    }
}
