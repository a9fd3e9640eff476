//! Who gains and who loses access.

use schemars::JsonSchema;
use serde::Serialize;

use crate::impact::{self, Difference, End, Leaving, Renewal, What};

/// Who gains and who loses access.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Impact {
    /// Whether the project owned nothing before, and all is created where nobody else owns anything, or taken over as it
    /// is: then nothing is wider than it was, and no guard speaks.
    pub is_first: bool,
    /// How many people lose access that they have, each counted once, however much they lose; with those of waivers.
    /// Absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub losing: Option<u64>,
    /// The differences, the widest first.
    pub rows: Vec<ImpactRow>,
    /// What happens to what lives; empty where no store was asked.
    pub effects: Vec<ImpactEffect>,
}

/// A difference, for some people and some packages.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImpactRow {
    /// What it is.
    pub kind: ImpactKind,
    /// For whom.
    pub who: ImpactWho,
    /// The packages; empty where it is about no package.
    pub packages: Vec<String>,
    /// What differs, in words.
    pub text: String,
    /// The terms before, of which people could choose one; empty where they could not ask.
    pub before: Vec<ImpactTerms>,
    /// The terms after.
    pub after: Vec<ImpactTerms>,
    /// The changes that make it.
    pub because: Vec<ImpactCause>,
}

/// What a difference is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImpactKind {
    /// Somebody may have what they could not.
    New,
    /// Somebody may have it on easier terms.
    Wider,
    /// Somebody may have it on harder terms.
    Narrower,
    /// Somebody may no longer have it.
    Gone,
    /// Something else is another.
    Other,
}

/// Whom a difference is about.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImpactWho {
    /// In words; rules, and names of several words, stand between backticks.
    pub text: String,
    /// The organizations that are meant as a whole or in part, by name.
    pub organizations: Vec<String>,
    /// Set where every organization is meant, apart from these; `organizations` then lists those meant in part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_organization_but: Option<Vec<String>>,
    /// The domains of addresses that are meant, where they count and not the organization.
    pub domains: Vec<String>,
    /// The people and groups that are meant by name.
    pub named: Vec<String>,
    /// The packages whose holders are meant, by name.
    pub holds: Vec<String>,
}

/// What somebody gets through a policy.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImpactTerms {
    /// The policy's own name.
    pub policy: String,
    /// Who approves, a stage each.
    pub approvals: Vec<String>,
    /// When access ends: `never`, a duration such as `180d`, or an instant.
    pub ends: String,
    /// Whether it can be extended: `no`, `with_approval`, `without_approval`.
    pub extension: &'static str,
    /// Where a rule gives it, when it is taken away from whoever the rule no longer matches: `at_once`, a duration, `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaving: Option<String>,
    /// How often it is reviewed; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<&'static str>,
    /// Who reviews; absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewers: Option<String>,
    /// What becomes of access that no reviewer decided on: `it stays`, `it ends`, `the recommendation counts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
}

/// A change that makes a difference.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImpactCause {
    /// The object; absent for the domains of our own people, which the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The file that says so; absent for what the tree no longer declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The line in that file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What happens to something that lives.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImpactEffect {
    /// What happens.
    pub what: ImpactWhat,
    /// The object that it is about.
    pub address: String,
    /// How many: assignments, requests, invitations, guests, packages.
    pub count: u64,
    /// In words.
    pub text: String,
    /// The addresses of the people, at most 1,000; absent unless they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
}

/// What happens to something that lives, in a word.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImpactWhat {
    /// Assignments end.
    End,
    /// Assignments lose a role that nothing else gives.
    LoseRole,
    /// People leave a group by the apply itself: its rule lets them in no longer.
    Leave,
    /// People lose their last package, and their account is blocked or deleted.
    Block,
    /// People get a package by the apply itself: a rule matches them.
    Get,
    /// People come into a group by the apply itself: its rule lets them in.
    Join,
    /// Assignments get another role.
    GainRole,
    /// Assignments stay as they are, though what led to them changes.
    Stay,
    /// Open requests will be refused.
    Refuse,
    /// Open requests will be decided by others.
    OtherApprover,
    /// Guests have terms of use to accept that they had not.
    Accept,
    /// Invitations that are not redeemed yet will fail.
    FailInvitation,
    /// Invitations that are not redeemed yet may fail: it depends on who they turn out to be where they sign in.
    DoubtInvitation,
    /// Guests stay though they could not be invited any more.
    GuestStay,
    /// Packages of a catalog are not seen any more.
    Hide,
}

