//! Resources: groups, teams, sites, applications and directory roles, each with the roles it offers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diag::code;
use crate::model::text::{Guid, HttpsUrl, Line, Prose, Words};
use crate::model::{Attribute, Declared, Kind, Problem, Set};
use crate::source::Route;

/// Something that access is given to: exactly one of `group`, `team`, `site`, `application`, `directoryRole`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resource {
    /// A security or Microsoft 365 group with assigned membership, by its display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Line>,

    /// A team, by its display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Line>,

    /// A SharePoint site, by its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<HttpsUrl>,

    /// An enterprise application, by its display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Line>,

    /// A directory role, by its display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory_role: Option<Line>,

    /// The id of the resource in its own system, where its name alone is not enough. A site has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Guid>,

    /// The name that people read; by default that of the resource itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Line>,

    /// What the resource is.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub description: Prose,

    /// The roles it offers. Groups and teams always offer `Member` and `Owner`, directory roles `Eligible` and
    /// `Active`; a site without this key offers `Owners`, `Members` and `Visitors`, an application `Default Access`.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 100))]
    pub roles: Set<Line>,

    /// The geographic location of a site, as the address of its SharePoint environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<HttpsUrl>,

    /// Whether guests may be given access to it.
    #[serde(default = "yes")]
    pub guests: bool,

    /// Whether guestlist creates, keeps and deletes the group itself. Without it the group must exist.
    #[serde(default)]
    pub managed: bool,

    /// The rule of a managed group with dynamic membership. Such a group cannot be in a catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership_rule: Option<Words>,

    /// Attributes that requestors are asked for because the resource needs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub attributes: Vec<RequiredAttribute>,

    /// Refuses to delete the object. Kept live: it must be set to `false` by an apply of its own before the object may go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub protect: bool,
}

fn yes() -> bool {
    true
}

/// An attribute of a person that a resource needs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequiredAttribute {
    /// The attribute of the user object that the answer is stored in.
    pub name: Line,
    /// The question that requestors are asked.
    pub question: Words,
    /// Whether the answer may be changed later.
    #[serde(default)]
    pub editable: bool,
    /// Whether the answer stays when the assignment ends.
    #[serde(default)]
    pub kept: bool,
}

/// Where a resource lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// A group.
    Group,
    /// A team.
    Team,
    /// A site.
    Site,
    /// An application.
    Application,
    /// A directory role.
    DirectoryRole,
}

impl Origin {
    /// Returns the key that names resources of this origin.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Team => "team",
            Self::Site => "site",
            Self::Application => "application",
            Self::DirectoryRole => "directoryRole",
        }
    }

    /// Returns the roles that such a resource offers where none are written.
    #[must_use]
    pub const fn usual_roles(self) -> &'static [&'static str] {
        match self {
            Self::Group | Self::Team => &["Member", "Owner"],
            Self::Site => &["Owners", "Members", "Visitors"],
            Self::Application => &["Default Access"],
            Self::DirectoryRole => &["Eligible", "Active"],
        }
    }

    const fn has_fixed_roles(self) -> bool {
        matches!(self, Self::Group | Self::Team | Self::DirectoryRole)
    }
}

impl Resource {
    fn origins(&self) -> Vec<(Origin, &str)> {
        [
            (Origin::Group, self.group.as_ref().map(Line::as_str)),
            (Origin::Team, self.team.as_ref().map(Line::as_str)),
            (Origin::Site, self.site.as_ref().map(HttpsUrl::as_str)),
            (
                Origin::Application,
                self.application.as_ref().map(Line::as_str),
            ),
            (
                Origin::DirectoryRole,
                self.directory_role.as_ref().map(Line::as_str),
            ),
        ]
        .into_iter()
        .filter_map(|(origin, name)| name.map(|name| (origin, name)))
        .collect()
    }

