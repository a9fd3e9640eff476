//! One side of a comparison: found by its name, read with its own settings.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::DiffError;
use super::git::{self, Entry, Repository};
use crate::app::check::NEVER;
use crate::app::repository::{self, below_root, named_below_root};
use crate::app::settings::{FILE, Settings, find_root};
use crate::app::tree::{self, FILE_SIZE, Must};
use crate::app::{AppError, World};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::load::{decode_text, load};
use crate::model::Desired;
use crate::render::report::ComparedSide;
use crate::source::{Place, SourceFile, Sources};

/// How many bytes of a symbolic link are looked at.
const LINK_SIZE: u64 = 4096;

/// What a side is.
#[derive(Debug)]
pub(super) enum Sort {
    /// The project that the command is given in.
    Here,
    /// Another folder, by its name.
    Folder(String),
    /// A revision.
    Revision {
        /// How it is called.
        name: String,
        /// The commit that it means.
        commit: String,
        /// The folder of the project in it, where the name says one.
        folder: Option<String>,
    },
}

/// A side, read.
#[derive(Debug)]
pub(super) struct Side {
    /// How it is called.
    pub(super) named: ComparedSide,
    /// What it declares; `None` for a tree with errors.
    pub(super) desired: Option<Desired>,
    /// What there is to say of it, each place by its path in the tree.
    pub(super) problems: Diagnostics,
    /// What the side's name becomes before a path.
    before: String,
}

/// The files of a side.
struct Found {
    /// Its settings, or why they cannot be read.
    settings: Result<SourceFile, Diagnostic>,
    /// What the side's name becomes before a path.
    before: String,
    /// Where it lies below the root of the repository.
    folder: String,
    from: From,
}

enum From {
    Folder(PathBuf),
    Commit(String, std::ffi::OsString),
}

impl Sort {
    /// Finds out what a name means.
    pub(super) fn of(folder: &Path, name: &str) -> Result<Self, DiffError> {
        let is_path = name.starts_with(['.', '/']);
        let is_folder = !name.is_empty() && folder.join(name).is_dir();
        if is_path && is_folder {
            return Ok(Self::Folder(name.to_owned()));
        }
        if is_path {
            return Err(DiffError::Unknown {
                name: name.to_owned(),
            });
        }
        let (revision, below) = parted(name);
        if let Some(why) = refused(revision) {
            return match is_folder {
                true => Ok(Self::Folder(name.to_owned())),
                false => Err(DiffError::BadName {
                    name: name.to_owned(),
                    why,
                }),
            };
        }
        let commit = match Repository::around(folder) {
            Ok(Some(repository)) => repository.commit(revision)?,
            Ok(None) | Err(DiffError::NoGit { .. }) if is_folder => None,
            Ok(None) => {
                return Err(DiffError::NoRepository {
                    name: name.to_owned(),
                    folder: folder.to_owned(),
                });
            }
            Err(error) => return Err(error),
        };
        match (is_folder, commit) {
            (true, None) => Ok(Self::Folder(name.to_owned())),
            (false, Some(commit)) => Ok(Self::Revision {
                name: revision.to_owned(),
                commit,
                folder: below.map(str::to_owned),
            }),
            (true, Some(_)) => Err(DiffError::Ambiguous {
                name: name.to_owned(),
            }),
            (false, None) => Err(DiffError::Unknown {
                name: name.to_owned(),
            }),
        }
    }
}

/// Returns where the project of a side lies below the root of the repository, by the side's name alone: whether or not it can
/// be read.
pub(super) fn folder_of(folder: &Path, name: Option<&str>) -> String {
    let Some(name) = name else {
        return named_below_root(folder);
    };
    if folder.join(name).is_dir() {
        return named_below_root(&folder.join(name));
    }
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let from = match parted(name).1 {
        Some(below) if below.starts_with('.') => folder.join(below),
        Some(below) => repository::root(&absolute).unwrap_or(folder).join(below),
        None => folder.to_owned(),
    };
    named_below_root(&from)
}

/// Parts `revision:folder`, as git writes what a commit holds.
fn parted(name: &str) -> (&str, Option<&str>) {
    match name.split_once(':') {
        // A search for a commit by its message may hold a colon.
        Some((revision, folder)) if !revision.is_empty() && !revision.contains('{') => {
            (revision, Some(folder))
        }
        _ => (name, None),
    }
}

