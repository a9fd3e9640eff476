//! Paths of files beside the tree.

use super::{Malformed, text_type};

text_type! {
    /// A file of the project that is no policy file, as a path below the project's root: `terms/partners.txt`.
    FilePath, "file-path", pattern = "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$", maxLength = 512
}

impl FilePath {
    /// Reads a path below the project's root.
    ///
    /// # Errors
    ///
    /// Refuses a path that leads out of the project or into a hidden folder, and characters that not every disk takes.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let problem = |message: &str| {
            Malformed::new(message.to_owned())
                .help("write a path below the project's root, such as `terms/partners.txt`")
        };
        if text.is_empty() || text.len() > 512 {
            return Err(problem("a path has 1 to 512 characters"));
        }
        if text.starts_with('/') {
            return Err(problem("a path that starts at the root of the disk"));
        }
        for part in text.split('/') {
            if part.is_empty() || part.starts_with('.') {
                return Err(problem(
                    "a path that leads out of the project, or to what is hidden",
                ));
            }
            let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
            if let Some(odd) = part.chars().find(|c| odd(*c)) {
                return Err(problem(&format!(
                    "`{}` does not belong in the path of a file",
                    odd.escape_default()
                )));
            }
        }
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_root() {
        for text in ["terms.txt", "terms/nl/partners-2027.pdf", "a_b"] {
            assert!(FilePath::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "/etc/passwd",
            "../secret",
            "a/../b",
            "a//b",
            ".git/config",
            "a\\b",
            "a b",
            "a/\u{202e}b",
        ] {
            assert!(FilePath::parse(text).is_err(), "{text:?}");
        }
    }
}
