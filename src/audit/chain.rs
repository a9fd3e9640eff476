//! The hash chain over the entries.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::{Entry, Kept, hexadecimal};

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
        hexadecimal::write(&self.0, f)
    }
}

impl std::str::FromStr for Hash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        hexadecimal::read(text).map(Self).ok_or(NoHash)
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the audit log is not as it was written from entry {seq} on: {wrong}")]
pub struct BrokenAt {
    /// The number of the entry, counted from 1.
    pub seq: u64,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// It is not there, and a signed head knows of it.
    #[error("it is missing, and the head signed {at} knows {known} entries")]
    Cut {
        /// How many entries the head knows.
        known: u64,
        /// When it was signed.
        at: jiff::Timestamp,
    },
    /// Its text is none.
    #[error("its text is no entry: {0}")]
    Unreadable(String),
    /// Another one stands in its place.
    #[error("entry {0} stands in its place")]
    Exchanged(u64),
    /// It does not have the hash that its text and all before it lead to.
    #[error("its text or its hash was changed")]
    Changed,
    /// There are entries behind the last one that the store knows of.
    #[error("the store knows of no entry with this number")]
    Added,
    /// It names somebody who is somebody else now.
    #[error("the name kept for person {0} is not the one that the entry was written with")]
    Renamed(String),
    /// It names somebody of whom nothing is kept, and no entry says that they were erased.
    #[error(
        "nothing is kept of person {0}, whom it names, and no entry says that they were erased"
    )]
    Gone(String),
    /// It leads to another hash than a signed head knows.
    #[error(
        "it has hash {found}, and a signed head knows {known}: it, or one before it, was written anew"
    )]
    Rewritten {
        /// The hash found.
        found: Hash,
        /// The hash that the head knows.
        known: Hash,
    },
}

/// Checks that an entry follows a chain, and adds it. `mac` is asked for the keyed hash of who somebody is by what is kept of
/// them now; `None` for somebody who was erased.
///
/// That nothing is missing at the end shows only against a head known from elsewhere.
///
/// # Errors
///
/// Says what is wrong with the entry, or with the one that should stand in its place.
pub fn follow(
    chain: &mut Chain,
    kept: &Kept,
    mac: &dyn Fn(&str) -> Option<String>,
) -> Result<(), BrokenAt> {
    let seq = chain.size + 1;
    let broken = |wrong| BrokenAt { seq, wrong };
    if kept.seq != seq {
        return Err(broken(Wrong::Missing));
    }
    let core = kept.core();
    let core = core.map_err(|error| broken(Wrong::Unreadable(error.to_string())))?;
    if core.seq != seq {
        return Err(broken(Wrong::Exchanged(core.seq)));
    }
    if chain.append(&kept.text) != kept.hash {
        return Err(broken(Wrong::Changed));
    }
    for (id, written) in &core.people {
        if mac(id).is_some_and(|kept| kept != *written) {
            return Err(broken(Wrong::Renamed(id.clone())));
        }
    }
    Ok(())
}

/// Checks that entries follow a chain without gap or change, and returns the chain after them.
///
/// # Errors
///
/// Names the first entry that does not follow.
pub fn verify<'e>(
    mut chain: Chain,
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Result<Chain, BrokenAt> {
    for entry in entries {
        let seq = chain.size + 1;
        let changed = BrokenAt {
            seq,
            wrong: Wrong::Changed,
        };
        let Ok(hash) = entry.hash.parse() else {
            return Err(changed);
        };
        let kept = Kept {
            seq: entry.seq,
            text: entry.text.clone(),
            hash,
        };
        follow(&mut chain, &kept, &|_| None)?;
        if kept.core().is_ok_and(|core| core.at != entry.at) {
            return Err(changed);
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
            let broken = |wrong| BrokenAt { seq, wrong };
            let found = verify(Chain::new("store"), &changed);
            assert_eq!(found, Err(broken(Wrong::Changed)));

            let mut missing = entries(5);
            missing.remove(at);
            let expected = (at < 4).then(|| broken(Wrong::Missing));
            assert_eq!(verify(Chain::new("store"), &missing).err(), expected);
        }
        let mut swapped = entries(5);
        let (one, other) = (swapped[1].text.clone(), swapped[3].text.clone());
        (swapped[1].text, swapped[3].text) = (other, one);
        let found = verify(Chain::new("store"), &swapped).expect_err("broken");
        assert_eq!((found.seq, found.wrong), (2, Wrong::Exchanged(4)));
        let found = verify(Chain::new("another store"), &entries(1)).expect_err("broken");
        assert_eq!((found.seq, found.wrong), (1, Wrong::Changed));
    }

    #[test]
    fn a_name_that_was_exchanged_is_found_and_an_erased_one_is_not_missed() {
        let text = r#"{"at":"2026-03-01T10:00:00Z","people":{"p":"mac"},"seq":1}"#.to_owned();
        let hash = Chain::new("store").append(&text);
        let kept = Kept { seq: 1, text, hash };
        let follows = |mac: Option<&str>| {
            let mac = mac.map(str::to_owned);
            follow(&mut Chain::new("store"), &kept, &|_| mac.clone()).err()
        };
        assert_eq!(follows(Some("mac")), None);
        assert_eq!(follows(None), None);
        let found = follows(Some("other")).expect("broken");
        assert_eq!(found.wrong, Wrong::Renamed("p".to_owned()));
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
