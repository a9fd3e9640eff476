//! The published schema and the program agree: an editor takes every file that the program takes, and marks every file
//! that breaks what a schema can know.
//!
//! The files are read here by another YAML parser, and checked with nothing but `schemas/policy.schema.json`, as an editor
//! would: formats of our own are not known there, only their patterns.

use std::path::{Path, PathBuf};

use guestlist::model::text::FORMATS;
use jsonschema::Validator;
use serde_json::Value;

use crate::support::{Sandbox, files_below, repository};

/// What a schema knows: unknown keys, wrong types, missing keys, words that are no choice, the version.
const KNOWN_TO_A_SCHEMA: &[&str] = &["GL0201", "GL0202", "GL0203", "GL0204", "GL0208"];

fn editor() -> Validator {
    let text = std::fs::read_to_string(repository("schemas/policy.schema.json"))
        .expect("the schema of policy files is there");
    let schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

/// Returns what an editor marks in a file; for text that is no YAML, that it is none.
fn marks(editor: &Validator, path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    match yaml_serde::from_str::<Value>(&text) {
        Ok(value) => editor
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect(),
        Err(error) => vec![error.to_string()],
    }
}

fn policy_files(folder: &Path) -> Vec<PathBuf> {
    let files = files_below(folder).into_iter();
    files
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "yaml" || end == "yml")
        })
        .collect()
}

#[test]
fn an_editor_takes_the_example() {
    let editor = editor();
    let files = policy_files(&repository("policies"));
    assert!(files.len() > 3, "{files:?}");
    for file in files {
        assert_eq!(marks(&editor, &file), [""; 0], "{}", file.display());
    }
}

#[test]
fn an_editor_and_the_program_agree_on_every_case() {
    let editor = editor();
    let mut wrong = Vec::new();
    let (mut taken, mut refused) = (0, 0);
    let cases = std::fs::read_dir(repository("tests/cases")).expect("there are cases");
    let cases = cases.map(|case| case.expect("a case can be read").path());
    for case in cases.filter(|case| case.is_dir()) {
        let desired = case.join("desired");
        let sandbox = Sandbox::new();
        sandbox.holds(&desired);
        let said = sandbox.run(["validate", "--format", "json"]);
        let report: Value = serde_json::from_str(&said.stdout).unwrap_or_default();
        let none = Vec::new();
        let diagnostics = report["diagnostics"].as_array().unwrap_or(&none);
        for file in policy_files(&desired) {
            let name = file.strip_prefix(&desired).unwrap_or(&file);
            let codes: Vec<&str> = diagnostics
                .iter()
                .filter(|one| one["place"]["path"].as_str().map(Path::new) == Some(name))
                .filter_map(|one| one["code"].as_str())
                .collect();
            let marks = marks(&editor, &file);
            let is_knowable = codes.iter().any(|code| KNOWN_TO_A_SCHEMA.contains(code));
            if said.code == Some(0) {
                taken += 1;
                if !marks.is_empty() {
                    wrong.push(format!("{}: {marks:?}", file.display()));
                }
            } else if is_knowable {
                refused += 1;
                if marks.is_empty() {
                    wrong.push(format!(
                        "{}: an editor marks nothing of {codes:?}",
                        file.display()
                    ));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(
        taken > 40 && refused > 10,
        "{taken} taken, {refused} refused"
    );
}

/// Texts that some check takes, in spellings that a pattern may not think of.
const ODD: &[&str] = &[
    "2027-06-30",
    "2027-06-30T17:00:00Z",
    "2027-06-30t17:00:00z",
    "2027-06-30 17:00:00Z",
    "2027-06-30T17:00Z",
    "2027-06-30T17:00:00,5Z",
    "2027-06-30T17:00:00.123456789+02:00",
    "2027-06-30T17:00:00+02",
    "2027-06-30T17:00:00+0200",
    "2027-06-30T17:00:00Z[Europe/Amsterdam]",
    "20270630",
    "20270630T170000Z",
    "+002027-06-30T17:00:00Z",
    "90d",
    "8h",
    "30m",
    "P90D",
    "p90d",
    "PT8H",
    "P1DT12H",
    "PT36H30M",
    "PT90S",
    "PT1.5H",
    "P2W",
    "90 d",
    "+90d",
    "never",
    "0d",
    "fabrikam.com",
    "eu.fabrikam.com",
    "b\u{fc}cher.example",
    "xn--bcher-kva.example",
    "user:Ana@Contoso.com",
    "user:a.b-c_d'e@contoso.com",
    "Ana@Contoso.com",
    "group:Leads of Marketing",
    "group:a",
    "manager",
    "manager:4",
    "self",
    "sponsors:own",
    "package/a",
    "organization/a",
    "policy/a/b",
    "cross-tenant/a",
    "settings/external-users",
    "3d0f5dec-0000-4000-8000-000000000001",
    "https://contoso.sharepoint.com/sites/a",
    "https://contoso.sharepoint.com/sites/a b",
    "https://contoso.sharepoint.com:8443/sites/%20a",
    "https://sts.fabrikam.com/adfs/services/trust?x=1",
    "https://b\u{fc}cher.example/a",
    "urn:federation:fabrikam",
    "http://sts.fabrikam.com/trust",
    "nl",
    "pt-BR",
    "zh-Hant-TW",
    "sr-Latn",
    "es-419",
    "a",
    "0",
    "a-",
    "[0-9]{3}",
    "One line of text: with `signs`",
    "Two\nlines",
];

#[test]
fn a_pattern_refuses_nothing_that_the_program_takes() {
    let text = std::fs::read_to_string(repository("schemas/policy.schema.json"))
        .expect("the schema of policy files is there");
    let schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    let definitions = schema["$defs"].as_object().expect("there are definitions");
    let mut wrong = Vec::new();
    let mut taken = 0;
    for (name, definition) in definitions {
        let format = definition["format"].as_str().unwrap_or_default();
        let Some((_, check)) = FORMATS.iter().find(|(known, _)| *known == format) else {
            continue;
        };
        let editor = jsonschema::validator_for(definition).expect("a definition is a schema");
        for text in ODD.iter().filter(|text| check(text).is_ok()) {
            taken += 1;
            if !editor.is_valid(&Value::from(*text)) {
                wrong.push(format!("{name}: {text}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(taken > 80, "{taken} texts");
}
