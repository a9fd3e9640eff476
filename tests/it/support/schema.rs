//! The schemas of the model, as tests read them: whole, without references.

use std::collections::BTreeSet;

use guestlist::model::{Kind, Lifecycle};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::Value;

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
}

/// Returns the schema of a kind.
pub(crate) fn of(kind: Kind) -> Value {
    kind.schema(&mut generator()).to_value()
}

/// Returns the first sentence of a kind's description.
pub(crate) fn description(kind: Kind) -> String {
    let schema = of(kind);
    let text = schema["description"].as_str().unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.split_once(". ") {
        Some((first, _)) => first.to_owned(),
        None => line.trim_end_matches('.').to_owned(),
    }
}

/// Returns every key that objects of any kind may have, those of their lifecycle included.
pub(crate) fn keys() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for kind in Kind::ALL {
        collect(&of(*kind), &mut found);
        if let Some(section) = kind.parent().map(|_| kind.section()) {
            found.insert(section.to_owned());
        }
    }
    collect(
        &generator().subschema_for::<Lifecycle>().to_value(),
        &mut found,
    );
    found
}

fn collect(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                found.extend(properties.keys().cloned());
            }
            map.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
