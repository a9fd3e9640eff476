//! Whole trees as data, valid by construction: every reference is resolved, every rule of the language is kept.
//!
//! A tree is made from bytes, one choice each; when they run out every choice is the first, so that a failure shrinks to a
//! small tree, and a few other bytes make a tree that differs in a few places. What a tree declares is told here without
//! the loader: its profiles are laid under its policies and its variables put in place by other code.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::model::{Address, Body, Kind, Lifecycle};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::access::{self, Known};

/// Choices, made by bytes.
#[derive(Debug, Clone)]
pub(crate) struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into_iter())
    }

    /// A number from 0 up to, and without, `most`.
    pub(crate) fn of(&mut self, most: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(byte) % most)
    }

    /// True once in so many times, never when the bytes have run out.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.of(times) == times - 1
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.of(from.len())]
    }

    /// Some of a list, in its order.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().filter(|_| self.once_in(2)).cloned().collect()
    }

    /// At least one of a list, at most so many.
    pub(crate) fn few<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let mut found = self.some(from);
        found.truncate(most);
        if found.is_empty() {
            found.push(from[self.of(from.len())].clone());
        }
        found
    }

    /// Adds a key now and then.
    pub(crate) fn perhaps(
        &mut self,
        object: &mut Map<String, Value>,
        key: &str,
        value: impl FnOnce(&mut Self) -> Value,
    ) {
        if self.once_in(3) {
            let value = value(self);
            object.insert(key.to_owned(), value);
        }
    }
}

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

/// Texts that a reader of YAML may take for something else.
pub(crate) const LINES: &[&str] = &[
    "Fabrikam",
    "no",
    "12:30",
    "2027-01-01",
    "true",
    "null",
    "~",
    "5",
    "012",
    "1e3",
    "0x1f",
    ".inf",
    "# not a comment",
    "a # b",
    "a: b",
    "ends with:",
    "- dash",
    "? question",
    "it's",
    "say \"hello\"",
    "back\\slash",
    "{braces}",
    "[brackets], commas",
    "*star",
    "&and",
    "!bang",
    "%percent",
    "@at",
    "`tick`",
    "| pipe",
    "> fold",
    "--- dashes",
    "Überseeß · naïve",
    "日本の組織",
    "a $ sign { and } more",
    "two  spaces",
];

const PROSE: &[&str] = &[
    "Design agency",
    "first\nsecond",
    "ends with a line\n",
    "\n  indented\n\nand more\n\n",
    "tabs\tinside",
    " white at both ends ",
    "a very long text that goes on and on, well beyond the eighty columns that people like to see, to no end at all",
    "# no comment\n- no list\nkey: no mapping",
    "${var.team} and ${var.site}",
];

/// Variables of every tree that has any: their values are put in place as they are.
const VARIABLES: &[(&str, &str)] = &[
    ("team", "no: comment #"),
    ("site", "Überall"),
    ("unused", ""),
];

pub(crate) fn line(choose: &mut Choices) -> Value {
    json!(choose.one(LINES))
}

pub(crate) fn prose(choose: &mut Choices) -> Value {
    json!(choose.one(PROSE))
}

pub(crate) fn person(choose: &mut Choices) -> String {
    let people = ["ana", "omar", "jane.o", "li-x"];
    format!("user:{}@contoso.com", choose.one(&people))
}

/// Names, with another for those that are renamed.
fn names(choose: &mut Choices, from: &[&str], wanted: Wanted) -> Vec<(String, Option<String>)> {
    let some = choose.some(from);
    some.into_iter()
        .map(|name| {
            if wanted.renames && choose.once_in(5) {
                (format!("new-{name}"), Some(name.to_owned()))
            } else {
                (name.to_owned(), None)
            }
        })
        .collect()
}

