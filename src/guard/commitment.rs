//! The saved plan: what somebody saw, and what an apply of it may do. A commitment, not a program.
//!
//! The file is canonical JSON and carries its own digest. An apply plans again and refuses unless exactly the actions in
//! the file come out. Facts: `threat-and-fault-model` §6.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::{SignedDuration, Timestamp, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Ask, Thresholds, Verdict};
use crate::impact::Impact;
use crate::model::{Address, Body, Digest, Kind, LiveObject, Origin, RemoteId, canonical, respell};
use crate::plan::{Action, Change, Delta, Lifted, Partial, Plan, Reason, RunRecord, diff};
use crate::planted::{self, Planted};
use crate::source::Route;

/// The format that this program writes and reads.
pub const FORMAT: &str = "guestlist-plan/1";

/// The size of the largest file that is read, in bytes.
pub const FILE_BYTES: u64 = 64 << 20;

/// How long a saved plan may be applied.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// How far the clocks of two machines may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// A saved plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "guestlist plan file")]
pub struct Commitment {
    /// The format of the file: `guestlist-plan/1`.
    pub format: String,
    /// The version of the program that wrote it.
    pub tool: String,
    /// The project.
    pub project: String,
    /// The store, as people know it.
    pub store: String,
    /// The store's identity; empty for a store that did not exist yet.
    pub lineage: String,
    /// The generation of the store that the plan was made on.
    pub generation: u64,
    /// The digest of the tree's files.
    pub tree: Digest,
    /// What the command asked for.
    pub ask: Ask,
    /// How many deletes needed no word.
    pub thresholds: Thresholds,
    /// The guards that were lifted, and by what.
    pub lifted: Vec<Lifted>,
    /// What the plan was narrowed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
    /// Who gains and who loses access.
    #[serde(default, skip_serializing_if = "Impact::is_nothing")]
    pub impact: Impact,
    /// What is done, in order.
    pub actions: Vec<ActionLine>,
    /// How many declared objects were live as declared.
    pub unchanged: usize,
    /// When it was made, RFC 3339 in UTC.
    #[schemars(with = "String")]
    pub created: Timestamp,
    /// When it may no longer be applied, RFC 3339 in UTC.
    #[schemars(with = "String")]
    pub expires: Timestamp,
    /// The digest of the actions alone: what `apply --expect` compares.
    pub plan: Digest,
    /// The digest of everything else in the file.
    pub digest: Digest,
}

/// A plan with what it does to access, and what the guards say of it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Who gains and who loses access.
    pub impact: &'p Impact,
    /// What the guards say.
    pub verdict: &'p Verdict,
}

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

/// Why a saved plan is not what it should be. Each keeps the plan from being applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// The file is none of ours, or not whole.
    #[error("the file is no saved plan: {cause}")]
    Unreadable {
        /// What is wrong.
        cause: String,
    },
    /// Another version of the program wrote it.
    #[error("the plan is of the format `{found}`, and this program reads `{FORMAT}`")]
    OtherFormat {
        /// The format found.
        found: String,
    },
    /// The file was changed since it was written.
    #[error("the plan was edited since it was saved: its digest does not fit")]
    Edited,
    /// It is too old.
    #[error("the plan could be applied until {expires}, and it is {now}")]
    Expired {
        /// When it ended.
        expires: Timestamp,
        /// The present instant.
        now: Timestamp,
    },
    /// It was made in the future: the clock of the machine that made it, or of this one, is wrong.
    #[error("the plan was made on {created}, and here it is {now}: one of the two clocks is wrong")]
    FromTheFuture {
        /// When it was made, by the clock of that machine.
        created: Timestamp,
        /// The present instant.
        now: Timestamp,
    },
    /// It was made for another project.
    #[error("the plan is of project `{planned}`, and this is `{found}`")]
    OtherProject {
        /// The project of the plan.
        planned: String,
        /// The project here.
        found: String,
    },
    /// It was made on another store.
    #[error("the plan was made on another store than {store}")]
    OtherStore {
        /// The store here.
        store: String,
    },
    /// It was made before the store existed.
    #[error("the plan was made before {store} existed, and it has changed since")]
    NoLongerFresh {
        /// The store here.
        store: String,
    },
    /// It was applied already.
    #[error("the plan was applied already, by run {run}")]
    Applied {
        /// The run.
        run: String,
    },
    /// Other actions come out now.
    #[error("other changes come out now than those that were planned")]
    Differs {
        /// What differs, in order of addresses.
        differences: Vec<Difference>,
    },
}

