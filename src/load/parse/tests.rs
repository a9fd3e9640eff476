use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cases::cases;
use crate::load::scalar::SCALAR_BYTES;
use crate::load::{NodeKind, NodeRef};
use crate::source::Route;

/// What is wrong with a text: code, line, column, message.
fn wrong(text: &str) -> Vec<String> {
    said(&SourceFile::new("a.yaml", text), None)
}

fn said(file: &SourceFile, variables: Option<&Variables>) -> Vec<String> {
    let (tree, found) = parse(file, variables);
    assert!(tree.is_some() || !found.is_empty(), "nothing at all");
    let line = |d: &Diagnostic| {
        let place = d.primary.as_ref().expect("a place");
        format!("{} {}:{} {}", d.code, place.line, place.column, d.message)
    };
    found.iter().map(line).collect()
}

fn value(text: &str) -> Value {
    let file = SourceFile::new("a.yaml", text);
    let (tree, found) = parse(&file, None);
    assert!(found.is_empty(), "{found:?}");
    let tree = tree.expect("a tree");
    jsonschema::json::Node::to_value(&tree.root()).into_owned()
}

#[test]
fn reads_the_values_of_the_language() {
    let text = "\
a: text # comment
b: [1, true, 'false', \"x\\ty\", no, 12:30, 2027-01-01]
c: { d: {}, e: [], f: \"\" }
g: |
  two
  lines
h: >-
  one
  line
'i j': - x
? k
: l
";
    let text = text.replace("'i j': - x", "'i j': \"it's\"");
    assert_eq!(
        value(&text),
        json!({
            "a": "text",
            "b": [1, true, "false", "x\ty", "no", "12:30", "2027-01-01"],
            "c": { "d": {}, "e": [], "f": "" },
            "g": "two\nlines\n",
            "h": "one line",
            "i j": "it's",
            "k": "l",
        })
    );
}

#[test]
fn refuses_what_the_subset_leaves_out() {
    for (text, expected) in [
        (
            "a: &x b\n",
            &["GL0103 1:4 an anchor is not part of the language"][..],
        ),
        (
            "a: *x\n",
            &["GL0103 1:4 an alias is not part of the language"],
        ),
        (
            "a: !!str b\n",
            &["GL0103 1:4 a tag is not part of the language"],
        ),
        (
            "a: !x b\n",
            &["GL0103 1:4 a tag is not part of the language"],
        ),
        (
            "%YAML 1.2\n---\na: b\n",
            &["GL0103 1:1 a directive is not part of the language"],
        ),
        (
            "a:\n  <<: b\n  c: d\n",
            &["GL0103 2:3 a merge key is not part of the language"],
        ),
        (
            "a: b\n---\nc: d\n",
            &["GL0108 2:1 a second document in one file"],
        ),
        (
            "- a\n",
            &["GL0108 1:1 a file is one mapping, and this is none"],
        ),
        (
            "text\n",
            &["GL0108 1:1 a file is one mapping, and this is none"],
        ),
        ("", &["GL0105 1:1 the file declares nothing"]),
        ("# only this\n", &["GL0105 1:1 the file declares nothing"]),
        ("---\n", &["GL0105 1:1 the file declares nothing"]),
        (
            "a: b\nc: d\na: e\n",
            &["GL0104 3:1 the key `a` stands twice"],
        ),
        (
            "x: { a: b, \"a\": c }\n",
            &["GL0104 1:12 the key `a` stands twice"],
        ),
        (
            "5: a\ntrue: b\n",
            &[
                "GL0109 1:1 the key `5` is not text",
                "GL0109 2:1 the key `true` is not text",
            ],
        ),
        ("null: a\n", &["GL0109 1:1 the key `null` is not text"]),
        (
            "? [a, b]\n: c\nd: e\n",
            &["GL0109 1:3 a key that is not text"],
        ),
        ("a:\nb: c\n", &["GL0105 1:1 the key `a` has no value"]),
        (
            "a: ~\nb: [null, Null]\n",
            &[
                "GL0105 1:4 `~` is no value for `a`",
                "GL0105 2:5 `null` is no value",
                "GL0105 2:11 `Null` is no value",
            ],
        ),
        ("a:\n  -\n  - b\n", &["GL0105 2:4 an item without a value"]),
        (
            "a: 012\n",
            &["GL0202 1:4 `012` without quotes is a number to some programs and text to others"],
        ),
        (
            "a: [True]\n",
            &[
                "GL0202 1:5 `True` without quotes is true or false to some programs and text to others",
            ],
        ),
        (
            "a: \"x\\u202ey\"\n",
            &["GL0107 1:4 the character U+202E changes the direction of text"],
        ),
        (
            "\"x\\u200by\": a\n",
            &["GL0107 1:1 the character U+200B cannot be seen"],
        ),
        (
            "a: \"\\0\"\n",
            &["GL0107 1:4 the character U+0000 is a control character"],
        ),
        (
            "a: b # \u{202e}\n",
            &["GL0107 1:8 the character U+202E changes the direction of text"],
        ),
        ("a: \"b\n", &["GL0102 2:1 a text in quotes is not closed"]),
    ] {
        assert_eq!(wrong(text), expected, "{text}");
    }
}

#[test]
fn finds_all_problems_up_to_a_mistake_in_the_syntax() {
    let found = wrong("a: 1e3\nb: ~\nc: d: e\nf: ~\n");
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[2].starts_with("GL0102 3:5 a colon"), "{found:?}");
}

#[test]
fn shows_both_places_of_a_key_that_stands_twice() {
    for keys in [3, 40] {
        let mut text: String = (0..keys).map(|n| format!("k{n}: x\n")).collect();
        text.push_str("k2: [y]\nlast: z\n");
        let file = SourceFile::new("a.yaml", text);
        let (tree, found) = parse(&file, None);
        let found: Vec<_> = found.iter().collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].related[0].place.line, 3);
        let tree = tree.expect("a tree");
        assert_eq!(tree.root().len(), keys + 1);
        assert_eq!(tree.root().get("k2").and_then(NodeRef::as_text), Some("x"));
        assert!(tree.root().get("last").is_some());
    }
}

