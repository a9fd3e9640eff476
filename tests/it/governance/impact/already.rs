//! Whoever has a package already: what their policy gives them from now on is held against what the engine lets them do with
//! it. They extend what they have until they cannot any more, or ask anew once it has ended, and are reviewed.

use guestlist::governance::record::{
    AssignmentState, Key, Mark, RecordKind, RequestState, Review, ReviewSeries,
};
use guestlist::governance::request::Command;
use guestlist::impact::{Asked, Impact, Row, Sides, impact};
use guestlist::model::kinds::policy::Frequency;
use guestlist::model::{Address, Bodies, Desired, Kind, Selection};
use guestlist::plan::{Asks, Plan, build};
use jiff::{SignedDuration, Timestamp};

use super::{is_refused_as_wider, own, words};
use crate::governance::asking::{ask, decide, of as keeping};
use crate::governance::scene::{Scene, instant, loaded};
use crate::support::dice::Dice;
use crate::support::store::PROJECT;

const MIA: &str = "mia@contoso.com";
const BOSSES: [&str; 2] = ["one@contoso.com", "two@contoso.com"];
const DAY: SignedDuration = SignedDuration::from_hours(24);

const ENDS: &[&str] = &[
    "never",
    "{ after: 30d }",
    "{ after: 60d }",
    "{ on: 2027-01-20 }",
    "{ on: 2028-06-01 }",
];
const EXTENSIONS: &[&str] = &["", "allowed: true", "allowed: true, approval: true"];
const REQUESTORS: &[&str] = &[
    "members",
    "members",
    "{ people: ['user:mia@contoso.com'] }",
    "{ people: ['user:one@contoso.com'] }",
    "{ people: ['group:crew'] }",
    "nobody",
];
const REVIEWS: &[&str] = &[
    "",
    "every: weekly",
    "every: quarterly",
    "every: quarterly, starts: 2026-12-20",
    "every: quarterly, starts: 2026-12-10",
    "every: quarterly, starts: 2028-01-01",
    "every: yearly",
    "every: yearly, starts: 2026-02-10",
    "every: yearly, enabled: false",
];

/// Who is in the crew: nobody, those to whom a rule gives what gives it, or those whom its own rule matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crew {
    Nobody,
    Given,
    Ruled,
}

impl Crew {
    const ALL: [Self; 3] = [Self::Nobody, Self::Given, Self::Ruled];
}

/// A policy of these worlds, by the position of what it says in the lists.
#[derive(Debug, Clone, Copy)]
struct Says {
    stages: usize,
    end: usize,
    extension: usize,
    asked: bool,
    requestors: usize,
    review: usize,
    published: bool,
    forgotten: bool,
    crew: Crew,
}

impl Says {
    fn thrown(dice: &mut Dice) -> Self {
        Self {
            stages: dice.below(3),
            end: dice.below(ENDS.len()),
            extension: dice.below(EXTENSIONS.len()),
            asked: dice.below(2) == 0,
            requestors: dice.below(REQUESTORS.len()),
            review: dice.below(REVIEWS.len()),
            published: dice.below(6) > 0,
            forgotten: false,
            crew: Crew::ALL[dice.below(3)],
        }
    }

    /// The same but for a few things.
    fn beside(self, dice: &mut Dice) -> Self {
        let mut other = self;
        let new = Self::thrown(dice);
        for _ in 0..=dice.below(3) {
            match dice.below(8) {
                0 => other.stages = new.stages,
                1 => other.end = new.end,
                2 => other.extension = new.extension,
                3 => other.asked = new.asked,
                4 => other.requestors = new.requestors,
                5 => other.review = new.review,
                6 => other.crew = new.crew,
                _ => other.published = new.published,
            }
        }
        other.forgotten = dice.below(12) == 0;
        other
    }

