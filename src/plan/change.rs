//! What a plan is made of.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Partial;
use crate::model::text::Domain;
use crate::model::{Address, Body, Digest, Kind, LiveObject, Origin, RemoteId, canonical};
use crate::source::Route;

/// What would change, in the order in which it would.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a plan that nobody reads or applies has no effect"]
pub struct Plan {
    /// The identity of the store that was read.
    pub lineage: String,
    /// The generation of the store that was read.
    pub generation: u64,
    /// The digest of the tree's files.
    pub tree: Digest,
    /// The changes, in order: what others refer to comes first, deletes run the other way and last.
    ///
    /// Bodies name others as they are named once the whole plan is carried out. Two objects may name each other, and names
    /// may be exchanged, so a store that keeps ids finds them at the end.
    pub changes: Vec<Change>,
    /// The domains of our own people, where they are others than when the project was last applied.
    pub own: Option<OwnDomains>,
    /// Objects whose record changes though they do not, because an object that they name has got another name.
    pub settled: Vec<Settled>,
    /// How many objects of each kind the project owned when the store was read.
    pub owned: BTreeMap<Kind, u64>,
    /// Whether everything that the project owns was asked to go.
    pub destroy: bool,
    /// What the plan was narrowed to; `None` for a plan of everything.
    pub partial: Option<Partial>,
    /// How many declared objects are live as declared.
    pub unchanged: usize,
    /// How many live objects no project owns.
    pub unmanaged: usize,
    /// How many live objects other projects own.
    pub foreign: u64,
    /// What the tree or the command asks for and the store does not allow: while there is any, the plan is refused.
    pub conflicts: Vec<Conflict>,
    /// Bound objects whose bodies the plan needs and that were not read: the unchanged policies of a package that is
    /// replaced, and objects that still mention a name which another object takes or leaves. Read these too, or simply
    /// everything, and plan again: until then the plan is not whole, and refused.
    pub unread: Vec<Address>,
}

impl Plan {
    /// Returns true when there is nothing to do. Records that would be settled do not count: no object changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.own.is_none()
    }

    /// Returns how many changes are of this action.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.changes
            .iter()
            .filter(|change| change.delta.action() == action)
            .count()
    }

    /// Returns the digest of the actions: which objects, from what to what, in which order, and the domains of our own people
    /// where they change. Two plans with one digest do the same.
    #[must_use]
    pub fn digest(&self) -> Digest {
        #[derive(Serialize)]
        struct Line<'p> {
            address: &'p Address,
            action: &'static str,
            from: Option<&'p Address>,
            id: Option<&'p RemoteId>,
            before: Option<Digest>,
            after: Option<Digest>,
            declared: Option<Digest>,
        }
        let own = self.own.as_ref().map(canonical);
        let mut lines: Vec<String> = self
            .changes
            .par_iter()
            .map(|change| {
                let before = change.delta.before();
                canonical(&Line {
                    address: &change.address,
                    action: change.delta.action().as_str(),
                    from: before.and_then(|before| before.address.as_ref()),
                    id: before.map(|before| &before.id),
                    before: before.map(|before| before.body.digest()),
                    after: change.delta.after().map(Body::digest),
                    declared: change.declared,
                })
            })
            .collect();
        lines.extend(own);
        Digest::of(format!("[{}]", lines.join(",")).as_bytes())
    }
}

/// The domains of our own people, which the settings of a project say: whoever is at one of them is nobody from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnDomains {
    /// Those of the last apply: first the one where guests get their accounts, the others in order.
    pub before: Vec<Domain>,
    /// Those of now, likewise.
    pub after: Vec<Domain>,
}

impl OwnDomains {
    /// Returns the domains before and after; `None` where they are the same, with the same one first.
    #[must_use]
    pub fn between(before: &[Domain], after: &[Domain]) -> Option<Self> {
        let arranged = |domains: &[Domain]| -> Vec<Domain> {
            let others: BTreeSet<&Domain> = domains.iter().skip(1).collect();
            let first = domains.first();
            let others = others.into_iter().filter(|it| Some(*it) != first);
            first.into_iter().chain(others).cloned().collect()
        };
        let (before, after) = (arranged(before), arranged(after));
        (before != after).then_some(Self { before, after })
    }

