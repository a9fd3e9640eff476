//! Rules about single objects (replacement, protection, adoption, names that clash), and the verdict over all rules.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::circumstances::waived;
use super::{Circumstances, Thresholds, deletes, foreign, holders, widening};
use crate::model::{Address, Body, RemoteId, Waiver};
use crate::plan::{Change, Clash, Conflict, Delta, Lifted, Plan, Reason};
use crate::planted::{self, Planted};

/// A rule that refuses plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Nothing is replaced unless its declaration allows it.
    Replacement,
    /// Nothing that is protected live is deleted.
    Protection,
    /// Only one object that exists, is like what is declared and belongs to nobody, is taken over.
    Adoption,
    /// Nothing is created beside its like that nobody owns.
    Twin,
    /// An object has one name, and a name one object.
    Rename,
    /// A plan is made from all that it needs to know.
    Whole,
    /// Not many objects of a kind are deleted within a day.
    Deletes,
    /// Not everything of a kind is deleted.
    Everything,
    /// What another project owns is neither taken over nor doubled.
    Foreign,
    /// Nobody loses access that they have.
    Holders,
    /// Nobody gains access, and nobody has it on easier terms.
    Widening,
}

impl Rule {
    /// Returns true for a rule that two trees are enough for, and no store is asked.
    #[must_use]
    pub const fn is_of_trees(self) -> bool {
        matches!(self, Self::Replacement | Self::Widening)
    }

    /// Every rule.
    pub const ALL: &'static [Self] = &[
        Self::Replacement,
        Self::Protection,
        Self::Adoption,
        Self::Twin,
        Self::Rename,
        Self::Whole,
        Self::Deletes,
        Self::Everything,
        Self::Foreign,
        Self::Holders,
        Self::Widening,
    ];

    /// Returns the word that names the rule.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replacement => "replacement",
            Self::Protection => "protection",
            Self::Adoption => "adoption",
            Self::Twin => "twin",
            Self::Rename => "rename",
            Self::Whole => "whole",
            Self::Deletes => "deletes",
            Self::Everything => "everything",
            Self::Foreign => "foreign",
            Self::Holders => "holders",
            Self::Widening => "widening",
        }
    }

    /// Returns true for a rule that a waiver in the tree lifts for an address. The others state what cannot be, or, as
    /// protection does, have a way of their own.
    #[must_use]
    pub fn is_waivable(self) -> bool {
        Waiver::GUARDS.contains(&self.as_str())
    }
}

/// Why a plan is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// The address that it is about.
    pub address: Address,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Every object behind it.
    pub objects: Vec<Address>,
}

/// What the guards say of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "a plan that is refused must not be applied"]
pub struct Verdict {
    /// Every reason against it, in order of addresses; none allows it.
    pub refusals: Vec<Refusal>,
    /// What was lifted, and by what, in order of guards; for the record of the run.
    pub lifted: Vec<Lifted>,
    /// The numbers that deletes were held against.
    pub thresholds: Thresholds,
    /// What has a waiver of the rule about access that grows, and makes nothing wider but together with something that has none:
    /// with the first of those.
    pub together: BTreeMap<Address, String>,
}

