//! Diagnostics, and the report of a validation.

use schemars::JsonSchema;
use serde::Serialize;

use super::FormatVersion;
use crate::diag;
use crate::render::report::Validated;
use crate::source;

/// What is wrong with a tree.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Validate {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Whether the tree can be used.
    pub valid: bool,
    /// How many errors there are.
    pub errors: u64,
    /// How many warnings there are.
    pub warnings: u64,
    /// How many files were read.
    pub files: u64,
    /// How many objects they declare; absent for an invalid tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objects: Option<u64>,
    /// All of them, in order of places.
    pub diagnostics: Vec<Diagnostic>,
}

impl From<&Validated<'_>> for Validate {
    fn from(report: &Validated<'_>) -> Self {
        let list = report.diagnostics;
        Self {
            format_version: FormatVersion,
            valid: !list.has_errors(),
            errors: list.count(diag::Severity::Error) as u64,
            warnings: list.count(diag::Severity::Warning) as u64,
            files: report.files as u64,
            objects: report.objects.map(|objects| objects as u64),
            diagnostics: list.iter().map(Diagnostic::from).collect(),
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The tree cannot be used.
    Error,
    /// The tree can be used; somebody should look.
    Warning,
    /// Somebody should know.
    Note,
}

impl From<diag::Severity> for Severity {
    fn from(severity: diag::Severity) -> Self {
        match severity {
            diag::Severity::Error => Self::Error,
            diag::Severity::Warning => Self::Warning,
            diag::Severity::Note => Self::Note,
        }
    }
}

/// A problem with a stable code, its place and the way out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diagnostic {
    /// The stable code, such as `GL0302`; the name of the rule for a finding of `lint`, such as `never-expires`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where; absent for what concerns the tree as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Further places.
    pub related: Vec<Related>,
    /// What to do.
    pub help: Vec<String>,
    /// A text of several lines that shows it, such as a test to be taken over; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

impl From<&diag::Diagnostic> for Diagnostic {
    fn from(one: &diag::Diagnostic) -> Self {
        Self {
            code: one.code.id,
            severity: one.severity.into(),
            message: one.message.clone(),
            place: one.primary.as_deref().map(Place::from),
            related: one
                .related
                .iter()
                .map(|label| Related {
                    place: Place::from(&label.place),
                    note: label.note.clone(),
                })
                .collect(),
            help: one.help.clone(),
            example: one.example.as_ref().map(|example| example.text.clone()),
        }
    }
}

/// A place in the tree.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Place {
    /// The file, below the project's root.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1 in characters.
    pub column: u32,
    /// How many characters are meant, at least 1.
    pub length: u32,
}

impl From<&source::Place> for Place {
    fn from(place: &source::Place) -> Self {
        Self {
            path: place.path.clone(),
            line: place.line,
            column: place.column,
            length: place.marked,
        }
    }
}

/// A further place, and what stands there.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What.
    pub note: String,
}
