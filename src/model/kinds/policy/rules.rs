//! What a schema cannot say of a policy by itself.

use std::collections::BTreeSet;

use super::{Expiry, Policy, Question, Requestors, Review, Stage};
use crate::diag::code;
use crate::model::rule::{BadRule, Rule};
use crate::model::text::{Duration, Principal, Sponsors};
use crate::model::{Problem, Set};
use crate::source::Route;

/// The shortest stage that can escalate.
const ESCALATING: Duration = Duration::days(4);
const DAY: Duration = Duration::days(1);

pub(super) fn check(policy: &Policy, out: &mut Vec<Problem>) {
    for (index, stage) in policy.approval.stages.iter().enumerate() {
        let at = Route::root().key("approval").key("stages").index(index);
        approvers(policy, stage, &at, out);
        escalation(stage, &at, out);
    }
    one_stage_each(policy, out);
    requestors(policy, out);
    for (index, question) in policy.questions.iter().enumerate() {
        self::question(question, &Route::root().key("questions").index(index), out);
    }
    if let Some(review) = &policy.review {
        self::review(policy, review, out);
    }
    extension(policy, out);
    hooks(policy, out);
}

/// Approvers that are found from the requestor exist only for some requestors.
fn approvers(policy: &Policy, stage: &Stage, at: &Route, out: &mut Vec<Problem>) {
    let outside = policy.requestors.is_outside();
    let mut lists = vec![
        (at.clone().key("approvers"), &stage.approvers),
        (at.clone().key("fallback"), &stage.fallback),
    ];
    if let Some(escalation) = &stage.escalation {
        let at = at.clone().key("escalation");
        lists.push((at.clone().key("approvers"), &escalation.approvers));
        lists.push((at.key("fallback"), &escalation.fallback));
    }
    for (list, people) in &lists {
        let is_fallback = list.to_string().ends_with("fallback");
        for (index, person) in people.iter().enumerate() {
            let problem = |message: String| {
                Problem::new(code::BAD_APPROVER, list.clone().index(index), message)
            };
            match person {
                Principal::User(_) | Principal::Group(_) => {}
                Principal::Oneself => out.push(
                    problem("nobody approves their own request".to_owned())
                        .help("name a person or a group: `user:<address>`, `group:<name>`"),
                ),
                _ if is_fallback => out.push(
                    problem(format!(
                        "`{person}` may be missing too, and a fallback must not be"
                    ))
                    .help("name a person or a group: `user:<address>`, `group:<name>`"),
                ),
                Principal::Manager(level) => {
                    if outside {
                        out.push(
                            problem("people from outside have no manager here".to_owned())
                                .help("write `sponsors:internal`, or name a person or a group"),
                        );
                    } else if *level > 2 {
                        out.push(
                            problem("managers approve up to the second level".to_owned())
                                .help("write `manager:2`"),
                        );
                    }
                }
                Principal::Sponsors(Sponsors::Internal | Sponsors::External) => {
                    if !outside && !matches!(policy.requestors, Requestors::Nobody) {
                        out.push(
                            problem(format!("`{person}` are those of an organization, and requestors here have none"))
                                .help("write `manager`, or `sponsors:own` for the sponsors of a guest account"),
                        );
                    }
                }
                Principal::Sponsors(Sponsors::Own) => {}
            }
        }
    }
    if stage.approvers.is_empty() && stage.approvers_from.is_none() {
        out.push(
            Problem::new(code::KEY_NEEDED, at.clone(), "a stage that asks nobody")
                .help("add `approvers: […]`, or take the stage out"),
        );
    }
    if !stage.approvers.is_empty() && stage.approvers_from.is_some() {
        out.push(
            Problem::new(
                code::KEYS_EXCLUDE,
                at.clone().key("approversFrom"),
                "approvers are named, or found by a custom extension, not both",
            )
            .help("leave one out"),
        );
    }
}