/// Adds keys of an object's life.
fn life(
    choose: &mut Choices,
    object: &mut Map<String, Value>,
    formerly: &Option<String>,
    wanted: Wanted,
) {
    if wanted.renames || choose.once_in(3) {
        object.insert("replace".to_owned(), json!("allowed"));
    }
    if let Some(formerly) = formerly {
        let names = if choose.once_in(3) {
            json!([formerly, format!("old-{formerly}")])
        } else {
            json!(formerly)
        };
        object.insert("formerly".to_owned(), names);
    }
    if wanted.unmanaged && choose.once_in(3) {
        let mut keys = vec!["description"];
        if choose.once_in(3) {
            keys.push("displayName");
        }
        // What is required is declared, and still left alone.
        object.insert("unmanaged".to_owned(), json!(keys));
    }
    if wanted.protection && choose.once_in(4) {
        object.insert("protect".to_owned(), json!(true));
    }
}

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
        for (section, objects) in [
            ("resources", resources),
            ("organizations", organizations),
            ("profiles", profiles),
            ("catalogs", catalogs),
            ("packages", packages),
        ] {
            if !objects.is_empty() || choose.once_in(4) {
                tree.insert(section.to_owned(), Value::Object(objects));
            }
        }
        settings(choose, &mut tree);
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

fn guid(number: usize) -> Value {
    json!(format!("3d0f5dec-0000-4000-8000-{number:012}"))
}

fn resources(choose: &mut Choices, known: &mut Known, wanted: Wanted) -> Map<String, Value> {
    let mut all = Map::new();
    for (at, (name, formerly)) in names(
        choose,
        &["crm", "site", "team-1", "0day", "door", "app"],
        wanted,
    )
    .into_iter()
    .enumerate()
    {
        let mut object = Map::new();
        // Two names for one thing would be refused.
        let label = format!("{} {at}", choose.one(LINES));
        let mut roles: Vec<String> = match choose.of(5) {
            0 => {
                object.insert("group".to_owned(), json!(label));
                if choose.once_in(3) {
                    object.insert("managed".to_owned(), json!(true));
                    choose.perhaps(&mut object, "membershipRule", |_| {
                        json!("(user.userType -eq \"Guest\")")
                    });
                }
                vec!["Member".into(), "Owner".into()]
            }
            1 => {
                object.insert("team".to_owned(), json!(label));
                vec!["Member".into(), "Owner".into()]
            }
            2 => {
                object.insert(
                    "site".to_owned(),
                    json!(format!("https://contoso.sharepoint.com/sites/s{at}")),
                );
                choose.perhaps(&mut object, "environment", |_| {
                    json!("https://contoso.sharepoint.com")
                });
                vec!["Owners".into(), "Members".into(), "Visitors".into()]
            }
            3 => {
                object.insert("application".to_owned(), json!(label));
                vec!["Default Access".into()]
            }
            _ => {
                object.insert("directoryRole".to_owned(), json!(label));
                vec!["Eligible".into(), "Active".into()]
            }
        };
        if (object.contains_key("site") || object.contains_key("application")) && choose.once_in(2)
        {
            roles = choose
                .few(LINES, 4)
                .iter()
                .map(|role| (*role).to_owned())
                .collect();
            object.insert("roles".to_owned(), json!(roles));
        }
        if !object.contains_key("site") {
            choose.perhaps(&mut object, "id", |_| guid(at));
        }
        choose.perhaps(&mut object, "displayName", line);
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "guests", |_| json!(false));
        choose.perhaps(&mut object, "attributes", |choose| {
            json!([{ "name": "extensionAttribute1", "question": choose.one(LINES), "editable": true, "kept": true }])
        });
        life(choose, &mut object, &formerly, wanted);
        let grantable = !object.contains_key("membershipRule");
        if object.contains_key("group") || object.contains_key("team") {
            known.groups.push(format!("group:{name}"));
        }
        if grantable {
            known.resources.push((name.clone(), roles));
        }
        all.insert(name, Value::Object(object));
    }
    all
}

