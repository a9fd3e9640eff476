//! The end of a round: Approve keeps, Deny takes the assignment away, and what nobody decided follows the policy.

use jiff::Timestamp;

use super::open::{about, items};
use super::reviewers::recommendation;
use crate::governance::assignment::end;
use crate::governance::record::{
    Assignment, Person, Recommendation, Review, ReviewItem, ReviewState, Verdict, Why,
};
use crate::governance::{Activity, Desk, Template, Unread, directory, mail};
use crate::model::kinds::policy::OnNoResponse;
use crate::model::{Address, Kind};

/// How many decisions are applied at once: each may end an assignment with all its roles.
const PIECE: usize = 100;

/// Closes a round: from now on nobody decides.
pub(super) fn begin(desk: &mut Desk<'_>, mut review: Review) -> Result<(), Unread> {
    review.state = ReviewState::Applying;
    review.remind_at = None;
    review.cursor = 0;
    desk.put_because(
        Activity::UpdateReview,
        &review,
        "the time to decide is over",
    )
}

/// Closes a round whose policy is gone: nothing is applied.
pub(super) fn void(desk: &mut Desk<'_>, mut review: Review) -> Result<(), Unread> {
    review.state = ReviewState::Applying;
    review.remind_at = None;
    review.cursor = 0;
    review.void = true;
    // What is due now goes on with this very tick.
    review.closes = review.closes.min(desk.now());
    let because = "the policy is gone, so nothing is applied";
    desk.put_because(Activity::UpdateReview, &review, because)
}

/// Applies the next decisions.
pub(super) fn go_on(desk: &mut Desk<'_>, mut review: Review) -> Result<(), Unread> {
    let found = items(desk, &review, PIECE)?;
    for item in &found {
        review.cursor = item.number;
        if item.applied {
            continue;
        }
        let mut item = item.clone();
        if review.void {
            item.applied = true;
            desk.keep(&item)?;
        } else {
            apply(desk, &mut review, item)?;
        }
    }
    if found.len() == PIECE {
        return desk.keep(&review);
    }
    review.state = ReviewState::Completed;
    review.cursor = 0;
    desk.put(Activity::CompleteReview, &review)?;
    let facts = about(desk, &review)?;
    for owner in owners(desk, &review)? {
        let key = format!("review/{}", review.number);
        mail::send(desk, &key, Template::ReviewEnded, &owner, facts.clone())?;
    }
    Ok(())
}

fn apply(desk: &mut Desk<'_>, review: &mut Review, mut item: ReviewItem) -> Result<(), Unread> {
    let assignment = desk.need::<Assignment>(item.assignment)?;
    let there = assignment.state.counts();
    let keep = stays(review, &item, &desk.person(item.person)?, desk.now());
    if item.verdict.is_none() {
        item.verdict = Some(Verdict {
            by: None,
            at: desk.now(),
            keep,
            justification: None,
        });
        review.kept += u64::from(keep);
        review.removed += u64::from(!keep);
    }
    item.applied = true;
    let because = match (keep, there) {
        (_, false) => "the assignment has ended meanwhile",
        (true, true) => "kept",
        (false, true) => "taken away",
    };
    desk.put_because(Activity::ApplyReview, &item, because)?;
    if !keep && there {
        end(desk, assignment, Why::Review)?;
    }
    Ok(())
}

/// Returns true when access stays at the end of a round, at an instant: as a reviewer decided, or, where nobody did, as the
/// policy says. Not known is not absent: only an account that is known not to have signed in for 30 days loses it by
/// recommendation.
pub(in crate::governance) fn stays(
    review: &Review,
    item: &ReviewItem,
    person: &Person,
    at: Timestamp,
) -> bool {
    match (&item.verdict, review.on_no_response) {
        (Some(verdict), _) => verdict.keep,
        (None, OnNoResponse::Keep) => true,
        (None, OnNoResponse::Remove) => false,
        (None, OnNoResponse::Recommendation) => recommendation(person, at) != Recommendation::Deny,
    }
}

/// Returns the owners of the package's catalog.
fn owners(desk: &Desk<'_>, review: &Review) -> Result<Vec<Person>, Unread> {
    let package = desk.object(review.package)?;
    let catalog = package
        .as_ref()
        .and_then(|thing| Some(Address::new(Kind::Catalog, &thing.package()?.catalog)));
    let catalog = match catalog {
        Some(catalog) => desk.at(&catalog)?,
        None => None,
    };
    match catalog.as_ref().and_then(|thing| thing.catalog()) {
        Some(catalog) => directory::named(desk, catalog.roles.owners.iter()),
        None => Ok(Vec::new()),
    }
}
