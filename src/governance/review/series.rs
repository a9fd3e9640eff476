//! When rounds open: by the calendar, counted from the first one, so that the 31st comes back after a shorter month.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::apply;
use crate::governance::record::{
    Assignment, Key, Mark, ObjectId, Review, ReviewSeries, ReviewState,
};
use crate::governance::{Activity, Desk, Unread};
use crate::model::Kind;
use crate::model::kinds::policy::{self, Frequency, Justification};

/// Returns the next instant that what is due can be told apart from the present one: keys are whole seconds.
fn soon(now: Timestamp) -> Timestamp {
    let next = now.checked_add(SignedDuration::from_secs(1));
    next.unwrap_or(Timestamp::MAX)
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How long reviewers have where the policy does not say: Entra's portal offers 25 days, and a weekly round ends with the week.
fn time_to_decide(review: &policy::Review) -> SignedDuration {
    let asked = review
        .decide_within
        .map(|within| SignedDuration::from_secs(within.as_seconds().cast_signed()));
    asked.unwrap_or(match review.every {
        Frequency::Weekly => DAY * 7,
        _ => DAY * 25,
    })
}

/// How many seconds a month of the calendar lasts, taken over 400 years.
const MONTH: i64 = 2_629_746;

/// Returns the months from one round to the next; `None` for rounds a week apart.
const fn months(every: Frequency) -> Option<i64> {
    match every {
        Frequency::Weekly => None,
        Frequency::Monthly => Some(1),
        Frequency::Quarterly => Some(3),
        Frequency::HalfYearly => Some(6),
        Frequency::Yearly => Some(12),
    }
}

/// Returns when the n-th round opens, counted from 0.
fn opening(anchor: Timestamp, every: Frequency, nth: i64, zone: &TimeZone) -> Timestamp {
    let span = match months(every) {
        None => Span::new().try_weeks(nth),
        Some(months) => Span::new().try_months(nth.saturating_mul(months)),
    };
    let at = span.and_then(|span| anchor.to_zoned(zone.clone()).checked_add(span));
    at.map_or(Timestamp::MAX, |at| at.timestamp())
}

/// Returns the first opening that is not before an instant.
fn opening_from(
    anchor: Timestamp,
    every: Frequency,
    from: Timestamp,
    zone: &TimeZone,
) -> Timestamp {
    let period = months(every).map_or(7 * DAY.as_secs(), |months| months * MONTH);
    // No month is shorter or longer than others by as much as a period.
    let mut nth = (from.duration_since(anchor).as_secs() / period - 1).max(0);
    loop {
        let at = opening(anchor, every, nth, zone);
        if at >= from {
            return at;
        }
        nth += 1;
    }
}

/// Returns when the rounds to come of a series open and close, those that open up to and with an instant, at most so many.
/// One that is late opens now, and those that were due since then do not; one that nobody would be reviewed in does not
/// either. `somebody` tells from when on, beginning with an instant, there is somebody to review; `None` for never again.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn to_come(
    desk: &Desk<'_>,
    series: &ReviewSeries,
    asked: &policy::Review,
    until: Timestamp,
    most: usize,
    somebody: &mut dyn FnMut(Timestamp) -> Result<Option<Timestamp>, Unread>,
) -> Result<Vec<(Timestamp, Timestamp)>, Unread> {
    let zone = &desk.moment.tenant.zone;
    let within = time_to_decide(asked);
    let open = last_round(desk, series.policy)?;
    let open = open.filter(|round| round.state != ReviewState::Completed);
    // One that closes late closes now.
    let mut closes = open.map(|round| round.closes.max(desk.now()));
    let mut next = series.next;
    let mut rounds = Vec::new();
    while let Some(at) = next.filter(|at| *at <= until && *at < Timestamp::MAX) {
        let opens = at.max(desk.now());
        if let Some(end) = closes.filter(|end| opens <= *end) {
            closes = closes.filter(|end| *end > opens);
            next = Some(after(end, opens));
            continue;
        }
        let following = |from: Timestamp| {
            let from = from.max(soon(opens));
            opening_from(series.anchor, series.every, from, zone)
        };
        match somebody(at)? {
            Some(from) if from <= at => {
                let end = closing(opens, within, following(at));
                rounds.push((at, end));
                closes = Some(end);
                next = Some(following(at));
            }
            // The rounds until then open for nobody.
            from => next = from.map(following),
        }
        if rounds.len() == most {
            break;
        }
    }
    Ok(rounds)
}

