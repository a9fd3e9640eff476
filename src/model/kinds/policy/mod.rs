//! Policies: who may ask for a package, who approves, for how long, and who looks again. Fact sheets
//! `graph-entitlement` §6 and `entra-behaviour` §§1–4, 8.

mod approval;
mod expiry;
mod question;
mod requestors;
mod review;
pub(super) mod rules;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use approval::{Approval, Escalation, Stage, Visibility};
pub use expiry::{Expiry, Extension};
pub use question::{Choice, Question};
pub use requestors::{Automatic, OnBehalf, Requestors, Requests};
pub use review::{Frequency, OnNoResponse, Review};

use crate::model::Part::{self, Index, Key};
use crate::model::text::{Line, Principal, Prose};
use crate::model::{Attribute, Bond, Declared, Kind, Mention, Name, Problem, Set};

/// Who may ask for a package, who approves, for how long, and who looks again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// The name that people read; by default the policy's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Line>,

    /// What the policy is for.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub description: Prose,

    /// Who may have the package through this policy.
    #[serde(default)]
    pub requestors: Requestors,

    /// What requestors may do by themselves.
    #[serde(default)]
    pub requests: Requests,

    /// Who may ask for others, and for what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<OnBehalf>,

    /// Whether requestors must say why.
    #[serde(default)]
    pub justification: Justification,

    /// Questions that requestors answer, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub questions: Vec<Question>,

    /// Who approves. Without stages nobody does.
    #[serde(default, skip_serializing_if = "Approval::is_none")]
    pub approval: Approval,

    /// When access ends.
    #[serde(default)]
    pub expires: Expiry,

    /// Whether access can be extended.
    #[serde(default)]
    pub extension: Extension,

    /// Who looks again at what was given, and how often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,

    /// Whether people are mailed about their assignments.
    #[serde(default = "yes")]
    pub notifications: bool,

    /// Programs to call, by stage of a request; the catalog of the package declares them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 6))]
    pub custom_extensions: Vec<Hook>,

    /// Refuses to delete the object. Kept live: it must be set to `false` by an apply of its own before the object may go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub protect: bool,
}

fn yes() -> bool {
    true
}

/// Whether somebody must say why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Justification {
    /// They must.
    Required,
    /// They may.
    #[default]
    Optional,
}

/// A program to call at a stage of a request.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hook {
    /// When it is called.
    pub stage: HookStage,
    /// The custom extension of the package's catalog, by name.
    pub extension: Name,
}

/// A stage at which a program is called.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum HookStage {
    /// A request was made.
    RequestCreated,
    /// A request was approved.
    RequestApproved,
    /// Access was given.
    AssignmentGranted,
    /// Access was taken away.
    AssignmentRemoved,
    /// Access ends in fourteen days.
    FourteenDaysBeforeExpiration,
    /// Access ends tomorrow.
    OneDayBeforeExpiration,
}

impl Policy {
    /// Calls back with every list of principals and where it stands.
    pub fn each_list<'a>(&'a self, see: &mut dyn FnMut(&[Part<'a>], &'a Set<Principal>)) {
        if let Requestors::People(people) = &self.requestors {
            see(&[Key("requestors"), Key("people")], people);
        }
        for (at, stage) in self.approval.stages.iter().enumerate() {
            let stages = [Key("approval"), Key("stages"), Index(at)];
            let within = |keys: &[Part<'a>]| [&stages[..], keys].concat();
            see(&within(&[Key("approvers")]), &stage.approvers);
            see(&within(&[Key("fallback")]), &stage.fallback);
            if let Some(escalation) = &stage.escalation {
                see(
                    &within(&[Key("escalation"), Key("approvers")]),
                    &escalation.approvers,
                );
                see(
                    &within(&[Key("escalation"), Key("fallback")]),
                    &escalation.fallback,
                );
            }
        }
        if let Some(review) = &self.review {
            see(&[Key("review"), Key("reviewers")], &review.reviewers);
            see(&[Key("review"), Key("fallback")], &review.fallback);
        }
        if let Some(on_behalf) = &self.on_behalf {
            see(&[Key("onBehalf"), Key("requestors")], &on_behalf.requestors);
        }
    }
}

impl Declared for Policy {
    const KIND: Kind = Kind::Policy;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::union("requestors"),
        Attribute::union("expires"),
        Attribute::set("requestors.organizations"),
        Attribute::set("requestors.people"),
        Attribute::set("requestors.servicePrincipals"),
        Attribute::set("approval.stages[].approvers"),
        Attribute::set("approval.stages[].fallback"),
        Attribute::set("approval.stages[].escalation.approvers"),
        Attribute::set("approval.stages[].escalation.fallback"),
        Attribute::set("review.reviewers"),
        Attribute::set("review.fallback"),
        Attribute::set("onBehalf.requestors"),
    ];

    fn references<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
        if let Requestors::Organizations(organizations) = &self.requestors {
            for (at, organization) in organizations.iter().enumerate() {
                let at = [Key("requestors"), Key("organizations"), Index(at)];
                see(Mention::new(
                    Bond::Needs,
                    Kind::Organization,
                    organization.as_str(),
                    &at,
                ));
            }
        }
        self.each_list(&mut |at, people| {
            for (index, person) in people.iter().enumerate() {
                super::group(person, &[at, &[Index(index)]].concat(), see);
            }
        });
    }

    fn check(&self, out: &mut Vec<Problem>) {
        rules::check(self, out);
    }

    fn settle(&mut self, zone: &jiff::tz::TimeZone) {
        if let Expiry::On(when) = &mut self.expires {
            *when = crate::model::text::When::At(when.resolve(zone));
        }
        if let Some(Review {
            starts: Some(when), ..
        }) = &mut self.review
        {
            *when = crate::model::text::When::At(when.start(zone));
        }
    }

    fn natural_key(&self) -> Option<String> {
        self.display_name.as_ref().map(Line::to_string)
    }
}
