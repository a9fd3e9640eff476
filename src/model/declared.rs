//! What every kind says of itself: its references, its rules, and the exceptions to plain comparison.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::diag::Code;
use crate::source::{Route, Step};

/// A kind of object, as it is written, checked, compared and stored.
///
/// One file under `kinds/` implements it. Field docs become the descriptions of the published schema.
pub trait Declared: Serialize + for<'de> Deserialize<'de> + JsonSchema {
    /// The kind.
    const KIND: Kind;

    /// Exceptions to plain comparison, by pattern; a list without one is a sequence.
    const ATTRIBUTES: &'static [Attribute] = &[];

    /// Names every other object that this one refers to.
    fn references<'a>(&'a self, _see: &mut dyn FnMut(Mention<'a>)) {}

    /// Checks what a schema cannot say of one object by itself.
    fn check(&self, _out: &mut Vec<Problem>) {}

    /// Makes dates exact in the project's time zone.
    fn settle(&mut self, _zone: &jiff::tz::TimeZone) {}

    /// Returns what tells this object from others of its kind where no binding does, such as a tenant id or a
    /// display name; `None` where nothing does.
    fn natural_key(&self) -> Option<String>;
}

/// How an attribute departs from plain comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A list whose order means nothing.
    Set,
    /// One of several forms, told by a word or by the only key of a mapping: another form is another value as a whole.
    Union,
    /// Stands instead of another key, even of one that is not managed: writing the one takes the other away.
    Displaces(&'static str),
    /// Cannot change in place: a change replaces the object. With `unless`, only while that key is absent.
    Immutable {
        /// The key whose presence lifts the rule.
        unless: Option<&'static str>,
    },
}

/// An exception for the attribute that a pattern names, as in `approval.stages[].approvers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// The pattern: keys joined by `.`, `[]` for any position, `*` for any key.
    pub at: &'static str,
    /// The rule.
    pub rule: Rule,
}

impl Attribute {
    /// Returns the rule for a list whose order means nothing.
    #[must_use]
    pub const fn set(at: &'static str) -> Self {
        Self {
            at,
            rule: Rule::Set,
        }
    }

    /// Returns the rule for an attribute that has one of several forms.
    #[must_use]
    pub const fn union(at: &'static str) -> Self {
        Self {
            at,
            rule: Rule::Union,
        }
    }

    /// Returns the rule for an attribute that cannot change in place.
    #[must_use]
    pub const fn immutable(at: &'static str) -> Self {
        Self {
            at,
            rule: Rule::Immutable { unless: None },
        }
    }

    /// Returns true when a route is the one that the pattern names.
    #[must_use]
    pub fn names(&self, route: &[Step]) -> bool {
        let mut rest = self.at;
        for step in route {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            rest = match step {
                Step::Index(_) => match rest.strip_prefix("[]") {
                    Some(rest) => rest,
                    None => return false,
                },
                Step::Key(key) => {
                    let end = rest.find(['.', '[']).unwrap_or(rest.len());
                    if &rest[..end] != "*" && rest[..end] != **key {
                        return false;
                    }
                    &rest[end..]
                }
            };
        }
        rest.is_empty()
    }
}

/// A step of a mention's place, borrowed: most mentions are never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// A key.
    Key(&'a str),
    /// A position, as written.
    Index(usize),
}

/// How strongly one object refers to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bond {
    /// The other must exist first, and cannot go before this one.
    Needs,
    /// The other is named; two objects may name each other.
    Names,
    /// The other is meant if it is declared; otherwise the name belongs to the directory.
    Perhaps,
}

/// One reference to another object, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The kind of the other object.
    pub kind: Kind,
    /// Its name below the kind.
    pub name: &'a str,
    /// How strong it is.
    pub bond: Bond,
    at: [Option<Part<'a>>; 6],
}

impl<'a> Mention<'a> {
    /// Returns a mention at this place, of at most six steps.
    #[must_use]
    pub fn new(bond: Bond, kind: Kind, name: &'a str, at: &[Part<'a>]) -> Self {
        let mut parts = [None; 6];
        for (slot, part) in parts.iter_mut().zip(at) {
            *slot = Some(*part);
        }
        Self {
            kind,
            name,
            bond,
            at: parts,
        }
    }

    /// Returns where it stands.
    #[must_use]
    pub fn route(&self) -> Route {
        let parts = self.at.iter().flatten();
        parts
            .map(|part| match part {
                Part::Key(key) => Step::Key((*key).into()),
                Part::Index(index) => Step::Index(*index),
            })
            .collect()
    }
}

/// Something wrong inside one object, by route; the loader knows the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// Where in the object.
    pub at: Route,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// Returns a problem without help.
    #[must_use]
    pub fn new(code: Code, at: Route, message: impl Into<String>) -> Self {
        Self {
            code,
            at,
            message: message.into(),
            help: None,
        }
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_routes() {
        let names =
            |at, route: &str| Attribute::set(at).names(Route::parse(route).expect(route).steps());
        assert!(names(
            "approval.stages[].approvers",
            "approval.stages[2].approvers"
        ));
        assert!(names("grants.*", "grants.crm"));
        assert!(!names("grants.*", "grants"));
        assert!(!names("approval.stages", "approval.stages[0]"));
        assert!(!names("approvals", "approval"));
    }
}
