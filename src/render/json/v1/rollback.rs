//! A plan that goes back.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FormatVersion, Plan, RunSummary};
use crate::render::report::RolledBack;

/// A plan that goes back to where the store was.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Rollback<'a> {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The run that it goes back to.
    pub run: &'a str,
    /// Whether to the end of the run instead of its beginning.
    pub end: bool,
    /// Whether the run that was to be undone changed no object, because it took as applied what somebody had changed: it
    /// stays, and the plan goes back to its end.
    pub accepted_only: bool,
    /// The runs that are undone, newest first.
    pub undone: Vec<RunSummary>,
    /// What cannot be undone.
    pub lasting: Vec<Lasting<'a>>,
    /// The plan.
    pub plan: Plan<'a>,
}

/// What cannot be undone.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Lasting<'a> {
    /// The address.
    pub address: String,
    /// Why not.
    pub reason: &'a str,
}

impl<'a> From<&RolledBack<'a>> for Rollback<'a> {
    fn from(report: &RolledBack<'a>) -> Self {
        let lasting = report.lasting.iter().map(|(address, reason)| Lasting {
            address: address.to_string(),
            reason,
        });
        Self {
            format_version: FormatVersion,
            run: report.run,
            end: report.end,
            accepted_only: report.accepted_only,
            undone: report.undone.iter().map(RunSummary::from).collect(),
            lasting: lasting.collect(),
            plan: Plan::from(&report.planned),
        }
    }
}