/// Returns when a round closes: reviewers have their whole time; only a round that opened late gives up to a day of it, so
/// that the next one opens by the calendar and not ever later.
fn closing(opens: Timestamp, within: SignedDuration, next: Timestamp) -> Timestamp {
    let end = opens.checked_add(within).unwrap_or(Timestamp::MAX);
    let late = end.duration_since(next);
    if opens < next && late.is_positive() && late <= DAY {
        next
    } else {
        end
    }
}

/// Returns when a round opens whose time has come while another one is open: at the end of that one, and not at once.
fn after(closes: Timestamp, now: Timestamp) -> Timestamp {
    let soon = now.checked_add(SignedDuration::from_mins(1));
    closes.max(soon.unwrap_or(now))
}

fn of(desk: &Desk<'_>, policy: ObjectId) -> Result<Option<ReviewSeries>, Unread> {
    desk.first(Mark::SeriesPolicy, &Key::new().object(policy))
}

/// Returns the review that a policy asks for now.
fn asked(desk: &Desk<'_>, policy: ObjectId) -> Result<Option<policy::Review>, Unread> {
    let thing = desk.object(policy)?;
    let review = thing
        .as_ref()
        .and_then(|thing| thing.policy()?.review.clone());
    Ok(review.filter(|review| review.enabled))
}

/// Follows the delivery of an assignment: the first one through a policy that nobody has told of yet begins its rounds, the
/// first of which opens a whole period later.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn delivered(
    desk: &mut Desk<'_>,
    policy: ObjectId,
) -> Result<(), Unread> {
    if of(desk, policy)?.is_some() {
        return Ok(());
    }
    let Some(review) = asked(desk, policy)? else {
        return Ok(());
    };
    arm(desk, policy, &review, None, soon(desk.now()))
}

/// Follows a policy that is new, changed or gone: rounds to come open as it says now, one that is open goes on as it is. A
/// round whose policy is gone closes, and nothing is applied.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn policy_changed(
    desk: &mut Desk<'_>,
    policy: ObjectId,
) -> Result<(), Unread> {
    let known = of(desk, policy)?;
    let Some(review) = asked(desk, policy)? else {
        if let Some(mut series) = known
            && series.next.take().is_some()
        {
            desk.keep(&series)?;
        }
        if desk.object(policy)?.is_none()
            && let Some(open) = last_round(desk, policy)?
            && open.state != ReviewState::Completed
            && open.state != ReviewState::Applying
        {
            apply::void(desk, open)?;
        }
        return Ok(());
    };
    let from = match &known {
        None => desk.now(),
        Some(_) => soon(desk.now()),
    };
    arm(desk, policy, &review, known, from)
}

/// Says when the next round opens: not before an instant, counted from the start that the policy names, or from now.
fn arm(
    desk: &mut Desk<'_>,
    policy: ObjectId,
    review: &policy::Review,
    known: Option<ReviewSeries>,
    from: Timestamp,
) -> Result<(), Unread> {
    let rounds = known.as_ref().map(Rounds::of);
    let zone = &desk.moment.tenant.zone;
    let armed = Rounds::armed(rounds, review, [desk.now(), from], zone);
    if rounds == Some(armed) {
        return Ok(());
    }
    let Rounds {
        anchor,
        every,
        next,
    } = armed;
    let series = match known {
        None => ReviewSeries {
            number: desk.fresh::<ReviewSeries>()?,
            policy,
            anchor,
            every,
            next,
            rounds: 0,
        },
        Some(series) => ReviewSeries {
            anchor,
            every,
            next,
            ..series
        },
    };
    desk.keep(&series)
}

/// When the rounds of a review open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// When the first one is or was due: every other is counted from it by the calendar.
    pub anchor: Timestamp,
    /// How often.
    pub every: Frequency,
    /// When the next one opens; `None` while the policy asks for none.
    pub next: Option<Timestamp>,
}

