//! The hash chain over the entries.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::Entry;

const ENTRY: &[u8] = b"guestlist/audit/1\n";
const GENESIS: &[u8] = b"guestlist/audit/1/genesis\n";

/// The hash of an entry; covers every entry before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Returns the hash that these bytes are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for Hash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        let mut bytes = [0; 32];
        let hexadecimal = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if text.len() != 64 || !text.bytes().all(hexadecimal) {
            return Err(NoHash);
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| NoHash)?;
        }
        Ok(Self(bytes))
    }
}

/// A text is not the hash of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 64 hexadecimal digits in lower case")]
pub struct NoHash;

/// A chain up to its last entry: how many entries it has, and their hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    size: u64,
    hash: Hash,
}

impl Chain {
    /// Returns the empty chain of a store.
    #[must_use]
    pub fn new(lineage: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(GENESIS);
        hasher.update(lineage.as_bytes());
        Self {
            size: 0,
            hash: Hash(hasher.finalize().into()),
        }
    }

    /// Returns the chain that was left at this size with this hash.
    #[must_use]
    pub const fn resume(size: u64, hash: Hash) -> Self {
        Self { size, hash }
    }

    /// Returns how many entries there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the hash of the last entry, or that of no entries.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// Adds an entry and returns its hash.
    pub fn append(&mut self, text: &str) -> Hash {
        // INVARIANT: entries are far below 4 GiB; a longer one would break the chain, not pass unseen.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let mut hasher = Sha256::new();
        hasher.update(ENTRY);
        hasher.update(self.hash.0);
        hasher.update((self.size + 1).to_be_bytes());
        hasher.update(length.to_be_bytes());
        hasher.update(text.as_bytes());
        self.hash = Hash(hasher.finalize().into());
        self.size += 1;
        self.hash
    }
}

/// The chain is broken: this is the first entry that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log is not as it was written from entry {0} on")]
pub struct BrokenAt(pub u64);

/// Checks that entries follow a chain without gap or change, and returns the chain after them.
///
/// That nothing is missing at the end shows only against a head known from elsewhere.
///
/// # Errors
///
/// Names the first entry that does not follow.
pub fn verify<'e>(
    mut chain: Chain,
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Result<Chain, BrokenAt> {
    for entry in entries {
        let expected = chain.size + 1;
        let says =
            Entry::read(entry.text.clone(), String::new()).map_err(|_| BrokenAt(expected))?;
        let hash = chain.append(&entry.text);
        let follows = entry.seq == expected
            && says.seq == expected
            && says.at == entry.at
            && entry.hash == hash.to_string();
        if !follows {
            return Err(BrokenAt(expected));
        }
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: u64) -> Vec<Entry> {
        let mut chain = Chain::new("store");
        (1..=count)
            .map(|seq| {
                let text = format!(r#"{{"at":"2026-03-01T10:00:00Z","seq":{seq}}}"#);
                let hash = chain.append(&text).to_string();
                Entry::read(text, hash).expect("an entry")
            })
            .collect()
    }

    #[test]
    fn an_untouched_chain_verifies_whole_and_in_parts() {
        let entries = entries(5);
        let whole = verify(Chain::new("store"), &entries).expect("whole");
        let half = verify(Chain::new("store"), &entries[..2]).expect("half");
        assert_eq!(verify(half, &entries[2..]), Ok(whole));
        assert_eq!(whole.size(), 5);
    }

    #[test]
    fn a_change_is_found_where_it_is() {
        for at in 0..5_usize {
            let seq = u64::try_from(at).expect("small") + 1;
            let mut changed = entries(5);
            changed[at].text = changed[at].text.replace("10:00", "10:01");
            assert_eq!(verify(Chain::new("store"), &changed), Err(BrokenAt(seq)));

            let mut missing = entries(5);
            missing.remove(at);
            let expected = if at == 4 { None } else { Some(BrokenAt(seq)) };
            assert_eq!(verify(Chain::new("store"), &missing).err(), expected);
        }
        assert_eq!(
            verify(Chain::new("another store"), &entries(1)),
            Err(BrokenAt(1))
        );
    }

    #[test]
    fn hashes_are_those_of_the_published_form() {
        let mut bytes = b"guestlist/audit/1\n".to_vec();
        bytes.extend(Sha256::digest(b"guestlist/audit/1/genesis\nL"));
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2]);
        bytes.extend(b"{}");
        let expected: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(Chain::new("L").append("{}").as_bytes(), &expected);
    }
}
