//! Invariants: what must never, or always, hold of who may come to have what. They are no objects: nothing of them is ever
//! stored. What they mean is decided in `invariant`.

mod bound;
mod glob;
mod terms;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bound::{Count, Length, Order};
pub use glob::{Glob, PackageGlob};
pub use terms::{Reviewed, Terms, Way, Who};

use super::text::Line;
use super::{Name, Problem};
use crate::diag::code;
use crate::source::{Place, Route};

/// A statement over everything that the tree lets happen, decided for people who stay who they are: exactly one of `never` and
/// `always`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Invariant")]
pub(crate) struct InvariantText {
    /// Nobody ever comes to have access that fits all of these keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) never: Option<Terms>,
    /// All access that fits the keys about people and packages fits those about approvals, ends and reviews too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) always: Option<Terms>,
    /// Why it must be so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Line>,
}

/// An invariant of the tree.
#[derive(Debug, Clone)]
pub struct Invariant {
    /// Its name.
    pub name: Name,
    /// What is said.
    pub statement: Statement,
    /// Why.
    pub reason: Option<Line>,
    /// Where it stands in its file.
    pub stands: Stands,
}

/// What an invariant says.
#[derive(Debug, Clone)]
pub enum Statement {
    /// No access fits these terms.
    Never(Terms),
    /// All access that fits the terms about people and packages fits those about approvals, ends and reviews.
    Always(Terms),
}

/// Where an invariant and its keys stand.
#[derive(Debug, Clone)]
pub struct Stands {
    /// Its name.
    pub name: Place,
    /// The keys of its statement, as written.
    pub keys: Vec<(Box<str>, Place)>,
}

impl Invariant {
    /// Returns the terms, whatever is said with them.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        match &self.statement {
            Statement::Never(terms) | Statement::Always(terms) => terms,
        }
    }

    /// Returns the place of a key of the statement; that of the name where it is not written.
    #[must_use]
    pub fn place(&self, key: &str) -> &Place {
        let mut keys = self.stands.keys.iter();
        let found = keys.find(|(written, _)| &**written == key);
        found.map_or(&self.stands.name, |(_, place)| place)
    }
}

impl Statement {
    /// Returns the key that says it.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Never(_) => "never",
            Self::Always(_) => "always",
        }
    }
}

impl InvariantText {
    /// Returns the statement, or what is wrong with it.
    pub(crate) fn check(self, out: &mut Vec<Problem>) -> Option<Statement> {
        let at = |key: &str| Route::root().key(key);
        let statement = match (self.never, self.always) {
            (Some(terms), None) => Statement::Never(terms),
            (None, Some(terms)) => Statement::Always(terms),
            (None, None) => {
                out.push(
                    Problem::new(
                        code::KEY_NEEDED,
                        Route::root(),
                        "an invariant that says nothing",
                    )
                    .help("add `never: { … }` or `always: { … }`"),
                );
                return None;
            }
            (Some(_), Some(_)) => {
                out.push(
                    Problem::new(
                        code::KEYS_EXCLUDE,
                        at("always"),
                        "`never` and `always` stand together, and an invariant is one statement",
                    )
                    .help("make two invariants of it"),
                );
                return None;
            }
        };
        let before = out.len();
        terms::check(&statement, out);
        (out.len() == before).then_some(statement)
    }
}