    /// Returns the domains that were applied and those that settings say. Guests go on to get their accounts where they got them,
    /// as long as that is a domain of our own, in whatever order the settings name them.
    #[must_use]
    pub fn planned(applied: &[Domain], said: &[Domain]) -> Option<Self> {
        let home = applied.first().filter(|home| said.contains(home));
        let others = said.iter().filter(|it| Some(*it) != home);
        let after: Vec<Domain> = home.into_iter().chain(others).cloned().collect();
        Self::between(applied, &after)
    }

    /// Returns the domain where guests get their accounts from now on, where it is another.
    #[must_use]
    pub fn home(&self) -> Option<&Domain> {
        let home = self.after.first();
        home.filter(|home| self.before.first() != Some(*home))
    }

    /// Returns those that come, and those that go.
    #[must_use]
    pub fn moved(&self) -> [Vec<&Domain>; 2] {
        let new = self.after.iter().filter(|it| !self.before.contains(it));
        let gone = self.before.iter().filter(|it| !self.after.contains(it));
        [new.collect(), gone.collect()]
    }
}

/// Something asked for that the store does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The address that asks.
    pub address: Address,
    /// What stands in the way.
    pub clash: Clash,
}

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    /// Adoption of an address that the tree does not declare.
    NotDeclared,
    /// Adoption of an id that no unmanaged object has.
    NoSuchObject {
        /// The id.
        id: RemoteId,
    },
    /// Adoption of an object of another kind.
    OtherKind {
        /// The id.
        id: RemoteId,
        /// The object's kind.
        kind: Kind,
    },
    /// Adoption of an object by likeness, and none is like it.
    NoLikeness,
    /// Adoption of an object by likeness, and several are like it.
    SeveralAlike {
        /// Their ids, in order.
        ids: Vec<RemoteId>,
    },
    /// Adoption of an object that another address takes over.
    AdoptedTwice {
        /// The id.
        id: RemoteId,
        /// The other address.
        by: Address,
    },
    /// Adoption of an object that would have to be replaced.
    AdoptedOtherwise {
        /// The id.
        id: RemoteId,
        /// The keys that cannot change in place.
        because: Vec<Route>,
    },
    /// Creation of what exists already and nobody owns.
    Exists {
        /// The ids of the objects, in order.
        ids: Vec<RemoteId>,
    },
    /// A rename from several names at once.
    SeveralNames {
        /// The addresses, in order.
        from: Vec<Address>,
    },
    /// A rename from a name that is declared too, of which nothing tells whether it has happened already.
    Undecided {
        /// The other address.
        with: Address,
    },
    /// A rename onto an address that has an object of its own.
    Occupied {
        /// The address before.
        from: Address,
    },
    /// A rename of an object that another address takes.
    RenamedTwice {
        /// The address before.
        from: Address,
        /// The other address.
        by: Address,
    },
}

/// One object's change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The address at which the object is bound when its turn has come; for a rename the new one. For an object inside
    /// one that is renamed in this plan, the address below the new name, also when it is deleted.
    pub address: Address,
    /// What happens.
    pub delta: Delta,
    /// Why; explains, and never decides.
    pub reason: Reason,
    /// Where the tree says so: where the object is declared, or the line of its profile where all that differs comes from
    /// there; `None` for what the tree no longer declares.
    pub origin: Option<Origin>,
    /// The digest of what the tree declares, which the store keeps to tell quickly that nothing has changed;
    /// `None` for what is no longer declared.
    pub declared: Option<Digest>,
    /// The changes that come before this one.
    pub after: BTreeSet<Address>,
}