impl From<&impact::Impact> for Impact {
    fn from(impact: &impact::Impact) -> Self {
        Self {
            is_first: impact.is_first,
            losing: (impact.losing > 0).then_some(impact.losing),
            rows: impact.rows.iter().map(ImpactRow::from).collect(),
            effects: impact.effects.iter().map(ImpactEffect::from).collect(),
        }
    }
}

impl From<&impact::Row> for ImpactRow {
    fn from(row: &impact::Row) -> Self {
        let impact::Who {
            text,
            code: _,
            organizations,
            every_organization_but,
            domains,
            named,
            holds,
        } = row.who.clone();
        Self {
            kind: row.kind.into(),
            who: ImpactWho {
                text,
                organizations,
                every_organization_but,
                domains,
                named,
                holds,
            },
            packages: row.packages.iter().map(ToString::to_string).collect(),
            text: row.text.clone(),
            before: row.before.iter().map(ImpactTerms::from).collect(),
            after: row.after.iter().map(ImpactTerms::from).collect(),
            because: row.because.iter().map(ImpactCause::from).collect(),
        }
    }
}

impl From<&impact::Terms> for ImpactTerms {
    fn from(terms: &impact::Terms) -> Self {
        Self {
            policy: terms.policy.clone(),
            approvals: terms.approvals.clone(),
            ends: match terms.end {
                End::Never => "never".to_owned(),
                End::After(length) => length.to_string(),
                End::On(at) => at.to_string(),
            },
            extension: match terms.renewal {
                Renewal::Not => "no",
                Renewal::Approved => "with_approval",
                Renewal::Free => "without_approval",
            },
            leaving: terms.leaving.map(|leaving| match leaving {
                Leaving::AtOnce => "at_once".to_owned(),
                Leaving::After(length) => length.to_string(),
                Leaving::Stays => "never".to_owned(),
            }),
            review: terms.review.map(|every| every.as_str()),
            reviewers: terms.looking.as_ref().map(|it| it.reviewers.clone()),
            undecided: terms.looking.as_ref().map(|it| it.undecided.clone()),
        }
    }
}

impl From<&impact::Because> for ImpactCause {
    fn from(because: &impact::Because) -> Self {
        Self {
            address: because.address.as_ref().map(ToString::to_string),
            path: because.path.clone(),
            line: because.line,
        }
    }
}

impl From<&impact::Effect> for ImpactEffect {
    fn from(effect: &impact::Effect) -> Self {
        Self {
            what: effect.what.into(),
            address: effect.address.to_string(),
            count: effect.count,
            text: effect.words(),
            people: effect.names.clone(),
        }
    }
}

impl From<Difference> for ImpactKind {
    fn from(kind: Difference) -> Self {
        match kind {
            Difference::New => Self::New,
            Difference::Wider => Self::Wider,
            Difference::Narrower => Self::Narrower,
            Difference::Gone => Self::Gone,
            Difference::Other => Self::Other,
        }
    }
}

impl From<What> for ImpactWhat {
    fn from(what: What) -> Self {
        match what {
            What::End => Self::End,
            What::LoseRole => Self::LoseRole,
            What::Leave => Self::Leave,
            What::Block => Self::Block,
            What::Get => Self::Get,
            What::Join => Self::Join,
            What::GainRole => Self::GainRole,
            What::Stay => Self::Stay,
            What::Refuse => Self::Refuse,
            What::OtherApprover => Self::OtherApprover,
            What::Accept => Self::Accept,
            What::FailInvitation => Self::FailInvitation,
            What::DoubtInvitation => Self::DoubtInvitation,
            What::GuestStay => Self::GuestStay,
            What::Hide => Self::Hide,
        }
    }
}
