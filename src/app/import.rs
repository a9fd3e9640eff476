//! Live objects to files: what is live becomes what is declared, so that the next plan has nothing to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::plan::against;
use super::{AppError, Workspace, World, check, tree};
use crate::diag::{Diagnostics, code};
use crate::load::print::{Printable, Printed, PrintedFile, holder, print};
use crate::load::{Loaded, load};
use crate::model::{Address, Bodies, Bond, Desired, Live, LiveObject, Name, Object, Selection};
use crate::plan::Action;
use crate::plan::Asks;
use crate::render::report::Imported;
use crate::source::{SourceFile, Sources};
use crate::store::{OpenMode, Store};

/// The folder for imported files, below the project's root.
const FOLDER: &str = "policies";

/// Writes live objects that the tree does not declare into files: those of the project, or, with `unmanaged`, those that
/// nobody owns, to be taken over. Nothing that exists is overwritten, and after an error nothing was written.
///
/// # Errors
///
/// For a tree with errors, a store that cannot be read, and files that exist or cannot be written.
pub fn import(
    workspace: &Workspace,
    world: &World<'_>,
    unmanaged: bool,
    into: Option<&Path>,
) -> Result<Imported, AppError> {
    let sources = sources(workspace)?;
    let desired = declared(workspace, world, &sources)?;
    let store = workspace.open(OpenMode::Read)?;
    store.prove_at_once()?;
    let live = store.read(&Selection {
        project: workspace.project(),
        bodies: Bodies::All,
    })?;
    let (chosen, mut left) = if unmanaged {
        of_nobody(&live, desired.as_ref())
    } else {
        of_project(&live, desired.as_ref())
    };
    let wanted = settle(chosen, desired.as_ref(), &mut left);
    let Printed { files, left: more } = print(&wanted);
    left.extend(
        more.into_iter()
            .map(|(address, why)| (address.to_string(), why.to_owned())),
    );
    left.sort();
    left.dedup();
    let folder = match into {
        Some(folder) => folder.to_owned(),
        None => workspace.root.join(FOLDER),
    };
    let folder = std::path::absolute(&folder).map_err(failed(&folder))?;
    let rest = rest(workspace, world, &*store, sources, &folder, &files)?;
    write(&folder, &files)?;
    Ok(Imported {
        store: store.name().to_owned(),
        files: files
            .iter()
            .map(|file| {
                (
                    shown(workspace, &folder.join(&file.path)),
                    file.objects.len(),
                )
            })
            .collect(),
        left,
        unmanaged,
        rest,
    })
}

/// Reads the files of the tree; a tree without files is an empty one here.
pub(super) fn sources(workspace: &Workspace) -> Result<Sources, AppError> {
    match tree::read(&workspace.root, &check::must(workspace)) {
        Ok(sources) => Ok(sources),
        Err(problems) if only(&problems, code::EMPTY_TREE) => Ok(Sources::new(Vec::new())),
        Err(problems) => Err(AppError::Invalid(problems)),
    }
}

/// Reads what the tree declares; one that declares nothing is no error here.
pub(super) fn declared(
    workspace: &Workspace,
    world: &World<'_>,
    sources: &Sources,
) -> Result<Option<Desired>, AppError> {
    let project = workspace
        .settings
        .project(&workspace.environment, &world.vars);
    let Loaded {
        desired,
        scenarios: _,
        diagnostics,
    } = load(sources, &project, world.clock.now());
    if desired.is_some() || only(&diagnostics, code::NO_OBJECTS) {
        return Ok(desired);
    }
    Err(AppError::Invalid(diagnostics))
}

fn only(problems: &Diagnostics, code: crate::diag::Code) -> bool {
    problems.iter().all(|problem| problem.code == code)
}

/// What is to be written, and what is left, by name and with the reason.
type Chosen<'l> = (Vec<(&'l LiveObject, Address)>, Vec<(String, String)>);

/// Chooses what the project owns and the tree does not declare.
fn of_project<'l>(live: &'l Live, desired: Option<&Desired>) -> Chosen<'l> {
    let undeclared = |address: &Address| desired.is_none_or(|tree| tree.get(address).is_none());
    let (left, objects): (Vec<_>, Vec<_>) = live
        .bound()
        .iter()
        .filter(|bound| undeclared(&bound.address))
        .filter_map(|bound| Some((bound.object.as_ref()?, bound.address.clone())))
        .partition(|(_, address)| is_let_go(address, desired));
    let left = left.into_iter();
    let left = left.map(|(_, address)| (address.to_string(), LET_GO.to_owned()));
    (objects, left.collect())
}

