//! Signed heads: where a log was at an instant, so that it cannot be shortened, put back or written anew unseen by whoever
//! keeps one elsewhere. `threat-and-fault-model` §10: origin, size, hash; Ed25519.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Hash, Key, PublicKey, TextSignature};
use crate::model::canonical;

/// What is signed begins with this, so that the signature is good for nothing else.
const DOMAIN: &str = "guestlist/audit/head/1\n";

/// Where a log was at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// When it was signed.
    pub at: Timestamp,
    /// The hash of the last entry.
    pub hash: Hash,
    /// The store's identity, which the chain starts from.
    pub origin: String,
    /// True for a head from which somebody goes on after the store was put back: what earlier heads of it say no longer counts.
    pub restored: bool,
    /// How many entries there are.
    pub size: u64,
    /// How the store is named to people.
    pub store: String,
}

/// A head that somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// The head.
    pub head: Head,
    /// The key that it is signed with.
    pub key: PublicKey,
    signature: TextSignature,
}

/// A signed head as a line, its keys in the order of canonical JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: Timestamp,
    hash: String,
    key: PublicKey,
    origin: String,
    restored: bool,
    signature: String,
    size: u64,
    store: String,
}

impl Key {
    /// Signs a head.
    #[must_use]
    pub fn sign(&self, head: Head) -> SignedHead {
        let signature = self.sign_text(&head.message());
        SignedHead {
            head,
            key: self.public(),
            signature,
        }
    }
}

impl Head {
    fn message(&self) -> String {
        let Self {
            at,
            hash,
            origin,
            restored,
            size,
            store,
        } = self;
        let body = serde_json::json!({
            "at": at, "hash": hash.to_string(), "origin": origin, "restored": restored, "size": size, "store": store,
        });
        format!("{DOMAIN}{}", canonical(&body))
    }
}

impl SignedHead {
    /// Returns true when it says what was signed with its key.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        self.key.has_signed(&self.head.message(), &self.signature)
    }

    /// Returns the signature, in hexadecimal digits.
    #[must_use]
    pub fn signature(&self) -> String {
        self.signature.to_string()
    }
}

/// Writes the line that a heads file holds.
impl fmt::Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Head {
            at,
            hash,
            origin,
            restored,
            size,
            store,
        } = self.head.clone();
        let line = Line {
            at,
            hash: hash.to_string(),
            key: self.key,
            origin,
            restored,
            signature: self.signature(),
            size,
            store,
        };
        f.write_str(&canonical(&line))
    }
}

impl FromStr for SignedHead {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let signature = line
            .signature
            .parse()
            .map_err(|_| "its signature is none")?;
        Ok(Self {
            head: Head {
                at: line.at,
                hash: line.hash.parse().map_err(|_| "its hash is none")?,
                origin: line.origin,
                restored: line.restored,
                size: line.size,
                store: line.store,
            },
            key: line.key,
            signature,
        })
    }
}

/// The heads that are known of one store, heard one after the other in the order in which they were signed.
///
/// A head is of the store when it has its identity or its name: a store that stands in the place of another one, or in no
/// place any more, is found out by the name.
#[derive(Debug, Clone)]
pub struct KnownHeads<'s> {
    store: &'s str,
    origin: &'s str,
    counting: Vec<SignedHead>,
    highest: Option<SignedHead>,
    last: Option<SignedHead>,
}

/// How a store disagrees with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// It has fewer entries than it had.
    #[error("it ends at audit entry {size}, and the head signed {} knows entry {} with hash {}", .known.at, .known.size, .known.hash)]
    Behind {
        /// How many entries there are.
        size: u64,
        /// What is known.
        known: Box<Head>,
    },
    /// The entry that a head was signed at is another one.
    #[error("its audit entry {} has hash {found}, and the head signed {} knows hash {}", .known.size, .known.at, .known.hash)]
    Rewritten {
        /// The hash of the entry.
        found: Hash,
        /// What is known.
        known: Box<Head>,
    },
    /// It is another store than the one that was known by its name.
    #[error("{}, and the head signed {} knows store {} with {} audit entries", identity(.origin), .known.at, .known.origin, .known.size)]
    Replaced {
        /// The store's identity; empty for one that is not there.
        origin: String,
        /// What is known.
        known: Box<Head>,
    },
}

fn identity(origin: &str) -> String {
    match origin {
        "" => "it is not there".to_owned(),
        origin => format!("it is store {origin}"),
    }
}

impl Conflict {
    /// Returns the head that the store disagrees with.
    #[must_use]
    pub const fn known(&self) -> &Head {
        match self {
            Self::Behind { known, .. }
            | Self::Rewritten { known, .. }
            | Self::Replaced { known, .. } => known,
        }
    }
}

impl<'s> KnownHeads<'s> {
    /// Returns nothing known of the store of this name and identity.
    #[must_use]
    pub const fn new(store: &'s str, origin: &'s str) -> Self {
        Self {
            store,
            origin,
            counting: Vec::new(),
            highest: None,
            last: None,
        }
    }

    /// Returns true for a head of the store, or of one that had its name.
    #[must_use]
    pub fn is_about(&self, head: &Head) -> bool {
        head.origin == self.origin || head.store == self.store
    }

    /// Hears a head. One of another store says nothing.
    pub fn hear(&mut self, signed: SignedHead) {
        let head = &signed.head;
        if !self.is_about(head) {
            return;
        }
        if head.restored {
            self.highest = None;
            self.counting.clear();
        }
        if head.origin == self.origin {
            let higher = |highest: &SignedHead| highest.head.size <= head.size;
            if self.highest.as_ref().is_none_or(higher) {
                self.highest = Some(signed.clone());
            }
            self.counting.push(signed.clone());
        }
        self.last = Some(signed);
    }