/// Says why a text is never given to git as a revision.
fn refused(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.starts_with('-') {
        Some("it starts as an option does")
    } else if name.starts_with('^') {
        Some("it leaves commits out: name one")
    } else if name.chars().any(char::is_control) {
        Some("it holds a control character")
    } else if name.contains("..") {
        Some("it is a range: name two revisions")
    } else {
        None
    }
}

impl Side {
    /// Reads a side.
    pub(super) fn read(
        folder: &Path,
        sort: Sort,
        environment: Option<&str>,
        world: &World<'_>,
    ) -> Result<Self, AppError> {
        let repository = match &sort {
            Sort::Revision { .. } => Repository::around(folder)?,
            Sort::Here | Sort::Folder(_) => None,
        };
        let (name, commit) = match &sort {
            Sort::Here => ("the working folder".to_owned(), None),
            Sort::Folder(name) => (name.clone(), None),
            Sort::Revision {
                name,
                commit,
                folder: None,
            } => (name.clone(), Some(commit.clone())),
            Sort::Revision {
                name,
                commit,
                folder: Some(folder),
            } => (format!("{name}:{folder}"), Some(commit.clone())),
        };
        let mut named = ComparedSide {
            name,
            commit,
            project: String::new(),
            folder: String::new(),
            tree: None,
            own: Vec::new(),
            own_line: None,
        };
        let found = find(folder, &sort, repository.as_ref())?;
        let before = &found.before;
        named.folder.clone_from(&found.folder);
        let file = match found.settings {
            Ok(file) => file,
            Err(problem) => return Ok(Self::broken(named, before, one(problem))),
        };
        let settings = match Settings::read(&file) {
            Ok(settings) => settings,
            Err(problems) => return Ok(Self::broken(named, before, problems)),
        };
        settings.project.as_str().clone_into(&mut named.project);
        let environment = match settings.environment(environment) {
            Ok(environment) => environment,
            Err(problem) => return Ok(Self::broken(named, before, one(problem))),
        };
        let must = Must {
            files: &settings.tree.files,
            settings: &file,
        };
        let sources = match (&found.from, &repository) {
            (From::Folder(root), _) => tree::read(root, &must),
            (From::Commit(commit, root), Some(repository)) => {
                committed(repository, commit, root, &must)?
            }
            (From::Commit(..), None) => Err(Diagnostics::new()),
        };
        let sources = match sources {
            Ok(sources) => sources,
            Err(problems) => return Ok(Self::broken(named, before, problems)),
        };
        let project = settings.project(&environment, &world.vars);
        // A tree says what it says, also where a waiver of it has ended since: that lifts nothing any more.
        let mut loaded = load(&sources, &project, NEVER);
        if let Some(desired) = &mut loaded.desired {
            let now = world.clock.now();
            desired.waivers.retain(|waiver| waiver.until > now);
        }
        named.own = project.own_domains;
        named.own_line = settings.own_line;
        named.tree = loaded.desired.as_ref().map(|desired| desired.tree);
        Ok(Self {
            named,
            desired: loaded.desired,
            problems: loaded.diagnostics,
            before: found.before,
        })
    }

    fn broken(named: ComparedSide, before: &str, problems: Diagnostics) -> Self {
        Self {
            named,
            desired: None,
            problems,
            before: before.to_owned(),
        }
    }

    /// Returns what there is to say of it, with the side's name in every place, or in the message where there is no place.
    pub(super) fn told(&self) -> Diagnostics {
        self.moved(|mut problem| {
            if problem.primary.is_none() {
                problem.message = format!("in {}: {}", self.named.name, problem.message);
            }
            (problem, self.before.clone())
        })
    }