fn organizations(choose: &mut Choices, known: &mut Known, wanted: Wanted) -> Map<String, Value> {
    let mut all = Map::new();
    let usual = ["fabrikam", "litware", "adatum", "northwind", "a", "42"];
    for (name, formerly) in names(choose, &usual, wanted) {
        let at = usual
            .iter()
            .position(|usual| name.ends_with(usual))
            .unwrap_or_default();
        let mut object = Map::new();
        object.insert("displayName".to_owned(), line(choose));
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "state", |_| json!("proposed"));
        let domain = json!({ "domain": format!("d{at}.example.org"), "subdomains": true });
        let domains = match choose.of(3) {
            0 => json!([format!("o{at}.example.com")]),
            1 => json!([
                domain,
                format!("o{at}.example.com"),
                format!("z{at}.example.net")
            ]),
            _ => json!([format!("z{at}.example.net"), format!("o{at}.example.com")]),
        };
        match choose.of(4) {
            0 => {
                object.insert("domains".to_owned(), domains);
            }
            1 => {
                object.insert("tenant".to_owned(), guid(at));
                choose.perhaps(&mut object, "cloud", |choose| {
                    json!(choose.one(&["global", "usGovernment", "china"]))
                });
                choose.perhaps(&mut object, "domains", |_| domains);
                if choose.once_in(2) {
                    object.insert("crossTenant".to_owned(), access::cross_tenant(choose));
                }
            }
            2 => {
                object.insert("domains".to_owned(), domains);
                object.insert(
                    "federation".to_owned(),
                    json!({ "issuer": format!("https://idp{at}.example.com/saml") }),
                );
            }
            _ => {
                object.insert("social".to_owned(), json!("facebook"));
            }
        }
        if choose.once_in(2) {
            let mut sponsors = Map::new();
            for key in ["internal", "external"] {
                choose.perhaps(&mut sponsors, key, |choose| {
                    json!(access::named(choose, known, 4))
                });
            }
            object.insert("sponsors".to_owned(), Value::Object(sponsors));
        }
        life(choose, &mut object, &formerly, wanted);
        known.organizations.push(name.clone());
        all.insert(name, Value::Object(object));
    }
    all
}

fn profiles(choose: &mut Choices, known: &mut Known) -> Map<String, Value> {
    let mut all = Map::new();
    for name in choose.some(&["standard", "strict"]) {
        let mut profile = Map::new();
        choose.perhaps(&mut profile, "description", prose);
        choose.perhaps(&mut profile, "justification", |_| json!("required"));
        choose.perhaps(&mut profile, "notifications", |_| json!(false));
        choose.perhaps(
            &mut profile,
            "requests",
            |_| json!({ "enabled": false, "customSchedule": true }),
        );
        choose.perhaps(&mut profile, "expires", |_| json!({ "after": "30d" }));
        known.profiles.push(name.to_owned());
        all.insert(name.to_owned(), Value::Object(profile));
    }
    all
}

fn catalogs(choose: &mut Choices, known: &mut Known, wanted: Wanted) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, formerly) in names(choose, &["marketing", "finance", "it"], wanted) {
        let mut object = Map::new();
        object.insert("displayName".to_owned(), line(choose));
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "published", |_| json!(false));
        choose.perhaps(&mut object, "externallyVisible", |_| json!(false));
        let resources = choose.some(&known.resources);
        let listed: Vec<&String> = resources.iter().map(|(name, _)| name).collect();
        if !listed.is_empty() || choose.once_in(3) {
            object.insert("resources".to_owned(), json!(listed));
        }
        if choose.once_in(3) {
            let mut roles = Map::new();
            for key in ["owners", "readers", "packageManagers", "assignmentManagers"] {
                choose.perhaps(&mut roles, key, |choose| {
                    json!(access::named(choose, known, 3))
                });
            }
            object.insert("roles".to_owned(), Value::Object(roles));
        }
        let extensions = choose.some(&["notify", "check-2"]);
        if !extensions.is_empty() {
            let made = extensions
                .iter()
                .map(|name| ((*name).to_owned(), access::extension(choose)));
            object.insert("customExtensions".to_owned(), Value::Object(made.collect()));
        }
        life(choose, &mut object, &formerly, wanted);
        known.catalogs.push((name.clone(), resources, extensions));
        all.insert(name, Value::Object(object));
    }
    all
}

