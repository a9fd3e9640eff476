//! One piece of a job.

use super::follow::is_ours;
use crate::governance::assignment::{align, automatic, end};
use crate::governance::record::{
    Assignment, Entity as _, Job, Key, Mark, ObjectId, Person, Request, RequestState, Why, Work,
};
use crate::governance::{Activity, Desk, Range, Stop, Unread, people};

/// How many people a piece is about: bounds what a decision holds, and how long others wait for it.
const PIECE: usize = 50;

/// Goes on with a job, where it is due.
pub(super) fn go_on(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let Some(mut job) = desk.get::<Job>(number)? else {
        return Ok(());
    };
    if job.due.is_none_or(|due| due > desk.now()) {
        return Ok(());
    }
    let begun = job.clone();
    let next = match &begun.work {
        Work::Roles(package) => roles(desk, *package, job.cursor)?,
        Work::End(gone) => end_some(desk, *gone)?.then_some(job.cursor + 1),
        Work::Rule(policy) => rule(desk, *policy, &mut job)?,
        Work::Members(group) => people::walk(desk, group, job.cursor)?,
        // Looked at by `follow` alone.
        Work::Follow(_) => None,
    };
    if desk.get::<Job>(number)?.as_ref() != Some(&begun) {
        // What was done has started it anew.
        return Ok(());
    }
    match next {
        Some(cursor) => job.cursor = cursor,
        None => job.due = None,
    }
    Ok(desk.keep(&job)?)
}

/// Brings the next holders of a package in line. Returns the last of them; `None` when there are no more.
fn roles(desk: &mut Desk<'_>, package: ObjectId, after: u64) -> Result<Option<u64>, Stop> {
    let Some(thing) = desk.object(package)? else {
        return Ok(None);
    };
    if !is_ours(desk, &thing)? {
        return Ok(None);
    }
    let holders = Key::new().object(package);
    let range = Range {
        from: holders.clone().number(after.saturating_add(1)),
        ..Range::of(Mark::AssignmentPackage, holders)
    };
    let assignments = desk.some::<Assignment>(&range.most(PIECE))?;
    let last = assignments.last().map(|assignment| assignment.person.0);
    let more = assignments.len() == PIECE;
    for assignment in assignments {
        align(desk, assignment)?;
    }
    Ok(last.filter(|_| more))
}

/// Ends the next assignments of a package or policy that is gone, and cancels open requests. Returns false when none is left.
fn end_some(desk: &mut Desk<'_>, gone: ObjectId) -> Result<bool, Unread> {
    if desk.object(gone)?.is_some() {
        return Ok(false);
    }
    let key = Key::new().object(gone);
    let mut some = false;
    for (mark, why) in [
        (Mark::AssignmentPackage, Why::PackageGone),
        (Mark::AssignmentPolicy, Why::PolicyGone),
    ] {
        let range = Range::of(mark, key.clone()).most(PIECE);
        for assignment in desk.some::<Assignment>(&range)? {
            some = true;
            end(desk, assignment, why)?;
        }
    }
    for (mark, why) in [
        (Mark::RequestPackage, Why::PackageGone),
        (Mark::RequestPolicy, Why::PolicyGone),
    ] {
        let range = Range::of(mark, key.clone()).most(PIECE);
        for mut request in desk.some::<Request>(&range)? {
            some = true;
            request.state = RequestState::Canceled;
            why.words().clone_into(&mut request.status);
            request.completed = Some(desk.now());
            desk.put_because(Activity::Cancel, &request, why.words())?;
        }
    }
    Ok(some)
}

/// Holds the next people against the rule of a policy, and counts whom it leaves out. Returns the last of them; `None` when
/// there are no more.
fn rule(desk: &mut Desk<'_>, policy: ObjectId, job: &mut Job) -> Result<Option<u64>, Stop> {
    let Some(mut by_rule) = automatic::ByRule::of(desk, policy)? else {
        return Ok(None);
    };
    let people = desk.world().numbers(Person::KIND, job.cursor, PIECE)?;
    for number in &people {
        if let Some(person) = desk.get::<Person>(*number)? {
            by_rule.follow(desk, &person, automatic::Again::Now)?;
        }
    }
    if by_rule.left_out > 0 {
        if job.left_out == 0 {
            by_rule.is_full(desk)?;
        }
        job.left_out += by_rule.left_out;
    }
    Ok(people.last().copied().filter(|_| people.len() == PIECE))
}
