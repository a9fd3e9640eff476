//! Carrying out a plan: planned again under the lease, applied at once, and looked at afterwards.

use jiff::SignedDuration;

use super::ask::circumstances;
use super::audit::Witness;
use super::error::Since;
use super::hold::{self, Hold};
use super::plan::{Planned, against, judged};
use super::rollback::{self, Target};
use super::{AppError, Ask, Workspace, World, audit, check, clock};
use crate::apply;
use crate::diag::{Diagnostics, code};
use crate::guard::{ActionLine, Commitment, Stale, differences, judge, lines};
use crate::model::{Desired, Digest};
use crate::plan::{Asks, Change, OwnDomains, Plan, Purpose, RunRecord};
use crate::render::report::Signing;
use crate::store::{Head, NewRun, OpenMode, StoreError};

/// How an apply is approved.
pub enum Approval<'a> {
    /// It is shown, and carried out.
    Given(&'a mut dyn FnMut(&Planned)),
    /// It is shown, and carried out when the answer is yes. No lease is held while somebody thinks.
    Asked(&'a mut dyn FnMut(&Planned) -> bool),
    /// Somebody saw a plan of this digest; it is shown, and carried out if it comes out again.
    Expected(Digest, &'a mut dyn FnMut(&Planned)),
    /// Somebody saw this plan and said yes; it is carried out if it comes out again.
    Seen(&'a Plan),
    /// A saved plan; it is shown, and carried out if exactly its actions come out again.
    Committed(&'a Commitment, &'a mut dyn FnMut(&Planned)),
}

impl std::fmt::Debug for Approval<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Given(_) => "Given",
            Self::Asked(_) => "Asked",
            Self::Expected(..) => "Expected",
            Self::Seen(_) => "Seen",
            Self::Committed(..) => "Committed",
        })
    }
}

/// How an apply ended.
#[derive(Debug)]
pub enum Outcome {
    /// The store was as declared already.
    NothingToDo(Planned),
    /// The store was as declared already, by an apply of the plan that was expected: the run's id.
    Repeated(Planned, String),
    /// Somebody said no.
    Declined(Planned),
    /// The store has changed.
    Applied(Box<Applied>),
}

/// An apply that was carried out.
#[derive(Debug)]
pub struct Applied {
    /// What was planned, and done.
    pub planned: Planned,
    /// The run's id.
    pub run: String,
    /// What it was for.
    pub purpose: Purpose,
    /// The store afterwards.
    pub head: Head,
    /// What became of the signed head of it.
    pub signing: Signing,
    /// Whether the next plan has nothing left of what was chosen, as it should be; an error when it could not be made. The
    /// store has changed either way.
    pub verified: Result<bool, StoreError>,
    /// How many changes the next plan has besides what was chosen.
    pub left_out: usize,
    /// How long the write took.
    pub seconds: f64,
    /// Whether everybody who holds what was changed has what it says now; what is left is for ticks. An error when that could
    /// not be done. The store has changed either way.
    pub followed: Result<bool, AppError>,
}

/// Applies the tree to its store; a saved plan of a rollback goes back.
///
/// `stop` is asked between changes; when it answers true the store is left as it was. `progress` is told how many changes
/// of how many are done.
///
/// # Errors
///
/// For a tree with errors, a plan that is refused, and a store that cannot be read or written. The store is as it was.
pub fn apply(
    workspace: &Workspace,
    world: &World<'_>,
    ask: &Ask,
    approval: Approval<'_>,
    stop: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Outcome, AppError> {
    let target = match &approval {
        Approval::Committed(commitment, _) => commitment.back.as_ref().map(Target::of),
        _ => None,
    };
    let aim = match &target {
        Some(target) => Aim::Back(target, ask),
        None => Aim::Tree(ask),
    };
    toward(&aim, workspace, world, approval, stop, progress)
}

/// Where an apply leads to.
pub(super) enum Aim<'a> {
    /// To what the tree declares, with what the command asks for.
    Tree(&'a Ask),
    /// To where the store was, with the guards that the command lifts.
    Back(&'a Target, &'a Ask),
}

impl Aim<'_> {
    /// Plans without writing.
    fn preview(&self, workspace: &Workspace, world: &World<'_>) -> Result<Planned, AppError> {
        match self {
            Self::Tree(ask) => super::plan(workspace, world, ask),
            Self::Back(target, ask) => {
                Ok(rollback::rollback(workspace, world, target, ask)?.planned)
            }
        }
    }

    /// Returns what the planner is asked for afterwards, to see that nothing is left.
    fn afterwards(&self) -> Result<Asks, AppError> {
        Ok(match self {
            Self::Tree(ask) => ask.afterwards()?,
            Self::Back(..) => Asks::default(),
        })
    }

    fn purpose(&self) -> Purpose {
        match self {
            Self::Tree(_) => Purpose::Apply,
            Self::Back(target, _) => target.purpose(),
        }
    }
}

