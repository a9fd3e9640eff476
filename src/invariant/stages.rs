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

impl Decider {
    /// Returns the domain of somebody whom the tree names.
    pub(super) fn domain(&self) -> Option<&str> {
        match self {
            Self::User(mail) => Some(mail.domain()),
            Self::Member { .. } | Self::Manager(_) | Self::Sponsor => None,
        }
    }
}

/// A stage and who approves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// Who.
    pub by: Decider,
    /// Whether they are asked only after the time to escalate.
    pub late: bool,
}

/// Returns those whom a list lets do something for somebody of the directory.
pub(super) fn others(list: &Set<Principal>) -> Vec<Decider> {
    let others = list.iter().filter_map(|principal| match principal {
        Principal::User(mail) => Some(Decider::User(mail.clone())),
        Principal::Group(name) => Some(Decider::Member {
            group: name.to_string(),
            outside: false,
        }),
        Principal::Manager(level) => Some(Decider::Manager(*level)),
        Principal::Oneself | Principal::Sponsors(_) => None,
    });
    others.collect()
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
    /// Who asks for them, where they cannot ask themselves.
    pub(super) by: Option<&'a Decider>,
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
            mail != asking.mail
                && asking.by != Some(decider)
                && before.iter().all(|approved| approved.by != *decider)
        }
        Decider::Manager(_) if asking.by == Some(decider) => false,
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ANA: &str = "user:ana@contoso.com";
    const OMAR: &str = "user:omar@contoso.com";

    /// Returns who approves what a person asks for, in a few words.
    fn chosen(who: &str, living: bool, stages: Value) -> Option<Vec<String>> {
        let stages: Vec<Stage> = serde_json::from_value(stages).expect("stages");
        let partner: Organization = serde_json::from_value(json!({
            "displayName": "Fabrikam",
            "domains": ["fabrikam.com"],
            "sponsors": { "internal": [OMAR], "external": ["group:friends", "manager"] },
        }))
        .expect("an organization");
        let mail = Email::parse(who).expect("an address");
        let asking = Asking {
            mail: &mail,
            living,
            organization: who.ends_with("@fabrikam.com").then_some(&partner),
            by: None,
        };
        let words = |approved: &Approved| {
            let late = if approved.late { "later " } else { "" };
            match &approved.by {
                Decider::User(mail) => format!("{late}{mail}"),
                Decider::Member { group, outside } => match outside {
                    true => format!("{late}{group} from outside"),
                    false => format!("{late}{group}"),
                },
                Decider::Manager(level) => format!("{late}manager {level}"),
                Decider::Sponsor => format!("{late}sponsor"),
            }
        };
        let approved = approve(&stages, asking)?;
        Some(approved.iter().map(words).collect())
    }

    fn found(who: &str, living: bool, stages: Value) -> String {
        let found = chosen(who, living, stages);
        found.map_or_else(|| "nobody".to_owned(), |found| found.join(", "))
    }

    #[test]
    fn each_stage_has_somebody_of_its_own_and_never_who_asks() {
        let ana = "ana@contoso.com";
        let one = json!([{ "approvers": [ANA] }]);
        assert_eq!(found("eva@contoso.com", true, one.clone()), ana);
        assert_eq!(found(ana, true, one), "nobody");
        let twice = json!([{ "approvers": [ANA] }, { "approvers": [ANA] }]);
        assert_eq!(found("eva@contoso.com", true, twice), "nobody");
        // The first stage leaves to the second whom that needs.
        let both = json!([{ "approvers": [ANA, OMAR] }, { "approvers": [ANA] }]);
        let both = found("eva@contoso.com", true, both);
        assert_eq!(both, "omar@contoso.com, ana@contoso.com");
        // Of a group there are always others.
        let group =
            json!([{ "approvers": ["group:deciders"] }, { "approvers": ["group:deciders"] }]);
        assert_eq!(found(ana, true, group), "deciders, deciders");
    }

    #[test]
    fn whom_the_directory_does_not_know_has_no_manager_and_no_sponsor_of_their_own() {
        for (approver, known) in [("manager", "manager 1"), ("sponsors:own", "sponsor")] {
            let stages = json!([{ "approvers": [approver] }]);
            assert_eq!(found("jo@elsewhere.example", true, stages.clone()), known);
            assert_eq!(found("jo@elsewhere.example", false, stages), "nobody");
        }
    }

    #[test]
    fn sponsors_are_those_of_the_organization() {
        for (approver, of_partner) in [
            ("sponsors:internal", "omar@contoso.com"),
            ("sponsors:external", "friends from outside"),
        ] {
            let stages = json!([{ "approvers": [approver] }]);
            assert_eq!(found("jo@fabrikam.com", false, stages.clone()), of_partner);
            assert_eq!(found("jo@elsewhere.example", false, stages), "nobody");
        }
    }

    #[test]
    fn a_fallback_is_asked_only_where_somebody_is_missing() {
        let fallback = |approvers: Value| json!([{ "approvers": approvers, "fallback": [OMAR] }]);
        let ana = "ana@contoso.com";
        // Whom the tree names is there, though they may not decide what they asked for themselves.
        assert_eq!(found(ana, true, fallback(json!([ANA]))), "omar@contoso.com");
        let twice = json!([
            { "approvers": [ANA] },
            { "approvers": [ANA, "manager"], "fallback": [OMAR] },
        ]);
        assert_eq!(
            found("jo@elsewhere.example", false, twice),
            "ana@contoso.com, omar@contoso.com"
        );
        let theirs = fallback(json!([ANA, "sponsors:internal"]));
        assert_eq!(found("jo@fabrikam.com", false, theirs), ana);
        // Omar is needed later.
        let needed = json!([
            { "approvers": [OMAR, "sponsors:internal"], "fallback": [ANA] },
            { "approvers": [OMAR] },
        ]);
        assert_eq!(
            found("jo@elsewhere.example", false, needed),
            "ana@contoso.com, omar@contoso.com"
        );
        // A custom extension names nobody.
        let extension = json!([{ "approversFrom": "asks-elsewhere", "fallback": [OMAR] }]);
        assert_eq!(found(ana, true, extension), "omar@contoso.com");
    }

    #[test]
    fn others_are_asked_after_some_time() {
        let late = |approvers: Value, fallback: Value| {
            json!([{
                "approvers": [ANA],
                "escalation": { "after": "7d", "approvers": approvers, "fallback": fallback },
            }])
        };
        let ana = "ana@contoso.com";
        assert_eq!(
            found("eva@contoso.com", true, late(json!([OMAR]), json!([]))),
            ana
        );
        let omar = "later omar@contoso.com";
        assert_eq!(found(ana, true, late(json!([OMAR]), json!([]))), omar);
        let missing = || late(json!([ANA, "sponsors:internal"]), json!([OMAR]));
        assert_eq!(found(ana, true, missing()), omar);
        let mut needed = late(
            json!([OMAR, "sponsors:internal"]),
            json!(["group:deciders"]),
        );
        let stages = needed.as_array_mut().expect("stages");
        stages.push(json!({ "approvers": [OMAR] }));
        assert_eq!(found(ana, true, needed), "later deciders, omar@contoso.com");
        let there = late(json!([ANA, "manager"]), json!([OMAR]));
        assert_eq!(found(ana, true, there), "later manager 1");
        assert_eq!(found(ana, false, missing()), omar);
    }
}