/// What happens to an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Delta {
    /// It is created with this body. Keys that are not managed start with what is declared or their default.
    Create {
        /// The body, defaults included.
        after: Body,
    },
    /// It changes in place. Its address before, where another, says what it was renamed from.
    ///
    /// Renaming an object moves the bindings of the objects inside it; those have no change of their own unless they differ
    /// otherwise, and then their address before is that below the old name. Find the object by its id. Renames of one plan
    /// may exchange names: give up all old bindings before taking new ones where a store keeps addresses unique.
    Update {
        /// The object as it is, others under their present names.
        before: LiveObject,
        /// The whole body as it will be, keys that are not managed included, others under their names after the plan.
        after: Body,
        /// The differences; empty for a mere rename. Another name for an object that is renamed is none.
        edits: Vec<Edit>,
    },
    /// It is deleted and created anew, because of keys that cannot change in place, or inside an object to which this
    /// happens.
    ///
    /// The object gets another id under the same address, or under the one that it is renamed to, as for a change in place.
    /// Objects that name it do not change, since they name an address: a store that keeps ids points them to the new one.
    /// Objects inside it go with it and are created again by replacements of their own, which follow.
    Replace {
        /// The object as it is.
        before: LiveObject,
        /// The body as it will be.
        after: Body,
        /// The differences.
        edits: Vec<Edit>,
        /// The keys that cannot change in place; empty inside an object that is replaced.
        because: Vec<Route>,
    },
    /// An object that nobody owned becomes ours, and changes where it differs.
    Adopt {
        /// The object as it is.
        before: LiveObject,
        /// The whole body as it will be.
        after: Body,
        /// The differences.
        edits: Vec<Edit>,
    },
    /// It is deleted, because the tree no longer declares it. What still names it means the directory's group of that
    /// name from then on: a store that keeps ids puts the name back.
    Prune {
        /// The object as it is.
        before: LiveObject,
    },
    /// It stays, and is no longer ours. What still names it does as after a deletion.
    Forget {
        /// The object as it is.
        before: LiveObject,
    },
}

impl Delta {
    /// Returns the action.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Create { .. } => Action::Create,
            Self::Update { .. } => Action::Update,
            Self::Replace { .. } => Action::Replace,
            Self::Adopt { .. } => Action::Adopt,
            Self::Prune { .. } => Action::Prune,
            Self::Forget { .. } => Action::Forget,
        }
    }

    /// Returns the object as it is, if there is one.
    #[must_use]
    pub const fn before(&self) -> Option<&LiveObject> {
        match self {
            Self::Create { .. } => None,
            Self::Update { before, .. }
            | Self::Replace { before, .. }
            | Self::Adopt { before, .. }
            | Self::Prune { before }
            | Self::Forget { before } => Some(before),
        }
    }

    /// Returns the body as it will be, if there will be one of ours.
    #[must_use]
    pub const fn after(&self) -> Option<&Body> {
        match self {
            Self::Create { after }
            | Self::Update { after, .. }
            | Self::Replace { after, .. }
            | Self::Adopt { after, .. } => Some(after),
            Self::Prune { .. } | Self::Forget { .. } => None,
        }
    }

    /// Returns the differences; none for what is created, deleted or let go.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        match self {
            Self::Update { edits, .. }
            | Self::Replace { edits, .. }
            | Self::Adopt { edits, .. } => edits,
            Self::Create { .. } | Self::Prune { .. } | Self::Forget { .. } => &[],
        }
    }
}

/// What happens to one object, in a word.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Make what is declared and does not exist.
    Create,
    /// Change in place.
    Update,
    /// Delete and create anew.
    Replace,
    /// Own what exists.
    Adopt,
    /// Delete what is owned and no longer declared.
    Prune,
    /// Stop owning, delete nothing.
    Forget,
}

impl Action {
    /// Every action, in the order of summaries.
    pub const ALL: &'static [Self] = &[
        Self::Create,
        Self::Update,
        Self::Replace,
        Self::Adopt,
        Self::Prune,
        Self::Forget,
    ];

    /// Returns the word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Adopt => "adopt",
            Self::Prune => "prune",
            Self::Forget => "forget",
        }
    }

    /// Returns what was done, in a word: `created`, `forgotten`.
    #[must_use]
    pub const fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Replace => "replaced",
            Self::Adopt => "adopted",
            Self::Prune => "pruned",
            Self::Forget => "forgotten",
        }
    }

    /// Returns the sign that stands before an address: `+ ~ -/+ > - x`.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Replace => "-/+",
            Self::Adopt => ">",
            Self::Prune => "-",
            Self::Forget => "x",
        }
    }
}