impl Rounds {
    /// Returns those of a series.
    #[must_use]
    pub const fn of(series: &ReviewSeries) -> Self {
        Self {
            anchor: series.anchor,
            every: series.every,
            next: series.next,
        }
    }

    /// Returns the rounds of a policy that asks for a review now, `known` those of its series before: they go on where it asks
    /// for the same. The next one opens not before the second instant, counted from the start that the policy names, or from
    /// the first, which is the present one.
    #[must_use]
    pub fn armed(
        known: Option<Self>,
        review: &policy::Review,
        [now, from]: [Timestamp; 2],
        zone: &TimeZone,
    ) -> Self {
        let starts = review.starts.map(|when| when.start(zone));
        let anchor = match known {
            None => starts.unwrap_or(now),
            Some(known) => {
                let same = known.every == review.every;
                let anchored = starts.is_none_or(|starts| starts == known.anchor);
                if same && anchored && known.next.is_some() {
                    return known;
                }
                let kept = if same { known.anchor } else { now };
                starts.unwrap_or(kept)
            }
        };
        let next = opening_from(anchor, review.every, from, zone);
        Self {
            anchor,
            every: review.every,
            next: Some(next).filter(|at| *at < Timestamp::MAX),
        }
    }

    /// Returns the rounds of a policy that has asked for the same review ever since: those that its own start tells, from now
    /// on; nothing where it names none.
    #[must_use]
    pub fn told(review: &policy::Review, now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let _ = review.starts?;
        Some(Self::armed(None, review, [now, now], zone))
    }
}

/// Looks through every policy for reviews, so that none is missed that nobody has told of.
pub(in crate::governance) fn survey(desk: &mut Desk<'_>) -> Result<(), Unread> {
    for thing in desk.things(Kind::Policy, None)? {
        if thing.policy().is_some_and(|policy| policy.review.is_some()) {
            policy_changed(desk, thing.id)?;
        }
    }
    Ok(())
}

fn last_round(desk: &Desk<'_>, policy: ObjectId) -> Result<Option<Review>, Unread> {
    let Some(series) = of(desk, policy)? else {
        return Ok(None);
    };
    let key = Key::new().object(policy).number(series.rounds);
    desk.first(Mark::ReviewPolicy, &key)
}

