//! Rules that count deletes: many of a kind within a day, and everything of a kind.
//!
//! A replacement deletes an object too, so it counts; but it leaves one behind, so it never empties a kind.

use std::collections::BTreeMap;

use super::circumstances::waived;
use super::{Circumstances, Refusal, Rule, Verdict};
use crate::model::{Address, Kind};
use crate::plan::{Action, Change, Lifted, Plan, Reason};
use crate::planted::{self, Planted};

/// How many objects a message names; all of them are in the refusal.
const NAMED: usize = 5;

/// Judges the deletes of a plan, kind by kind.
pub(super) fn judge(plan: &Plan, cx: &Circumstances, out: &mut Verdict) {
    let mut kinds: BTreeMap<Kind, Vec<&Change>> = BTreeMap::new();
    for change in plan.changes.iter().filter(|change| deletes(change)) {
        kinds.entry(change.address.kind()).or_default().push(change);
    }
    for (kind, mut changes) in kinds {
        changes.sort_by(|a, b| a.address.cmp(&b.address));
        let owned = plan.owned.get(&kind).copied().unwrap_or(0);
        many(kind, owned, &changes, cx, out);
        changes.retain(|change| change.delta.action() == Action::Prune);
        if changes.len() as u64 == owned && !planted::is(Planted::EverythingDeleted) {
            everything(kind, &changes, cx, out);
        }
    }
}

fn deletes(change: &Change) -> bool {
    match change.delta.action() {
        Action::Prune => true,
        // One that is refused anyway is not refused for two reasons.
        Action::Replace => change.reason != Reason::ReplaceRefused,
        Action::Create | Action::Update | Action::Adopt | Action::Forget => false,
    }
}

/// Takes out the addresses that a waiver answers for.
fn sort_out(rule: Rule, changes: &[&Change], cx: &Circumstances) -> (Vec<Address>, Vec<Lifted>) {
    let (mut counted, mut lifted) = (Vec::new(), Vec::new());
    for change in changes {
        match cx.waiver(rule, &change.address) {
            Some(waiver) => lifted.push(waived(rule, waiver)),
            None => counted.push(change.address.clone()),
        }
    }
    (counted, lifted)
}

fn many(kind: Kind, owned: u64, changes: &[&Change], cx: &Circumstances, out: &mut Verdict) {
    let earlier = match planted::is(Planted::EarlierDeletesForgotten) {
        true => 0,
        false => cx.deleted.get(&kind).copied().unwrap_or(0),
    };
    let limit = cx.thresholds.limit(owned.saturating_add(earlier));
    let sum = |changes: usize| earlier.saturating_add(changes as u64);
    if sum(changes.len()) <= limit {
        return;
    }
    let (counted, mut lifted) = sort_out(Rule::Deletes, changes, cx);
    out.lifted.append(&mut lifted);
    let sum = sum(counted.len());
    if counted.is_empty() || sum <= limit {
        return;
    }
    if let Some(allowed) = cx.allowances.deletes.filter(|allowed| sum <= *allowed) {
        out.lifted.push(Lifted {
            guard: Rule::Deletes.as_str().to_owned(),
            by: format!("--allow-deletes {allowed}"),
            objects: texts(&counted),
        });
        return;
    }
    let section = kind.section();
    let before = match earlier {
        0 => String::new(),
        n => format!(", {n} of them by earlier runs"),
    };
    out.refusals.push(Refusal {
        rule: Rule::Deletes,
        address: counted[0].clone(),
        message: format!(
            "{sum} {section} would be deleted within 24 hours{before}, where {limit} may: {}",
            named(&counted)
        ),
        help: format!("look at each of them; `--allow-deletes {sum}` lets them go"),
        objects: counted,
    });
}

