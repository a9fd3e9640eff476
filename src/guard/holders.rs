//! The rule that counts people: nobody loses access that they have, unless somebody says for how many that is meant. They
//! lose it when a package or policy that they hold is deleted (Entra refuses to delete either while assignments are active),
//! when a package no longer gives a role that nothing else gives them, and when the rule that gave it, or let them into a group,
//! no longer does.

use super::circumstances::waived;
use super::{Circumstances, Refusal, Rule, Verdict};
use crate::impact::{Effect, What, losing};
use crate::model::Address;
use crate::plan::Lifted;

/// How many objects a message names; all of them are in the refusal.
const NAMED: usize = 5;

/// Counts the people whose access would end.
pub(super) fn judge(cx: &Circumstances, out: &mut Verdict) {
    let mut endings: Vec<&Effect> = Vec::new();
    let effects = cx.impact.effects.iter();
    for ending in effects.filter(|it| it.what.ends_access() && !it.people.is_empty()) {
        match cx.waiver(Rule::Holders, &ending.address) {
            Some(waiver) => out.lifted.push(waived(Rule::Holders, waiver)),
            None => endings.push(ending),
        }
    }
    endings.sort_by(|a, b| a.address.cmp(&b.address));
    let people = losing(endings.iter().copied());
    let (sum, Some(first)) = (people.len() as u64, endings.first()) else {
        return;
    };
    let mut objects: Vec<Address> = endings
        .iter()
        .map(|ending| ending.address.clone())
        .collect();
    objects.dedup();
    if let Some(allowed) = cx.allowances.people.filter(|allowed| sum <= *allowed) {
        out.lifted.push(Lifted {
            guard: Rule::Holders.as_str().to_owned(),
            by: format!("--max-people {allowed}"),
            objects: objects.iter().map(ToString::to_string).collect(),
        });
        return;
    }
    let whose = match sum {
        1 => "1 person would lose access that they have".to_owned(),
        _ => format!("{sum} people would lose access that they have"),
    };
    let limit = match cx.allowances.people {
        Some(allowed) => format!(", where {allowed} may"),
        None => String::new(),
    };
    out.refusals.push(Refusal {
        rule: Rule::Holders,
        address: first.address.clone(),
        message: format!("{whose}{limit}: {}", named(&endings)),
        help: format!(
            "{} names them; wait until their access has ended, or `--max-people {sum}` ends it",
            match endings.iter().all(|ending| ending.what == What::Leave) {
                // Nobody has an assignment of a group.
                true => "`guestlist plan --names`",
                false => "`guestlist assignment list`",
            }
        ),
        objects,
    });
}

/// Returns the first objects with how many people hold each, and how many more there are.
fn named(endings: &[&Effect]) -> String {
    let shown = endings.iter().take(NAMED).map(|ending| {
        let (one, many) = match ending.what {
            What::Leave => ("member", "members"),
            _ => ("holder", "holders"),
        };
        let holders = match ending.people.len() {
            1 => format!("1 {one}"),
            n => format!("{n} {many}"),
        };
        format!("`{}` ({holders})", ending.address)
    });
    let shown: Vec<String> = shown.collect();
    let more = match endings.len() - shown.len() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Allowances;
    use crate::impact::Impact;
    use crate::plan::world::at;

    fn verdict(people: Option<u64>, endings: &[(&str, &[u64])]) -> Verdict {
        let cx = Circumstances {
            allowances: Allowances {
                people,
                ..Allowances::default()
            },
            impact: Impact {
                effects: endings
                    .iter()
                    .map(|(address, people)| Effect {
                        what: What::End,
                        address: at(address),
                        count: people.len() as u64,
                        detail: String::new(),
                        people: people.iter().copied().collect(),
                        names: Vec::new(),
                    })
                    .collect(),
                ..Impact::default()
            },
            ..Circumstances::default()
        };
        let mut verdict = Verdict::default();
        judge(&cx, &mut verdict);
        verdict
    }

    #[test]
    fn a_person_counts_once_however_much_they_hold() {
        let endings: &[(&str, &[u64])] = &[
            ("package/b", &[1, 2]),
            ("package/a", &[2]),
            ("package/c", &[]),
        ];
        let refused = verdict(None, endings);
        assert_eq!(
            refused.refusals[0].message,
            "2 people would lose access that they have: `package/a` (1 holder), `package/b` (2 holders)"
        );
        assert!(!verdict(Some(1), endings).is_allowed());
        let allowed = verdict(Some(2), endings);
        assert!(allowed.is_allowed());
        assert_eq!(allowed.lifted[0].by, "--max-people 2");
        assert_eq!(allowed.lifted[0].objects, ["package/a", "package/b"]);
    }

    #[test]
    fn what_nobody_holds_needs_no_word() {
        let free = verdict(Some(9), &[("package/a", &[])]);
        assert!(free.is_allowed() && free.lifted.is_empty());
    }
}
