//! Instants: RFC 3339 with an offset, or a date, which means through the end of that day.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Malformed, text_serde};

/// An instant as written: exact, or a date that becomes exact with the project's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// An instant, kept in UTC.
    At(Timestamp),
    /// A date: through the end of that day.
    Date(Date),
}

text_serde! {
    /// An instant: RFC 3339 with an offset (`2027-06-30T17:00:00+02:00`), or a date alone (`2027-06-30`), which means
    /// through the end of that day in the project's time zone.
    When, "instant", pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+))?$"
}

impl When {
    /// Reads an instant or a date.
    ///
    /// # Errors
    ///
    /// Says what is missing: an offset, or a calendar that has such a day.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let shape = |at: usize, byte: u8| text.as_bytes().get(at) == Some(&byte);
        if !text.is_ascii() || !shape(4, b'-') || !shape(7, b'-') {
            return Err(Malformed::new("not an instant")
                .help("write a date such as `2027-06-30`, or `2027-06-30T17:00:00Z`"));
        }
        if text.len() == 10 {
            return text
                .parse()
                .map(Self::Date)
                .map_err(|_| Malformed::new("not a day of the calendar"));
        }
        if text.len() > 40 || !shape(10, b'T') {
            return Err(Malformed::new("not an instant")
                .help("write a date such as `2027-06-30`, or `2027-06-30T17:00:00Z`"));
        }
        match text.parse::<Timestamp>() {
            Ok(at) if !text.contains(['[', ',']) => Ok(Self::At(at)),
            _ if text.parse::<jiff::civil::DateTime>().is_ok() && !text.contains('[') => {
                Err(Malformed::new("an instant without an offset").help(format!(
                    "write `{text}Z` for UTC, or an offset such as `{text}+02:00`"
                )))
            }
            _ => {
                Err(Malformed::new("not an instant")
                    .help("write one such as `2027-06-30T17:00:00Z`"))
            }
        }
    }

    /// Returns the exact instant: for a date, the start of the next day in this time zone.
    ///
    /// At the very end of the calendar the last representable instant stands in.
    #[must_use]
    pub fn resolve(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Date(date) => date
                .tomorrow()
                .ok()
                .and_then(|next| next.to_zoned(zone.clone()).ok())
                .map_or(Timestamp::MAX, |zoned| zoned.timestamp()),
        }
    }

    /// Returns the exact instant for a beginning: for a date, the start of that day in this time zone.
    #[must_use]
    pub fn start(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Date(date) => date
                .to_zoned(zone.clone())
                .map_or(Timestamp::MIN, |zoned| zoned.timestamp()),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => fmt::Display::fmt(at, f),
            Self::Date(date) => fmt::Display::fmt(date, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_lasts_through_its_day() {
        let zone = TimeZone::get("Europe/Amsterdam").expect("bundled");
        let end = |text: &str| When::parse(text).expect(text).resolve(&zone).to_string();
        assert_eq!(end("2027-06-30"), "2027-06-30T22:00:00Z");
        assert_eq!(end("2027-12-31"), "2027-12-31T23:00:00Z");
        assert_eq!(end("2027-06-30T17:00:00+02:00"), "2027-06-30T15:00:00Z");
        assert_eq!(end("9999-12-31"), Timestamp::MAX.to_string());
    }

    #[test]
    fn refuses_with_the_way_out() {
        for text in [
            "",
            "soon",
            "2027-02-30",
            "2027-06-30T17:00:00",
            "30-06-2027",
            "2027-06-30 17:00:00Z",
        ] {
            assert!(When::parse(text).is_err(), "{text}");
        }
        assert!(When::parse("2027-06-30T17:00:00[Europe/Amsterdam]").is_err());
        assert!(When::parse("2027-06-30T17:00:00+02:00[Europe/Amsterdam]").is_err());
    }
}
