//! Texts with few rules: one line, prose, identifiers, patterns.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::{Malformed, text_type};

fn bounded(text: &str, most: usize) -> Result<(), Malformed> {
    let length = text.chars().count();
    if length > most {
        return Err(Malformed::new(format!(
            "{length} characters, where at most {most} are allowed"
        )));
    }
    Ok(())
}

fn single_line(text: &str, most: usize) -> Result<(), Malformed> {
    if text.trim().is_empty() {
        return Err(Malformed::new("empty text").help("write something, or leave the key out"));
    }
    if text.contains('\n') {
        return Err(Malformed::new("a line break, where one line is expected"));
    }
    if text.trim() != text {
        return Err(Malformed::new("white space at the start or the end")
            .help(format!("write `{}`", text.trim())));
    }
    bounded(text, most)
}

text_type! {
    /// One line of text, 1 to 256 characters, without white space at its ends.
    Line, "line", minLength = 1, maxLength = 256
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// Says whether it is empty, broken, padded or too long.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        single_line(text, 256)?;
        Ok(Self(text.into()))
    }
}

text_type! {
    /// Text of several lines at will, at most 4,096 characters.
    Prose, "prose", maxLength = 4096
}

impl Prose {
    /// Reads prose.
    ///
    /// # Errors
    ///
    /// Says how much too long it is.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        bounded(text, 4096)?;
        Ok(Self(text.into()))
    }

    /// Returns true for no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Default for Prose {
    fn default() -> Self {
        Self("".into())
    }
}

text_type! {
    /// A question or a choice as people read it: one line, at most 1,024 characters.
    Words, "words", minLength = 1, maxLength = 1024
}

impl Words {
    /// Reads a question.
    ///
    /// # Errors
    ///
    /// Says whether it is empty, broken, padded or too long.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        single_line(text, 1024)?;
        Ok(Self(text.into()))
    }
}

text_type! {
    /// A regular expression that an answer must match, at most 1,024 characters.
    Pattern, "pattern", minLength = 1, maxLength = 1024
}

thread_local! {
    /// Patterns that were compiled lately: many policies ask the same, and compiling costs more than all else of a policy.
    static COMPILED: RefCell<BTreeSet<Box<str>>> = const { RefCell::new(BTreeSet::new()) };
}

/// How many patterns are remembered.
const REMEMBERED: usize = 64;

impl Pattern {
    /// Reads a pattern, and compiles it once to see that it can be used.
    ///
    /// # Errors
    ///
    /// Says why it is no regular expression.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if COMPILED.with_borrow(|compiled| compiled.contains(text)) {
            return Ok(Self(text.into()));
        }
        single_line(text, 1024)?;
        match regex::RegexBuilder::new(text).size_limit(1 << 18).build() {
            Ok(_) => {
                COMPILED.with_borrow_mut(|compiled| {
                    if compiled.len() >= REMEMBERED {
                        compiled.clear();
                    }
                    compiled.insert(text.into());
                });
                Ok(Self(text.into()))
            }
            Err(regex::Error::CompiledTooBig(_)) => {
                Err(Malformed::new("a pattern that is too large to use"))
            }
            Err(error) => {
                let text = error.to_string();
                let cause = text.lines().last().unwrap_or_default();
                let cause = cause.strip_prefix("error: ").unwrap_or(cause);
                Err(Malformed::new(format!("not a regular expression: {cause}")))
            }
        }
    }
}

text_type! {
    /// A directory id in lower case, as in `3d0f5dec-0000-4000-8000-000000000001`.
    Guid, "guid",
    pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
}

impl Guid {
    /// Reads an id.
    ///
    /// # Errors
    ///
    /// Offers the canonical spelling of an id in other letters or with braces.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let problem =
            Malformed::new("not an id of the form `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`");
        let id = uuid::Uuid::try_parse(text).map_err(|_| problem.clone())?;
        let canonical = id.hyphenated().to_string();
        if id.is_nil() {
            return Err(Malformed::new("an id of zeros names nothing"));
        }
        if canonical != text {
            return Err(problem.help(format!("write `{canonical}`")));
        }
        Ok(Self(canonical.into()))
    }
}

