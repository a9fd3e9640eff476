//! What the tree declares, checked and complete.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::document::{Body, Digest, Document};
use super::invariant::Invariant;
use super::text::{Domain, Line, Principal};
use super::{Address, Lent, Lifecycle, Object, canonical};

/// What of the project's settings the tree is read with.
#[derive(Debug, Clone)]
pub struct Project {
    /// The project's name: who owns what it creates in a store.
    pub name: String,
    /// The verified domains of our own people.
    pub own_domains: Vec<Domain>,
    /// The zone of dates without a time.
    pub zone: TimeZone,
    /// Variables from outside the tree, by name; one of the tree wins over one of these.
    pub vars: std::collections::BTreeMap<String, String>,
}

/// Where an object is declared: a file below the project's root and a line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file.
    pub path: Arc<str>,
    /// The line of its name.
    pub line: u32,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// One object as declared.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The address.
    pub address: Address,
    /// The object. Boxed: declarations are sorted and moved by the hundred thousand.
    pub object: Box<Object>,
    /// Keys that speak of its life; `None` where it has none of them.
    pub lifecycle: Option<Box<Lifecycle>>,
    /// Where it is declared.
    pub origin: Origin,
    /// What it has from elsewhere; `None` where all of it stands where it is declared.
    pub lent: Option<Box<Lent>>,
    /// The digest of the managed part of its body, of which part that is, and of its former names.
    pub digest: Digest,
}

impl Declaration {
    /// Returns a declaration with its digest.
    #[must_use]
    pub fn new(address: Address, object: Object, lifecycle: Lifecycle, origin: Origin) -> Self {
        let lifecycle = (!lifecycle.is_default()).then(|| Box::new(lifecycle));
        let mut declaration = Self {
            address,
            object: Box::new(object),
            lifecycle,
            origin,
            lent: None,
            digest: Digest::of(&[]),
        };
        declaration.digest = declaration.digest_of(&declaration.managed());
        declaration
    }

    /// Returns the digest that a declaration with the same life and another managed body would have.
    pub(crate) fn digest_of(&self, managed: &Body) -> Digest {
        let mut text = managed.as_str().to_owned();
        if !self.unmanaged().is_empty() {
            // A key that is left alone and one that is declared to be absent look alike in the body.
            let mut keys: Vec<&str> = self.unmanaged().iter().map(String::as_str).collect();
            keys.sort_unstable();
            text.push_str(&canonical(&keys));
        }
        if let Some(names) = self
            .lifecycle
            .as_deref()
            .and_then(|life| life.formerly.as_ref())
        {
            // Whether a name was given up already shows by whether the tree said so when it was last applied.
            let mut names: Vec<&str> = names.iter().map(super::Name::as_str).collect();
            names.sort_unstable();
            names.dedup();
            text.push_str(&canonical(&serde_json::json!({ "formerly": names })));
        }
        Digest::of(text.as_bytes())
    }

    /// Returns the declaration as it would be without former names.
    pub(crate) fn without_names(&self) -> Self {
        let mut lifecycle = self.lifecycle.as_deref().cloned().unwrap_or_default();
        lifecycle.formerly = None;
        let (address, origin) = (self.address.clone(), self.origin.clone());
        Self {
            lent: self.lent.clone(),
            ..Self::new(address, (*self.object).clone(), lifecycle, origin)
        }
    }

    /// Returns the keys that are left as they are live.
    #[must_use]
    pub fn unmanaged(&self) -> &[String] {
        self.lifecycle
            .as_deref()
            .map_or(&[], |lifecycle| &lifecycle.unmanaged)
    }

    /// Returns the whole body, defaults included.
    #[must_use]
    pub fn body(&self) -> Body {
        Body::of(&*self.object)
    }

    /// Returns the body without the keys that are left as they are live.
    #[must_use]
    pub fn managed(&self) -> Body {
        self.managed_of(&self.body())
    }

