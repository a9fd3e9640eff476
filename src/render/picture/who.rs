//! Who may have a package through a policy, as boxes.

use std::collections::BTreeMap;

use super::model::{Class, Key, Node};
use crate::model::kinds::policy::Requestors;
use crate::model::text::Principal;

/// How many people or programs of one policy have boxes of their own; more are one box.
const FEW: usize = 3;

/// Returns the boxes of a policy's requestors with their keys; organizations have theirs already.
pub(super) fn requestors(
    requestors: &Requestors,
    policy: &str,
    configured: usize,
) -> BTreeMap<Key, Node> {
    let one = |key: &str, label: &str, detail: &str| {
        BTreeMap::from([(
            format!("who/{key}"),
            node(label.to_owned(), detail.to_owned()),
        )])
    };
    match requestors {
        Requestors::Organizations(_) => BTreeMap::new(),
        Requestors::Nobody => one("nobody", "Nobody asks", "administrators assign directly"),
        Requestors::Members => one("members", "All members", "no guests"),
        Requestors::MembersAndGuests => one("membersAndGuests", "All members and guests", ""),
        Requestors::ConfiguredOrganizations => one(
            "configuredOrganizations",
            "All configured organizations",
            &format!("{configured} of them here"),
        ),
        Requestors::AnyExternal => one(
            "anyExternal",
            "Anybody from outside",
            "organizations that are not known, too",
        ),
        Requestors::AllServicePrincipals => {
            one("allServicePrincipals", "All service principals", "programs")
        }
        Requestors::AllAgentIdentities => {
            one("allAgentIdentities", "All agent identities", "programs")
        }
        Requestors::People(people) => {
            let (named, others): (Vec<_>, Vec<_>) = people
                .iter()
                .partition(|principal| !matches!(principal, Principal::User(_)));
            let mut all: BTreeMap<Key, Node> = named.into_iter().map(principal).collect();
            if others.len() <= FEW {
                all.extend(others.into_iter().map(principal));
            } else {
                let label = format!("{} people", others.len());
                all.insert(
                    format!("who/people/{policy}"),
                    node(label, "by name".to_owned()),
                );
            }
            all
        }
        Requestors::ServicePrincipals(programs) if programs.len() > FEW => {
            let label = format!("{} service principals", programs.len());
            [(
                format!("who/programs/{policy}"),
                node(label, "by name".to_owned()),
            )]
            .into()
        }
        Requestors::ServicePrincipals(programs) => programs
            .iter()
            .map(|name| {
                let shown = node(name.to_string(), "service principal".to_owned());
                (format!("who/program/{name}"), shown)
            })
            .collect(),
        Requestors::Automatic(automatic) => {
            let shown = node(
                "Whoever matches a rule".to_owned(),
                automatic.rule.to_string(),
            );
            [(format!("who/rule/{}", automatic.rule), shown)].into()
        }
    }
}

fn node(label: String, detail: String) -> Node {
    Node {
        class: Class::Requestor,
        label,
        detail,
        group: None,
        mark: None,
    }
}

fn principal(principal: &Principal) -> (Key, Node) {
    let (label, detail) = match principal {
        Principal::User(address) => (address.to_string(), "person"),
        Principal::Group(name) => (name.to_string(), "members of the group"),
        other => (other.to_string(), ""),
    };
    (format!("who/{principal}"), node(label, detail.to_owned()))
}
