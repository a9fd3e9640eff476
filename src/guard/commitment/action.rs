//! The actions of a saved plan as lines, and how those of two plans differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::impact::{self, Impact, losing};
use crate::model::{Address, Body, Digest, Kind, LiveObject, Origin, RemoteId, respell};
use crate::plan::{Action, Change, Delta, OwnDomains, Plan, Reason, diff};
use crate::source::Route;

/// One action of a saved plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionLine {
    /// The object.
    pub address: Address,
    /// What happens to it.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// The file that declares it, below the project's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The line in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The address before a rename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The store's id of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RemoteId>,
    /// The object before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Map<String, Value>>,
    /// The object after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Map<String, Value>>,
    /// The digest of what the tree declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Digest>,
    /// The keys that cannot change in place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// The actions that come before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<Address>,
    /// Whether it makes access wider for somebody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub widens: bool,
    /// How many people lose access that they have by it; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_affected: Option<u64>,
}

/// What differs between a saved plan and the present one, for one object or the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Planned, and no longer to be done.
    Gone(Address, Action),
    /// Not planned, and to be done now.
    New(Address, Action),
    /// Planned otherwise.
    Other {
        /// The object.
        address: Address,
        /// What was planned.
        planned: Action,
        /// What is to be done now.
        now: Action,
        /// The keys that would be otherwise afterwards.
        keys: Vec<String>,
    },
    /// The domains of our own people change otherwise.
    OwnDomains,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(address, action) => {
                write!(
                    f,
                    "{address} would have been {}, and need not be any more",
                    action.done()
                )
            }
            Self::New(address, action) => write!(f, "{address} would be {} now", action.done()),
            Self::Other {
                address,
                planned,
                now,
                keys: _,
            } if planned != now => {
                write!(
                    f,
                    "{address} would be {}, and not {}",
                    now.done(),
                    planned.done()
                )
            }
            Self::Other { address, keys, .. } if keys.is_empty() => {
                write!(f, "{address} is not as it was when the plan was made")
            }
            Self::Other { address, keys, .. } => {
                write!(
                    f,
                    "{address} would be other than planned in `{}`",
                    keys.join("`, `")
                )
            }
            Self::OwnDomains => {
                f.write_str("the domains of our own people would change otherwise than planned")
            }
        }
    }
}

/// What a plan does: its actions, and how the domains of our own people change.
pub type Steps<'p> = (&'p [ActionLine], Option<&'p OwnDomains>);

/// Returns what a plan does, a line each.
#[must_use]
pub fn lines(plan: &Plan) -> Vec<ActionLine> {
    plan.changes.iter().map(ActionLine::of).collect()
}

/// Returns what a plan does, a line each, with what each does to people.
pub(super) fn judged(plan: &Plan, impact: &Impact) -> Vec<ActionLine> {
    let wide = impact.widenings().flat_map(|row| &row.because);
    let wide = wide.filter_map(|because| because.address.as_ref());
    let wide: BTreeSet<&Address> = wide.collect();
    let mut endings: BTreeMap<&Address, Vec<&impact::Effect>> = BTreeMap::new();
    for effect in impact.effects.iter().filter(|it| it.what.ends_access()) {
        endings.entry(&effect.address).or_default().push(effect);
    }
    let mut lines = lines(plan);
    for line in &mut lines {
        line.widens = wide.contains(&line.address);
        let endings = endings.get(&line.address);
        line.people_affected = endings.map(|all| losing(all.iter().copied()).len() as u64);
    }
    lines
}

/// Returns how what is to be done now differs from what was planned, in order of addresses.
#[must_use]
pub fn differences(planned: Steps<'_>, now: Steps<'_>) -> Vec<Difference> {
    let is_otherwise = planned.1 != now.1;
    let (planned, now) = (planned.0, now.0);
    let by_address = |lines: &[ActionLine]| -> BTreeMap<Address, ActionLine> {
        let lines = lines.iter();
        lines
            .map(|line| (line.address.clone(), line.clone()))
            .collect()
    };
    let (planned, now) = (by_address(planned), by_address(now));
    let mut differences = Vec::new();
    for (address, line) in &planned {
        match now.get(address) {
            None => differences.push(Difference::Gone(address.clone(), line.action)),
            Some(other) if !line.does_as(other) => differences.push(Difference::Other {
                address: address.clone(),
                planned: line.action,
                now: other.action,
                keys: keys_that_differ(line.after.as_ref(), other.after.as_ref()),
            }),
            Some(_) => {}
        }
    }
    let new = now
        .iter()
        .filter(|(address, _)| !planned.contains_key(*address));
    differences.extend(new.map(|(address, line)| Difference::New(address.clone(), line.action)));
    differences.extend(is_otherwise.then_some(Difference::OwnDomains));
    differences
}

