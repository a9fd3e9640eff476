//! The files of a tree: found, opened without following links, read once.
//!
//! Facts: `threat-and-fault-model` §3. Nothing is skipped silently: what cannot be read is an error, never an absence.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::Path;

use rayon::prelude::*;
use rustix::fs::{CWD, Mode, OFlags, openat};

use super::manifest;
use super::settings::FILE;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::load::{decode_text, refused_character};
use crate::source::{SourceFile, Sources};

/// How many files a tree has at most.
const FILES: usize = 20_000;
/// How long a path is at most, in bytes.
const PATH: usize = 512;
/// How large a file is at most, in bytes.
pub(super) const FILE_SIZE: u64 = 1 << 20;
/// How large a tree is at most, in bytes.
const TREE_SIZE: u64 = 512 << 20;

/// What a tree must hold, and the settings that say so.
#[derive(Debug)]
pub(super) struct Must<'m> {
    pub(super) files: &'m [String],
    pub(super) settings: &'m SourceFile,
}

/// Reads every policy file below a root.
///
/// Policy files are the regular files `*.yaml` and `*.yml`; folders and files whose names start with a dot are left out.
///
/// # Errors
///
/// Every file and folder that is not what it should be, in one list.
pub(super) fn read(root: &Path, must: &Must<'_>) -> Result<Sources, Diagnostics> {
    let mut out = Diagnostics::new();
    let mut found = Vec::new();
    walk(root, root, &mut found, &mut out);
    let mut out = judge(&mut found, must, out)?;
    let handle = match open_root(root) {
        Ok(handle) => handle,
        Err(error) => {
            out.push(unreadable(".", &error.into()));
            return Err(out);
        }
    };
    let files: Vec<Result<SourceFile, Diagnostic>> = found
        .par_iter()
        .map(|path| read_file(&handle, path))
        .collect();
    whole(files, out)
}

/// Reads of a tree that cannot be read whole what can be, so that its other problems are found in the same run.
pub(super) fn readable(root: &Path) -> Sources {
    let mut found = Vec::new();
    walk(root, root, &mut found, &mut Diagnostics::new());
    found.retain(|path| path.len() <= PATH && refused_character(path).is_none());
    found.sort();
    found.truncate(FILES);
    let Ok(handle) = open_root(root) else {
        return Sources::new(Vec::new());
    };
    let files = found.par_iter().map(|path| read_file(&handle, path));
    let files: Vec<SourceFile> = files.filter_map(Result::ok).collect();
    Sources::new(files)
}

/// Sorts the policy files that were found and judges them by their paths, before any of them is read.
///
/// # Errors
///
/// What was wrong before, and everything that is wrong with the paths.
pub(super) fn judge(
    found: &mut [String],
    must: &Must<'_>,
    mut out: Diagnostics,
) -> Result<Diagnostics, Diagnostics> {
    found.sort();
    check_paths(found, &mut out);
    manifest::check(must.files, found, must.settings, &mut out);
    if found.is_empty() && out.is_empty() {
        let message = "there is no policy file below the project's root";
        out.push(
            Diagnostic::error(code::EMPTY_TREE, message)
                .help("a tree without files deletes nothing: add a `*.yaml` file, or start with `guestlist init`"),
        );
    }
    out.sort();
    if out.has_errors() { Err(out) } else { Ok(out) }
}

/// Makes a tree of files that were read.
///
/// # Errors
///
/// Everything that is wrong with a file, and a tree that is too large.
pub(super) fn whole(
    files: Vec<Result<SourceFile, Diagnostic>>,
    mut out: Diagnostics,
) -> Result<Sources, Diagnostics> {
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        match file {
            Ok(file) => sources.push(file),
            Err(diagnostic) => out.push(diagnostic),
        }
    }
    let size: u64 = sources.iter().map(|file| file.text().len() as u64).sum();
    if size > TREE_SIZE {
        out.push(Diagnostic::error(
            code::FILE_LIMIT,
            format!("{size} bytes of policy files, where a tree has at most {TREE_SIZE}"),
        ));
    }
    out.sort();
    if out.has_errors() {
        Err(out)
    } else {
        Ok(Sources::new(sources))
    }
}

/// Returns a path below the root as messages show it.
fn shown(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.to_string_lossy().into_owned()
}

fn unreadable(path: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        code::UNREADABLE,
        format!("`{path}` cannot be read: {error}"),
    )
    .help("what cannot be read is not absent: make it readable, or take it out")
}

pub(super) fn not_regular(path: &str) -> Diagnostic {
    Diagnostic::error(code::NOT_REGULAR, format!("`{path}` is no regular file"))
        .help("links, pipes and devices are not followed: put the file itself there")
}

pub(super) fn link_to_folder(path: &str) -> Diagnostic {
    let message = format!("`{path}` is a link to a folder");
    Diagnostic::error(code::NOT_REGULAR, message)
        .help("links are not followed: put the folder itself there, or take the link out")
}

pub(super) fn nested(path: &str) -> Diagnostic {
    let message = format!("`{path}` is a project of its own");
    Diagnostic::error(code::NESTED_PROJECT, message).help(format!(
        "take its {FILE} out, or keep the projects side by side"
    ))
}

