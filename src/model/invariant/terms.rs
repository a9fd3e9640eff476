//! The keys of a statement: who, what, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Count, Glob, Length, PackageGlob, Statement};
use crate::diag::code;
use crate::model::kinds::policy::Frequency;
use crate::model::text::{Domain, Line};
use crate::model::{OneOrMore, Problem};
use crate::source::Route;

/// What is said of access: who has it (`requestors`, `domain`, `organization`), to what (`holds` or `asks`, `catalog`,
/// `resource`, `role`), and how they come to it (`through`, `approvals`, `expires`, `review`). A key that is left out fits
/// everything; of a list of values any one fits. People count as what they are when they come to have it: also guests who
/// are here from before their domain was refused. Groups have any members, but guests only where the tree says that they take
/// them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Terms {
    /// What sort of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requestors: Option<OneOrMore<Who>>,

    /// People whose mail address is of a domain, or of one below it: newcomers, guests who are here already, and our own
    /// people with such an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<OneOrMore<Domain>>,

    /// People from outside of an organization, as they prove when they sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OneOrMore<Glob>>,

    /// The package that they have. A list means all of them together, decided for people who stay who they are, in the same
    /// groups and with the same attributes: `[package/a, package/b]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<OneOrMore<PackageGlob>>,

    /// The package that they may ask for, whether or not anybody could approve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<PackageGlob>,

    /// The catalog of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<OneOrMore<Glob>>,

    /// A resource that the package gives them a role of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<OneOrMore<Glob>>,

    /// The role that the package gives them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<OneOrMore<Line>>,

    /// How they come to it: `request`, `automatic`, `direct`. Without this key: by request or by rule, for whoever assigns
    /// directly answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<OneOrMore<Way>>,

    /// How many people have to approve, one after the other: `">=1"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Count>,

    /// How long they can keep it without anybody approving again: `"<=365d"`, or `never` for access without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Length>,

    /// How often it is reviewed, at least: `quarterly`; or `never`. Reviews that begin later than that count from then on:
    /// what is given today and ends before is not reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Reviewed>,
}

/// A sort of people.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// Everybody.
    Anyone,
    /// People who sign in elsewhere, or have no account yet.
    External,
    /// People from outside who have no account yet.
    Visitors,
    /// People who sign in here: members, and guests with a local account.
    Internal,
    /// Members of the directory.
    Members,
    /// People with a guest account, and those who would get one.
    Guests,
    /// People from outside of a configured organization.
    ConfiguredOrganizations,
    /// People from outside of a proposed organization.
    ProposedOrganizations,
    /// People from outside of no organization that the tree declares.
    Unlisted,
}

/// How somebody comes to have a package.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// They ask, or somebody asks for them.
    Request,
    /// A rule assigns them.
    Automatic,
    /// Whoever looks after the package assigns them by hand.
    Direct,
}

impl Way {
    /// Returns the word of the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Automatic => "automatic",
            Self::Direct => "direct",
        }
    }
}

/// How often access is reviewed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Reviewed {
    /// Every week.
    Weekly,
    /// Every month, or more often.
    Monthly,
    /// Every three months, or more often.
    Quarterly,
    /// Every six months, or more often.
    HalfYearly,
    /// Every twelve months, or more often.
    Yearly,
    /// Not at all.
    Never,
}

impl Reviewed {
    /// Returns true for access that is reviewed so often, at least, from now on: how often it is, and in how many seconds for
    /// the first time; `None` for access that is not reviewed.
    #[must_use]
    pub fn holds(self, review: Option<(Frequency, u64)>) -> bool {
        let least = match self {
            Self::Weekly => Frequency::Weekly,
            Self::Monthly => Frequency::Monthly,
            Self::Quarterly => Frequency::Quarterly,
            Self::HalfYearly => Frequency::HalfYearly,
            Self::Yearly => Frequency::Yearly,
            Self::Never => return review.is_none(),
        };
        review
            .is_some_and(|(every, first)| every <= least && first <= least.longest_days() * 86_400)
    }
}

