//! `guestlist apply`.

use std::cell::RefCell;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use clap::Args;

use super::asking::Asking;
use super::context::Context;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::waiting::Waiting;
use super::{Exit, plan};
use crate::app::{self, Applied, Approval, Outcome, Planned};
use crate::audit::PublicKey;
use crate::model::Digest;
use crate::plan::{Action, Purpose};
use crate::render::report::Signing;
use crate::render::{json, report, view};

/// Change the store to what the tree declares
///
/// Shows the plan and asks. All changes are made at once, or none; afterwards the next plan is made and must be empty.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A plan that `guestlist plan --out FILE` saved: exactly its changes are made, or none, without a question
    #[arg(value_name = "FILE", conflicts_with_all = ["auto_approve", "expect", "adopt", "target", "exclude", "destroy", "allow_deletes", "allow_delete_all", "max_people", "allow_widening"])]
    file: Option<PathBuf>,

    /// Apply without asking
    #[arg(long)]
    auto_approve: bool,

    /// Apply without asking, if the plan has the digest that a reviewer saw
    #[arg(long, value_name = "DIGEST", conflicts_with = "auto_approve")]
    expect: Option<Digest>,

    /// Apply the file only if it is signed: with this public key, or else with one of `public-keys` of `[audit]`
    #[arg(long, value_name = "PUBLIC", num_args = 0..=1, require_equals = true, requires = "file")]
    require_signature: Option<Option<PublicKey>>,

    #[command(flatten)]
    asking: Asking,

    /// Go on with a store that was put back from an older copy, although signed heads know more
    ///
    /// It is recorded in the audit log and signed; for 24 hours nothing of a guest's lifecycle is carried out.
    #[arg(long, conflicts_with = "refresh_only")]
    accept_restore: bool,

    /// Take what somebody changed in the store since the last apply as applied; no object changes
    #[arg(long, conflicts_with_all = ["expect", "file"])]
    refresh_only: bool,

    #[command(flatten)]
    waiting: Waiting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        if self.refresh_only {
            self.asking.is_for_a_plan()?;
            return super::drift::accept(cx, self.auto_approve, &self.waiting);
        }
        let can_ask = Context::can_ask();
        let asks = !self.auto_approve && self.expect.is_none() && self.file.is_none();
        if asks && !can_ask {
            // The command line lacks what this place needs: usage.
            return Err(Failure::new(
                Exit::Usage,
                "there is no terminal to ask on; nothing was done",
            )
            .help("look at `guestlist plan`, then give `--auto-approve`"));
        }
        let file = self.file.as_deref().map(|file| cx.path(file));
        let commitment = file.as_deref().map(app::saved).transpose()?;
        let ask = commitment
            .as_ref()
            .map_or_else(|| self.asking.ask(), |commitment| commitment.ask.clone());
        let workspace = cx.workspace()?.accepting_restore(self.accept_restore);
        if let (Some(commitment), Some(key)) = (&commitment, self.require_signature) {
            app::answered(&workspace, commitment, key)?;
        }
        let interrupt = Interrupt::default();
        let progress = RefCell::new(Some(Progress::start(cx, "planning")));
        let trouble = RefCell::new(None);
        // Whatever is shown comes between two progress lines.
        let begin = |planned: &Planned, show: Show| {
            progress.take();
            if let Err(failure) = show(cx, planned) {
                trouble.replace(Some(failure));
            }
        };
        let go = || {
            if let Err(error) = interrupt.listen() {
                cx.say(&format!("warning: signals cannot be watched: {error}"));
            }
            progress.replace(Some(Progress::start(cx, "applying")));
        };
        let mut given = |planned: &Planned| {
            begin(planned, show_meanwhile);
            go();
        };
        let mut asked = |planned: &Planned| {
            begin(planned, show);
            let yes = trouble.borrow().is_none() && is_yes("Apply these changes?");
            if yes {
                go();
            }
            yes
        };
        let approval = match (&commitment, self.expect) {
            (Some(commitment), _) => Approval::Committed(commitment, &mut given),
            (None, Some(digest)) => Approval::Expected(digest, &mut given),
            (None, None) if self.auto_approve => Approval::Given(&mut given),
            (None, None) => Approval::Asked(&mut asked),
        };
        let outcome = app::apply(
            &workspace,
            &self.waiting.world(cx),
            &ask,
            approval,
            &|| interrupt.is_asked(),
            &mut |done, of| {
                if let Some(progress) = &*progress.borrow() {
                    progress.tell(done, of);
                }
            },
        );
        progress.take();
        let exit = match outcome {
            Ok(outcome) => {
                let exit = finish(cx, &outcome).map_err(|failure| match &outcome {
                    Outcome::Applied(applied) => failure.help(format!(
                        "the store has changed: `guestlist history {}` shows how",
                        applied.run
                    )),
                    Outcome::NothingToDo(_) | Outcome::Repeated(..) | Outcome::Declined(_) => {
                        failure
                    }
                })?;
                Context::leave(outcome);
                exit
            }
            Err(error) => return Err(refusing(cx, error)),
        };
        trouble.take().map_or(Ok(exit), Err)
    }
}

