//! Who reaches what: what is declared, what is live, or what a plan changes.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::judged;
use super::{AppError, Ask, Workspace, World, check};
use crate::diag::{Diagnostics, nearest};
use crate::model::{Address, Bodies, Desired, Kind, Live, Name, Object, Selection};
use crate::plan::Action;
use crate::render::picture::{Focus, Key, Mark, Picture, Renames, changed, draw};
use crate::store::{OpenMode, Store, StoreError};

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// What the tree declares.
    Declared,
    /// What the project owns in the store.
    Live,
    /// What an apply would change in the store.
    Changed,
}

/// Draws who reaches what: everything, or only the ways through an organization or a package.
///
/// # Errors
///
/// For a tree with errors, a store that cannot be read, and an organization or package that is neither declared nor live.
pub fn picture(
    workspace: &Workspace,
    world: &World<'_>,
    shows: Shows,
    organization: Option<&Name>,
    package: Option<&Name>,
) -> Result<Picture, AppError> {
    let focus = Focus { organization };
    let title = |what: &str| format!("{}: {what}", workspace.project());
    let declared = |desired: &Desired, title: String| {
        let objects = desired.objects().iter();
        draw(
            title,
            objects.map(|one| (&one.address, &*one.object)),
            focus,
        )
    };
    let of_live = |live: &BTreeMap<Address, Object>, title: String| draw(title, live, focus);
    let (mut picture, known) = match shows {
        Shows::Declared => {
            let (desired, _) = check::desired(workspace, world)?;
            let picture = declared(&desired, title("who reaches what"));
            (picture, addresses(&desired))
        }
        Shows::Live => {
            let store = workspace.open(OpenMode::Read)?;
            let read = read(&*store, workspace)?;
            let live = typed(&*store, &read)?;
            let mut picture = of_live(&live, title("who reaches what, live"));
            picture.nothing =
                (read.generation == 0).then_some("nothing was applied to this store yet");
            (picture, live.into_keys().collect())
        }
        Shows::Changed => {
            let (desired, _) = check::desired(workspace, world)?;
            let store = workspace.open(OpenMode::Read)?;
            let live = read(&*store, workspace)?;
            // What the tree is warned of, and what the guards say, is told with the plan.
            let (plan, impact, _) = judged(
                &*store,
                workspace,
                world,
                &desired,
                &Ask::default(),
                &mut Diagnostics::new(),
            )?;
            let (mut marks, mut renames) = (BTreeMap::new(), Renames::new());
            for change in &plan.changes {
                let key = change.address.to_string();
                let was = change
                    .delta
                    .before()
                    .and_then(|before| before.address.as_ref());
                if let Some(was) = was.filter(|was| **was != change.address) {
                    renames.insert(was.to_string(), key.clone());
                }
                marks.insert(key, mark(change.delta.action()));
            }
            let live = typed(&*store, &live)?;
            let after = declared(&desired, title("what an apply changes"));
            let before = of_live(&live, after.title.clone());
            let mut known: BTreeSet<Address> = addresses(&desired);
            known.extend(live.into_keys());
            (
                changed(before, after, &renames, &marks, &impact.rows),
                known,
            )
        }
    };
    for (kind, name) in [(Kind::Organization, organization), (Kind::Package, package)] {
        if let Some(name) = name {
            through(&mut picture, &Address::new(kind, name), &known)?;
        }
    }
    Ok(picture)
}

const fn mark(action: Action) -> Mark {
    match action {
        Action::Create | Action::Adopt => Mark::Created,
        Action::Update | Action::Replace => Mark::Updated,
        Action::Prune | Action::Forget => Mark::Deleted,
    }
}

fn addresses(desired: &Desired) -> BTreeSet<Address> {
    let objects = desired.objects().iter();
    objects.map(|one| one.address.clone()).collect()
}

/// Keeps the ways through one object.
fn through(
    picture: &mut Picture,
    address: &Address,
    known: &BTreeSet<Address>,
) -> Result<(), AppError> {
    if !known.contains(address) {
        let same = known.iter().filter(|one| one.kind() == address.kind());
        let same: Vec<String> = same.map(ToString::to_string).collect();
        let near = nearest(&address.to_string(), same.iter().map(String::as_str));
        return Err(AppError::NoSuchObject {
            address: address.clone(),
            help: near.map(str::to_owned),
        });
    }
    let kept: BTreeSet<Key> = picture.around(&address.to_string());
    picture.keep(&kept);
    let used: BTreeSet<Key> = picture
        .nodes
        .values()
        .filter_map(|node| node.group.clone())
        .collect();
    picture.groups.retain(|key, _| used.contains(key));
    Ok(())
}

fn read(store: &dyn Store, workspace: &Workspace) -> Result<Live, StoreError> {
    store.read(&Selection {
        project: workspace.project(),
        bodies: Bodies::All,
    })
}

/// Returns what the project owns, typed.
fn typed(store: &dyn Store, live: &Live) -> Result<BTreeMap<Address, Object>, StoreError> {
    let objects = live.bound().iter().filter_map(|bound| {
        let object = bound.object.as_ref()?;
        let mut body = serde_json::Deserializer::from_str(object.body.as_str());
        let decoded = object
            .kind
            .decode(&mut body)
            .map_err(|error| StoreError::Damaged {
                name: store.name().to_owned(),
                cause: format!("{} cannot be read: {error}", bound.address),
            });
        Some(decoded.map(|object| (bound.address.clone(), object)))
    });
    objects.collect()
}
