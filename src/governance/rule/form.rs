//! The texts that there are: what the properties of people can be, in lower case, and what can be answered.

use super::language::{self, Demand, Found};
use crate::model::text::{Email, Line};

/// A form of texts, as a pattern for the whole of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Form {
    /// The form that most such texts have, and people read with ease.
    pub(crate) usual: &'static str,
    /// The form that all of them have.
    pub(crate) any: &'static str,
}

/// One line as people write it: without white space at its ends.
const LINE_PATTERN: &str = r"[\P{Changes_When_Lowercased}&&\S](?:[\P{Changes_When_Lowercased}&&[^\n]]*[\P{Changes_When_Lowercased}&&\S])?";

/// One line as people write it.
pub(crate) const LINE: Form = Form::plain(LINE_PATTERN);
/// What stands before the `@` of a mail address.
pub(crate) const LOCAL: Form = Form {
    usual: "[a-z0-9]+(?:[._-][a-z0-9]+)*",
    any: r"[a-z0-9_'](?:\.?(?:-+\.?)*[a-z0-9_'])*",
};
/// A mail address.
pub(crate) const ADDRESS: Form = Form {
    usual: r"[a-z0-9]+(?:[._-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}",
    any: r"[a-z0-9_'](?:\.?(?:-+\.?)*[a-z0-9_'])*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
};
/// One of several values that are kept with commas between them.
pub(crate) const PART: Form = Form::plain(r"[\P{Changes_When_Lowercased}&&[^,\s]]+");
/// The number of an object.
pub(crate) const NUMBER: Form = Form::plain("[1-9][0-9]{0,17}");
/// An answer of one line: without white space at its ends.
const ANSWER: &str = r"\S(?:[^\r\n]*\S)?";

impl Form {
    const fn plain(pattern: &'static str) -> Self {
        Self {
            usual: pattern,
            any: pattern,
        }
    }

    /// Returns the form of a property that is text, or of each of its values, by the name that rules have for it.
    pub(crate) fn of(property: &str) -> Self {
        match property {
            "mail" | "otherMails" => ADDRESS,
            "proxyAddresses" => PART,
            "objectId" => NUMBER,
            _ => LINE,
        }
    }

    /// Returns true for a text in lower case that has this form.
    pub(crate) fn takes(self, text: &str) -> bool {
        match self {
            ADDRESS => Email::parse(text).is_ok(),
            NUMBER => text.parse::<u64>().is_ok_and(|it| it.to_string() == text),
            PART => !text.is_empty() && !text.contains(|it: char| it == ',' || it.is_whitespace()),
            _ => Line::parse(text).is_ok(),
        }
    }
}

/// Finds an answer in text that a pattern matches as a whole.
pub(crate) fn answer(pattern: &str) -> Found {
    match (Demand::whole(pattern), Demand::whole(ANSWER)) {
        (Some(pattern), Some(answer)) => language::find(&[pattern, answer]),
        _ => Found::Unknown,
    }
}
