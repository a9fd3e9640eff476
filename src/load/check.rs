//! What no object can know by itself: names declared twice, references to nothing, and rules across objects.

mod access;
mod names;
mod people;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use super::places::Locator;
use super::sections::Contents;
use crate::diag::{Code, Diagnostic, Diagnostics, code, offer};
use crate::model::{Address, Declaration, Kind, Object, Project, Waiver};
use crate::source::{FileId, Place, Route};

/// What a tree declares, each address once.
pub(super) struct Checked {
    pub(super) objects: Vec<Declaration>,
    pub(super) forget: Vec<Address>,
    pub(super) waivers: Vec<Waiver>,
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
        diagnostics: _,
    } = contents;
    declarations.sort_by(|(file, a), (other, b)| {
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

    let objects = declarations
        .into_iter()
        .map(|(_, declaration)| declaration)
        .collect();
    let forget = forget.into_iter().map(|(_, _, address)| address).collect();
    let waivers = waivers.into_iter().map(|(_, _, waiver)| waiver).collect();
    (
        Checked {
            objects,
            forget,
            waivers,
        },
        out,
    )
}

/// All declarations, found by kind and name.
struct Tree<'t, 's> {
    declarations: &'t [(FileId, Declaration)],
    /// What could be read of objects with wrong keys: what they name is looked at, what they lack is not.
    salvaged: &'t [(FileId, Declaration)],
    by_name: HashMap<(Kind, &'t str), usize, FixedState>,
    broken: HashMap<(Kind, &'t str), FileId, FixedState>,
    locator: &'t Locator<'s>,
    /// The names of a kind, once somebody has looked for one.
    sorted: RefCell<BTreeMap<Kind, Rc<[&'t str]>>>,
    /// How many names may still be compared.
    comparisons: Cell<usize>,
}

/// How many names a run compares with misspelt ones at most.
const COMPARISONS: usize = 500_000;

impl<'t, 's> Tree<'t, 's> {
    fn new(
        declarations: &'t [(FileId, Declaration)],
        broken: &'t [(FileId, Address)],
        salvaged: &'t [(FileId, Declaration)],
        locator: &'t Locator<'s>,
    ) -> Self {
        let key = |address: &'t Address| (address.kind(), address.name());
        Self {
            declarations,
            salvaged,
            by_name: declarations
                .iter()
                .enumerate()
                .map(|(at, (_, d))| (key(&d.address), at))
                .collect(),
            broken: broken
                .iter()
                .map(|(file, address)| (key(address), *file))
                .collect(),
            locator,
            sorted: RefCell::default(),
            comparisons: Cell::new(COMPARISONS),
        }
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

    /// Returns every name of a kind, in order, to look for a near one among them; none once a run has compared enough of
    /// them, for nobody reads that many messages.
    fn candidates(&self, kind: Kind) -> Rc<[&'t str]> {
        let mut known = self.sorted.borrow_mut();
        let names = known.entry(kind).or_insert_with(|| self.names(kind).into());
        let Some(rest) = self.comparisons.get().checked_sub(names.len()) else {
            return Rc::default();
        };
        self.comparisons.set(rest);
        Rc::clone(names)
    }

    /// Returns every name of a kind, in order.
    fn names(&self, kind: Kind) -> Vec<&'t str> {
        let readable = self.by_name.keys().chain(self.broken.keys());
        let mut names: Vec<&str> = readable
            .filter(|(of, _)| *of == kind)
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

    fn place(&self, (file, declaration): &(FileId, Declaration), at: &Route) -> Place {
        self.locator.place(*file, &declaration.address, at)
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

macro_rules! typed {
    ($($of:ident: $kind:ident;)*) => {
        impl Tree<'_, '_> {
            $(fn $of(&self) -> impl Iterator<Item = (&(FileId, Declaration), &crate::model::kinds::$kind)> {
                self.of(Kind::$kind).filter_map(|of| match &of.1.object {
                    Object::$kind(object) => Some((of, object)),
                    _ => None,
                })
            })*
        }
    };
}

typed! {
    catalogs: Catalog;
    organizations: Organization;
    packages: Package;
    policies: Policy;
}

/// Offers a near name of a kind.
fn near(tree: &Tree<'_, '_>, kind: Kind, name: &str) -> Option<String> {
    offer(name, tree.candidates(kind).iter().copied())
}

/// The code of a reference to nothing, here for all rules.
const UNKNOWN: Code = code::UNKNOWN_REFERENCE;