    /// Returns another body without the keys that are left as they are live.
    pub(crate) fn managed_of(&self, body: &Body) -> Body {
        if self.unmanaged().is_empty() {
            return body.clone();
        }
        let mut value = body.to_value();
        if let Some(keys) = value.as_object_mut() {
            keys.retain(|key, _| !self.unmanaged().iter().any(|unmanaged| unmanaged == key));
        }
        Body::of(&value)
    }

    /// Returns the whole document.
    #[must_use]
    pub fn document(&self) -> Document {
        Document {
            address: self.address.clone(),
            body: self.body(),
        }
    }
}

/// A finding or guard that is silenced for an address, by somebody, until an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The lint rule or guard.
    pub rule: Line,
    /// The address.
    pub address: Address,
    /// Why.
    pub reason: Line,
    /// Who answers for it.
    pub by: Principal,
    /// When it ends.
    pub until: Timestamp,
    /// Where it is declared.
    pub origin: Origin,
}

impl Waiver {
    /// The guards that a waiver can lift.
    pub const GUARDS: &'static [&'static str] = &[
        "deletes",
        "everything",
        "foreign",
        "holders",
        "replacement",
        "twin",
        "widening",
    ];

    /// The guards that no waiver lifts, and what to do instead.
    pub const OTHER_GUARDS: &'static [(&'static str, &'static str)] = &[
        ("adoption", "say `adopt: { id: … }` in its declaration"),
        (
            "protection",
            "declare the object with `protect: false` and apply that first",
        ),
        (
            "rename",
            "give each name to one object, and say `formerly` of the one that had it",
        ),
        ("whole", "mend what could not be read"),
    ];

    /// Returns the names of all guards, whether waivers lift them or not.
    pub fn guards() -> impl Iterator<Item = &'static str> {
        let others = Self::OTHER_GUARDS.iter().map(|(guard, _)| *guard);
        Self::GUARDS.iter().copied().chain(others)
    }
}

/// Everything that the tree declares, in order of addresses.
#[derive(Debug, Clone)]
pub struct Desired {
    objects: Vec<Declaration>,
    /// Addresses to let go without deleting, in order.
    pub forget: Vec<Address>,
    /// What is silenced.
    pub waivers: Vec<Waiver>,
    /// What must never, or always, hold; in order of names.
    pub invariants: Vec<Invariant>,
    /// The domains of our own people that the tree was read with; `None` for one that no settings go with.
    pub own: Option<Vec<Domain>>,
    /// The digest of all files: their paths and bytes.
    pub tree: Digest,
}

impl Desired {
    /// Returns a tree of these objects, each address once.
    #[must_use]
    pub fn new(
        mut objects: Vec<Declaration>,
        mut forget: Vec<Address>,
        waivers: Vec<Waiver>,
        tree: Digest,
    ) -> Self {
        objects.sort_by(|a, b| a.address.cmp(&b.address));
        debug_assert!(
            objects
                .windows(2)
                .all(|pair| pair[0].address < pair[1].address)
        );
        forget.sort();
        forget.dedup();
        Self {
            objects,
            forget,
            waivers,
            invariants: Vec::new(),
            own: None,
            tree,
        }
    }

    /// Returns the tree as if it declared nothing; what it lets go and what it silences stays.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self {
            objects: Vec::new(),
            forget: self.forget.clone(),
            waivers: self.waivers.clone(),
            invariants: Vec::new(),
            own: self.own.clone(),
            tree: self.tree,
        }
    }

    /// Returns the objects in order of addresses.
    #[must_use]
    pub fn objects(&self) -> &[Declaration] {
        &self.objects
    }

    /// Returns an object by its address.
    #[must_use]
    pub fn get(&self, address: &Address) -> Option<&Declaration> {
        let at = self
            .objects
            .binary_search_by(|object| object.address.cmp(address))
            .ok()?;
        Some(&self.objects[at])
    }
}
