//! Files that commands write: what they may take the place of, and that they are written whole or not at all.
//!
//! A name that was mistyped must cost nobody anything: only a file of the same sort is replaced, and never one that the
//! project lives from.

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{AppError, FILE, Workspace, tree};
use crate::guard::FILE_BYTES;
use crate::store;

/// How much is gathered before it is written.
const BUFFER: usize = 64 * 1024;
/// How long the first line of an export is at most, in bytes.
const LINE: u64 = 1 << 20;

/// A sort of file that commands write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A saved plan.
    Plan,
    /// An export of the audit log.
    Export,
    /// A schema.
    Schema,
    /// A report of tests, as JUnit writes them.
    Junit,
}

impl Sort {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "a saved plan",
            Self::Export => "an export of the audit log",
            Self::Schema => "a schema",
            Self::Junit => "a report of tests",
        }
    }

    /// Who may read a new file.
    const fn mode(self) -> u32 {
        match self {
            Self::Plan | Self::Export => 0o600,
            Self::Schema | Self::Junit => 0o644,
        }
    }

    /// Returns true for a file of this sort. One that is empty holds nothing that could be lost.
    fn is(self, file: File) -> io::Result<bool> {
        let most = match self {
            Self::Plan | Self::Schema => FILE_BYTES,
            Self::Export | Self::Junit => LINE,
        };
        let mut bytes = Vec::new();
        let mut reader = BufReader::new(file.take(most));
        match self {
            Self::Plan | Self::Schema => reader.read_to_end(&mut bytes)?,
            Self::Export => reader.read_until(b'\n', &mut bytes)?,
            // The second line names the program.
            Self::Junit => {
                reader.read_until(b'\n', &mut bytes)? + reader.read_until(b'\n', &mut bytes)?
            }
        };
        if bytes.is_empty() {
            return Ok(true);
        }
        if matches!(self, Self::Junit) {
            let text = String::from_utf8_lossy(&bytes);
            let mut lines = text.lines();
            let declared = lines.next().is_some_and(|line| line.starts_with("<?xml "));
            let root = lines.next().unwrap_or_default();
            return Ok(declared && root.starts_with("<testsuites name=\"guestlist "));
        }
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
            return Ok(false);
        };
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        Ok(match self {
            Self::Plan => {
                text("format").is_some_and(|format| format.starts_with("guestlist-plan/"))
            }
            Self::Export => value.get("entry").is_some() && value.get("hash").is_some(),
            Self::Schema => text("$schema").is_some(),
            Self::Junit => false,
        })
    }
}

/// Writes a file beside the project. A crash leaves the old file or the new one, never half of it.
///
/// # Errors
///
/// [`AppError::Occupied`] for a place that something else has, or that the project needs; those of `fill`, and when the file
/// cannot be written.
pub(super) fn write<T>(
    workspace: &Workspace,
    path: &Path,
    sort: Sort,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let place = place(path, sort)?;
    let same = place.metadata().ok();
    for (needed, what) in needed(workspace) {
        if is_same(&place, same.as_ref(), &needed) {
            return Err(occupied(path, what, sort));
        }
    }
    if is_in_tree(workspace, &place) {
        return Err(occupied(path, "a policy file of the tree", sort));
    }
    put(path, &place, sort, fill)
}

/// Writes a report of tests beside the project. Where it is not known what the project lives from, the place is a free one or
/// that of an earlier report, and no file has it that a project would read by its name alone.
///
/// # Errors
///
/// [`AppError::Occupied`] for a place that something else has, and when the file cannot be written.
pub fn write_junit(
    workspace: Option<&Workspace>,
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), AppError> {
    let fill = |out: &mut dyn Write| fill(out).map_err(failed(path));
    if let Some(workspace) = workspace {
        return write(workspace, path, Sort::Junit, fill);
    }
    let place = place(path, Sort::Junit)?;
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    if name == FILE {
        return Err(occupied(path, "the settings of a project", Sort::Junit));
    }
    if tree::is_policy_file(&name) {
        return Err(occupied(path, "a policy file of a tree", Sort::Junit));
    }
    put(path, &place, Sort::Junit, fill)
}

/// Writes schemas into a folder, which is made where it is missing. No project is needed for that.
///
/// # Errors
///
/// As for [`write`].
pub fn write_schemas(folder: &Path, schemas: &[(String, String)]) -> Result<(), AppError> {
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for (file, text) in schemas {
        let path = folder.join(file);
        let place = place(&path, Sort::Schema)?;
        put(&path, &place, Sort::Schema, |out| {
            out.write_all(text.as_bytes()).map_err(failed(&path))
        })?;
    }
    Ok(())
}

