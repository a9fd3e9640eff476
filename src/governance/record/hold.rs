//! Groups, and who holds which role where: memberships, site roles, application roles.

use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, ObjectId, PersonId, entity};
use crate::model::kinds::Origin;
use crate::model::text::Email;

/// A group of the directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The number.
    pub number: u64,
    /// The display name, by which policies name it.
    pub name: String,
    /// Its mail address, where it has one. Such an address cannot be invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Email>,
    /// The rule of a dynamic group; without it membership is assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether guests may be members.
    pub guests: bool,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<PersonId>,
    /// The declared resource that it is the group of, where guestlist keeps the group itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<ObjectId>,
}

impl Entity for Group {
    entity!(Group);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::GroupName, Key::new().text(&self.name));
        if self.rule.is_some() {
            see(Mark::GroupDynamic, Key::new().text(&self.name));
        }
        if let Some(mail) = &self.mail {
            see(Mark::GroupMail, Key::new().text(mail.as_str()));
        }
        if let Some(managed) = self.managed {
            see(Mark::GroupManaged, Key::new().object(managed));
        }
    }
}

/// Where a role is held: a thing of the directory, by its name there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// What it is.
    pub origin: Origin,
    /// Its name: a group's display name, a site's address, an application's display name or id.
    pub name: String,
}

impl Place {
    /// Returns a group.
    #[must_use]
    pub fn group(name: &str) -> Self {
        Self {
            origin: Origin::Group,
            name: name.to_owned(),
        }
    }

    /// Returns true for a place that is the same under another name: a team is a group, and case does not count.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self == other || self.key() == other.key()
    }

    /// Returns the key that holds of this place are found by.
    #[must_use]
    pub fn key(&self) -> Key {
        // A team is a group with a conversation: its members are found under either name.
        let origin = match self.origin {
            Origin::Team => Origin::Group,
            other => other,
        };
        Key::new().text(origin.key()).text(&self.name)
    }
}

/// A role that somebody holds somewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// The number.
    pub number: u64,
    /// Who.
    pub person: PersonId,
    /// Where.
    pub place: Place,
    /// Which role: `Member`.
    pub role: String,
    /// How it came to be.
    pub source: Source,
}

/// How a role came to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// Somebody gave it in the directory itself.
    Direct,
    /// By a package.
    Package,
    /// By the rule of a dynamic group.
    Rule,
}

impl Entity for Hold {
    entity!(Hold);

    fn person(&self) -> Option<PersonId> {
        Some(self.person)
    }

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::HoldPerson, Key::new().person(self.person));
        see(Mark::HoldPlace, self.place.key().person(self.person));
    }
}
