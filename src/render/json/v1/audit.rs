//! The audit log: entries, a log that holds, keys, people who were erased.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::FormatVersion;
use crate::audit;
use crate::render::report::{Recorded, Signing, Verified};

/// A signed head: where an audit log was at an instant.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SignedHead {
    /// When it was signed, RFC 3339 in UTC.
    pub at: String,
    /// The hash of the last entry, in hexadecimal digits.
    pub hash: String,
    /// The public key that the signature fits.
    pub key: String,
    /// The store's identity, which the chain starts from.
    pub origin: String,
    /// Whether the heads before it no longer count, because somebody went on with a store that was put back.
    pub restored: bool,
    /// The Ed25519 signature, in hexadecimal digits.
    pub signature: String,
    /// How many entries there are.
    pub size: u64,
    /// The store, as people name it.
    pub store: String,
}

impl From<&audit::SignedHead> for SignedHead {
    fn from(signed: &audit::SignedHead) -> Self {
        Self {
            at: signed.head.at.to_string(),
            hash: signed.head.hash.to_string(),
            key: signed.key.to_string(),
            origin: signed.head.origin.clone(),
            restored: signed.head.restored,
            signature: signed.signature(),
            size: signed.head.size,
            store: signed.head.store.clone(),
        }
    }
}

/// Returns the head that was signed, or why it could not be kept.
pub(super) fn signing(signing: &Signing) -> (Option<SignedHead>, Option<String>) {
    match signing {
        Signing::Off => (None, None),
        Signing::NoKey => (None, Some("there is no key".to_owned())),
        Signing::Signed(head) => (Some(SignedHead::from(&**head)), None),
        Signing::Failed(cause) => (None, Some(cause.clone())),
    }
}

/// Entries of the audit log, the newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditList {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The entries.
    pub entries: Vec<AuditEntry>,
}

/// An entry of the audit log, with names where they are known.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditEntry {
    /// The number, counted from 1.
    pub seq: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who did it; `[erased]` for somebody whose name was erased.
    pub actor: String,
    /// The id that stands for them; absent in entries that tell people by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What happened.
    pub action: String,
    /// The object; absent for what concerns the store as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whom it concerns; absent for what concerns nobody, `[erased]` for somebody whose name was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The digest of the object before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The digest of the object after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Why.
    pub reason: String,
    /// The run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Through which door.
    pub via: String,
    /// The hash, in hexadecimal digits.
    pub hash: String,
}

impl From<&[Recorded]> for AuditList {
    fn from(entries: &[Recorded]) -> Self {
        Self {
            format_version: FormatVersion,
            entries: entries.iter().map(AuditEntry::from).collect(),
        }
    }
}

impl From<&Recorded> for AuditEntry {
    fn from(entry: &Recorded) -> Self {
        let Recorded {
            seq,
            at,
            actor,
            person,
            action,
            address,
            target,
            before,
            after,
            reason,
            run,
            via,
            hash,
        } = entry.clone();
        Self {
            seq,
            at: at.to_string(),
            actor,
            person,
            action,
            address,
            target,
            before,
            after,
            reason,
            run,
            via,
            hash: hash.to_string(),
        }
    }
}

/// One line of an exported audit log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditLine {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The entry, as it was written: its canonical JSON (sorted keys, no spaces) is what the hash covers.
    pub entry: Value,
    /// The hash, in hexadecimal digits.
    pub hash: String,
    /// Who is behind the ids in the entry; absent unless names were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<BTreeMap<String, String>>,
}

/// An audit log that was written to a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditExport {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The file.
    pub path: String,
    /// How many entries it has.
    pub entries: u64,
}

/// An audit log that holds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditVerify {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The store, as people name it.
    pub store: String,
    /// The store's identity.
    pub origin: String,
    /// How many entries there are.
    pub size: u64,
    /// The hash of the last one, in hexadecimal digits.
    pub hash: String,
    /// How many signed heads it was held against.
    pub heads: u64,
    /// The signed head with the most entries; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<SignedHead>,
    /// Whether somebody said which key counts.
    pub key_known: bool,
}

impl From<&Verified> for AuditVerify {
    fn from(report: &Verified) -> Self {
        Self {
            format_version: FormatVersion,
            store: report.store.clone(),
            origin: report.origin.clone(),
            size: report.size,
            hash: report.hash.to_string(),
            heads: report.heads,
            newest: report.newest.as_ref().map(SignedHead::from),
            key_known: report.is_key_known,
        }
    }
}

/// A new key that signs heads.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditKey {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The file that holds it.
    pub path: String,
    /// The public key, which others check with.
    pub public_key: String,
}

/// A person who was erased.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditForget<'a> {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Whether the person was erased; false when the question was not answered with `yes`.
    pub forgotten: bool,
    /// The id that stands for them in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<&'a str>,
    /// How many entries tell their name all the same, because they were written before names were kept apart.
    pub plain_entries: u64,
}
