//! Trees with a place for the names that objects had: `%` stands before every name, and `^` before the name that an object had,
//! with a comma after it.

/// Returns a tree under its first names.
pub(super) fn first(tree: &str) -> String {
    let mut parts = tree.split('^');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        text.push_str(part.split_once(',').unwrap().1);
    }
    text.replace('%', "")
}

/// Returns a tree under new names: `new-` before each.
pub(super) fn renamed(tree: &str) -> String {
    tree.replace('^', "formerly: ").replace('%', "new-")
}

/// Returns every tree in which one object has a new name, and the others their first ones; no name begins another.
pub(super) fn each_renamed(tree: &str) -> impl Iterator<Item = String> {
    let names = tree.split('^').skip(1);
    names.map(|part| {
        let name = part.split_once(',').unwrap().0;
        let tree = tree.replace(&format!("^{name},"), &format!("formerly: {name},"));
        first(&tree.replace(&format!("%{name}"), &format!("new-{name}")))
    })
}

/// Returns words about a tree under new names as they are under its first ones.
pub(super) fn under_first_names(words: &str) -> String {
    words.replace("new-", "")
}

/// Returns a tree in which some words are others.
pub(super) fn but(tree: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(tree.to_owned(), |tree, (old, new)| {
        assert!(tree.contains(old), "{old}");
        tree.replace(old, new)
    })
}
