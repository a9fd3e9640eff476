//! What a lint is.

use super::{Context, Findings, LINTS};
use crate::diag::{Code, Severity};

/// What a lint says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// Its name, and what it is about in a few words.
    pub code: Code,
    /// How bad a finding is where the settings do not say otherwise.
    pub severity: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub mend: &'static str,
}

/// A rule over a whole tree. One run looks at everything once, in time that grows as the tree does.
pub trait Lint: Sync {
    /// Returns what the lint says of itself.
    fn info(&self) -> &'static Info;

    /// Looks for findings. Each is true as it stands: what cannot be known from the tree is not said.
    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>);
}

impl std::fmt::Debug for dyn Lint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.info().code.id)
    }
}

/// Returns the lint of a name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Lint> {
    let mut all = LINTS.iter().copied();
    all.find(|lint| lint.info().code.id == name)
}
