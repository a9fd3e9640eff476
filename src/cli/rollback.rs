//! `guestlist rollback`.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use clap::Args;

use super::apply::{applied_report, ended, followed, is_yes, refusing};
use super::asking::Allowing;
use super::context::Context;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::waiting::Waiting;
use super::{Exit, plan};
use crate::app::{self, Approval, Outcome, Planned, Rollback, Saving, Target, Workspace};
use crate::model::Digest;
use crate::render::{json, report, view};

/// Go back to where the store was before a run
///
/// Plans the way back from what is live, past the same guards as any plan, shows what cannot be undone, and asks. Later runs
/// of the project are undone as well. The tree stays as it is and says otherwise, so the next plan shows the difference.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The run to undo, by its id or the beginning of it
    #[arg(
        value_name = "RUN",
        required_unless_present = "to",
        conflicts_with = "to"
    )]
    run: Option<String>,

    /// Go back to the end of this run instead
    #[arg(long, value_name = "RUN")]
    to: Option<String>,

    /// Go back without asking
    #[arg(long)]
    auto_approve: bool,

    /// Go back without asking, if the plan has the digest that a reviewer saw
    #[arg(long, value_name = "DIGEST", conflicts_with = "auto_approve")]
    expect: Option<Digest>,

    /// Save the plan to this file instead, for `guestlist apply FILE`
    ///
    /// The file is a commitment: whoever applies it gets exactly these changes, or none. It may be applied for 24 hours.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["auto_approve", "expect"])]
    out: Option<PathBuf>,

    /// Sign the saved plan with the key of the audit log, for `guestlist apply FILE --require-signature`
    #[arg(long, requires = "out")]
    sign: bool,

    #[command(flatten)]
    allowing: Allowing,

    #[command(flatten)]
    waiting: Waiting,
}

/// What becomes of the plan.
enum Then {
    /// It is saved.
    Save,
    /// Somebody is asked.
    Ask,
    /// It is carried out.
    Go,
    /// It is shown, and nobody can be asked.
    Nothing,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let target = Target {
            run: self
                .run
                .as_ref()
                .or(self.to.as_ref())
                .cloned()
                .unwrap_or_default(),
            end: self.to.is_some(),
        };
        let workspace = cx.workspace()?;
        let world = self.waiting.world(cx);
        let then = self.then();
        if matches!(then, Then::Go | Then::Ask) {
            app::wait_for_lease(&workspace, &world, &|| false)?;
        }
        let progress = Progress::start(cx, "planning");
        let back = app::rollback(&workspace, &world, &target, &self.allowing.ask())?;
        drop(progress);
        let allowed = back.planned.verdict.is_allowed();
        // What was expected is held against an empty plan as well.
        let leads_nowhere = back.planned.plan.is_empty() && self.expect.is_none();
        let goes_on = allowed && !leads_nowhere && matches!(then, Then::Go | Then::Ask);
        show(cx, &back, goes_on)?;
        if !allowed {
            return Ok(Exit::Refused);
        }
        match then {
            Then::Save => {
                let saving = Saving {
                    path: &cx.path(self.out.as_deref().unwrap_or(Path::new(""))),
                    signed: self.sign,
                    back: Some(&back.target),
                };
                plan::save(cx, &workspace, &back.planned, &self.allowing.ask(), &saving)?;
                Ok(Exit::Done)
            }
            Then::Go | Then::Ask | Then::Nothing if leads_nowhere => Ok(Exit::Done),
            Then::Nothing => {
                cx.say(
                    "Nothing was applied: there is no terminal to ask on. To go back, give `--auto-approve`, or `--expect` \
                    and the digest of this plan, or save it with `--out FILE` for `guestlist apply`.",
                );
                Ok(Exit::Usage)
            }
            Then::Ask if !is_yes("Go back?") => {
                if cx.is_json() {
                    let report = json::v1::Apply::nothing(&back.planned.store, false);
                    cx.write(|out| json::write(out, &report))?;
                }
                cx.say("Nothing was applied.");
                Ok(Exit::Error)
            }
            Then::Ask | Then::Go => self.go(cx, &workspace, &back),
        }
    }

    fn then(&self) -> Then {
        let can_ask = Context::can_ask();
        if self.out.is_some() {
            Then::Save
        } else if self.auto_approve || self.expect.is_some() {
            Then::Go
        } else if can_ask {
            Then::Ask
        } else {
            Then::Nothing
        }
    }

    /// Carries the plan out, if exactly what was shown or expected comes out again.
    fn go(&self, cx: &Context, workspace: &Workspace, back: &Rollback) -> Result<Exit, Failure> {
        let interrupt = Interrupt::default();
        if let Err(error) = interrupt.listen() {
            cx.say(&format!("warning: signals cannot be watched: {error}"));
        }
        let progress = RefCell::new(Progress::start(cx, "going back"));
        let mut shown = |_: &Planned| {};
        let approval = match self.expect {
            Some(digest) => Approval::Expected(digest, &mut shown),
            None => Approval::Seen(&back.planned.plan),
        };
        let outcome = app::roll_back(
            workspace,
            &self.waiting.world(cx),
            &back.target,
            &self.allowing.ask(),
            approval,
            &|| interrupt.is_asked(),
            &mut |done, of| progress.borrow().tell(done, of),
        );
        drop(progress);
        let outcome = outcome.map_err(|error| refusing(cx, error))?;
        let applied = match &outcome {
            Outcome::Applied(applied) => applied,
            // What was expected came out, and it was empty.
            Outcome::NothingToDo(planned)
            | Outcome::Repeated(planned, _)
            | Outcome::Declined(planned) => {
                if cx.tells_once() {
                    cx.report(
                        |out| view::rolled_back(&report_of(back), out),
                        || json::v1::Apply::nothing(&planned.store, true),
                    )?;
                }
                return Ok(Exit::Done);
            }
        };
        let report = applied_report(applied);
        if !cx.tells_once() {
            cx.write(|out| out.write_all(b"\n"))?;
        }
        cx.report(
            |out| {
                if cx.tells_once() {
                    view::rolled_back(&report_of(back), out)?;
                }
                view::went_back(&report, out)
            },
            || json::v1::Apply::from(&report),
        )?;
        followed(cx, applied);
        Ok(ended(applied))
    }
}

fn report_of(back: &Rollback) -> report::RolledBack<'_> {
    report::RolledBack {
        run: &back.target.run,
        end: back.target.end,
        undone: &back.undone,
        planned: plan::report(&back.planned),
        lasting: &back.lasting,
        accepted_only: back.accepted_only,
    }
}

fn show(cx: &Context, back: &Rollback, goes_on: bool) -> Result<(), Failure> {
    let shown = report_of(back);
    if cx.tells_once() && goes_on {
        // The result is what the apply says.
        cx.aside(|out| view::rolled_back(&shown, out));
        return Ok(());
    }
    if cx.globals.format.is_document() {
        let digest = Some(back.planned.plan.digest());
        return cx.document("rollback", digest, |out| view::rolled_back(&shown, out));
    }
    cx.report(
        |out| view::rolled_back(&shown, out),
        || json::v1::Rollback::from(&shown),
    )
}
