//! Invariants that are about nothing: a name that nothing has makes a statement true for no good reason.

use std::collections::BTreeSet;

use super::super::sections::INVARIANTS;
use super::Tree;
use super::near::Among;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::model::invariant::{Glob, Invariant, Terms};
use crate::model::kinds::{Package, Resource};
use crate::model::{Kind, OneOrMore};
use crate::source::{FileId, Place, Route};

pub(super) fn check(
    tree: &Tree<'_, '_>,
    invariants: &[(FileId, Invariant)],
    out: &mut Diagnostics,
) {
    for pair in invariants.windows(2) {
        if let [(_, first), (_, again)] = pair
            && first.name == again.name
        {
            let message = format!("the invariant `{}` is declared twice", again.name);
            out.push(
                Diagnostic::error(code::DUPLICATE_NAME, message)
                    .at(again.stands.name.clone())
                    .related(first.stands.name.clone(), "first declared here")
                    .help("give one of them another name"),
            );
        }
    }
    for (file, invariant) in invariants {
        Idle {
            tree,
            file: *file,
            invariant,
        }
        .look(out);
    }
}

/// Looks for keys of an invariant that fit nothing.
struct Idle<'i, 't, 's> {
    tree: &'i Tree<'t, 's>,
    file: FileId,
    invariant: &'i Invariant,
}

impl Idle<'_, '_, '_> {
    fn look(&self, out: &mut Diagnostics) {
        let before = out.len();
        let terms = self.invariant.terms();
        let Terms {
            requestors: _,
            domain: _,
            organization,
            holds,
            asks,
            catalog,
            resource,
            role,
            through: _,
            approvals: _,
            expires: _,
            review: _,
        } = terms;
        self.globs(
            "organization",
            Kind::Organization,
            organization.as_ref(),
            out,
        );
        self.globs("catalog", Kind::Catalog, catalog.as_ref(), out);
        self.globs("resource", Kind::Resource, resource.as_ref(), out);
        for (index, package) in holds.iter().flat_map(OneOrMore::iter).enumerate() {
            self.glob(&self.item("holds", index), Kind::Package, &package.0, out);
        }
        if let Some(package) = asks {
            self.glob(&self.key("asks"), Kind::Package, &package.0, out);
        }
        if let Some(roles) = role {
            self.roles(roles, out);
        }
        if out.len() == before
            && !self
                .tree
                .packages()
                .any(|((_, declared), package)| self.is_about(declared.address.own_name(), package))
        {
            let message = format!(
                "the invariant `{}` is about no package that is declared",
                self.invariant.name
            );
            let place = self.invariant.stands.name.clone();
            out.push(
                self.idle(place, message)
                    .help("take it out, or widen what it is about"),
            );
        }
    }

    /// Returns true for a package whose catalog and roles the statement is about.
    fn is_about(&self, name: &str, package: &Package) -> bool {
        let terms = self.invariant.terms();
        let mut held = terms.holds.iter().flat_map(OneOrMore::iter).peekable();
        let held = held.peek().is_none() || held.any(|package| package.0.matches(name));
        let asked = terms.asks.as_ref();
        if !held || !asked.is_none_or(|package| package.0.matches(name)) {
            return false;
        }
        let fits = |globs: &Option<OneOrMore<Glob>>, name: &str| {
            let mut globs = globs.iter().flat_map(OneOrMore::iter).peekable();
            globs.peek().is_none() || globs.any(|glob| glob.matches(name))
        };
        let grants = || {
            package.grants.iter().any(|(resource, roles)| {
                let mut wanted = terms.role.iter().flat_map(OneOrMore::iter).peekable();
                let role = wanted.peek().is_none()
                    || wanted.any(|wanted| roles.iter().any(|role| role == wanted));
                role && fits(&terms.resource, resource.as_str())
            })
        };
        let all = terms.resource.is_none() && terms.role.is_none();
        fits(&terms.catalog, package.catalog.as_str()) && (all || grants())
    }

    fn key(&self, key: &str) -> Route {
        let route = Route::root()
            .key(INVARIANTS)
            .key(self.invariant.name.as_str());
        route.key(self.invariant.statement.key()).key(key)
    }

    /// Returns the route of a value, or of an item where it is a list.
    fn item(&self, key: &str, index: usize) -> Route {
        let route = self.key(key);
        let item = route.clone().index(index);
        if self.tree.locator.is_written(self.file, &item) {
            item
        } else {
            route
        }
    }

    fn place(&self, route: &Route) -> Place {
        self.tree.locator.in_file(self.file, route)
    }

    fn idle(&self, place: Place, message: String) -> Diagnostic {
        Diagnostic::warning(code::IDLE_INVARIANT, message).at(place)
    }

    fn globs(&self, key: &str, kind: Kind, globs: Option<&OneOrMore<Glob>>, out: &mut Diagnostics) {
        for (index, glob) in globs.into_iter().flat_map(OneOrMore::iter).enumerate() {
            self.glob(&self.item(key, index), kind, glob, out);
        }
    }

    fn glob(&self, at: &Route, kind: Kind, glob: &Glob, out: &mut Diagnostics) {
        match glob.exact() {
            Some(name) if self.tree.declares(kind, name) => {}
            Some(name) => {
                let message =
                    format!("the invariant names the {kind} `{name}`, which is not declared");
                let near = self.tree.near(Among::All(kind), name);
                let help = near.map_or_else(
                    || format!("nothing is said of any {kind} now: name one of the tree, or take it out"),
                    |near| format!("did you mean `{near}`?"),
                );
                out.push(self.idle(self.place(at), message).help(help));
            }
            None => {
                let mut names = self.tree.names(Among::All(kind)).into_iter();
                if !names.any(|name| glob.matches(name)) {
                    let message = format!("no {kind} of the tree is called `{glob}`");
                    out.push(self.idle(self.place(at), message));
                }
            }
        }
    }

    fn roles(&self, wanted: &OneOrMore<crate::model::text::Line>, out: &mut Diagnostics) {
        let terms = self.invariant.terms();
        let meant = |name: &str| {
            let mut globs = terms.resource.iter().flat_map(OneOrMore::iter).peekable();
            globs.peek().is_none() || globs.any(|glob| glob.matches(name))
        };
        let resources = self.tree.of(Kind::Resource);
        let resources = resources.filter(|(_, declared)| meant(declared.address.name()));
        let offered: BTreeSet<&str> = resources
            .filter_map(|(_, declared)| self.tree.resource(declared.address.name()))
            .flat_map(Resource::offered_roles)
            .collect();
        for (index, role) in wanted.iter().enumerate() {
            if !offered.contains(role.as_str()) && !offered.is_empty() {
                let message =
                    format!("no resource that the invariant is about offers a role `{role}`");
                let help = offer(role.as_str(), offered.iter().copied());
                let place = self.place(&self.item("role", index));
                out.push(self.idle(place, message).help_opt(help));
            }
        }
    }
}
