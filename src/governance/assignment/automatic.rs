//! Assignment by rule: who matches the rule of an automatic policy has its package, and who leaves it loses the package after
//! the grace period. Nobody asks, and nobody approves.

use std::rc::Rc;

use super::fulfil::unfit;
use super::grant::terms;
use super::{end, of};
use crate::governance::record::{
    Assignment, Job, Key, Mark, ObjectId, Person, Request, RequestKind, RequestState, Schedule,
    Why, Work,
};
use crate::governance::rule::{Rule, matches};
use crate::governance::{Activity, Desk, Ground, Refusal, Stop, Thing, Unread, job, request};
use crate::model::Kind;
use crate::model::kinds::policy::{Automatic, Requestors};
use jiff::SignedDuration;

/// How many people one policy assigns its package to.
pub const MOST: u64 = 15_000;

/// Follows a change of somebody: every automatic policy is held against them.
pub(in crate::governance) fn person_changed(
    desk: &mut Desk<'_>,
    person: &Person,
) -> Result<(), Stop> {
    // Each automatic policy has a job, once it was seen: they are the list of such policies.
    let jobs = desk.find::<Job>(Mark::JobWork, &Work::rules())?;
    for job in jobs {
        if let Work::Rule(policy) = job.work
            && let Some(mut by_rule) = ByRule::of(desk, policy)?
        {
            by_rule.follow(desk, person)?;
            if by_rule.left_out > 0 && job.left_out == 0 {
                by_rule.is_full(desk)?;
                let mut job = desk.need::<Job>(job.number)?;
                job.left_out = 1;
                desk.keep(&job)?;
            }
        }
    }
    Ok(())
}

/// An automatic policy, ready to be held against people.
#[derive(Debug)]
pub(in crate::governance) struct ByRule {
    policy: Rc<Thing>,
    package: Rc<Thing>,
    rule: Rule,
    /// How many more people may be assigned; `None` until somebody is: many people are held against a rule, few match.
    room: Option<u64>,
    /// How many people match and have nothing, for want of room.
    pub(in crate::governance) left_out: u64,
}

impl ByRule {
    /// Returns an automatic policy of the project; `None` for another one, and for one that is gone.
    pub(in crate::governance) fn of(
        desk: &Desk<'_>,
        policy: ObjectId,
    ) -> Result<Option<Self>, Unread> {
        let Some(policy) = desk.object(policy)? else {
            return Ok(None);
        };
        let package = match policy.address.parent() {
            Some(parent) => desk.at(&parent)?,
            None => None,
        };
        let ours = desk
            .at(&policy.address)?
            .is_some_and(|ours| ours.id == policy.id);
        let (Some(package), Some(automatic), true) = (package, automatic(&policy), ours) else {
            return Ok(None);
        };
        // A tree with a rule that cannot be read is not applied.
        let Ok(rule) = Rule::parse(automatic.rule.as_str()) else {
            return Ok(None);
        };
        Ok(Some(Self {
            policy,
            package,
            rule,
            room: None,
            left_out: 0,
        }))
    }

    /// Returns how many more people may be assigned.
    fn room(&self, desk: &Desk<'_>) -> Result<u64, Unread> {
        if let Some(room) = self.room {
            return Ok(room);
        }
        let held = Key::new().object(self.policy.id);
        let held = desk.world().count(Mark::AssignmentPolicy, &held)?;
        Ok(MOST.saturating_sub(held))
    }

    /// Gives somebody the package, takes it away, or starts or stops the grace period.
    pub(in crate::governance) fn follow(
        &mut self,
        desk: &mut Desk<'_>,
        person: &Person,
    ) -> Result<(), Stop> {
        if person.account.is_some() && person.living().is_none() {
            // What a deleted account has counts until it can no longer be restored.
            return Ok(());
        }
        let policy = Rc::clone(&self.policy);
        let Some(automatic) = automatic(&policy) else {
            return Ok(());
        };
        let has = of(desk, person.id(), self.package.id)?;
        match (matches(&self.rule, person), has) {
            (true, None) if automatic.assign => self.give(desk, person),
            (true, Some(has)) if self.is_mine(&has) => Ok(stay(desk, has)?),
            (false, Some(has)) if self.is_mine(&has) => {
                if automatic.remove {
                    Ok(leave(desk, has, automatic)?)
                } else {
                    Ok(stay(desk, has)?)
                }
            }
            _ => Ok(()),
        }
    }

    /// Says in the audit log that somebody is left out.
    pub(in crate::governance) fn is_full(&self, desk: &mut Desk<'_>) -> Result<(), Unread> {
        let Some(job) = job_of(desk, self.policy.id)? else {
            return Ok(());
        };
        let why = format!(
            "{} assigns {MOST} people, and its rule matches more",
            self.policy.address
        );
        desk.note(Activity::LeaveOut, &job, &why);
        Ok(())
    }

    fn is_mine(&self, assignment: &Assignment) -> bool {
        assignment.automatic && assignment.policy == self.policy.id
    }

