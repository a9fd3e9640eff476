//! The schema of a policy file: published for editors, and, made quick, the first check of every file.
//!
//! Both come from the model's types, so what an editor accepts is what the loader reads. The published form carries
//! descriptions, defaults and patterns; the quick form leaves texts to the model, which reads them anyway.

use serde_json::{Map, Value, json};

use crate::model::Kind;
use crate::model::{Lifecycle, Name};
use crate::scenario::{GONE, WITHOUT};

/// The version of the language.
pub const VERSION: u64 = 1;

/// The dialect of every schema.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The sections of a file that declare objects by name, in the order people write them.
pub(crate) const SECTIONS: &[Kind] = &[
    Kind::Organization,
    Kind::Resource,
    Kind::Catalog,
    Kind::Package,
    Kind::TermsOfUse,
    Kind::Administrators,
    Kind::Collaboration,
    Kind::Domains,
    Kind::ExternalUsers,
];

/// Returns the schema of a policy file, as it is published.
#[must_use]
pub fn policy_file() -> Value {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    for kind in Kind::ALL {
        kind.schema(&mut generator);
    }
    let name = generator.subschema_for::<Name>().to_value();
    generator.subschema_for::<Lifecycle>();
    generator.subschema_for::<crate::model::text::Language>();
    let address = generator
        .subschema_for::<crate::model::Address>()
        .to_value();
    let waiver = generator
        .subschema_for::<super::sections::WaiverText>()
        .to_value();
    let invariant = generator
        .subschema_for::<crate::model::invariant::InvariantText>()
        .to_value();
    let test = generator
        .subschema_for::<crate::scenario::Script>()
        .to_value();
    let mut definitions = generator.take_definitions(true);

    let lifecycle = definitions.remove("Lifecycle").unwrap_or_default();
    let keys_of_life = lifecycle["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let named =
        |of: Value| json!({ "type": "object", "propertyNames": name, "additionalProperties": of });
    let reference = |definition: &str| json!({ "$ref": format!("#/$defs/{definition}") });

    let mut profile = definitions["Policy"].clone();
    profile["description"] =
        "Settings that policies share. A policy's own key replaces the profile's whole key.".into();
    if let Some(object) = profile.as_object_mut() {
        object.remove("required");
    }
    remove_keys(&mut profile, &["protect"]);
    definitions.insert("Profile".to_owned(), profile);

    let edits = edits(&mut definitions, &address);
    for kind in Kind::ALL.iter().filter(|kind| !kind.is_settings()) {
        extend(&mut definitions, definition_of(*kind), keys_of_life.clone());
    }
    let mut more = Map::new();
    more.insert(
        "profile".to_owned(),
        described(
            &name,
            "A profile, whose settings count where the policy has none.",
        ),
    );
    extend(&mut definitions, definition_of(Kind::Policy), more);
    let mut more = Map::new();
    let policies = described(
        &named(reference("Policy")),
        "Who may ask for the package, each way by name.",
    );
    more.insert(Kind::Policy.section().to_owned(), policies);
    extend(&mut definitions, definition_of(Kind::Package), more);
    let mut more = Map::new();
    more.insert(
        Kind::CrossTenant.section().to_owned(),
        reference("CrossTenant"),
    );
    extend(&mut definitions, definition_of(Kind::Organization), more);

    let mut properties = Map::new();
    properties.insert(
        "version".to_owned(),
        json!({ "const": VERSION, "description": "The version of the language: 1." }),
    );
    let text = json!({ "type": "string" });
    let variables = json!({
        "type": "object", "propertyNames": name, "additionalProperties": text,
        "description": "Texts by name, put in place of `${var.name}` inside values.",
    });
    properties.insert("vars".to_owned(), variables);
    let profiles = described(
        &named(reference("Profile")),
        "Settings that policies share, by name.",
    );
    properties.insert("profiles".to_owned(), profiles);
    for kind in SECTIONS {
        let definition = reference(definition_of(*kind));
        let section = if kind.is_singleton() {
            definition
        } else {
            named(definition)
        };
        properties.insert(
            kind.section().to_owned(),
            described(&section, section_text(*kind)),
        );
    }
    properties.insert(
        "forget".to_owned(),
        json!({
            "type": "array", "items": address, "uniqueItems": true, "maxItems": 10_000,
            "description": "Addresses of objects to let go without deleting them.",
        }),
    );
    properties.insert(
        "waivers".to_owned(),
        json!({
            "type": "array", "items": waiver, "maxItems": 10_000,
            "description": "Lint rules and guards that are silenced for an address, each until an end.",
        }),
    );
    let invariants = described(
        &named(invariant),
        "What must never, or always, hold of who may come to have what, by name.",
    );
    properties.insert(super::sections::INVARIANTS.to_owned(), invariants);

    let tests = "Lives that `guestlist test` plays through in the engine, each by name with what is expected of it.";
    properties.insert(
        super::scenarios::SECTION.to_owned(),
        described(&named(test), tests),
    );

    let mut schema = json!({
        "$schema": DIALECT,
        "title": "guestlist policy file",
        "description": "One file of a tree: who from outside gets in, to what, for how long and who says yes.",
        "type": "object",
        "properties": properties,
        "required": ["version"],
        "additionalProperties": false,
        "$defs": definitions,
    });
    by_name(&mut schema, &name);
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        for (test, key) in [("Given", "before"), ("TestStep", "apply")] {
            let description = definitions[test]["properties"][key]["description"].clone();
            let of = json!({ "$ref": "#/$defs/Edits", "description": description });
            definitions[test]["properties"][key] = of;
        }
        definitions.remove("Edit");
        definitions.insert("Edits".to_owned(), edits.clone());
    }
    publish(&mut schema);
    take_variables(&mut schema);
    describe_choices(&mut schema);
    schema
}

