//! Lengths of time: `90d`, `8h`, `30m`, or ISO 8601 (`P90D`, `PT8H`). A day is 86,400 seconds.

use std::fmt;

use jiff::Unit;

use super::{Malformed, text_serde};

/// The longest duration, in days.
pub const LONGEST_DAYS: u64 = 3_650;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A length of time in whole seconds: more than nothing, at most 3,650 days.
///
/// Written `90d`, `8h`, `30m`, or as ISO 8601 (`P90D`, `PT8H`); months and years have no fixed length and are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

text_serde! {
    /// A length of time: `90d`, `8h`, `30m`, or ISO 8601 (`P90D`, `PT8H`); at most 3,650 days.
    Duration, "duration-text", pattern = "^([0-9]+[dhm]|P[0-9DWTHMS]+)$"
}

impl Duration {
    /// Returns a duration of whole days, from 1 to 3,650.
    ///
    /// # Panics
    ///
    /// On other numbers; for constants only.
    #[must_use]
    pub const fn days(days: u64) -> Self {
        assert!(days >= 1 && days <= LONGEST_DAYS);
        Self(days * DAY)
    }

    /// Returns the number of seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0
    }

    /// Returns true for a number of whole days.
    #[must_use]
    pub const fn is_whole_days(self) -> bool {
        self.0.is_multiple_of(DAY)
    }

    /// Returns the duration as ISO 8601, as Graph spells it: `P90D`, `PT8H`.
    #[must_use]
    pub fn to_iso(self) -> String {
        let (days, hours) = (self.0 / DAY, self.0 % DAY / HOUR);
        let (minutes, seconds) = (self.0 % HOUR / MINUTE, self.0 % MINUTE);
        let part = |n: u64, unit: &str| {
            if n == 0 {
                String::new()
            } else {
                format!("{n}{unit}")
            }
        };
        let time = part(hours, "H") + &part(minutes, "M") + &part(seconds, "S");
        let separator = if time.is_empty() { "" } else { "T" };
        format!("P{}{separator}{time}", part(days, "D"))
    }

    /// Reads a duration.
    ///
    /// # Errors
    ///
    /// Says what is wrong; months, years and weeks come with the number of days to write instead.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let seconds = if text.starts_with(['P', 'p', '-', '+']) {
            iso(text)?
        } else {
            short(text)?
        };
        if seconds == 0 {
            return Err(Malformed::new("a duration of nothing"));
        }
        if seconds > LONGEST_DAYS * DAY {
            return Err(Malformed::new("longer than 3,650 days").help("write `3650d` at most"));
        }
        Ok(Self(seconds))
    }
}

fn not_a_duration() -> Malformed {
    Malformed::new("not a duration").help("write one such as `90d`, `8h` or `P90D`")
}

fn too_long() -> Malformed {
    Malformed::new("longer than 3,650 days").help("write `3650d` at most")
}

fn in_days(unit: &str, count: u64, days: u64) -> Malformed {
    let problem = Malformed::new(format!("a {unit} has no fixed length"));
    match count.checked_mul(days) {
        Some(days) if (1..=LONGEST_DAYS).contains(&days) => {
            problem.help(format!("write `{days}d`"))
        }
        _ => problem,
    }
}

fn short(text: &str) -> Result<u64, Malformed> {
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    if number.is_empty() {
        return Err(not_a_duration());
    }
    let count: u64 = number.parse().map_err(|_| too_long())?;
    let seconds = match unit {
        "d" => DAY,
        "h" => HOUR,
        "m" => MINUTE,
        "" => {
            return Err(Malformed::new("a duration without a unit")
                .help(format!("write `{number}d` for days")));
        }
        "y" | "year" | "years" => return Err(in_days("year", count, 365)),
        "mo" | "month" | "months" | "M" => return Err(in_days("month", count, 30)),
        "w" | "week" | "weeks" => {
            let days = count.saturating_mul(7);
            return Err(Malformed::new("a duration in weeks").help(format!("write `{days}d`")));
        }
        "day" | "days" | "D" => {
            return Err(not_a_duration().help(format!("write `{number}d`")));
        }
        "hour" | "hours" | "H" => {
            return Err(not_a_duration().help(format!("write `{number}h`")));
        }
        "min" | "minute" | "minutes" => {
            return Err(not_a_duration().help(format!("write `{number}m`")));
        }
        _ => return Err(not_a_duration()),
    };
    count.checked_mul(seconds).ok_or_else(too_long)
}

