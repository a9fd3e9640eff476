//! What a plan says of what lives, held against what the engine does after the apply: over small worlds that differ at random
//! whoever is told to lose, get, wait in vain or stay does, and nobody else.

mod accepting;
mod adopting;
mod border;
mod holding;
mod keeping;
mod moving;
mod renaming;
mod said;
mod turning;
mod waiting;

use std::collections::BTreeSet;

use guestlist::governance::World;
use guestlist::governance::assignment::{self, Direct};
use guestlist::governance::people::PersonRow;
use guestlist::impact::{Asked, Effect, Sides, What, impact};
use guestlist::model::text::Domain;
use guestlist::model::{Bodies, Kind, Selection};
use guestlist::plan::{Asks, build};

use super::scene::{Scene, loaded, mail};
use crate::support::store::PROJECT;

/// An object and somebody to whom something happens about it.
type Pairs = BTreeSet<(String, String)>;

/// Returns what a plan that leads to a tree says of what lives, with names.
fn foretold(scene: &mut Scene, tree: &str) -> Vec<Effect> {
    foretold_of(PROJECT, scene, tree)
}

/// Returns what a plan of a project, which may be another one beside, says of what lives.
fn foretold_of(project: &str, scene: &mut Scene, tree: &str) -> Vec<Effect> {
    let now = scene.engine().now();
    let desired = loaded(tree, now);
    let live = scene.engine().store().read(&Selection {
        project,
        bodies: Bodies::All,
    });
    let live = live.unwrap();
    let plan = build(&desired, &live, &Asks::default());
    let sides = Sides::of(&plan, &desired, &live);
    let own = [Domain::parse("contoso.com").unwrap()];
    let mut found = None;
    let mut see = |world: &dyn World| {
        let asked = Asked {
            world,
            named: true,
            zone: &jiff::tz::TimeZone::UTC,
        };
        found = Some(impact(&plan, &sides, [&own, &own], now, Some(asked))?);
        Ok(())
    };
    scene.engine().store().look(project, &mut see).unwrap();
    let found = found.unwrap();
    for effect in &found.effects {
        let counted = effect.what != What::Hide;
        assert!(
            !counted || effect.count == effect.names.len() as u64,
            "{effect:?}"
        );
    }
    each_is_told_once(&found.effects);
    found.effects
}

/// Nobody is told of twice because several organizations change that concern them.
fn each_is_told_once(effects: &[Effect]) {
    let mut seen = BTreeSet::new();
    for effect in effects {
        let by_partner = matches!(
            effect.address.kind(),
            Kind::Organization | Kind::CrossTenant | Kind::Collaboration
        );
        let fact = match effect.what {
            What::Stay | What::GuestStay if by_partner => effect.what,
            What::FailInvitation | What::DoubtInvitation => effect.what,
            _ => continue,
        };
        for name in &effect.names {
            assert!(seen.insert((fact, name)), "{name} twice: {effects:#?}");
        }
    }
}

/// Returns of whom some effects tell, with the package of a policy in its place.
fn told(effects: &[Effect], wanted: impl Fn(&Effect) -> bool) -> Pairs {
    let mut pairs = Pairs::new();
    for effect in effects.iter().filter(|effect| wanted(effect)) {
        let parent = effect.address.parent();
        let address = parent.unwrap_or_else(|| effect.address.clone());
        for name in &effect.names {
            let _ = pairs.insert((address.to_string(), name.clone()));
        }
    }
    pairs
}

/// A direct assignment of a package, through a policy.
fn grant(person: &str, policy: &str) -> assignment::Command {
    assignment::Command::Grant(Direct {
        person: mail(person),
        name: None,
        policy: policy.parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

/// Moves somebody to another department, as an import of the directory does.
fn moves(scene: &mut Scene, person: &str, department: &str) {
    let mut row = PersonRow::new(mail(person));
    let department = Some(department.to_owned());
    let _ = row.attributes.insert("department".to_owned(), department);
    scene.known(row);
}
