//! What a store holds now, as far as it was asked.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Body, Digest};
use super::{Address, Kind};

/// A store's own id of an object. Shown only where nothing else names the object.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct RemoteId(pub String);

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An object as a store holds it; others are named by their present addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveObject {
    /// The store's own id.
    pub id: RemoteId,
    /// The kind.
    pub kind: Kind,
    /// The address that the project bound it to; `None` for an object that nobody owns.
    pub address: Option<Address>,
    /// The keys and values.
    pub body: Body,
}

/// Whether an object is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence<'l> {
    /// No object is bound to the address. Known, not guessed: a read is complete or an error.
    Absent,
    /// The object is as the tree was last applied, and the tree still says the same; its body was not fetched.
    Same,
    /// The object, fetched.
    Present(&'l LiveObject),
}

/// What is known of one bound object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The address.
    pub address: Address,
    /// The object; `None` when it is the same as declared.
    pub object: Option<LiveObject>,
}

/// What a store holds of a project, complete for what was asked.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The store's identity; never the same for two stores.
    pub lineage: String,
    /// How many commits the store has seen.
    pub generation: u64,
    bound: Vec<Bound>,
    /// Objects that no project owns, with their bodies, in order of kind and id.
    pub unmanaged: Vec<LiveObject>,
    /// How many objects other projects own.
    pub foreign: u64,
}

impl Live {
    /// Returns what was read, each address once.
    #[must_use]
    pub fn new(
        lineage: String,
        generation: u64,
        mut bound: Vec<Bound>,
        mut unmanaged: Vec<LiveObject>,
        foreign: u64,
    ) -> Self {
        bound.sort_by(|a, b| a.address.cmp(&b.address));
        unmanaged.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        Self {
            lineage,
            generation,
            bound,
            unmanaged,
            foreign,
        }
    }

    /// Returns the objects that the project owns, in order of addresses.
    #[must_use]
    pub fn bound(&self) -> &[Bound] {
        &self.bound
    }

    /// Returns whether an object is bound to an address.
    #[must_use]
    pub fn get(&self, address: &Address) -> Presence<'_> {
        match self
            .bound
            .binary_search_by(|bound| bound.address.cmp(address))
        {
            Err(_) => Presence::Absent,
            Ok(at) => self.bound[at]
                .object
                .as_ref()
                .map_or(Presence::Same, Presence::Present),
        }
    }
}

/// An object that another project owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Its owner.
    pub project: String,
    /// The object, at the address that its owner bound it to.
    pub object: LiveObject,
}

/// What a store is asked to read of a project.
#[derive(Debug, Clone, Copy)]
pub struct Selection<'s> {
    /// The project.
    pub project: &'s str,
    /// The bodies to fetch.
    pub bodies: Bodies<'s>,
}

/// The bodies that a read fetches; every address is read in any case.
#[derive(Clone, Copy)]
pub enum Bodies<'s> {
    /// All of them.
    All,
    /// Those whose object is not, or no longer, as the tree with these digests was last applied. The tree answers with the
    /// digest of an address, if it declares it.
    Differing(&'s dyn Fn(&Address) -> Option<Digest>),
    /// Those of these addresses.
    Of(&'s [Address]),
}

impl fmt::Debug for Bodies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("All"),
            Self::Differing(_) => f.write_str("Differing(..)"),
            Self::Of(addresses) => f.debug_tuple("Of").field(addresses).finish(),
        }
    }
}
