//! A tree as a git repository holds it, read by `git` as a child process. Nothing is checked out, fetched or written, and no
//! hook or filter of the repository is run.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use super::DiffError;

/// A repository, seen from a folder of its working tree.
#[derive(Debug)]
pub(super) struct Repository<'f> {
    folder: &'f Path,
    /// The folder below the root of the repository: empty, or with a slash at its end.
    prefix: Vec<u8>,
}

/// What stands under a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The path below the folder that was listed.
    pub(super) path: Vec<u8>,
    /// What it is.
    pub(super) sort: Sort,
    /// The id of its content.
    pub(super) id: String,
    /// How many bytes it has; 0 for a submodule.
    pub(super) size: u64,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// Another repository.
    Submodule,
}

impl<'f> Repository<'f> {
    /// Finds the repository around a folder; `None` where there is none.
    pub(super) fn around(folder: &'f Path) -> Result<Option<Self>, DiffError> {
        let output = output(&mut git(folder, ["rev-parse", "--show-prefix"]))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return match said.contains("not a git repository") {
                true => Ok(None),
                false => Err(failed(&output)),
            };
        }
        let mut prefix = output.stdout;
        prefix.pop_if(|last| *last == b'\n');
        Ok(Some(Self { folder, prefix }))
    }

    /// Returns the id of the commit that a revision means, if it means one.
    pub(super) fn commit(&self, revision: &str) -> Result<Option<String>, DiffError> {
        let commit = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", &commit];
        let output = output(&mut git(self.folder, arguments))?;
        if !output.status.success() {
            return Ok(None);
        }
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match is_id(&id) {
            true => Ok(Some(id)),
            false => Err(odd("another answer than one commit")),
        }
    }

    /// Returns the folder that a path means in a commit: below the root of the repository, or beside this folder where it
    /// starts with a dot, as git reads it. `None` for a path that leads out of the repository.
    pub(super) fn folder(&self, path: &str) -> Option<Vec<u8>> {
        let beside = path
            .split('/')
            .next()
            .is_some_and(|part| part == "." || part == "..");
        let mut folder = if beside {
            self.prefix.clone()
        } else {
            Vec::new()
        };
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    folder.pop()?;
                    let above = folder.iter().rposition(|b| *b == b'/');
                    folder.truncate(above.map_or(0, |at| at + 1));
                }
                part => {
                    folder.extend(part.as_bytes());
                    folder.push(b'/');
                }
            }
        }
        Some(folder)
    }

    /// Returns the nearest folder upwards that holds a file in a commit: empty, or with a slash at its end.
    pub(super) fn holder(&self, commit: &str, file: &str) -> Result<Option<OsString>, DiffError> {
        let mut folders = vec![&self.prefix[..]];
        while let Some(last) = folders.last().filter(|last| !last.is_empty()) {
            let above = last[..last.len() - 1].iter().rposition(|b| *b == b'/');
            folders.push(&last[..above.map_or(0, |at| at + 1)]);
        }
        self.first_holder(commit, file, folders)
    }

    /// Returns the first of some folders, each empty or with a slash at its end, that holds a file in a commit.
    pub(super) fn first_holder(
        &self,
        commit: &str,
        file: &str,
        folders: Vec<&[u8]>,
    ) -> Result<Option<OsString>, DiffError> {
        let path = |folder: &[u8]| OsString::from_vec([folder, file.as_bytes()].concat());
        let mut command = git(
            self.folder,
            ["ls-tree", "-z", "-l", "--full-tree", commit, "--"],
        );
        command.args(folders.iter().map(|folder| path(folder)));
        let found = entries(&answer(&mut command)?)?;
        let held = |folder: &&[u8]| {
            let path = path(folder);
            found.iter().any(|entry| entry.path == path.as_bytes())
        };
        let nearest = folders.into_iter().find(held);
        Ok(nearest.map(|folder| OsStr::from_bytes(folder).to_owned()))
    }

    /// Lists everything below a folder in a commit.
    pub(super) fn list(&self, commit: &str, folder: &OsStr) -> Result<Vec<Entry>, DiffError> {
        let mut tree = OsString::from(commit);
        if let Some(folder) = folder.as_bytes().strip_suffix(b"/") {
            tree.push(":");
            tree.push(OsStr::from_bytes(folder));
        }
        let mut command = git(self.folder, ["ls-tree", "-r", "-z", "-l", "--full-tree"]);
        entries(&answer(command.arg(tree))?)
    }

    /// Reads contents by their ids, in their order.
    pub(super) fn contents(&self, ids: &[&str]) -> Result<Vec<Vec<u8>>, DiffError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = git(self.folder, ["cat-file", "--batch"]);
        let mut child = command
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|source| DiffError::NoGit { source })?;
        let (to, from) = (child.stdin.take(), child.stdout.take());
        let asked: String = ids.iter().map(|id| format!("{id}\n")).collect();
        // Whoever writes everything before reading waits for ever once both pipes are full.
        let read = thread::scope(|scope| {
            scope.spawn(move || to.map(|mut to| to.write_all(asked.as_bytes())));
            let mut bytes = Vec::new();
            from.map_or(Ok(0), |mut from| from.read_to_end(&mut bytes))
                .map(|_| bytes)
        });
        let ended = child.wait_with_output();
        let bytes = read.map_err(|error| odd(&error.to_string()))?;
        let ended = ended.map_err(|error| odd(&error.to_string()))?;
        if !ended.status.success() {
            return Err(failed(&ended));
        }
        blobs(&bytes, ids)
    }
}

