//! `guestlist history`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app;
use crate::render::{json, report, view};
use crate::store::{RecordedChange, RunRecord};

/// List the applies of the past, or show one with its changes
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The run, by its id or the beginning of it
    #[arg(value_name = "RUN")]
    run: Option<String>,

    /// List so many runs at most
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 50,
        conflicts_with = "run"
    )]
    most: usize,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        if let Some(id) = &self.run {
            let (record, changes) = app::history_run(&workspace, id)?;
            let run = run(record);
            let changes: Vec<_> = changes.into_iter().map(change).collect();
            cx.report(
                |out| view::run(&run, &changes, out),
                || json::v1::Run::new(&run, &changes),
            )?;
        } else {
            let runs: Vec<_> = app::history(&workspace, self.most)?
                .into_iter()
                .map(run)
                .collect();
            cx.report(
                |out| view::runs(&runs, out),
                || json::v1::History::from(runs.as_slice()),
            )?;
        }
        Ok(Exit::Done)
    }
}

fn run(record: RunRecord) -> report::Run {
    let RunRecord {
        id,
        project,
        generation,
        actor,
        host,
        commit,
        tree,
        plan,
        started,
        finished,
        counts,
    } = record;
    report::Run {
        id,
        project,
        generation,
        actor,
        host,
        commit,
        tree,
        plan,
        started,
        finished,
        counts,
    }
}

fn change(change: RecordedChange) -> report::RunChange {
    let RecordedChange {
        address,
        renamed_from,
        action,
        id,
        before,
        after,
    } = change;
    report::RunChange {
        address,
        renamed_from,
        action,
        id,
        before,
        after,
    }
}
