//! Packages: the roles that people are given together.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Part::{Index, Key};
use crate::model::text::{Line, Malformed, Principal, Prose, text_serde};
use crate::model::{Attribute, Bond, Declared, Kind, Mention, Name, OneOrMore, Set};

/// What people are given together: roles of resources of one catalog.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Package {
    /// The catalog that the package belongs to, for good.
    pub catalog: Name,

    /// The name that people read.
    pub display_name: Line,

    /// What the package gives, and to whom.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub description: Prose,

    /// Whether the package is left out of browsing. Whoever has its link and matches a policy may still ask for it.
    #[serde(default)]
    pub hidden: bool,

    /// The roles it gives: resource to role, or to a list of roles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 1000))]
    pub grants: BTreeMap<Name, OneOrMore<Line>>,

    /// Packages (`package/<name>`) and groups (`group:<name>`) whose holders cannot have this package. Counts one way
    /// only: the other package names this one if it shall not be given to holders of this one either.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 500))]
    pub incompatible_with: Set<Incompatible>,

    /// Refuses to delete the object. Kept live: it must be set to `false` by an apply of its own before the object may go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub protect: bool,
}

/// A package or group that excludes another package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incompatible {
    /// The members of a group.
    Group(Line),
    /// The holders of a package.
    Package(Name),
}

text_serde! {
    /// `package/<name>` or `group:<name>`.
    Incompatible, "incompatible", pattern = "^(package/[a-z0-9][a-z0-9-]{0,63}|group:.+)$"
}

impl Incompatible {
    /// Reads what excludes a package.
    ///
    /// # Errors
    ///
    /// Offers the prefix that is missing.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if let Some(name) = text.strip_prefix("package/") {
            return Name::parse(name).map(Self::Package);
        }
        if let Ok(Principal::Group(name)) = Principal::parse(text) {
            return Ok(Self::Group(name));
        }
        let problem = Malformed::new("not a package or group");
        match Name::parse(text) {
            Ok(name) => Err(problem.help(format!("write `package/{name}` or `group:{name}`"))),
            Err(_) => Err(problem.help("write `package/<name>` or `group:<name>`")),
        }
    }
}

impl fmt::Display for Incompatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(name) => write!(f, "package/{name}"),
            Self::Group(name) => write!(f, "group:{name}"),
        }
    }
}

impl Declared for Package {
    const KIND: Kind = Kind::Package;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::immutable("catalog"),
        Attribute::set("grants.*"),
        Attribute::set("incompatibleWith"),
    ];

    fn references<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
        see(Mention::new(
            Bond::Needs,
            Kind::Catalog,
            self.catalog.as_str(),
            &[Key("catalog")],
        ));
        for resource in self.grants.keys() {
            let at = [Key("grants"), Key(resource.as_str())];
            see(Mention::new(
                Bond::Needs,
                Kind::Resource,
                resource.as_str(),
                &at,
            ));
        }
        for (index, other) in self.incompatible_with.iter().enumerate() {
            let at = [Key("incompatibleWith"), Index(index)];
            match other {
                Incompatible::Package(name) => {
                    see(Mention::new(Bond::Names, Kind::Package, name.as_str(), &at));
                }
                Incompatible::Group(name) => see(Mention::new(
                    Bond::Perhaps,
                    Kind::Resource,
                    name.as_str(),
                    &at,
                )),
            }
        }
    }

    fn natural_key(&self) -> Option<String> {
        Some(self.display_name.to_string())
    }
}
