//! May this person request this package? Entra's conditions, in order: fact sheet `entra-behaviour` §1.

use std::rc::Rc;

use crate::governance::record::Schedule;
use crate::governance::{Refusal, Thing};

/// A condition of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The tenant is licensed.
    Licence,
    /// The catalog is published.
    Published,
    /// The catalog is open to people from outside.
    Visible,
    /// The account is not blocked from sign-in.
    SignIn,
    /// Somebody from outside signed in as their organization does.
    Identity,
    /// A policy with requests enabled covers them.
    Policy,
    /// They have nothing that excludes the package.
    Compatible,
    /// They neither have the package nor have asked for it.
    Fresh,
    /// Questions, justification and dates are as the policy wants them.
    Form,
    /// They may be let into the directory.
    Border,
}

impl Condition {
    /// Every condition, in order.
    pub const ALL: [Self; 10] = [
        Self::Licence,
        Self::Published,
        Self::Visible,
        Self::SignIn,
        Self::Identity,
        Self::Policy,
        Self::Compatible,
        Self::Fresh,
        Self::Form,
        Self::Border,
    ];

    /// Returns the word that programs read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Licence => "licence",
            Self::Published => "published",
            Self::Visible => "visible",
            Self::SignIn => "signIn",
            Self::Identity => "identity",
            Self::Policy => "policy",
            Self::Compatible => "compatible",
            Self::Fresh => "fresh",
            Self::Form => "form",
            Self::Border => "border",
        }
    }

    /// Returns the condition as a sentence that holds.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Licence => "the tenant is licensed for governance",
            Self::Published => "the catalog is published",
            Self::Visible => "the catalog is open to people from outside, or the person is of ours",
            Self::SignIn => "the account may sign in, and has accepted the terms of use",
            Self::Identity => "the person signed in as the organization does",
            Self::Policy => "a policy with requests enabled covers the person",
            Self::Compatible => "nothing that the person has excludes the package",
            Self::Fresh => "the person neither has the package nor has asked for it",
            Self::Form => "questions, justification and dates are as the policy wants them",
            Self::Border => "the person may be let into the directory",
        }
    }
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does not, and this is how to meet it.
    Fails(Box<Refusal>),
    /// That cannot be told; what is to be known about it.
    Untold(String),
}

/// A condition and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The condition.
    pub condition: Condition,
    /// Whether it holds.
    pub verdict: Verdict,
}

/// What somebody fills in.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Why.
    pub justification: Option<String>,
    /// Answers: a question, or its number counted from 1, and an answer to it.
    pub answers: Vec<(String, String)>,
    /// The start and end asked for.
    pub schedule: Schedule,
}

/// What was found about a person and a package.
#[derive(Debug, Clone)]
pub struct Examined {
    /// Every condition, in order.
    pub findings: Vec<Finding>,
    /// The policies through which the person may ask: several leave a choice.
    pub policies: Vec<Rc<Thing>>,
    /// The organization that a verified identity proves.
    pub organization: Option<Rc<Thing>>,
    /// That the domain looks like another one, in words.
    pub warning: Option<String>,
}

impl Examined {
    /// Leaves a condition open that holds only because nothing is known of it.
    pub(super) fn leave_open(&mut self, condition: Condition, note: &str) {
        let findings = self.findings.iter_mut();
        let found = findings.filter(|it| it.condition == condition && it.verdict == Verdict::Holds);
        found.for_each(|it| it.verdict = Verdict::Untold(note.to_owned()));
    }

    /// Returns the first condition that does not hold.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.findings
            .iter()
            .find_map(|finding| match &finding.verdict {
                Verdict::Fails(refusal) => Some(&**refusal),
                Verdict::Holds | Verdict::Untold(_) => None,
            })
    }
}