fn everything(kind: Kind, changes: &[&Change], cx: &Circumstances, out: &mut Verdict) {
    let (counted, mut lifted) = sort_out(Rule::Everything, changes, cx);
    out.lifted.append(&mut lifted);
    if counted.is_empty() {
        return;
    }
    if cx.allowances.everything.contains(&kind) {
        out.lifted.push(Lifted {
            guard: Rule::Everything.as_str().to_owned(),
            by: format!("--allow-delete-all {kind}"),
            objects: texts(&counted),
        });
        return;
    }
    let all = match changes.len() {
        1 => format!("the only {kind}"),
        n => format!("all {n} {}", kind.section()),
    };
    out.refusals.push(Refusal {
        rule: Rule::Everything,
        address: counted[0].clone(),
        message: format!("{all} of the project would be deleted: {}", named(&counted)),
        help: format!("make sure that this is meant; `--allow-delete-all {kind}` lets it happen"),
        objects: counted,
    });
}

fn texts(addresses: &[Address]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

/// Returns the first addresses in backticks, and how many more there are.
fn named(addresses: &[Address]) -> String {
    let shown = addresses.len().min(NAMED);
    let texts: Vec<String> = addresses[..shown]
        .iter()
        .map(|address| format!("`{address}`"))
        .collect();
    let more = match addresses.len() - shown {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("{}{more}", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::cases::cases;
    use crate::guard::{Allowances, Thresholds};
    use crate::model::{Desired, Origin, Waiver};
    use crate::plan::world::{Store, at, organization, tree};

    /// A project with so many organizations and catalogs, of which some go.
    fn plan(organizations: &[bool], catalogs: &[bool]) -> Plan {
        let part = |all: bool| -> Desired {
            let mut objects = Vec::new();
            for (number, stays) in organizations.iter().enumerate() {
                if all || *stays {
                    let name = format!("o{number:02}");
                    objects.push((format!("organization/{name}"), organization(&name)));
                }
            }
            for (number, stays) in catalogs.iter().enumerate() {
                if all || *stays {
                    let name = format!("c{number:02}");
                    objects.push((format!("catalog/{name}"), json!({ "displayName": name })));
                }
            }
            let objects: Vec<_> = objects
                .iter()
                .map(|(address, value)| (address.as_str(), value.clone()))
                .collect();
            tree(&objects)
        };
        Store::of(&[&part(true)]).plan(&part(false))
    }

    fn waiver(rule: &str, address: &str) -> Waiver {
        Waiver {
            rule: serde_json::from_value(json!(rule)).expect("a line"),
            address: at(address),
            reason: serde_json::from_value(json!("the agency is closed")).expect("a line"),
            by: serde_json::from_value(json!("user:ana@contoso.com")).expect("a principal"),
            until: "2027-01-01T00:00:00Z".parse().expect("an instant"),
            origin: Origin {
                path: "tree.yaml".into(),
                line: 1,
            },
        }
    }

    fn verdict(plan: &Plan, cx: &Circumstances) -> Verdict {
        crate::guard::judge(plan, cx)
    }

    #[test]
    fn names_the_number_the_objects_and_the_flag() {
        let mut organizations = vec![true; 40];
        organizations[..6].fill(false);
        let refused = verdict(&plan(&organizations, &[]), &Circumstances::default());
        let [refusal] = &refused.refusals[..] else {
            panic!("{refused:?}");
        };
        assert_eq!(refusal.objects.len(), 6);
        assert_eq!(
            refusal.message,
            "6 organizations would be deleted within 24 hours, where 4 may: `organization/o00`, \
             `organization/o01`, `organization/o02`, `organization/o03`, `organization/o04` and 1 more"
        );
        assert_eq!(
            refusal.help,
            "look at each of them; `--allow-deletes 6` lets them go"
        );
    }

    #[test]
    fn everything_of_a_kind_is_refused_even_where_it_is_little() {
        let refused = verdict(&plan(&[true], &[false]), &Circumstances::default());
        assert_eq!(refused.refusals[0].rule, Rule::Everything);
        assert_eq!(
            refused.refusals[0].message,
            "the only catalog of the project would be deleted: `catalog/c00`"
        );
    }

    #[test]
    fn a_waiver_lifts_for_its_address_alone_and_is_told() {
        let plan = plan(&[true, false, false, false], &[]);
        let mut cx = Circumstances {
            waivers: vec![waiver("deletes", "organization/o00")],
            ..Circumstances::default()
        };
        assert_eq!(verdict(&plan, &cx).refusals.len(), 1);
        cx.waivers.push(waiver("deletes", "organization/o02"));
        let lifted = verdict(&plan, &cx);
        assert!(lifted.is_allowed());
        assert_eq!(lifted.lifted[0].objects, ["organization/o02"]);
        assert!(lifted.lifted[0].by.contains("the agency is closed"));
    }

    #[test]
    fn what_is_not_needed_is_not_recorded() {
        let cx = Circumstances {
            allowances: Allowances {
                widening: false,
                deletes: Some(9),
                people: None,
                everything: [Kind::Organization].into(),
            },
            waivers: vec![waiver("deletes", "organization/o01")],
            ..Circumstances::default()
        };
        assert_eq!(verdict(&plan(&[true, false], &[]), &cx).lifted, []);
    }

    /// The rules in other words: object by object, in fractions.
    fn expected(
        goes: &[bool],
        earlier: u64,
        cx: &Circumstances,
        kind: Kind,
        sign: char,
    ) -> (bool, bool) {
        let name = |number: usize| format!("{kind}/{sign}{number:02}");
        let waived = |rule: &str, number: usize| {
            cx.waivers.iter().any(|waiver| {
                waiver.rule.to_string() == rule && waiver.address.to_string() == name(number)
            })
        };
        let gone: Vec<usize> = (0..goes.len()).filter(|number| !goes[*number]).collect();
        let counted = gone
            .iter()
            .filter(|number| !waived("deletes", **number))
            .count();
        let had = goes.len() as f64 + earlier as f64;
        let share = had * cx.thresholds.percent as f64 / 100.0;
        let limit = (cx.thresholds.always as f64).max(share.min(cx.thresholds.most as f64));
        let sum = counted as u64 + earlier;
        let many =
            counted > 0 && sum as f64 > limit && cx.allowances.deletes.is_none_or(|n| sum > n);
        let all = !gone.is_empty()
            && gone.len() == goes.len()
            && !gone.iter().all(|number| waived("everything", *number))
            && !cx.allowances.everything.contains(&kind);
        (many, all)
    }

    proptest! {
        #![proptest_config(cases(300))]

        #[test]
        fn decides_as_the_rules_say(
            organizations in prop::collection::vec(any::<bool>(), 0..70),
            catalogs in prop::collection::vec(any::<bool>(), 0..4),
            earlier in 0_u64..4,
            allowed in prop::option::of(0_u64..40),
            everything in any::<bool>(),
            waived in prop::collection::vec((0_usize..70, any::<bool>()), 0..6),
            always in 0_u64..3, most in 0_u64..6, percent in 0_u64..11,
        ) {
            let rules = ["everything", "deletes"];
            let cx = Circumstances {
                deleted: [(Kind::Organization, earlier)].into(),
                thresholds: Thresholds { always, most, percent },
                allowances: Allowances {
                    widening: false,
                    deletes: allowed,
                    people: None,
                    everything: everything.then_some(Kind::Organization).into_iter().collect(),
                },
                waivers: waived
                    .iter()
                    .map(|(number, rule)| waiver(rules[usize::from(*rule)], &format!("organization/o{number:02}")))
                    .collect(),
                ..Circumstances::default()
            };
            let verdict = verdict(&plan(&organizations, &catalogs), &cx);
            let refused = |rule: Rule, kind: Kind| {
                verdict.refusals.iter().any(|refusal| refusal.rule == rule && refusal.address.kind() == kind)
            };
            for (kind, goes, earlier, sign) in
                [(Kind::Organization, &organizations, earlier, 'o'), (Kind::Catalog, &catalogs, 0, 'c')]
            {
                let (many, all) = expected(goes, earlier, &cx, kind, sign);
                prop_assert_eq!(refused(Rule::Deletes, kind), many, "many of {}: {:#?}", kind, verdict);
                prop_assert_eq!(refused(Rule::Everything, kind), all, "all of {}: {:#?}", kind, verdict);
            }
        }
    }
}
