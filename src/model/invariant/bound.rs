//! Bounds: numbers and lengths of time with a sign before them.

use std::cmp::Ordering;
use std::fmt;

use crate::model::text::{Duration, Malformed, text_serde};

/// How something is held against a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`, or no sign.
    Same,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Order {
    /// Splits a sign off a text.
    fn split(text: &str) -> (Self, &str) {
        let signs = [
            ("<=", Self::AtMost),
            (">=", Self::AtLeast),
            ("<", Self::Less),
            (">", Self::More),
            ("=", Self::Same),
        ];
        let found = signs
            .iter()
            .find_map(|(sign, order)| Some((*order, text.strip_prefix(sign)?)));
        let (order, rest) = found.unwrap_or((Self::Same, text));
        (order, rest.trim_start())
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Same => "",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }

    const fn holds(self, found: Ordering) -> bool {
        match self {
            Self::Less => found.is_lt(),
            Self::AtMost => found.is_le(),
            Self::Same => found.is_eq(),
            Self::AtLeast => found.is_ge(),
            Self::More => found.is_gt(),
        }
    }
}

/// A bound for a number of approvals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count {
    order: Order,
    number: u8,
}

text_serde! {
    /// A number with a sign before it, in quotes: `">=1"`, `"<2"`, `"0"`.
    Count, "count-bound", pattern = "^(<=|>=|<|>|=)? *[0-9]+$"
}

/// A policy has at most so many stages.
const STAGES: u8 = 3;

impl Count {
    /// Reads a bound.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let (order, rest) = Order::split(text);
        let number: u8 = rest.parse().map_err(|_| {
            Malformed::new("not a number of approvals").help("write one such as `\">=1\"`")
        })?;
        if number > STAGES {
            return Err(Malformed::new("a policy has at most three stages")
                .help("write `\">=1\"` to `\">=3\"`"));
        }
        Ok(Self { order, number })
    }

    /// Returns true for a number within the bound.
    #[must_use]
    pub fn holds(self, number: usize) -> bool {
        self.order.holds(number.cmp(&usize::from(self.number)))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.order.sign(), self.number)
    }
}

/// A bound for how long access lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Length {
    /// It never ends.
    Never,
    /// It is as long as the bound says.
    Bound(Order, Duration),
}

text_serde! {
    /// A length of time with a sign before it, in quotes: `"<=365d"`, `">8h"`; or `never` for access without an end.
    Length, "length-bound", pattern = "^(never|(<=|>=|<|>|=)? *([0-9]+[dhm]|P[0-9DWTHMS]+))$"
}

impl Length {
    /// Reads a bound.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the length.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text == "never" {
            return Ok(Self::Never);
        }
        let (order, rest) = Order::split(text);
        let length = Duration::parse(rest).map_err(|mut wrong| {
            // What is to be written instead keeps its sign.
            let sign = text.strip_suffix(rest).unwrap_or_default();
            let kept = |help: String| help.replacen("write `", &format!("write `{sign}"), 1);
            wrong.help = wrong.help.map(kept);
            wrong
        })?;
        Ok(Self::Bound(order, length))
    }

    /// Returns the length that the bound names, in seconds.
    #[must_use]
    pub const fn seconds(self) -> Option<u64> {
        match self {
            Self::Never => None,
            Self::Bound(_, length) => Some(length.as_seconds()),
        }
    }

    /// Returns true for a length within the bound, in seconds; `None` for access that never ends.
    #[must_use]
    pub fn holds(self, seconds: Option<u64>) -> bool {
        match (self, seconds) {
            (Self::Never, _) => seconds.is_none(),
            (Self::Bound(order, _), None) => order.holds(Ordering::Greater),
            (Self::Bound(order, length), Some(seconds)) => {
                order.holds(seconds.cmp(&length.as_seconds()))
            }
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Bound(order, length) => write!(f, "{}{length}", order.sign()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_held_against_their_bound() {
        for (text, fits) in [
            (">=1", [false, true, true]),
            (">1", [false, false, true]),
            ("<2", [true, true, false]),
            ("<= 1", [true, true, false]),
            ("=0", [true, false, false]),
            ("2", [false, false, true]),
        ] {
            let count = Count::parse(text).expect(text);
            assert_eq!([0, 1, 2].map(|number| count.holds(number)), fits, "{text}");
            assert_eq!(Count::parse(&count.to_string()), Ok(count), "{text}");
        }
        assert!(Count::parse("some").is_err());
        assert!(Count::parse(">=4").is_err());
    }

    #[test]
    fn access_without_an_end_is_longer_than_any() {
        for (text, fits) in [
            ("<=10d", [true, true, false, false]),
            ("<10d", [true, false, false, false]),
            (">=10d", [false, true, true, true]),
            (">10d", [false, false, true, true]),
            ("10d", [false, true, false, false]),
            ("never", [false, false, false, true]),
        ] {
            let length = Length::parse(text).expect(text);
            let days = |days: u64| Some(days * 86_400);
            let found = [days(9), days(10), days(11), None].map(|seconds| length.holds(seconds));
            assert_eq!(found, fits, "{text}");
            assert_eq!(Length::parse(&length.to_string()), Ok(length), "{text}");
        }
        let wrong = Length::parse("<=1y").expect_err("a year");
        assert_eq!(wrong.help.as_deref(), Some("write `<=365d`"));
    }
}
