//! `guestlist rollback`.

use std::cell::RefCell;
use std::io::{self, IsTerminal};

use clap::Args;

use super::apply::{applied_report, ended, followed, is_yes, refusing};
use super::asking::Allowing;
use super::context::Context;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::waiting::Waiting;
use super::{Exit, plan};
use crate::app::{self, Approval, Outcome, Rollback, Target};
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

    #[command(flatten)]
    allowing: Allowing,

    #[command(flatten)]
    waiting: Waiting,
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
        let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
        if self.auto_approve || can_ask {
            app::wait_for_lease(&workspace, &world, &|| false)?;
        }
        let progress = Progress::start(cx, "planning");
        let back = app::rollback(&workspace, &world, &target, &self.allowing.ask())?;
        drop(progress);
        let allowed = back.planned.verdict.is_allowed();
        let leads_nowhere = back.planned.plan.is_empty();
        let goes_on = allowed && !leads_nowhere && (self.auto_approve || can_ask);
        show(cx, &back, goes_on)?;
        if !allowed {
            return Ok(Exit::Refused);
        }
        if !goes_on {
            if !leads_nowhere {
                cx.say("Nothing was applied. To go back, give `--auto-approve`.");
            }
            return Ok(Exit::Done);
        }
        if !self.auto_approve && !is_yes("Go back?") {
            if cx.is_json() {
                let report = json::v1::Apply::nothing(&back.planned.store, false);
                cx.write(|out| json::write(out, &report))?;
            }
            cx.say("Nothing was applied.");
            return Ok(Exit::Error);
        }
        self.go(cx, &back)
    }

    /// Carries the plan out, if exactly what was shown comes out again.
    fn go(&self, cx: &Context, back: &Rollback) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let interrupt = Interrupt::default();
        if let Err(error) = interrupt.listen() {
            cx.say(&format!("warning: signals cannot be watched: {error}"));
        }
        let progress = RefCell::new(Progress::start(cx, "going back"));
        let outcome = app::roll_back(
            &workspace,
            &self.waiting.world(cx),
            &back.target,
            &self.allowing.ask(),
            Approval::Expected(back.planned.plan.digest(), &mut |_| {}),
            &|| interrupt.is_asked(),
            &mut |done, of| progress.borrow().tell(done, of),
        );
        drop(progress);
        let outcome = outcome.map_err(|error| refusing(cx, error))?;
        let Outcome::Applied(applied) = &outcome else {
            // What was shown came out again, and it was not empty.
            return Ok(Exit::Done);
        };
        let report = applied_report(applied);
        if !cx.is_json() {
            cx.write(|out| out.write_all(b"\n"))?;
        }
        cx.report(
            |out| view::went_back(&report, out),
            || json::v1::Apply::from(&report),
        )?;
        followed(cx, applied);
        Ok(ended(applied))
    }
}

fn show(cx: &Context, back: &Rollback, goes_on: bool) -> Result<(), Failure> {
    let shown = report::RolledBack {
        run: &back.target.run,
        end: back.target.end,
        undone: &back.undone,
        planned: plan::report(&back.planned),
        lasting: &back.lasting,
    };
    if cx.is_json() && goes_on {
        // The result is what the apply says.
        cx.aside(|out| view::rolled_back(&shown, out));
        return Ok(());
    }
    cx.report(
        |out| view::rolled_back(&shown, out),
        || json::v1::Rollback::from(&shown),
    )
}
