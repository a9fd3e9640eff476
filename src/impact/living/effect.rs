//! What a plan does to something that lives, in one line.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Address, Kind};

/// What a plan does to something that lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Effect {
    /// What it does.
    pub what: What,
    /// The object that it is about.
    pub address: Address,
    /// How many: assignments, requests, invitations, guests, packages.
    pub count: u64,
    /// Everything there is to say beyond the count.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The people, by number, where somebody loses access.
    #[serde(skip)]
    pub people: BTreeSet<u64>,
    /// Their addresses, where they are asked for.
    #[serde(skip)]
    pub names: Vec<String>,
}

/// What happens to something that lives.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum What {
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

impl What {
    /// Returns the word that programs read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::LoseRole => "loseRole",
            Self::Leave => "leave",
            Self::Block => "block",
            Self::Get => "get",
            Self::Join => "join",
            Self::GainRole => "gainRole",
            Self::Stay => "stay",
            Self::Refuse => "refuse",
            Self::OtherApprover => "otherApprover",
            Self::Accept => "accept",
            Self::FailInvitation => "failInvitation",
            Self::DoubtInvitation => "doubtInvitation",
            Self::GuestStay => "guestStay",
            Self::Hide => "hide",
        }
    }

    /// Returns the sign that stands before a line.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::End
            | Self::LoseRole
            | Self::Leave
            | Self::Block
            | Self::Refuse
            | Self::FailInvitation
            | Self::Hide => "▼",
            Self::Get | Self::Join | Self::GainRole => "▲",
            Self::Stay
            | Self::OtherApprover
            | Self::Accept
            | Self::DoubtInvitation
            | Self::GuestStay => "=",
        }
    }

    /// Returns true where somebody loses access that they have.
    #[must_use]
    pub const fn ends_access(self) -> bool {
        matches!(self, Self::End | Self::LoseRole | Self::Leave)
    }
}

/// Returns the people who lose access that they have by some effects, by number.
pub fn losing<'e>(effects: impl IntoIterator<Item = &'e Effect>) -> BTreeSet<u64> {
    let ending = effects.into_iter().filter(|it| it.what.ends_access());
    ending.flat_map(|it| &it.people).copied().collect()
}

impl Effect {
    /// Returns the effect in words.
    #[must_use]
    pub fn words(&self) -> String {
        let (one, many) = match self.what {
            What::End | What::LoseRole | What::Block => ("person loses", "people lose"),
            What::Leave => ("person leaves", "people leave"),
            What::Join => ("person comes into", "people come into"),
            What::Get => ("person gets", "people get"),
            What::GainRole | What::Stay => ("person holds", "people hold"),
            What::Refuse | What::OtherApprover => ("open request", "open requests"),
            What::Accept => ("guest must accept", "guests must accept"),
            What::FailInvitation | What::DoubtInvitation => {
                ("pending invitation", "pending invitations")
            }
            What::GuestStay => ("guest stays", "guests stay"),
            What::Hide => ("package", "packages"),
        };
        let who = match self.count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let (address, detail) = (&self.address, &self.detail);
        // Access is to a package, whichever policy gave it.
        let parent = address.parent();
        let package = parent.as_ref().unwrap_or(address);
        match self.what {
            What::End | What::Get => format!("{who} {package}{detail}"),
            What::LoseRole => format!("{who} a role of {package}: {detail}"),
            What::GainRole => {
                let get = if self.count == 1 { "gets" } else { "get" };
                format!("{who} {package} and also {get} {detail}")
            }
            What::Stay => match address.kind() {
                Kind::Organization => format!(
                    "{who} packages through policies that no longer cover them as people of {address}{detail}"
                ),
                Kind::Collaboration => format!(
                    "{who} packages through policies that cover nobody by a one-time passcode any more{detail}"
                ),
                Kind::Policy => format!("{who} {package} through {address}{detail}"),
                _ => format!("{who} {package}{detail}"),
            },
            What::Refuse => format!("{who} for {address} will be refused: {detail}"),
            What::Leave | What::Block | What::Join | What::OtherApprover | What::Accept => {
                format!("{who} {detail}")
            }
            What::FailInvitation => format!("{who} will fail: {detail}"),
            What::DoubtInvitation => format!("{who} may fail: {detail}"),
            What::GuestStay => format!("{who}: {detail}"),
            What::Hide => format!("{who} of {address} cannot be asked for any more{detail}"),
        }
    }
}
