//! Requests that wait, or will, for somebody who cannot sign in after a plan: who lose their last package and are blocked, and
//! people of an organization that cross-tenant access shuts out, or lets in again.

use std::collections::BTreeSet;

use guestlist::governance::people::PersonRow;
use guestlist::governance::record::{Governed, Identity, RequestState};
use guestlist::governance::request;
use guestlist::impact::What;
use guestlist::model::text::Guid;

use super::waiting::{open, who};
use super::{foretold, grant, mail, told};
use crate::governance::asking::ask;
use crate::governance::scene::Scene;
use crate::support::dice::Dice;

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

const FIRST: [&str; 4] = [
    "approvers: ['user:boss@contoso.com']",
    "approvers: ['user:boss@contoso.com', 'user:gus@wingtip.example']",
    "approvers: ['group:Crew', 'user:boss@contoso.com']",
    "approvers: ['user:boss@contoso.com'], escalation: { after: 7d, approvers: ['user:pat@fabrikam.com'] }",
];
const SECOND: [&str; 6] = [
    "approvers: ['user:gus@wingtip.example'], fallback: ['user:ana@contoso.com']",
    "approvers: ['user:ana@contoso.com'], fallback: ['user:gus@wingtip.example']",
    "approvers: ['group:Crew'], fallback: ['user:ana@contoso.com', 'user:pat@fabrikam.com']",
    "approvers: [manager], fallback: ['user:ana@contoso.com']",
    "approvers: ['user:ana@contoso.com'], escalation: { after: 7d, approvers: ['group:Crew'], fallback: ['user:pat@fabrikam.com'] }",
    "approvers: ['user:pat@fabrikam.com', 'user:ana@contoso.com']",
];

/// A world: whether the organization is shut out, which domains it has, whether the last package is there, and what follows it.
#[derive(Debug, Clone, Copy)]
struct World {
    closed: bool,
    both: bool,
    last: bool,
    blocks: bool,
    stages: [usize; 2],
}

impl World {
    fn roll(dice: &mut Dice) -> Self {
        Self {
            closed: dice.below(3) == 0,
            both: dice.below(2) == 0,
            last: dice.below(4) > 0,
            blocks: dice.below(4) > 0,
            stages: [dice.below(FIRST.len()), dice.below(SECOND.len())],
        }
    }

    fn text(&self) -> String {
        let settings = match self.closed {
            true => ", crossTenant: { inbound: { users: none, applications: none } }",
            false => ", crossTenant: { inbound: { users: all, applications: all } }",
        };
        let domains = match self.both {
            true => "wingtip.example, fabrikam.com",
            false => "wingtip.example",
        };
        let last = match self.last {
            true => {
                "  last: { catalog: open, displayName: Last, policies: { direct: { expires: never } } }\n"
            }
            false => "",
        };
        let after = if self.blocks { "block" } else { "nothing" };
        format!(
            "version: 1
externalUsers: {{ afterLastAssignment: {after} }}
organizations:
  wingtip: {{ displayName: Wingtip, tenant: {TENANT}, domains: [{domains}]{settings} }}
catalogs:
  open: {{ displayName: Open }}
packages:
{last}  it:
    catalog: open
    displayName: It
    policies:
      ask: {{ requestors: members, expires: {{ after: 90d }}, approval: {{ stages: [{{ {}, decideWithin: 20d }}, {{ {}, decideWithin: 20d }}] }} }}
",
            FIRST[self.stages[0]], SECOND[self.stages[1]],
        )
    }
}