/// What differs between a saved plan and the present one, for one object.
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
        }
    }
}

impl Commitment {
    /// Returns the commitment to carry a plan out.
    #[must_use]
    pub fn to(
        project: &str,
        store: &str,
        judged: Judged<'_>,
        ask: &Ask,
        tool: &str,
        now: Timestamp,
    ) -> Self {
        let Judged {
            plan,
            impact,
            verdict,
        } = judged;
        // Whole seconds are enough for people, and for a life of a day.
        let now = now.round(Unit::Second).unwrap_or(now);
        let mut commitment = Self {
            format: FORMAT.to_owned(),
            tool: tool.to_owned(),
            project: project.to_owned(),
            store: store.to_owned(),
            lineage: plan.lineage.clone(),
            generation: plan.generation,
            tree: plan.tree,
            ask: ask.clone(),
            thresholds: verdict.thresholds,
            lifted: verdict.lifted.clone(),
            partial: plan.partial.clone(),
            impact: impact.clone(),
            actions: lines(plan, impact),
            unchanged: plan.unchanged,
            created: now,
            expires: now.saturating_add(LIFE).unwrap_or(now),
            plan: plan.digest(),
            digest: Digest::of(&[]),
        };
        commitment.digest = commitment.own_digest();
        commitment
    }

    /// Returns the digest of everything in the file but the digest itself.
    fn own_digest(&self) -> Digest {
        let mut rest = self.clone();
        rest.digest = Digest::of(&[]);
        Digest::of(canonical(&rest).as_bytes())
    }