fn failed(path: &Path) -> impl Fn(io::Error) -> AppError + use<> {
    let path = path.to_owned();
    move |error| {
        // The name of a file that is gone again tells nobody anything.
        let source = match error.raw_os_error() {
            Some(_) => error,
            None => io::Error::from(error.kind()),
        };
        AppError::File {
            path: path.clone(),
            doing: "written",
            source,
        }
    }
}

fn occupied(path: &Path, by: &'static str, sort: Sort) -> AppError {
    AppError::Occupied {
        path: path.to_owned(),
        by,
        what: sort.as_str(),
    }
}

/// Returns where a file really is, or will be, if nothing of another sort is there.
fn place(path: &Path, sort: Sort) -> Result<PathBuf, AppError> {
    let place = match fs::canonicalize(path) {
        Ok(place) => place,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                return Err(failed(path)(error));
            };
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            fs::canonicalize(folder).map_err(failed(path))?.join(name)
        }
        Err(error) => return Err(failed(path)(error)),
    };
    match fs::symlink_metadata(&place) {
        Ok(there) if there.is_dir() => Err(failed(path)(io::ErrorKind::IsADirectory.into())),
        Ok(there) if !there.is_file() => Err(AppError::File {
            path: path.to_owned(),
            doing: "written",
            source: io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"),
        }),
        Ok(_) => {
            let file = File::open(&place).map_err(failed(path))?;
            if sort.is(file).map_err(failed(path))? {
                Ok(place)
            } else {
                Err(occupied(path, "another file", sort))
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(place),
        Err(error) => Err(failed(path)(error)),
    }
}

/// Returns the files that the project lives from, in every environment, whether or not they are there.
fn needed(workspace: &Workspace) -> Vec<(PathBuf, &'static str)> {
    let (settings, root) = (&workspace.settings, &workspace.root);
    let mut needed = vec![(root.join(FILE), "the settings of the project")];
    let environments = || settings.environments.values();
    let urls = environments()
        .filter_map(|environment| environment.store.url.as_ref())
        .chain(&settings.store.url)
        .chain([&workspace.store_url]);
    for file in urls.filter_map(|url| store::file_of(url, root)) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut name = file.clone().into_os_string();
            name.push(ending);
            needed.push((name.into(), "a store of the project"));
        }
    }
    let given = &workspace.overrides;
    let audits = environments()
        .map(|environment| &environment.audit)
        .chain([&settings.audit]);
    for audit in audits {
        let heads = audit.heads.iter().map(|file| (file, "a heads file"));
        let keys = audit.key_file.iter().map(|file| (file, "a key"));
        needed.extend(
            heads
                .chain(keys)
                .map(|(file, what)| (root.join(file), what)),
        );
    }
    let heads = given.heads.iter().map(|file| (file, "a heads file"));
    let keys = given.key_file.iter().map(|file| (file, "a key"));
    needed.extend(
        heads
            .chain(keys)
            .map(|(file, what)| (root.join(file), what)),
    );
    needed
}

/// Returns true when a place is that of a file, by whatever name.
fn is_same(place: &Path, there: Option<&Metadata>, file: &Path) -> bool {
    if let (Some(there), Ok(other)) = (there, fs::metadata(file)) {
        return (there.dev(), there.ino()) == (other.dev(), other.ino());
    }
    let folder = file
        .parent()
        .and_then(|folder| fs::canonicalize(folder).ok());
    match (folder, file.file_name()) {
        (Some(folder), Some(name)) => folder.join(name) == place,
        _ => false,
    }
}

/// Returns true for a file that would be read as part of the tree.
fn is_in_tree(workspace: &Workspace, place: &Path) -> bool {
    let Ok(below) = place.strip_prefix(&workspace.root) else {
        return false;
    };
    let hidden = |part: &std::ffi::OsStr| part.to_string_lossy().starts_with('.');
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    tree::is_policy_file(&name) && !below.iter().any(hidden)
}

/// Puts a file in its place once it is whole.
fn put<T>(
    path: &Path,
    place: &Path,
    sort: Sort,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let failed = failed(path);
    let folder = place.parent().unwrap_or(Path::new("/"));
    let file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(sort.mode()))
        .tempfile_in(folder)
        .map_err(&failed)?;
    let mut out = BufWriter::with_capacity(BUFFER, file);
    let filled = fill(&mut out)?;
    let file = out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(&failed)?;
    file.persist(place).map_err(|error| failed(error.error))?;
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(&failed)?;
    Ok(filled)
}
