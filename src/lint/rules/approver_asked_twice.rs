//! The same approver in two stages, or asked first and again in addition.

use std::collections::BTreeMap;

use crate::diag::{Code, Severity};
use crate::lint::context::stage;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::text::Principal;
use crate::source::Route;

pub(super) struct ApproverAskedTwice;

const INFO: Info = Info {
    code: Code {
        id: "approver-asked-twice",
        title: "an approver who is asked twice about one request",
    },
    severity: Severity::Warning,
    why: "Who decided an earlier stage does not decide a later one: such a stage waits for somebody else, and where there is nobody, in vain. And who has not answered is not helped by being asked in addition.",
    mend: "Name other people in one of the two.",
};

impl Lint for ApproverAskedTwice {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in &cx.policies {
            let mut seen: BTreeMap<Asked<'_>, Route> = BTreeMap::new();
            for (index, asked) in governing.policy.object.approval.stages.iter().enumerate() {
                let approvers = || stage(index).key("approvers");
                let mut own: BTreeMap<Asked<'_>, Route> = BTreeMap::new();
                for (at, person) in asked.approvers.iter().enumerate() {
                    let at = approvers().index(at);
                    if let Some(first) = seen
                        .get(&asked_as(cx, person))
                        .filter(|_| person.is_named())
                    {
                        let message = format!("`{person}` is asked in two stages");
                        out.push(out.at(governing.declared(), at.clone(), message).related(
                            governing.declared(),
                            first.clone(),
                            "here first",
                        ));
                    } else {
                        own.insert(asked_as(cx, person), at);
                    }
                }
                let added = asked
                    .escalation
                    .iter()
                    .flat_map(|escalation| &escalation.approvers);
                for (at, person) in added.enumerate() {
                    if let Some(first) = own.get(&asked_as(cx, person)) {
                        let at = stage(index).key("escalation").key("approvers").index(at);
                        let message =
                            format!("`{person}` is asked already when the stage escalates");
                        out.push(out.at(governing.declared(), at, message).related(
                            governing.declared(),
                            first.clone(),
                            "here first",
                        ));
                    }
                }
                seen.extend(own);
            }
        }
    }
}

/// Somebody who is asked, however they are written.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Asked<'t> {
    /// The members of a group.
    Group(String),
    /// Anybody else.
    Other(&'t Principal),
}

fn asked_as<'t>(cx: &Context<'_>, person: &'t Principal) -> Asked<'t> {
    match person {
        Principal::Group(name) => Asked::Group(cx.group(name)),
        other => Asked::Other(other),
    }
}
