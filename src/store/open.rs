//! From a URL to a store: the only list of kinds of store.

use std::path::{Path, PathBuf};

use super::{Store, StoreError, sqlite};
use crate::diag::nearest;

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// To read only: nothing is made or changed, and a store that is not there yet reads as an empty one.
    Read,
    /// To write: a store that is not there is made, one of an older format brought to the present one.
    Write,
    /// To write one that was seen a moment ago: one that is no longer there is an error, and none is made in its place.
    Existing,
}

/// The schemes that stores have, with what this build can do about each.
const SCHEMES: &[(&str, Scheme)] = &[
    ("sqlite", Scheme::Sqlite),
    ("postgres", Scheme::Missing("PostgreSQL")),
    ("postgresql", Scheme::Missing("PostgreSQL")),
    ("graph", Scheme::Missing("Microsoft Graph")),
];

#[derive(Debug, Clone, Copy)]
enum Scheme {
    Sqlite,
    /// Known, and not in this build.
    Missing(&'static str),
}

/// Opens the store that a URL names; files are relative to `base`.
///
/// # Errors
///
/// [`StoreError::UnknownUrl`] for a URL of no store; otherwise why the store cannot be opened.
pub fn open(url: &str, base: &Path, mode: OpenMode) -> Result<Box<dyn Store>, StoreError> {
    let unknown = |cause: String| StoreError::UnknownUrl {
        url: redacted(url),
        cause,
    };
    match scheme(url).map_err(unknown)? {
        (Scheme::Sqlite, file) => sqlite::open(url, &base.join(file), mode),
        (Scheme::Missing(what), _) => Err(unknown(format!(
            "this build has no store in {what}; use `sqlite:FILE`"
        ))),
    }
}

/// Says why a URL names no store, whether or not this build has stores of its kind.
///
/// # Errors
///
/// What is wrong, and what to write.
pub fn check_url(url: &str) -> Result<(), String> {
    scheme(url).map(drop)
}

/// Returns the file that a URL names; `None` for a store that is no file. Relative to `base`, as for [`open`].
#[must_use]
pub fn file_of(url: &str, base: &Path) -> Option<PathBuf> {
    match scheme(url) {
        Ok((Scheme::Sqlite, file)) => Some(base.join(file)),
        Ok((Scheme::Missing(_), _)) | Err(_) => None,
    }
}

/// Returns the kind of store that a URL names, and for a file its name.
fn scheme(url: &str) -> Result<(Scheme, &str), String> {
    let Some((word, rest)) = url.split_once(':') else {
        return Err("it says no kind of store; write `sqlite:FILE`".to_owned());
    };
    match SCHEMES.iter().find(|(known, _)| *known == word) {
        Some((_, Scheme::Sqlite)) => Ok((Scheme::Sqlite, file(rest)?)),
        Some((_, missing)) => Ok((*missing, rest)),
        None => {
            let near = nearest(word, SCHEMES.iter().map(|(known, _)| *known));
            Err(match near {
                Some(near) => format!("there is no store `{word}:`; did you mean `{near}:`?"),
                None => format!("there is no store `{word}:`; write `sqlite:FILE`"),
            })
        }
    }
}

/// Returns the file of a `sqlite:` URL.
fn file(rest: &str) -> Result<&str, &'static str> {
    if rest.is_empty() {
        return Err("it names no file; write `sqlite:FILE`");
    }
    if rest.starts_with("//") {
        return Err("a file has no host; write `sqlite:FILE`, without `//`");
    }
    if rest == ":memory:" {
        return Err("a store in memory would be gone at once; write `sqlite:FILE`");
    }
    if rest.contains('\0') {
        return Err("a file's name has no such character");
    }
    Ok(rest)
}

/// Returns a URL without the user, password and parameters that it may carry.
fn redacted(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match (url.find("//"), url.rfind('@')) {
        (Some(start), Some(end)) if start + 2 <= end => {
            format!("{}[redacted]{}", &url[..start + 2], &url[end..])
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        match open(url, Path::new("/nowhere"), OpenMode::Read) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{url} was opened"),
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_url() {
        assert_eq!(
            refusal("guestlist.db"),
            "`guestlist.db` names no store: it says no kind of store; write `sqlite:FILE`"
        );
        assert_eq!(
            refusal("sqlit:guestlist.db"),
            "`sqlit:guestlist.db` names no store: there is no store `sqlit:`; did you mean `sqlite:`?"
        );
        assert_eq!(
            refusal("sqlite:"),
            "`sqlite:` names no store: it names no file; write `sqlite:FILE`"
        );
        assert_eq!(
            refusal("graph:contoso.onmicrosoft.com"),
            "`graph:contoso.onmicrosoft.com` names no store: this build has no store in Microsoft Graph; use `sqlite:FILE`"
        );
    }

    #[test]
    fn never_shows_a_password() {
        let shown = refusal("postgres://ana:hunter2@db.contoso.com/guestlist?password=hunter2");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("db.contoso.com"), "{shown}");
    }
}
