//! Who looks after the whole tenant: roles that no catalog gives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diag::code;
use crate::model::Part::{Index, Key};
use crate::model::text::Principal;
use crate::model::{Attribute, Declared, Kind, Mention, Problem, Set};
use crate::source::Route;

/// Roles of the whole tenant: people and groups, beside those whom the directory itself names. Only the keys that are
/// written are managed. Who may do everything, a Global Administrator, is named in the directory alone. Fact sheet
/// `graph-reviews-lifecycle` §5.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Administrators {
    /// Identity Governance Administrators: do everything in entitlement management.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub governance: Option<Set<Principal>>,

    /// Connected Organization Administrators: look after organizations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub organizations: Option<Set<Principal>>,

    /// Make catalogs, and own those that they have made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub catalog_creators: Option<Set<Principal>>,

    /// User Administrators: manage people from outside and their accounts; without a right in entitlement management.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub users: Option<Set<Principal>>,

    /// Guest Inviters: invite guests, also where `collaboration` leaves that to few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub inviters: Option<Set<Principal>>,

    /// Global Readers: see everything and change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub readers: Option<Set<Principal>>,
}

impl Administrators {
    /// Returns each role with its key.
    #[must_use]
    pub fn each(&self) -> [(&'static str, &Option<Set<Principal>>); 6] {
        let Self {
            governance,
            organizations,
            catalog_creators,
            users,
            inviters,
            readers,
        } = self;
        [
            ("governance", governance),
            ("organizations", organizations),
            ("catalogCreators", catalog_creators),
            ("users", users),
            ("inviters", inviters),
            ("readers", readers),
        ]
    }
}

impl Declared for Administrators {
    const KIND: Kind = Kind::Administrators;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::set("governance"),
        Attribute::set("organizations"),
        Attribute::set("catalogCreators"),
        Attribute::set("users"),
        Attribute::set("inviters"),
        Attribute::set("readers"),
    ];

    fn references<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
        for (key, people) in self.each() {
            for (at, person) in people.iter().flatten().enumerate() {
                super::group(person, &[Key(key), Index(at)], see);
            }
        }
    }

    fn check(&self, out: &mut Vec<Problem>) {
        for (key, people) in self.each() {
            for (index, person) in people.iter().flatten().enumerate() {
                if !person.is_named() {
                    let at = Route::root().key(key).index(index);
                    let message = format!("`{person}` names nobody by itself");
                    out.push(
                        Problem::new(code::BAD_APPROVER, at, message)
                            .help("name a person or a group: `user:<address>`, `group:<name>`"),
                    );
                }
            }
        }
    }

    fn natural_key(&self) -> Option<String> {
        Some(String::new())
    }
}
