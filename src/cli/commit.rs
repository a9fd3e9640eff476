//! The git commit of a tree, for the history: read from the repository's files, so that no git is needed.

use std::fs;
use std::path::{Path, PathBuf};

/// How many names lead from `HEAD` to a commit at most.
const STEPS: usize = 5;

/// Returns where a folder lies below the root of the repository around it, with `/` between folders; empty for the root
/// itself, and where there is no repository.
pub(super) fn below_root(folder: &Path) -> String {
    let root = folder.ancestors().find(|at| at.join(".git").exists());
    let below = root.and_then(|root| folder.strip_prefix(root).ok());
    let parts = below.into_iter().flat_map(Path::components);
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Returns the commit that is checked out around a folder.
pub(super) fn of(folder: &Path) -> Option<String> {
    let folder = fs::canonicalize(folder).ok()?;
    let entry = folder
        .ancestors()
        .map(|at| at.join(".git"))
        .find(|at| at.exists())?;
    let own = directory(&entry)?;
    // A linked working tree keeps its branches in the main repository.
    let common = fs::read_to_string(own.join("commondir"))
        .map_or_else(|_| own.clone(), |path| own.join(path.trim()));
    let mut name = "HEAD".to_owned();
    for _ in 0..STEPS {
        let read = |folder: &PathBuf| fs::read_to_string(folder.join(&name)).ok();
        let text = read(&own)
            .or_else(|| read(&common))
            .or_else(|| packed(&common, &name))?;
        match text.trim().strip_prefix("ref: ") {
            Some(next) if !next.contains("..") => name = next.to_owned(),
            Some(_) => return None,
            None => return is_commit(text.trim()).then(|| text.trim().to_owned()),
        }
    }
    None
}

/// Follows the file that a linked working tree has instead of a folder.
fn directory(entry: &Path) -> Option<PathBuf> {
    if entry.is_dir() {
        return Some(entry.to_owned());
    }
    let text = fs::read_to_string(entry).ok()?;
    Some(entry.parent()?.join(text.trim().strip_prefix("gitdir: ")?))
}

fn packed(folder: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join("packed-refs")).ok()?;
    text.lines().find_map(|line| {
        let (commit, named) = line.split_once(' ')?;
        (named == name).then(|| commit.to_owned())
    })
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_head_to_its_commit() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        let commit = "4f1c9e2aa04f1c9e2aa04f1c9e2aa04f1c9e2aa0";
        let inside = folder.path().join("policies");
        write("policies/a.yaml", "");
        assert_eq!(of(&inside), None);
        assert_eq!(below_root(&inside), "");
        write(".git/HEAD", "ref: refs/heads/main\n");
        assert_eq!(below_root(&inside), "policies");
        assert_eq!(below_root(folder.path()), "");
        assert_eq!(of(&inside), None);
        write(
            ".git/packed-refs",
            &format!("# pack-refs\n{commit} refs/heads/main\n"),
        );
        assert_eq!(of(&inside).as_deref(), Some(commit));
        write(
            ".git/refs/heads/main",
            &format!("{}\n", commit.replace('4', "5")),
        );
        assert_eq!(of(&inside), Some(commit.replace('4', "5")));
        write(".git/HEAD", &format!("{commit}\n"));
        assert_eq!(of(&inside).as_deref(), Some(commit));
        write(".git/HEAD", "ref: ../../x\n");
        assert_eq!(of(&inside), None);
    }
}