/// One difference inside an object. A renderer prints it as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A value is set, changed or gone.
    Value {
        /// Where. For an item of a sequence that is gone, its position before; otherwise its position after.
        at: Route,
        /// What was there.
        before: Option<Value>,
        /// What will be there.
        after: Option<Value>,
    },
    /// Items of a set come and go.
    Items {
        /// The set.
        at: Route,
        /// Items that go, in order.
        removed: Vec<Value>,
        /// Items that come, in order.
        added: Vec<Value>,
    },
    /// A long text changes by words.
    Text {
        /// Where.
        at: Route,
        /// The text in pieces, in order.
        words: Vec<Words>,
    },
    /// An item of a sequence moves.
    Moved {
        /// The position before, inside `at`'s sequence.
        from: usize,
        /// Where it is after.
        at: Route,
    },
}

impl Edit {
    /// Returns where the difference is.
    #[must_use]
    pub const fn at(&self) -> &Route {
        match self {
            Self::Value { at, .. }
            | Self::Items { at, .. }
            | Self::Text { at, .. }
            | Self::Moved { at, .. } => at,
        }
    }
}

/// A piece of a text that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Stays.
    Same(String),
    /// Goes.
    Removed(String),
    /// Comes.
    Added(String),
}

/// Why an object changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Declared, and not there.
    Declared,
    /// Declared, and no longer there: somebody took it away since it was last applied.
    Vanished,
    /// Declared otherwise than it is.
    Differs,
    /// Declared under another name.
    Renamed,
    /// The tree asks to take it over.
    AdoptAsked,
    /// A key cannot change in place, and the tree allows a replacement.
    ReplaceAllowed,
    /// A key cannot change in place, and the tree does not allow a replacement: the plan is refused.
    ReplaceRefused,
    /// No longer declared.
    Undeclared,
    /// Not there at the time that the plan goes back to.
    NotThen,
    /// The tree asks to let it go.
    ForgetAsked,
    /// Settings that are no longer declared are let go, never deleted.
    SettingsUndeclared,
    /// The command asks for everything that the project owns to go.
    DestroyAsked,
    /// The object that it lives in is deleted.
    ParentPruned,
    /// The object that it lives in is deleted and created anew.
    ParentReplaced,
    /// What somebody changed since it was last applied is taken as applied.
    DriftAccepted,
}

/// An object that is as declared, though the record says that it was applied from another spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The address.
    pub address: Address,
    /// The kind.
    pub kind: Kind,
    /// The store's id.
    pub id: RemoteId,
    /// What the tree declares now.
    pub declared: Digest,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains(names: &[&str]) -> Vec<Domain> {
        let names = names.iter().map(|name| Domain::parse(name));
        names.collect::<Result<_, _>>().expect("domains")
    }

    #[test]
    fn guests_keep_their_home_while_it_is_a_domain_of_our_own() {
        let applied = domains(&["b.example", "a.example"]);
        let planned = |said: &[&str]| OwnDomains::planned(&applied, &domains(said));
        assert_eq!(planned(&["a.example", "b.example"]), None);
        let change = planned(&["c.example", "a.example", "b.example"]).expect("a change");
        let after = domains(&["b.example", "a.example", "c.example"]);
        assert_eq!((change.home(), &change.after), (None, &after));
        let change = planned(&["c.example", "a.example"]).expect("a change");
        assert_eq!(change.home(), Some(&domains(&["c.example"])[0]));
        // What was is had back as it was.
        let back = OwnDomains::between(&after, &applied).expect("a change");
        assert_eq!((back.home(), &back.after), (None, &applied));
        let other = domains(&["a.example", "b.example"]);
        assert!(OwnDomains::between(&applied, &other).is_some_and(|it| it.home().is_some()));
    }
}