/// What a hook has in its environment about the repository that it runs for: the one to read is found by the folder alone.
const OF_A_HOOK: &[&str] = &[
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// Returns git with what keeps it from asking, fetching, writing and reading patterns into paths.
fn git<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("git");
    command
        .args(["--no-pager", "--no-replace-objects"])
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env("GIT_LITERAL_PATHSPECS", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in OF_A_HOOK {
        command.env_remove(name);
    }
    command
}

fn output(command: &mut Command) -> Result<Output, DiffError> {
    command
        .output()
        .map_err(|source| DiffError::NoGit { source })
}

fn answer(command: &mut Command) -> Result<Vec<u8>, DiffError> {
    let output = output(command)?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(failed(&output)),
    }
}

fn failed(output: &Output) -> DiffError {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("fatal: ");
    DiffError::Git {
        cause: match said.is_empty() {
            true => output.status.to_string(),
            false => said.to_owned(),
        },
    }
}

fn odd(cause: &str) -> DiffError {
    DiffError::Git {
        cause: cause.to_owned(),
    }
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Reads `mode type id size TAB path NUL`, again and again.
fn entries(bytes: &[u8]) -> Result<Vec<Entry>, DiffError> {
    let records = bytes.split(|b| *b == 0).filter(|record| !record.is_empty());
    records
        .map(|record| entry(record).ok_or_else(|| odd("a list that cannot be read")))
        .collect()
}

fn entry(record: &[u8]) -> Option<Entry> {
    let tab = record.iter().position(|b| *b == b'\t')?;
    let (fields, path) = (record.get(..tab)?, record.get(tab + 1..)?);
    let mut fields = std::str::from_utf8(fields).ok()?.split_ascii_whitespace();
    let (mode, _, id, size) = (
        fields.next()?,
        fields.next()?,
        fields.next()?,
        fields.next()?,
    );
    Some(Entry {
        path: path.to_vec(),
        sort: match mode {
            "120000" => Sort::Link,
            "160000" => Sort::Submodule,
            _ => Sort::File,
        },
        id: is_id(id).then(|| id.to_owned())?,
        size: size.parse().unwrap_or_default(),
    })
}

/// Reads `id SP blob SP size LF content LF` for each id.
fn blobs(mut bytes: &[u8], ids: &[&str]) -> Result<Vec<Vec<u8>>, DiffError> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let end = bytes.iter().position(|b| *b == b'\n');
        let head = end.and_then(|end| std::str::from_utf8(&bytes[..end]).ok());
        let size = head
            .and_then(|head| head.strip_prefix(id)?.strip_prefix(" blob "))
            .and_then(|size| size.parse::<usize>().ok());
        let (Some(end), Some(size)) = (end, size) else {
            let head = head.unwrap_or_default();
            let cause = format!("it does not have {id}, which the commit needs ({head})");
            return Err(odd(&cause));
        };
        let from = end + 1;
        let content = bytes.get(from..from.saturating_add(size));
        let content = content.ok_or_else(|| odd("an answer that ends too early"))?;
        all.push(content.to_vec());
        bytes = bytes.get(from + size + 1..).unwrap_or_default();
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4f1c9e2aa04f1c9e2aa04f1c9e2aa04f1c9e2aa0";

    #[test]
    fn a_path_starts_at_the_root_or_beside_the_folder() {
        let repository = Repository {
            folder: Path::new("."),
            prefix: b"a/b/".to_vec(),
        };
        for (path, folder) in [
            ("", Some("")),
            ("access", Some("access/")),
            ("access//x/", Some("access/x/")),
            (".", Some("a/b/")),
            ("./c", Some("a/b/c/")),
            ("../c", Some("a/c/")),
            ("../..", Some("")),
            ("../../..", None),
            ("x/../..", None),
            ("..c", Some("..c/")),
        ] {
            let found = repository.folder(path);
            assert_eq!(found.as_deref(), folder.map(str::as_bytes), "{path}");
        }
    }

    #[test]
    fn reads_what_git_lists() {
        let listed = format!(
            "100644 blob {ID}      12\ta b\tc.yaml\0120000 blob {ID}       3\tl\0160000 commit {ID}       -\ts\0"
        );
        let found = entries(listed.as_bytes()).expect("a list");
        let sorts: Vec<_> = found.iter().map(|entry| (entry.sort, entry.size)).collect();
        assert_eq!(
            sorts,
            [(Sort::File, 12), (Sort::Link, 3), (Sort::Submodule, 0)]
        );
        assert_eq!(found[0].path, b"a b\tc.yaml");
        assert!(entries(b"100644 blob x 1\ta\0").is_err());
        assert!(entries(b"nonsense\0").is_err());
    }

    #[test]
    fn reads_contents_whatever_they_hold() {
        let answer = format!("{ID} blob 3\na\n\n\n{ID} blob 0\n\n");
        let found = blobs(answer.as_bytes(), &[ID, ID]).expect("two contents");
        assert_eq!(found, [b"a\n\n".to_vec(), Vec::new()]);
        for cut in [
            format!("{ID} missing\n"),
            format!("{ID} blob 9\nabc\n"),
            format!("{ID} blob x\n"),
            String::new(),
        ] {
            assert!(blobs(cut.as_bytes(), &[ID]).is_err(), "{cut}");
        }
    }
}