/// What an action does, without where it is declared: moving a declaration to another line changes nothing.
type Effect<'l> = (
    &'l Address,
    Action,
    Option<&'l Address>,
    Option<&'l RemoteId>,
    Option<&'l Map<String, Value>>,
    Option<&'l Map<String, Value>>,
);

impl ActionLine {
    fn of(change: &Change) -> Self {
        let keys = |body: &Body| match body.to_value() {
            Value::Object(keys) => keys,
            _ => Map::new(),
        };
        let before = change.delta.before();
        let because = match &change.delta {
            Delta::Replace { because, .. } => because.iter().map(Route::to_string).collect(),
            _ => Vec::new(),
        };
        Self {
            address: change.address.clone(),
            action: change.delta.action(),
            reason: change.reason,
            path: change.origin.as_ref().map(|origin| origin.path.to_string()),
            line: change.origin.as_ref().map(|origin| origin.line),
            from: before
                .and_then(|before| before.address.clone())
                .filter(|from| *from != change.address),
            id: before.map(|before| before.id.clone()),
            before: before.map(|before| keys(&before.body)),
            after: change.delta.after().map(keys),
            declared: change.declared,
            because,
            follows: change.after.iter().cloned().collect(),
            widens: false,
            people_affected: None,
        }
    }

    /// Returns true when another line does the same, wherever the two are declared.
    pub(super) fn does_as(&self, other: &Self) -> bool {
        self.effect() == other.effect()
    }

    fn effect(&self) -> Effect<'_> {
        (
            &self.address,
            self.action,
            self.from.as_ref(),
            self.id.as_ref(),
            self.before.as_ref(),
            self.after.as_ref(),
        )
    }

    /// Returns the change; `None` for a line that lacks what its action needs, which no program of ours writes.
    pub(super) fn to_change(
        &self,
        renamed: &dyn Fn(Kind, &str) -> Option<String>,
    ) -> Option<Change> {
        let kind = self.address.kind();
        let after = || self.after.as_ref().map(Body::of);
        let before = || {
            let owned = !matches!(self.action, Action::Adopt);
            Some(LiveObject {
                id: self.id.clone()?,
                kind,
                address: owned.then(|| self.from.clone().unwrap_or_else(|| self.address.clone())),
                body: Body::of(self.before.as_ref()?),
                drift: None,
                last: None,
            })
        };
        let edits = |before: &LiveObject, after: &Body| {
            let spelled =
                respell(kind, &before.body, renamed).unwrap_or_else(|_| before.body.clone());
            diff(kind, &spelled, after)
        };
        let delta = match self.action {
            Action::Create => Delta::Create { after: after()? },
            Action::Prune => Delta::Prune { before: before()? },
            Action::Forget => Delta::Forget { before: before()? },
            Action::Update | Action::Adopt | Action::Replace => {
                let (before, after) = (before()?, after()?);
                let edits = edits(&before, &after);
                match self.action {
                    Action::Update => Delta::Update {
                        before,
                        after,
                        edits,
                    },
                    Action::Adopt => Delta::Adopt {
                        before,
                        after,
                        edits,
                    },
                    _ => {
                        let because = self
                            .because
                            .iter()
                            .filter_map(|route| Route::parse(route).ok())
                            .collect();
                        Delta::Replace {
                            before,
                            after,
                            edits,
                            because,
                        }
                    }
                }
            }
        };
        let origin = self.path.as_deref().zip(self.line);
        Some(Change {
            address: self.address.clone(),
            delta,
            reason: self.reason,
            origin: origin.map(|(path, line)| Origin {
                path: path.into(),
                line,
            }),
            declared: self.declared,
            after: self.follows.iter().cloned().collect(),
        })
    }
}

fn keys_that_differ(
    one: Option<&Map<String, Value>>,
    other: Option<&Map<String, Value>>,
) -> Vec<String> {
    let (Some(one), Some(other)) = (one, other) else {
        return Vec::new();
    };
    let keys = one
        .keys()
        .chain(other.keys().filter(|key| !one.contains_key(*key)));
    let mut keys: Vec<String> = keys
        .filter(|key| one.get(*key) != other.get(*key))
        .cloned()
        .collect();
    keys.sort();
    keys
}
