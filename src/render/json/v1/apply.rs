//! An apply.

use schemars::JsonSchema;
use serde::Serialize;

use super::audit::{SignedHead, signing};
use super::{Counts, FormatVersion};
use crate::plan::OwnDomains;
use crate::render::report::Applied;

/// What an apply did, and where that left the store.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Apply<'a> {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The store, as people name it.
    pub store: &'a str,
    /// Whether anything changed; false when all was as declared, or the question was not answered with `yes`.
    pub applied: bool,
    /// How many changes of each action were made.
    pub counts: Counts,
    /// How the domains of our own people were made others; absent where they stayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_domains: Option<&'a OwnDomains>,
    /// The run; absent when nothing was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<&'a str>,
    /// The store's generation afterwards; absent when nothing was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// The head of the audit log; absent when nothing was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditHead<'a>>,
    /// Whether a plan made afterwards had nothing left of what was chosen.
    pub verified: bool,
    /// How many changes that plan had besides what was chosen; absent when there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u64>,
    /// Why no plan could be made afterwards; absent when one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unverified: Option<&'a str>,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
}

/// The head of the audit log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditHead<'a> {
    /// How many entries there are.
    pub size: u64,
    /// The hash of the last one, in hexadecimal digits.
    pub hash: &'a str,
    /// The head, signed; absent where none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedHead>,
    /// Why no head was signed or kept, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned: Option<String>,
}

impl<'a> From<&'a Applied<'a>> for Apply<'a> {
    fn from(report: &'a Applied<'a>) -> Self {
        let (signed, unsigned) = signing(report.signing);
        Self {
            format_version: FormatVersion,
            store: report.store,
            applied: true,
            counts: report.counts.iter().copied().collect(),
            own_domains: report.own,
            run: Some(report.run),
            generation: Some(report.generation),
            audit: Some(AuditHead {
                size: report.audit_size,
                hash: report.audit_hash,
                signed,
                unsigned,
            }),
            verified: report.verified == Ok(true),
            left_out: Some(report.left_out as u64).filter(|left| *left > 0),
            unverified: report.verified.as_ref().err().map(String::as_str),
            duration_ms: Some(u64::try_from(report.duration.as_millis()).unwrap_or(0)),
        }
    }
}

impl<'a> Apply<'a> {
    /// Returns the report of an apply that changed nothing; `verified` says that there was nothing to change.
    #[must_use]
    pub fn nothing(store: &'a str, verified: bool) -> Self {
        Self {
            format_version: FormatVersion,
            store,
            applied: false,
            counts: Counts::default(),
            own_domains: None,
            run: None,
            generation: None,
            audit: None,
            verified,
            left_out: None,
            unverified: None,
            duration_ms: None,
        }
    }
}