/// Applies what leads there.
pub(super) fn toward(
    aim: &Aim<'_>,
    workspace: &Workspace,
    world: &World<'_>,
    mut approval: Approval<'_>,
    stop: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Outcome, AppError> {
    let afterwards = aim.afterwards()?;
    let witness = Witness::find(workspace, world)?;
    let mut planned = None;
    let mut lineage = None;
    // What is seen now and gone later is not made anew.
    let mut seen = matches!(aim, Aim::Back(..));
    match &approval {
        Approval::Committed(..) => {
            // Looked at before anything is opened to be written, so that a stale plan leaves no trace.
            let preview = aim.preview(workspace, world)?;
            let runs = workspace.open(OpenMode::Read)?.runs(usize::MAX)?;
            committed(&approval, &preview, &runs, world)?;
            seen |= !preview.plan.lineage.is_empty();
        }
        Approval::Expected(approved, _) if !seen && is_absent(workspace) => {
            let preview = aim.preview(workspace, world)?;
            Approved::of_digest(*approved).holds(&preview.plan)?;
        }
        _ => {}
    }
    if let Approval::Asked(confirm) = &mut approval {
        // Nobody is asked about a plan that somebody else is about to make wrong.
        hold::wait_for_lease(workspace, world, stop)?;
        let preview = aim.preview(workspace, world)?;
        if !preview.verdict.is_allowed() {
            return Err(AppError::Refused(Box::new(preview)));
        }
        // Going on with a store that was put back is written even where nothing else is.
        let writes = goes_on(&preview.warnings);
        if preview.plan.is_empty() && !writes {
            return Ok(Outcome::NothingToDo(preview));
        }
        if !preview.plan.is_empty() && !confirm(&preview) {
            return Ok(Outcome::Declined(preview));
        }
        lineage = Some(preview.plan.lineage.clone()).filter(|lineage| !lineage.is_empty());
        seen |= lineage.is_some();
        planned = Some(preview);
    }
    let (desired, warnings, approved) = match planned {
        Some(preview) => {
            let approved = Approved::of(&preview.plan);
            (preview.desired, preview.warnings, Some(approved))
        }
        None => {
            let (desired, warnings) = match aim {
                Aim::Tree(_) => check::proposed(workspace, world)?,
                // What the store says under the lease counts.
                Aim::Back(..) => (rollback::nothing(), Diagnostics::new()),
            };
            let approved = match &approval {
                Approval::Expected(digest, _) => Some(Approved::of_digest(*digest)),
                Approval::Seen(plan) => Some(Approved::of(plan)),
                Approval::Given(_) | Approval::Asked(_) | Approval::Committed(..) => None,
            };
            (desired, warnings, approved)
        }
    };
    let mode = if seen {
        OpenMode::Existing
    } else {
        OpenMode::Write
    };
    let purpose = aim.purpose();
    let mut hold = hold::take(workspace, world, mode, purpose.as_str(), stop)?;
    let writing = Writing {
        workspace,
        world,
        aim,
        witness: &witness,
        approved,
        lineage,
        stop,
    };
    let written = writing.write(&mut hold, desired, warnings, &mut approval, progress);
    let (store, released) = hold.release();
    let (planned, written) = written?;
    let Written {
        run,
        head,
        signing,
        seconds,
    } = match written {
        Done::Nothing => {
            released?;
            return Ok(Outcome::NothingToDo(planned));
        }
        Done::Repeated(run) => {
            released?;
            return Ok(Outcome::Repeated(planned, run));
        }
        Done::Written(written) => written,
    };
    // From here on an error must not say that nothing was written. A lease that was lost after the commit, or that cannot
    // be given back, ends by itself.
    let left = against(&*store, &planned.project, &planned.desired, &afterwards);
    let left_out = left
        .as_ref()
        .ok()
        .and_then(|left| left.partial.as_ref())
        .map_or(0, |partial| partial.left_out);
    let verified = left.map(|left| left.is_empty() && left.settled.is_empty());
    drop(store);
    let followed = super::governance::after_apply(workspace, world);
    Ok(Outcome::Applied(Box::new(Applied {
        planned,
        run,
        purpose,
        head,
        signing,
        verified,
        left_out,
        seconds,
        followed,
    })))
}

/// Checks that a saved plan may be applied, and that the present plan is the one that was saved.
fn committed(
    approval: &Approval<'_>,
    planned: &Planned,
    runs: &[RunRecord],
    world: &World<'_>,
) -> Result<(), AppError> {
    if let Approval::Committed(commitment, _) = approval {
        let now = world.clock.now();
        commitment.check(&planned.project, &planned.store, &planned.plan, now)?;
        commitment.unused(runs)?;
        commitment.holds(&planned.plan)?;
    }
    Ok(())
}

/// Returns true for a store that has not been made yet.
fn is_absent(workspace: &Workspace) -> bool {
    let store = workspace.open(OpenMode::Read);
    let head = store.and_then(|store| Ok(store.head()?));
    // What cannot be read is told by whoever opens it to write.
    head.is_ok_and(|head| head.lineage.is_empty())
}

/// What somebody said yes to.
struct Approved {
    digest: Digest,
    /// What the plan did, where it is known.
    steps: Option<(Vec<ActionLine>, Option<OwnDomains>)>,
}

impl Approved {
    fn of(plan: &Plan) -> Self {
        Self {
            digest: plan.digest(),
            steps: Some((lines(plan), plan.own.clone())),
        }
    }

    const fn of_digest(digest: Digest) -> Self {
        Self {
            digest,
            steps: None,
        }
    }

    /// Checks that a plan is the one that was approved.
    fn holds(&self, plan: &Plan) -> Result<(), AppError> {
        let now = plan.digest();
        if self.digest == now {
            return Ok(());
        }
        let actions = |change: &Change| (change.address.clone(), change.delta.action());
        Err(AppError::Changed {
            approved: self.digest,
            now,
            since: match &self.steps {
                Some((actions, own)) => Since::Plan(differences(
                    (actions, own.as_ref()),
                    (&lines(plan), plan.own.as_ref()),
                )),
                None => Since::Unknown(plan.changes.iter().map(actions).collect()),
            },
        })
    }
}

/// What became of the store.
enum Done {
    /// Nothing was to be done.
    Nothing,
    /// What was expected was done already, by this run.
    Repeated(String),
    /// It was written.
    Written(Written),
}

/// A run that was written.
struct Written {
    run: String,
    /// The store afterwards.
    head: Head,
    /// What became of the signed head of it.
    signing: Signing,
    /// How long the write took.
    seconds: f64,
}

struct Writing<'w> {
    workspace: &'w Workspace,
    world: &'w World<'w>,
    aim: &'w Aim<'w>,
    witness: &'w Witness,
    /// The plan that somebody said yes to.
    approved: Option<Approved>,
    /// The identity of the store that they saw.
    lineage: Option<String>,
    stop: &'w dyn Fn() -> bool,
}