/// Opens the next round of a series, if the policy still asks for one and anybody has the package through it.
pub(super) fn open(desk: &mut Desk<'_>, number: u64) -> Result<(), Unread> {
    let now = desk.now();
    let Some(mut series) = desk.get::<ReviewSeries>(number)? else {
        return Ok(());
    };
    if series.next.is_none_or(|next| now < next) {
        return Ok(());
    }
    let thing = desk.object(series.policy)?;
    let package = match thing.as_ref().and_then(|thing| thing.address.parent()) {
        Some(parent) => desk.at(&parent)?,
        None => None,
    };
    let (Some(review), Some(package)) = (asked(desk, series.policy)?, package) else {
        series.next = None;
        return desk.keep(&series);
    };
    if let Some(open) = last_round(desk, series.policy)?
        && open.state != ReviewState::Completed
    {
        // It opened late, and its reviewers have their full time: this one waits for its end.
        series.next = Some(after(open.closes, now));
        return desk.keep(&series);
    }
    let zone = desk.moment.tenant.zone.clone();
    let next = opening_from(series.anchor, series.every, soon(now), &zone);
    series.next = Some(next).filter(|at| *at < Timestamp::MAX);
    let key = Key::new().object(series.policy);
    if desk.is_none::<Assignment>(Mark::AssignmentPolicy, &key)? {
        return desk.keep(&series);
    }
    series.rounds += 1;
    desk.keep(&series)?;
    let within = time_to_decide(&review);
    let until = |length: SignedDuration| now.checked_add(length).unwrap_or(Timestamp::MAX);
    let round = Review {
        number: desk.fresh::<Review>()?,
        package: package.id,
        policy: series.policy,
        round: series.rounds,
        state: ReviewState::Starting,
        opens: now,
        closes: closing(now, within, next),
        remind_at: Some(until(within / 2)),
        on_no_response: review.on_no_response,
        reviewers: review.reviewers.iter().cloned().collect(),
        fallback: review.fallback.iter().cloned().collect(),
        recommendations: review.recommendations,
        justification: review.justification == Justification::Required,
        cursor: 0,
        items: 0,
        kept: 0,
        removed: 0,
        void: false,
    };
    desk.put(Activity::CreateReview, &round)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn openings(anchor: &str, every: Frequency, zone: &str) -> Vec<String> {
        let zone = TimeZone::get(zone).expect("a zone");
        let anchor: Timestamp = anchor.parse().expect("an instant");
        (0..4)
            .map(|nth| opening(anchor, every, nth, &zone).to_string())
            .collect()
    }

    #[test]
    fn the_end_of_a_month_is_kept_where_the_month_has_it() {
        assert_eq!(
            openings("2027-01-31T09:00:00Z", Frequency::Monthly, "UTC"),
            [
                "2027-01-31T09:00:00Z",
                "2027-02-28T09:00:00Z",
                "2027-03-31T09:00:00Z",
                "2027-04-30T09:00:00Z"
            ]
        );
        assert_eq!(
            openings("2028-02-29T09:00:00Z", Frequency::Yearly, "UTC"),
            [
                "2028-02-29T09:00:00Z",
                "2029-02-28T09:00:00Z",
                "2030-02-28T09:00:00Z",
                "2031-02-28T09:00:00Z"
            ]
        );
    }

    #[test]
    fn rounds_open_at_the_same_time_of_day_in_the_zone_of_the_project() {
        assert_eq!(
            openings(
                "2027-03-20T08:00:00Z",
                Frequency::Weekly,
                "Europe/Amsterdam"
            ),
            [
                "2027-03-20T08:00:00Z",
                "2027-03-27T08:00:00Z",
                "2027-04-03T07:00:00Z",
                "2027-04-10T07:00:00Z"
            ]
        );
    }

    #[test]
    fn quarters_and_half_years_are_three_and_six_months() {
        let [_, quarter, ..] = &openings("2027-01-15T00:00:00Z", Frequency::Quarterly, "UTC")[..]
        else {
            panic!("four openings");
        };
        assert_eq!(quarter, "2027-04-15T00:00:00Z");
        let half = openings("2027-01-15T00:00:00Z", Frequency::HalfYearly, "UTC");
        assert_eq!(half[1], "2027-07-15T00:00:00Z");
    }

    #[test]
    fn the_next_opening_is_found_however_far_away_it_is() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let anchor = at("2027-01-31T00:00:00Z");
        for (from, expected) in [
            ("2027-01-31T00:00:00Z", "2027-01-31T00:00:00Z"),
            ("2027-01-31T00:00:01Z", "2027-02-28T00:00:00Z"),
            ("2020-01-01T00:00:00Z", "2027-01-31T00:00:00Z"),
            ("2057-02-01T00:00:00Z", "2057-02-28T00:00:00Z"),
        ] {
            let found = opening_from(anchor, Frequency::Monthly, at(from), &TimeZone::UTC);
            assert_eq!(found, at(expected), "{from}");
        }
    }

    #[test]
    fn the_next_opening_is_the_first_one_that_is_not_before() {
        let zone = TimeZone::get("Europe/Amsterdam").expect("a zone");
        let anchor: Timestamp = "2027-01-31T22:30:00Z".parse().expect("an instant");
        for every in [
            Frequency::Weekly,
            Frequency::Monthly,
            Frequency::Quarterly,
            Frequency::HalfYearly,
            Frequency::Yearly,
        ] {
            let mut nth = 0;
            for days in (0..2_900_000).step_by(977) {
                let from = anchor + DAY * days;
                while opening(anchor, every, nth, &zone) < from {
                    nth += 1;
                }
                let found = opening_from(anchor, every, from, &zone);
                assert_eq!(
                    found,
                    opening(anchor, every, nth, &zone),
                    "{every:?} {from}"
                );
            }
        }
    }
}
