//! What is expected after a step. What is not written is not looked at; what is written is meant whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::once::some_once;
use super::words::{AccountWord, AssignmentWord, Ground, MailWord, RequestWord};
use crate::model::text::{Email, Line, When};
use crate::model::{Name, OneOrMore, Set};

/// What is expected after a step.
///
/// `request`, `policy`, `stage` and `approvers` are of the request that the step was about, or else of the last one made;
/// `assignment` and `ends` of the same person and package. `for` and `package` name another one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(rename = "Expectation")]
pub struct Expect {
    /// The step is refused, because this does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Ground>,

    /// Whose request and assignment.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Email>,

    /// Of which package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Name>,

    /// Where the request stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestWord>,

    /// The policy that the request goes through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Name>,

    /// Which stage waits for a decision, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3))]
    pub stage: Option<u8>,

    /// Everybody who may decide now, and nobody else; `[]` while nothing waits for a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvers: Option<Set<Email>>,

    /// Where the assignment stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<AssignmentWord>,

    /// When the access ends or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,

    /// The packages that people have now, all of each.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_once"
    )]
    pub access: Option<BTreeMap<Email, Set<Name>>>,

    /// The roles that people hold now in resources of the tree, all of each, however they came by them.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_once"
    )]
    pub roles: Option<BTreeMap<Email, BTreeMap<Name, OneOrMore<Line>>>>,

    /// What has become of accounts.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some_once"
    )]
    pub accounts: Option<BTreeMap<Email, AccountWord>>,

    /// Every mail that was sent since the step before, each with those who got it, as often as they did; `{}` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "mails")]
    pub mails: Option<BTreeMap<MailWord, Vec<Email>>>,
}

impl Expect {
    /// Returns true where something is expected, and not only said of whom.
    pub(super) fn says_something(&self) -> bool {
        let Self {
            refused,
            person: _,
            package: _,
            request,
            policy,
            stage,
            approvers,
            assignment,
            ends,
            access,
            roles,
            accounts,
            mails,
        } = self;
        let of_request = request.is_some() || policy.is_some() || stage.is_some();
        let of_assignment = assignment.is_some() || ends.is_some();
        let of_people = access.is_some() || roles.is_some() || accounts.is_some();
        let told = approvers.is_some() || mails.is_some();
        refused.is_some() || of_request || of_assignment || of_people || told
    }
}

/// Returns the schema of mails: a list of addresses for each that there is.
fn mails(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let to = generator.subschema_for::<Vec<Email>>();
    let all = MailWord::ALL.iter();
    let all: serde_json::Map<String, serde_json::Value> = all
        .map(|mail| (mail.as_str().to_owned(), to.clone().to_value()))
        .collect();
    schemars::json_schema!({ "type": "object", "properties": all, "additionalProperties": false })
}

/// When access ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Never.
    Never,
    /// At an instant; with a date alone, at any instant of that day, midnight at its end included.
    At(When),
}

const NEVER: &str = "never";

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str(NEVER),
            Self::At(when) => when.fmt(f),
        }
    }
}

impl Serialize for Ends {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        match &*text {
            NEVER => Ok(Self::Never),
            text => When::parse(text)
                .map(Self::At)
                .map_err(serde::de::Error::custom),
        }
    }
}

impl JsonSchema for Ends {
    fn schema_name() -> Cow<'static, str> {
        "Ends".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let when = generator.subschema_for::<When>();
        schemars::json_schema!({
            "description": "When access ends: `never`, an instant, or a date, which means any instant of that day, midnight at its end included.",
            "anyOf": [{ "type": "string", "enum": [NEVER] }, when],
        })
    }
}