    /// Returns the head with the most entries that counts for the store's own identity.
    #[must_use]
    pub const fn highest(&self) -> Option<&SignedHead> {
        self.highest.as_ref()
    }

    /// Returns every head that counts for the store's own identity, in the order in which they were heard.
    #[must_use]
    pub fn counting(&self) -> &[SignedHead] {
        &self.counting
    }

    /// Returns the heads that a judgement rests on.
    pub fn telling(&self) -> impl Iterator<Item = &SignedHead> {
        self.highest.iter().chain(&self.last)
    }

    /// Holds the store against what is known: how many entries it has, and the hash of the entry at a number.
    ///
    /// # Errors
    ///
    /// Those of `hash`.
    pub fn judge<E>(
        &self,
        size: u64,
        hash: &mut dyn FnMut(u64) -> Result<Option<Hash>, E>,
    ) -> Result<Option<Conflict>, E> {
        if let Some(last) = self
            .last
            .as_ref()
            .filter(|last| last.head.origin != self.origin)
        {
            return Ok(Some(Conflict::Replaced {
                origin: self.origin.to_owned(),
                known: Box::new(last.head.clone()),
            }));
        }
        let Some(known) = &self.highest else {
            return Ok(None);
        };
        let known = Box::new(known.head.clone());
        if known.size > size {
            return Ok(Some(Conflict::Behind { size, known }));
        }
        Ok(match hash(known.size)? {
            Some(found) if found == known.hash => None,
            Some(found) => Some(Conflict::Rewritten { found, known }),
            // An entry before the end is not there.
            None => Some(Conflict::Behind {
                size: known.size.saturating_sub(1),
                known,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Chain;

    fn key() -> Key {
        Key::from_bytes(&[7; 32])
    }

    fn head(size: u64) -> Head {
        let mut chain = Chain::new("L");
        for seq in 0..size {
            chain.append(&seq.to_string());
        }
        Head {
            at: "2026-03-01T10:00:00Z".parse().expect("an instant"),
            hash: chain.hash(),
            origin: "L".to_owned(),
            restored: false,
            size,
            store: "sqlite:a.db".to_owned(),
        }
    }

    fn judged(heads: &[Head], name: &str, origin: &str, size: u64) -> Option<Conflict> {
        let mut known = KnownHeads::new(name, origin);
        heads
            .iter()
            .for_each(|head| known.hear(key().sign(head.clone())));
        let judged = known.judge(size, &mut |at| Ok::<_, ()>(Some(head(at).hash)));
        judged.expect("judged")
    }

    #[test]
    fn a_head_is_a_line_and_its_signature_covers_all_of_it() {
        let signed = key().sign(head(3));
        let line = signed.to_string();
        assert_eq!(line.parse(), Ok(signed.clone()));
        assert!(signed.is_genuine());
        for (from, to) in [
            ("\"size\":3", "\"size\":2"),
            ("\"restored\":false", "\"restored\":true"),
            ("\"origin\":\"L\"", "\"origin\":\"M\""),
            ("sqlite:a.db", "sqlite:b.db"),
            ("10:00:00Z", "10:00:01Z"),
        ] {
            let forged: SignedHead = line.replace(from, to).parse().expect("a line");
            assert_ne!(forged, signed, "{from}");
            assert!(!forged.is_genuine(), "{from}");
        }
    }

    #[test]
    fn a_store_that_went_back_is_found() {
        let name = "sqlite:a.db";
        let heads = [head(3), head(5)];
        assert_eq!(judged(&heads, name, "L", 5), None);
        assert_eq!(judged(&heads, name, "L", 9), None);
        // Under another name it is still the same store.
        for name in [name, "sqlite:moved.db"] {
            let found = judged(&heads, name, "L", 4).expect("a conflict");
            assert!(matches!(found, Conflict::Behind { size: 4, .. }));
        }
        assert_eq!(judged(&heads, "sqlite:other.db", "M", 0), None);
        let found = judged(&heads, name, "M", 9).expect("a conflict");
        assert!(matches!(found, Conflict::Replaced { .. }), "{found}");
        let found = judged(&heads, name, "", 0).expect("a conflict");
        assert!(found.to_string().starts_with("it is not there"), "{found}");
    }

    #[test]
    fn a_log_that_was_written_anew_is_found() {
        let other = Head {
            hash: Chain::new("other").hash(),
            ..head(3)
        };
        let found = judged(&[other], "sqlite:a.db", "L", 5).expect("a conflict");
        assert!(matches!(found, Conflict::Rewritten { .. }), "{found}");
    }

    #[test]
    fn what_was_accepted_makes_earlier_heads_void() {
        let accepted = Head {
            restored: true,
            ..head(4)
        };
        let heads = [head(9), accepted.clone(), head(6)];
        assert_eq!(judged(&heads, "sqlite:a.db", "L", 6), None);
        assert!(judged(&heads, "sqlite:a.db", "L", 5).is_some());
        // Also where another store stands in its place now.
        let other = Head {
            origin: "M".to_owned(),
            hash: Chain::new("M").hash(),
            size: 0,
            ..accepted
        };
        let found = judged(&[head(9), other.clone()], "sqlite:a.db", "L", 9);
        assert!(matches!(found, Some(Conflict::Replaced { .. })));
        let mut known = KnownHeads::new("sqlite:a.db", "M");
        [head(9), other]
            .into_iter()
            .for_each(|head| known.hear(key().sign(head)));
        let judged = known.judge(0, &mut |_| Ok::<_, ()>(Some(Chain::new("M").hash())));
        assert_eq!(judged, Ok(None));
    }
}
