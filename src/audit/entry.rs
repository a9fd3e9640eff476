//! One entry of the audit log.

use jiff::Timestamp;

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