/// Defines how objects of each kind are declared otherwise in a test: any keys of theirs. Returns the schema of objects by
/// address.
fn edits(definitions: &mut Map<String, Value>, address: &Value) -> Value {
    let mut kinds = Map::new();
    for kind in Kind::ALL {
        let mut edited = definitions[definition_of(*kind)].clone();
        edited["description"] = "Keys in place of the tree's own.".into();
        let keys: Vec<String> = edited["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect();
        edited["properties"][WITHOUT] = json!({
            "type": "array", "items": { "type": "string", "enum": keys }, "minItems": 1,
            "description": "Keys of the tree's own that it shall not have.",
        });
        if let Some(edited) = edited.as_object_mut() {
            edited.remove("required");
        }
        let name = format!("{}Edit", definition_of(*kind));
        let either = json!([
            { "type": "string", "enum": [GONE], "description": "It is not declared." },
            { "$ref": format!("#/$defs/{name}") },
        ]);
        definitions.insert(name, edited);
        let end = if kind.is_singleton() { "$" } else { "/" };
        kinds.insert(format!("^{kind}{end}"), json!({ "anyOf": either }));
    }
    json!({ "type": "object", "propertyNames": address, "patternProperties": kinds })
}

/// Gives the one key of a choice the words of the choice: an editor shows those of keys.
fn describe_choices(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(describe_choices),
        Value::Object(keys) => {
            for branch in keys
                .get_mut("oneOf")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                let words = branch["description"].clone();
                let properties = branch.get_mut("properties").and_then(Value::as_object_mut);
                if let Some(properties) =
                    properties.filter(|keys| keys.len() == 1 && words.is_string())
                {
                    for key in properties.values_mut() {
                        key["description"] = words.clone();
                    }
                }
            }
            keys.values_mut().for_each(describe_choices);
        }
        _ => {}
    }
}

/// Lets a text that holds a variable pass every pattern: what it becomes is not known to an editor.
fn take_variables(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(take_variables),
        Value::Object(keys) => {
            if let Some(Value::String(pattern)) = keys.get_mut("pattern") {
                pattern.push_str(r"|\$\{var\.");
            }
            keys.values_mut().for_each(take_variables);
        }
        _ => {}
    }
}

/// Returns the keys that objects of a kind may have in a file, lifecycle keys included.
pub(crate) fn keys_of(kind: Kind) -> Vec<String> {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    kind.schema(&mut generator);
    let definitions = generator.take_definitions(true);
    let keys = definitions
        .get(definition_of(kind))
        .and_then(|schema| schema["properties"].as_object());
    keys.into_iter()
        .flatten()
        .map(|(key, _)| key.clone())
        .collect()
}

const fn definition_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Resource => "Resource",
        Kind::Organization => "Organization",
        Kind::CrossTenant => "CrossTenant",
        Kind::Catalog => "Catalog",
        Kind::Package => "Package",
        Kind::Policy => "Policy",
        Kind::TermsOfUse => "TermsOfUse",
        Kind::Administrators => "Administrators",
        Kind::Collaboration => "Collaboration",
        Kind::Domains => "Domains",
        Kind::ExternalUsers => "ExternalUsers",
    }
}

const fn section_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Resource => "What access is given to, by name.",
        Kind::Organization => "Partner organizations, by name.",
        Kind::CrossTenant => "Cross-tenant access of the organization.",
        Kind::Catalog => "Sets of resources, by name.",
        Kind::Package => "What people are given together, by name.",
        Kind::Policy => "Who may ask for the package, each way by name.",
        Kind::TermsOfUse => "What people from outside must accept, by name.",
        Kind::Administrators => "Who looks after the whole tenant, and who invites guests.",
        Kind::Collaboration => "What guests see, and who invites them.",
        Kind::Domains => "The domains that may, or may not, be invited.",
        Kind::ExternalUsers => "What happens to a guest after the last assignment.",
    }
}