fn iso(text: &str) -> Result<u64, Malformed> {
    if text.starts_with(['-', '+']) {
        return Err(Malformed::new("a duration with a sign"));
    }
    if !text
        .bytes()
        .all(|b| b.is_ascii_digit() || b"PDWTHMSY".contains(&b))
    {
        return Err(not_a_duration());
    }
    let span: jiff::Span = text.parse().map_err(|_| not_a_duration())?;
    let years = u64::try_from(span.get_years()).unwrap_or_default();
    let months = u64::try_from(span.get_months()).unwrap_or_default();
    if years > 0 {
        return Err(in_days("year", years, 365));
    }
    if months > 0 {
        return Err(in_days("month", months, 30));
    }
    let seconds = span
        .total((Unit::Second, jiff::SpanRelativeTo::days_are_24_hours()))
        .map_err(|_| too_long())?;
    // A span of jiff's largest units stays far below 2^53 seconds, so the conversion is exact.
    Ok(seconds as u64)
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            seconds if seconds.is_multiple_of(DAY) => write!(f, "{}d", seconds / DAY),
            seconds if seconds.is_multiple_of(HOUR) => write!(f, "{}h", seconds / HOUR),
            seconds if seconds.is_multiple_of(MINUTE) => write!(f, "{}m", seconds / MINUTE),
            _ => f.write_str(&self.to_iso()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match Duration::parse(text) {
            Ok(duration) => duration.to_string(),
            Err(problem) => problem.to_string(),
        }
    }

    #[test]
    fn one_spelling_for_one_length() {
        for (text, shown) in [
            ("90d", "90d"),
            ("P90D", "90d"),
            ("24h", "1d"),
            ("PT36H", "36h"),
            ("P1DT12H", "36h"),
            ("P2W", "14d"),
            ("90m", "90m"),
            ("PT90S", "PT1M30S"),
        ] {
            assert_eq!(read(text), shown, "{text}");
            assert_eq!(read(&read(text)), shown, "{text} again");
        }
    }

    #[test]
    fn refuses_with_the_way_out() {
        for (text, shown) in [
            ("P3M", "a month has no fixed length; write `90d`"),
            ("1y", "a year has no fixed length; write `365d`"),
            ("2w", "a duration in weeks; write `14d`"),
            ("90", "a duration without a unit; write `90d` for days"),
            (
                "90 days",
                "not a duration; write one such as `90d`, `8h` or `P90D`",
            ),
            ("0d", "a duration of nothing"),
            ("PT0S", "a duration of nothing"),
            ("-P1D", "a duration with a sign"),
            ("3651d", "longer than 3,650 days; write `3650d` at most"),
            (
                "99999999999999999999d",
                "longer than 3,650 days; write `3650d` at most",
            ),
            (
                "P",
                "not a duration; write one such as `90d`, `8h` or `P90D`",
            ),
        ] {
            assert_eq!(read(text), shown, "{text}");
        }
    }

    #[test]
    fn speaks_iso_to_graph() {
        for (text, iso) in [
            ("180d", "P180D"),
            ("8h", "PT8H"),
            ("36h", "P1DT12H"),
            ("30m", "PT30M"),
        ] {
            assert_eq!(Duration::parse(text).expect(text).to_iso(), iso);
        }
    }
}
