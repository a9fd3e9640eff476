//! Names with `*` for any characters.

use std::fmt;

use crate::model::text::{Malformed, text_serde};
use crate::model::{NAME_LENGTH, Name};

/// A name in which `*` stands for any number of characters: `fabrikam`, `finance-*`, `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glob(Box<str>);

text_serde! {
    /// A name, in which `*` stands for any number of characters: `fabrikam`, `finance-*`, `*`.
    Glob, "name-pattern", pattern = "^[a-z0-9*][a-z0-9*-]{0,63}$"
}

impl Glob {
    /// Reads a name with or without `*`.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and offers the nearest proper name.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if !text.contains('*') {
            return Name::parse(text).map(|name| Self(name.as_str().into()));
        }
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'*' || b == b'-';
        if text.len() > NAME_LENGTH || !text.bytes().all(fits) || text.starts_with('-') {
            return Err(Malformed::new(
                "a name is made of lower-case letters, digits and `-`, and `*` stands for any of them",
            ));
        }
        Ok(Self(text.into()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the one name that is meant; `None` for a pattern.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(&*self.0)
    }

    /// Returns true for a name that the pattern means.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else {
            return *self.0 == *name;
        };
        let Some(mut left) = name.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = rest.split('*').collect();
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            match left.find(part) {
                Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        left.ends_with(last)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Packages by their address: `package/<name>`, in which `*` stands for any number of characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageGlob(pub Glob);

text_serde! {
    /// Packages by their address: `package/campaign-partner`, `package/finance-*`, `package/*`.
    PackageGlob, "package-pattern", pattern = "^package/[a-z0-9*][a-z0-9*-]{0,63}$"
}

impl PackageGlob {
    /// Reads an address of packages.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and offers the address that was probably meant.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let Some(name) = text.strip_prefix("package/") else {
            let help = match Glob::parse(text) {
                Ok(name) => format!("write `package/{name}`"),
                Err(_) => "write `package/<name>`, or `package/*` for all of them".to_owned(),
            };
            return Err(Malformed::new("not the address of packages").help(help));
        };
        Glob::parse(name).map(Self)
    }
}

impl fmt::Display for PackageGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "package/{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_characters() {
        let matches = |glob: &str, name: &str| Glob::parse(glob).expect(glob).matches(name);
        for (glob, yes, no) in [
            ("audit", "audit", "audits"),
            ("*", "audit", ""),
            ("annual-*", "annual-audit", "annual"),
            ("*-audit", "annual-audit", "audit"),
            ("a*l*t", "annual-audit", "annual"),
            ("a*a", "aa", "a"),
            ("*a*a*", "banana", "bank"),
        ] {
            assert!(matches(glob, yes), "{glob} {yes}");
            if !no.is_empty() {
                assert!(!matches(glob, no), "{glob} {no}");
            }
        }
    }

    #[test]
    fn packages_are_named_by_their_address() {
        let read = |text: &str| match PackageGlob::parse(text) {
            Ok(glob) => glob.to_string(),
            Err(problem) => problem.to_string(),
        };
        assert_eq!(read("package/*"), "package/*");
        assert_eq!(
            read("annual-audit"),
            "not the address of packages; write `package/annual-audit`"
        );
        assert_eq!(
            read("package/Annual"),
            "a name is made of lower-case letters, digits and `-`; write `annual`"
        );
    }
}
