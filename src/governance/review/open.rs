//! The opening of a round and its reminder: one item for each assignment, mails to who reviews them.

use std::collections::BTreeMap;

use super::PIECE;
use super::reviewers::{may_review, recommendation, reviewers};
use crate::governance::record::{
    Assignment, Key, Mark, Person, PersonId, RecordId, RecordKind, Review, ReviewItem, ReviewState,
};
use crate::governance::{Activity, Desk, Facts, Range, Template, Unread, mail};

/// Lists the next assignments of a round that opens.
pub(super) fn list(desk: &mut Desk<'_>, mut review: Review) -> Result<(), Unread> {
    let key = Key::new().object(review.policy);
    let last = RecordId {
        kind: RecordKind::Assignment,
        number: review.cursor,
    };
    let range = Range::of(Mark::AssignmentPolicy, key.clone()).most(PIECE);
    let found: Vec<Assignment> = desk.some(&range.after(Some((key, last))))?;
    let mut asked: BTreeMap<PersonId, Person> = BTreeMap::new();
    for assignment in &found {
        review.cursor = assignment.number;
        // What came after the opening belongs to the next round.
        if assignment.delivered.is_none_or(|at| review.opens < at) {
            continue;
        }
        let person = desk.person(assignment.person)?;
        let reviewers = reviewers(desk, &review, &person)?;
        let item = ReviewItem {
            number: desk.fresh::<ReviewItem>()?,
            review: review.number,
            assignment: assignment.number,
            person: person.id(),
            reviewers: reviewers.iter().map(Person::id).collect(),
            recommendation: review
                .recommendations
                .then(|| recommendation(&person, review.opens)),
            verdict: None,
            applied: false,
        };
        desk.keep(&item)?;
        review.items += 1;
        asked.extend(reviewers.into_iter().map(|person| (person.id(), person)));
    }
    let facts = about(desk, &review)?;
    for person in asked.values() {
        if !may_review(desk, person)? {
            continue;
        }
        let key = format!("review/{}", review.number);
        mail::send(desk, &key, Template::ReviewStarted, person, facts.clone())?;
    }
    if found.len() < PIECE {
        review.state = ReviewState::InProgress;
        review.cursor = 0;
        return desk.put_because(
            Activity::UpdateReview,
            &review,
            "every assignment is listed",
        );
    }
    desk.keep(&review)
}

/// Reminds those who still have something to decide.
pub(super) fn remind(desk: &mut Desk<'_>, review: &mut Review) -> Result<(), Unread> {
    let items = items(desk, review, PIECE)?;
    let mut late: BTreeMap<PersonId, Person> = BTreeMap::new();
    for item in &items {
        review.cursor = item.number;
        for reviewer in item.reviewers.iter().filter(|_| item.verdict.is_none()) {
            if !late.contains_key(reviewer) {
                late.insert(*reviewer, desk.person(*reviewer)?);
            }
        }
    }
    let facts = about(desk, review)?;
    for person in late.values() {
        if !may_review(desk, person)? {
            continue;
        }
        let key = format!("review/{}", review.number);
        mail::send(desk, &key, Template::ReviewReminder, person, facts.clone())?;
    }
    if items.len() < PIECE {
        review.remind_at = None;
        review.cursor = 0;
    }
    desk.keep(review)
}

/// Returns the next items of a round after its cursor.
pub(super) fn items(
    desk: &Desk<'_>,
    review: &Review,
    most: usize,
) -> Result<Vec<ReviewItem>, Unread> {
    let key = Key::new().number(review.number);
    let last = RecordId {
        kind: RecordKind::ReviewItem,
        number: review.cursor,
    };
    let range = Range::of(Mark::ItemReview, key.clone()).most(most);
    desk.some(&range.after(Some((key, last))))
}

/// Returns what mails about a round speak of.
pub(super) fn about(desk: &Desk<'_>, review: &Review) -> Result<Facts, Unread> {
    let package = desk.object(review.package)?;
    let shown = package.as_ref().and_then(|thing| thing.package());
    let portal = &desk.moment.tenant.portal;
    Ok(Facts {
        package: shown.map_or_else(String::new, |package| package.display_name.to_string()),
        asked: Some(review.opens),
        until: Some(review.closes),
        link: format!("{portal}/#/access-reviews/{}", review.number),
        ..Facts::default()
    })
}