fn escalation(stage: &Stage, at: &Route, out: &mut Vec<Problem>) {
    let Some(escalation) = &stage.escalation else {
        return;
    };
    let after = at.clone().key("escalation").key("after");
    let problem = |message: String| Problem::new(code::BAD_ESCALATION, after.clone(), message);
    if stage.decide_within < ESCALATING {
        out.push(
            problem(format!(
                "a stage of {} is too short to escalate",
                stage.decide_within
            ))
            .help("write `decideWithin: 4d` or more, or leave the escalation out"),
        );
    } else if escalation.after >= stage.decide_within {
        out.push(
            problem(format!(
                "the stage ends after {}, before it can escalate",
                stage.decide_within
            ))
            .help(format!("write less than `{}`", stage.decide_within)),
        );
    } else if escalation.after < DAY {
        out.push(
            problem("a stage escalates after a day at the earliest".to_owned())
                .help("write `1d` or more"),
        );
    }
}

/// A manager, and each sort of sponsors, can be asked in one stage only: later stages name people.
fn one_stage_each(policy: &Policy, out: &mut Vec<Problem>) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (stage, approvers) in policy
        .approval
        .stages
        .iter()
        .map(|stage| &stage.approvers)
        .enumerate()
    {
        for (index, person) in approvers
            .iter()
            .enumerate()
            .filter(|(_, person)| !person.is_named())
        {
            let sort = match person {
                Principal::Manager(_) => "a manager".to_owned(),
                other => format!("`{other}`"),
            };
            if !seen.insert(sort.clone()) {
                let at = Route::root()
                    .key("approval")
                    .key("stages")
                    .index(stage)
                    .key("approvers")
                    .index(index);
                out.push(
                    Problem::new(
                        code::BAD_APPROVER,
                        at,
                        format!("{sort} can be asked in one stage only"),
                    )
                    .help("name a person or a group in later stages"),
                );
            }
        }
    }
}

fn requestors(policy: &Policy, out: &mut Vec<Problem>) {
    let at = |key: &str| Route::root().key(key);
    let problem = |at: Route, message: &str| Problem::new(code::BAD_REQUESTOR, at, message);
    if let Requestors::People(people) = &policy.requestors {
        for (index, person) in people
            .iter()
            .enumerate()
            .filter(|(_, person)| !person.is_named())
        {
            out.push(
                problem(
                    at("requestors").key("people").index(index),
                    &format!("`{person}` names nobody by itself"),
                )
                .help("name a person or a group: `user:<address>`, `group:<name>`"),
            );
        }
    }
    if let Requestors::Automatic(automatic) = &policy.requestors
        && let Err(bad) = Rule::parse(automatic.rule.as_str())
    {
        let at = at("requestors").key("automatic").key("rule");
        out.push(bad_rule(at, bad));
    }
    if matches!(policy.requestors, Requestors::Automatic(_)) && !policy.approval.is_none() {
        out.push(
            problem(
                at("approval"),
                "an automatic policy assigns by rule, and nobody approves that",
            )
            .help("leave `approval` out"),
        );
    }
    if matches!(policy.requestors, Requestors::Automatic(_)) && !policy.questions.is_empty() {
        out.push(
            problem(
                at("questions"),
                "an automatic policy has nobody to answer questions",
            )
            .help("leave them out"),
        );
    }
    let Some(on_behalf) = &policy.on_behalf else {
        return;
    };
    let has_managers = matches!(
        policy.requestors,
        Requestors::People(_) | Requestors::Members | Requestors::MembersAndGuests
    );
    if !has_managers {
        out.push(
            problem(at("onBehalf"), "managers ask for their reports, and these requestors have no manager here")
                .help("leave `onBehalf` out, or take requestors of the directory: `people`, `members`, `membersAndGuests`"),
        );
    }
    for (index, person) in on_behalf.requestors.iter().enumerate() {
        if !matches!(
            person,
            Principal::Manager(_) | Principal::User(_) | Principal::Group(_)
        ) {
            out.push(
                problem(
                    at("onBehalf").key("requestors").index(index),
                    &format!("`{person}` cannot ask for others"),
                )
                .help("write `manager`, or name a person or a group"),
            );
        }
    }
}

