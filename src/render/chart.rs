//! Charts: numbers as bars, instants on a line of time. What a chart shows is also there as a table, for every reader.

use std::borrow::Cow;

use jiff::Timestamp;

use super::doc::Table;
use super::row::second;

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart<'a> {
    /// What it shows.
    pub title: Cow<'a, str>,
    /// How.
    pub form: Form<'a>,
}

/// The form of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form<'a> {
    /// A bar for each number, in the order in which they are to be seen.
    Bars {
        /// The headings of the same as a table: what the bars are of, and what is counted.
        columns: &'static [&'static str],
        /// The bars.
        bars: Vec<Bar<'a>>,
    },
    /// Instants on lanes, from one instant to another.
    Timeline {
        /// Where the line begins.
        from: Timestamp,
        /// Where it ends.
        until: Timestamp,
        /// The lanes, in the order in which they are to be seen.
        lanes: Vec<Lane<'a>>,
    },
}

/// A number with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar<'a> {
    /// The name.
    pub label: Cow<'a, str>,
    /// The number.
    pub value: u64,
}

/// Instants of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane<'a> {
    /// The sort.
    pub label: Cow<'a, str>,
    /// The instants, in order.
    pub marks: Vec<Timestamp>,
}

impl Chart<'_> {
    /// Returns true for a chart without anything on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.form {
            Form::Bars { bars, .. } => bars.is_empty(),
            Form::Timeline { lanes, .. } => lanes.iter().all(|lane| lane.marks.is_empty()),
        }
    }

    /// Returns the same as a table.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        match &self.form {
            Form::Bars { columns, bars } => Table {
                columns,
                rows: bars
                    .iter()
                    .map(|bar| vec![Cow::from(&*bar.label), bar.value.to_string().into()])
                    .collect(),
            },
            Form::Timeline { lanes, .. } => Table {
                columns: &["WHAT", "COUNT", "FIRST", "LAST"],
                rows: lanes.iter().map(|lane| lane.row()).collect(),
            },
        }
    }
}

impl Lane<'_> {
    fn row(&self) -> Vec<Cow<'_, str>> {
        let at = |mark: Option<&Timestamp>| mark.map(|at| second(*at)).unwrap_or_default();
        vec![
            Cow::from(&*self.label),
            self.marks.len().to_string().into(),
            at(self.marks.first()).into(),
            at(self.marks.last()).into(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_chart_shows_is_there_as_a_table() {
        let bars = Chart {
            title: "Guests".into(),
            form: Form::Bars {
                columns: &["DOMAIN", "GUESTS"],
                bars: vec![Bar {
                    label: "wingtip.example".into(),
                    value: 3,
                }],
            },
        };
        let table = bars.table();
        assert_eq!(table.columns, ["DOMAIN", "GUESTS"]);
        assert_eq!(table.rows, [["wingtip.example", "3"]]);
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let lane = |marks: Vec<Timestamp>| Chart {
            title: "Soon".into(),
            form: Form::Timeline {
                from: at("2027-01-01T00:00:00Z"),
                until: at("2027-02-01T00:00:00Z"),
                lanes: vec![Lane {
                    label: "access ends".into(),
                    marks,
                }],
            },
        };
        let some = lane(vec![at("2027-01-02T00:00:00Z"), at("2027-01-09T00:00:00Z")]);
        let row = [
            "access ends",
            "2",
            "2027-01-02T00:00:00Z",
            "2027-01-09T00:00:00Z",
        ];
        assert_eq!(some.table().rows, [row]);
        assert!(lane(Vec::new()).is_empty() && !some.is_empty());
    }
}