    /// Returns where the resource lives and its name there; `None` for one that [`Declared::check`] refuses.
    #[must_use]
    pub fn origin(&self) -> Option<(Origin, &str)> {
        self.origins().first().copied()
    }

    /// Returns the roles that the resource offers.
    pub fn offered_roles(&self) -> impl Iterator<Item = &str> {
        let usual = match self.origin() {
            Some((origin, _)) if origin.has_fixed_roles() || self.roles.is_empty() => {
                origin.usual_roles()
            }
            _ => &[],
        };
        usual
            .iter()
            .copied()
            .chain(self.roles.iter().map(Line::as_str))
    }

    /// Returns true for a group or team, whose members can be named as `group:<resource>`.
    #[must_use]
    pub const fn has_members(&self) -> bool {
        self.group.is_some() || self.team.is_some()
    }
}

impl Declared for Resource {
    const KIND: Kind = Kind::Resource;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::immutable("group"),
        Attribute::immutable("team"),
        Attribute::immutable("site"),
        Attribute::immutable("application"),
        Attribute::immutable("directoryRole"),
        Attribute::immutable("id"),
        Attribute::set("roles"),
    ];

    fn check(&self, out: &mut Vec<Problem>) {
        let at = |key: &str| Route::root().key(key);
        let origin = match self.origins()[..] {
            [] => {
                out.push(
                    Problem::new(
                        code::KEY_NEEDED,
                        Route::root(),
                        "nothing says what the resource is",
                    )
                    .help("add one of `group`, `team`, `site`, `application`, `directoryRole`"),
                );
                return;
            }
            [(origin, _)] => origin,
            [(first, _), (second, _), ..] => {
                out.push(
                    Problem::new(
                        code::KEYS_EXCLUDE,
                        at(second.key()),
                        format!(
                            "a resource is one thing, not `{}` and `{}`",
                            first.key(),
                            second.key()
                        ),
                    )
                    .help("declare two resources"),
                );
                first
            }
        };
        if self.managed && origin != Origin::Group {
            out.push(
                Problem::new(
                    code::BAD_RESOURCE,
                    at("managed"),
                    format!("a {} is never created by guestlist", origin.key()),
                )
                .help("only a `group` can be managed"),
            );
        }
        if self.membership_rule.is_some() && !self.managed {
            out.push(
                Problem::new(
                    code::KEY_NEEDED,
                    at("membershipRule"),
                    "a rule for a group that is not managed",
                )
                .help("add `managed: true`, or leave the rule out"),
            );
        }
        if let Some(rule) = &self.membership_rule
            && let Err(bad) = crate::model::rule::Rule::parse(rule.as_str())
        {
            out.push(super::policy::rules::bad_rule(at("membershipRule"), bad));
        }
        if origin.has_fixed_roles() {
            for (index, role) in self.roles.iter().enumerate() {
                if !origin.usual_roles().contains(&role.as_str()) {
                    let usual = origin.usual_roles().iter().map(|role| format!("`{role}`"));
                    out.push(
                        Problem::new(
                            code::NO_SUCH_ROLE,
                            at("roles").index(index),
                            format!("a {} has no role `{role}`", origin.key()),
                        )
                        .help(format!(
                            "it has {}",
                            usual.collect::<Vec<_>>().join(" and ")
                        )),
                    );
                }
            }
        }
        if self.environment.is_some() && origin != Origin::Site {
            out.push(Problem::new(
                code::BAD_RESOURCE,
                at("environment"),
                "only a site has an environment",
            ));
        }
        if self.id.is_some() && origin == Origin::Site {
            out.push(Problem::new(
                code::BAD_RESOURCE,
                at("id"),
                "a site is named by its address, not by an id",
            ));
        }
    }

    fn natural_key(&self) -> Option<String> {
        self.origin().map(|(origin, name)| match &self.id {
            Some(id) => id.to_string(),
            None => format!("{} {name}", origin.key()),
        })
    }
}