#[test]
fn leaves_holes_where_values_were_refused() {
    let file = SourceFile::new("a.yaml", "a: 012\nb: [x, ~]\nc: d\n");
    let (tree, _) = parse(&file, None);
    let tree = tree.expect("a tree");
    let kind = |key| tree.root().get(key).map(NodeRef::kind);
    assert_eq!(kind("a"), Some(NodeKind::Hole));
    assert!(tree.root().get("b").is_some_and(NodeRef::has_holes));
    assert!(!tree.root().get("c").is_some_and(NodeRef::has_holes));
}

#[test]
fn never_shows_a_secret() {
    for text in [
        "a: b\nclientSecret: hunter2\n",
        "a: { password: hunter2, x: 012 }\n",
        "x: 012\na:\n  api_key:\n    - hunter2: 012\n    - ~\nb: c\n",
        "a: { \"token\": \"hunter2\", \"token\": \"hunter2\" }\n",
        "password: hunter2 \"\n  : hunter2: x\n",
        "password: \"hunter2\n  hunter2\n",
        "password: |\n  hunter2\u{202e}\n  x\nb: 012\n",
        "password: hunter2\u{202e}\n",
        "a: *password: hunter2\n",
    ] {
        let file = SourceFile::new("a.yaml", text);
        let (tree, found) = parse(&file, None);
        assert!(found.has_errors(), "{text}");
        assert!(
            !format!("{found:?}").contains("hunter2"),
            "{text}\n{found:#?}"
        );
        assert!(
            !format!("{tree:?}").contains("hunter2\""),
            "{text}\n{tree:#?}"
        );
    }
    let found = wrong("a:\n  clientSecret: hunter2\n  b: 012\n");
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0],
        "GL0209 2:3 the key `clientSecret` looks like a secret"
    );
}

#[test]
fn keeps_secrets_out_of_later_places() {
    let text = "a: { token: [hunter2, hunter2], b: 5 }\nsecret: >\n  hunter2\n  hunter2\nc: d\n";
    let file = SourceFile::new("a.yaml", text);
    let _ = parse(&file, None);
    let lines: Vec<String> = (0..text.len() as u32)
        .map(|at| file.place(at, at + 1).excerpt)
        .collect();
    assert!(
        lines.iter().all(|line| !line.contains("hunter2")),
        "{lines:#?}"
    );
    assert!(lines.contains(&"a: { token".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"c: d".to_owned()), "{lines:#?}");
}

