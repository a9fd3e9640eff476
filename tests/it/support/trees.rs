//! Whole trees as data, valid by construction: every reference is resolved, every rule of the language is kept.
//!
//! A tree is made from bytes, one choice each; when they run out every choice is the first, so that a failure shrinks to a
//! small tree, and a few other bytes make a tree that differs in a few places. What a tree declares is told here without
//! the loader: its profiles are laid under its policies and its variables put in place by other code.

mod choices;
mod sections;

use std::collections::{BTreeMap, BTreeSet};

use guestlist::model::{Address, Body, Kind, Lifecycle};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::access::Known;
use sections::{catalogs, organizations, packages, profiles, resources, settings, terms};

pub(crate) use choices::{Choices, LINES, bytes, line, pairs, person, prose};

/// What a tree may hold beside objects.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// Some objects carry other names than usual, with `formerly`.
    pub(crate) renames: bool,
    /// Some keys are left as they are live.
    pub(crate) unmanaged: bool,
    /// Some objects are protected.
    pub(crate) protection: bool,
}

/// A tree: its sections as one mapping, as if it were one file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree(pub(crate) Map<String, Value>);

/// Variables of every tree that has any: their values are put in place as they are.
const VARIABLES: &[(&str, &str)] = &[
    ("team", "no: comment #"),
    ("site", "Überall"),
    ("unused", ""),
];

impl Tree {
    /// Makes a tree.
    pub(crate) fn of(bytes: Vec<u8>, wanted: Wanted) -> Self {
        let choose = &mut Choices::new(bytes);
        let mut tree = Map::new();
        let mut known = Known::default();
        if choose.once_in(2) {
            let variables = VARIABLES.iter().map(|(k, v)| ((*k).to_owned(), json!(v)));
            tree.insert("vars".to_owned(), Value::Object(variables.collect()));
            known.variables = true;
        }
        let resources = resources(choose, &mut known, wanted);
        let organizations = organizations(choose, &mut known, wanted);
        let profiles = profiles(choose, &mut known);
        let catalogs = catalogs(choose, &mut known, wanted);
        let packages = packages(choose, &known, wanted);
        let terms = terms(choose, &known, wanted);
        for (section, objects) in [
            ("resources", resources),
            ("organizations", organizations),
            ("profiles", profiles),
            ("catalogs", catalogs),
            ("packages", packages),
            ("termsOfUse", terms),
        ] {
            if !objects.is_empty() || choose.once_in(4) {
                tree.insert(section.to_owned(), Value::Object(objects));
            }
        }
        settings(choose, &known, &mut tree);
        let mut tree = Self(tree);
        if !known.variables {
            tree.each_text(&mut |text| *text = text.replace('$', "S"));
        }
        if tree.expected().is_empty() {
            let object = json!({ "displayName": "Alone", "domains": ["alone.example"] });
            tree.0
                .insert("organizations".to_owned(), json!({ "alone": object }));
        }
        tree
    }

    fn each_text(&mut self, see: &mut dyn FnMut(&mut String)) {
        self.0.values_mut().for_each(|value| each_text(value, see));
    }

    /// Returns the objects of the tree, each with its address and keys, those of its life included.
    pub(crate) fn objects(&self) -> Vec<(String, Map<String, Value>)> {
        let empty = Map::new();
        let section = |name: &str| {
            self.0
                .get(name)
                .and_then(Value::as_object)
                .unwrap_or(&empty)
        };
        let mut found = Vec::new();
        let keys = |value: &Value| value.as_object().cloned().unwrap_or_default();
        for kind in Kind::ALL {
            let name = kind.section();
            if kind.is_singleton() {
                if let Some(value) = self.0.get(name) {
                    found.push((kind.as_str().to_owned(), keys(value)));
                }
            } else if kind.parent().is_none() && *kind != Kind::CrossTenant {
                for (object, value) in section(name) {
                    let mut keys = keys(value);
                    keys.remove("crossTenant");
                    keys.remove("policies");
                    found.push((format!("{kind}/{object}"), keys));
                }
            }
        }
        for (name, value) in section("organizations") {
            if let Some(settings) = value.get("crossTenant") {
                found.push((format!("cross-tenant/{name}"), keys(settings)));
            }
        }
        for (package, value) in section("packages") {
            for (name, policy) in value
                .get("policies")
                .and_then(Value::as_object)
                .unwrap_or(&empty)
            {
                let mut policy = keys(policy);
                if let Some(profile) = policy.remove("profile") {
                    let base = section("profiles").get(profile.as_str().unwrap_or_default());
                    for (key, value) in base.and_then(Value::as_object).unwrap_or(&empty) {
                        policy.entry(key.clone()).or_insert_with(|| value.clone());
                    }
                }
                found.push((format!("policy/{package}/{name}"), policy));
            }
        }
        found
    }

    /// Returns what the tree declares, as documents.
    pub(crate) fn expected(&self) -> BTreeMap<Address, Body> {
        let zone = TimeZone::get("Europe/Amsterdam").expect("the zone is known");
        self.objects()
            .into_iter()
            .map(|(address, mut keys)| {
                let address: Address = address.parse().expect("an address");
                if !address.kind().is_settings() {
                    keys.retain(|key, _| !Lifecycle::KEYS.contains(&key.as_str()));
                }
                let mut value = Value::Object(keys);
                each_text(&mut value, &mut |text| {
                    for (name, filled) in VARIABLES {
                        *text = text.replace(&format!("${{var.{name}}}"), filled);
                    }
                });
                let mut object = address
                    .kind()
                    .decode(&value)
                    .unwrap_or_else(|error| panic!("{address}: {error}: {value}"));
                object.settle(&zone);
                (address, Body::of(&object))
            })
            .collect()
    }

    /// Returns the keys that an object leaves as they are live.
    pub(crate) fn unmanaged(&self) -> BTreeMap<Address, BTreeSet<String>> {
        let objects = self.objects().into_iter();
        let listed = objects.filter_map(|(address, keys)| {
            let listed = keys.get("unmanaged")?.as_array()?;
            let listed = listed.iter().filter_map(Value::as_str).map(str::to_owned);
            Some((address.parse().expect("an address"), listed.collect()))
        });
        listed.collect()
    }
}

fn each_text(value: &mut Value, see: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, see)),
        Value::Object(keys) => keys.values_mut().for_each(|value| each_text(value, see)),
        _ => {}
    }
}