impl Terms {
    /// Returns the packages that somebody has all together; `None` where it is about one package at a time.
    #[must_use]
    pub fn together(&self) -> Option<Vec<&PackageGlob>> {
        let packages: Vec<&PackageGlob> = self.holds.as_ref()?.iter().collect();
        (packages.len() > 1).then_some(packages)
    }

    /// Returns the ways that are meant.
    #[must_use]
    pub fn ways(&self) -> Vec<Way> {
        match &self.through {
            Some(ways) => ways.iter().copied().collect(),
            None if self.asks.is_some() => vec![Way::Request],
            None => vec![Way::Request, Way::Automatic],
        }
    }

    /// Returns true where something is said of approvals, ends or reviews.
    const fn demands(&self) -> bool {
        self.approvals.is_some() || self.expires.is_some() || self.review.is_some()
    }

    const fn is_empty(&self) -> bool {
        let Self {
            requestors,
            domain,
            organization,
            holds,
            asks,
            catalog,
            resource,
            role,
            through,
            approvals: _,
            expires: _,
            review: _,
        } = self;
        let about = requestors.is_some() || domain.is_some() || organization.is_some();
        let what = holds.is_some() || asks.is_some() || catalog.is_some() || resource.is_some();
        !(about || what || role.is_some() || through.is_some() || self.demands())
    }
}

/// Checks what the keys of a statement say together.
pub(super) fn check(statement: &Statement, out: &mut Vec<Problem>) {
    let (Statement::Never(terms) | Statement::Always(terms)) = statement;
    let at = |key: &str| Route::root().key(statement.key()).key(key);
    let excludes = |key: &str, message: String| Problem::new(code::KEYS_EXCLUDE, at(key), message);
    if let Statement::Always(_) = statement
        && !terms.demands()
    {
        let whole = Route::root().key("always");
        out.push(
            Problem::new(code::KEY_NEEDED, whole, "`always` demands nothing")
                .help("add `approvals`, `expires` or `review`; what nobody shall have is said with `never`"),
        );
    }
    if terms.is_empty() {
        let whole = Route::root().key(statement.key());
        out.push(
            Problem::new(code::KEY_NEEDED, whole, "it fits all access there is")
                .help("say whose, or to what: `requestors`, `domain`, `holds: package/…`"),
        );
    }
    if terms.asks.is_some() {
        for (key, given) in [
            ("holds", terms.holds.is_some()),
            ("through", terms.through.is_some()),
        ] {
            if given {
                out.push(
                    excludes(
                        key,
                        format!("`asks` is about requests, and `{key}` about what comes of them"),
                    )
                    .help("leave one out"),
                );
            }
        }
    }
    let Some(together) = terms.together() else {
        return;
    };
    if let Statement::Always(_) = statement {
        out.push(
            excludes(
                "holds",
                "several packages together, and `always` is about one at a time".to_owned(),
            )
            .help("write `never`, or name them with one pattern: `package/finance-*`"),
        );
    }
    for (key, given) in [
        ("catalog", terms.catalog.is_some()),
        ("resource", terms.resource.is_some()),
        ("role", terms.role.is_some()),
        ("approvals", terms.approvals.is_some()),
        ("expires", terms.expires.is_some()),
        ("review", terms.review.is_some()),
    ] {
        if given {
            out.push(
                excludes(
                    key,
                    format!("`{key}` is about one package, and `holds` names several together"),
                )
                .help("leave it out, or hold one pattern: `package/finance-*`"),
            );
        }
    }
    for (index, package) in together.iter().enumerate() {
        if package.0.exact().is_none() {
            out.push(
                Problem::new(
                    code::BAD_FORMAT,
                    at("holds").index(index),
                    "a pattern, where packages that nobody has together are named",
                )
                .help("name each of them, or write one pattern alone for any package of that name"),
            );
        }
    }
}
