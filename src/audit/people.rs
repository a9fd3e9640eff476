//! People in entries: an opaque id, and a keyed hash that proves who it is to whoever knows the name.
//!
//! The key is a salt of the person's own, kept with the name beside the log. Once both are erased, nothing in the log tells
//! who it was, and the chain still holds. `threat-and-fault-model` §10.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use regex::Regex;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;

use super::hexadecimal;
use crate::model::text::Email;

/// What is shown in place of a name that was erased.
pub const ERASED: &str = "[erased]";

/// Begins a mention of a person in an entry; the id follows.
const MENTION: &str = "person:";

/// Whatever may be an address in running text; quotes around it are no part of it.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"[^\s@,:;<>()\[\]{}"`|]+@[^\s@,:;<>()\[\]{}"'`|]+"#)
        .expect("INVARIANT: a valid expression")
});

static MENTIONED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("person:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
        .expect("INVARIANT: a valid expression")
});

/// A person as an entry names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id: a random UUID.
    pub id: String,
    /// HMAC-SHA-256 over the canonical value, keyed with the person's salt, in hexadecimal digits.
    pub mac: String,
}

/// The key of one person's hash: 32 random bytes that nobody needs to see.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Salt {
    /// Returns the salt that these bytes are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, to be kept.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the keyed hash of a canonical value.
    #[must_use]
    pub fn mac(&self, value: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("INVARIANT: HMAC takes any key");
        mac.update(value.as_bytes());
        hexadecimal::text(&mac.finalize().into_bytes())
    }
}

/// Returns the one spelling of who somebody is: an address in lower case and canonical form, or the name of an account.
#[must_use]
pub fn canonical(who: &str) -> String {
    let who = who.trim();
    let who = match who.strip_prefix("user:").unwrap_or(who) {
        "" => "unknown",
        who => who,
    };
    match Email::parse(who) {
        Ok(email) => email.to_string(),
        Err(_) if who.contains('@') => who.to_lowercase().nfc().collect(),
        Err(_) => who.nfc().collect(),
    }
}

/// Returns how an entry mentions a person.
#[must_use]
pub fn mention(id: &str) -> String {
    format!("{MENTION}{id}")
}

/// Puts other words in place of the addresses of people in a text; `word` is asked for each, as it stands there.
///
/// # Errors
///
/// Those of `word`.
pub fn seal_text<'t, E>(
    text: &'t str,
    word: &mut dyn FnMut(&str) -> Result<String, E>,
) -> Result<Cow<'t, str>, E> {
    if !text.contains('@') {
        return Ok(Cow::Borrowed(text));
    }
    let mut sealed = String::with_capacity(text.len());
    let mut done = 0;
    for found in ADDRESS.find_iter(text) {
        let who = found.as_str().trim_end_matches(['.', '!', '?']);
        let quotes = who.len() - who.trim_start_matches('\'').len();
        sealed += &text[done..found.start() + quotes];
        sealed += &word(&who[quotes..])?;
        done = found.start() + who.len();
    }
    sealed += &text[done..];
    Ok(Cow::Owned(sealed))
}

/// Returns the ids that a text mentions.
pub fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    let found = text.contains(MENTION).then(|| MENTIONED.find_iter(text));
    let ids = found.into_iter().flatten();
    ids.map(|found| &found.as_str()[MENTION.len()..])
}

/// Puts names in place of the mentions in a text; `name` is asked for the name of each id.
#[must_use]
pub fn reveal<'t>(text: &'t str, name: &dyn Fn(&str) -> String) -> Cow<'t, str> {
    if !text.contains(MENTION) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for found in MENTIONED.find_iter(text) {
        shown += &text[done..found.start()];
        shown += &name(&found.as_str()[MENTION.len()..]);
        done = found.end();
    }
    shown += &text[done..];
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3d0f5dec-0000-4000-8000-000000000001";

    #[test]
    fn one_person_has_one_spelling() {
        for same in [
            "ana@contoso.com",
            " Ana@Contoso.COM ",
            "user:ana@contoso.com",
        ] {
            assert_eq!(canonical(same), "ana@contoso.com");
        }
        assert_eq!(canonical("Ana"), "Ana");
        assert_eq!(canonical("ana+x@contoso.com"), "ana+x@contoso.com");
    }

    #[test]
    fn addresses_in_a_text_are_sealed_whole() {
        let mut asked = Vec::new();
        let mut seal = |text: &str| {
            let sealed = seal_text(text, &mut |who| -> Result<String, ()> {
                asked.push(who.to_owned());
                Ok(mention(ID))
            });
            sealed.expect("sealed").into_owned()
        };
        let sealed = seal("waiver of user:Ana@contoso.com: asked by 'o'brien@x.example'.");
        assert_eq!(
            sealed,
            format!("waiver of user:person:{ID}: asked by 'person:{ID}'.")
        );
        assert_eq!(seal("nobody @ all"), "nobody @ all");
        assert_eq!(asked, ["Ana@contoso.com", "o'brien@x.example"]);
    }

    #[test]
    fn mentions_are_shown_by_name_or_as_erased() {
        let text = format!("by person:{ID}, not person:x");
        assert_eq!(mentioned(&text).collect::<Vec<_>>(), [ID]);
        let shown = reveal(&text, &|id| {
            assert_eq!(id, ID);
            ERASED.to_owned()
        });
        assert_eq!(shown, "by [erased], not person:x");
    }

    #[test]
    fn the_hash_is_the_published_one_and_the_salt_is_never_shown() {
        // RFC 4231, test case 1, with the key filled up to 32 bytes by zeros, which HMAC does as well.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let salt = Salt::from_bytes(key);
        assert_eq!(
            salt.mac("Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(format!("{salt:?}"), "[redacted]");
    }
}
