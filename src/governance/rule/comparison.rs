//! A comparison of a rule that is to hold, or not to hold: what a text has to be for that.

use super::is_negated;
use super::language::Demand;
use crate::model::rule::{Operator, Rule, Test, Value};

/// A comparison, of one value or of several, and whether it is to hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison<'r> {
    /// The comparison as a rule of its own.
    pub(crate) rule: &'r Rule,
    /// What is compared with what.
    pub(crate) test: &'r Test,
    /// Whether it is to hold.
    pub(crate) wanted: bool,
}

impl<'r> Comparison<'r> {
    /// Returns the operator without its negation, and whether that is to hold.
    pub(crate) const fn plainly(&self) -> (Operator, bool) {
        let operator = match self.test.operator {
            Operator::NotEqual => Operator::Equal,
            Operator::NotStartsWith => Operator::StartsWith,
            Operator::NotContains => Operator::Contains,
            Operator::NotMatch => Operator::Match,
            Operator::NotIn => Operator::In,
            plain => plain,
        };
        (operator, self.wanted != is_negated(self.test.operator))
    }

    /// Returns true where a property with several values is compared.
    pub(crate) const fn is_of_several(&self) -> bool {
        matches!(self.rule, Rule::Each { .. })
    }

    /// Returns true where every value has to be as demanded; false where one of them is enough.
    pub(crate) const fn is_universal(&self) -> bool {
        match self.rule {
            Rule::Each { all, .. } => *all == self.wanted,
            _ => true,
        }
    }

    /// Returns the one text that it takes; `None` where it takes others, too, or any but one.
    pub(crate) fn exact(&self) -> Option<&'r str> {
        self.part(Operator::Equal)
    }

    /// Returns the text that must be the value, begin it or be part of it.
    pub(crate) fn part(&self, of: Operator) -> Option<&'r str> {
        match (self.plainly(), &self.test.value) {
            ((operator, true), Value::Text(text)) if operator == of => Some(text),
            _ => None,
        }
    }

    /// Returns true where a pattern is to match, or not to.
    pub(crate) const fn is_pattern(&self) -> bool {
        matches!(self.test.value, Value::Pattern(_))
    }

    /// Returns what a text has to be; `Some(None)` where none is as wanted, and `None` where that cannot be told.
    pub(crate) fn demand(&self) -> Option<Option<Demand>> {
        let (operator, wanted) = self.plainly();
        Some(match &self.test.value {
            // A text is neither nothing nor a truth value.
            Value::Null | Value::Bool(_) if wanted => None,
            Value::Null | Value::Bool(_) => Some(Demand::contains("", true)),
            Value::List(list) => Some(Demand::one_of(list.iter().map(String::as_str), wanted)),
            Value::Pattern(pattern) => Some(Demand::matches(pattern.as_str(), wanted)?),
            Value::Text(text) => Some(match operator {
                Operator::StartsWith => Demand::begins(text, wanted),
                Operator::Contains => Demand::contains(text, wanted),
                _ => Demand::one_of([text.as_str()], wanted),
            }),
        })
    }
}
