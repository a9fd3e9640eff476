//! Live objects that were written into files.

use schemars::JsonSchema;
use serde::Serialize;

use super::FormatVersion;
use crate::render::report::Imported;

/// What was written into files, and what was not.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Import {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The store, as people name it.
    pub store: String,
    /// Whether these were objects that nobody owns.
    pub unmanaged: bool,
    /// The files that were written.
    pub files: Vec<ImportedFile>,
    /// What was not written.
    pub left: Vec<NotImported>,
    /// How many changes the next plan has besides taking over what was written; absent where the files are no part of a
    /// sound tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest: Option<u64>,
}

/// A file that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportedFile {
    /// Its path, below the project's root where it is.
    pub path: String,
    /// How many objects it declares.
    pub objects: u64,
}

/// An object that was not written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotImported {
    /// The object.
    pub object: String,
    /// Why.
    pub reason: String,
}

impl From<&Imported> for Import {
    fn from(report: &Imported) -> Self {
        let file = |(path, objects): &(String, usize)| ImportedFile {
            path: path.clone(),
            objects: *objects as u64,
        };
        let left = |(object, reason): &(String, String)| NotImported {
            object: object.clone(),
            reason: reason.clone(),
        };
        Self {
            format_version: FormatVersion,
            store: report.store.clone(),
            unmanaged: report.unmanaged,
            files: report.files.iter().map(file).collect(),
            left: report.left.iter().map(left).collect(),
            rest: report.rest.map(|rest| rest as u64),
        }
    }
}
