//! Reviews as reports, and decisions in them.

use std::collections::BTreeMap;

use super::Engine;
use super::cards::{address, mail};
use crate::app::AppError;
use crate::governance::record::{Key, Mark, PersonId, RecordKind, Review, ReviewItem, ReviewState};
use crate::governance::review::{Call, Command, Decided, waiting};
use crate::governance::{Activity, Actor, Desk, Ground, Refusal, Scope, Task, Unread};
use crate::model::kinds::policy::OnNoResponse;
use crate::render::json::v1;

/// How many decisions are made as one.
const PIECE: usize = 200;

/// Returns rounds: those in which the acting person has something to decide, or, for the operator, those that are not
/// completed; with `all`, every one, to whoever may see them.
///
/// # Errors
///
/// Those of the store.
pub fn list(engine: &Engine<'_>, all: bool) -> Result<Vec<v1::Review>, AppError> {
    if let Some(reviewer) = engine.acting() {
        let (task, scope) = (Task::SeeAssignments, Scope::Tenant);
        if !all || !engine.look(|desk| crate::governance::may(desk, task, scope))? {
            return engine.look(|desk| mine(desk, reviewer));
        }
    }
    engine.look(|desk| {
        let mut numbers = Vec::new();
        if all {
            while let Some(more) = some(desk.world().numbers(
                RecordKind::Review,
                numbers.last().copied().unwrap_or(0),
                PIECE,
            )?) {
                numbers.extend(more);
            }
        } else {
            let open: Vec<Review> = desk.find(Mark::ReviewOpen, &Key::new())?;
            numbers.extend(open.iter().map(|review| review.number));
            numbers.sort_unstable();
        }
        let mut reviews = Vec::new();
        for number in numbers {
            let round = desk.need::<Review>(number)?;
            let left = undecided(&round);
            reviews.push(review(desk, &round, left)?);
        }
        Ok(reviews)
    })
}

fn some(numbers: Vec<u64>) -> Option<Vec<u64>> {
    Some(numbers).filter(|numbers| !numbers.is_empty())
}

/// Returns the rounds in which somebody has something to decide.
fn mine(desk: &Desk<'_>, reviewer: PersonId) -> Result<Vec<v1::Review>, Unread> {
    let mut rounds: BTreeMap<u64, u64> = BTreeMap::new();
    for item in waiting(desk, reviewer)? {
        *rounds.entry(item.review).or_default() += u64::from(item.verdict.is_none());
    }
    let mut reviews = Vec::new();
    for (number, left) in rounds {
        let round = desk.need::<Review>(number)?;
        if round.state == ReviewState::InProgress {
            reviews.push(review(desk, &round, left)?);
        }
    }
    Ok(reviews)
}

const fn undecided(review: &Review) -> u64 {
    let decided = review.kept.saturating_add(review.removed);
    review.items.saturating_sub(decided)
}

/// Returns one round with its decisions: for the operator and for who may see assignments all, for a reviewer their own.
///
/// # Errors
///
/// A refusal when there is no such round for who asks, and those of the store.
pub fn show(
    engine: &Engine<'_>,
    number: u64,
) -> Result<(v1::Review, Vec<v1::ReviewItem>), AppError> {
    let reviewer = engine.acting();
    let found = engine.look(|desk| {
        let Some(round) = desk.get::<Review>(number)? else {
            return Ok(None);
        };
        let sees_all =
            crate::governance::may(desk, Task::SeeAssignments, Scope::Package(round.package))?;
        let mut records: Vec<ReviewItem> =
            desk.find(Mark::ItemReview, &Key::new().number(number))?;
        let mut left = undecided(&round);
        if let Some(reviewer) = reviewer.filter(|_| !sees_all) {
            records.retain(|item| item.reviewers.contains(&reviewer));
            let open = records.iter().filter(|item| item.verdict.is_none());
            left = open.count() as u64;
            if records.is_empty() {
                return Ok(None);
            }
        }
        let mut items = Vec::new();
        for record in &records {
            items.push(item(desk, record)?);
        }
        Ok(Some((review(desk, &round, left)?, items)))
    })?;
    found.ok_or_else(|| unknown(number))
}

fn unknown(number: u64) -> AppError {
    let refusal = Refusal::new(
        Ground::Unknown,
        format!("there is no review {number} for you"),
    )
    .help("`guestlist review list` shows what waits for a decision");
    AppError::Governance(Box::new(refusal))
}

