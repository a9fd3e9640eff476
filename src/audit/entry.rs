//! One entry of the audit log.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::Digest;

/// One entry of the audit log, with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The number, counted from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The canonical JSON that the hash covers.
    pub text: String,
    /// The hash of this entry, which covers that of the one before, in hexadecimal digits.
    pub hash: String,
}

/// What an entry says, before it has its text and hash.
///
/// The fields stand in the order of the canonical JSON, which sorts keys: serializing writes them as they come.
#[derive(Debug, Clone, Serialize)]
pub struct Act<'a> {
    /// What happened: the action of a change, or `commit` for the end of a run.
    pub action: &'a str,
    /// Who did it.
    pub actor: &'a str,
    /// The object; `None` for what concerns the store as a whole.
    pub address: Option<&'a str>,
    /// The digest of the body after.
    pub after: Option<Digest>,
    /// When.
    pub at: Timestamp,
    /// The digest of the body before.
    pub before: Option<Digest>,
    /// Why, in a word or two.
    pub reason: &'a str,
    /// The run.
    pub run: &'a str,
    /// The number, counted from 1.
    pub seq: u64,
    /// Through which door: `apply`.
    pub via: &'a str,
}

impl Act<'_> {
    /// Returns the canonical JSON.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("INVARIANT: an entry is texts and numbers")
    }
}

impl Entry {
    /// Reads the number and the instant back out of an entry's text.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a text that is no entry's.
    pub fn read(text: String, hash: String) -> Result<Self, serde_json::Error> {
        #[derive(serde::Deserialize)]
        struct Head {
            seq: u64,
            at: Timestamp,
        }
        let Head { seq, at } = serde_json::from_str(&text)?;
        Ok(Self {
            seq,
            at,
            text,
            hash,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_canonical_json_and_reads_back() {
        let act = Act {
            action: "create",
            actor: "ana \"the\" admin",
            address: Some("catalog/partners"),
            after: Some(Digest::of(b"{}")),
            at: "2026-03-01T10:00:00Z".parse().expect("an instant"),
            before: None,
            reason: "declared",
            run: "r1",
            seq: 7,
            via: "apply",
        };
        let text = act.text();
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(text, crate::model::canonical(&value));
        let entry = Entry::read(text, String::new()).expect("an entry");
        assert_eq!((entry.seq, entry.at), (7, act.at));
    }
}