    fn give(&mut self, desk: &mut Desk<'_>, person: &Person) -> Result<(), Stop> {
        let Some(rules) = self.policy.policy() else {
            return Ok(());
        };
        let excluded = !request::incompatible(desk, person.id(), &self.package)?.is_empty();
        if excluded {
            return Ok(());
        }
        let Some(left) = self.room(desk)?.checked_sub(1) else {
            self.left_out += 1;
            return Ok(());
        };
        self.room = Some(left);
        let mut request = Request {
            number: desk.fresh::<Request>()?,
            kind: RequestKind::SystemAdd,
            person: person.id(),
            by: None,
            package: self.package.id,
            policy: self.policy.id,
            assignment: None,
            state: RequestState::Submitted,
            status: String::new(),
            created: desk.now(),
            completed: None,
            justification: None,
            answers: Vec::new(),
            schedule: Schedule::default(),
            terms: terms(rules),
            stages: Vec::new(),
        };
        desk.put_because(Activity::SystemAssigns, &request, "matches the rule")?;
        match request::proceed(desk, &mut request) {
            Err(Stop::Refused(refusal)) => Ok(unfit(desk, &mut request, &refusal.message)?),
            other => other,
        }
    }
}

/// Returns the job of an automatic policy.
fn job_of(desk: &Desk<'_>, policy: ObjectId) -> Result<Option<Job>, Unread> {
    desk.first(Mark::JobWork, &Work::Rule(policy).key())
}

/// Follows the end of an assignment by rule: whom the policy has left out may have its place.
pub(super) fn has_room(desk: &mut Desk<'_>, policy: ObjectId) -> Result<(), Unread> {
    match job_of(desk, policy)? {
        Some(job) if job.left_out > 0 => job::begin(desk, Work::Rule(policy)),
        _ => Ok(()),
    }
}

/// Returns why somebody whom the rule of an automatic policy of a package matches is not assigned by it: it is full.
pub(in crate::governance) fn crowded(
    desk: &Desk<'_>,
    package: &Thing,
    person: &Person,
) -> Result<Option<Refusal>, Unread> {
    for policy in desk.things(Kind::Policy, Some(&package.address))? {
        if automatic(&policy).is_some_and(|automatic| automatic.assign)
            && let Some(by_rule) = ByRule::of(desk, policy.id)?
            && matches(&by_rule.rule, person)
            && by_rule.room(desk)? == 0
        {
            let message = format!(
                "the rule of {} matches {}, and it has assigned {MOST} people already, which is the most",
                policy.address, person.mail
            );
            return Ok(Some(Refusal::new(Ground::Limit, message).help(
                "narrow the rule, or add a policy through which an administrator assigns it directly",
            )));
        }
    }
    Ok(None)
}

/// Returns why a package that a rule gave somebody is not delivered to them once more: the rule means them no longer.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn left(
    desk: &Desk<'_>,
    policy: ObjectId,
    person: &Person,
) -> Result<Option<Refusal>, Unread> {
    let Some(by_rule) = ByRule::of(desk, policy)? else {
        return Ok(None);
    };
    let removes = automatic(&by_rule.policy).is_some_and(|automatic| automatic.remove);
    if !removes || matches(&by_rule.rule, person) {
        return Ok(None);
    }
    let message = format!(
        "the rule of {} no longer matches {}",
        by_rule.policy.address, person.mail
    );
    Ok(Some(Refusal::new(Ground::NoPolicy, message).help(
        "whoever matches it again gets the package by itself; an administrator may assign it through another policy",
    )))
}

fn automatic(policy: &Thing) -> Option<&Automatic> {
    match &policy.policy()?.requestors {
        Requestors::Automatic(automatic) => Some(automatic),
        _ => None,
    }
}

/// Stops the grace period of somebody who matches again, or whom the policy no longer takes anything from.
fn stay(desk: &mut Desk<'_>, mut assignment: Assignment) -> Result<(), Unread> {
    if assignment.grace_until.take().is_none() {
        return Ok(());
    }
    desk.put_because(
        Activity::UpdateAssignment,
        &assignment,
        "keeps it: the rule matches again",
    )
}

/// Starts the grace period of somebody who no longer matches; without one they lose the package at once.
fn leave(
    desk: &mut Desk<'_>,
    mut assignment: Assignment,
    automatic: &Automatic,
) -> Result<(), Unread> {
    if assignment.grace_until.is_some() {
        return Ok(());
    }
    let grace = automatic.grace_period.as_ref();
    let grace = grace.map_or(0, |grace| grace.as_seconds().cast_signed());
    if grace == 0 {
        return end(desk, assignment, Why::Rule);
    }
    let until = desk.now().checked_add(SignedDuration::from_secs(grace));
    assignment.grace_until = until.ok();
    desk.put_because(
        Activity::UpdateAssignment,
        &assignment,
        "the rule no longer matches",
    )
}