/// Why nothing is written of what the tree lets go.
const LET_GO: &str = "the tree lets it go: take it out of `forget` to write it";

/// Returns true for what the tree lets go, and for what is inside of it.
fn is_let_go(address: &Address, desired: Option<&Desired>) -> bool {
    let named =
        |address: &Address| desired.is_some_and(|tree| tree.forget.binary_search(address).is_ok());
    named(address) || address.parent().is_some_and(|parent| named(&parent))
}

/// Chooses what nobody owns and the tree does not take over already, each under a name of its own.
fn of_nobody<'l>(live: &'l Live, desired: Option<&Desired>) -> Chosen<'l> {
    let mut left = Vec::new();
    let adopted: BTreeSet<String> = desired
        .iter()
        .flat_map(|tree| tree.objects())
        .filter_map(|declaration| declaration.lifecycle.as_deref()?.adopt.as_ref())
        .map(|adopt| adopt.id.as_str().to_ascii_lowercase())
        .collect();
    let mut taken: BTreeSet<Address> = live
        .bound()
        .iter()
        .map(|bound| bound.address.clone())
        .collect();
    taken.extend(
        desired
            .iter()
            .flat_map(|tree| tree.objects())
            .map(|declaration| declaration.address.clone()),
    );
    // An address that is let go cannot be declared, whosever object it was.
    taken.extend(desired.iter().flat_map(|tree| tree.forget.iter().cloned()));
    let mut chosen: Vec<(&LiveObject, Address)> = Vec::new();
    // What others live in comes before them, so that they find its new name.
    let mut moved: BTreeMap<Address, Address> = BTreeMap::new();
    let free = live
        .unmanaged
        .iter()
        .filter(|object| !adopted.contains(&object.id.0.to_ascii_lowercase()));
    for object in free {
        let called = match &object.last {
            Some(last) => format!("{last} ({})", object.id),
            None => format!("{} {}", object.kind, object.id),
        };
        if object
            .last
            .as_ref()
            .is_some_and(|last| is_let_go(last, desired))
        {
            left.push((called, LET_GO.to_owned()));
            continue;
        }
        if object.kind.is_settings() {
            let help = if object.kind.is_singleton() {
                format!(
                    "settings have no id: declare them and plan with `--adopt {}`",
                    object.kind
                )
            } else {
                "settings have no id: declare them in their organization".to_owned()
            };
            left.push((called, help));
            continue;
        }
        let parent = object.last.as_ref().and_then(Address::parent);
        let parent = parent.as_ref().map(|parent| (parent, moved.get(parent)));
        let address = match (object.kind.parent(), parent) {
            (None, _) => fresh(object, None, &taken),
            (Some(_), Some((_, Some(new)))) => fresh(object, Some(new), &taken),
            (Some(kind), Some((old, None))) if taken.contains(old) => {
                left.push((
                    called,
                    format!("its {kind} is declared already: write it there, with `adopt: {{ id: {} }}`", object.id),
                ));
                continue;
            }
            (Some(kind), _) => {
                left.push((called, format!("nobody knows which {kind} it belongs to")));
                continue;
            }
        };
        let Some(address) = address else {
            left.push((called, "no name can be made for it".to_owned()));
            continue;
        };
        taken.insert(address.clone());
        if let Some(last) = &object.last {
            moved.insert(last.clone(), address.clone());
        }
        chosen.push((object, address));
    }
    (chosen, left)
}

/// Makes an address that nothing has: of the name that the object had, or of what people call it.
fn fresh(
    object: &LiveObject,
    parent: Option<&Address>,
    taken: &BTreeSet<Address>,
) -> Option<Address> {
    let within = |name: &str| {
        let name = Name::parse(name).ok()?;
        let address = match parent {
            Some(parent) => Address::within(object.kind, &Name::parse(parent.name()).ok()?, &name),
            None => Address::new(object.kind, &name),
        };
        (!taken.contains(&address)).then_some(address)
    };
    let had = object
        .last
        .as_ref()
        .and_then(|last| within(last.own_name()));
    had.or_else(|| {
        let stem = stem(object);
        within(&stem).or_else(|| (2..100_000).find_map(|n| within(&format!("{stem}-{n}"))))
    })
}

