//! All diagnostics of a run, in the order people read them.

use super::{Code, Diagnostic, Severity};

/// How many diagnostics a terminal and the log of a pipeline show of a run; the rest is counted.
pub const SHOWN: usize = 50;

/// The diagnostics of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "diagnostics that nobody reads are lost"]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Returns an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Leaves out what is told under some codes.
    pub fn without(&mut self, codes: &[Code]) {
        self.0
            .retain(|diagnostic| !codes.contains(&diagnostic.code));
    }

    /// Returns true when the tree cannot be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// Returns true when there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns how many are of this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|d| d.severity == severity).count()
    }

    /// Returns the diagnostics as they stand.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// Puts errors before warnings and warnings before notes; what is as bad stays in its order.
    pub fn worst_first(&mut self) {
        self.0.sort_by_key(|diagnostic| diagnostic.severity);
    }

    /// Sorts by path, line, column, code and message, and drops what is said twice.
    ///
    /// Diagnostics without a place come first: they concern the tree as a whole.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| {
            let key = |d: &Diagnostic| {
                d.primary
                    .as_ref()
                    .map(|p| (p.path.clone(), p.line, p.column))
            };
            (key(a), a.code, &a.message).cmp(&(key(b), b.code, &b.message))
        });
        self.0.dedup();
    }
}
