//! The program itself: its version, and what `init` made.

use schemars::JsonSchema;
use serde::Serialize;

use super::FormatVersion;
use crate::render::report;

/// What the program is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Version {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The version of the program.
    pub version: &'static str,
    /// The version of the language that it reads.
    pub language: u32,
}

impl From<&report::Version> for Version {
    fn from(version: &report::Version) -> Self {
        Self {
            format_version: FormatVersion,
            version: version.version,
            language: version.language,
        }
    }
}

/// A project that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Init<'a> {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The files that were written, below the project's root.
    pub files: &'a [String],
}

impl<'a> From<&'a [String]> for Init<'a> {
    fn from(files: &'a [String]) -> Self {
        Self {
            format_version: FormatVersion,
            files,
        }
    }
}

/// Names: of schemas, or of their files that are not as they should be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Names<'a> {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The names, in order.
    pub names: &'a [String],
}

impl<'a> From<&'a [String]> for Names<'a> {
    fn from(names: &'a [String]) -> Self {
        Self {
            format_version: FormatVersion,
            names,
        }
    }
}
