//! The published schema and the loader agree, as an independent reader of YAML sees it.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::Value;

use super::loading::{damage, decoded};
use super::{Files, cases, desired, read};
use crate::support::layout::print;
use crate::support::trees::{self, Tree, Wanted};
use crate::support::{files_below, repository};

/// Codes of problems that a schema can know: those of shape, without what it takes the model's own reading for.
const OF_SHAPE: &[&str] = &["GL0105", "GL0201", "GL0202", "GL0203", "GL0204", "GL0208"];

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let text = std::fs::read_to_string(repository("schemas/policy.schema.json"))
        .expect("the schema can be read");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the schema is one")
});

/// Reads YAML by another reader; `None` where that refuses.
fn data(text: &str) -> Option<Value> {
    yaml_serde::from_str(text).ok()
}

fn complaints(text: &str) -> Option<Vec<String>> {
    let data = data(text)?;
    let errors = SCHEMA.iter_errors(&data);
    Some(
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect(),
    )
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn the_schema_takes_what_the_loader_takes(bytes in trees::bytes(), layout in prop::collection::vec(any::<u8>(), 0..800)) {
        let wanted = Wanted { renames: true, unmanaged: true, protection: true };
        let files = print(&Tree::of(bytes, wanted), layout);
        let _ = desired(&files);
        for (path, text) in &files {
            prop_assert_eq!(complaints(text), Some(vec![]), "{}\n{}", path, text);
        }
    }

    #[test]
    fn the_loader_refuses_what_the_schema_refuses(bytes in trees::bytes(), layout in prop::collection::vec(any::<u8>(), 0..400), seed in any::<u64>()) {
        let mut files = print(&Tree::of(bytes, Wanted::default()), layout);
        let at = seed as usize % files.len();
        match decoded(&files[at].0, damage(&files[at].1, seed)) {
            Some(text) => files[at].1 = text,
            None => return Ok(()),
        }
        if let Some(complaints) = complaints(&files[at].1)
            && !complaints.is_empty()
        {
            prop_assert!(read(&files).desired.is_none(), "{:?}\n{}", complaints, files[at].1);
        }
    }
}

/// The trees of the cases, each with the codes of its problems.
fn collection() -> Vec<(String, Files, Vec<String>)> {
    let mut folders: Vec<_> = std::fs::read_dir(repository("tests/cases"))
        .expect("there are cases")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let case = |folder: &std::path::PathBuf| {
        let root = folder.join("desired");
        let files = files_below(&root).into_iter().filter(|file| {
            let name = file.to_string_lossy();
            name.ends_with(".yaml") || name.ends_with(".yml")
        });
        let files = files.filter_map(|file| {
            let path = file
                .strip_prefix(&root)
                .expect("it lies below")
                .display()
                .to_string();
            Some((path, std::fs::read_to_string(file).ok()?))
        });
        let said = std::fs::read_to_string(folder.join("expected/validate.txt"))
            .expect("every case says what `validate` says");
        let codes = said
            .match_indices("error[")
            .map(|(at, _)| said[at + 6..at + 12].to_owned());
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        (name, files.collect(), codes.collect())
    };
    folders.iter().map(case).collect()
}

#[test]
fn the_schema_judges_the_collection_as_the_loader_does() {
    let (mut taken, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for (name, files, codes) in collection() {
        let judged: Vec<Option<Vec<String>>> =
            files.iter().map(|(_, text)| complaints(text)).collect();
        if codes.is_empty() {
            taken += 1;
            if judged
                .iter()
                .any(|one| one.as_ref().is_none_or(|one| !one.is_empty()))
            {
                wrong.push(format!(
                    "{name}: the schema refuses a valid tree: {judged:?}"
                ));
            }
        } else if codes.iter().any(|code| OF_SHAPE.contains(&code.as_str())) {
            // A text that another reader refuses is refused, too.
            refused += 1;
            if judged
                .iter()
                .all(|one| one.as_ref().is_some_and(Vec::is_empty))
            {
                wrong.push(format!(
                    "{name}: the schema takes what is refused with {codes:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        taken >= 30 && refused >= 8,
        "{taken} taken, {refused} refused"
    );
}