    fn tree(self) -> String {
        let stages = BOSSES.iter().take(self.stages);
        let stages: Vec<String> = stages
            .map(|boss| format!("{{ approvers: ['user:{boss}'] }}"))
            .collect();
        let mut keys = format!(
            "requestors: {}, expires: {}, requests: {{ enabled: {} }}",
            REQUESTORS[self.requestors], ENDS[self.end], self.asked
        );
        if !stages.is_empty() {
            keys.push_str(&format!(
                ", approval: {{ stages: [{}] }}",
                stages.join(", ")
            ));
        }
        // Nobody could approve an extension where there are no stages.
        let extension = EXTENSIONS[self.extension];
        let is_void = self.stages == 0 && extension.contains("approval");
        if !extension.is_empty() && !is_void {
            keys.push_str(&format!(", extension: {{ {extension} }}"));
        }
        if !REVIEWS[self.review].is_empty() {
            keys.push_str(&format!(
                ", review: {{ {}, reviewers: ['user:{}'], onNoResponse: keep }}",
                REVIEWS[self.review], BOSSES[0]
            ));
        }
        let says = (!self.forgotten).then_some(keys.as_str());
        tree_with(self.published, self.crew, says)
    }
}

/// A tree with one policy through which somebody has the package, and one through which nobody has.
pub(super) fn tree(published: bool, policy: Option<&str>) -> String {
    tree_with(published, Crew::Nobody, policy)
}

/// The same where somebody is in the crew.
fn tree_with(published: bool, crew: Crew, policy: Option<&str>) -> String {
    let (policy, forget) = match policy {
        Some(keys) => (format!("p: {{ {keys} }}, "), ""),
        None => (String::new(), "forget: [policy/it/p]\n"),
    };
    let rule = format!("'user.mail -eq \"{MIA}\"'");
    let (by_rule, listed, by_package) = match crew {
        Crew::Nobody => (String::new(), "crew", String::new()),
        Crew::Given => {
            let requestors = format!("{{ automatic: {{ rule: {rule} }} }}");
            let policies = format!("{{ r: {{ requestors: {requestors}, expires: never }} }}");
            let grants = "grants: { crew: Member }";
            let package =
                format!("{{ catalog: open, displayName: Shift, {grants}, policies: {policies} }}");
            (String::new(), "crew", format!("  shift: {package}\n"))
        }
        // No package adds anybody to a group with a rule.
        Crew::Ruled => (format!(", membershipRule: {rule}"), "", String::new()),
    };
    format!(
        "version: 1
{forget}resources: {{ crew: {{ group: Crew, managed: true{by_rule} }} }}
catalogs: {{ open: {{ displayName: Open, published: {published}, resources: [{listed}] }} }}
packages:
{by_package}  it: {{ catalog: open, displayName: It, policies: {{ {policy}q: {{ requestors: nobody, expires: never }} }} }}
"
    )
}

/// A store in which somebody has had the package for a day, and the policy says this for as long.
pub(super) fn held(since: &str, old: &str, is_held: bool) -> Scene {
    let mut scene = Scene::of(&tree(true, Some(since)));
    scene.member(MIA, &[]);
    BOSSES.iter().for_each(|boss| scene.member(boss, &[]));
    let _ = scene.tick("T0");
    if is_held {
        scene.asks_as(MIA, ask("it"));
    }
    let _ = scene.tick("T0");
    scene.operator().apply(old);
    let _ = scene.tick("T0");
    let _ = scene.tick("T1");
    scene
}

/// The id of a policy that nobody owns, by the name that it had.
pub(super) fn unowned(scene: &mut Scene, name: &str) -> String {
    let live = scene.engine().store().read(&Selection {
        project: PROJECT,
        bodies: Bodies::All,
    });
    let live = live.unwrap();
    let mut all = live.unmanaged.iter();
    let is_it = |it: &Address| it.kind() == Kind::Policy && it.own_name() == name;
    let found = all.find(|it| it.last.as_ref().is_some_and(is_it));
    found.unwrap().id.to_string()
}

/// What a plan to another tree says, by what the store knows.
pub(super) fn foretold(scene: &mut Scene, desired: &Desired) -> (Plan, Impact) {
    let now = scene.engine().now();
    let live = scene.engine().store().read(&Selection {
        project: PROJECT,
        bodies: Bodies::All,
    });
    let live = live.unwrap();
    let plan = build(desired, &live, &Asks::default());
    let sides = Sides::of(&plan, desired, &live);
    let own = own();
    let found = scene.look(|desk| {
        let asked = Asked {
            world: desk.world(),
            named: false,
            zone: &jiff::tz::TimeZone::UTC,
        };
        impact(&plan, &sides, [&own, &own], now, Some(asked))
    });
    (plan, found)
}

