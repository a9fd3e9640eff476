//! The tenant's list of domains that may, or may not, be invited.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diag::code;
use crate::model::text::DomainRule;
use crate::model::{Attribute, Declared, Kind, Problem, Rule, Set};
use crate::source::Route;

/// Domains that alone may be invited (`allow`), or that may not (`block`): one of the two, never both. Fact sheet
/// `graph-b2b` §4.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Domains {
    /// The only domains that may be invited. A domain matches itself; `subdomains: true` adds those below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub allow: Option<Set<DomainRule>>,

    /// Domains that may not be invited, always with everything below them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub block: Option<Set<DomainRule>>,
}

/// The size of the directory's whole policy object, in characters.
const POLICY_SIZE: usize = 25_000;

impl Declared for Domains {
    const KIND: Kind = Kind::Domains;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::set("allow"),
        Attribute::set("block"),
        Attribute {
            at: "allow",
            rule: Rule::Displaces("block"),
        },
        Attribute {
            at: "block",
            rule: Rule::Displaces("allow"),
        },
    ];

    fn check(&self, out: &mut Vec<Problem>) {
        if self.allow.is_some() && self.block.is_some() {
            out.push(
                Problem::new(
                    code::KEYS_EXCLUDE,
                    Route::root().key("block"),
                    "`allow` and `block` stand together, and a tenant has one list",
                )
                .help("keep `allow` to refuse everybody else, or `block` to take everybody else"),
            );
        }
        for (key, list) in [("allow", &self.allow), ("block", &self.block)] {
            let length = |rule: &DomainRule| rule.domain.as_str().len() + 3;
            let size: usize = list.iter().flatten().map(length).sum();
            if size > POLICY_SIZE {
                out.push(Problem::new(
                    code::OUT_OF_LIMITS,
                    Route::root().key(key),
                    format!("{size} characters of domains, where the directory's policy holds {POLICY_SIZE}"),
                ));
            }
        }
    }

    fn natural_key(&self) -> Option<String> {
        Some(String::new())
    }
}