    /// Returns the same with every place below the root of the repository, and the side's name in every message. What has no
    /// place is at the settings.
    pub(super) fn placed(&self) -> Diagnostics {
        let folder = match self.named.folder.as_str() {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let nowhere = Place {
            path: FILE.to_owned(),
            line: 1,
            column: 1,
            excerpt: String::new(),
            offset: 0,
            marked: 1,
            utf16: 1,
            utf16_end: 1,
        };
        self.moved(|mut problem| {
            problem.message = format!("in {}: {}", self.named.name, problem.message);
            let _ = problem
                .primary
                .get_or_insert_with(|| Box::new(nowhere.clone()));
            (problem, folder.clone())
        })
    }

    /// Returns what there is to say of it, made other, with something before the path of every place.
    fn moved(&self, other: impl Fn(Diagnostic) -> (Diagnostic, String)) -> Diagnostics {
        let mut all = Diagnostics::new();
        for problem in self.problems.iter() {
            let (mut problem, before) = other(problem.clone());
            let related = problem.related.iter_mut().map(|label| &mut label.place);
            let places = problem.primary.as_deref_mut().into_iter().chain(related);
            for place in places {
                place.path = format!("{before}{}", place.path);
            }
            all.push(problem);
        }
        all
    }
}

fn one(problem: Diagnostic) -> Diagnostics {
    let mut problems = Diagnostics::new();
    problems.push(problem);
    problems
}

/// Finds where the project of a side lies, and reads its settings.
fn find(
    folder: &Path,
    sort: &Sort,
    repository: Option<&Repository<'_>>,
) -> Result<Found, AppError> {
    let real = |path: &Path| {
        fs::canonicalize(path).map_err(|source| AppError::File {
            path: path.to_owned(),
            doing: "read",
            source,
        })
    };
    match sort {
        Sort::Here => {
            let from = real(folder)?;
            let root =
                find_root(&from).ok_or_else(|| AppError::NoProject { from: from.clone() })?;
            Ok(lying(root, String::new()))
        }
        Sort::Folder(name) => {
            let root = real(&folder.join(name))?;
            if root.join(FILE).symlink_metadata().is_err() {
                return Err(DiffError::NoProject {
                    place: format!("the folder `{name}`"),
                    instead: Vec::new(),
                }
                .into());
            }
            Ok(lying(&root, format!("{}/", name.trim_end_matches('/'))))
        }
        Sort::Revision {
            name,
            commit,
            folder: below,
        } => {
            let none = |instead| DiffError::NoProject {
                place: match below {
                    Some(below) => format!("`{name}:{below}`"),
                    None => format!("the revision `{name}`, here and in the folders above,"),
                },
                instead,
            };
            let repository = repository.ok_or_else(|| none(Vec::new()))?;
            let root = match below.as_deref().map(|below| repository.folder(below)) {
                None => repository.holder(commit, FILE)?,
                Some(Some(root)) => repository.first_holder(commit, FILE, vec![&root])?,
                Some(None) => None,
            };
            let Some(root) = root else {
                return Err(none(elsewhere(repository, name, commit)?).into());
            };
            let before = format!("{name}:{}", root.to_string_lossy());
            let listed = repository.list(commit, &root)?;
            let settings = listed.iter().find(|entry| entry.path == FILE.as_bytes());
            let settings = settings.ok_or_else(|| none(Vec::new()))?;
            let settings = match too_large(settings, FILE) {
                _ if settings.sort != git::Sort::File => {
                    Err(tree::not_regular(&format!("{before}{FILE}")))
                }
                Some(problem) => Err(problem),
                None => {
                    let mut contents = repository.contents(&[&settings.id])?;
                    decode_text(FILE, contents.pop().unwrap_or_default())
                }
            };
            Ok(Found {
                settings,
                before,
                folder: root.to_string_lossy().trim_end_matches('/').to_owned(),
                from: From::Commit(commit.clone(), root),
            })
        }
    }
}

/// Returns where a commit holds projects, as one may write it: the first few.
fn elsewhere(
    repository: &Repository<'_>,
    name: &str,
    commit: &str,
) -> Result<Vec<String>, DiffError> {
    let all = repository.list(commit, OsStr::new(""))?;
    let folders = all.iter().filter_map(|entry| {
        let folder = entry.path.strip_suffix(FILE.as_bytes())?;
        let folder = std::str::from_utf8(folder).ok()?;
        let is_whole = folder.is_empty() || folder.ends_with('/');
        is_whole.then(|| format!("{name}:{}", folder.trim_end_matches('/')))
    });
    Ok(folders.take(3).collect())
}

fn lying(root: &Path, before: String) -> Found {
    Found {
        settings: tree::read_one(root, FILE),
        before,
        folder: below_root(root),
        from: From::Folder(root.to_owned()),
    }
}

fn too_large(entry: &Entry, path: &str) -> Option<Diagnostic> {
    (entry.size > FILE_SIZE).then(|| {
        let message = format!(
            "`{path}` has {} bytes, and {FILE_SIZE} are allowed",
            entry.size
        );
        Diagnostic::error(code::FILE_LIMIT, message)
            .help("split it: any section may stand in any file")
    })
}

/// Reads every policy file below a folder of a commit, by the rules for folders on disk.
fn committed(
    repository: &Repository<'_>,
    commit: &str,
    root: &OsStr,
    must: &Must<'_>,
) -> Result<Result<Sources, Diagnostics>, DiffError> {
    let entries = repository.list(commit, root)?;
    let links: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.sort == git::Sort::Link && entry.size <= LINK_SIZE)
        .collect();
    let ids: Vec<&str> = links.iter().map(|entry| entry.id.as_str()).collect();
    let targets = repository.contents(&ids)?;
    let targets = links.iter().map(|entry| &entry.path).zip(targets).collect();
    let (files, out) = policy_files(&entries, &targets);
    let mut found: Vec<String> = files.keys().cloned().collect();
    let out = match tree::judge(&mut found, must, out) {
        Ok(out) => out,
        Err(out) => return Ok(Err(out)),
    };
    let ids: Vec<&str> = files.values().map(|entry| entry.id.as_str()).collect();
    let contents = repository.contents(&ids)?;
    let read = files.into_keys().zip(contents);
    let read = read.map(|(path, bytes)| decode_text(path, bytes));
    Ok(tree::whole(read.collect(), out))
}