/// A way to show a plan.
type Show = fn(&Context, &Planned) -> Result<(), Failure>;

/// Shows a plan: as the first part of the result, or aside where the result is written as a whole.
fn show(cx: &Context, planned: &Planned) -> Result<(), Failure> {
    let report = plan::report(planned);
    if cx.tells_once() {
        cx.aside(|out| view::planned(&report, out));
        return Ok(());
    }
    cx.text(|out| view::planned(&report, out))
}

/// As [`show`], while the lease is held and others wait for it.
fn show_meanwhile(cx: &Context, planned: &Planned) -> Result<(), Failure> {
    let report = plan::report(planned);
    if cx.tells_once() {
        return cx.aside_meanwhile(|out| view::planned(&report, out));
    }
    cx.text_meanwhile(|out| view::planned(&report, out))
}

/// Asks, and returns whether the answer is `yes`.
pub(super) fn is_yes(question: &str) -> bool {
    let mut err = io::stderr();
    let mut answer = String::new();
    let asked = write!(err, "\n{question} Only yes is accepted: ").and_then(|()| err.flush());
    let answered = asked.and_then(|()| io::stdin().lock().read_line(&mut answer));
    let yes = answered.is_ok() && answer.trim() == "yes";
    if !answer.ends_with('\n') {
        let _ = writeln!(err);
    }
    yes
}

/// Turns an error into a failure; a plan that is refused is shown first.
pub(super) fn refusing(cx: &Context, error: app::AppError) -> Failure {
    if let app::AppError::Refused(planned) = &error
        && !cx.is_json()
    {
        return match plan::show(cx, cx.command(), &plan::report(planned)) {
            Ok(()) => Failure::from(error).without_refusals(),
            Err(failure) => failure,
        };
    }
    error.into()
}

fn finish(cx: &Context, outcome: &Outcome) -> Result<Exit, Failure> {
    match outcome {
        Outcome::NothingToDo(planned) => nothing_to_do(cx, planned),
        Outcome::Repeated(planned, run) => {
            let exit = nothing_to_do(cx, planned)?;
            cx.say(&format!("This plan was applied already, by run {run}."));
            Ok(exit)
        }
        Outcome::Declined(planned) => {
            if cx.is_json() {
                let report = json::v1::Apply::nothing(&planned.store, false);
                cx.write(|out| json::write(out, &report))?;
            }
            cx.say("Nothing was applied.");
            Ok(Exit::Error)
        }
        Outcome::Applied(applied) => {
            let report = applied_report(applied);
            if !cx.tells_once() {
                cx.write(|out| out.write_all(b"\n"))?;
            }
            cx.report(
                |out| {
                    if cx.tells_once() {
                        view::planned(&plan::report(&applied.planned), out)?;
                    }
                    if matches!(applied.purpose, Purpose::Rollback { .. }) {
                        view::went_back(&report, out)
                    } else {
                        view::applied(&report, out)
                    }
                },
                || json::v1::Apply::from(&report),
            )?;
            followed(cx, applied);
            Ok(ended(applied))
        }
    }
}

fn nothing_to_do(cx: &Context, planned: &Planned) -> Result<Exit, Failure> {
    let report = plan::report(planned);
    cx.report(
        |out| view::planned(&report, out),
        || json::v1::Apply::nothing(&planned.store, true),
    )?;
    Ok(Exit::Done)
}

/// Returns how an apply ended that was carried out: well, or with something that somebody has to look at.
pub(super) fn ended(applied: &Applied) -> Exit {
    match (&applied.verified, &applied.signing) {
        (_, Signing::Failed(_)) | (Ok(false) | Err(_), _) => Exit::Error,
        (Ok(true), _) => Exit::Done,
    }
}

/// Tells what is left to do for people who hold what was changed.
pub(super) fn followed(cx: &Context, applied: &Applied) {
    match &applied.followed {
        Ok(true) => {}
        Ok(false) => cx.say(
            "Many people hold what was changed. `guestlist tick` goes on bringing their access in line.",
        ),
        Err(error) => cx.say(&format!(
            "warning: the access of people who hold what was changed could not be brought in line: {error}; `guestlist tick` tries again"
        )),
    }
}

pub(super) fn applied_report(applied: &Applied) -> report::Applied<'_> {
    let plan = &applied.planned.plan;
    report::Applied {
        store: &applied.planned.store,
        run: &applied.run,
        generation: applied.head.generation,
        audit_size: applied.head.audit_size,
        audit_hash: &applied.head.audit_hash,
        signing: &applied.signing,
        counts: Action::ALL
            .iter()
            .map(|action| (*action, plan.count(*action) as u64))
            .collect(),
        own: plan.own.as_ref(),
        verified: applied
            .verified
            .as_ref()
            .copied()
            .map_err(ToString::to_string),
        left_out: applied.left_out,
        destroyed: plan.destroy,
        duration: jiff::SignedDuration::try_from_secs_f64(applied.seconds).unwrap_or_default(),
    }
}
