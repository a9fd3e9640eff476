//! What a lint has to say, in addresses and routes.

use super::Info;
use crate::diag::Severity;
use crate::model::Declaration;
use crate::source::Route;

/// A part of a declared object.
#[derive(Debug, Clone)]
pub struct Spot<'t> {
    /// The object.
    pub of: &'t Declaration,
    /// The part; the root for the object itself.
    pub at: Route,
}

impl Spot<'_> {
    /// Returns true for a part that the tree says itself, and does not leave as it is live.
    fn is_managed(&self) -> bool {
        let key = self.at.attribute();
        key.is_none_or(|key| manages(self.of, key))
    }
}

/// Returns true for a key that an object does not leave as it is live.
pub(super) fn manages(of: &Declaration, key: &str) -> bool {
    !of.unmanaged().iter().any(|unmanaged| unmanaged == key)
}

/// A finding of a lint.
#[derive(Debug, Clone)]
#[must_use = "a finding that is not pushed is never seen"]
pub struct Finding<'t> {
    /// The lint.
    pub lint: &'static Info,
    /// How bad it is, as the settings say.
    pub severity: Severity,
    /// Where; a waiver for this object silences it.
    pub spot: Spot<'t>,
    /// What is so, in domain words.
    pub message: String,
    /// Further places, and what stands there.
    pub related: Vec<(Spot<'t>, String)>,
    /// What to do here; empty where what the lint says of itself is enough.
    pub help: String,
    /// What else it follows from.
    relies: Vec<Spot<'t>>,
}

impl<'t> Finding<'t> {
    /// Adds a further place, with what stands there.
    pub fn related(mut self, of: &'t Declaration, at: Route, note: impl Into<String>) -> Self {
        self.related.push((Spot { of, at }, note.into()));
        self
    }

    /// Says that it follows from another key as well, written or not.
    pub fn relies(mut self, of: &'t Declaration, key: &str) -> Self {
        let at = Route::root().key(key);
        self.relies.push(Spot { of, at });
        self
    }

    /// Says what to do here.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Returns true when the tree itself says everything that it follows from.
    fn is_known(&self) -> bool {
        let related = self.related.iter().map(|(spot, _)| spot);
        let mut all = std::iter::once(&self.spot)
            .chain(related)
            .chain(&self.relies);
        all.all(Spot::is_managed)
    }
}

/// The findings of one lint.
#[derive(Debug)]
pub struct Findings<'t> {
    lint: &'static Info,
    severity: Severity,
    all: Vec<Finding<'t>>,
}

impl<'t> Findings<'t> {
    pub(super) const fn new(lint: &'static Info, severity: Severity) -> Self {
        Self {
            lint,
            severity,
            all: Vec::new(),
        }
    }

    /// Returns a finding about a part of an object, to be pushed.
    pub fn at(&self, of: &'t Declaration, at: Route, message: impl Into<String>) -> Finding<'t> {
        Finding {
            lint: self.lint,
            severity: self.severity,
            spot: Spot { of, at },
            message: message.into(),
            related: Vec::new(),
            help: String::new(),
            relies: Vec::new(),
        }
    }

    /// Adds a finding, unless it follows from a key that the tree leaves as it is live.
    pub fn push(&mut self, finding: Finding<'t>) {
        if finding.is_known() {
            self.all.push(finding);
        }
    }

    pub(super) fn into_all(self) -> Vec<Finding<'t>> {
        self.all
    }
}
