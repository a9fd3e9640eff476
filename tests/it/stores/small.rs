//! A small store: one object of each kind that refers to another.

use serde_json::{Value, json};

use crate::support::store::{Place, create};

pub(super) fn organization(name: &str) -> Value {
    json!({ "displayName": name, "domains": [format!("{}.com", name.to_lowercase())] })
}

pub(super) fn catalog(resources: &[&str]) -> Value {
    json!({ "displayName": "Marketing", "resources": resources })
}

pub(super) fn package(catalog: &str, grants: Value) -> Value {
    json!({ "catalog": catalog, "displayName": "Partner", "grants": grants })
}

pub(super) fn policy(organizations: &[&str]) -> Value {
    json!({ "requestors": { "organizations": organizations } })
}

/// A resource in a catalog, a package of it, a policy for an organization.
pub(super) fn small(place: &mut Place) {
    place.apply(vec![
        create("resource/crm", json!({ "application": "Salesforce" })),
        create("organization/fabrikam", organization("Fabrikam")),
        create("catalog/marketing", catalog(&["crm"])),
        create(
            "package/partner",
            package("marketing", json!({ "crm": "Default Access" })),
        ),
        create("policy/partner/outside", policy(&["fabrikam"])),
    ]);
}