pub(super) fn not_utf8(path: &str) -> Diagnostic {
    let message = format!("`{path}`: a path that is not UTF-8");
    Diagnostic::error(code::ENCODING, message).help("rename it")
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>, out: &mut Diagnostics) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return out.push(unreadable(&shown(root, folder), &error)),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                out.push(unreadable(&shown(root, folder), &error));
                continue;
            }
        };
        let path = entry.path();
        let name = entry.file_name();
        let below = shown(root, &path);
        let Some(name) = name.to_str() else {
            out.push(not_utf8(&below));
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        match entry.file_type() {
            Ok(ty) if ty.is_dir() => {
                if path.join(FILE).exists() {
                    out.push(nested(&below));
                } else {
                    walk(root, &path, found, out);
                }
            }
            Ok(ty) if is_policy_file(name) && !ty.is_file() => out.push(not_regular(&below)),
            Ok(ty) if ty.is_symlink() && path.is_dir() => out.push(link_to_folder(&below)),
            Ok(_) if is_policy_file(name) => found.push(below),
            Ok(_) => {}
            Err(error) => out.push(unreadable(&below, &error)),
        }
    }
}

/// Returns true for the name of a file that belongs to a tree.
pub(super) fn is_policy_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".yaml") || name.ends_with(".yml")
}

fn check_paths(found: &[String], out: &mut Diagnostics) {
    if found.len() > FILES {
        out.push(Diagnostic::error(
            code::FILE_LIMIT,
            format!(
                "{} policy files, where a tree has at most {FILES}",
                found.len()
            ),
        ));
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in found {
        if path.len() > PATH {
            out.push(
                Diagnostic::error(
                    code::FILE_LIMIT,
                    format!(
                        "`{path}`: {} bytes of path, where at most {PATH} are allowed",
                        path.len()
                    ),
                )
                .help("give folders shorter names, or fewer levels"),
            );
        }
        if let Some(why) = refused_character(path) {
            out.push(
                Diagnostic::error(
                    code::CHARACTER,
                    format!("the path `{}`: {why}", path.escape_debug()),
                )
                .help("rename the file or its folder"),
            );
        }
        let ends = path.match_indices('/').map(|(at, _)| at);
        for end in ends.chain([path.len()]) {
            let part = &path[..end];
            match seen.get(&part.to_lowercase()) {
                None => {
                    seen.insert(part.to_lowercase(), part);
                }
                Some(other) if *other == part => {}
                Some(other) => out.push(
                    Diagnostic::error(
                        code::CASE_CLASH,
                        format!("`{other}` and `{part}` differ only in case"),
                    )
                    .help("on some systems they are one: rename one"),
                ),
            }
        }
    }
}

fn read_file(root: &OwnedFd, below: &str) -> Result<SourceFile, Diagnostic> {
    let file = open_below(root, below).map_err(|error| match error {
        rustix::io::Errno::LOOP => not_regular(below),
        error => unreadable(below, &error.into()),
    })?;
    let meta = file.metadata().map_err(|error| unreadable(below, &error))?;
    if !meta.is_file() {
        return Err(not_regular(below));
    }
    let mut bytes = Vec::with_capacity(meta.len().min(FILE_SIZE + 1) as usize);
    file.take(FILE_SIZE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(below, &error))?;
    decode_text(below, bytes)
}

/// Reads one file of a folder as the files of a tree are read.
pub(super) fn read_one(folder: &Path, name: &str) -> Result<SourceFile, Diagnostic> {
    let handle = open_root(folder).map_err(|error| unreadable(".", &error.into()))?;
    read_file(&handle, name)
}

/// Returns why there is nothing to read at a path below the root: no file, an empty one, or a link; `None` for a file.
pub(super) fn lacks(root: &Path, below: &str) -> Option<String> {
    let handle = match open_root(root) {
        Ok(handle) => handle,
        Err(error) => return Some(io::Error::from(error).to_string()),
    };
    let file = match open_below(&handle, below) {
        Ok(file) => file,
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => {
            return Some("there is no such file".to_owned());
        }
        Err(rustix::io::Errno::LOOP) => return Some("no regular file".to_owned()),
        Err(error) => return Some(io::Error::from(error).to_string()),
    };
    match file.metadata() {
        Ok(meta) if !meta.is_file() => Some("no regular file".to_owned()),
        Ok(meta) if meta.len() == 0 => Some("the file is empty".to_owned()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

fn open_root(root: &Path) -> Result<OwnedFd, rustix::io::Errno> {
    openat(
        CWD,
        root,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// Opens a file step by step from the root's own handle, so that no link, not even one put there meanwhile, leads
/// elsewhere; a pipe does not make us wait.
fn open_below(root: &OwnedFd, below: &str) -> Result<File, rustix::io::Errno> {
    let base = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let (folders, name) = below.rsplit_once('/').unwrap_or(("", below));
    let mut folder: Option<OwnedFd> = None;
    for step in folders.split('/').filter(|step| !step.is_empty()) {
        let from = folder.as_ref().unwrap_or(root);
        folder = Some(openat(from, step, base | OFlags::DIRECTORY, Mode::empty())?);
    }
    openat(folder.as_ref().unwrap_or(root), name, base, Mode::empty()).map(File::from)
}
