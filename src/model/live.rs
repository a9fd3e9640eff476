//! What a store holds now, as far as it was asked.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Body, Digest};
use super::text::Domain;
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
    /// How it departs from what its project last applied; `None` for one that nobody changed since.
    pub drift: Option<Box<Departure>>,
    /// The address that an object of nobody had when it was last somebody's, where that is known.
    pub last: Option<Address>,
}

/// How a live object departs from what its project last applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The keys and values as last applied; others are named by their present addresses.
    pub applied: Body,
    /// Who changed it, where the store knows.
    pub by: Option<Touch>,
}

/// Who changed an object that was not theirs to change, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The run that did.
    pub run: String,
    /// For which project.
    pub project: String,
    /// Who ran it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// An object that a project applied, never gave up, and no longer has where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The address that it was applied at, under present names.
    pub address: Address,
    /// The store's own id.
    pub id: RemoteId,
    /// The keys and values as last applied; others are named by their present addresses.
    pub applied: Body,
    /// What became of it.
    pub fate: Fate,
    /// Who did it, where the store knows.
    pub by: Option<Touch>,
}

/// What became of an object behind its project's back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is gone.
    Deleted,
    /// It is there, and nobody owns it.
    Unbound,
    /// It is there, and another project owns it.
    Taken {
        /// The project.
        project: String,
    },
    /// It is there, and ours, under another address.
    Rebound {
        /// The address.
        to: Address,
    },
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
    /// The digest of what the tree declared when it was last applied, where that is known.
    pub declared: Option<Digest>,
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
    /// What the project applied and no longer has, in order of addresses; known only where [`Bodies::Drifted`] was asked.
    pub lost: Vec<Lost>,
    /// The domains of our own people when the project was last applied; `None` for one that never was.
    pub own: Option<Vec<Domain>>,
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
            lost: Vec::new(),
            own: None,
        }
    }

    /// Adds what the project has lost.
    #[must_use]
    pub fn with_lost(mut self, mut lost: Vec<Lost>) -> Self {
        lost.sort_by(|a, b| (&a.address, &a.id).cmp(&(&b.address, &b.id)));
        self.lost = lost;
        self
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
    /// Those that somebody changed since they were last applied; what was lost is read as well.
    Drifted,
}

impl fmt::Debug for Bodies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("All"),
            Self::Differing(_) => f.write_str("Differing(..)"),
            Self::Of(addresses) => f.debug_tuple("Of").field(addresses).finish(),
            Self::Drifted => f.write_str("Drifted"),
        }
    }
}
