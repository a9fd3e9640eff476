//! What no object can know by itself: names declared twice, references to nothing, and rules across objects.

mod access;
mod cast;
mod directory;
mod edits;
mod invariants;
mod names;
mod near;
mod people;
mod scenarios;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;

use foldhash::fast::FixedState;
use jiff::Timestamp;
use rayon::prelude::*;

use super::places::Locator;
use super::sections::Contents;
use crate::diag::{Code, Diagnostic, Diagnostics, code};
use crate::model::invariant::Invariant;
use crate::model::kinds::{Catalog, Organization, Package, Policy, Resource};
use crate::model::{Address, Declaration, Kind, Object, Project, Waiver};
use crate::scenario::Scenario;
use crate::source::{FileId, Place, Route};
use near::{Among, Near};

/// What a tree declares, each address once.
pub(super) struct Checked {
    pub(super) objects: Vec<Declaration>,
    pub(super) forget: Vec<Address>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) invariants: Vec<Invariant>,
    pub(super) scenarios: Vec<Scenario>,
}

/// Checks a whole tree.
pub(super) fn check(
    contents: Contents,
    locator: &Locator<'_>,
    project: &Project,
    now: Timestamp,
) -> (Checked, Diagnostics) {
    let Contents {
        mut declarations,
        broken,
        salvaged,
        forget,
        waivers,
        mut invariants,
        mut scenarios,
        unreadable: _,
        diagnostics: _,
    } = contents;
    scenarios.sort_by(|a, b| a.name.cmp(&b.name));
    declarations.par_sort_by(|(file, a), (other, b)| {
        (&a.address, &a.origin.path, a.origin.line, file).cmp(&(
            &b.address,
            &b.origin.path,
            b.origin.line,
            other,
        ))
    });
    let mut out = Diagnostics::new();
    names::declared_once(&declarations, &broken, locator, &mut out);
    declarations.dedup_by(|(_, later), (_, first)| later.address == first.address);

    let tree = Tree::new(&declarations, &broken, &salvaged, locator);
    names::references(&tree, &mut out);
    names::renames(&tree, &mut out);
    names::let_go(&tree, &forget, &mut out);
    names::waived(&tree, &waivers, now, &mut out);
    access::check(&tree, &mut out);
    people::check(&tree, project, &mut out);
    invariants.sort_by(|(_, a), (_, b)| (&a.name, &a.stands.name).cmp(&(&b.name, &b.stands.name)));
    invariants::check(&tree, &invariants, &mut out);
    scenarios::check(&tree, &scenarios, project, &mut out);

    let objects = declarations
        .into_iter()
        .map(|(_, declaration)| declaration)
        .collect();
    let forget = forget.into_iter().map(|(_, _, address)| address).collect();
    let waivers = waivers.into_iter().map(|(_, _, waiver)| waiver).collect();
    let invariants = invariants.into_iter().map(|(_, one)| one).collect();
    (
        Checked {
            objects,
            forget,
            waivers,
            invariants,
            scenarios,
        },
        out,
    )
}

/// All declarations, and what is needed to say something about them.
struct Tree<'t, 's> {
    known: Known<'t>,
    /// What could be read of objects with wrong keys: what they name is looked at, what they lack is not.
    salvaged: &'t [(FileId, Declaration)],
    locator: &'t Locator<'s>,
    near: RefCell<Near<'t>>,
    /// The test that declares some of it otherwise.
    test: Option<&'t edits::InTest<'t>>,
}

/// All declarations, found by kind and name: what all cores may look into at once.
struct Known<'t> {
    declarations: &'t [(FileId, Declaration)],
    by_name: HashMap<(Kind, &'t str), usize, FixedState>,
    broken: HashMap<(Kind, &'t str), FileId, FixedState>,
}

impl<'t> Deref for Tree<'t, '_> {
    type Target = Known<'t>;

    fn deref(&self) -> &Known<'t> {
        &self.known
    }
}

impl<'t, 's> Tree<'t, 's> {
    fn new(
        declarations: &'t [(FileId, Declaration)],
        broken: &'t [(FileId, Address)],
        salvaged: &'t [(FileId, Declaration)],
        locator: &'t Locator<'s>,
    ) -> Self {
        let key = |address: &'t Address| (address.kind(), address.name());
        Self {
            known: Known {
                declarations,
                by_name: declarations
                    .iter()
                    .enumerate()
                    .map(|(at, (_, d))| (key(&d.address), at))
                    .collect(),
                broken: broken
                    .iter()
                    .map(|(file, address)| (key(address), *file))
                    .collect(),
            },
            salvaged,
            locator,
            near: RefCell::default(),
            test: None,
        }
    }

