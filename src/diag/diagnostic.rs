//! One message with a place in the tree.

use super::Code;
use crate::source::Place;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The tree cannot be used.
    Error,
    /// The tree can be used; somebody should look.
    Warning,
    /// Somebody should know.
    Note,
}

impl Severity {
    /// Returns the word that output shows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A further place that belongs to a diagnostic, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What, in a few words: `first declared here`.
    pub note: String,
}

/// A problem with a stable code, one primary place, related places and help.
///
/// Wording: lower case, one line, no final period, the user's own text in backticks. The message says what is wrong,
/// the help says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a diagnostic that is not pushed is never seen"]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where; `None` for what concerns the tree as a whole.
    pub primary: Option<Box<Place>>,
    /// Further places, such as the first of two equal names.
    pub related: Box<[Label]>,
    /// What to do, a line each.
    pub help: Vec<String>,
    /// A text of several lines that shows it, to be taken over as it is.
    pub example: Option<Box<Example>>,
}

/// A text that shows what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it is, in a few words.
    pub title: String,
    /// The text.
    pub text: String,
}

impl Diagnostic {
    /// Returns an error without a place.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: None,
            related: Box::default(),
            help: Vec::new(),
            example: None,
        }
    }

    /// Returns a warning without a place.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// Sets the primary place.
    pub fn at(mut self, place: Place) -> Self {
        self.primary = Some(Box::new(place));
        self
    }

    /// Adds a related place.
    pub fn related(mut self, place: Place, note: impl Into<String>) -> Self {
        let mut related = self.related.into_vec();
        related.push(Label {
            place,
            note: note.into(),
        });
        self.related = related.into_boxed_slice();
        self
    }

    /// Adds a line of help.
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }

    /// Sets the text that shows it.
    pub fn example(mut self, title: impl Into<String>, text: String) -> Self {
        let title = title.into();
        self.example = Some(Box::new(Example { title, text }));
        self
    }

    /// Adds a line of help where there is one.
    pub fn help_opt(mut self, line: Option<String>) -> Self {
        self.help.extend(line);
        self
    }
}
