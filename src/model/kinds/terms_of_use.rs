//! Terms of use: what people from outside must accept before they come in, and again from time to time.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diag::code;
use crate::model::Part::{Index, Key};
use crate::model::text::{Duration, FilePath, HttpsUrl, Language, Line, When};
use crate::model::{Attribute, Bond, Declared, Kind, Mention, Name, Problem, Set};
use crate::source::Route;

/// Terms that people from outside accept when they redeem an invitation, and again when their acceptance has ended. Fact
/// sheet `graph-b2b` §7. Acceptance is a person's, on whichever device.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TermsOfUse {
    /// The name that people read.
    pub display_name: Line,

    /// Which version of the words it is. Another one asks everybody to accept anew; as in Entra, who changes the words says
    /// whether they are so new.
    #[serde(default = "first")]
    pub version: Line,

    /// The words, by language: `en`, `pt-BR`.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 100))]
    pub documents: BTreeMap<Language, TermsDocument>,

    /// Who must accept them.
    #[serde(default)]
    pub required_for: RequiredFor,

    /// How long an acceptance holds, for each person from their own; without it, for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaccept_after: Option<Duration>,

    /// When every acceptance ends together; without it, never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<TermsExpiry>,

    /// Refuses to delete the object. Kept live: it must be set to `false` by an apply of its own before the object may go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub protect: bool,
}

fn first() -> Line {
    Line::parse("1").expect("INVARIANT: a digit is a line")
}

/// Where the words stand: `link` or `file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TermsDocument {
    /// On a page.
    Link(HttpsUrl),
    /// In a text file of the project.
    File(FilePath),
}

/// Who must accept terms: everybody from outside, or people of some organizations.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RequiredFor {
    /// Every guest, and every member from outside.
    #[default]
    AllGuests,
    /// People of these organizations.
    #[schemars(with = "Organizations")]
    Organizations(Set<Name>),
}

#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "carries the limits into the schema")]
struct Organizations(#[schemars(length(min = 1, max = 1000))] Set<Name>);

/// When every acceptance ends.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TermsExpiry {
    /// When that happens first.
    pub on: When,

    /// How long after that it happens again, and again; without it, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Duration>,
}

impl TermsOfUse {
    /// Returns where the words stand in a language, or in English, or in the first language there is.
    #[must_use]
    pub fn document(&self, language: Option<&str>) -> Option<&TermsDocument> {
        let of = |wanted: &str| {
            let mut all = self.documents.iter();
            all.find(|(language, _)| language.as_str() == wanted)
        };
        let found = language.and_then(of).or_else(|| of("en"));
        found
            .or_else(|| self.documents.iter().next())
            .map(|(_, document)| document)
    }
}

impl std::fmt::Display for TermsDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Link(link) => std::fmt::Display::fmt(link, f),
            Self::File(file) => std::fmt::Display::fmt(file, f),
        }
    }
}

impl Declared for TermsOfUse {
    const KIND: Kind = Kind::TermsOfUse;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::union("documents.*"),
        Attribute::union("requiredFor"),
        Attribute::set("requiredFor.organizations"),
    ];

    fn references<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
        let RequiredFor::Organizations(names) = &self.required_for else {
            return;
        };
        for (at, name) in names.iter().enumerate() {
            see(Mention::new(
                Bond::Needs,
                Kind::Organization,
                name.as_str(),
                &[Key("requiredFor"), Key("organizations"), Index(at)],
            ));
        }
    }

    fn check(&self, out: &mut Vec<Problem>) {
        let lengths = [
            (Route::root().key("reacceptAfter"), self.reaccept_after),
            (
                Route::root().key("expires").key("every"),
                self.expires.as_ref().and_then(|expires| expires.every),
            ),
        ];
        for (at, length) in lengths {
            if length.is_some_and(|length| !length.is_whole_days()) {
                out.push(
                    Problem::new(
                        code::OUT_OF_LIMITS,
                        at,
                        "terms are accepted for a number of whole days",
                    )
                    .help("write one such as `365d`"),
                );
            }
        }
    }

    fn settle(&mut self, zone: &TimeZone) {
        if let Some(expires) = &mut self.expires {
            expires.on = When::At(expires.on.resolve(zone));
        }
    }

    fn natural_key(&self) -> Option<String> {
        Some(self.display_name.to_string())
    }
}