/// Makes a name of what people call an object.
fn stem(object: &LiveObject) -> String {
    let body = object.body.to_value();
    let called = [
        "displayName",
        "group",
        "team",
        "application",
        "directoryRole",
        "site",
    ]
    .iter()
    .find_map(|key| body[*key].as_str())
    .unwrap_or_default();
    // Of a site's address, what tells it from others.
    let called = called
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or(called);
    plain(called).unwrap_or_else(|| object.kind.as_str().to_owned())
}

/// Makes a name of a text that people read, with room for a number behind it; `None` where nothing is left of it.
pub(super) fn plain(called: &str) -> Option<String> {
    let mut name = String::new();
    for c in called
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
    {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(56);
    let name = name.trim_end_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

/// Leaves out what names something that neither the tree nor another object to be written declares.
fn settle(
    chosen: Vec<(&LiveObject, Address)>,
    desired: Option<&Desired>,
    left: &mut Vec<(String, String)>,
) -> Vec<Printable> {
    let declared = |address: &Address| desired.is_some_and(|tree| tree.get(address).is_some());
    let mut known: BTreeSet<Address> = chosen.iter().map(|(_, address)| address.clone()).collect();
    let mut rest: Vec<(&LiveObject, Address, Option<Object>)> = chosen
        .into_iter()
        .map(|(object, address)| {
            let mut read = serde_json::Deserializer::from_str(object.body.as_str());
            let decoded = object.kind.decode(&mut read).ok();
            (object, address, decoded)
        })
        .collect();
    loop {
        let before = rest.len();
        rest.retain(|(_, address, object)| {
            let missing = missing(
                address,
                object.as_ref(),
                &|named| known.contains(named),
                &declared,
            );
            if let Some(why) = missing {
                known.remove(address);
                left.push((address.to_string(), why));
                return false;
            }
            true
        });
        if rest.len() == before {
            break;
        }
    }
    rest.into_iter()
        .map(|(object, address, _)| Printable {
            body: object.body.clone(),
            adopt: object.address.is_none().then(|| object.id.clone()),
            address,
        })
        .collect()
}

/// Says what an object lacks, if it lacks something.
fn missing(
    address: &Address,
    object: Option<&Object>,
    known: &dyn Fn(&Address) -> bool,
    declared: &dyn Fn(&Address) -> bool,
) -> Option<String> {
    if let Some(holder) = holder(address)
        && !known(&holder)
    {
        return Some(if declared(&holder) {
            format!("it belongs into {holder}, which is declared already: write it there")
        } else {
            format!("it belongs into {holder}, which is not there")
        });
    }
    let mut missing = None;
    object?.references(&mut |mention| {
        let named = format!("{}/{}", mention.kind, mention.name);
        if mention.bond != Bond::Perhaps
            && missing.is_none()
            && let Ok(named) = named.parse::<Address>()
            && !known(&named)
            && !declared(&named)
        {
            missing = Some(format!(
                "it names {named}, which this project does not have"
            ));
        }
    });
    missing
}

/// Returns how many changes the next plan has besides taking over; `None` where the files are no part of the tree, or the
/// tree has errors with them.
fn rest(
    workspace: &Workspace,
    world: &World<'_>,
    store: &dyn Store,
    sources: Sources,
    folder: &Path,
    files: &[PrintedFile],
) -> Result<Option<usize>, AppError> {
    let Ok(below) = folder.strip_prefix(&workspace.root) else {
        return Ok(None);
    };
    let hidden = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
    if below.components().any(hidden) {
        return Ok(None);
    }
    let mut all: Vec<SourceFile> = sources
        .iter()
        .map(|(_, file)| SourceFile::new(file.path(), file.text()))
        .collect();
    all.extend(files.iter().map(|file| {
        let path = below.join(&file.path).to_string_lossy().into_owned();
        SourceFile::new(path, file.text.as_str())
    }));
    let project = workspace
        .settings
        .project(&workspace.environment, &world.vars);
    let Some(desired) = load(&Sources::new(all), &project, world.clock.now()).desired else {
        return Ok(None);
    };
    let plan = against(store, workspace.project(), &desired, &Asks::default())?;
    let adopted = plan
        .changes
        .iter()
        .filter(|change| change.delta.action() == Action::Adopt && change.delta.edits().is_empty());
    Ok(Some(plan.changes.len() - adopted.count()))
}

pub(super) fn shown(workspace: &Workspace, path: &Path) -> String {
    let below = path.strip_prefix(&workspace.root).unwrap_or(path);
    below.to_string_lossy().into_owned()
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> AppError + use<> {
    let path = path.to_owned();
    move |source| AppError::File {
        path,
        doing: "written",
        source,
    }
}

/// Writes files, all of them or none.
pub(super) fn write(folder: &Path, files: &[PrintedFile]) -> Result<(), AppError> {
    for file in files {
        let path = folder.join(&file.path);
        if path.symlink_metadata().is_ok() {
            return Err(AppError::Exists { path });
        }
    }
    let mut made = Made::default();
    let mut ready = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        made.folder(parent).map_err(failed(parent))?;
        let mut builder = tempfile::Builder::new();
        // A reader of the tree leaves out what starts with a dot.
        builder.prefix(".import-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut temporary = builder.tempfile_in(parent).map_err(failed(parent))?;
        temporary
            .write_all(file.text.as_bytes())
            .and_then(|()| temporary.as_file().sync_all())
            .map_err(failed(&path))?;
        ready.push((temporary, path));
    }
    for (temporary, path) in ready {
        match temporary.persist_noclobber(&path) {
            Ok(_) => made.files.push(path),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(AppError::Exists { path });
            }
            Err(error) => return Err(failed(&path)(error.error)),
        }
    }
    made.keep();
    Ok(())
}

/// What was made so far, which goes again unless it is kept.
#[derive(Debug, Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    /// Makes a folder, and those above it that are missing.
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.folder(parent)?;
        }
        fs::create_dir(folder)?;
        self.folders.push(folder.to_owned());
        Ok(())
    }

    fn keep(mut self) {
        self.folders.clear();
        self.files.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // The error that led here is the one to tell; what cannot be taken away stays.
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, Kind, RemoteId};
    use serde_json::json;

    fn named(value: &serde_json::Value, kind: Kind) -> String {
        stem(&LiveObject {
            id: RemoteId("1".to_owned()),
            kind,
            address: None,
            body: Body::of(value),
            drift: None,
            last: None,
        })
    }

    #[test]
    fn names_are_made_of_what_people_read() {
        let organization = |name: &str| named(&json!({ "displayName": name }), Kind::Organization);
        assert_eq!(organization("Müller & Söhne GmbH"), "muller-sohne-gmbh");
        assert_eq!(organization("…"), "organization");
        assert_eq!(organization(&"x".repeat(80)).len(), 56);
        let site = json!({ "site": "https://contoso.sharepoint.com/sites/Campaign/" });
        assert_eq!(named(&site, Kind::Resource), "campaign");
    }

    #[test]
    fn files_are_written_all_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |path: &str| PrintedFile {
            path: path.to_owned(),
            text: "version: 1\n".to_owned(),
            objects: Vec::new(),
        };
        let files = [file("a/one.yaml"), file("b/two.yaml")];
        fs::create_dir(folder.path().join("b")).expect("a folder");
        fs::write(folder.path().join("b/two.yaml"), "mine").expect("a file");
        let error = write(folder.path(), &files).expect_err("one is there");
        assert!(matches!(error, AppError::Exists { .. }), "{error}");
        assert!(!folder.path().join("a").exists());
        fs::remove_file(folder.path().join("b/two.yaml")).expect("removed");
        fs::remove_dir(folder.path().join("b")).expect("removed");
        // A file where a folder has to be.
        fs::write(folder.path().join("b"), "mine").expect("a file");
        assert!(write(folder.path(), &files).is_err());
        assert!(!folder.path().join("a").exists());
        fs::remove_file(folder.path().join("b")).expect("removed");
        write(folder.path(), &files).expect("both are new");
        assert!(folder.path().join("a/one.yaml").exists());
        let left = fs::read_dir(folder.path().join("a"))
            .expect("lists")
            .count();
        assert_eq!(left, 1);
    }
}
