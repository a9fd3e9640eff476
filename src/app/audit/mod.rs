//! The audit log in use: the key and the heads file, a store held against its heads, and what people do with the log.

mod export;
mod forget;
mod heads;
mod key;
mod list;
mod memory;
mod names;
mod verify;
mod watch;
mod witness;

pub use export::{Destination, export};
pub use forget::{Forgotten, forget};
pub use key::{loose_key, new_key};
pub use list::{AuditQuery, Listed, list, since};
pub use verify::verify;

pub(super) use heads::HeadsFile;
pub(super) use key::signing_key;
pub(super) use watch::{conflict, hold, warn};
pub(super) use witness::Witness;
