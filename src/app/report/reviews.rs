//! Reviews: the rounds that were and are, and the next one of each policy that will have somebody to review.

use super::tally::{Said, groupings};
use super::{Grouping as _, PAGE, Pages, Tally, may_report};
use crate::app::AppError;
use crate::app::governance::{Engine, cards};
use crate::governance::record::{Entity as _, Review, ReviewSeries};
use crate::governance::upcoming::next_rounds;
use crate::governance::{Desk, Unread};
use crate::render::json::v1::{ReviewRow, Summary};

groupings! {
    /// What rounds are counted by.
    ReviewsBy {
        /// Where a round stands
        State => Said::new("state", "none", &["STATE", "ROUNDS"])
            .order(&["inProgress", "starting", "applying", "scheduled", "completed"]),
        /// The policy
        Policy => Said::new("policy", "gone", &["POLICY", "ROUNDS"]),
    }
}

/// Where the next rows are.
#[derive(Debug, Clone, Copy)]
enum Next {
    Rounds(u64),
    Series(u64),
    Done,
}

/// The rounds in the order in which they opened, then those that are still to open.
#[derive(Debug)]
pub struct Reviews<'e> {
    engine: &'e Engine<'e>,
    by: ReviewsBy,
    next: Next,
    tally: Tally,
}

impl<'e> Reviews<'e> {
    /// Begins a report.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see everybody, and those of reading.
    pub fn new(engine: &'e Engine<'e>, by: ReviewsBy) -> Result<Self, AppError> {
        may_report(engine, None, "a report on reviews")?;
        Ok(Self {
            engine,
            by,
            next: Next::Rounds(0),
            tally: Tally::default(),
        })
    }
}

impl Pages for Reviews<'_> {
    type Row = ReviewRow;

    fn page(&mut self) -> Result<Option<Vec<ReviewRow>>, AppError> {
        let next = self.next;
        let (rows, next) = match next {
            Next::Done => return Ok(None),
            Next::Rounds(after) => self.engine.look(|desk| rounds(desk, after))?,
            Next::Series(after) => self.engine.look(|desk| series(desk, after))?,
        };
        self.next = next;
        for row in &rows {
            let group = match self.by {
                ReviewsBy::State => Some(row.state.to_owned()),
                ReviewsBy::Policy => row.policy.clone(),
            };
            self.tally.add(group.into_iter().collect());
        }
        Ok(Some(rows))
    }

    fn summary(&self) -> Summary {
        self.tally.summary(self.by.said().order)
    }
}

fn rounds(desk: &Desk<'_>, after: u64) -> Result<(Vec<ReviewRow>, Next), Unread> {
    let numbers = desk.world().numbers(Review::KIND, after, PAGE)?;
    let mut rows = Vec::new();
    for number in &numbers {
        let Some(round) = desk.get::<Review>(*number)? else {
            continue;
        };
        rows.push(ReviewRow {
            review: Some(round.number),
            package: cards::address(desk, round.package)?,
            policy: cards::address(desk, round.policy)?,
            round: round.round,
            state: round.state.as_str(),
            opens: round.opens,
            closes: round.closes,
            items: round.items,
            kept: round.kept,
            removed: round.removed,
            undecided: round.items.saturating_sub(round.kept + round.removed),
            reviewers: round.reviewers.iter().map(ToString::to_string).collect(),
        });
    }
    let last = numbers.last().filter(|_| numbers.len() == PAGE);
    Ok((
        rows,
        last.map_or(Next::Series(0), |last| Next::Rounds(*last)),
    ))
}

fn series(desk: &Desk<'_>, after: u64) -> Result<(Vec<ReviewRow>, Next), Unread> {
    let numbers = desk.world().numbers(ReviewSeries::KIND, after, PAGE)?;
    let mut all = Vec::new();
    for number in &numbers {
        all.extend(
            desk.get::<ReviewSeries>(*number)?
                .filter(|it| it.next.is_some()),
        );
    }
    let mut rows = Vec::new();
    // A round without anybody to review does not open: nobody will be asked anything.
    for (series, next) in all.iter().zip(next_rounds(desk, &all)?) {
        let (Some((opens, closes)), Some(thing)) = (next, desk.object(series.policy)?) else {
            continue;
        };
        let review = thing.policy().and_then(|policy| policy.review.as_ref());
        let reviewers = review.map(|review| review.reviewers.iter().map(ToString::to_string));
        rows.push(ReviewRow {
            review: None,
            package: thing.address.parent().map(|package| package.to_string()),
            policy: Some(thing.address.to_string()),
            round: series.rounds + 1,
            state: "scheduled",
            opens,
            closes,
            items: 0,
            kept: 0,
            removed: 0,
            undecided: 0,
            reviewers: reviewers.into_iter().flatten().collect(),
        });
    }
    let last = numbers.last().filter(|_| numbers.len() == PAGE);
    Ok((rows, last.map_or(Next::Done, |last| Next::Series(*last))))
}
