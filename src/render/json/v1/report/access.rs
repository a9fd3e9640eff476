//! Who reaches what.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::row::{Row, instant, name, second, text};

/// One way in which somebody reaches something: a package with what it gives, or a role without a package.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AccessRow {
    /// The mail address of the person.
    pub person: String,
    /// The organization; absent for none, and for our own people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// How: `package`, `direct` for a role that somebody gave in the directory itself, `rule` for a dynamic group.
    pub way: &'static str,
    /// The assignment, for a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<u64>,
    /// The package; absent for a role without one, and when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The policy that it came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Where the assignment stands, as Graph says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// What is reached.
    pub roles: Vec<ReachedRole>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub since: Option<Timestamp>,
    /// Until when; absent for no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
    /// What led to it: `request`, `administrator`, `rule` or `directory`.
    pub through: &'static str,
    /// Who approved a request, in the order of the stages, or which administrator assigned it.
    pub approved_by: Vec<String>,
}

/// A role of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ReachedRole {
    /// What kind of thing it is of: `group`.
    pub kind: &'static str,
    /// Its name in the directory.
    pub place: String,
    /// The role.
    pub role: String,
}

impl AccessRow {
    fn reached(&self, between: &str) -> String {
        let roles = self.roles.iter();
        let roles = roles.map(|role| format!("{} {}: {}", role.kind, role.place, role.role));
        roles.collect::<Vec<_>>().join(between)
    }

    fn end(&self) -> Cow<'_, str> {
        match self.until {
            Some(until) => second(until).into(),
            None => "never".into(),
        }
    }

    fn granted(&self) -> Cow<'_, str> {
        match (self.through, &self.approved_by[..]) {
            ("rule", _) => "a rule".into(),
            ("directory", _) => "nobody here".into(),
            ("request", []) => "no approval".into(),
            (_, by) => by.join(", ").into(),
        }
    }
}

impl Row for AccessRow {
    const HEADINGS: &'static [&'static str] = &[
        "PERSON",
        "PACKAGE",
        "POLICY",
        "REACHES",
        "UNTIL",
        "APPROVED BY",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "person",
        "organization",
        "way",
        "assignment",
        "package",
        "policy",
        "state",
        "roles",
        "since",
        "until",
        "through",
        "approvedBy",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        let (package, policy) = match self.assignment {
            Some(_) => {
                let policy = name(self.policy.as_ref());
                // A policy's name begins with that of its package.
                let own = policy.rsplit('/').next().unwrap_or_default().to_owned();
                (name(self.package.as_ref()), own.into())
            }
            None => ("none".into(), Cow::from("")),
        };
        vec![
            self.person.as_str().into(),
            package,
            policy,
            self.reached(", ").into(),
            self.end(),
            self.granted(),
        ]
    }

    fn cells(&self) -> Vec<Cow<'_, str>> {
        let number = self.assignment.map(|number| number.to_string());
        vec![
            self.person.as_str().into(),
            text(self.organization.as_ref()),
            self.way.into(),
            number.unwrap_or_default().into(),
            text(self.package.as_ref()),
            text(self.policy.as_ref()),
            self.state.unwrap_or_default().into(),
            self.reached(";").into(),
            instant(self.since),
            instant(self.until),
            self.through.into(),
            self.approved_by.join(";").into(),
        ]
    }
}
