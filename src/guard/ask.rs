//! What a command asks for beyond the tree: which addresses may change, what is taken over, what is allowed. A saved plan keeps
//! it, so that an apply of the file asks for the same.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Address, Kind};
use crate::plan::{Asks, BadPattern, Choice};

/// What a command asks for beyond the tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Addresses that take over the unmanaged object like them.
    pub adopt: Vec<Address>,
    /// Patterns of the addresses that may change; none for all.
    pub targets: Vec<String>,
    /// Patterns of addresses that do not change.
    pub excludes: Vec<String>,
    /// Whether everything that the project owns is to go.
    pub destroy: bool,
    /// The guards that are lifted.
    pub allowances: Allowances,
    /// Whether people whom the plan concerns are named; no part of a saved plan.
    #[serde(skip)]
    pub names: bool,
}

impl Ask {
    /// Returns what the planner is asked for.
    ///
    /// # Errors
    ///
    /// For a pattern that cannot be read.
    pub fn asks(&self) -> Result<Asks, BadPattern> {
        Ok(Asks {
            literal: false,
            adopt: self.adopt.clone(),
            destroy: self.destroy,
            choice: Choice::new(&self.targets, &self.excludes)?,
        })
    }

    /// Returns what the planner is asked for afterwards, to see that nothing is left: what was taken over is ours by then.
    ///
    /// # Errors
    ///
    /// For a pattern that cannot be read.
    pub fn afterwards(&self) -> Result<Asks, BadPattern> {
        Ok(Asks {
            literal: false,
            adopt: Vec::new(),
            ..self.asks()?
        })
    }
}

/// What the command lifts; each allowance names its measure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowances {
    /// So many objects of each kind may be deleted within 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletes: Option<u64>,
    /// So many people may lose access that they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// Whether access may get wider.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub widening: bool,
    /// Kinds of which everything may be deleted.
    #[serde(serialize_with = "to_words", deserialize_with = "from_words")]
    #[schemars(with = "Vec<String>")]
    pub everything: BTreeSet<Kind>,
}

fn to_words<S: Serializer>(kinds: &BTreeSet<Kind>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(kinds.iter().map(|kind| kind.as_str()))
}

fn from_words<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<Kind>, D::Error> {
    let words = Vec::<String>::deserialize(from)?;
    let kind = |word: &String| {
        let known = Kind::ALL.iter().find(|kind| kind.as_str() == word);
        known
            .copied()
            .ok_or_else(|| D::Error::custom("there is no such kind"))
    };
    words.iter().map(kind).collect()
}
