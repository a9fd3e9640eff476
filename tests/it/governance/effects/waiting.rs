//! Requests that are open while a plan is applied: which are refused in the end, and which others decide.

use std::collections::BTreeSet;

use guestlist::governance::record::{Identity, RequestState};
use guestlist::governance::request::Command;
use guestlist::impact::{Effect, What};
use guestlist::model::text::Guid;

use super::{foretold, foretold_of, told};
use crate::governance::asking::{arriving, ask, decide, signed_in};
use crate::governance::scene::{Scene, instant, loaded};
use crate::support::dice::Dice;

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

/// What a small world's tree is made of.
#[derive(Debug, Clone)]
struct Shape {
    domains: &'static str,
    fabrikam: &'static str,
    wingtip_closed: bool,
    state: &'static str,
    sponsors: &'static str,
    passcodes: bool,
    published: bool,
    visible: bool,
    lending: Option<&'static str>,
    team: &'static str,
    team_policy: bool,
    group: &'static str,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            domains: "",
            fabrikam: "fabrikam.com",
            wingtip_closed: false,
            state: "configured",
            sponsors: "user:bo@contoso.com",
            passcodes: true,
            published: true,
            visible: true,
            lending: Some("anyExternal"),
            team: "members",
            team_policy: true,
            group: "Leads",
        }
    }
}

const OUTSIDE: [&str; 4] = [
    "anyExternal",
    "{ organizations: [fabrikam] }",
    "{ organizations: [wingtip] }",
    "configuredOrganizations",
];

impl Shape {
    /// Changes one thing, or two.
    fn changed(mut self, dice: &mut Dice) -> Self {
        for _ in 0..=dice.below(2) {
            match dice.below(12) {
                0 => self.domains = "domains: { block: [fabrikam.com] }\n",
                1 => self.domains = "domains: { allow: [fabrikam.com] }\n",
                2 => {
                    let domains = ["fabrikam.com, adatum.example", "elsewhere.example"];
                    self.fabrikam = domains[dice.below(2)];
                }
                3 => self.wingtip_closed = true,
                4 => self.state = "proposed",
                5 => self.sponsors = ["", "user:cy@contoso.com"][dice.below(2)],
                6 => self.passcodes = false,
                7 => self.published = false,
                8 => self.visible = false,
                9 => self.lending = [None, Some("members")][dice.below(2)],
                10 => self.team_policy = false,
                _ => self.group = "Others",
            }
        }
        self
    }

    fn tree(&self) -> String {
        let closed = match self.wingtip_closed {
            true => ", crossTenant: { inbound: { users: none, applications: none } }",
            false => "",
        };
        let library = match self.lending {
            None => String::new(),
            Some(requestors) => format!(
                "  library:
    catalog: open
    displayName: Library
    policies:
      ask:
        requestors: {requestors}
        expires: {{ after: 90d }}
        approval: {{ stages: [{{ approvers: ['user:ana@contoso.com'] }}, {{ {}fallback: ['user:dan@contoso.com'] }}] }}
",
                match requestors {
                    "members" => "approvers: ['user:bo@contoso.com'], ",
                    _ => "approvers: ['sponsors:internal'], ",
                }
            ),
        };
        let team = match self.team_policy {
            true => format!(
                "      ask: {{ requestors: {}, expires: {{ after: 90d }}, approval: {{ stages: [{{ approvers: ['user:ana@contoso.com'] }}, {{ approvers: ['group:leads'] }}] }} }}\n",
                self.team
            ),
            false => String::new(),
        };
        format!(
            "version: 1
collaboration: {{ oneTimePasscode: {} }}
{}resources:
  leads: {{ group: {}, replace: allowed }}
organizations:
  fabrikam: {{ displayName: Fabrikam, state: {}, domains: [{}], sponsors: {{ internal: [{}] }} }}
  wingtip: {{ displayName: Wingtip, tenant: {TENANT}, domains: [wingtip.example]{closed}, sponsors: {{ internal: [{}] }} }}
catalogs:
  open: {{ displayName: Open, published: {}, externallyVisible: {}, resources: [leads] }}
packages:
{library}  team:
    catalog: open
    displayName: Team
    policies:
      direct: {{}}
{team}",
            self.passcodes,
            self.domains,
            self.group,
            self.state,
            self.fabrikam,
            quoted(self.sponsors),
            quoted(self.sponsors),
            self.published,
            self.visible,
        )
    }
}

fn quoted(sponsors: &str) -> String {
    match sponsors {
        "" => String::new(),
        some => format!("'{some}'"),
    }
}

/// The requests that are open, each with who waits; `second` lets the first stage be decided already for every other one.
fn played(shape: &Shape, second: bool) -> Scene {
    let mut scene = Scene::of(&shape.tree());
    for name in ["ana", "bo", "cy", "dan", "mia", "ed"] {
        scene.member(&format!("{name}@contoso.com"), &[]);
    }
    scene.joins("ed@contoso.com", "Leads");
    scene.joins("dan@contoso.com", "Others");
    let wingtip = Identity::Tenant {
        tenant: Guid::parse(TENANT).unwrap(),
    };
    scene.guest("gus@wingtip.example", wingtip.clone());
    scene.guest("gil@fabrikam.com", Identity::Passcode);
    let mut asks = vec![
        arriving("library", "ada@fabrikam.com"),
        arriving("library", "pia@adatum.example"),
        signed_in("library", "zoe@wingtip.example", wingtip),
    ];
    for ask in asks.drain(..) {
        let _ = scene
            .operator()
            .engine()
            .serve(&Command::Submit(ask).into());
    }
    for (person, package) in [
        ("gus@wingtip.example", "library"),
        ("gil@fabrikam.com", "library"),
        ("mia@contoso.com", "team"),
    ] {
        let _ = scene
            .acting(person)
            .engine()
            .serve(&Command::Submit(ask(package)).into());
    }
    let _ = scene.tick("T1");
    if second {
        for request in open(&scene) {
            scene.approves("ana@contoso.com", request);
        }
    }
    scene
}

