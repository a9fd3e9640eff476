//! Refusals: an answer, not a failure. What does not hold, in plain words, and how to meet it.

use super::world::Unread;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which condition does not hold.
    pub ground: Ground,
    /// What is wrong, in plain words.
    pub message: String,
    /// How to meet the condition, where that can be said.
    pub help: Option<String>,
}

impl Refusal {
    /// Returns a refusal.
    #[must_use]
    pub fn new(ground: Ground, message: impl Into<String>) -> Self {
        Self {
            ground,
            message: message.into(),
            help: None,
        }
    }

    /// Says how to meet the condition.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

/// Declares the grounds with their words.
macro_rules! grounds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// Which condition does not hold. The words are stable: programs read them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Ground { $($(#[$doc])* $name,)* }

        impl Ground {
            /// Every ground.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

grounds! {
    /// There is no such person, package, request.
    Unknown = "unknown";
    /// The catalog is not published.
    Unpublished = "unpublished";
    /// The catalog is closed to people from outside.
    NotVisible = "notVisible";
    /// The account is blocked from sign-in.
    Blocked = "blocked";
    /// Signed in otherwise than the organization says.
    WrongIdentity = "wrongIdentity";
    /// No policy with requests enabled covers the person.
    NoPolicy = "noPolicy";
    /// Several policies cover the person, and none was chosen.
    ChoosePolicy = "choosePolicy";
    /// Holds something that excludes the package.
    Incompatible = "incompatible";
    /// Has the package already.
    AlreadyAssigned = "alreadyAssigned";
    /// Asked already.
    AlreadyRequested = "alreadyRequested";
    /// A question is not answered, or not as it must be.
    Answers = "answers";
    /// A justification is missing.
    Justification = "justification";
    /// A start or end that the policy does not allow.
    Schedule = "schedule";
    /// The domain is refused.
    Domain = "domain";
    /// Cross-tenant settings refuse.
    CrossTenant = "crossTenant";
    /// The person has not consented.
    Consent = "consent";
    /// The person has terms of use to accept.
    Terms = "terms";
    /// A passcode is wrong, used or too old.
    Passcode = "passcode";
    /// The address cannot be invited.
    Address = "address";
    /// The role of the acting person does not allow it.
    NotAllowed = "notAllowed";
    /// It is not in a state in which this can be done.
    State = "state";
    /// Somebody else was faster.
    Decided = "decided";
    /// Too late.
    Late = "late";
    /// The policy does not offer it.
    NotOffered = "notOffered";
    /// A limit is reached.
    Limit = "limit";
    /// The clock is not to be trusted.
    Clock = "clock";
}

/// Why a decision was not made.
#[derive(Debug)]
pub enum Stop {
    /// It was refused: an answer.
    Refused(Box<Refusal>),
    /// The store could not tell.
    Unread(Unread),
}

impl From<Unread> for Stop {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
