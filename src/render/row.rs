//! Rows of reports: what a table shows of each, and what a table with commas has.

use std::borrow::Cow;

use serde::Serialize;

/// A row of a report.
pub trait Row: Serialize {
    /// The headings of the table that people read.
    const HEADINGS: &'static [&'static str];
    /// The columns of the table with commas, as programs name them.
    const COLUMNS: &'static [&'static str];

    /// Returns the cells that people read, as many as there are headings.
    fn shown(&self) -> Vec<Cow<'_, str>>;

    /// Returns the cells of the table with commas, as many as there are columns.
    fn cells(&self) -> Vec<Cow<'_, str>>;
}

/// Returns an instant to the second, or nothing.
pub(crate) fn instant(at: Option<jiff::Timestamp>) -> Cow<'static, str> {
    at.map(second).unwrap_or_default().into()
}

/// Returns an instant to the second: the fractions of a clock say nothing to people and their spreadsheets.
pub(crate) fn second(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns the day of an instant in UTC, or a word.
pub(crate) fn day(at: Option<jiff::Timestamp>, none: &'static str) -> Cow<'static, str> {
    match at {
        Some(at) => at.strftime("%Y-%m-%d").to_string().into(),
        None => none.into(),
    }
}

/// Returns a text, or nothing.
pub(crate) fn text(text: Option<&String>) -> Cow<'_, str> {
    text.map(String::as_str).unwrap_or_default().into()
}

/// Returns the name of an object without its kind: `library` for `package/library`.
pub(crate) fn name(address: Option<&String>) -> Cow<'_, str> {
    match address {
        Some(address) => address
            .split_once('/')
            .map_or(&**address, |(_, name)| name)
            .into(),
        None => "gone".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_seconds() {
        let read = |text: &str| second(text.parse().expect("an instant"));
        let fraction = read("2027-05-20T09:12:24.960472804Z");
        assert_eq!(fraction, "2027-05-20T09:12:24Z");
        assert_eq!(read("2027-05-20T09:12:24Z"), "2027-05-20T09:12:24Z");
    }
}