    /// Returns the declared name that a name is meant to be, if one is near.
    fn near(&self, among: Among, wrong: &str) -> Option<&'t str> {
        self.near
            .borrow_mut()
            .find(among, wrong, || self.names(among))
    }

    fn place(&self, (file, declaration): &(FileId, Declaration), at: &Route) -> Place {
        let address = &declaration.address;
        self.in_test(address, at)
            .unwrap_or_else(|| self.locator.place(*file, address, at))
    }

    /// Returns the place of a text that stands at a route of an object: as its value, as an item of its list, or as its key.
    fn text(&self, of: &(FileId, Declaration), at: &Route, text: &str) -> Place {
        let (file, address) = (of.0, &of.1.address);
        self.in_test(address, at)
            .unwrap_or_else(|| self.locator.in_object(file, address, at, text))
    }

    /// Returns the place of a key of an object.
    fn key(&self, of: &(FileId, Declaration), at: &Route) -> Place {
        let (file, address) = (of.0, &of.1.address);
        self.in_test(address, at)
            .unwrap_or_else(|| self.locator.key_in_object(file, address, at))
    }

    /// Returns the place of a part of an object that a test declares otherwise.
    fn in_test(&self, address: &Address, at: &Route) -> Option<Place> {
        self.test?.place(address, at)
    }

    fn error(
        &self,
        of: &(FileId, Declaration),
        at: &Route,
        code: Code,
        message: String,
    ) -> Diagnostic {
        Diagnostic::error(code, message).at(self.place(of, at))
    }
}

impl<'t> Known<'t> {
    /// Returns the addresses of what could not be read.
    fn broken(&self) -> Vec<(FileId, Address)> {
        let all = self.broken.iter();
        let named = all.filter_map(|((kind, name), file)| {
            let address = format!("{kind}/{name}").parse().ok()?;
            Some((*file, address))
        });
        named.collect()
    }

    /// Returns an object that could be read.
    fn get(&self, kind: Kind, name: &str) -> Option<&'t (FileId, Declaration)> {
        self.by_name
            .get(&(kind, name))
            .map(|at| &self.declarations[*at])
    }

    /// Returns true for an object that is declared, readable or not.
    fn declares(&self, kind: Kind, name: &str) -> bool {
        self.by_name.contains_key(&(kind, name)) || self.broken.contains_key(&(kind, name))
    }

    /// Returns every name, in order.
    fn names(&self, among: Among) -> Vec<&'t str> {
        let readable = self.by_name.keys().chain(self.broken.keys());
        let meant = |kind: Kind, name: &str| match among {
            Among::All(of) => kind == of,
            Among::Groups => {
                kind == Kind::Resource && self.resource(name).is_some_and(Resource::has_members)
            }
        };
        let mut names: Vec<&str> = readable
            .filter(|(kind, name)| meant(*kind, name))
            .map(|(_, name)| *name)
            .collect();
        names.sort_unstable();
        names
    }

    /// Returns the objects of a kind, in order of names.
    fn of(&self, kind: Kind) -> impl Iterator<Item = &'t (FileId, Declaration)> {
        let start = self
            .declarations
            .partition_point(|(_, d)| d.address.kind() < kind);
        self.declarations[start..]
            .iter()
            .take_while(move |(_, d)| d.address.kind() == kind)
    }
}

macro_rules! all {
    ($($all:ident: $kind:ident),*) => {
        impl<'t> Known<'t> {
            $(fn $all(&self) -> impl Iterator<Item = (&'t (FileId, Declaration), &'t $kind)> {
                self.of(Kind::$kind).filter_map(|of| match &*of.1.object {
                    Object::$kind(object) => Some((of, object)),
                    _ => None,
                })
            })*
        }
    };
}

macro_rules! one {
    ($($one:ident: $kind:ident),*) => {
        impl<'t> Known<'t> {
            $(fn $one(&self, name: &str) -> Option<&'t $kind> {
                match &*self.get(Kind::$kind, name)?.1.object {
                    Object::$kind(object) => Some(object),
                    _ => None,
                }
            })*
        }
    };
}

all!(catalogs: Catalog, organizations: Organization, packages: Package, policies: Policy, resources: Resource);
one!(catalog: Catalog, organization: Organization, package: Package, resource: Resource);

/// The code of a reference to nothing, here for all rules.
const UNKNOWN: Code = code::UNKNOWN_REFERENCE;