#[test]
fn fills_in_variables_in_values_only() {
    let variables = Variables::from([
        ("team".to_owned(), "Campaign".to_owned()),
        ("hidden".to_owned(), "a\u{200b}b".to_owned()),
    ]);
    let file = SourceFile::new(
        "a.yaml",
        "${var.team}: ${var.team} 2027\nb: \"${var.team}\"\n",
    );
    let (tree, found) = parse(&file, Some(&variables));
    assert!(found.is_empty(), "{found:?}");
    let tree = tree.expect("a tree");
    let text = |key| tree.root().get(key).and_then(NodeRef::as_text);
    assert_eq!(text("${var.team}"), Some("Campaign 2027"));
    assert_eq!(text("b"), Some("Campaign"));
    let file = SourceFile::new(
        "a.yaml",
        "a: x ${var.taem}\nb: ${env.X}\nc: ${var.hidden}\nd: [${var.team}]\n",
    );
    assert_eq!(
        said(&file, Some(&variables)),
        [
            "GL0304 1:4 the variable `taem` is not declared",
            "GL0205 2:4 `${env.X}` names no variable",
            "GL0107 3:4 the character U+200B cannot be seen",
            "GL0102 4:6 this is not YAML",
        ]
    );
    assert_eq!(
        said(&SourceFile::new("a.yaml", "b: ${env.X}\n"), None),
        [""; 0]
    );
}

#[test]
fn bounds_variables_in_sum() {
    let variables = Variables::from([("x".to_owned(), "x".repeat(16_000))]);
    let file = SourceFile::new("a.yaml", format!("a:\n{}", "- ${var.x}\n".repeat(40_000)));
    assert!(said(&file, Some(&variables))[0].starts_with("GL0106"));
}

#[test]
fn points_at_scalars_and_at_keys_of_collections() {
    let text =
        "a:\n  b: [x, yy]\n  c:\n    - d: e\n      f: g\n  h: |\n    long\n    text\n  i: {}\n";
    let file = SourceFile::new("a.yaml", text);
    let (tree, _) = parse(&file, None);
    let tree = tree.expect("a tree");
    for (route, line, column, shown) in [
        ("", 1, 1, "a"),
        ("a", 1, 1, "a"),
        ("a.b", 2, 3, "b"),
        ("a.b[1]", 2, 10, "yy"),
        ("a.b[7]", 2, 3, "b"),
        ("a.c[0]", 4, 7, "d"),
        ("a.c[0].f", 5, 10, "g"),
        ("a.c[0].nowhere.x", 4, 7, "d"),
        ("a.h", 7, 5, "long"),
        ("a.i", 9, 3, "i"),
    ] {
        let (start, end) = tree.root().locate(&Route::parse(route).expect(route));
        let place = file.place(start, end);
        assert_eq!((place.line, place.column), (line, column), "{route}");
        assert_eq!(place.marked as usize, shown.len(), "{route}: {place:?}");
    }
    let inner = tree.root().find(&Route::parse("a.b").expect("a route"));
    let (start, end) = inner.expect("a list").span();
    assert_eq!(&text[start as usize..end as usize], "[x, yy]");
}

#[test]
fn refuses_what_is_beyond_the_limits() {
    let deep = |n: usize| {
        (0..n)
            .map(|at| format!("{}k:\n", " ".repeat(at)))
            .collect::<String>()
    };
    assert!(wrong(&format!("{}{}x: y\n", deep(15), " ".repeat(15))).is_empty());
    assert!(
        wrong(&format!("{}{}x: y\n", deep(16), " ".repeat(16)))[0]
            .starts_with("GL0106 17:17 the nesting")
    );
    assert!(
        wrong(&format!("a: {}{}", "[".repeat(16), "]".repeat(16)))[0]
            .starts_with("GL0106 1:19 the nesting")
    );
    let list = |n: usize| format!("a:\n{}", "- x\n".repeat(n));
    assert!(wrong(&list(49_997)).is_empty());
    assert!(wrong(&list(49_998))[0].starts_with("GL0106 49999:3 the file holds more"));
    assert!(wrong(&format!("a: {}\n", "x".repeat(SCALAR_BYTES))).is_empty());
    assert!(
        wrong(&format!("a: {}\n", "x".repeat(SCALAR_BYTES + 1)))[0]
            .starts_with("GL0106 1:4 the text")
    );
}

