//! Rounds of reviews: when those that are open close, and when others open and close.

use jiff::Timestamp;

use super::fate::{self, Common};
use super::{Happening, Position, Upcoming};
use crate::governance::record::{
    Assignment, Entity as _, Key, Mark, ObjectId, RecordId, Request, RequestState, Review,
    ReviewSeries, ReviewState,
};
use crate::governance::world::{Range, Unread};
use crate::governance::{Desk, review};

/// How many rounds of one review are told at most.
const ROUNDS: usize = 100;
/// How many assignments are read at once.
const PAGE: usize = 500;

/// Returns when a round closes that is open.
pub(super) fn closing(review: &Review) -> Option<Upcoming> {
    let open = matches!(
        review.state,
        ReviewState::Starting | ReviewState::InProgress
    );
    open.then(|| Upcoming {
        package: Some(review.package),
        policy: Some(review.policy),
        round: Some(review.round),
        ..Upcoming::new(review.closes, Happening::ReviewCloses, review_id(review))
    })
}

fn review_id(review: &Review) -> RecordId {
    RecordId {
        kind: Review::KIND,
        number: review.number,
    }
}

/// Returns for each of some series the next round that opens: when it does, and when it closes, if whoever is reviewed now keeps
/// what they have. `None` where no round to come would have anybody to review.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn next_rounds(
    desk: &Desk<'_>,
    all: &[ReviewSeries],
) -> Result<Vec<Option<(Timestamp, Timestamp)>>, Unread> {
    let common = Common::kept(desk)?;
    let next = all.iter().map(|series| {
        let rounds = opening(desk, &common, series, Timestamp::MAX, 1)?;
        Ok(rounds.first().copied())
    });
    next.collect()
}

/// Tells the rounds to come of a policy's review.
pub(super) fn to_come(
    desk: &Desk<'_>,
    common: &Common,
    series: &ReviewSeries,
    until: Timestamp,
    out: &mut Vec<Upcoming>,
) -> Result<(), Unread> {
    let rounds = opening(desk, common, series, until, ROUNDS)?;
    let policy = desk.object(series.policy)?;
    let package = match policy.and_then(|policy| policy.address.parent()) {
        Some(package) if !rounds.is_empty() => desk.at(&package)?.map(|thing| thing.id),
        _ => None,
    };
    for (round, (opens, closes)) in (series.rounds + 1..).zip(rounds) {
        for (at, what) in [
            (opens, Happening::ReviewOpens),
            (closes, Happening::ReviewCloses),
        ] {
            let of = RecordId {
                kind: ReviewSeries::KIND,
                number: series.number,
            };
            out.push(Upcoming {
                package,
                policy: Some(series.policy),
                round: Some(round),
                ..Upcoming::new(at, what, of)
            });
        }
    }
    Ok(())
}

/// Returns when rounds of a policy's review open and close, at most so many. One in which there would be nobody to review does
/// not open.
fn opening(
    desk: &Desk<'_>,
    common: &Common,
    series: &ReviewSeries,
    until: Timestamp,
    most: usize,
) -> Result<Vec<(Timestamp, Timestamp)>, Unread> {
    let policy = desk.object(series.policy)?;
    let policy = policy.as_ref().and_then(|thing| thing.policy());
    let asks = policy.and_then(|policy| policy.review.as_ref());
    let Some(asks) = asks.filter(|review| review.enabled) else {
        return Ok(Vec::new());
    };
    let mut reach = Reach::default();
    let mut somebody = |at: Timestamp| reach.next(desk, common, series.policy, at);
    review::to_come(desk, series, asks, until, most, &mut somebody)
}

/// When anybody has a package through a policy, as far as it was read.
#[derive(Debug, Default)]
struct Reach {
    /// From when until when, the end left out; `None` for always and for never.
    spans: Vec<(Option<Timestamp>, Option<Timestamp>)>,
    /// How far it was read: nothing, so many assignments, everything.
    read: Read,
}

#[derive(Debug, Default)]
enum Read {
    #[default]
    Nothing,
    Upto(Position),
    Everything,
}

impl Reach {
    /// Returns from when on, beginning with an instant, somebody has the package; `None` where nobody has it any more. Reads
    /// no more than it takes to know.
    fn next(
        &mut self,
        desk: &Desk<'_>,
        common: &Common,
        policy: ObjectId,
        at: Timestamp,
    ) -> Result<Option<Timestamp>, Unread> {
        loop {
            let begins = self.spans.iter().filter_map(|(from, to)| {
                let begin = from.map_or(at, |from| from.max(at));
                to.is_none_or(|to| begin < to).then_some(begin)
            });
            let first = begins.min();
            if first == Some(at) {
                return Ok(first);
            }
            let after = match &self.read {
                Read::Nothing => None,
                Read::Upto(position) => Some(position.clone()),
                Read::Everything => return Ok(first),
            };
            self.read_on(desk, common, policy, after)?;
        }
    }

    fn read_on(
        &mut self,
        desk: &Desk<'_>,
        common: &Common,
        policy: ObjectId,
        after: Option<Position>,
    ) -> Result<(), Unread> {
        let key = Key::new().object(policy);
        let range = Range::of(Mark::AssignmentPolicy, key.clone());
        let marked = desk.world().marked(&range.after(after).most(PAGE))?;
        for (_, id) in &marked {
            let assignment = desk.need::<Assignment>(id.number)?;
            let person = desk.person(assignment.person)?;
            let end = fate::end(desk, common, &assignment, &person)?.map(|end| end.at);
            self.keep(None, end);
        }
        let full = marked.len() == PAGE;
        if let Some(last) = marked.into_iter().next_back().filter(|_| full) {
            self.read = Read::Upto(last);
            return Ok(());
        }
        self.read = Read::Everything;
        for request in desk.find::<Request>(Mark::RequestPolicy, &key)? {
            if request.state != RequestState::Scheduled {
                continue;
            }
            if let Some((from, to)) = fate::tenure(desk, common, &request)? {
                self.keep(Some(from), to);
            }
        }
        Ok(())
    }

    /// Of those who have it now, who has it longest tells all.
    fn keep(&mut self, from: Option<Timestamp>, to: Option<Timestamp>) {
        match self.spans.first_mut() {
            Some((None, known)) if from.is_none() => {
                *known = known.zip(to).map(|(known, to)| known.max(to));
            }
            _ => self.spans.push((from, to)),
        }
    }
}
