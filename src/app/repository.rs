//! The git repository around a project: read from its files, so that no git is needed.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::settings::find_root;

/// How many names lead from `HEAD` to a commit at most.
const STEPS: usize = 5;

/// Returns the root of the repository around a folder.
pub(super) fn root(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|at| at.join(".git").exists())
}

/// Returns where a folder lies below the root of the repository around it, with `/` between folders; empty for the root
/// itself, and where there is no repository.
#[must_use]
pub fn below_root(folder: &Path) -> String {
    let below = root(folder).and_then(|root| folder.strip_prefix(root).ok());
    let parts = below.into_iter().flat_map(Path::components);
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// As [`below_root`], for the project that a folder is in, or for the folder itself where it is in none. By its name alone: it
/// need not be there, and links in it are not followed.
#[must_use]
pub fn named_below_root(folder: &Path) -> String {
    let mut path = PathBuf::new();
    // Without a working folder the name stands as it was given.
    for part in std::path::absolute(folder)
        .unwrap_or_else(|_| folder.to_owned())
        .components()
    {
        if part == Component::ParentDir {
            path.pop();
        } else {
            path.push(part);
        }
    }
    let project = find_root(&path).filter(|_| path.exists());
    below_root(project.unwrap_or(&path))
}

/// Returns the branch that others are merged into, as far as a working copy knows: the one that its origin names, or else the
/// one that is checked out.
pub(super) fn branch(folder: &Path) -> Option<String> {
    let own = directory(&root(folder)?.join(".git"))?;
    let named = |folder: &Path, file: &str, prefix: &str| {
        let text = fs::read_to_string(folder.join(file)).ok()?;
        Some(text.trim().strip_prefix(prefix)?.to_owned())
    };
    let origin = "ref: refs/remotes/origin/";
    named(&common(&own), "refs/remotes/origin/HEAD", origin)
        .or_else(|| named(&own, "HEAD", "ref: refs/heads/"))
}

/// Returns the commit that is checked out around a folder.
#[must_use]
pub fn commit(folder: &Path) -> Option<String> {
    let folder = fs::canonicalize(folder).ok()?;
    let own = directory(&root(&folder)?.join(".git"))?;
    let common = common(&own);
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

/// Returns where the branches are: a linked working tree keeps them in the main repository.
fn common(own: &Path) -> PathBuf {
    fs::read_to_string(own.join("commondir"))
        .map_or_else(|_| own.to_owned(), |path| own.join(path.trim()))
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
    use crate::app::FILE;

    #[test]
    fn follows_head_to_its_commit() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        let id = "4f1c9e2aa04f1c9e2aa04f1c9e2aa04f1c9e2aa0";
        let inside = folder.path().join("policies");
        write("policies/a.yaml", "");
        assert_eq!(commit(&inside), None);
        assert_eq!(below_root(&inside), "");
        write(".git/HEAD", "ref: refs/heads/main\n");
        assert_eq!(below_root(&inside), "policies");
        assert_eq!(below_root(folder.path()), "");
        assert_eq!(commit(&inside), None);
        write(
            ".git/packed-refs",
            &format!("# pack-refs\n{id} refs/heads/main\n"),
        );
        assert_eq!(commit(&inside).as_deref(), Some(id));
        write(
            ".git/refs/heads/main",
            &format!("{}\n", id.replace('4', "5")),
        );
        assert_eq!(commit(&inside), Some(id.replace('4', "5")));
        write(".git/HEAD", &format!("{id}\n"));
        assert_eq!(commit(&inside).as_deref(), Some(id));
        write(".git/HEAD", "ref: ../../x\n");
        assert_eq!(commit(&inside), None);
    }

    #[test]
    fn a_folder_has_its_place_by_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("repository");
        fs::create_dir_all(root.join(".git")).expect("a folder");
        std::os::unix::fs::symlink("/", root.join("link")).expect("a link");
        for (path, place) in [
            (".", ""),
            ("link", "link"),
            ("a/gone", "a/gone"),
            ("./a/../b/", "b"),
        ] {
            assert_eq!(named_below_root(&root.join(path)), place);
        }
        // Every folder of a project stands for the project.
        fs::create_dir_all(root.join("it/policies")).expect("a folder");
        fs::write(root.join("it").join(FILE), "").expect("a file");
        for (path, place) in [("it", "it"), ("it/policies", "it"), ("it/gone", "it/gone")] {
            assert_eq!(named_below_root(&root.join(path)), place);
        }
    }

    #[test]
    fn the_branch_is_that_of_the_origin_or_else_the_one_that_is_checked_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let git = folder.path().join(".git");
        let remote = git.join("refs/remotes/origin");
        assert_eq!(branch(folder.path()), None);
        fs::create_dir_all(&remote).expect("a folder");
        fs::write(git.join("HEAD"), "ref: refs/heads/feature/x\n").expect("a file");
        assert_eq!(branch(folder.path()).as_deref(), Some("feature/x"));
        fs::write(remote.join("HEAD"), "ref: refs/remotes/origin/trunk\n").expect("a file");
        assert_eq!(branch(folder.path()).as_deref(), Some("trunk"));
    }
}