#[test]
fn refuses_hostile_files_cheaply() {
    let size = crate::load::FILE_BYTES;
    for (name, text) in [
        ("brackets", "[".repeat(size)),
        ("nested brackets", format!("a: {}", "[".repeat(size - 3))),
        ("braces", "{".repeat(size)),
        ("dashes", "- ".repeat(size / 2)),
        ("questions", "? ".repeat(size / 2)),
        ("colons", ": ".repeat(size / 2)),
        ("nulls", format!("a: [{}", "~,".repeat(size / 2))),
        ("quotes", format!("a: \"{}", "x".repeat(size))),
        ("escapes", format!("a: \"{}\"", "\\u200b".repeat(size / 6))),
        ("a long key", format!("{}: x", "k".repeat(size))),
        ("a long line", format!("a: {}", "x".repeat(size))),
        ("comments", "#\n".repeat(size / 2)),
        ("empty lines", "\n".repeat(size)),
        ("spaces", " ".repeat(size)),
        ("tabs", "\t".repeat(size)),
        ("zero width", "\u{200b}".repeat(size / 3)),
        (
            "marks",
            format!("a: e{}", "\u{301}\u{316}".repeat(size / 4)),
        ),
        ("anchors", format!("a: [{}", "&a x,".repeat(size / 5))),
        ("aliases", format!("a: [{}", "*a ,".repeat(size / 4))),
        ("tags", format!("a: [{}", "!a x,".repeat(size / 5))),
        ("documents", "---\n".repeat(size / 4)),
        ("equal keys", "a: x\n".repeat(size / 5)),
        ("bars", "a: |\n".repeat(size / 5)),
        (
            "secrets on one line",
            format!("a: [{}", "{token: x},".repeat(size / 11)),
        ),
    ] {
        let file = SourceFile::new("a.yaml", text);
        let start = std::time::Instant::now();
        let (_, found) = parse(&file, None);
        let spent = start.elapsed();
        assert!(found.has_errors(), "{name}");
        assert!(found.len() <= PROBLEMS, "{name}");
        // Built for release each takes less than 20 ms; what grows with the square takes minutes.
        assert!(spent.as_secs() < 5, "{name}: {spent:?}");
    }
}

/// Values of the language, and an emitter that quotes every text.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        "[a-z]{1,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("k[a-z0-9 :#'\"\\\\-]{0,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_mapping() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("k[a-z]{0,8}", any_value(), 1..20)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

fn emit(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            for (key, value) in map {
                out.push_str(&format!("{pad}{}:", Value::from(key.as_str())));
                emit(value, indent + 2, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                out.push_str(&format!("{pad}-"));
                emit(item, indent + 2, out);
            }
        }
        other => out.push_str(&format!(" {other}\n")),
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn never_panics_on_any_text(text in "\\PC{0,200}") {
        let _ = said(&SourceFile::new("a.yaml", text), Some(&Variables::new()));
    }

    #[test]
    fn never_panics_on_text_that_looks_like_yaml(text in "([a-c\u{e9}\u{200b}0-9~<&*!%|>'\"\\[\\]{},:?#$ \\t\\r\\n.-]|: |\n  |\n- |token: |null|\\$\\{var\\.a\\}|---\n){0,80}") {
        let file = SourceFile::new("a.yaml", text);
        let variables = Variables::from([("a".to_owned(), "b".to_owned())]);
        let _ = said(&file, Some(&variables));
        let (tree, _) = parse(&file, None);
        if let Some(tree) = tree {
            let nodes = tree.nodes.len() as u32;
            prop_assert_eq!(tree.root().node().next, nodes);
            let _ = format!("{:?}", tree.root());
            prop_assert!(tree.nodes.iter().all(|node| node.start <= node.end));
        }
    }

    #[test]
    fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(file) = crate::load::decode_text("a.yaml", bytes) {
            let _ = said(&file, None);
        }
    }

    #[test]
    fn reads_what_was_written(expected in any_mapping()) {
        let mut text = String::new();
        emit(&expected, 0, &mut text);
        prop_assert_eq!(value(&text), expected.clone());
        prop_assert_eq!(value(&expected.to_string()), expected);
    }

    #[test]
    fn agrees_with_another_parser(text in "([a-c]: |[a-c]:\n  |[a-c]:\n  - |- |  |\n|x|yy|'q'|\"r\"|12|true|[\\[\\]{},]){1,30}") {
        let file = SourceFile::new("a.yaml", text.as_str());
        let (tree, found) = parse(&file, None);
        if let (Some(tree), true) = (tree, found.is_empty()) {
            let ours = jsonschema::json::Node::to_value(&tree.root()).into_owned();
            if let Ok(theirs) = yaml_serde::from_str::<Value>(&text) {
                prop_assert_eq!(ours, theirs, "{}", text);
            }
        }
    }
}