fn packages(choose: &mut Choices, known: &Known, wanted: Wanted) -> Map<String, Value> {
    let mut all = Map::new();
    if known.catalogs.is_empty() {
        return all;
    }
    let declared = names(choose, &["partner", "auditor", "p", "lab-9"], wanted);
    for (name, formerly) in &declared {
        let (catalog, resources, extensions) = &known.catalogs[choose.of(known.catalogs.len())];
        let mut object = Map::new();
        object.insert("catalog".to_owned(), json!(catalog));
        object.insert("displayName".to_owned(), line(choose));
        choose.perhaps(&mut object, "description", prose);
        choose.perhaps(&mut object, "hidden", |_| json!(true));
        let mut grants = Map::new();
        for (resource, roles) in choose.some(resources) {
            let roles = choose.few(&roles, 3);
            let value = if roles.len() == 1 && !choose.once_in(3) {
                json!(roles[0])
            } else {
                json!(roles)
            };
            grants.insert(resource, value);
        }
        if !grants.is_empty() {
            object.insert("grants".to_owned(), Value::Object(grants));
        }
        let others = declared.iter().filter(|(other, _)| other != name);
        let others: Vec<String> = others
            .map(|(other, _)| format!("package/{other}"))
            .chain(known.groups.iter().cloned())
            .collect();
        let others = choose.some(&others);
        if !others.is_empty() {
            object.insert("incompatibleWith".to_owned(), json!(others));
        }
        let mut policies = Map::new();
        let mut automatic = false;
        for (policy, formerly) in names(choose, &["partners", "staff", "x"], wanted) {
            let mut keys = access::policy(choose, known, extensions, &mut automatic);
            life(choose, &mut keys, &formerly, wanted);
            policies.insert(policy, Value::Object(keys));
        }
        if !policies.is_empty() || choose.once_in(4) {
            object.insert("policies".to_owned(), Value::Object(policies));
        }
        life(choose, &mut object, formerly, wanted);
        all.insert(name.clone(), Value::Object(object));
    }
    all
}

fn settings(choose: &mut Choices, tree: &mut Map<String, Value>) {
    if choose.once_in(2) {
        let mut keys = Map::new();
        choose.perhaps(&mut keys, "guestAccess", |choose| {
            json!(choose.one(&["members", "limited", "restricted"]))
        });
        choose.perhaps(&mut keys, "invitations", |choose| {
            json!(choose.one(&["everyone", "members", "inviters", "nobody"]))
        });
        for key in [
            "selfServiceSignUp",
            "emailVerifiedJoin",
            "oneTimePasscode",
            "guestsMayLeave",
        ] {
            choose.perhaps(&mut keys, key, |choose| json!(choose.once_in(2)));
        }
        tree.insert("collaboration".to_owned(), Value::Object(keys));
    }
    let below = json!({ "domain": "rival.example", "subdomains": true });
    match choose.of(4) {
        1 => tree.insert(
            "domains".to_owned(),
            json!({ "block": [below, "spam.example"] }),
        ),
        2 => tree.insert(
            "domains".to_owned(),
            json!({ "allow": ["good.example", below] }),
        ),
        3 => tree.insert("domains".to_owned(), json!({ "block": [] })),
        _ => None,
    };
    if choose.once_in(2) {
        let mut keys = Map::new();
        match choose.of(3) {
            0 => keys.insert("afterLastAssignment".to_owned(), json!("nothing")),
            1 => keys.insert("deleteAfter".to_owned(), json!("P20D")),
            _ => {
                keys.insert("afterLastAssignment".to_owned(), json!("blockAndDelete"));
                keys.insert("deleteAfter".to_owned(), json!("immediately"))
            }
        };
        tree.insert("externalUsers".to_owned(), Value::Object(keys));
    }
}

/// Bytes for a tree.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        prop::collection::vec(any::<u8>(), 60..700),
    ]
}

/// Bytes for two trees: alike, or not at all.
pub(crate) fn pairs() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    let alike = (bytes(), edits).prop_map(|(first, edits)| {
        let mut second = first.clone();
        for (at, byte) in edits {
            if !second.is_empty() {
                let at = at.index(second.len());
                second[at] = byte;
            }
        }
        (first, second)
    });
    prop_oneof![3 => alike, 1 => (bytes(), bytes())]
}
