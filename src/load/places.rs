//! Where an object and its parts stand: from addresses and routes to nodes of a file, and from there to lines.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::node::{NodeRef, Tree};
use super::parse::parse;
use super::profiles::Profiles;
use super::scalar::Variables;
use crate::model::{Address, Kind, Name, Waiver};
use crate::source::{FileId, Place, Route, Sources, Step};

/// Returns the address that a route of a file leads into, and the rest of the route; `None` outside objects.
pub(super) fn address_of(route: &Route) -> Option<(Address, Route)> {
    let key = |at: usize| match route.steps().get(at) {
        Some(Step::Key(key)) => Some(&**key),
        _ => None,
    };
    let rest = |from: usize| route.steps()[from..].iter().cloned().collect();
    let section = key(0)?;
    let kind = *super::schema::SECTIONS
        .iter()
        .find(|kind| kind.section() == section)?;
    if kind.is_singleton() {
        return Some((Address::singleton(kind), rest(1)));
    }
    let name = Name::parse(key(1)?).ok()?;
    match (kind, key(2)) {
        (Kind::Package, Some(inner)) if inner == Kind::Policy.section() && key(3).is_some() => {
            let own = Name::parse(key(3)?).ok()?;
            Some((Address::within(Kind::Policy, &name, &own), rest(4)))
        }
        (Kind::Organization, Some(inner)) if inner == Kind::CrossTenant.section() => {
            Some((Address::new(Kind::CrossTenant, &name), rest(3)))
        }
        _ => Some((Address::new(kind, &name), rest(2))),
    }
}

/// Returns the route of an object in its file.
pub(super) fn route_of(address: &Address) -> Route {
    let section = Route::root().key(address.kind().section());
    match (address.kind(), address.parent()) {
        (kind, _) if kind.is_singleton() => section,
        (kind, Some(parent)) => {
            let parent = route_of(&parent);
            parent.key(kind.section()).key(address.own_name())
        }
        (Kind::CrossTenant, None) => {
            let organizations = Route::root().key(Kind::Organization.section());
            organizations
                .key(address.name())
                .key(Kind::CrossTenant.section())
        }
        (_, None) => section.key(address.name()),
    }
}

/// Finds the line of anything in the tree, by reading its file once more: places are asked for only when something is
/// wrong, and keeping them all would cost more than the objects themselves.
pub(super) struct Locator<'s> {
    sources: &'s Sources,
    variables: &'s Variables,
    profiles: &'s Profiles<'s>,
    trees: RefCell<BTreeMap<FileId, Option<Tree<'s>>>>,
}

impl<'s> Locator<'s> {
    pub(super) fn new(
        sources: &'s Sources,
        variables: &'s Variables,
        profiles: &'s Profiles<'s>,
    ) -> Self {
        Self {
            sources,
            variables,
            profiles,
            trees: RefCell::default(),
        }
    }

    fn with_root<T>(&self, file: FileId, see: impl FnOnce(NodeRef<'_>) -> T) -> Option<T> {
        let mut trees = self.trees.borrow_mut();
        let source = self.sources.file(file);
        let tree = trees
            .entry(file)
            .or_insert_with(|| parse(source, Some(self.variables)).0);
        tree.as_ref().map(|tree| see(tree.root()))
    }

    /// Returns the place of a part of an object declared in a file, or of its nearest part that is written.
    pub(super) fn place(&self, file: FileId, address: &Address, inner: &Route) -> Place {
        let found = self.with_root(file, |root| {
            place_in(self.sources, file, root, address, inner, self.profiles)
        });
        found.unwrap_or_else(|| self.sources.file(file).place(0, 0))
    }

    /// Returns the place of a text that stands at a route of an object: as its value, as an item of its list, or as its
    /// key.
    pub(super) fn in_object(
        &self,
        file: FileId,
        address: &Address,
        inner: &Route,
        text: &str,
    ) -> Place {
        let whole: Route = route_of(address)
            .steps()
            .iter()
            .chain(inner.steps())
            .cloned()
            .collect();
        let found = self.with_root(file, |root| {
            let node = root.find(&whole)?;
            let mut candidates = std::iter::once(node).chain(node.items());
            if let Some(node) = candidates.find(|node| node.as_text() == Some(text)) {
                return Some(node.span());
            }
            key_span(root, &whole)
                .filter(|_| matches!(whole.steps().last(), Some(Step::Key(key)) if **key == *text))
        });
        match found.flatten() {
            Some((start, end)) => self.sources.file(file).place(start, end),
            None => self.place(file, address, inner),
        }
    }

    /// Returns the place of the key that a route of an object ends with.
    pub(super) fn key_in_object(&self, file: FileId, address: &Address, inner: &Route) -> Place {
        let whole: Route = route_of(address)
            .steps()
            .iter()
            .chain(inner.steps())
            .cloned()
            .collect();
        match self
            .with_root(file, |root| key_span(root, &whole))
            .flatten()
        {
            Some((start, end)) => self.sources.file(file).place(start, end),
            None => self.place(file, address, inner),
        }
    }

    /// Returns true when a route of a file leads to something.
    pub(super) fn is_written(&self, file: FileId, route: &Route) -> bool {
        self.with_root(file, |root| root.find(route).is_some())
            .unwrap_or_default()
    }

    /// Returns the place of the rule of a waiver; of the file where the waiver is not found.
    pub(super) fn rule_of_waiver(&self, file: FileId, waiver: &Waiver) -> Place {
        let source = self.sources.file(file);
        let is_it = |item: &NodeRef<'_>| {
            let says = |key: &str, text: &str| {
                let found = item.get(key).and_then(NodeRef::as_text);
                found == Some(text)
            };
            source.line(item.span().0) == waiver.origin.line
                && says("rule", waiver.rule.as_str())
                && says("address", &waiver.address.to_string())
        };
        let found = self.with_root(file, |root| {
            let mut items = root.get("waivers")?.items();
            Some(items.find(is_it)?.get("rule")?.span())
        });
        let (start, end) = found.flatten().unwrap_or_default();
        source.place(start, end)
    }

    /// Returns the place of a route of a file.
    pub(super) fn in_file(&self, file: FileId, route: &Route) -> Place {
        let (start, end) = self
            .with_root(file, |root| root.locate(route))
            .unwrap_or_default();
        self.sources.file(file).place(start, end)
    }
}

fn key_span(root: NodeRef<'_>, route: &Route) -> Option<(u32, u32)> {
    let mut parent = route.clone();
    let Some(Step::Key(key)) = parent.pop() else {
        return None;
    };
    let mut entries = root.find(&parent)?.entries();
    entries
        .find(|entry| *entry.key == *key)
        .map(|entry| entry.key_span)
}

/// Returns the place of a part of an object; a key that a policy has from its profile stands in the profile.
pub(super) fn place_in(
    sources: &Sources,
    file: FileId,
    root: NodeRef<'_>,
    address: &Address,
    inner: &Route,
    profiles: &Profiles<'_>,
) -> Place {
    let object = route_of(address);
    if address.kind() == Kind::Policy
        && let (Some(node), Some(key)) = (root.find(&object), inner.attribute())
        && node.get(key).is_none()
        && let Some(profile) = node.get("profile").and_then(|name| name.as_text())
        && let Some(place) = profiles.place(sources, profile, inner)
    {
        return place;
    }
    let whole: Route = object
        .steps()
        .iter()
        .chain(inner.steps())
        .cloned()
        .collect();
    let (start, end) = root.locate(&whole);
    sources.file(file).place(start, end)
}
