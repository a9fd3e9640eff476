//! Waivers: what the tree silences, why, who answers for it, and until when. No store is needed.

use super::{Pages, Tally, days};
use crate::app::{AppError, Workspace, World, check};
use crate::diag::code;
use crate::model::Waiver;
use crate::render::chart::{Chart, Form, Lane};
use crate::render::json::v1::{Silences, Summary, WaiverRow};
use jiff::Timestamp;

/// The waivers of the tree, the one that ends first before the others.
#[derive(Debug)]
pub struct Waivers {
    rows: Option<Vec<WaiverRow>>,
    summary: Summary,
    marks: Vec<Timestamp>,
    /// The instant of the report.
    pub at: Timestamp,
}

/// Reads the waivers of the tree.
///
/// # Errors
///
/// For a tree with errors.
pub fn waivers(workspace: &Workspace, world: &World<'_>) -> Result<Waivers, AppError> {
    let at = world.clock.now();
    let mut all = declared(workspace, world)?;
    all.sort_by(|one, other| (one.until, &one.address).cmp(&(other.until, &other.address)));
    let mut tally = Tally::default();
    let rows = all.iter().map(|waiver| {
        tally.add(vec![waiver.rule.to_string()]);
        WaiverRow {
            rule: waiver.rule.to_string(),
            silences: Silences::of(waiver.rule.as_str()),
            address: waiver.address.to_string(),
            reason: waiver.reason.to_string(),
            by: waiver.by.to_string(),
            until: waiver.until,
            days_left: days(at, waiver.until),
            path: waiver.origin.path.to_string(),
            line: waiver.origin.line,
        }
    });
    Ok(Waivers {
        rows: Some(rows.collect()),
        summary: tally.summary(&[]),
        marks: all
            .iter()
            .map(|waiver| waiver.until)
            .filter(|until| *until > at)
            .collect(),
        at,
    })
}

/// Returns the waivers of the tree; none of a tree without files.
pub(super) fn declared(workspace: &Workspace, world: &World<'_>) -> Result<Vec<Waiver>, AppError> {
    match check::desired(workspace, world) {
        Ok((desired, _)) => Ok(desired.waivers),
        Err(AppError::Invalid(problems))
            if problems
                .iter()
                .all(|problem| [code::EMPTY_TREE, code::NO_OBJECTS].contains(&problem.code)) =>
        {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

impl Pages for Waivers {
    type Row = WaiverRow;

    fn page(&mut self) -> Result<Option<Vec<WaiverRow>>, AppError> {
        Ok(self.rows.take())
    }

    fn summary(&self) -> Summary {
        self.summary.clone()
    }

    /// Returns a line of time, up to the last of them.
    fn chart(&self) -> Option<Chart<'static>> {
        Some(Chart {
            title: "When waivers end".into(),
            form: Form::Timeline {
                from: self.at,
                until: self.marks.last().copied().unwrap_or(self.at),
                lanes: vec![Lane {
                    label: "waiver ends".into(),
                    marks: self.marks.clone(),
                }],
            },
        })
    }
}
