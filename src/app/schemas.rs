//! Every schema that is published.

use serde_json::Value;

use super::settings;
use crate::load::schema;
use crate::render::json;

/// Returns every schema as the name and the text of its file, in order of names.
#[must_use]
pub fn schemas() -> Vec<(String, String)> {
    let mut schemas: Vec<(String, Value)> = vec![
        ("policy.schema.json".to_owned(), schema::policy_file()),
        ("guestlist.schema.json".to_owned(), settings::schema()),
    ];
    schemas.push(("plan-file.schema.json".to_owned(), plan_file()));
    let outputs = json::v1::schemas().into_iter();
    schemas.extend(outputs.map(|(name, schema)| (name.to_owned(), schema.to_value())));
    schemas.sort_by(|(a, _), (b, _)| a.cmp(b));
    let text = |schema: &Value| {
        serde_json::to_string_pretty(schema).expect("INVARIANT: a schema is JSON") + "\n"
    };
    schemas
        .into_iter()
        .map(|(name, schema)| (name, text(&schema)))
        .collect()
}

/// Returns the schema of a saved plan.
fn plan_file() -> Value {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<crate::guard::Commitment>()
        .to_value();
    schema::publish(&mut schema);
    schema
}
