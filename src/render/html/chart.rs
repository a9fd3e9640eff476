//! Charts as drawings inside the page: each bar and each lane is a drawing of its own, as wide as there is room, with its
//! words beside it as text. So nothing shrinks on a phone, and whoever cannot see the drawing reads the same.

use jiff::Timestamp;
use maud::{Markup, html};

use super::{Foreign, table};
use crate::render::chart::{Bar, Chart, Form, Lane};
use crate::render::doc::Role;

/// How many bars are drawn; the table under the chart has all.
const BARS: usize = 20;
/// How many places on a lane are told apart.
const PLACES: i64 = 60;
/// How many dates stand under the lanes.
const TICKS: i64 = 5;

pub(super) fn chart(chart: &Chart<'_>) -> Markup {
    let data = chart.table();
    html! {
        figure.chart {
            figcaption { (Foreign(&chart.title)) }
            @match &chart.form {
                Form::Bars { bars, .. } => (bars_of(bars)),
                Form::Timeline { from, until, lanes } => (lanes_of(*from, *until, lanes)),
            }
            details { summary { "As a table" } (table(data.columns, &data.rows, Role::Plain)) }
        }
    }
}

/// Returns a share of a whole in hundredths of a percent, as a drawing takes it.
fn percent(part: u64, whole: u64) -> String {
    let share = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}%", share / 100, share % 100)
}

fn bars_of(bars: &[Bar<'_>]) -> Markup {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let left = bars.len().saturating_sub(BARS);
    html! {
        ul {
            @for bar in bars.iter().take(BARS) {
                li {
                    span.label { (Foreign(&bar.label)) }
                    svg aria-hidden="true" width="100%" height="16" {
                        rect.track width="100%" height="16" rx="3" {}
                        rect.fill width=(percent(bar.value, most)) height="16" rx="3" {}
                    }
                    span.value { (bar.value) }
                }
                "\n"
            }
        }
        @if left > 0 { p.f { "… and " (left) " more in the table" } }
    }
}

/// Returns in which place of a lane an instant is.
fn place(at: Timestamp, from: Timestamp, until: Timestamp) -> i64 {
    let whole = until.duration_since(from).as_secs().max(1);
    let passed = at.duration_since(from).as_secs().clamp(0, whole);
    (passed * PLACES / whole).clamp(0, PLACES)
}

/// Returns where a place is drawn: away from the edges, so that no mark is cut.
fn across(place: i64) -> String {
    let share = 200 + place * 9_600 / PLACES;
    format!("{}.{:02}%", share / 100, share % 100)
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn lanes_of(from: Timestamp, until: Timestamp, lanes: &[Lane<'_>]) -> Markup {
    let step = until.duration_since(from) / i32::try_from(TICKS - 1).unwrap_or(1);
    html! {
        ul {
            @for lane in lanes {
                li {
                    span.label { (Foreign(&lane.label)) }
                    svg aria-hidden="true" width="100%" height="22" {
                        line.track x1="0" x2="100%" y1="11" y2="11" {}
                        @for (at, marks) in marks_of(lane, from, until) {
                            circle.fill cx=(across(at)) cy="11" r=(radius(marks.len())) {
                                title { (title(&marks)) }
                            }
                        }
                    }
                    span.value { (lane.marks.len()) }
                }
                "\n"
            }
            li.axis {
                span.label {}
                svg aria-hidden="true" width="100%" height="16" {
                    @for tick in 0..TICKS {
                        @let at = from.checked_add(step * i32::try_from(tick).unwrap_or(0)).unwrap_or(until);
                        text class=(if tick % 2 == 1 { "odd" } else { "even" })
                            x=(across(tick * PLACES / (TICKS - 1))) y="12" text-anchor=(anchor(tick)) { (day(at)) }
                    }
                }
                span.value {}
            }
        }
    }
}

const fn anchor(tick: i64) -> &'static str {
    match tick {
        0 => "start",
        t if t == TICKS - 1 => "end",
        _ => "middle",
    }
}

/// Returns the marks of a lane by their places.
fn marks_of(lane: &Lane<'_>, from: Timestamp, until: Timestamp) -> Vec<(i64, Vec<Timestamp>)> {
    let mut places: Vec<(i64, Vec<Timestamp>)> = Vec::new();
    for mark in &lane.marks {
        let at = place(*mark, from, until);
        match places.last_mut() {
            Some((last, marks)) if *last == at => marks.push(*mark),
            _ => places.push((at, vec![*mark])),
        }
    }
    places
}

/// Returns how large a mark is: the area grows with the number, up to what a lane holds.
const fn radius(count: usize) -> usize {
    match count {
        0..=1 => 4,
        2..=4 => 5,
        5..=9 => 6,
        10..=24 => 7,
        25..=99 => 8,
        _ => 9,
    }
}

fn title(marks: &[Timestamp]) -> String {
    match marks {
        [one] => one.to_string(),
        [first, .., last] if day(*first) == day(*last) => {
            format!("{}: {}", day(*first), marks.len())
        }
        [first, .., last] => format!("{} to {}: {}", day(*first), day(*last), marks.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_places_stay_within_the_drawing() {
        assert_eq!(percent(0, 0), "0.00%");
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(u64::MAX, u64::MAX), "100.00%");
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let (from, until) = (at("2027-01-01T00:00:00Z"), at("2027-03-01T00:00:00Z"));
        assert_eq!(place(at("2026-01-01T00:00:00Z"), from, until), 0);
        assert_eq!(place(at("2028-01-01T00:00:00Z"), from, until), PLACES);
        assert_eq!(place(from, from, from), 0);
        assert_eq!(
            (across(0), across(PLACES)),
            ("2.00%".to_owned(), "98.00%".to_owned())
        );
    }
}
