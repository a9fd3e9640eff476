//! `guestlist drift`.

use std::cell::RefCell;

use clap::Args;

use super::Exit;
use super::apply::is_yes;
use super::context::Context;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::waiting::Waiting;
use crate::app;
use crate::render::report::{Drift, Signing};
use crate::render::{json, view};

/// Show what somebody changed in the store since the last apply
///
/// Key by key, with who and when where the store knows. Exits with 2 when there is something. Nothing is written.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let drift = look(cx)?;
        Ok(if drift.drifted.is_empty() {
            Exit::Done
        } else {
            Exit::Differences
        })
    }
}

/// Shows what was changed.
pub(super) fn look(cx: &Context) -> Result<Drift, Failure> {
    let workspace = cx.workspace()?;
    let progress = Progress::start(cx, "comparing");
    let drift = app::drift(&workspace, &cx.world())?;
    drop(progress);
    if cx.globals.format.is_of_findings() {
        let findings = cx.setting().drifted(&drift.drifted);
        cx.findings(&findings, |out| view::drift(&drift, out))?;
    } else {
        cx.report(
            |out| view::drift(&drift, out),
            || json::v1::Drift::new(&drift, None),
        )?;
    }
    Ok(drift)
}

/// Shows what was changed, and takes it as applied if that is given or the answer to a question is yes.
pub(super) fn accept(cx: &Context, given: bool, waiting: &Waiting) -> Result<Exit, Failure> {
    let can_ask = Context::can_ask();
    if !given && !can_ask {
        return Err(Failure::new(
            Exit::Usage,
            "there is no terminal to ask on; nothing was done",
        )
        .help("look at `guestlist drift`, then give `--auto-approve`"));
    }
    let workspace = cx.workspace()?;
    let interrupt = Interrupt::default();
    let trouble = RefCell::new(None);
    let mut ask = |drift: &Drift| {
        if cx.tells_once() {
            cx.aside(|out| view::drift(drift, out));
        } else if let Err(failure) = cx.text(|out| view::drift(drift, out)) {
            trouble.replace(Some(failure));
            return false;
        }
        let yes = given || drift.drifted.is_empty() || is_yes("Take this as applied?");
        if yes && let Err(error) = interrupt.listen() {
            cx.say(&format!("warning: signals cannot be watched: {error}"));
        }
        yes
    };
    let stop = || interrupt.is_asked();
    let (drift, refreshed) = app::refresh(&workspace, &waiting.world(cx), &mut ask, &stop)?;
    if let Some(failure) = trouble.take() {
        return Err(failure);
    }
    if cx.tells_once() {
        cx.report(
            |out| {
                view::drift(&drift, out)?;
                match &refreshed {
                    Some(refreshed) => view::refreshed(refreshed, &drift.store, out),
                    None => Ok(()),
                }
            },
            || json::v1::Drift::new(&drift, refreshed.as_ref()),
        )?;
    }
    match &refreshed {
        Some(refreshed) => {
            if !cx.tells_once() {
                cx.write(|out| out.write_all(b"\n"))?;
                cx.text(|out| view::refreshed(refreshed, &drift.store, out))?;
            }
            Ok(match refreshed.signing {
                Signing::Failed(_) => Exit::Error,
                Signing::Off | Signing::NoKey | Signing::Signed(_) => Exit::Done,
            })
        }
        None if drift.drifted.is_empty() => Ok(Exit::Done),
        None => {
            cx.say("Nothing was taken as applied.");
            Ok(Exit::Error)
        }
    }
}
