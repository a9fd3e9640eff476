//! One entry of the audit log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::people::{Person, canonical, mention, seal_text};
use super::{Hash, Salt};
use crate::model::Digest;

/// The form of entries that is written: people as ids with keyed hashes. In form 1, which says no number, they stood by name.
const FORMAT: u32 = 2;

/// An entry as a store keeps it, not yet looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The number that it is kept under.
    pub seq: u64,
    /// The canonical JSON that the hash covers.
    pub text: String,
    /// The hash of this entry, which covers that of the one before.
    pub hash: Hash,
}

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

/// What an entry says, in plain words, before people are sealed in it.
#[derive(Debug, Clone)]
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
    /// The digest of the body before; of a commit, that of what is kept of its run, which commits of old do not have.
    pub before: Option<Digest>,
    /// Why, in a word or two.
    pub reason: &'a str,
    /// The run; `None` for what is no run.
    pub run: Option<&'a str>,
    /// Whom it concerns, where it concerns somebody: whose request, whose assignment.
    pub target: Option<&'a str>,
    /// Through which door: `apply`.
    pub via: &'a str,
}

/// The fields stand in the order of the canonical JSON, which sorts keys: serializing writes them as they come.
#[derive(Serialize)]
struct Sealed<'a> {
    action: &'a str,
    actor: &'a str,
    address: Option<&'a str>,
    after: Option<Digest>,
    at: Timestamp,
    before: Option<Digest>,
    format: u32,
    people: &'a BTreeMap<String, String>,
    reason: &'a str,
    run: Option<&'a str>,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    via: &'a str,
}

impl Act<'_> {
    /// Returns the canonical JSON of an entry, in which everybody is an id: who acted, and whoever is named by address.
    /// `people` is asked who somebody is, given their canonical value.
    ///
    /// # Errors
    ///
    /// Those of `people`.
    pub fn seal<E>(
        &self,
        seq: u64,
        people: &mut dyn FnMut(&str) -> Result<Person, E>,
    ) -> Result<String, E> {
        let mut named = BTreeMap::new();
        let mut word = |who: &str| {
            let Person { id, mac } = people(&canonical(who))?;
            let mention = mention(&id);
            named.insert(id, mac);
            Ok(mention)
        };
        let actor = word(self.actor)?;
        let target = self.target.map(&mut word).transpose()?;
        let address = self.address.map(|address| seal_text(address, &mut word));
        let address = address.transpose()?;
        let reason = seal_text(self.reason, &mut word)?;
        let sealed = Sealed {
            action: self.action,
            actor: &actor,
            address: address.as_deref(),
            after: self.after,
            at: self.at,
            before: self.before,
            format: FORMAT,
            people: &named,
            reason: &reason,
            run: self.run,
            seq,
            target: target.as_deref(),
            via: self.via,
        };
        Ok(serde_json::to_string(&sealed).expect("INVARIANT: an entry is texts and numbers"))
    }
}

/// What an entry says, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// What happened.
    pub action: String,
    /// Who did it: a mention of a person, or in form 1 the name.
    pub actor: String,
    /// The object; `None` for what concerns the store as a whole.
    pub address: Option<String>,
    /// The digest of the body after.
    pub after: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The digest of the body before; of a commit, that of what is kept of its run, which commits of old do not have.
    pub before: Option<String>,
    /// The form of the entry.
    #[serde(default = "first")]
    pub format: u32,
    /// Everybody whom it mentions, by id, with the keyed hash of who that is.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
    /// Why.
    pub reason: String,
    /// The run; `None` for what is no run.
    pub run: Option<String>,
    /// The number, counted from 1.
    pub seq: u64,
    /// Whom it concerns: a mention of a person; `None` for what concerns nobody.
    #[serde(default)]
    pub target: Option<String>,
    /// Through which door.
    pub via: String,
}

const fn first() -> u32 {
    1
}

impl Said {
    /// Returns true for an entry that tells people by name, as all did in form 1.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.format < FORMAT
    }
}

/// What the chain holds of an entry.
#[derive(Deserialize)]
pub(super) struct Core {
    pub(super) seq: u64,
    pub(super) at: Timestamp,
    #[serde(default)]
    pub(super) people: BTreeMap<String, String>,
}

impl Kept {
    /// Returns what the entry says.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a text that is no entry's.
    pub fn said(&self) -> Result<Said, serde_json::Error> {
        serde_json::from_str(&self.text)
    }

    pub(super) fn core(&self) -> Result<Core, serde_json::Error> {
        serde_json::from_str(&self.text)
    }
}

impl Entry {
    /// Reads the number and the instant back out of an entry's text.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a text that is no entry's.
    pub fn read(text: String, hash: String) -> Result<Self, serde_json::Error> {
        let Core { seq, at, people: _ } = serde_json::from_str(&text)?;
        Ok(Self {
            seq,
            at,
            text,
            hash,
        })
    }
}

impl Person {
    /// Returns the person of an id, a salt and a canonical value.
    #[must_use]
    pub fn new(id: String, salt: &Salt, value: &str) -> Self {
        let mac = salt.mac(value);
        Self { id, mac }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act<'a>() -> Act<'a> {
        Act {
            action: "create",
            actor: "ana \"the\" admin",
            address: Some("catalog/partners"),
            after: Some(Digest::of(b"{}")),
            at: "2026-03-01T10:00:00Z".parse().expect("an instant"),
            before: None,
            reason: "asked by jane@fabrikam.com",
            run: Some("r1"),
            target: None,
            via: "apply",
        }
    }

    fn sealed(act: &Act<'_>) -> (String, Vec<String>) {
        let mut asked = Vec::new();
        let text = act.seal(7, &mut |who| -> Result<Person, ()> {
            asked.push(who.to_owned());
            let id = format!("3d0f5dec-0000-4000-8000-00000000000{}", asked.len());
            Ok(Person::new(id, &Salt::from_bytes([1; 32]), who))
        });
        (text.expect("sealed"), asked)
    }

    #[test]
    fn an_entry_is_canonical_json_and_reads_back() {
        let (text, _) = sealed(&act());
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(text, crate::model::canonical(&value));
        let entry = Entry::read(text, String::new()).expect("an entry");
        assert_eq!((entry.seq, entry.at), (7, act().at));
    }

    #[test]
    fn nobody_stands_in_an_entry_by_name() {
        let (text, asked) = sealed(&act());
        assert_eq!(asked, ["ana \"the\" admin", "jane@fabrikam.com"]);
        assert!(!text.contains("ana") && !text.contains("jane"), "{text}");
        let hash = super::super::Chain::new("L").append(&text);
        let said = Kept { seq: 7, text, hash }.said().expect("an entry");
        assert!(!said.is_plain());
        assert_eq!(said.people.len(), 2);
        assert_eq!(said.actor, "person:3d0f5dec-0000-4000-8000-000000000001");
        assert!(said.reason.ends_with("000000000002"), "{}", said.reason);
    }

    #[test]
    fn entries_of_form_1_are_still_read() {
        let text = r#"{"action":"commit","actor":"ana","address":null,"after":null,"at":"2026-03-01T10:00:00Z","before":null,"reason":"generation 1","run":"r1","seq":1,"via":"apply"}"#;
        let hash = super::super::Chain::new("L").append(text);
        let kept = Kept {
            seq: 1,
            text: text.to_owned(),
            hash,
        };
        let said = kept.said().expect("an entry");
        assert!(said.is_plain() && said.people.is_empty());
        assert_eq!(said.actor, "ana");
    }
}