    /// Returns the text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        canonical(self) + "\n"
    }

    /// Reads a file, and checks that it is as it was written.
    ///
    /// # Errors
    ///
    /// When it is no saved plan, of another format, or edited.
    pub fn read(text: &str) -> Result<Self, Stale> {
        let unreadable = |cause: serde_json::Error| Stale::Unreadable {
            cause: cause.to_string(),
        };
        let value: Value = serde_json::from_str(text).map_err(unreadable)?;
        match value.get("format").and_then(Value::as_str) {
            Some(FORMAT) => {}
            Some(found) => {
                return Err(Stale::OtherFormat {
                    found: found.to_owned(),
                });
            }
            None => {
                return Err(Stale::Unreadable {
                    cause: "it names no format".to_owned(),
                });
            }
        }
        let read: Self = serde_json::from_value(value).map_err(unreadable)?;
        let is_whole = read.own_digest() == read.digest && read.to_text() == text;
        if !is_whole && !planted::is(Planted::EditedPlanAccepted) {
            return Err(Stale::Edited);
        }
        // Whoever writes a digest can write any end.
        if read.expires.duration_since(read.created) > LIFE {
            return Err(Stale::Unreadable {
                cause: "it says that it may be applied for more than a day".to_owned(),
            });
        }
        Ok(read)
    }

    /// Checks that none of these runs of its project has carried it out already: going back from a run does not bring back
    /// the right to repeat it.
    ///
    /// # Errors
    ///
    /// Names the run.
    pub fn unused(&self, runs: &[RunRecord]) -> Result<(), Stale> {
        let is_own = |run: &&RunRecord| {
            run.project == self.project && run.generation > self.generation && run.plan == self.plan
        };
        match runs.iter().find(is_own) {
            Some(run) => Err(Stale::Applied {
                run: run.id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Checks that the plan may be applied here and now.
    ///
    /// # Errors
    ///
    /// When it has ended or not begun, or is of another project or store.
    pub fn check(
        &self,
        project: &str,
        store: &str,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<(), Stale> {
        if self.project != project {
            return Err(Stale::OtherProject {
                planned: self.project.clone(),
                found: project.to_owned(),
            });
        }
        // A store that did not exist has no identity; one that was made meanwhile has, and is at its beginning.
        let fresh = self.lineage.is_empty() && plan.generation == 0;
        if self.lineage.is_empty() && !fresh {
            return Err(Stale::NoLongerFresh {
                store: store.to_owned(),
            });
        }
        // Before it has an identity, its name is all that tells it from others.
        let is_other = self.lineage.is_empty() && self.store != store;
        let is_same = self.lineage == plan.lineage || planted::is(Planted::OtherStoreAccepted);
        if is_other || (!is_same && !fresh) {
            return Err(Stale::OtherStore {
                store: store.to_owned(),
            });
        }
        if self.created.duration_since(now) > SKEW {
            return Err(Stale::FromTheFuture {
                created: self.created,
                now,
            });
        }
        if now >= self.expires && !planted::is(Planted::ExpiredPlanAccepted) {
            return Err(Stale::Expired {
                expires: self.expires,
                now,
            });
        }
        Ok(())
    }

    /// Checks that a plan does what was committed to, and nothing else.
    ///
    /// # Errors
    ///
    /// Returns every difference.
    pub fn holds(&self, plan: &Plan) -> Result<(), Stale> {
        let now: Vec<ActionLine> = plan.changes.iter().map(ActionLine::of).collect();
        let same = |a: &ActionLine, b: &ActionLine| a.effect() == b.effect();
        let all_same = self.actions.len() == now.len()
            && self.actions.iter().zip(&now).all(|(a, b)| same(a, b));
        if all_same || planted::is(Planted::CommitmentUnchecked) {
            return Ok(());
        }
        let by_address = |lines: &[ActionLine]| -> BTreeMap<Address, ActionLine> {
            lines
                .iter()
                .map(|line| (line.address.clone(), line.clone()))
                .collect()
        };
        let (planned, now) = (by_address(&self.actions), by_address(&now));
        let mut differences = Vec::new();
        for (address, line) in &planned {
            match now.get(address) {
                None => differences.push(Difference::Gone(address.clone(), line.action)),
                Some(other) if !same(line, other) => differences.push(Difference::Other {
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
        differences
            .extend(new.map(|(address, line)| Difference::New(address.clone(), line.action)));
        Err(Stale::Differs { differences })
    }

    /// Returns the plan that was saved, to be shown.
    pub fn to_plan(&self) -> Plan {
        let renamed: BTreeMap<(Kind, String), String> = self
            .actions
            .iter()
            .filter_map(|line| {
                let from = line.from.as_ref()?;
                Some((
                    (from.kind(), from.name().to_owned()),
                    line.address.name().to_owned(),
                ))
            })
            .collect();
        let today = |kind: Kind, name: &str| renamed.get(&(kind, name.to_owned())).cloned();
        Plan {
            lineage: self.lineage.clone(),
            generation: self.generation,
            tree: self.tree,
            changes: self
                .actions
                .iter()
                .filter_map(|line| line.to_change(&today))
                .collect(),
            settled: Vec::new(),
            owned: BTreeMap::new(),
            destroy: self.ask.destroy,
            partial: self.partial.clone(),
            unchanged: self.unchanged,
            unmanaged: 0,
            foreign: 0,
            conflicts: Vec::new(),
            unread: Vec::new(),
        }
    }
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
    fn to_change(&self, renamed: &dyn Fn(Kind, &str) -> Option<String>) -> Option<Change> {
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

/// Returns the actions of a plan, with what each does to people.
fn lines(plan: &Plan, impact: &Impact) -> Vec<ActionLine> {
    let wide = impact.widenings().flat_map(|row| &row.because);
    let wide: BTreeSet<&Address> = wide.map(|because| &because.address).collect();
    let mut people: BTreeMap<&Address, u64> = BTreeMap::new();
    for effect in impact.effects.iter().filter(|it| it.what.ends_access()) {
        *people.entry(&effect.address).or_default() += effect.count;
    }
    let line = |change: &Change| ActionLine {
        widens: wide.contains(&change.address),
        people_affected: people.get(&change.address).copied(),
        ..ActionLine::of(change)
    };
    plan.changes.iter().map(line).collect()
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

#[cfg(test)]
mod tests;