/// Plays what comes before the plan, the same each time.
fn played(world: &World, seed: u64) -> Scene {
    let mut dice = Dice::new(seed);
    let mut scene = Scene::of(&world.text());
    for person in ["boss", "ana", "mia", "eva"] {
        scene.member(&format!("{person}@contoso.com"), &[]);
    }
    let tenant = Guid::parse(TENANT).unwrap();
    scene.guest("gus@wingtip.example", Identity::Tenant { tenant });
    scene.guest("pat@fabrikam.com", Identity::Passcode);
    scene.alter("pat@fabrikam.com", |it| it.governed = Governed::Governed);
    for person in ["gus@wingtip.example", "pat@fabrikam.com", "ana@contoso.com"] {
        if dice.below(2) == 0 {
            scene.joins(person, "Crew");
        }
    }
    let manager = ["pat@fabrikam.com", "gus@wingtip.example"][dice.below(2)];
    scene.known(PersonRow {
        manager: Some(Some(mail(manager))),
        ..PersonRow::new(mail("mia@contoso.com"))
    });
    let grant = grant("pat@fabrikam.com", "policy/last/direct");
    let _ = scene.operator().engine().serve(&grant.into());
    let _ = scene.tick("T1");
    for person in ["mia@contoso.com", "eva@contoso.com"] {
        let ask = request::Command::Submit(ask("it"));
        scene.acting(person).engine().serve(&ask.into()).unwrap();
    }
    if dice.below(3) == 0 {
        for request in open(&scene) {
            scene.approves("boss@contoso.com", request);
        }
    }
    let _ = scene.tick("T1");
    scene
}

/// Returns true when a request waits for somebody's decision.
fn waits(scene: &Scene, request: u64, person: &str) -> bool {
    let id = scene.person(person).id();
    let waiting = scene.look(|desk| request::waiting(desk, id));
    waiting.iter().any(|it| it.number == request)
}

const EVERYBODY: [&str; 4] = [
    "boss@contoso.com",
    "ana@contoso.com",
    "gus@wingtip.example",
    "pat@fabrikam.com",
];

#[test]
fn requests_are_told_that_wait_for_who_cannot_sign_in_any_more_or_are_put_to_others_by_that() {
    let wanted = std::env::var("WORLDS").ok();
    let wanted = wanted.and_then(|worlds| worlds.parse().ok()).unwrap_or(80);
    let (mut missing, mut others, mut same) = (0, 0, 0);
    for seed in 0..wanted {
        let mut dice = Dice::new(seed + 900);
        let from = World::roll(&mut dice);
        let to = World {
            stages: from.stages,
            ..World::roll(&mut dice)
        };
        let mut scene = played(&from, seed);
        let mut still = played(&from, seed);
        let effects = foretold(&mut scene, &to.text());
        let elsewhere: BTreeSet<String> = told(&effects, |it| it.what == What::OtherApprover)
            .into_iter()
            .map(|(_, person)| person)
            .collect();
        scene.apply(&to.text());
        for scene in [&mut scene, &mut still] {
            let _ = scene.tick("T2");
        }
        let case = format!("{seed} {from:#?}\n{to:#?}\n{effects:#?}");
        for request in open(&still) {
            let person = who(&still, request);
            let is_told = elsewhere.contains(&person);
            // Alternates wait with the others, though they are asked later.
            let stage = still.request(request).stages.pop().unwrap();
            let asked = stage.approvers.iter().chain(&stage.alternates);
            let ids: Vec<u64> = asked.map(|it| it.0).collect();
            let is_out = |scene: &Scene, name: &str| {
                let person = scene.person(name);
                let command = guestlist::governance::directory::can_act;
                !scene.look(|desk| command(desk, &person))
            };
            let lost = EVERYBODY.iter().any(|name| {
                let is_asked = ids.contains(&scene.person(name).number);
                is_asked && !is_out(&still, name) && is_out(&scene, name)
            });
            if lost {
                assert!(is_told, "{person} {case}");
                missing += 1;
                continue;
            }
            let mut able = EVERYBODY.iter();
            let able = able.find(|it| waits(&still, request, it) && waits(&scene, request, it));
            let Some(able) = able else { continue };
            let first = stage_of(&still, request);
            for scene in [&mut scene, &mut still] {
                scene.approves(able, request);
            }
            if scene.request(request).state != RequestState::PendingApproval || first > 1 {
                assert!(!is_told, "{person} {case}");
                continue;
            }
            let last = |scene: &Scene| {
                let stage = scene.request(request).stages.pop().unwrap();
                (stage.approvers, stage.alternates)
            };
            let differs = last(&scene) != last(&still);
            assert_eq!(is_told, differs, "{person} {case}");
            others += usize::from(differs);
            same += usize::from(!differs);
        }
    }
    assert!(
        missing > 3 && others > 10 && same > 10,
        "{missing} {others} {same}"
    );
}

fn stage_of(scene: &Scene, request: u64) -> usize {
    scene.request(request).stages.len()
}
