//! The files that terms of use name: there, regular, and text that everybody reads alike.

use std::path::Path;

use super::tree;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::model::kinds::TermsDocument;
use crate::model::{Declaration, Desired, Object};
use crate::source::{Place, Sources};

/// Returns what is wrong with the files that terms of use name. A file that is no text, such as a PDF, must be there only.
pub(super) fn files(desired: &Desired, sources: &Sources, root: &Path) -> Diagnostics {
    let mut out = Diagnostics::new();
    for declared in desired.objects() {
        let Object::TermsOfUse(terms) = &*declared.object else {
            continue;
        };
        for document in terms.documents.values() {
            let TermsDocument::File(file) = document else {
                continue;
            };
            if let Some(problem) = tree::lacks(root, file.as_str()) {
                let diagnostic = Diagnostic::error(
                    code::UNKNOWN_REFERENCE,
                    format!("`{file}`: {problem}"),
                )
                .help("put the words there, below the project's root, or name a page with `link`");
                out.push(match place(declared, sources, file.as_str()) {
                    Some(place) => diagnostic.at(place),
                    None => diagnostic,
                });
            }
        }
    }
    out
}

/// Returns where an object names a file.
fn place(declared: &Declaration, sources: &Sources, named: &str) -> Option<Place> {
    let origin = &declared.origin;
    let (_, file) = sources
        .iter()
        .find(|(_, file)| file.path() == &*origin.path)?;
    let lines = file.text().split_inclusive('\n');
    let before = usize::try_from(origin.line.saturating_sub(1)).ok()?;
    let start: usize = lines.take(before).map(str::len).sum();
    let rest = file.text().get(start..)?;
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let whole = |at: &usize| {
        let (before, after) = (rest.get(..*at), rest.get(at + named.len()..));
        !before.is_some_and(|text| text.ends_with(part))
            && !after.is_some_and(|text| text.starts_with(part))
    };
    let found = rest.match_indices(named).map(|(at, _)| at).find(whole)?;
    let at = start + found;
    let (start, end) = (
        u32::try_from(at).ok()?,
        u32::try_from(at + named.len()).ok()?,
    );
    Some(file.place(start, end))
}
