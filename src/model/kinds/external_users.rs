//! What happens to a guest after the last assignment.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diag::code;
use crate::model::text::{Duration, Malformed, text_serde};
use crate::model::{Declared, Kind, Problem};
use crate::source::Route;

/// What happens to guests that came through a package when they lose their last assignment. Fact sheets
/// `graph-entitlement` §11, `entra-behaviour` §6.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalUsers {
    /// What is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_last_assignment: Option<AfterLastAssignment>,

    /// How long after blocking the account is deleted: a duration of whole days, or `immediately`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_after: Option<Waiting>,
}

/// What is done with the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AfterLastAssignment {
    /// Nothing.
    Nothing,
    /// Sign-in is blocked.
    Block,
    /// Sign-in is blocked, and the account deleted later.
    BlockAndDelete,
}

/// A time to wait, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Not at all.
    Immediately,
    /// So long.
    For(Duration),
}

text_serde! {
    /// A duration of whole days such as `30d`, or `immediately`.
    Waiting, "waiting-time", pattern = "^(immediately|[0-9]+d|P[0-9DWTHMS]+)$"
}

impl Waiting {
    /// Reads a time to wait.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the duration, or that it is not of whole days.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text == "immediately" {
            return Ok(Self::Immediately);
        }
        if matches!(text, "0d" | "P0D" | "PT0S") {
            return Err(Malformed::new("a duration of nothing").help("write `immediately`"));
        }
        let wait = Duration::parse(text)?;
        if !wait.is_whole_days() {
            return Err(
                Malformed::new("not a number of whole days").help("write one such as `30d`")
            );
        }
        Ok(Self::For(wait))
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Immediately => f.write_str("immediately"),
            Self::For(wait) => fmt::Display::fmt(wait, f),
        }
    }
}

impl Declared for ExternalUsers {
    const KIND: Kind = Kind::ExternalUsers;

    fn check(&self, out: &mut Vec<Problem>) {
        let keeps = matches!(
            self.after_last_assignment,
            Some(AfterLastAssignment::Nothing | AfterLastAssignment::Block)
        );
        if keeps && self.delete_after.is_some() {
            out.push(
                Problem::new(
                    code::KEYS_EXCLUDE,
                    Route::root().key("deleteAfter"),
                    "a time to delete accounts that are never deleted",
                )
                .help("write `afterLastAssignment: blockAndDelete`, or leave `deleteAfter` out"),
            );
        }
    }

    fn natural_key(&self) -> Option<String> {
        Some(String::new())
    }
}
