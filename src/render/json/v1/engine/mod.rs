//! What the engine's commands report. Each type is the report itself: the text view is made from it as well.

mod access;
mod assignment;
mod explanation;
mod invitation;
mod offered;
mod outbox;
mod person;
mod request;
mod tick;

pub use access::{Access, HeldRole};
pub use assignment::{AssignedRole, Assignment, Assignments, Bulk, BulkProblem};
pub use explanation::{ExplainedCondition, ExplainedStage, ExplainedWay, Explanation};
pub use invitation::{Invitation, InvitationReport, Invitations};
pub use offered::{Offered, OfferedList};
pub use outbox::{Outbox, OutboxRow};
pub use person::{
    DirectoryImport, Group, GroupReport, Groups, Identity, Member, People, Person, PersonReport,
};
pub use request::{Answer, Decision, Request, RequestList, RequestReport};
pub use tick::Tick;
