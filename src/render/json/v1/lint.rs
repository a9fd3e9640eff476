//! Findings of lints, and what lints say of themselves.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Diagnostic, FormatVersion};
use crate::diag;
use crate::lint;
use crate::render::report::{self, Linted};

/// What lints found in a tree.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Lint {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// How many errors there are.
    pub errors: u64,
    /// How many warnings there are.
    pub warnings: u64,
    /// How many notes there are.
    pub notes: u64,
    /// How many findings waivers silence; they are not among the findings.
    pub waived: u64,
    /// The lints that were asked, by name.
    pub asked: Vec<&'static str>,
    /// The lints that were named and are off, so that they were not asked.
    pub off: Vec<&'static str>,
    /// How many files were read.
    pub files: u64,
    /// How many objects they declare.
    pub objects: u64,
    /// All findings, the worst first, then in order of places.
    pub findings: Vec<Diagnostic>,
}

impl From<&Linted<'_>> for Lint {
    fn from(report: &Linted<'_>) -> Self {
        let list = report.findings;
        let count = |severity| list.count(severity) as u64;
        Self {
            format_version: FormatVersion,
            errors: count(diag::Severity::Error),
            warnings: count(diag::Severity::Warning),
            notes: count(diag::Severity::Note),
            waived: report.waived as u64,
            asked: report.asked.iter().map(|(info, _)| info.code.id).collect(),
            off: report.off.iter().map(|info| info.code.id).collect(),
            files: report.files as u64,
            objects: report.objects as u64,
            findings: list.iter().map(Diagnostic::from).collect(),
        }
    }
}

/// Lints, and what they say of themselves.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LintRules {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The lints.
    pub rules: Vec<LintRule>,
}

/// A lint, with its level in the project.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LintRule {
    /// Its name.
    pub name: &'static str,
    /// Its level here.
    pub level: Level,
    /// Its level where the settings do not say otherwise.
    pub default: Level,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub mend: &'static str,
}

/// How bad the findings of a lint are.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The command ends with 3.
    Error,
    /// Somebody should look.
    Warning,
    /// Somebody should know.
    Note,
    /// The lint is not asked.
    Off,
}

impl From<lint::Level> for Level {
    fn from(level: lint::Level) -> Self {
        match level {
            lint::Level::Error => Self::Error,
            lint::Level::Warning => Self::Warning,
            lint::Level::Note => Self::Note,
            lint::Level::Off => Self::Off,
        }
    }
}

impl From<&[report::LintRule]> for LintRules {
    fn from(rules: &[report::LintRule]) -> Self {
        let rule = |rule: &report::LintRule| {
            let lint::Info {
                code,
                severity,
                why,
                mend,
            } = *rule.info;
            LintRule {
                name: code.id,
                level: rule.level.into(),
                default: lint::Level::from(severity).into(),
                title: code.title,
                why,
                mend,
            }
        };
        Self {
            format_version: FormatVersion,
            rules: rules.iter().map(rule).collect(),
        }
    }
}
