//! Folders use what lies below them and nothing else, and the core knows no disk, clock, network or terminal.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::rust;
use crate::support::{files_below, repository};

/// The folders from the bottom up, with what each may name; what those may name comes along.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diag", &["source"]),
    ("model", &["diag"]),
    ("scenario", &["model"]),
    ("load", &["scenario"]),
    ("plan", &["model"]),
    ("governance", &["model"]),
    ("impact", &["plan", "governance"]),
    ("invariant", &["scenario", "impact"]),
    ("guard", &["impact"]),
    ("lint", &["impact"]),
    ("audit", &["model"]),
    ("graph", &["governance"]),
    (
        "render",
        &["load", "invariant", "guard", "lint", "audit", "graph"],
    ),
    ("ports", &[]),
    ("store", &["plan", "audit", "graph", "ports"]),
    ("apply", &["guard", "store"]),
    ("app", &["render", "apply"]),
    ("server", &["app"]),
    ("cli", &["app"]),
];

/// The folders that neither read nor write anything.
const CORE: usize = 14;

/// What the core must not name: the world comes in as an argument.
const WORLD: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::time",
    "std::process",
    "std::thread",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
    "Uuid::new_v4",
    "Uuid::now_v7",
];

fn allowed(folder: &str) -> Option<BTreeSet<&'static str>> {
    let (_, direct) = LAYERS.iter().find(|(name, _)| *name == folder)?;
    let mut all = BTreeSet::new();
    for below in *direct {
        all.insert(*below);
        all.extend(allowed(below).unwrap_or_default());
    }
    Some(all)
}

/// Returns what is wrong with a file, given its path below `src`.
fn violations(path: &str, text: &str) -> Vec<String> {
    if path.ends_with("/tests.rs") {
        // A module that only tests compile.
        return Vec::new();
    }
    let code = rust::code(text);
    let mut module: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    if module.last() == Some(&"mod") {
        module.pop();
    }
    let Some((folder, true)) = module.first().map(|folder| (*folder, path.contains('/'))) else {
        return Vec::new();
    };
    let Some(allowed) = allowed(folder) else {
        return vec![format!(
            "{path}: the folder `{folder}` is not on the list of layers"
        )];
    };
    let is_folder = |name: &str| LAYERS.iter().any(|(folder, _)| *folder == name);
    let mut found: Vec<String> = rust::arrows(&module, &code)
        .into_iter()
        .filter(|arrow| is_folder(&arrow.to) && arrow.to != folder)
        .filter(|arrow| !allowed.contains(&*arrow.to))
        .map(|arrow| {
            format!(
                "{path}:{}: `{folder}` must not use `{}`",
                arrow.line, arrow.to
            )
        })
        .collect();
    if LAYERS[..CORE].iter().any(|(name, _)| *name == folder) {
        found.extend(world(path, &code));
    }
    found
}

/// Returns the lines of a core file that reach for the world.
fn world(path: &str, code: &str) -> Vec<String> {
    let mut found: Vec<String> = code
        .lines()
        .enumerate()
        .flat_map(|(line, text)| {
            WORLD
                .iter()
                .filter(|name| names(text, name))
                .map(move |name| format!("{path}:{}: the core names `{name}`", line + 1))
        })
        .collect();
    // `use std::{fs, …}` names the same modules.
    for group in code.split("use std::{").skip(1) {
        let group = group.split('}').next().unwrap_or_default();
        let forbidden = ["fs", "env", "net", "time", "process", "thread"];
        for item in group.split(',').map(str::trim) {
            let first = item.split("::").next().unwrap_or_default();
            if forbidden.contains(&first) {
                found.push(format!("{path}: the core names `std::{first}`"));
            }
        }
    }
    found
}

/// True when a line holds a name that no longer name begins or ends.
fn names(line: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[test]
fn every_folder_uses_only_what_lies_below_it() {
    let root = repository("src");
    let mut found = Vec::new();
    for file in files_below(&root) {
        let path = below(&root, &file);
        let text = std::fs::read_to_string(&file).expect("a source file can be read");
        found.extend(violations(&path, &text));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn below(root: &Path, file: &Path) -> String {
    let path = file.strip_prefix(root).expect("a file lies below its root");
    path.to_string_lossy().replace('\\', "/")
}

#[test]
fn catches_an_upward_arrow() {
    let planted = "use crate::source::Route;\nuse crate::{diag::code, store::Store};\nfn f() { crate::app::g(); super::super::cli::h() }\n";
    assert_eq!(
        violations("model/kinds.rs", planted),
        [
            "model/kinds.rs:2: `model` must not use `store`",
            "model/kinds.rs:3: `model` must not use `app`",
            "model/kinds.rs:3: `model` must not use `cli`",
        ]
    );
    assert_eq!(
        violations("server/http.rs", "use crate::cli::Exit;").len(),
        1
    );
    assert_eq!(violations("cli/mod.rs", "use crate::app::plan;"), [""; 0]);
    assert_eq!(violations("extra/mod.rs", "").len(), 1);
}

#[test]
fn catches_the_world_in_the_core() {
    let planted = "use std::fs;\nuse std::{env, fmt};\nfn f() { println!() }\n// std::net\n#[cfg(test)]\nmod tests { use std::time; }\n";
    assert_eq!(
        violations("plan/diff.rs", planted),
        [
            "plan/diff.rs:1: the core names `std::fs`",
            "plan/diff.rs:3: the core names `println!`",
            "plan/diff.rs: the core names `std::env`",
        ]
    );
    assert_eq!(violations("store/open.rs", "use std::fs;"), [""; 0]);
    assert_eq!(violations("main.rs", "use std::env;"), [""; 0]);
}