/// Decides on one item.
///
/// # Errors
///
/// A refusal, and those of the store.
pub fn decide(
    engine: &mut Engine<'_>,
    number: u64,
    keep: bool,
    justification: Option<String>,
) -> Result<v1::ReviewDecided, AppError> {
    let call = if keep { Call::Keep } else { Call::Remove };
    let decided = Decided {
        items: vec![number],
        call,
        justification,
    };
    let _ = engine.serve(&Command::Decide(decided).into())?;
    let round = engine.look(|desk| Ok(desk.need::<ReviewItem>(number)?.review))?;
    told(engine, round, 1)
}

/// Decides on everything in a round that is recommended to the acting reviewer and that nobody has decided on.
///
/// # Errors
///
/// A refusal, and those of the store. What was decided is kept.
pub fn decide_as_recommended(
    engine: &mut Engine<'_>,
    number: u64,
    justification: Option<&str>,
) -> Result<v1::ReviewDecided, AppError> {
    let Some(reviewer) = engine.acting() else {
        let refused = Decided {
            items: Vec::new(),
            call: Call::Recommended,
            justification: None,
        };
        let _ = engine.serve(&Command::Decide(refused).into())?;
        return Err(unknown(number));
    };
    let items = engine.look(|desk| {
        let items = waiting(desk, reviewer)?.into_iter();
        let here = items.filter(|item| item.review == number);
        Ok(here.map(|item| item.number).collect::<Vec<u64>>())
    })?;
    if items.is_empty() {
        return Err(unknown(number));
    }
    let mut count = 0;
    for piece in items.chunks(PIECE) {
        let decided = Decided {
            items: piece.to_vec(),
            call: Call::Recommended,
            justification: justification.map(str::to_owned),
        };
        let decision = engine.serve(&Command::Decide(decided).into())?;
        let events = decision.events.iter();
        count += events
            .filter(|event| event.activity == Activity::ReviewDecision)
            .count();
    }
    told(engine, number, count)
}

fn told(engine: &Engine<'_>, review: u64, decided: usize) -> Result<v1::ReviewDecided, AppError> {
    let left = match engine.acting() {
        Some(reviewer) => engine.look(|desk| {
            let items = waiting(desk, reviewer)?.into_iter();
            let open = items.filter(|item| item.review == review && item.verdict.is_none());
            Ok(open.count())
        })?,
        None => 0,
    };
    Ok(v1::ReviewDecided {
        format_version: v1::FormatVersion,
        review,
        decided,
        left,
    })
}

impl Engine<'_> {
    /// Returns the person who acts; `None` for the operator.
    fn acting(&self) -> Option<PersonId> {
        match self.moment.actor {
            Actor::Person(id) => Some(id),
            Actor::Operator(_) | Actor::Engine => None,
        }
    }
}

fn review(desk: &Desk<'_>, review: &Review, undecided: u64) -> Result<v1::Review, Unread> {
    Ok(v1::Review {
        number: review.number,
        package: address(desk, review.package)?,
        policy: address(desk, review.policy)?,
        round: review.round,
        state: review.state.as_str(),
        void: review.void,
        opens: review.opens,
        closes: review.closes,
        on_no_response: match review.on_no_response {
            OnNoResponse::Keep => "keep",
            OnNoResponse::Remove => "remove",
            OnNoResponse::Recommendation => "recommendation",
        },
        items: review.items,
        kept: review.kept,
        removed: review.removed,
        undecided,
    })
}

fn item(desk: &Desk<'_>, item: &ReviewItem) -> Result<v1::ReviewItem, Unread> {
    let mut reviewers = Vec::new();
    for reviewer in &item.reviewers {
        reviewers.push(mail(desk, *reviewer)?);
    }
    let verdict = item.verdict.as_ref();
    let by = match verdict.and_then(|verdict| verdict.by) {
        Some(by) => Some(mail(desk, by)?),
        None => None,
    };
    Ok(v1::ReviewItem {
        number: item.number,
        person: mail(desk, item.person)?,
        assignment: item.assignment,
        reviewers,
        recommendation: item.recommendation.map(|it| it.as_str()),
        decision: verdict.map(|verdict| if verdict.keep { "keep" } else { "remove" }),
        by,
        justification: verdict.and_then(|verdict| verdict.justification.clone()),
        applied: item.applied,
    })
}