/// How somebody has something for longer: how many approve each time, until when the first time, and until when at last.
#[derive(Debug, Clone, Copy)]
struct Longer {
    stages: usize,
    first: Timestamp,
    last: Timestamp,
}

impl Longer {
    fn covers(&self, other: &Self) -> bool {
        self.stages <= other.stages && self.first >= other.first && self.last >= other.last
    }
}

/// Lets those who must approve do so; returns how many there were, or nothing where it comes to nothing.
fn approved(scene: &mut Scene, request: u64) -> Option<usize> {
    let mut stages = 0;
    while scene.request(request).state == RequestState::PendingApproval {
        let asked = scene.asked(request);
        let _ = scene.acting(&asked[0]).run(decide(request, true));
        stages += 1;
    }
    let now = scene.engine().now().to_string();
    let _ = scene.tick(&now);
    let is_done = scene.request(request).state == RequestState::Delivered;
    is_done.then_some(stages)
}

/// The day before access ends, or the day after.
fn beside(end: Timestamp, days: i32) -> String {
    (end + DAY * days).to_string()
}

/// Lets somebody extend what they have for as long as they can.
fn extends(scene: &mut Scene) -> Option<Longer> {
    let mut found: Option<Longer> = None;
    for turn in 0..6 {
        let end = scene.assignment(1).end?;
        let _ = scene.tick(&beside(end, -1));
        let request = scene.look(|desk| desk.world().last(RecordKind::Request)) + 1;
        let _ = scene.acting(MIA);
        if scene
            .engine()
            .serve(&Command::Extend(keeping("it")).into())
            .is_err()
        {
            return found;
        }
        let stages = approved(scene, request)?;
        let end = scene.assignment(1).end.unwrap_or(Timestamp::MAX);
        let longer = found.get_or_insert(Longer {
            stages,
            first: end,
            last: end,
        });
        longer.last = if turn == 5 { Timestamp::MAX } else { end };
        if end == Timestamp::MAX {
            return found;
        }
    }
    found
}

/// Lets somebody ask anew, once and again, when what they have has ended.
fn asks_anew(scene: &mut Scene) -> Option<Longer> {
    let mut found: Option<Longer> = None;
    let mut end = scene.assignment(1).end?;
    for _ in 0..2 {
        let _ = scene.tick(&beside(end, 1));
        let request = scene.look(|desk| desk.world().last(RecordKind::Request)) + 1;
        let _ = scene.acting(MIA);
        if scene
            .engine()
            .serve(&Command::Submit(ask("it")).into())
            .is_err()
        {
            return found;
        }
        let stages = approved(scene, request)?;
        let last = scene.look(|desk| desk.world().last(RecordKind::Assignment));
        let assignment = scene.assignment(last);
        assert_eq!(assignment.state, AssignmentState::Delivered);
        end = assignment.end.unwrap_or(Timestamp::MAX);
        match &mut found {
            None => {
                found = Some(Longer {
                    stages,
                    first: end,
                    last: end,
                });
            }
            // And so on.
            Some(found) => found.last = Timestamp::MAX,
        }
        if end == Timestamp::MAX {
            return found;
        }
    }
    found
}

/// How often they are reviewed, and when next.
fn reviewed(scene: &Scene) -> Option<(Frequency, Timestamp)> {
    let policy = scene.assignment(1).policy;
    let key = Key::new().object(policy);
    let series: Vec<ReviewSeries> = scene.look(|desk| desk.find(Mark::SeriesPolicy, &key));
    let is_ours = scene.look(|desk| desk.object(policy)).is_some();
    let series = series.into_iter().find(|_| is_ours)?;
    Some((series.every, series.next?))
}

/// What somebody who has the package has of its policy: how they extend it, how they get it anew, how they are reviewed, and
/// whether they have it still when the next review opens, or one is open.
type Has = (
    Option<Longer>,
    Option<Longer>,
    Option<(Frequency, Timestamp)>,
    bool,
);

