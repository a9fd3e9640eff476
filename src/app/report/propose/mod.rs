//! What would govern guests whom nobody governs: files of the language and a list of assignments, ready to be read, edited,
//! applied and granted. Nothing that exists is overwritten, and after an error nothing was written.

mod draft;
mod guest;
mod homes;
mod paper;
mod places;

use std::collections::BTreeSet;
use std::path::{Component, Path};

use draft::Draft;
use guest::Guest;
use paper::{Closed, Ground};

use super::partners::Partners;
use super::{Ungoverned, UngovernedBy};
use crate::app::governance::Engine;
use crate::app::import::{declared, shown, sources, write};
use crate::app::{AppError, Workspace, World};
use crate::governance::organization;
use crate::governance::record::{Group, Key, Mark};
use crate::load::load;
use crate::load::print::{Printed, PrintedFile, print};
use crate::model::{Bodies, Desired, Selection};
use crate::render::csv;
use crate::render::json::v1::{FormatVersion, NotProposed, Proposed, ProposedFile};
use crate::source::{SourceFile, Sources};

/// The list of assignments, below the folder of a proposal.
const ASSIGNMENTS: &str = "assignments.csv";

/// Writes a proposal into a folder.
///
/// # Errors
///
/// A refusal for who may not see every guest, for a tree with errors, a store that cannot be read, and files that exist or
/// cannot be written.
pub fn propose(
    engine: &mut Engine<'_>,
    workspace: &Workspace,
    world: &World<'_>,
    folder: &Path,
) -> Result<Proposed, AppError> {
    let sources = sources(workspace)?;
    let desired = declared(workspace, world, &sources)?;
    let live = engine.store().read(&Selection {
        project: workspace.project(),
        bodies: Bodies::Of(&[]),
    })?;
    let mut taken: BTreeSet<_> = live
        .bound()
        .iter()
        .map(|bound| bound.address.clone())
        .collect();
    let objects = desired.iter().flat_map(Desired::objects);
    taken.extend(objects.map(|declaration| declaration.address.clone()));
    let guests = guests(engine, desired.as_ref())?;
    let closed = closed(engine)?;
    let own = workspace
        .settings
        .project(&workspace.environment, &world.vars)
        .own_domains;
    let draft = draft::draft(
        &guests,
        &Ground {
            desired: desired.as_ref(),
            taken,
            closed,
            own: &own,
            at: engine.now(),
        },
    );
    let Draft {
        objects,
        lines,
        covered,
        mut left,
    } = draft;
    let Printed {
        mut files,
        left: unwritten,
    } = print(&objects);
    left.extend(unwritten.into_iter().map(|(address, why)| NotProposed {
        what: address.to_string(),
        why: why.to_owned(),
    }));
    let folder = std::path::absolute(folder).map_err(|source| AppError::File {
        path: folder.to_owned(),
        doing: "written",
        source,
    })?;
    must_load(workspace, world, sources, &folder, &files)?;
    let policies = files.len();
    if !lines.is_empty() {
        files.push(PrintedFile {
            path: ASSIGNMENTS.to_owned(),
            text: table(&lines, engine),
            objects: Vec::new(),
        });
    }
    write(&folder, &files)?;
    let in_tree = is_read(
        workspace,
        &folder.canonicalize().unwrap_or_else(|_| folder.clone()),
    );
    let path = |file: &PrintedFile| shown(workspace, &folder.join(&file.path));
    Ok(Proposed {
        format_version: FormatVersion,
        at: engine.now(),
        files: files
            .iter()
            .take(policies)
            .map(|file| ProposedFile {
                path: path(file),
                objects: file.objects.len(),
            })
            .collect(),
        in_tree,
        assignments: files.get(policies).map(path),
        assignment_count: lines.len() as u64,
        guests: covered,
        left,
    })
}

/// Reads the guests whom nobody governs, each with the organization that the tree declares for them.
fn guests(engine: &Engine<'_>, desired: Option<&Desired>) -> Result<Vec<Guest>, AppError> {
    let objects = desired.into_iter().flat_map(Desired::objects);
    let organizations: Vec<_> = objects
        .filter_map(|declaration| match &*declaration.object {
            crate::model::Object::Organization(one) => {
                Some(organization::declared(declaration.address.own_name(), one))
            }
            _ => None,
        })
        .collect();
    let partners = Partners::of(&organizations);
    let mut report = Ungoverned::new(engine, UngovernedBy::Organization)?;
    let mut guests = Vec::new();
    while let Some(page) = report.found()? {
        let made = page
            .into_iter()
            .map(|(person, holds)| Guest::new(&person, holds, partners.find(&person)));
        guests.extend(made);
    }
    Ok(guests)
}

/// Returns the groups of the directory that a package cannot make a guest a member of, each with the reason.
fn closed(engine: &Engine<'_>) -> Result<Closed, AppError> {
    engine.look(|desk| {
        let mut closed = Closed::new();
        for group in desk.find::<Group>(Mark::GroupName, &Key::new())? {
            let why = match (&group.rule, group.guests) {
                (Some(_), _) => "has its members by rule",
                (None, false) => "takes no guests",
                (None, true) => continue,
            };
            closed.insert(group.name.to_lowercase(), why);
        }
        Ok(closed)
    })
}

/// Returns the list of assignments as `assignment grant --csv` reads it.
fn table(lines: &[draft::Assigned], engine: &Engine<'_>) -> String {
    let day = engine.now().strftime("%Y-%m-%d").to_string();
    let why = format!("here without a package on {day}");
    let mut text = String::from("email,package,policy,justification\r\n");
    for line in lines {
        let cells = [&line.mail, &line.package, &line.policy, &why].map(|cell| csv::cell(cell));
        text += &cells.join(",");
        text += "\r\n";
    }
    text
}

/// Returns true for a folder whose files are read as a part of the tree.
fn is_read(workspace: &Workspace, folder: &Path) -> bool {
    let hidden = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
    let below = folder.strip_prefix(&workspace.root).ok();
    below.is_some_and(|below| !below.components().any(hidden))
}

/// Refuses a proposal that would not load with the tree.
fn must_load(
    workspace: &Workspace,
    world: &World<'_>,
    sources: Sources,
    folder: &Path,
    files: &[PrintedFile],
) -> Result<(), AppError> {
    if files.is_empty() {
        return Ok(());
    }
    let below = folder.strip_prefix(&workspace.root).ok();
    let below = below
        .filter(|_| is_read(workspace, folder))
        .unwrap_or_else(|| Path::new("proposed"));
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
    let loaded = load(&Sources::new(all), &project, world.clock.now());
    match loaded.desired {
        Some(_) => Ok(()),
        None => Err(AppError::Invalid(loaded.diagnostics)),
    }
}
