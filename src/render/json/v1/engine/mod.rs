//! What the engine's commands report. Each type is the report itself: the text view is made from it as well.

mod access;
mod assignment;
mod explanation;
mod offered;
mod outbox;
mod request;
mod tick;

pub use access::{Access, HeldRole};
pub use assignment::{AssignedRole, Assignment, Assignments, Bulk, BulkProblem};
pub use explanation::{ExplainedCondition, ExplainedStage, ExplainedWay, Explanation};
pub use offered::{Offered, OfferedList};
pub use outbox::{Outbox, OutboxRow};
pub use request::{Answer, Decision, Request, RequestList, RequestReport};
pub use tick::Tick;
