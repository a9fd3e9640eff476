//! The audit log: entries in a hash chain, so that no entry can change, vanish or come in between unseen; people in it as
//! opaque ids, so that a name can be erased and the chain still holds; signed heads, so that not even the end can vanish.
//! `threat-and-fault-model` §10.
//!
//! Pure: stores keep entries and people and hand them over, keys come as arguments; nothing here reads a clock or a disk.

mod chain;
mod entry;
mod head;
mod hexadecimal;
mod key;
mod people;

pub use chain::{BrokenAt, Chain, Hash, NoHash, Wrong, follow, verify};
pub use entry::{Act, Entry, Kept, Said};
pub use head::{Conflict, Head, KnownHeads, SignedHead};
pub use key::{Key, NoKey, NoSignature, PublicKey, TextSignature};
pub use people::{ERASED, Person, Salt, canonical, mention, mentioned, reveal, seal_text};
