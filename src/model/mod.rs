//! What guestlist knows: kinds of object, their names and addresses, and what a tree and a store say of them.
//!
//! Uses `source` and `diag`. The one idea to know: a kind is *typed* where it is written and judged, and *data* (a
//! [`Document`]) where planning, storing and rendering treat all kinds alike. Documents name other objects by address,
//! never by a store's id.

mod address;
mod canonical;
mod declared;
mod desired;
mod document;
pub mod invariant;
pub mod kinds;
mod lent;
mod lifecycle;
mod live;
mod registry;
mod respell;
pub mod rule;
mod set;
pub mod text;
mod user;

pub use address::{Address, NAME_LENGTH, Name};
pub use canonical::canonical;
pub use declared::{Attribute, Bond, Declared, Mention, Part, Problem, Rule};
pub use desired::{Declaration, Desired, Origin, Project, Waiver};
pub use document::{Body, Digest, Document, Reference};
pub use kinds::{Kind, Object};
pub use lent::{Lent, ProfileLines};
pub use lifecycle::{Adopt, Lifecycle, Replace};
pub use live::{
    Bodies, Bound, Departure, Fate, Foreign, Live, LiveObject, Lost, Presence, RemoteId, Selection,
    Touch,
};
pub use respell::respell;
pub use set::{OneOrMore, Set};
pub use user::USER_ATTRIBUTES;
