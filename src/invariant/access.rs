//! Access that somebody can come to, and who they are.

use std::collections::BTreeSet;

use super::people::Before;
use super::stages::{Approved, Decider};
use crate::impact::Base;
use crate::model::Address;
use crate::model::invariant::Way;
use crate::model::kinds::policy::{Frequency, Policy};
use crate::model::text::{Domain, Email, When};

/// Access that somebody can come to.
#[derive(Debug, Clone)]
pub struct Access<'t> {
    /// The package.
    pub package: &'t Address,
    /// The policy that it goes through.
    pub policy: &'t Address,
    /// What the policy says.
    pub rules: &'t Policy,
    /// How.
    pub way: Way,
    /// The longest time that it is held without anybody approving again, in seconds; `None` where it never ends.
    pub longest: Option<u64>,
    /// When it is first reviewed, where that is later than one period from now.
    pub first_review: Option<When>,
    /// Whether it can be asked for at one time and delivered at a later one.
    pub waits: bool,
    /// Whether every role of the package is given.
    pub whole: bool,
    /// Who approves, a stage each; none where nobody can, and it is only asked for.
    pub approved: Option<Vec<Approved>>,
    /// Who asks for them, where they cannot sign in to ask.
    pub by: Option<Decider>,
    /// Who asks to keep it longer for them, where they cannot sign in to ask.
    pub keeper: Option<Decider>,
    /// Of the domains of who it is, and of whoever else does something, those of which guests cannot sign in as its people do.
    pub shut: BTreeSet<Domain>,
    /// Who.
    pub who: Witness,
}

/// One of the people who can come to have access.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Their address.
    pub mail: Email,
    /// What they are to the directory, and how they sign in.
    pub base: Base,
    /// Whether they sign in as people of their domain do.
    pub is_natural: bool,
    /// Whether they have no account yet, and can redeem the invitation that comes with what they are given by hand.
    pub redeems: bool,
    /// The organization that their sign-in proves.
    pub organization: Option<String>,
    /// The groups they are members of, as the tree names them; without those that follow from a rule.
    pub groups: Vec<String>,
    /// What rules see in them beside that.
    pub seen: Vec<(String, String)>,
    /// What has kept others of their sort out since they came.
    pub before: Option<Before>,
}

impl Access<'_> {
    /// Returns how many people have to approve.
    #[must_use]
    pub fn approvals(&self) -> usize {
        match self.way {
            Way::Automatic => 0,
            Way::Request | Way::Direct => self.rules.approval.stages.len(),
        }
    }

    /// Returns how often it is reviewed.
    #[must_use]
    pub fn review(&self) -> Option<Frequency> {
        let review = self.rules.review.as_ref().filter(|review| review.enabled);
        review.map(|review| review.every)
    }
}