/// Says that a rule over people cannot be read.
pub(in crate::model::kinds) fn bad_rule(at: Route, bad: BadRule) -> Problem {
    let problem = Problem::new(code::BAD_FORMAT, at, bad.to_string());
    match bad.help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn question(question: &Question, at: &Route, out: &mut Vec<Problem>) {
    let problem =
        |key: &str, message: &str| Problem::new(code::BAD_QUESTION, at.clone().key(key), message);
    if question.choices.is_empty() {
        if question.multiple {
            out.push(
                problem("multiple", "several answers, and none to choose from")
                    .help("add `choices: […]`"),
            );
        }
        return;
    }
    if question.pattern.is_some() {
        out.push(
            problem("pattern", "a pattern for answers that are chosen")
                .help("leave `pattern` or `choices` out"),
        );
    }
    if question.multiline {
        out.push(
            problem("multiline", "several lines for answers that are chosen")
                .help("leave `multiline` out"),
        );
    }
    if question.choices.len() == 1 {
        out.push(problem("choices", "a choice of one answer").help("add another, or ask for text"));
    }
    let mut seen = BTreeSet::new();
    for (index, choice) in question.choices.iter().enumerate() {
        if !seen.insert(&choice.value) {
            let at = at.clone().key("choices").index(index).key("value");
            out.push(Problem::new(
                code::REPEATED_ITEM,
                at,
                format!("the answer `{}` stands twice", choice.value),
            ));
        }
    }
}

fn review(policy: &Policy, review: &Review, out: &mut Vec<Problem>) {
    let at = |key: &str| Route::root().key("review").key(key);
    let problem = |key: &str, message: String| Problem::new(code::BAD_REVIEW, at(key), message);
    if let Expiry::After(length) = &policy.expires
        && !length.is_whole_days()
    {
        out.push(
            problem(
                "every",
                format!(
                    "access that ends after {length} is gone before a {} review",
                    review.every.as_str()
                ),
            )
            .help("give the access whole days, or leave the review out"),
        );
    }
    if let Some(within) = review.decide_within
        && within.as_seconds() > review.every.shortest_days() * DAY.as_seconds()
    {
        out.push(
            problem(
                "decideWithin",
                format!(
                    "a {} review has to end before the next one starts",
                    review.every.as_str()
                ),
            )
            .help(format!("write `{}d` at most", review.every.shortest_days())),
        );
    }
    if review
        .reviewers
        .iter()
        .any(|person| *person == Principal::Oneself)
        && review.reviewers.len() > 1
    {
        out.push(
            problem(
                "reviewers",
                "people review themselves, or others review them, not both".to_owned(),
            )
            .help("write `[self]` alone, or leave `self` out"),
        );
    }
    reviewers(policy, &review.reviewers, &at("reviewers"), false, out);
    reviewers(policy, &review.fallback, &at("fallback"), true, out);
}

fn reviewers(
    policy: &Policy,
    people: &Set<Principal>,
    list: &Route,
    fallback: bool,
    out: &mut Vec<Problem>,
) {
    for (index, person) in people.iter().enumerate() {
        let problem =
            |message: String| Problem::new(code::BAD_APPROVER, list.clone().index(index), message);
        let named = "name a person or a group: `user:<address>`, `group:<name>`";
        match person {
            Principal::User(_) | Principal::Group(_) => {}
            _ if fallback => {
                out.push(
                    problem(format!(
                        "`{person}` may be missing too, and a fallback must not be"
                    ))
                    .help(named),
                );
            }
            Principal::Oneself => {}
            Principal::Manager(1) if !policy.requestors.is_outside() => {}
            Principal::Manager(1) => {
                out.push(
                    problem("people from outside have no manager here".to_owned()).help(named),
                );
            }
            other => out.push(problem(format!("`{other}` cannot review")).help(named)),
        }
    }
}

fn extension(policy: &Policy, out: &mut Vec<Problem>) {
    let extension = &policy.extension;
    let at = Route::root().key("extension").key("approval");
    if extension.approval && !extension.allowed {
        out.push(
            Problem::new(
                code::KEY_NEEDED,
                at,
                "an extension that is not allowed needs no approval",
            )
            .help("write `allowed: true`, or leave `approval` out"),
        );
    } else if extension.approval && policy.approval.is_none() {
        out.push(
            Problem::new(
                code::KEY_NEEDED,
                at,
                "an extension is approved by the stages of `approval`, and there are none",
            )
            .help("add `approval: { stages: […] }`, or leave `approval` of the extension out"),
        );
    }
}

fn hooks(policy: &Policy, out: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for (index, hook) in policy.custom_extensions.iter().enumerate() {
        if !seen.insert(hook.stage) {
            let at = Route::root()
                .key("customExtensions")
                .index(index)
                .key("stage");
            out.push(Problem::new(
                code::REPEATED_ITEM,
                at,
                "one program is called at a stage, not two",
            ));
        }
    }
}