impl Writing<'_> {
    /// Plans again, now that nobody else can write, and carries the plan out if it is the one that was approved.
    fn write(
        &self,
        hold: &mut Hold,
        desired: Desired,
        warnings: Diagnostics,
        approval: &mut Approval<'_>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(Planned, Done), AppError> {
        let Self {
            workspace,
            world,
            aim,
            witness,
            approved,
            lineage,
            stop,
        } = self;
        let mut warnings = warnings;
        let store = &mut *hold.store;
        // Who was asked has been told already.
        if !matches!(approval, Approval::Asked(_)) {
            clock::check(store, world.clock.now(), &mut warnings)?;
            audit::warn(workspace, store, &mut warnings)?;
        }
        let (desired, plan, impact, verdict) = match aim {
            Aim::Tree(ask) => {
                let (plan, impact, verdict) =
                    judged(store, workspace, world, &desired, ask, &mut warnings)?;
                (desired, plan, impact, verdict)
            }
            Aim::Back(target, ask) => {
                let (desired, plan, live) =
                    rollback::back(store, workspace, world, target)?.planned(store)?;
                let now = world.clock.now();
                let known = circumstances(ask, workspace, store, now, &desired, &plan, &live)?;
                let verdict = judge(&plan, &known);
                (desired, plan, known.impact, verdict)
            }
        };
        let project = workspace.project().to_owned();
        let planned = Planned {
            project,
            store: store.name().to_owned(),
            desired,
            plan,
            impact,
            verdict,
            warnings,
        };
        if lineage
            .as_ref()
            .is_some_and(|seen| *seen != planned.plan.lineage)
        {
            let store = planned.store;
            return Err(Stale::OtherStore { store }.into());
        }
        let runs = store.runs(usize::MAX)?;
        committed(approval, &planned, &runs, world)?;
        if !planned.verdict.is_allowed() {
            return Err(AppError::Refused(Box::new(planned)));
        }
        let digest = planned.plan.digest();
        if let Some(approved) = approved {
            if let Some(run) = self.repeated(&planned, &runs, approval) {
                return Ok((planned, Done::Repeated(run)));
            }
            approved.holds(&planned.plan)?;
        }
        let remembered = store.own(workspace.project())?;
        if let Some(conflict) = audit::conflict(workspace, store)? {
            hold.keep(world)?;
            witness.accept(&mut *hold.store, &hold.lease, world, &conflict)?;
        }
        // A store of earlier days has objects of a project and not yet the domains of its people: it remembers them now.
        let remembers = remembered.is_none() && planned.desired.own.is_some();
        let is_whole = !remembers || planned.plan.owned.is_empty();
        if planned.plan.is_empty() && is_whole {
            let signing = witness.sign_when_due(&*hold.store, world.clock.now());
            return signed(signing).map(|()| (planned, Done::Nothing));
        }
        hold.keep(world)?;
        let show = match approval {
            Approval::Given(show) | Approval::Expected(_, show) | Approval::Committed(_, show) => {
                Some(show)
            }
            Approval::Asked(_) | Approval::Seen(_) => None,
        };
        if let Some(show) = show.filter(|_| !planned.plan.is_empty()) {
            show(&planned);
        }
        // Whoever is shown a plan may take their time to read it.
        hold.keep(world)?;
        let started = world.clock.now();
        let id = world.ids.fresh().to_string();
        let run = NewRun {
            id: id.clone(),
            purpose: aim.purpose(),
            project: planned.project.clone(),
            generation: planned.plan.generation,
            actor: world.actor.clone(),
            host: world.holder.host.clone(),
            commit: world.commit.clone(),
            tree: planned.desired.tree,
            plan: digest,
            started,
            lifted: planned.verdict.lifted.clone(),
            own: match &planned.plan.own {
                Some(change) => Some(change.after.clone()),
                None => planned.desired.own.clone().filter(|_| remembers),
            },
        };
        let Hold { store, lease, .. } = hold;
        let applied = apply::apply(&mut **store, &planned.plan, lease, run, stop, progress)?;
        let lasted = world.clock.now().duration_since(started);
        let seconds = lasted.max(SignedDuration::ZERO).as_secs_f64(); // The clock may have gone back meanwhile.
        let signing = witness.sign_and_remember(&mut **store, lease, &applied.head, world);
        if planned.plan.is_empty() {
            return signed(signing).map(|()| (planned, Done::Nothing));
        }
        let written = Written {
            run: id,
            head: applied.head,
            signing,
            seconds,
        };
        Ok((planned, Done::Written(written)))
    }

    /// Returns the run that did what is expected, where nothing is left to do since: whoever asks again, because they never
    /// heard how it ended, is answered as they would have been.
    fn repeated(
        &self,
        planned: &Planned,
        runs: &[RunRecord],
        approval: &Approval<'_>,
    ) -> Option<String> {
        let (Aim::Tree(_), Approval::Expected(expected, _)) = (self.aim, approval) else {
            return None;
        };
        let is_it = |run: &&RunRecord| run.project == planned.project && run.plan == *expected;
        let is_done = planned.plan.is_empty() && *expected != planned.plan.digest();
        let run = runs.iter().find(is_it).filter(|_| is_done)?;
        Some(run.id.clone())
    }
}

/// Returns true for a plan on a store that was put back and is gone on with.
fn goes_on(warnings: &Diagnostics) -> bool {
    let mut codes = warnings.iter().map(|warning| warning.code);
    codes.any(|code| code == code::STORE_RESTORED)
}

/// Fails where a head was due and could not be kept.
fn signed(signing: Signing) -> Result<(), AppError> {
    match signing {
        Signing::Failed(cause) => Err(AppError::Unsigned { cause }),
        Signing::Off | Signing::NoKey | Signing::Signed(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
