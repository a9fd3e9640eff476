//! Decisions of reviewers.

use super::reviewers::may_review;
use crate::governance::record::{
    Assignment, Key, Mark, Person, PersonId, Recommendation, Review, ReviewItem, ReviewState,
    Verdict,
};
use crate::governance::{Activity, Actor, Desk, Ground, Refusal, Stop, Unread};

/// What a reviewer decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Access stays.
    Keep,
    /// Access goes at the end of the round.
    Remove,
    /// As recommended; where nothing is recommended, and where somebody has decided, nothing is done.
    Recommended,
}

/// A decision on some items of a round.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The items, by number.
    pub items: Vec<u64>,
    /// What is decided.
    pub call: Call,
    /// Why.
    pub justification: Option<String>,
}

pub(super) fn decide(desk: &mut Desk<'_>, decided: &Decided) -> Result<(), Stop> {
    let reviewer = reviewer(desk)?;
    for number in &decided.items {
        one(desk, decided, *number, &reviewer)?;
    }
    Ok(())
}

/// Returns who decides: a person, and never the operator, whom no policy names.
fn reviewer(desk: &Desk<'_>) -> Result<Person, Stop> {
    let Actor::Person(id) = desk.moment.actor else {
        return desk.refuse(
            Refusal::new(Ground::NotAllowed, "only a reviewer decides in a review")
                .help("on a development store, act as one with `--as ADDRESS`"),
        );
    };
    let person = desk.person(id)?;
    if may_review(desk, &person)? {
        return Ok(person);
    }
    let message = format!("{} cannot review now", person.mail);
    desk.refuse(Refusal::new(Ground::NotAllowed, message).help(
        "a blocked account cannot sign in, nor can people of an organization that cross-tenant access shuts out, and a guest reviews only after accepting the invitation",
    ))
}

fn one(desk: &mut Desk<'_>, decided: &Decided, number: u64, reviewer: &Person) -> Result<(), Stop> {
    let item = desk.get::<ReviewItem>(number)?;
    let item = item.filter(|item| item.reviewers.contains(&reviewer.id()));
    let Some(mut item) = item else {
        let message = format!("there is no decision {number} for {}", reviewer.mail);
        let refusal = Refusal::new(Ground::Unknown, message);
        return desk
            .refuse(refusal.help("`guestlist review list` shows what waits for a decision"));
    };
    let mut review = desk.need::<Review>(item.review)?;
    is_open(desk, &review)?;
    let by_other = item
        .verdict
        .as_ref()
        .is_some_and(|verdict| verdict.by != Some(reviewer.id()));
    let keep = match (decided.call, item.recommendation) {
        (Call::Recommended, _) if item.verdict.is_some() => return Ok(()),
        (Call::Recommended, Some(Recommendation::Approve)) | (Call::Keep, _) => true,
        (Call::Recommended, Some(Recommendation::Deny)) | (Call::Remove, _) => false,
        (Call::Recommended, Some(Recommendation::NoInfoAvailable) | None) => return Ok(()),
    };
    if by_other {
        let message = format!("another reviewer has decided on {number} already");
        return desk.refuse(Refusal::new(Ground::Decided, message));
    }
    if !desk.need::<Assignment>(item.assignment)?.state.counts() {
        if decided.call == Call::Recommended {
            return Ok(());
        }
        let message = format!("assignment {} has ended meanwhile", item.assignment);
        return desk.refuse(Refusal::new(Ground::State, message));
    }
    let justification = justification(desk, decided, &review)?;
    count(&mut review, item.verdict.as_ref(), keep);
    item.verdict = Some(Verdict {
        by: Some(reviewer.id()),
        at: desk.now(),
        keep,
        justification,
    });
    desk.keep(&review)?;
    Ok(desk.put_because(
        Activity::ReviewDecision,
        &item,
        if keep { "keep" } else { "remove" },
    )?)
}

/// Refuses unless a round takes decisions now.
fn is_open(desk: &Desk<'_>, review: &Review) -> Result<(), Stop> {
    let number = review.number;
    let refusal = match review.state {
        ReviewState::InProgress if desk.now() < review.closes => return Ok(()),
        ReviewState::Starting => {
            let message = format!("review {number} is still opening");
            Refusal::new(Ground::State, message).help("try again after the next `guestlist tick`")
        }
        ReviewState::InProgress | ReviewState::Applying | ReviewState::Completed => Refusal::new(
            Ground::Late,
            format!("review {number} closed at {}", review.closes),
        ),
    };
    desk.refuse(refusal)
}

/// Returns why, or refuses where the policy wants a reason and none is given.
fn justification(
    desk: &Desk<'_>,
    decided: &Decided,
    review: &Review,
) -> Result<Option<String>, Stop> {
    let given = decided.justification.as_ref();
    let given = given
        .map(|text| text.trim())
        .filter(|text| !text.is_empty());
    match given {
        Some(text) => Ok(Some(text.to_owned())),
        None if decided.call == Call::Recommended => Ok(Some("as recommended".to_owned())),
        None if !review.justification => Ok(None),
        None => desk.refuse(
            Refusal::new(Ground::Justification, "this review wants to know why")
                .help("give `--justification TEXT`"),
        ),
    }
}

/// Counts a decision that is new, or takes the place of another.
const fn count(review: &mut Review, before: Option<&Verdict>, keep: bool) {
    match before {
        Some(before) if before.keep => review.kept = review.kept.saturating_sub(1),
        Some(_) => review.removed = review.removed.saturating_sub(1),
        None => {}
    }
    if keep {
        review.kept += 1;
    } else {
        review.removed += 1;
    }
}

/// Returns the items of open rounds that somebody may decide on, those they have decided on included.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn waiting(desk: &Desk<'_>, reviewer: PersonId) -> Result<Vec<ReviewItem>, Unread> {
    desk.find(Mark::ItemReviewer, &Key::new().person(reviewer))
}
