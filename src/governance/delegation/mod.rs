//! Who may do what, and who may see what: Entra's matrix of delegated roles, as a table.
//!
//! The one idea to know: a task is a row of [`MATRIX`], a role a column. [`require`] looks up the roles that the acting person
//! has where the task is done, and refuses with those that would do. Whoever may write the store itself, and the engine,
//! may do everything but decide on requests of others: that is for named approvers alone.

mod held;
mod matrix;
mod right;
mod sight;
mod tenant;

pub use held::{Held, Role, held};
pub use matrix::{DelegatedRole, MATRIX, Right, Task};
pub use right::{Scope, may, require};
pub use sight::{Sight, may_see, sees_own_only};
pub(super) use tenant::{declared, has_any};
