//! What the engine's commands report. Each type is the report itself: the text view is made from it as well.

mod access;
mod assignment;
mod clock;
mod explanation;
mod invitation;
mod offboarding;
mod offered;
mod organization;
mod outbox;
mod person;
mod request;
mod review;
mod tick;

pub use access::{Access, HeldRole};
pub use assignment::{AssignedRole, Assignment, Assignments, Bulk, BulkProblem};
pub use clock::ClockConfirmed;
pub use explanation::{
    ExplainedAssignment, ExplainedCondition, ExplainedRule, ExplainedStage, ExplainedWay,
    Explanation,
};
pub use invitation::{Invitation, InvitationReport, Invitations};
pub use offboarding::{Departure, Ending, Offboarding, Offboardings, Taken};
pub use offered::{Offered, OfferedList};
pub use organization::{Partner, PartnerList, PartnerShow};
pub use outbox::{Outbox, OutboxRow};
pub use person::{
    DirectoryImport, Group, GroupReport, Groups, GuestPurge, Identity, Member, People, Person,
    PersonReport, RequiredTerms,
};
pub use request::{Answer, Decision, Request, RequestList, RequestReport};
pub use review::{Review, ReviewDecided, ReviewItem, ReviewList, ReviewShow};
pub use tick::{Alert, Tick};
