//! The saved plan: what somebody saw, and what an apply of it may do. A commitment, not a program.
//!
//! The file is canonical JSON and carries its own digest. An apply plans again and refuses unless exactly the actions in
//! the file come out. Facts: `threat-and-fault-model` §6.

mod action;
mod stale;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Ask, Thresholds, Verdict};
use crate::impact::Impact;
use crate::model::{Digest, Kind, canonical};
use crate::plan::{Lifted, OwnDomains, Partial, Plan, RunRecord};
use crate::planted::{self, Planted};

pub use action::{ActionLine, Difference, Steps, differences, lines};
pub use stale::Stale;

/// The format that this program writes and reads.
pub const FORMAT: &str = "guestlist-plan/1";

/// The size of the largest file that is read, in bytes.
pub const FILE_BYTES: u64 = 64 << 20;

/// What is signed begins with this, so that the signature is good for nothing else.
const DOMAIN: &str = "guestlist/plan/1\n";

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
    /// Where a rollback goes back to; absent for a plan of the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Back>,
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
    /// The domains of our own people, where they are others than when the project was last applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_domains: Option<OwnDomains>,
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
    /// The digest of everything else in the file but the signature.
    pub digest: Digest,
    /// Who answers for the file; absent where nobody signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Seal>,
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

/// Where a rollback goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Back {
    /// The run.
    pub run: String,
    /// Whether to its end instead of its beginning.
    pub end: bool,
}

/// A signature of a saved plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The public key: `ed25519:` and 64 hexadecimal digits.
    pub key: String,
    /// The signature: 128 hexadecimal digits.
    pub signature: String,
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
            back: None,
            ask: ask.clone(),
            thresholds: verdict.thresholds,
            lifted: verdict.lifted.clone(),
            partial: plan.partial.clone(),
            impact: impact.clone(),
            own_domains: plan.own.clone(),
            actions: action::judged(plan, impact),
            unchanged: plan.unchanged,
            created: now,
            expires: now.saturating_add(LIFE).unwrap_or(now),
            plan: plan.digest(),
            digest: Digest::of(&[]),
            signature: None,
        };
        commitment.digest = commitment.own_digest();
        commitment
    }

    /// Makes it the commitment to go back, past the same guards.
    #[must_use]
    pub fn going_back(mut self, back: Back) -> Self {
        self.back = Some(back);
        self.digest = self.own_digest();
        self
    }

    /// Returns what a signature of the file is made of: everything but the signature.
    #[must_use]
    pub fn message(&self) -> String {
        let mut rest = self.clone();
        rest.signature = None;
        format!("{DOMAIN}{}", canonical(&rest))
    }

    /// Returns the digest of everything in the file but the digest itself and the signature.
    fn own_digest(&self) -> Digest {
        let mut rest = self.clone();
        rest.signature = None;
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
        let now = action::lines(plan);
        let all_same = self.own_domains == plan.own
            && self.actions.len() == now.len()
            && self.actions.iter().zip(&now).all(|(a, b)| a.does_as(b));
        if all_same || planted::is(Planted::CommitmentUnchecked) {
            return Ok(());
        }
        let differences = differences(
            (&self.actions, self.own_domains.as_ref()),
            (&now, plan.own.as_ref()),
        );
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
            own: self.own_domains.clone(),
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

#[cfg(test)]
mod tests;
