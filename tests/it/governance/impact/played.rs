//! The terms of a policy as the engine plays them: how many approve, when access ends, whether it is extended, how often it
//! is reviewed. Impact says the same of every policy.

use guestlist::governance::record::{AssignmentState, Key, Mark, RequestState, ReviewSeries};
use guestlist::governance::request::Command;
use guestlist::impact::{Renewal, Terms};
use guestlist::model::Object;
use guestlist::model::kinds::policy::{Frequency, Policy};
use jiff::Timestamp;

use super::now;
use super::told::in_numbers;
use crate::governance::asking::{ask, decide, of};
use crate::governance::scene::{Scene, instant, loaded};

/// What is played: stages, when access ends, whether it is extended, how often it is reviewed.
type Played = (usize, Option<Timestamp>, Renewal, Option<Frequency>);

/// Plays a policy: somebody asks, whoever must approve does, and access is asked for longer.
fn played(tree: &str) -> Played {
    let mut scene = Scene::of(tree);
    scene.member("mia@contoso.com", &[]);
    for boss in BOSSES {
        scene.member(boss, &[]);
    }
    let _ = scene.tick("T0");
    scene.asks_as("mia@contoso.com", ask("it"));
    let mut stages = 0;
    while scene.request(1).state == RequestState::PendingApproval {
        let asked = scene.asked(1);
        let _ = scene.acting(&asked[0]).run(decide(1, true));
        stages += 1;
    }
    let _ = scene.tick("T0");
    let assignment = scene.assignment(1);
    assert_eq!(assignment.state, AssignmentState::Delivered);
    let _ = scene.at("T1").acting("mia@contoso.com");
    let renewal = match scene.engine().serve(&Command::Extend(of("it")).into()) {
        Err(_) => Renewal::Not,
        Ok(_) if scene.request(2).state == RequestState::PendingApproval => Renewal::Approved,
        Ok(_) => {
            assert!(scene.assignment(1).end > assignment.end);
            Renewal::Free
        }
    };
    let series: Vec<ReviewSeries> =
        scene.look(|desk| desk.find(Mark::SeriesPolicy, &Key::new().object(assignment.policy)));
    let review = series.iter().find(|series| series.next.is_some());
    (
        stages,
        assignment.end,
        renewal,
        review.map(|series| series.every),
    )
}

const BOSSES: [&str; 3] = ["one@contoso.com", "two@contoso.com", "three@contoso.com"];

/// A policy, and the tree around it.
pub(super) fn policy(stages: usize, end: &str, extension: &str, review: &str) -> String {
    let stages = BOSSES.iter().take(stages);
    let stages: Vec<String> = stages
        .map(|boss| format!("{{ approvers: ['user:{boss}'] }}"))
        .collect();
    let approval = match stages.is_empty() {
        true => String::new(),
        false => format!(", approval: {{ stages: [{}] }}", stages.join(", ")),
    };
    let review = match review {
        "" => String::new(),
        review => format!(", review: {{ {review}, reviewers: ['user:one@contoso.com'] }}"),
    };
    format!("expires: {end}{approval}{extension}{review}")
}

pub(super) const ENDS: &[&str] = &[
    "{ after: 30d }",
    "{ after: 60d }",
    "never",
    "{ on: 2027-01-20 }",
    "{ on: 2027-06-01 }",
];
pub(super) const EXTENSIONS: &[&str] = &[
    "",
    ", extension: { allowed: true }",
    ", extension: { allowed: true, approval: true }",
];
pub(super) const REVIEWS: &[&str] = &[
    "",
    "every: weekly",
    "every: quarterly",
    "every: yearly",
    "every: monthly, enabled: false",
];

/// Returns true for an extension that nobody could approve, which no tree may have.
pub(super) fn is_void(stages: usize, extension: &str) -> bool {
    stages == 0 && extension.contains("approval")
}

#[test]
fn terms_are_what_the_engine_gives() {
    for stages in 0..=3 {
        for (nth, end) in ENDS.iter().enumerate() {
            for extension in EXTENSIONS {
                // A review is the same whatever else a policy says.
                let reviews = REVIEWS.iter().skip(nth % 2).step_by(2);
                for review in reviews.filter(|_| !is_void(stages, extension)) {
                    let policy = policy(stages, end, extension, review);
                    let tree = format!(
                        "version: 1\ncatalogs: {{ open: {{ displayName: Open }} }}\npackages:\n  it: {{ catalog: open, displayName: It, policies: {{ p: {{ requestors: members, {policy} }} }} }}\n"
                    );
                    let found = terms(&tree);
                    let (told, end, ..) = in_numbers(&found, now());
                    let wanted = played(&tree);
                    assert_eq!((told, end, found.renewal, found.review), wanted, "{policy}");
                }
            }
        }
    }
}

/// The terms of the one policy of a tree.
fn terms(tree: &str) -> Terms {
    let desired = loaded(tree, instant("T0"));
    let policy = desired.objects().iter().find_map(|it| match &*it.object {
        Object::Policy(policy) => Some(Policy::clone(policy)),
        _ => None,
    });
    Terms::through("p", &policy.unwrap())
}
