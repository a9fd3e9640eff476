//! The files that the settings say a tree must hold: one that is missing is an error, never an absence.

use globset::{GlobBuilder, GlobMatcher};

use super::settings::listed as place;
use crate::diag::{Diagnostic, Diagnostics, code, nearest};
use crate::load::Toml;
use crate::planted::{self, Planted};
use crate::source::SourceFile;

/// A path or pattern below the project's root.
#[derive(Debug)]
pub(super) struct Listed {
    matcher: GlobMatcher,
}

impl Listed {
    /// Reads a path or pattern, or says what is wrong with it.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let parts = || text.split('/');
        if text.is_empty() || parts().any(|part| matches!(part, "" | "." | "..")) {
            return Err(format!("`{text}` is no path below the project's root"));
        }
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        let glob = glob.map_err(|error| format!("`{text}` is no pattern: {}", error.kind()))?;
        Ok(Self {
            matcher: glob.compile_matcher(),
        })
    }

    fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }
}

/// Tells of everything that the settings list and that was not found.
pub(super) fn check(
    files: &[String],
    found: &[String],
    settings: &SourceFile,
    out: &mut Diagnostics,
) {
    let settings = Toml::parse(settings, code::SETTINGS).ok();
    for (index, text) in files.iter().enumerate() {
        let Ok(listed) = Listed::new(text) else {
            continue; // The settings were refused for it.
        };
        let is_there = found.iter().any(|path| listed.matches(path));
        if is_there || planted::is(Planted::MissingFileIgnored) {
            continue;
        }
        let message = match text.contains(['*', '?', '[', '{']) {
            true => format!("no policy file matches `{text}`, which the settings list"),
            false => format!("the policy file `{text}` is missing, which the settings list"),
        };
        let near = nearest(text, found.iter().map(String::as_str));
        let help = near.map_or_else(
            || "what is missing deletes nothing: put it back, or take it off the list".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let diagnostic = Diagnostic::error(code::MISSING_FILE, message).help(help);
        out.push(match &settings {
            Some(settings) => settings.at(&place(index), diagnostic),
            None => diagnostic,
        });
    }
}
