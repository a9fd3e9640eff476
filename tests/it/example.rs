//! The worked example is complete, can be read as a manual, and does what the README promises.

use std::path::Path;

use guestlist::model::Kind;
use jiff::{SignedDuration, Timestamp};

use crate::support::{Sandbox, files_below, repository, schema};

/// Keys that cannot stand in a tree that is applied to a fresh store, with the reason.
const ONLY_IN_COMMENTS: &[(&str, &str)] = &[
    ("adopt", "the object to take over must exist"),
    (
        "allow",
        "a tenant has one list of domains, and the example blocks",
    ),
];

fn files() -> Vec<(String, String)> {
    let root = repository("policies");
    files_below(&root)
        .into_iter()
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .map(|file| {
            let text = std::fs::read_to_string(&file).expect("a file of the example can be read");
            let path = file
                .strip_prefix(&root)
                .expect("a file lies below its root");
            (path.to_string_lossy().into_owned(), text)
        })
        .collect()
}

#[test]
fn every_key_of_the_language_appears() {
    let (mut code, mut comments) = (String::new(), String::new());
    for (_, text) in files() {
        for line in text.lines() {
            let to = if line.trim_start().starts_with('#') {
                &mut comments
            } else {
                &mut code
            };
            to.push_str(line);
            to.push('\n');
        }
    }
    let mut keys = schema::keys();
    keys.extend(Kind::ALL.iter().map(|kind| kind.section().to_owned()));
    keys.extend(
        [
            "version", "vars", "profiles", "profile", "waivers", "forget",
        ]
        .map(str::to_owned),
    );
    keys.extend(["rule", "address", "reason", "by", "until"].map(str::to_owned));
    let stands = |text: &str, key: &str| {
        text.match_indices(&format!("{key}:"))
            .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let missing: Vec<&String> = keys
        .iter()
        .filter(|key| {
            let excused = ONLY_IN_COMMENTS.iter().any(|(only, _)| only == key);
            let mentioned = comments.contains(&format!("`{key}`")) || stands(&comments, key);
            !(stands(&code, key) || excused && mentioned)
        })
        .collect();
    assert!(missing.is_empty(), "the example lacks {missing:?}");
}

#[test]
fn every_file_opens_with_what_it_is_for_and_names_its_schema() {
    for (path, text) in files() {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        assert!(
            first.starts_with("# ") && first.ends_with('.') && first.len() > 40,
            "{path} does not say what it is for"
        );
        let folders = Path::new(&path).components().count();
        let schema = format!(
            "# yaml-language-server: $schema={}schemas/policy.schema.json",
            "../".repeat(folders)
        );
        assert_eq!(lines.next(), Some(&*schema), "{path}");
        assert_eq!(lines.next(), Some("version: 1"), "{path}");
    }
}

#[test]
fn the_example_is_applied_in_one_command_and_leaves_nothing_to_do() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let _ = sandbox.run(["validate"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(2);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn the_language_as_the_readme_shows_it_is_valid() {
    let text = std::fs::read_to_string(repository("README.md")).expect("there is a README");
    let block = text
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let sandbox = Sandbox::project().write("tree.yaml", block.expect("a block of YAML"));
    let _ = sandbox.run(["validate"]).exits(0);
}

#[test]
fn a_life_as_the_readme_plays_it_goes_through() {
    let text = std::fs::read_to_string(repository("README.md")).expect("there is a README");
    let block = text
        .split_once("## A life in the engine")
        .and_then(|(_, rest)| rest.split("```").nth(1))
        .expect("a block of commands");
    // Half a year and more after today, whenever that is.
    let later = Timestamp::now() + SignedDuration::from_hours(228 * 24);
    let block = block
        .replace("\\\n", " ")
        .replace("2027-07-06T09:00:00Z", &later.to_string());
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let mut played = Vec::new();
    for line in block.lines() {
        let line = line.split(" #").next().unwrap_or_default();
        let Some((_, command)) = line.split_once("guestlist ") else {
            continue;
        };
        let words = words(command);
        let outcome = sandbox.run(words.iter().map(String::as_str)).exits(0);
        played.push((words[..2].join(" "), outcome.text()));
    }
    let said = |command: &str, text: &str| {
        let mut found = played.iter().filter(|(name, _)| name == command);
        assert!(
            found.any(|(_, told)| told.contains(text)),
            "`{command}` never says {text}: {played:#?}"
        );
    };
    said("explain john@fabrikam.com", "may not ask for");
    said("explain john@fabrikam.com", "may ask for");
    said("explain john@fabrikam.com", "stage 1: ana@contoso.com");
    said("approval decide", "delivered");
    said("guest show", "team Campaign 2028: Member");
    said("tick --at", "expired");
}

/// Parts a line of a shell into words; a quoted one may hold spaces.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    let words = quoted.flat_map(|(nth, part)| match nth % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}