pub(super) fn open(scene: &Scene) -> Vec<u64> {
    let last = scene.look(|desk| {
        use guestlist::governance::record::{Entity as _, Request};
        desk.world().last(Request::KIND)
    });
    let all = 1..=last;
    all.filter(|number| scene.request(*number).state == RequestState::PendingApproval)
        .collect()
}

pub(super) fn who(scene: &Scene, request: u64) -> String {
    let person = scene.request(request).person;
    scene.look(|desk| desk.person(person)).mail.to_string()
}

/// Lets every stage be approved by the first who is asked; returns who was asked in the last one, with what came of it.
pub(super) fn decided(scene: &mut Scene, request: u64) -> (Vec<String>, RequestState) {
    let mut asked = Vec::new();
    while scene.request(request).state == RequestState::PendingApproval {
        asked = scene.asked(request);
        let Some(first) = asked.first().cloned() else {
            break;
        };
        let command = decide(request, true);
        if scene
            .acting(&first)
            .engine()
            .serve(&command.into())
            .is_err()
        {
            // Who was found in a group that is another one now may not decide.
            break;
        }
        let _ = scene.tick("T2");
    }
    (asked, scene.request(request).state)
}

#[test]
fn requests_that_are_told_to_be_refused_are_and_the_others_are_delivered() {
    let mut dice = Dice::new(8);
    let (mut refused, mut others, mut delivered, mut stuck) = (0, 0, 0, 0);
    for _ in 0..90 {
        let from = Shape {
            lending: Some(OUTSIDE[dice.below(4)]),
            team: [
                "members",
                "{ people: ['group:leads', 'user:mia@contoso.com'] }",
            ][dice.below(2)],
            ..Shape::default()
        };
        let to = from.clone().changed(&mut dice);
        let second = dice.below(3) == 0;
        let mut scene = played(&from, second);
        let mut still = played(&from, second);
        let effects = foretold(&mut scene, &to.tree());
        let case = format!("{from:#?}\n{to:#?}\n{effects:#?}");
        let in_vain: BTreeSet<String> = people(&effects, What::Refuse);
        let asked_elsewhere: BTreeSet<String> = people(&effects, What::OtherApprover);
        let requests = open(&scene);
        assert_eq!(requests, open(&still));
        scene.apply(&to.tree());
        let _ = scene.tick("T2");
        for request in requests {
            let person = who(&scene, request);
            let (asked, state) = decided(&mut scene, request);
            let (otherwise, usual) = decided(&mut still, request);
            if usual != RequestState::Delivered {
                continue;
            }
            let waits = state == RequestState::PendingApproval;
            let case = format!(
                "{person} {state:?} {:?}\n{case}",
                scene.request(request).status
            );
            if !waits {
                assert_eq!(
                    in_vain.contains(&person),
                    state != RequestState::Delivered,
                    "{case}"
                );
            }
            if in_vain.contains(&person) {
                refused += 1;
            } else if waits && !asked.is_empty() {
                // Whoever was found in a group that is another one now may not decide.
                assert!(asked_elsewhere.contains(&person), "{asked:?} {case}");
                stuck += 1;
            } else {
                delivered += 1;
                assert_eq!(
                    asked_elsewhere.contains(&person),
                    asked != otherwise,
                    "{asked:?} {otherwise:?} {case}"
                );
                others += usize::from(asked != otherwise);
            }
        }
    }
    assert!(
        refused > 20 && others > 8 && delivered > 20 && stuck > 0,
        "{refused} {others} {delivered} {stuck}"
    );
}

fn people(effects: &[guestlist::impact::Effect], what: What) -> BTreeSet<String> {
    let pairs = told(effects, |it| it.what == what);
    pairs.into_iter().map(|(_, person)| person).collect()
}

#[test]
fn what_is_asked_for_of_another_project_is_decided_by_its_own_tree() {
    let tree = |packages: &str| {
        format!(
            "version: 1\ncatalogs: {{ open: {{ displayName: Open }} }}\npackages: {{ {packages} }}\n"
        )
    };
    let it = "it: { catalog: open, displayName: It, policies: { p: { requestors: members, expires: never,
        approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } } } }";
    let mut scene = Scene::of(&tree(it));
    for mail in ["mia@contoso.com", "ana@contoso.com"] {
        scene.member(mail, &[]);
    }
    scene.asks_as("mia@contoso.com", ask("it"));
    assert_eq!(scene.request(1).state, RequestState::PendingApproval);
    let _ = scene.operator();
    scene.apply_of("another", &loaded(&tree(it), instant("T0")));
    let own = foretold(&mut scene, &tree(""));
    assert_eq!(
        own.iter().map(Effect::words).collect::<Vec<_>>(),
        ["1 open request for package/it will be refused: the package is gone"]
    );
    assert!(foretold_of("another", &mut scene, &tree("")).is_empty());
}