text_type! {
    /// An `https` address without user, query or fragment.
    HttpsUrl, "https-url", pattern = "^https://[^\\s?#@]+$", maxLength = 2048
}

impl HttpsUrl {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// Says which part does not belong in it.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        single_line(text, 2048)?;
        let Some(rest) = text.strip_prefix("https://") else {
            let mended = text.strip_prefix("http://").unwrap_or(text);
            return Err(
                Malformed::new("not an https address").help(format!("write `https://{mended}`"))
            );
        };
        if let Some(odd) = rest
            .chars()
            .find(|c| c.is_whitespace() || "?#@\\".contains(*c))
        {
            return Err(Malformed::new(format!(
                "`{odd}` does not belong in this address"
            )));
        }
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        if host.is_empty() {
            return Err(Malformed::new("an address without a host"));
        }
        if host.chars().any(char::is_uppercase) {
            let mended = text.replacen(host, &host.to_lowercase(), 1);
            return Err(
                Malformed::new("a host in capital letters").help(format!("write `{mended}`"))
            );
        }
        if text.ends_with('/') {
            return Err(Malformed::new("a slash at the end")
                .help(format!("write `{}`", text.trim_end_matches('/'))));
        }
        Ok(Self(text.into()))
    }
}

text_type! {
    /// A language tag, as in `nl` or `pt-BR` (BCP 47: language, and script or region at will).
    Language, "language-tag", pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
}

impl Language {
    /// Reads a language tag.
    ///
    /// # Errors
    ///
    /// Says what such a tag looks like.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let problem =
            || Malformed::new("not a language tag").help("write one such as `nl` or `pt-BR`");
        let mut parts = text.split('-');
        let language = parts.next().unwrap_or_default();
        if !(2..=3).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(problem());
        }
        let mut part = parts.next();
        let script = |text: &str| {
            let bytes = text.as_bytes();
            bytes.len() == 4
                && bytes[0].is_ascii_uppercase()
                && bytes[1..].iter().all(u8::is_ascii_lowercase)
        };
        let region = |text: &str| {
            text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
                || text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit())
        };
        if part.is_some_and(script) {
            part = parts.next();
        }
        if part.is_some_and(region) {
            part = parts.next();
        }
        if part.is_some() {
            return Err(problem());
        }
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_texts_that_are_empty_padded_broken_or_long() {
        for text in ["", " ", " a", "a ", "a\nb", &"x".repeat(257)] {
            assert!(Line::parse(text).is_err(), "{text:?}");
        }
        assert!(Line::parse(&"é".repeat(256)).is_ok());
        assert!(Prose::parse(&"x".repeat(4097)).is_err());
        assert!(Prose::parse("a\nb").is_ok());
    }

    #[test]
    fn says_why_a_pattern_is_none() {
        let problem = Pattern::parse("[A-Z{3}").expect_err("unclosed");
        assert_eq!(
            problem.message,
            "not a regular expression: unclosed character class"
        );
        assert!(Pattern::parse("^[A-Z]{3}-[0-9]+$").is_ok());
        assert!(Pattern::parse("(a{1000}){1000}").is_err());
    }

    #[test]
    fn offers_the_canonical_id() {
        let problem = Guid::parse("{3D0F5DEC-0000-4000-8000-000000000001}").expect_err("braces");
        assert_eq!(
            problem.help.as_deref(),
            Some("write `3d0f5dec-0000-4000-8000-000000000001`")
        );
        assert!(Guid::parse("00000000-0000-0000-0000-000000000000").is_err());
    }

    #[test]
    fn reads_language_tags() {
        for text in ["nl", "pt-BR", "zh-Hant-TW", "es-419"] {
            assert!(Language::parse(text).is_ok(), "{text}");
        }
        for text in ["", "NL", "pt_BR", "pt-br", "english", "nl-NL-x"] {
            assert!(Language::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_addresses_that_carry_more_than_a_place() {
        for text in [
            "http://a.b",
            "https://",
            "https://a.b/?x=1",
            "https://u@a.b",
            "https://A.b",
            "https://a.b/",
        ] {
            assert!(HttpsUrl::parse(text).is_err(), "{text}");
        }
        assert!(HttpsUrl::parse("https://contoso.sharepoint.com/sites/campaign").is_ok());
    }
}