impl Verdict {
    /// Returns true when nothing speaks against the plan.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// Judges a plan.
pub fn judge(plan: &Plan, cx: &Circumstances) -> Verdict {
    let mut verdict = Verdict {
        thresholds: cx.thresholds,
        ..Verdict::default()
    };
    let mut single: Vec<Refusal> = plan.changes.iter().flat_map(change).collect();
    single.extend(foreign::creations(plan, cx));
    for clash in &plan.conflicts {
        match foreign::adopt(clash, cx) {
            // What is not ours to take cannot be taken, whoever answers for it.
            Some(refusal) => verdict.refusals.push(refusal),
            None => single.push(conflict(clash)),
        }
    }
    single.extend(plan.unread.iter().map(unread));
    for refusal in single {
        match cx.waiver(refusal.rule, &refusal.address) {
            Some(waiver) => verdict.lifted.push(waived(refusal.rule, waiver)),
            None => verdict.refusals.push(refusal),
        }
    }
    deletes::judge(plan, cx, &mut verdict);
    holders::judge(cx, &mut verdict);
    widening::judge(cx, &mut verdict);
    verdict
        .refusals
        .sort_by(|a, b| (&a.address, a.rule).cmp(&(&b.address, b.rule)));
    verdict.lifted.sort();
    verdict
}

fn change(change: &Change) -> Vec<Refusal> {
    let address = &change.address;
    let mut refusals = Vec::new();
    if let (Delta::Replace { because, .. }, Reason::ReplaceRefused) = (&change.delta, change.reason)
    {
        refusals.push(Refusal {
            rule: Rule::Replacement,
            address: address.clone(),
            message: format!(
                "`{address}` would be deleted and created anew, because {} cannot change in place",
                listed(because)
            ),
            help: format!(
                "add `replace: allowed` to it, or keep {} as live",
                listed(because)
            ),
            objects: vec![address.clone()],
        });
    }
    let (Delta::Prune { before } | Delta::Replace { before, .. }) = &change.delta else {
        return refusals;
    };
    if is_protected(&before.body) && !planted::is(Planted::ProtectionIgnored) {
        let message = match change.delta {
            Delta::Prune { .. } => format!("`{address}` is protected and would be deleted"),
            _ => format!("`{address}` is protected and would be deleted and created anew"),
        };
        refusals.push(Refusal {
            rule: Rule::Protection,
            address: address.clone(),
            message,
            help: "declare it as live but with `protect: false`, and apply that first".to_owned(),
            objects: vec![address.clone()],
        });
    }
    refusals
}

fn is_protected(body: &Body) -> bool {
    #[derive(Deserialize)]
    struct Protected {
        #[serde(default)]
        protect: bool,
    }
    serde_json::from_str::<Protected>(body.as_str()).is_ok_and(|body| body.protect)
}

fn unread(address: &Address) -> Refusal {
    Refusal {
        rule: Rule::Whole,
        address: address.clone(),
        message: format!("the plan needs the live `{address}`, which was not read"),
        help: "read the whole store and plan again".to_owned(),
        objects: vec![address.clone()],
    }
}

fn conflict(conflict: &Conflict) -> Refusal {
    let address = &conflict.address;
    let kind = address.kind();
    let (rule, message, help) = match &conflict.clash {
        Clash::NotDeclared => (
            Rule::Adoption,
            format!("`--adopt {address}` asks for an object that the tree does not declare"),
            "declare it, or leave the flag out".to_owned(),
        ),
        Clash::NoSuchObject { id } => (
            Rule::Adoption,
            format!("`{address}` would adopt `{id}`, and no unmanaged object has this id"),
            "see `guestlist list --unmanaged` for the ids of objects that nobody owns".to_owned(),
        ),
        Clash::OtherKind { id, kind: other } => (
            Rule::Adoption,
            format!("`{address}` would adopt `{id}`, which is a {other}, not a {kind}"),
            "see `guestlist list --unmanaged` for the ids of objects that nobody owns".to_owned(),
        ),
        Clash::NoLikeness => (
            Rule::Adoption,
            format!("`--adopt {address}` finds no unmanaged {kind} that is like it"),
            "leave the flag out to create it, or write `adopt: { id: … }` in the tree".to_owned(),
        ),
        Clash::SeveralAlike { ids } => (
            Rule::Adoption,
            format!(
                "`--adopt {address}` finds several unmanaged objects like it: {}",
                listed(ids)
            ),
            format!("write `{}` in the tree", adopt(ids)),
        ),
        Clash::AdoptedTwice { id, by } => (
            Rule::Adoption,
            format!("`{address}` and `{by}` would both adopt `{id}`"),
            "let one of them adopt another object, or none".to_owned(),
        ),
        Clash::AdoptedOtherwise { id, because } => (
            Rule::Adoption,
            format!(
                "`{address}` would adopt `{id}`, which differs in {}, and that cannot change in place",
                listed(because)
            ),
            "declare it as it is live, or leave `adopt` out".to_owned(),
        ),
        Clash::Exists { ids } => (
            Rule::Twin,
            format!(
                "`{address}` would be created, but an unmanaged {kind} like it exists already: {}",
                listed(ids)
            ),
            format!(
                "adopt it with `{}` in the tree or `--adopt {address}`, or delete it there",
                adopt(ids)
            ),
        ),
        Clash::SeveralNames { from } => (
            Rule::Rename,
            format!(
                "`{address}` was formerly {}, and each of them is an object of its own",
                listed(from)
            ),
            "leave the one name in `formerly` whose object it shall be".to_owned(),
        ),
        Clash::Undecided { with } => (
            Rule::Rename,
            format!(
                "`{address}` was formerly `{with}`, which is declared as well, and nothing tells whether it took that object already"
            ),
            "take `formerly` out if it did; if it did not, rename through a name that nobody has, one apply after the other"
                .to_owned(),
        ),
        Clash::Occupied { from } => (
            Rule::Rename,
            format!(
                "`{address}` was formerly `{from}`, and has an object of its own, which would be taken for that of `{from}`"
            ),
            format!(
                "apply a tree without `{address}` first and rename then, or take `formerly` out; a rollback goes back in steps, the last run first"
            ),
        ),
        Clash::RenamedTwice { from, by } => (
            Rule::Rename,
            format!("`{address}` and `{by}` were both formerly `{from}`"),
            "leave the name in one `formerly` only".to_owned(),
        ),
    };
    Refusal {
        rule,
        address: address.clone(),
        message,
        help,
        objects: vec![address.clone()],
    }
}

/// Returns the key that adopts one of these objects.
fn adopt(ids: &[RemoteId]) -> String {
    match ids {
        [id] => format!("adopt: {{ id: {id} }}"),
        _ => "adopt: { id: … }".to_owned(),
    }
}

/// Returns names in backticks, joined.
fn listed<T: fmt::Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(|item| format!("`{}`", item)).collect();
    match &texts[..] {
        [] => "a key".to_owned(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} and {end}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Allowances;
    use crate::model::Kind;
    use crate::plan::world::{Store, at, organization, tree, with};
    use crate::plan::{Asks, build};
    use serde_json::json;

    /// Everything may be deleted: these tests are about other rules.
    fn lax() -> Circumstances {
        Circumstances {
            allowances: Allowances {
                widening: false,
                deletes: Some(u64::MAX),
                people: None,
                everything: Kind::ALL.iter().copied().collect(),
            },
            ..Circumstances::default()
        }
    }

    fn judge_lax(plan: &Plan) -> Verdict {
        judge(plan, &lax())
    }

    fn messages(plan: &Plan) -> Vec<(Rule, String)> {
        let refusals = judge(plan, &lax()).refusals.into_iter();
        refusals
            .map(|refusal| (refusal.rule, refusal.message))
            .collect()
    }

    #[test]
    fn a_replacement_needs_a_word_in_the_tree() {
        let store = Store::of(&[&tree(&[("organization/a", organization("a"))])]);
        let moved = with(organization("a"), &json!({ "domains": ["b.com"] }));
        assert_eq!(
            messages(&store.plan(&tree(&[("organization/a", moved.clone())]))),
            [(
                Rule::Replacement,
                "`organization/a` would be deleted and created anew, because `domains` cannot change in place"
                    .to_owned()
            )]
        );
        let allowed = with(moved, &json!({ "replace": "allowed" }));
        assert!(judge_lax(&store.plan(&tree(&[("organization/a", allowed)]))).is_allowed());
    }

    #[test]
    fn what_is_protected_live_is_not_deleted() {
        let protected = with(organization("a"), &json!({ "protect": true }));
        let mut store = Store::of(&[&tree(&[("organization/a", protected.clone())])]);
        assert_eq!(
            messages(&store.plan(&tree(&[]))),
            [(
                Rule::Protection,
                "`organization/a` is protected and would be deleted".to_owned()
            )]
        );
        let more = json!({ "protect": false, "domains": ["b.com"], "replace": "allowed" });
        let lifted = store.plan(&tree(&[("organization/a", with(protected, &more))]));
        assert_eq!(messages(&lifted)[0].0, Rule::Protection);
        let _ = store.reconcile(&tree(&[("organization/a", organization("a"))]));
        assert!(judge_lax(&store.plan(&tree(&[]))).is_allowed());
    }

    #[test]
    fn a_twin_names_both_ways_out() {
        let desired = tree(&[("organization/a", organization("a"))]);
        let mut store = Store::of(&[&desired]);
        let id = store.disown("organization/a");
        let verdict = judge_lax(&store.plan(&desired));
        assert_eq!(verdict.refusals[0].rule, Rule::Twin);
        assert_eq!(
            verdict.refusals[0].help,
            format!(
                "adopt it with `adopt: {{ id: {id} }}` in the tree or `--adopt organization/a`, or delete it there"
            )
        );
        let asks = Asks {
            adopt: vec![at("organization/a")],
            ..Asks::default()
        };
        assert!(judge_lax(&store.plan_with(&desired, &asks)).is_allowed());
    }

    #[test]
    fn an_adoption_that_would_replace_is_refused() {
        let mut store = Store::of(&[&tree(&[("organization/a", organization("a"))])]);
        let id = store.disown("organization/a");
        let adopt = json!({ "adopt": { "id": id }, "domains": ["b.com"], "replace": "allowed" });
        let plan = store.plan(&tree(&[(
            "organization/a",
            with(organization("a"), &adopt),
        )]));
        assert_eq!(messages(&plan)[0].0, Rule::Adoption);
    }

    #[test]
    fn a_name_is_one_object() {
        let store = Store::of(&[&tree(&[
            ("organization/a", organization("a")),
            ("organization/b", organization("b")),
        ])]);
        let both = with(organization("c"), &json!({ "formerly": ["a", "b"] }));
        assert_eq!(
            messages(&store.plan(&tree(&[("organization/c", both)]))),
            [(
                Rule::Rename,
                "`organization/c` was formerly `organization/a` and `organization/b`, and each of them is an object of its own"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn a_plan_without_all_it_needs_is_refused() {
        let package = json!({ "catalog": "a", "displayName": "P", "replace": "allowed" });
        let objects = |catalog: &str| {
            let package = with(package.clone(), &json!({ "catalog": catalog }));
            tree(&[
                ("catalog/a", json!({ "displayName": "A" })),
                ("catalog/b", json!({ "displayName": "B" })),
                ("package/p", package),
                ("policy/p/all", json!({})),
            ])
        };
        let (store, desired) = (Store::of(&[&objects("a")]), objects("b"));
        let plan = build(&desired, &store.read(Some(&desired)), &Asks::default());
        assert_eq!(messages(&plan)[0].0, Rule::Whole);
        assert!(judge_lax(&store.plan(&desired)).is_allowed());
    }
}
