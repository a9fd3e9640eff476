//! Catalogs: which resources packages may be made of, and who looks after them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diag::code;
use crate::model::Part::{Index, Key};
use crate::model::text::{Duration, Line, Principal, Prose};
use crate::model::{Attribute, Bond, Declared, Kind, Mention, Name, Problem, Set};
use crate::source::Route;

/// A set of resources, the packages made of them, and the people who look after both.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Catalog {
    /// The name that people read.
    pub display_name: Line,

    /// What the catalog is for.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub description: Prose,

    /// Whether packages of the catalog can be seen and requested at all.
    #[serde(default = "yes")]
    pub published: bool,

    /// Whether people from outside can request packages of the catalog, whatever its policies say.
    #[serde(default = "yes")]
    pub externally_visible: bool,

    /// The resources that its packages may grant, by name.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 1000))]
    pub resources: Set<Name>,

    /// Who looks after the catalog.
    #[serde(default, skip_serializing_if = "CatalogRoles::is_empty")]
    pub roles: CatalogRoles,

    /// Programs that are called at stages of a request, by name; policies of the catalog's packages use them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 500))]
    pub custom_extensions: BTreeMap<Name, CustomExtension>,

    /// Refuses to delete the object. Kept live: it must be set to `false` by an apply of its own before the object may go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub protect: bool,
}

fn yes() -> bool {
    true
}

/// The four delegated roles of a catalog: people and groups. Fact sheet `graph-reviews-lifecycle` §5.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CatalogRoles {
    /// Do everything in the catalog.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 100))]
    pub owners: Set<Principal>,

    /// See everything in the catalog.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 100))]
    pub readers: Set<Principal>,

    /// Make packages and policies.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 100))]
    pub package_managers: Set<Principal>,

    /// Assign and remove people.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 100))]
    pub assignment_managers: Set<Principal>,
}

impl CatalogRoles {
    /// Returns each role with its key.
    #[must_use]
    pub fn each(&self) -> [(&'static str, &Set<Principal>); 4] {
        let Self {
            owners,
            readers,
            package_managers,
            assignment_managers,
        } = self;
        [
            ("owners", owners),
            ("readers", readers),
            ("packageManagers", package_managers),
            ("assignmentManagers", assignment_managers),
        ]
    }

    /// Returns true when nobody has a role.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.each().iter().all(|(_, people)| people.is_empty())
    }
}

/// A program that is called at stages of a request: a Logic App. Fact sheets `graph-entitlement` §7, `entra-behaviour` §10.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomExtension {
    /// The name that people read.
    pub display_name: Line,

    /// What the program does.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub description: Prose,

    /// The Logic App to call.
    pub logic_app: LogicApp,

    /// How long a call may take, in milliseconds.
    #[serde(default = "one_second")]
    #[schemars(range(min = 200, max = 2000))]
    pub timeout_milliseconds: u32,

    /// How often a failed call is tried again.
    #[serde(default)]
    #[schemars(range(max = 1))]
    pub retries: u32,

    /// How long a request waits for the program to call back, from 5 minutes to 14 days; without it, it does not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_for_callback: Option<Duration>,
}

fn one_second() -> u32 {
    1000
}

/// Where a Logic App lives.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogicApp {
    /// The id of the Azure subscription.
    pub subscription: crate::model::text::Guid,
    /// The resource group.
    pub resource_group: Line,
    /// The name of the workflow.
    pub workflow: Line,
}

impl Declared for Catalog {
    const KIND: Kind = Kind::Catalog;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::set("resources"),
        Attribute::set("roles.owners"),
        Attribute::set("roles.readers"),
        Attribute::set("roles.packageManagers"),
        Attribute::set("roles.assignmentManagers"),
    ];

    fn references<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
        for (at, resource) in self.resources.iter().enumerate() {
            see(Mention::new(
                Bond::Needs,
                Kind::Resource,
                resource.as_str(),
                &[Key("resources"), Index(at)],
            ));
        }
        for (key, people) in self.roles.each() {
            for (at, person) in people.iter().enumerate() {
                super::group(person, &[Key("roles"), Key(key), Index(at)], see);
            }
        }
    }

    fn check(&self, out: &mut Vec<Problem>) {
        for (key, people) in self.roles.each() {
            for (index, person) in people.iter().enumerate() {
                if !person.is_named() {
                    let at = Route::root().key("roles").key(key).index(index);
                    out.push(
                        Problem::new(
                            code::BAD_APPROVER,
                            at,
                            format!("`{person}` names nobody by itself"),
                        )
                        .help("name a person or a group: `user:<address>`, `group:<name>`"),
                    );
                }
            }
        }
        for (name, extension) in &self.custom_extensions {
            let allowed = 5 * 60..=14 * 86_400;
            if extension
                .wait_for_callback
                .is_some_and(|wait| !allowed.contains(&wait.as_seconds()))
            {
                let at = Route::root()
                    .key("customExtensions")
                    .key(name.as_str())
                    .key("waitForCallback");
                out.push(
                    Problem::new(
                        code::OUT_OF_LIMITS,
                        at,
                        "a request waits from 5 minutes to 14 days for a call back",
                    )
                    .help("write `5m` to `14d`"),
                );
            }
        }
    }

    fn natural_key(&self) -> Option<String> {
        Some(self.display_name.to_string())
    }
}
