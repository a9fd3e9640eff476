//! SARIF 2.1.0, as code scanning reads it.
//!
//! A log with more than 25,000 results is refused as a whole, and of the others 5,000 are shown: more are left out here, the
//! notes first, then the warnings, and the log says so. A message is plain text, in which readers make links of
//! `[words](place)`: foreign text gets none.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::{Finding, Findings, RuleText, Spot, by_rule, chosen};
use crate::render::json;

/// How many results code scanning shows.
const RESULTS: usize = 5_000;
/// How many further places of a result it shows.
const PLACES: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    automation_details: Automation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invocations: Vec<Invocation>,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Automation {
    id: String,
}

/// How the run went.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: [Notification; 1],
}

/// What there is to say of the log itself.
#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text<'static>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text<'a>,
    full_description: Text<'a>,
    help: Text<'a>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text<'a>,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

/// Writes the log of a run, which takes the place of the last one of its category.
///
/// # Errors
///
/// Those of what it writes to.
pub fn sarif(out: &mut dyn io::Write, findings: &Findings, category: &str) -> io::Result<()> {
    let texts = findings.rules.iter();
    let mut known: BTreeMap<&str, Rule<'_>> = texts
        .map(|text| (text.name.as_str(), described(text)))
        .collect();
    let all: Vec<&Finding> = findings.all.iter().collect();
    let (all, left) = chosen(&all, RESULTS);
    for one in &all {
        known.entry(&one.rule).or_insert_with(|| rule(one));
    }
    let rules: Vec<&str> = known.keys().copied().collect();
    let results = all.iter().map(|one| Outcome {
        rule_id: &one.rule,
        rule_index: rules.binary_search(&one.rule.as_str()).unwrap_or_default(),
        level: one.level.as_str(),
        message: text(one.full()),
        locations: [location(&one.spot, None)],
        related_locations: one
            .related
            .iter()
            .take(PLACES)
            .enumerate()
            .map(|(at, (spot, note))| Location {
                id: Some(at + 1),
                ..location(spot, Some(note))
            })
            .collect(),
        partial_fingerprints: [("primaryLocationLineHash", one.fingerprint.as_str())].into(),
    });
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "guestlist",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: known.into_values().collect(),
                },
            },
            automation_details: Automation {
                id: category.to_owned(),
            },
            invocations: left_out(&left).into_iter().collect(),
            column_kind: "utf16CodeUnits",
            results: results.collect(),
        }],
    };
    json::write(out, &log)
}

fn left_out(left: &[&Finding]) -> Option<Invocation> {
    (!left.is_empty()).then(|| Invocation {
        execution_successful: true,
        tool_execution_notifications: [Notification {
            level: "warning",
            message: text(format!(
                "{} results are left out ({}): code scanning shows {RESULTS}",
                left.len(),
                by_rule(left)
            )),
        }],
    })
}

fn rule(one: &Finding) -> Rule<'_> {
    Rule {
        id: &one.rule,
        short_description: text(one.title.as_str()),
        full_description: text(one.title.as_str()),
        help: text("the help of each result says what to do"),
        default_configuration: Configuration {
            level: one.level.as_str(),
        },
    }
}

fn described(of: &RuleText) -> Rule<'_> {
    Rule {
        id: &of.name,
        short_description: text(of.title.as_str()),
        full_description: text(of.why.as_str()),
        help: text(of.mend.as_str()),
        default_configuration: Configuration {
            level: of.level.as_str(),
        },
    }
}

fn text<'a>(text: impl Into<std::borrow::Cow<'a, str>>) -> Text<'a> {
    let mut text = text.into();
    if text.contains("](") {
        text = text.replace("](", "]\\u{28}").into();
    }
    Text { text }
}

fn location<'a>(spot: &Spot, note: Option<&'a str>) -> Location<'a> {
    Location {
        id: None,
        physical_location: Physical {
            artifact_location: Artifact {
                uri: uri(&spot.path),
                uri_base_id: "%SRCROOT%",
            },
            region: Region {
                start_line: spot.line.max(1),
                start_column: spot.columns.map(|columns| columns.utf16),
                end_column: spot.columns.map(|columns| columns.utf16_end),
            },
        },
        message: note.map(text),
    }
}

/// Returns a path as a relative URI.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
