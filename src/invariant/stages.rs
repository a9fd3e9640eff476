//! Whether a request can be approved by anybody, and by whom: different people for each stage, and never who asks.

use crate::governance::request::escalates;
use crate::model::Set;
use crate::model::kinds::Organization;
use crate::model::kinds::policy::Stage;
use crate::model::text::{Email, Principal, Sponsors};

/// Somebody who can decide a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decider {
    /// A person whom the tree names.
    User(Email),
    /// Some member of a group.
    Member {
        /// The group, as the tree names it.
        group: String,
        /// Whether it has to be somebody from outside.
        outside: bool,
    },
    /// The manager of who asks, so many levels up.
    Manager(u8),
    /// A sponsor of the guest account of who asks.
    Sponsor,
}

/// A stage and who approves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// Who.
    pub by: Decider,
    /// Whether they are asked only after the time to escalate.
    pub late: bool,
}

/// What approvers are looked for with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    /// The address of who asks.
    pub(super) mail: &'a Email,
    /// Whether the directory knows them.
    pub(super) living: bool,
    /// The organization they belong to.
    pub(super) organization: Option<&'a Organization>,
}

/// Returns somebody for each stage; `None` when some stage can only time out.
pub(super) fn approve(stages: &[Stage], asking: Asking<'_>) -> Option<Vec<Approved>> {
    let mut chosen = Vec::new();
    go(stages, asking, &mut chosen).then_some(chosen)
}

fn go(stages: &[Stage], asking: Asking<'_>, chosen: &mut Vec<Approved>) -> bool {
    let Some(stage) = stages.get(chosen.len()) else {
        return true;
    };
    for approved in deciders(stage, asking, chosen) {
        chosen.push(approved);
        if go(stages, asking, chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}

/// Returns everybody who may decide a stage after the earlier ones were decided.
fn deciders(stage: &Stage, asking: Asking<'_>, before: &[Approved]) -> Vec<Approved> {
    let free = |decider: &Decider| match decider {
        Decider::User(mail) => {
            mail != asking.mail && before.iter().all(|approved| approved.by != *decider)
        }
        // There is always another member, manager or sponsor than those who decided before.
        Decider::Member { .. } | Decider::Manager(_) | Decider::Sponsor => true,
    };
    let find = |list: &mut dyn Iterator<Item = &Principal>, late: bool| {
        let mut missing = false;
        let mut found = Vec::new();
        for principal in list {
            let named = named(principal, asking);
            missing |= named.is_empty();
            found.extend(
                named
                    .into_iter()
                    .filter(free)
                    .map(|by| Approved { by, late }),
            );
        }
        (found, missing)
    };
    let (mut found, missing) = find(&mut stage.approvers.iter(), false);
    if missing || found.is_empty() || stage.approvers_from.is_some() {
        found.extend(find(&mut stage.fallback.iter(), false).0);
    }
    if let Some(escalation) = escalates(stage) {
        let (late, missing) = find(&mut escalation.approvers.iter(), true);
        let nobody = missing || late.is_empty();
        found.extend(late);
        if nobody {
            found.extend(find(&mut escalation.fallback.iter(), true).0);
        }
    }
    found
}

/// Returns whom a principal can name: whoever the tree names is there, and so are members, managers and sponsors.
fn named(principal: &Principal, asking: Asking<'_>) -> Vec<Decider> {
    let people = |list: &Set<Principal>, outside: bool| {
        let named = list.iter().filter_map(|sponsor| match sponsor {
            Principal::User(mail) => Some(Decider::User(mail.clone())),
            Principal::Group(name) => Some(Decider::Member {
                group: name.to_string(),
                outside,
            }),
            Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => None,
        });
        named.collect()
    };
    match principal {
        Principal::User(mail) => vec![Decider::User(mail.clone())],
        Principal::Group(name) => vec![Decider::Member {
            group: name.to_string(),
            outside: false,
        }],
        Principal::Manager(level) if asking.living => vec![Decider::Manager(*level)],
        Principal::Sponsors(Sponsors::Own) if asking.living => vec![Decider::Sponsor],
        Principal::Sponsors(Sponsors::Internal) => {
            asking.organization.map_or_else(Vec::new, |partner| {
                people(&partner.sponsors.internal, false)
            })
        }
        Principal::Sponsors(Sponsors::External) => asking
            .organization
            .map_or_else(Vec::new, |partner| people(&partner.sponsors.external, true)),
        Principal::Manager(_) | Principal::Sponsors(Sponsors::Own) | Principal::Oneself => {
            Vec::new()
        }
    }
}