fn described(schema: &Value, text: &str) -> Value {
    let mut schema = schema.clone();
    schema["description"] = text.into();
    schema
}

fn extend(definitions: &mut Map<String, Value>, definition: &str, keys: Map<String, Value>) {
    if let Some(properties) = definitions
        .get_mut(definition)
        .and_then(|schema| schema["properties"].as_object_mut())
    {
        properties.extend(keys);
    }
}

fn remove_keys(schema: &mut Value, keys: &[&str]) {
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.retain(|key, _| !keys.contains(&key.as_str()));
    }
}

/// Says of mappings by name what is wrong with a name, and not only that it does not fit.
pub(super) fn by_name(schema: &mut Value, name: &Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| by_name(item, name)),
        Value::Object(keys) => {
            if let Some(Value::Object(patterns)) = keys.remove("patternProperties")
                && let Some((pattern, of)) = patterns.into_iter().next()
            {
                let names = if pattern.starts_with("^[a-z0-9][a-z0-9-]") {
                    name.clone()
                } else if pattern.contains('@') {
                    json!({ "$ref": "#/$defs/Email" })
                } else {
                    json!({ "$ref": "#/$defs/Language" })
                };
                keys.insert("propertyNames".to_owned(), names);
                keys.insert("additionalProperties".to_owned(), of);
            }
            keys.values_mut().for_each(|value| by_name(value, name));
        }
        _ => {}
    }
}

/// Makes a generated schema fit to be published: an optional key is left out, never `null`; prose is for those who write
/// the file, in one line a paragraph, without the sources that the code names.
pub fn publish(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(publish),
        Value::Object(keys) => {
            if let Some(Value::String(prose)) = keys.get_mut("description") {
                let paragraphs = prose
                    .split("\n\n")
                    .map(|paragraph| paragraph.replace('\n', " "));
                let told = paragraphs.collect::<Vec<_>>().join("\n\n");
                let end = told.find(" Fact sheet").unwrap_or(told.len());
                *prose = told[..end].to_owned();
            }
            if keys.get("default") == Some(&Value::Null) {
                keys.remove("default");
            }
            if let Some(Value::Array(types)) = keys.get_mut("type") {
                types.retain(|ty| ty != "null");
                if let [one] = &types[..] {
                    let one = one.clone();
                    keys.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(branches)) = keys.get_mut("anyOf") {
                branches.retain(|branch| branch["type"] != "null");
                if let [one] = &branches[..] {
                    let one = one.clone();
                    keys.remove("anyOf");
                    if let Value::Object(inner) = one {
                        for (key, value) in inner {
                            keys.entry(key).or_insert(value);
                        }
                    }
                }
            }
            keys.values_mut().for_each(publish);
        }
        _ => {}
    }
}

/// Makes a published schema quick to check and easy to explain: no prose, texts by `format` alone (which says more than
/// a pattern), choices as `enum`, and unions that stop at the first branch that fits.
pub(crate) fn quick(schema: &mut Value, formats: bool) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| quick(item, formats)),
        Value::Object(keys) => {
            if keys.get("format").is_some_and(Value::is_string) {
                for key in ["pattern", "minLength", "maxLength"] {
                    keys.remove(key);
                }
                if !formats {
                    keys.remove("format");
                }
            }
            for key in ["description", "title", "default", "$schema"] {
                if keys
                    .get(key)
                    .is_some_and(|value| key == "default" || value.is_string())
                {
                    keys.remove(key);
                }
            }
            if let Some(Value::Array(branches)) = keys.remove("oneOf") {
                union(keys, branches);
            }
            keys.values_mut().for_each(|value| quick(value, formats));
        }
        _ => {}
    }
}

/// Turns the branches of an enum into one list of words and the branches that are mappings.
fn union(keys: &mut Map<String, Value>, branches: Vec<Value>) {
    let mut words = Vec::new();
    let mut rest = Vec::new();
    for branch in branches {
        match (branch.get("const"), branch.get("enum")) {
            (Some(word), _) => words.push(word.clone()),
            (None, Some(Value::Array(more))) => words.extend(more.iter().cloned()),
            _ => rest.push(branch),
        }
    }
    let words = json!({ "type": "string", "enum": words });
    if rest.is_empty() {
        keys.extend(words.as_object().cloned().unwrap_or_default());
    } else {
        rest.insert(0, words);
        keys.insert("anyOf".to_owned(), Value::Array(rest));
    }
}
