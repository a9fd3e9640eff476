//! Groups of which a plan decides otherwise than before who is in them: managed groups whose rule or guests change, that come
//! or go.
//!
//! Whoever is in such a group may join it, leave it or stay, as far as the rules of both sides let somebody do so. A group
//! without a rule is kept by hand: anybody may be in it, and no plan adds to it.

use super::class::Named;
use crate::governance::rule::{Rule, is_possible};
use crate::model::kinds::{Origin, Resource};
use crate::model::rule::{Operator, Test, Value};
use crate::model::{Address, Object};

/// A group and its members, before and after.
#[derive(Debug)]
pub(super) struct Moving {
    /// The resource that keeps the group.
    pub(super) address: Address,
    members: [Members; 2],
}

/// Who is in a group.
#[derive(Debug)]
enum Members {
    ByHand,
    ByRule { rule: Rule, guests: bool },
    Nobody,
}

impl Moving {
    /// Returns the group that a change of a resource is about, in lower case, and what becomes of its members; `None` where
    /// they stay.
    pub(super) fn of(
        address: &Address,
        [before, after]: [Option<&Object>; 2],
        is_let_go: bool,
    ) -> Option<(String, Self)> {
        let (old, new) = (managed(before), managed(after));
        let (name, members) = match (old, new) {
            (Some((one, old)), Some((two, new))) => {
                let is_same = old.membership_rule.as_ref().map(ToString::to_string)
                    == new.membership_rule.as_ref().map(ToString::to_string)
                    && (old.membership_rule.is_none() || old.guests == new.guests);
                // A group under another name is another group.
                if is_same || one != two {
                    return None;
                }
                (one, [members(old), members(new)])
            }
            (Some((name, old)), None) if !is_let_go => (name, [members(old), Members::Nobody]),
            (None, Some((name, new))) if new.membership_rule.is_some() => {
                (name, [Members::ByHand, members(new)])
            }
            _ => return None,
        };
        let address = address.clone();
        Some((name, Self { address, members }))
    }
}

fn managed(side: Option<&Object>) -> Option<(String, &Resource)> {
    match side {
        Some(Object::Resource(resource)) if resource.managed => match resource.origin() {
            Some((Origin::Group, name)) => Some((name.to_lowercase(), resource)),
            _ => None,
        },
        _ => None,
    }
}

fn members(resource: &Resource) -> Members {
    let rule = resource.membership_rule.as_ref();
    match rule.and_then(|rule| Rule::parse(rule.as_str()).ok()) {
        Some(rule) => Members::ByRule {
            rule,
            guests: resource.guests,
        },
        None => Members::ByHand,
    }
}

/// Returns false when nobody is named so who is a member, or a guest, of the directory. `find` finds a group that moves.
pub(super) fn may_be<'m>(
    named: &[Named],
    is_member: bool,
    find: &dyn Fn(&str) -> Option<&'m Moving>,
) -> bool {
    let mut known = vec![equal(
        "userType",
        if is_member { "member" } else { "guest" },
    )];
    let mut rules: Vec<(&Rule, bool)> = Vec::new();
    for named in named {
        let (name, is_in) = match named {
            Named::User(mail) => {
                known.push(equal("mail", mail.as_str()));
                continue;
            }
            Named::Group(name) => (name, [true, true]),
            Named::Joining(name) => (name, [false, true]),
            Named::Leaving(name) => (name, [true, false]),
        };
        let Some(moving) = find(name) else { continue };
        for (members, is_in) in moving.members.iter().zip(is_in) {
            match members {
                Members::Nobody if is_in => return false,
                // Nobody is added to these by a plan.
                Members::ByHand | Members::Nobody => {}
                Members::ByRule { guests, .. } if !is_member && !guests => {
                    if is_in {
                        return false;
                    }
                }
                Members::ByRule { rule, .. } => rules.push((rule, is_in)),
            }
        }
        let adds = matches!(moving.members[1], Members::ByRule { .. });
        if !adds && is_in == [false, true] {
            return false;
        }
    }
    rules.extend(known.iter().map(|rule| (rule, true)));
    is_possible(&rules)
}

/// Returns the names by which lists name somebody, on one side.
pub(super) fn on_side(named: &[Named], at: usize) -> Vec<Named> {
    let names = named.iter().filter_map(|named| match named {
        Named::Joining(name) => (at > 0).then(|| Named::Group(name.clone())),
        Named::Leaving(name) => (at == 0).then(|| Named::Group(name.clone())),
        Named::User(_) | Named::Group(_) => Some(named.clone()),
    });
    names.collect()
}

/// Returns the rule that a property has a value.
pub(super) fn equal(property: &str, value: &str) -> Rule {
    Rule::Test(Test {
        property: property.to_owned(),
        operator: Operator::Equal,
        value: Value::Text(value.to_lowercase()),
    })
}
