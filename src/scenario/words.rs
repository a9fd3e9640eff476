//! The words of the engine, as tests of a tree write them. A test of the program holds them against the engine's own.

/// Declares an enum of words, each written as it is read.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(
                Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
                serde::Serialize, serde::Deserialize, schemars::JsonSchema,
            )]
            pub enum $name {
                $($(#[$word_doc])* #[serde(rename = $word)] $variant,)*
            }

            impl $name {
                /// Every word.
                pub const ALL: &'static [Self] = &[$(Self::$variant),*];

                /// Returns the word.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$variant => $word),* }
                }

                /// Returns what a word of the engine is here.
                #[must_use]
                pub fn of(word: &str) -> Option<Self> {
                    Self::ALL.iter().copied().find(|one| one.as_str() == word)
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(self.as_str())
                }
            }
        )*
    };
}

words! {
    /// Which condition does not hold, where a step is refused.
    Ground {
        /// There is no such person, package, request.
        Unknown = "unknown",
        /// The catalog is not published.
        Unpublished = "unpublished",
        /// The catalog is closed to people from outside.
        NotVisible = "notVisible",
        /// The account is blocked from sign-in.
        Blocked = "blocked",
        /// Signed in otherwise than the organization says.
        WrongIdentity = "wrongIdentity",
        /// No policy with requests enabled covers the person.
        NoPolicy = "noPolicy",
        /// Several policies cover the person, and none was chosen.
        ChoosePolicy = "choosePolicy",
        /// Holds something that excludes the package.
        Incompatible = "incompatible",
        /// Has the package already.
        AlreadyAssigned = "alreadyAssigned",
        /// Asked already.
        AlreadyRequested = "alreadyRequested",
        /// A question is not answered, or not as it must be.
        Answers = "answers",
        /// A justification is missing.
        Justification = "justification",
        /// A start or end that the policy does not allow.
        Schedule = "schedule",
        /// The domain is refused.
        Domain = "domain",
        /// Cross-tenant settings refuse.
        CrossTenant = "crossTenant",
        /// The person has not consented.
        Consent = "consent",
        /// Terms of use that are not accepted.
        Terms = "terms",
        /// A passcode is wrong, used or too old.
        Passcode = "passcode",
        /// The address cannot be invited.
        Address = "address",
        /// The role of the acting person does not allow it.
        NotAllowed = "notAllowed",
        /// It is not in a state in which this can be done.
        State = "state",
        /// Somebody else was faster.
        Decided = "decided",
        /// Too late.
        Late = "late",
        /// The policy, or the tenant, does not offer it.
        NotOffered = "notOffered",
        /// A limit is reached.
        Limit = "limit",
        /// The clock is not to be trusted.
        Clock = "clock",
        /// What is protected is not deleted: of a tree that is applied.
        Protection = "protection",
    }

    /// Where a request stands.
    RequestWord {
        /// Made.
        Submitted = "submitted",
        /// Waits for an approval.
        PendingApproval = "pendingApproval",
        /// Approved, and starts later.
        Scheduled = "scheduled",
        /// Roles are being granted or taken.
        Delivering = "delivering",
        /// Done.
        Delivered = "delivered",
        /// Some roles could not be granted.
        PartiallyDelivered = "partiallyDelivered",
        /// No role could be granted.
        DeliveryFailed = "deliveryFailed",
        /// Refused by an approver, or by time.
        Denied = "denied",
        /// Taken back.
        Canceled = "canceled",
    }

    /// Where an assignment stands.
    AssignmentWord {
        /// Roles are being granted.
        Delivering = "delivering",
        /// Every role is granted.
        Delivered = "delivered",
        /// Some roles could not be granted.
        PartiallyDelivered = "partiallyDelivered",
        /// No role could be granted.
        DeliveryFailed = "deliveryFailed",
        /// It has ended.
        Expired = "expired",
        /// There is none, and there was none.
        None = "none",
    }

    /// What has become of somebody's account.
    AccountWord {
        /// There is none: the directory does not know them, or knows them no longer.
        None = "none",
        /// Invited, and the invitation waits to be redeemed.
        Invited = "invited",
        /// They can sign in.
        Active = "active",
        /// Blocked from sign-in.
        Blocked = "blocked",
        /// Deleted, and can be restored for 30 days.
        Deleted = "deleted",
    }

    /// What somebody is before the first step.
    PersonKind {
        /// One of our own people.
        Member = "member",
        /// A guest of the directory, who signs in elsewhere.
        Guest = "guest",
        /// Somebody of the directory who signs in elsewhere and is no guest.
        ExternalMember = "externalMember",
        /// A guest with an account of our own.
        InternalGuest = "internalGuest",
        /// Somebody from outside whom the directory does not know.
        Visitor = "visitor",
    }

    /// As what somebody is invited.
    InviteWord {
        /// As a guest.
        Guest = "guest",
        /// As a member who signs in elsewhere.
        ExternalMember = "externalMember",
    }

    /// A directory role.
    RoleWord {
        /// May do everything.
        GlobalAdministrator = "Global Administrator",
        /// May do everything in entitlement management.
        IdentityGovernanceAdministrator = "Identity Governance Administrator",
        /// Manages connected organizations.
        ConnectedOrganizationAdministrator = "Connected Organization Administrator",
        /// Makes catalogs.
        CatalogCreator = "Catalog Creator",
        /// Manages users.
        UserAdministrator = "User Administrator",
        /// Invites guests.
        GuestInviter = "Guest Inviter",
        /// Sees everything and changes nothing.
        GlobalReader = "Global Reader",
    }

    /// A decision in a review.
    ReviewWord {
        /// The access stays.
        Keep = "keep",
        /// The access ends.
        Remove = "remove",
        /// What the engine recommends.
        Recommended = "recommended",
    }

    /// Whether the lifecycle of external users applies to somebody.
    ConvertWord {
        /// It does.
        Governed = "governed",
        /// It does not.
        NotGoverned = "notGoverned",
    }

    /// A mail.
    MailWord {
        /// A stage was escalated to you.
        Escalated = "escalated",
        /// Approve or deny, no escalation follows.
        Decide = "decide",
        /// The same, and nobody has decided yet.
        DecideReminder = "decide-reminder",
        /// Approve or deny, others are asked later.
        DecideBeforeEscalation = "decide-before-escalation",
        /// The same, and nobody has decided yet.
        DecideBeforeEscalationReminder = "decide-before-escalation-reminder",
        /// Nobody decided in time; to approvers and alternates.
        ApprovalExpired = "approval-expired",
        /// The request is approved; to approvers and alternates.
        Approved = "approved",
        /// The first of several stages is approved; to its approvers.
        StageApproved = "stage-approved",
        /// The request is denied; to who asked.
        Denied = "denied",
        /// Nobody decided in time; to who asked.
        RequestExpired = "request-expired",
        /// You have access now.
        AccessGranted = "access-granted",
        /// Your access ends soon; extend it.
        AccessEnding = "access-ending",
        /// Your access has ended.
        AccessEnded = "access-ended",
        /// You are invited.
        Invitation = "invitation",
        /// Your passcode.
        Passcode = "passcode",
        /// Review the access of others.
        ReviewStarted = "review-started",
        /// The same, half way.
        ReviewReminder = "review-reminder",
        /// A review has ended.
        ReviewEnded = "review-ended",
    }
}
