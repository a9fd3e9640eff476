//! A new project: settings, an example with comments, editor settings, and what git leaves out.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use ci::Ci;

use super::settings::FILE;
use super::{AppError, schemas};
use crate::model::Name;

mod ci;

/// A new project.
#[derive(Debug)]
pub struct Initialised {
    /// The folder.
    pub root: PathBuf,
    /// The files written, below it; those of a pipeline may lie above, at the root of the repository.
    pub files: Vec<String>,
    /// What is left to do by hand.
    pub hints: Vec<String>,
}

const SETTINGS: &str = include_str!("init/guestlist.toml");
const EXAMPLE: &str = include_str!("init/example.yaml");
const EDITOR: &str = include_str!("init/settings.json");
const GITIGNORE: &str = ".gitignore";
const IGNORED: &str = include_str!("init/gitignore");

/// Makes a new project in a folder, which is created where it is missing. Nothing that exists is overwritten; a
/// `.gitignore` gets the lines that it lacks. With a host of pipelines, its files are added, also to a project that is
/// there already.
///
/// # Errors
///
/// When a file stands there already, or one cannot be written.
pub fn init(
    folder: &Path,
    project: Option<&Name>,
    ci: Option<Ci>,
) -> Result<Initialised, AppError> {
    fs::create_dir_all(folder).map_err(unwritten(folder))?;
    let root = fs::canonicalize(folder).map_err(unwritten(folder))?;
    let pipeline = match ci {
        Some(ci) => ci::files(&root, ci)?,
        None => ci::Pipeline::default(),
    };
    let is_there = root.join(FILE).symlink_metadata().is_ok();
    let mut written = Vec::new();
    if ci.is_none() || !is_there {
        start(&root, project, &mut written)?;
    }
    for (file, text) in &pipeline.files {
        write(&root, file, text)?;
        written.push(file.clone());
    }
    Ok(Initialised {
        root,
        files: written,
        hints: pipeline.hints,
    })
}

/// Writes the files of a new project.
fn start(root: &Path, project: Option<&Name>, written: &mut Vec<String>) -> Result<(), AppError> {
    let name = project.map_or_else(|| name_of(root), ToString::to_string);
    let schema = schemas()
        .into_iter()
        .find(|(file, _)| file == "policy.schema.json");
    let files = [
        (FILE, SETTINGS.replace("PROJECT", &name)),
        ("policies/example.yaml", EXAMPLE.to_owned()),
        (
            ".guestlist/policy.schema.json",
            schema.map(|(_, text)| text).unwrap_or_default(),
        ),
        (".vscode/settings.json", EDITOR.to_owned()),
    ];
    if let Some((taken, _)) = files
        .iter()
        .find(|(file, _)| root.join(file).symlink_metadata().is_ok())
    {
        return Err(AppError::Exists {
            path: root.join(taken),
        });
    }
    for (file, text) in &files {
        write(root, file, text)?;
        written.push((*file).to_owned());
    }
    let ignored = root.join(GITIGNORE);
    if ignore(&ignored).map_err(unwritten(&ignored))? {
        written.push(GITIGNORE.to_owned());
    }
    Ok(())
}

fn unwritten(path: &Path) -> impl FnOnce(io::Error) -> AppError {
    let path = path.to_owned();
    move |source| AppError::File {
        path,
        doing: "written",
        source,
    }
}

/// Writes a file that is not there yet.
fn write(root: &Path, file: &str, text: &str) -> Result<(), AppError> {
    let path = root.join(file);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(unwritten(parent))?;
    }
    let open = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path);
    open.and_then(|mut open| open.write_all(text.as_bytes()))
        .map_err(unwritten(&path))
}

/// Adds what git leaves out to a file that may be there already. Returns false when nothing was missing.
fn ignore(path: &Path) -> io::Result<bool> {
    let known = match fs::read_to_string(path) {
        Ok(known) => known,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let has = |line: &str| known.lines().any(|there| there.trim() == line);
    let missing: Vec<&str> = IGNORED.lines().filter(|line| !has(line)).collect();
    if !missing.iter().any(|line| !line.starts_with('#')) {
        return Ok(false);
    }
    let gap = match known.is_empty() || known.ends_with('\n') {
        true => "",
        false => "\n",
    };
    let mut file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)?;
    writeln!(file, "{gap}{}", missing.join("\n"))?;
    Ok(true)
}

/// Makes a project's name of a folder's.
fn name_of(root: &Path) -> String {
    let folder = root
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let name: String = folder
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(64)
        .collect();
    let name = name.trim_matches('-');
    if name.is_empty() {
        "external-access".to_owned()
    } else {
        name.to_owned()
    }
}
