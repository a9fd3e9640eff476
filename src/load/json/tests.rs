use serde_json::json;

use super::*;
use crate::load::parse::parse;
use crate::source::SourceFile;

/// The crate's own conformance test needs a fraction and `null`, which the language has not; this is the rest of it.
#[test]
fn keeps_the_contract_of_the_validator() {
    let text = "
string: héllo
integer: 42
boolean: true
array: [10, 20, 30]
duplicates: [1, { a: 1 }, { a: 1 }]
object: { nested: value }
";
    let file = SourceFile::new("a.yaml", text);
    let (tree, _) = parse(&file, None);
    let tree = tree.expect("a tree");
    let root = tree.root();
    let members = root.as_object().expect("an object");
    assert_eq!(members.len(), 6);
    assert!(members.get(&Yaml::prepare_key("missing")).is_none());
    let member = |name: &str| members.get(&Yaml::prepare_key(name)).expect("a member");
    for (name, json_type) in [
        ("string", JsonType::String),
        ("integer", JsonType::Number),
        ("boolean", JsonType::Boolean),
        ("array", JsonType::Array),
        ("object", JsonType::Object),
    ] {
        let node = member(name);
        assert_eq!(node.json_type(), json_type);
        assert_eq!(node.is_number(), json_type == JsonType::Number);
        assert_eq!(node.is_string(), json_type == JsonType::String);
        assert_eq!(node.as_object().is_some(), json_type == JsonType::Object);
        assert_eq!(node.as_array().is_some(), json_type == JsonType::Array);
        assert!(!node.is_null());
    }
    assert_eq!(member("string").string_length(), Some(5));
    let number = member("integer").as_number().expect("a number");
    assert_eq!((number.as_u64(), number.as_i64()), (Some(42), Some(42)));
    assert!(number.is_integer() && number.is_written_as_integer());
    assert!(member("integer").equals_value(&json!(42.0)));
    assert!(!member("integer").equals_value(&json!(43)));
    assert!(!member("boolean").equals_value(&json!(1)));
    assert!(member("object").equals_value(&json!({ "nested": "value" })));
    let array = member("array").as_array().expect("an array");
    let numbers: Vec<u64> = array.elements().filter_map(NodeRef::as_integer).collect();
    assert_eq!(numbers, [10, 20, 30]);
    assert!(array.is_unique());
    let duplicates = member("duplicates").as_array().expect("an array");
    assert!(!duplicates.is_unique());
    assert_eq!(root.identity(), tree.root().identity());
    assert_ne!(root.identity(), member("object").identity());
    assert_eq!(root.container_identity(), root.identity());
    let mut buffer = Tree::default();
    for expected in ["héllo", "", "second"] {
        Yaml::with_string_node(&mut buffer, expected, |node| {
            assert_eq!(node.json_type(), JsonType::String);
            assert_eq!(node.as_string().as_deref(), Some(expected));
        });
    }
}

#[test]
fn finds_repeats_in_lists_of_any_length() {
    for count in [3, 40] {
        for (last, unique) in [("x1", false), ("y", true)] {
            let items: Vec<String> = (0..count).map(|n| format!("x{n}")).collect();
            let text = format!("a: [{}, {last}]\n", items.join(", "));
            let file = SourceFile::new("a.yaml", text);
            let (tree, _) = parse(&file, None);
            let tree = tree.expect("a tree");
            let list = tree.root().get("a").and_then(|node| node.as_array());
            assert_eq!(list.expect("a list").is_unique(), unique);
        }
    }
}

#[test]
fn validates_like_the_representation_of_serde() {
    let schema = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$" },
            "size": { "type": "integer", "minimum": 2, "maximum": 5 },
            "on": { "type": "boolean" },
            "kind": { "enum": ["a", "b", 3, { "c": "d" }, ["e"]] },
            "list": { "type": "array", "items": { "type": "string" }, "uniqueItems": true, "maxItems": 3 },
            "choice": { "oneOf": [{ "const": "never" }, { "type": "object", "required": ["after"] }] },
            "map": { "type": "object", "propertyNames": { "maxLength": 3 }, "minProperties": 1 },
            "inner": { "$ref": "#" },
        },
        "required": ["name"],
        "additionalProperties": false,
    });
    let ours = jsonschema::options_for::<Yaml>().build(&schema);
    let ours = ours.expect("a schema");
    let theirs = jsonschema::options().build(&schema).expect("a schema");
    for text in [
        "name: abc\n",
        "name: a\nsize: 1\non: \"true\"\n",
        "name: abcde\nsize: 6\nkind: c\n",
        "name: ABC\nsize: 3\nkind: 3\n",
        "name: 5\nkind: { c: d }\nlist: [a, b, a]\n",
        "kind: [e]\nlist: [a, 1, c, d]\nother: x\n",
        "name: abc\nkind: [f]\nchoice: never\nmap: { abcd: x, ab: y }\n",
        "name: abc\nchoice: { after: 1 }\nmap: {}\n",
        "name: abc\nchoice: { before: 1 }\ninner: { name: x, inner: { size: 9 } }\n",
    ] {
        let file = SourceFile::new("a.yaml", text);
        let (tree, found) = parse(&file, None);
        assert!(found.is_empty(), "{found:?}");
        let tree = tree.expect("a tree");
        let value = Node::to_value(&tree.root()).into_owned();
        let mut our: Vec<_> = ours
            .iter_errors(tree.root())
            .map(|e| (e.instance_path().to_string(), e.to_string()))
            .collect();
        let mut their: Vec<_> = theirs
            .iter_errors(&value)
            .map(|e| (e.instance_path().to_string(), e.to_string()))
            .collect();
        our.sort();
        their.sort();
        assert_eq!(our, their, "{text}");
        assert_eq!(ours.is_valid(tree.root()), our.is_empty());
    }
}
