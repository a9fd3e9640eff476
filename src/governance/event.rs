//! What a decision says: events for the audit log, each with the record before and after, and the rows that follow.

use super::Refusal;
use super::record::{PersonId, Record, RecordId};

/// What was decided, to be committed as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// What happened, in order: one audit entry each.
    pub events: Vec<Event>,
    /// Every record that is another afterwards, in order of kinds and numbers.
    pub writes: Vec<Write>,
    /// What is told to whoever gave the command and kept nowhere: the link of an invitation.
    pub told: Vec<Told>,
    /// Why the command is refused although what it did is kept: a wrong passcode counts.
    pub refused: Option<Box<Refusal>>,
}

/// A secret about a record, told once.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// About which record.
    pub about: RecordId,
    /// What.
    pub text: String,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({}, [redacted])", self.about)
    }
}

impl Decision {
    /// Returns true when nothing changes and nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.writes.is_empty()
    }
}

/// A record before and after a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Which record.
    pub id: RecordId,
    /// How it was; `None` for a new one.
    pub before: Option<Record>,
    /// How it is; `None` for one that is no more.
    pub after: Option<Record>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What.
    pub activity: Activity,
    /// To which record.
    pub subject: RecordId,
    /// Whom it concerns, where it concerns somebody: whose request, whose assignment.
    pub person: Option<PersonId>,
    /// The record before; `None` for a new one.
    pub before: Option<Record>,
    /// The record after; `None` for one that is no more.
    pub after: Option<Record>,
    /// Why, in a few plain words; may be empty.
    pub reason: String,
}

/// Declares the activities with Entra's names.
macro_rules! activities {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What happened, under the name that Entra's audit log has for it; where it has none, in its style.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Activity { $($(#[$doc])* $name,)* }

        impl Activity {
            /// Every activity.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the name in the audit log.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

activities! {
    // Requests by people.
    /// Somebody asked for a package.
    UserRequests = "User requests access package assignment";
    /// Somebody asked to keep a package longer.
    UserRequestsExtension = "User requests to extend access package assignment";
    /// Somebody gave a package back.
    UserRequestsRemoval = "User requests to remove access package assignment";
    /// A request was changed.
    UpdateRequest = "Update access package assignment request";
    /// An approver changed an answer.
    UpdateAnswers = "Update request answers by approver";
    // By administrators.
    /// An administrator assigned a package.
    AdminAssigns = "Administrator directly assigns user to access package";
    /// An administrator took a package away.
    AdminRemoves = "Administrator directly removes user access package assignment";
    // By the engine.
    /// The engine assigned a package.
    SystemAssigns = "Entitlement Management creates access package assignment request for user";
    /// The engine took a package away.
    SystemRemoves = "Entitlement Management removes access package assignment request for user";
    /// An assignment starts later.
    Schedule = "Schedule a future access package assignment";
    /// A request is ready to be delivered.
    Ready = "Ready to fulfill access package assignment request";
    // Approval.
    /// A stage ended with an approval.
    StageCompleted = "Approval stage completed for access package assignment request";
    /// The last stage ended with an approval.
    Approve = "Approve access package assignment request";
    /// Nobody had to approve.
    AutoApprove = "Auto approve access package assignment request";
    /// An approver said no.
    Deny = "Deny access package assignment request";
    /// A request was taken back.
    Cancel = "Cancel access package assignment request";
    /// Nobody decided in time.
    TimedOut = "Access package assignment request timed out (no approver action taken)";
    /// A stage opened.
    CreateApproval = "Create request approval";
    /// The alternates of a stage were asked.
    AddApprover = "Add approver to request approval";
    // Fulfilment.
    /// A request is delivered.
    FulfillRequest = "Fulfill access package assignment request";
    /// A request is delivered in part.
    PartiallyFulfillRequest = "Partially fulfill access package assignment request";
    /// A request could not be delivered.
    FailedRequest = "Failed access package assignment request";
    /// An assignment is there.
    FulfillAssignment = "Fulfill access package assignment";
    /// A role was granted.
    FulfillResource = "Fulfill access package resource assignment";
    /// A role was taken away.
    RemoveResource = "Remove access package resource assignment";
    /// An assignment ended.
    RemoveAssignment = "Remove access package assignment";
    /// An assignment lasts longer.
    ExtendAssignment = "Extend access package assignment";
    /// An assignment was changed in another way.
    UpdateAssignment = "Update access package assignment";
    /// An automatic policy matches more people than it assigns.
    LeaveOut = "Automatic assignment policy reached its limit";
    // Organizations.
    /// An organization was seen in a request.
    CreateOrganization = "Create connected organization";
    /// The people of an organization are offboarded.
    OffboardOrganization = "Offboard connected organization";
    /// An organization that was seen is no longer needed.
    DeleteOrganization = "Delete connected organization";
    // People.
    /// An account was made.
    AddUser = "Add user";
    /// An account was changed.
    UpdateUser = "Update user";
    /// A person was made known without an account.
    AddApplicant = "Add external applicant";
    /// An account was blocked from sign-in.
    DisableUser = "Disable account";
    /// A block was lifted.
    EnableUser = "Enable account";
    /// An account was deleted, and can be restored.
    DeleteUser = "Delete user";
    /// A deleted account was restored.
    RestoreUser = "Restore user";
    /// A deleted account is gone for good.
    PurgeUser = "Hard Delete user";
    /// Somebody got a sponsor, or lost one.
    UpdateSponsors = "Add user sponsor";
    /// Somebody became governed, or no longer is.
    UpdateLifecycle = "Update subject lifecycle";
    /// A group was made.
    AddGroup = "Add group";
    /// A group was changed.
    UpdateGroup = "Update group";
    /// A group was deleted.
    DeleteGroup = "Delete group";
    /// Somebody became a member, or got a role in the directory.
    AddMember = "Add member to group";
    /// Somebody is no longer a member.
    RemoveMember = "Remove member from group";
    // Invitations.
    /// Somebody was invited.
    Invite = "Invite external user";
    /// Somebody was invited anew.
    InviteAgain = "Invite external user with reset invitation status";
    /// An internal guest was invited to use an identity of their own.
    InviteInternal = "Invite internal user to B2B collaboration";
    /// An invitation was redeemed.
    Redeem = "Redeem external user invite";
    /// A passcode was sent.
    SendPasscode = "Send one-time passcode";
    /// A passcode was tried.
    CheckPasscode = "Check one-time passcode";
    /// Terms of use were accepted.
    AcceptTerms = "Accept Terms Of Use";
    /// Somebody signed in.
    SignIn = "Sign-in activity";
    // Reviews.
    /// A round of a review opened.
    CreateReview = "Create access review";
    /// A round was changed.
    UpdateReview = "Update access review";
    /// A decision of a review.
    ReviewDecision = "Record decision of access review";
    /// The decisions of a round were applied.
    ApplyReview = "Apply review decision";
    /// A round was closed.
    CompleteReview = "Access review ended";
    // The engine itself.
    /// An operator confirmed the clock.
    ConfirmClock = "Confirm clock";
}