/// Chooses the policy files of a list as the walk through a folder does.
fn policy_files<'e>(
    entries: &'e [Entry],
    targets: &BTreeMap<&Vec<u8>, Vec<u8>>,
) -> (BTreeMap<String, &'e Entry>, Diagnostics) {
    let (mut files, mut out) = (BTreeMap::new(), Diagnostics::new());
    let shown = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    let is_hidden = |path: &[u8]| {
        path.split(|b| *b == b'/')
            .any(|part| part.starts_with(b"."))
    };
    let mut own: BTreeSet<&[u8]> = BTreeSet::new();
    for entry in entries.iter().filter(|entry| !is_hidden(&entry.path)) {
        if let Some(folder) = entry.path.strip_suffix(FILE.as_bytes())
            && let Some(folder) = folder.strip_suffix(b"/")
            && own.insert(folder)
        {
            out.push(tree::nested(&shown(folder)));
        }
    }
    for entry in entries.iter().filter(|entry| !is_hidden(&entry.path)) {
        let path = shown(&entry.path);
        let policy = tree::is_policy_file(&path);
        match entry.sort {
            git::Sort::File if !policy => {}
            git::Sort::File => match std::str::from_utf8(&entry.path) {
                Err(_) => out.push(tree::not_utf8(&path)),
                Ok(path) => match too_large(entry, path) {
                    Some(problem) => out.push(problem),
                    None => {
                        files.insert(path.to_owned(), entry);
                    }
                },
            },
            git::Sort::Link if policy => out.push(tree::not_regular(&path)),
            git::Sort::Link => {
                let target = targets.get(&entry.path).map(Vec::as_slice);
                if leads_to_folder(&entry.path, target, entries) {
                    out.push(tree::link_to_folder(&path));
                }
            }
            git::Sort::Submodule => out.push(
                Diagnostic::error(code::NOT_REGULAR, format!("`{path}` is a submodule"))
                    .help("its files lie in another repository: put them here, or keep it outside of the project"),
            ),
        }
    }
    (files, out)
}

/// Returns true for a link to a folder, and for one that leads to where the commit's list does not tell.
fn leads_to_folder(path: &[u8], target: Option<&[u8]>, entries: &[Entry]) -> bool {
    let Some(target) = target.filter(|target| !target.starts_with(b"/")) else {
        return true;
    };
    let mut at: Vec<&[u8]> = path.split(|b| *b == b'/').collect();
    at.pop();
    for part in target.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                if at.pop().is_none() {
                    return true;
                }
            }
            part => at.push(part),
        }
    }
    let folder = [&at.join(&b'/')[..], b"/"].concat();
    at.is_empty() || entries.iter().any(|entry| entry.path.starts_with(&folder))
}