fn has(mut after: impl FnMut() -> Scene) -> Has {
    let mut scene = after();
    let (review, end) = (reviewed(&scene), scene.assignment(1).end);
    let before = after();
    let extended = extends(&mut scene);
    let lives = |next: Timestamp| extended.is_some() || end.is_none_or(|end| end > next);
    let open: Vec<Review> = before.look(|desk| desk.find(Mark::ReviewOpen, &Key::new()));
    let is_seen = !open.is_empty() || review.is_some_and(|(_, next)| lives(next));
    (extended, asks_anew(&mut after()), review, is_seen)
}

/// Whether somebody loses an end, an approval or a review.
fn gains(old: &Has, new: &Has) -> bool {
    let further = new.0.is_some_and(|new| {
        let goes_on = new.stages == 0 && new.first < new.last;
        let is_extended = old.0.is_some_and(|old| old.covers(&new));
        let is_asked = old.1.is_some_and(|old| old.covers(&new));
        !is_extended && (goes_on || !is_asked)
    });
    let less = old.2.filter(|_| old.3).is_some_and(|(every, next)| {
        new.2
            .is_none_or(|(now, at)| now.shortest_days() > every.shortest_days() || at > next)
    });
    further || less
}

/// Whether a row is about those who have a package already.
pub(super) fn is_of_holders(row: &Row) -> bool {
    row.who.text.starts_with("whoever has it already")
}

#[test]
fn holders_gain_if_and_only_if_the_engine_lets_them() {
    let wanted = std::env::var("WORLDS").ok();
    let wanted = wanted.and_then(|worlds| worlds.parse().ok()).unwrap_or(100);
    let (mut gaining, mut alone, mut found_anew) = (0, 0, 0);
    for seed in 0..wanted {
        let mut dice = Dice::new(seed + 4_000);
        let since = match dice.below(3) {
            0 => "requestors: members, expires: never",
            _ => "requestors: members, expires: { after: 60d }",
        };
        let one = Says::thrown(&mut dice);
        let mut other = one.beside(&mut dice);
        let (old, mut new) = (one.tree(), other.tree());
        let is_held = dice.below(6) > 0;
        // Nobody owns the policy meanwhile, and the plan takes it over.
        let is_found = dice.below(3) == 0;
        let held = |is_held: bool| {
            let mut scene = held(since, &old, is_held);
            if is_found {
                let mut bare = one;
                bare.forgotten = true;
                scene.operator().apply(&bare.tree());
                let _ = scene.tick("T1");
            }
            scene
        };
        let mut before = held(is_held);
        if is_found {
            other.forgotten = false;
            let adopt = format!("p: {{ adopt: {{ id: {} }}, ", unowned(&mut before, "p"));
            new = other.tree().replace("p: { ", &adopt);
        }
        let desired = loaded(&new, instant("T1"));
        let (plan, found) = foretold(&mut before, &desired);
        let told: Vec<String> = found.rows.iter().map(words).collect();
        let case = format!("{seed}\n{since}\n{old}\n{new}\n{told:#?}");
        let wider = found.rows.iter().filter(|row| row.kind.widens());
        let by_holders = wider.clone().any(is_of_holders);
        let is_told = wider.count() > 0;
        if !is_held {
            assert!(!found.rows.iter().any(is_of_holders), "{case}");
            continue;
        }
        let had = has(|| held(true));
        let has = has(|| {
            let mut scene = held(true);
            scene.operator().apply(&new);
            let _ = scene.tick("T1");
            scene
        });
        let case = format!("{case}\n{had:?}\n{has:?}");
        let gains = gains(&had, &has);
        assert!(!by_holders || gains, "{case}");
        assert!(!gains || is_told, "{case}");
        assert_eq!(is_refused_as_wider(&plan, found), is_told, "{case}");
        gaining += usize::from(gains);
        alone += usize::from(by_holders);
        found_anew += usize::from(by_holders && is_found);
    }
    assert!(gaining > alone && alone > found_anew, "{gaining} {alone}");
    assert!(found_anew > 0);
}
