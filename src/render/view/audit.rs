//! The audit log: entries in a table, a log that holds, a signed head.

use std::borrow::Cow;
use std::io;

use super::count;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::report::{Recorded, Signing, Verified};

/// Lowers entries, the newest first.
///
/// # Errors
///
/// Those of the writer.
pub fn audit_list(entries: &[Recorded], out: &mut dyn Writer) -> io::Result<()> {
    if entries.is_empty() {
        return out.block(&Block::Paragraph(vec![Line::plain("No entry.")]));
    }
    out.block(&Block::Table(Table {
        columns: &["ENTRY", "WHEN", "WHO", "WHAT", "ADDRESS", "WHOM", "WHY"],
        rows: entries.iter().map(row).collect(),
    }))
}

fn row(entry: &Recorded) -> Vec<Cow<'_, str>> {
    vec![
        entry.seq.to_string().into(),
        entry.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string().into(),
        entry.actor.as_str().into(),
        entry.action.as_str().into(),
        entry.address.as_deref().unwrap_or("").into(),
        entry.target.as_deref().unwrap_or("").into(),
        entry.reason.as_str().into(),
    ]
}

/// Lowers that a log holds.
///
/// # Errors
///
/// Those of the writer.
pub fn audit_verified(report: &Verified, out: &mut dyn Writer) -> io::Result<()> {
    let entries = usize::try_from(report.size).unwrap_or(usize::MAX);
    let mut lines = vec![
        Line::new().and(
            Role::Strong,
            format!(
                "The audit log holds: {}.",
                count(entries, "entry", "entries")
            ),
        ),
        Line::plain(format!("Store {} at ", report.origin))
            .and(Role::Plain, report.store.as_str())
            .and(
                Role::Faint,
                format!("; audit head {}:{}", report.size, report.hash),
            ),
    ];
    match &report.newest {
        None => lines.push(Line::plain(
            "There is no signed head to hold it against: whether its end is missing is not known.",
        )),
        Some(head) => {
            let heads = usize::try_from(report.heads).unwrap_or(usize::MAX);
            let (fit, of) = if heads == 1 {
                ("fits", "of")
            } else {
                ("fit", "the last of")
            };
            lines.push(Line::plain(format!(
                "{} {fit}, {of} {} entries, {}.",
                count(heads, "signed head", "signed heads"),
                head.head.size,
                head.head.at,
            )));
            if !report.is_key_known {
                lines.push(Line::plain(format!(
                    "Signed with {}; nobody said that this key counts: compare it, or give it with `--key`.",
                    head.key
                )));
            }
        }
    }
    out.block(&Block::Paragraph(lines))
}

/// Returns what to say of the signed head after something was written.
pub(super) fn signing(signing: &Signing) -> Option<Line<'_>> {
    Some(match signing {
        Signing::Off => return None,
        Signing::NoKey => Line::new().and(
            Role::Warning,
            "No head was signed: there is no key. `guestlist audit key new` writes one.",
        ),
        Signing::Signed(head) => Line::plain("Signed head: ").and(Role::Faint, head.to_string()),
        Signing::Failed(cause) => Line::new()
            .and(Role::Warning, "The signed head could not be kept: ")
            .and(Role::Plain, cause.as_str())
            .and(Role::Plain, "."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Chain, Head, Key};
    use crate::render::samples::text;

    #[test]
    fn entries_stand_in_a_table_and_foreign_text_stays_on_its_line() {
        let entry = Recorded {
            seq: 12,
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: "[erased]".to_owned(),
            person: Some("3d0f".to_owned()),
            action: "create".to_owned(),
            address: Some("catalog/partners".to_owned()),
            target: Some("jane@fabrikam.com".to_owned()),
            before: None,
            after: None,
            reason: "declared\n::error::x".to_owned(),
            run: None,
            via: "apply".to_owned(),
            hash: Chain::new("L").hash(),
        };
        insta::assert_snapshot!(text(|out| audit_list(&[entry], out)), @r"
        ENTRY  WHEN                  WHO       WHAT    ADDRESS           WHOM               WHY
        12     1970-01-01 00:00:00Z  [erased]  create  catalog/partners  jane@fabrikam.com  declared\u{a}::error::x
        ");
    }

    #[test]
    fn says_what_a_log_was_held_against() {
        let hash = Chain::new("L").hash();
        let head = Key::from_bytes(&[1; 32]).sign(Head {
            at: jiff::Timestamp::UNIX_EPOCH,
            hash,
            origin: "L".to_owned(),
            restored: false,
            size: 3,
            store: "s".to_owned(),
        });
        let mut report = Verified {
            store: "sqlite:a.db".to_owned(),
            origin: "L".to_owned(),
            size: 4,
            hash,
            heads: 1,
            newest: Some(head),
            is_key_known: true,
        };
        let told = text(|out| audit_verified(&report, out));
        assert!(told.contains("holds: 4 entries."), "{told}");
        assert!(told.contains("1 signed head fits, of 3 entries"), "{told}");
        assert!(!told.contains("--key"), "{told}");
        report.is_key_known = false;
        let told = text(|out| audit_verified(&report, out));
        assert!(told.contains("compare it"), "{told}");
        report.newest = None;
        let told = text(|out| audit_verified(&report, out));
        assert!(told.contains("no signed head"), "{told}");
    }
}
