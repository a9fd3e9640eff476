//! Runs: all of them in a table, or one with its changes.

use std::borrow::Cow;
use std::io;

use jiff::{SignedDuration, Timestamp};

use super::{change, own};
use crate::model::Address;
use crate::plan::{self, Purpose, RecordedChange, RunRecord};
use crate::render::doc::{Block, Detail, Line, Role, Table, Writer};

/// How many digits of a git commit are shown.
const COMMIT: usize = 7;

/// Lowers the runs, newest first.
///
/// # Errors
///
/// Those of the writer.
pub fn runs(runs: &[RunRecord], out: &mut dyn Writer) -> io::Result<()> {
    if runs.is_empty() {
        return out.block(&Block::Paragraph(vec![Line::plain(
            "Nothing was applied yet.",
        )]));
    }
    out.block(&Block::Table(Table {
        columns: &["RUN", "WHEN", "WHO", "GENERATION", "COMMIT", "CHANGES"],
        rows: runs.iter().map(row).collect(),
    }))
}

fn row(run: &RunRecord) -> Vec<Cow<'_, str>> {
    let done = own::done(&run.counts, run.own.is_some());
    vec![
        run.id.as_str().into(),
        instant(run.finished).into(),
        format!("{}@{}", run.actor, run.host).into(),
        run.generation.to_string().into(),
        commit(run).into(),
        match &run.purpose {
            Purpose::Apply => done,
            other => format!("{}: {done}", other.as_str()),
        }
        .into(),
    ]
}

/// Lowers one run with its changes.
///
/// # Errors
///
/// Those of the writer.
pub fn run(run: &RunRecord, changes: &[RecordedChange], out: &mut dyn Writer) -> io::Result<()> {
    let mut heading = Line::new()
        .and(Role::Strong, "guestlist run ")
        .and(Role::Strong, run.id.as_str())
        .and(Role::Plain, format!(" · {} · ", run.project))
        .and(Role::Plain, instant(run.finished))
        .and(Role::Plain, format!(" · {}@{}", run.actor, run.host))
        .and(
            Role::Faint,
            format!(" · tree {} · plan {}", run.tree.short(), run.plan.short()),
        );
    if run.commit.is_some() {
        heading.push(Role::Faint, format!(" · commit {}", commit(run)));
    }
    out.block(&Block::Heading(heading))?;
    if let Some(purpose) = purpose(run) {
        out.block(&Block::Paragraph(vec![Line::plain(purpose)]))?;
    }
    for one in changes {
        out.block(&change::block(
            one.action,
            &one.address,
            one.renamed_from.as_deref(),
            None,
            details(one),
        ))?;
    }
    let mut end: Vec<Line<'_>> = run.own.iter().map(own::domains).collect();
    end.extend(super::plan::lifted(&run.lifted));
    end.push(
        Line::new()
            .and(
                Role::Strong,
                format!("Done: {}", own::done(&run.counts, run.own.is_some())),
            )
            .and(Role::Plain, lasted(run))
            .and(Role::Plain, format!(" Generation {}.", run.generation)),
    );
    out.block(&Block::Paragraph(end))
}

/// Compares what was there with what came, as far as the address still names a kind.
fn details(one: &RecordedChange) -> Vec<Detail<'static>> {
    match (&one.before, &one.after) {
        (None, Some(after)) => change::created(after).into_iter().collect(),
        (Some(before), Some(after)) => match one.address.parse::<Address>() {
            Ok(address) => plan::diff(address.kind(), before, after)
                .iter()
                .map(change::edit)
                .collect(),
            Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Says what a run was for, unless it carried out the plan of a tree.
fn purpose(run: &RunRecord) -> Option<String> {
    match &run.purpose {
        Purpose::Apply => None,
        Purpose::Refresh => Some("Took what somebody had changed as applied.".to_owned()),
        Purpose::Rollback { of, to: false } => Some(format!("Went back to before run {of}.")),
        Purpose::Rollback { of, to: true } => Some(format!("Went back to after run {of}.")),
    }
}

/// Says how long a run took, as far as a store keeps it.
fn lasted(run: &RunRecord) -> String {
    let lasted = run.finished.duration_since(run.started);
    format!(", in {}.", super::time(lasted.max(SignedDuration::ZERO)))
}

fn commit(run: &RunRecord) -> String {
    run.commit
        .iter()
        .flat_map(|commit| commit.chars().take(COMMIT))
        .collect()
}

/// Returns an instant to the second, UTC.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, Digest, RemoteId};
    use crate::plan::{Action, Lifted};
    use crate::render::samples::text;
    use serde_json::json;

    fn example() -> RunRecord {
        RunRecord {
            id: "0199f0c0-7d1e-7000-8000-000000000001".to_owned(),
            purpose: crate::plan::Purpose::Apply,
            project: "contoso-external".to_owned(),
            generation: 4,
            actor: "ana".to_owned(),
            host: "laptop".to_owned(),
            commit: Some("4f1c9e2aa0".to_owned()),
            tree: Digest::from_bytes([0x4f; 16]),
            plan: Digest::from_bytes([0x11; 16]),
            started: Timestamp::UNIX_EPOCH,
            finished: Timestamp::UNIX_EPOCH,
            counts: vec![(Action::Create, 1), (Action::Prune, 1)],
            lifted: vec![Lifted {
                guard: "everything".to_owned(),
                by: "--allow-delete-all catalog".to_owned(),
                objects: vec!["catalog/old".to_owned()],
            }],
            own: None,
        }
    }

    #[test]
    fn lists_runs() {
        insta::assert_snapshot!(text(|out| runs(&[example()], out)), @r"
        RUN                                   WHEN                  WHO         GENERATION  COMMIT   CHANGES
        0199f0c0-7d1e-7000-8000-000000000001  1970-01-01 00:00:00Z  ana@laptop  4           4f1c9e2  1 created, 1 pruned
        ");
        assert_eq!(text(|out| runs(&[], out)), "Nothing was applied yet.\n");
    }

    #[test]
    fn shows_a_run_with_its_changes() {
        let body = Body::of(&json!({ "displayName": "Litware" }));
        let change = |action, address: &str, before, after| RecordedChange {
            address: address.to_owned(),
            renamed_from: None,
            action,
            id: RemoteId("1".to_owned()),
            before,
            after,
        };
        let changes = [
            change(
                Action::Create,
                "organization/litware",
                None,
                Some(body.clone()),
            ),
            change(Action::Prune, "catalog/old", Some(body), None),
        ];
        insta::assert_snapshot!(text(|out| run(&example(), &changes, out)), @r"
        guestlist run 0199f0c0-7d1e-7000-8000-000000000001 · contoso-external · 1970-01-01 00:00:00Z · ana@laptop · tree 4f4f4f4 · plan 1111111 · commit 4f1c9e2

          + organization/litware
              displayName: Litware
          - catalog/old

        lifted[everything]: catalog/old, by --allow-delete-all catalog
        Done: 1 created, 1 pruned, in 0 ms. Generation 4.
        ");
    }
}
