use super::*;
use crate::app::scene::Scene;
use crate::app::{Patience, plan};

const TREE: &str = "version: 1\norganizations:\n  a: { displayName: A, domains: [a.example] }\n";

fn write(scene: &Scene, name: &str, text: &str) {
    std::fs::write(scene.folder.path().join(name), text).expect("it can be written");
}

fn applied(scene: &Scene, approval: Approval<'_>) -> Result<Outcome, AppError> {
    applied_by("ana", Patience::none(), scene, approval)
}

fn applied_by(
    user: &str,
    patience: Patience<'_>,
    scene: &Scene,
    approval: Approval<'_>,
) -> Result<Outcome, AppError> {
    let world = scene.world(user, patience);
    let ask = Ask::default();
    let stop = || false;
    apply(
        &scene.workspace(),
        &world,
        &ask,
        approval,
        &stop,
        &mut |_, _| {},
    )
}

/// Returns a project with a store, and a tree that has more than the store.
fn changed() -> Scene {
    let scene = Scene::new();
    write(&scene, "a.yaml", TREE);
    let outcome = applied(&scene, Approval::Given(&mut |_| {}));
    assert!(matches!(outcome, Ok(Outcome::Applied(_))), "{outcome:?}");
    write(
        &scene,
        "b.yaml",
        &TREE.replace("a:", "b:").replace("a.ex", "b.ex"),
    );
    scene
}

fn is_there(scene: &Scene) -> bool {
    scene.folder.path().join("a.db").exists()
}

fn vanish(scene: &Scene) {
    std::fs::remove_file(scene.folder.path().join("a.db")).expect("it is there");
}

#[test]
fn a_store_that_vanishes_under_the_question_is_not_made_anew() {
    let scene = changed();
    let mut yes = |_: &Planned| {
        vanish(&scene);
        true
    };
    let outcome = applied(&scene, Approval::Asked(&mut yes));
    let Err(AppError::Store(error)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(error.to_string().contains("is gone"), "{error}");
    assert!(!is_there(&scene));
}

/// A colleague's apply comes between the question and the answer.
#[test]
fn a_plan_that_is_another_one_after_the_answer_is_not_applied_and_says_how() {
    let scene = changed();
    let mut yes = |_: &Planned| {
        let kept =
            std::fs::read_to_string(scene.folder.path().join("b.yaml")).expect("it is there");
        write(
            &scene,
            "b.yaml",
            &kept.replace("displayName: A", "displayName: Bee"),
        );
        let outcome = applied_by(
            "ben",
            Patience::none(),
            &scene,
            Approval::Given(&mut |_| {}),
        );
        assert!(matches!(outcome, Ok(Outcome::Applied(_))), "{outcome:?}");
        write(&scene, "b.yaml", &kept);
        true
    };
    let outcome = applied(&scene, Approval::Asked(&mut yes));
    let Err(AppError::Changed { since, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    let Since::Plan(differences) = since else {
        panic!("{since:?}");
    };
    let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["organization/b would be updated, and not created"]);
}

#[test]
fn a_store_that_is_another_one_after_the_question_is_left_alone() {
    let (scene, other) = (changed(), changed());
    let mut yes = |_: &Planned| {
        let other = other.folder.path().join("a.db");
        std::fs::copy(other, scene.folder.path().join("a.db")).expect("it is there");
        true
    };
    let outcome = applied(&scene, Approval::Asked(&mut yes));
    assert!(
        matches!(outcome, Err(AppError::Stale(Stale::OtherStore { .. }))),
        "{outcome:?}"
    );
}

#[test]
fn a_store_that_vanished_before_an_expected_plan_is_not_made_anew() {
    let scene = changed();
    let world = scene.world("ana", Patience::none());
    let seen = plan(&scene.workspace(), &world, &Ask::default()).expect("a plan");
    vanish(&scene);
    let digest = seen.plan.digest();
    let outcome = applied(&scene, Approval::Expected(digest, &mut |_| {}));
    assert!(
        matches!(outcome, Err(AppError::Changed { .. })),
        "{outcome:?}"
    );
    assert!(!is_there(&scene));
    // What is expected of a store that is not there makes it.
    let seen = plan(&scene.workspace(), &world, &Ask::default()).expect("a plan");
    let digest = seen.plan.digest();
    let outcome = applied(&scene, Approval::Expected(digest, &mut |_| {}));
    assert!(matches!(outcome, Ok(Outcome::Applied(_))), "{outcome:?}");
}

#[test]
fn a_plan_that_is_looked_at_for_a_minute_under_the_lease_is_not_applied() {
    let scene = changed();
    let mut reads = |_: &Planned| scene.time.pass(std::time::Duration::from_secs(60));
    let outcome = applied(&scene, Approval::Given(&mut reads));
    assert!(
        matches!(outcome, Err(AppError::Store(StoreError::LeaseEnded { .. }))),
        "{outcome:?}"
    );
    let mut reads = |_: &Planned| scene.time.pass(std::time::Duration::from_secs(59));
    let outcome = applied(&scene, Approval::Given(&mut reads));
    assert!(matches!(outcome, Ok(Outcome::Applied(_))), "{outcome:?}");
}

#[test]
fn who_waits_is_asked_about_the_plan_that_comes_after() {
    let scene = changed();
    let world = scene.world("ana", Patience::none());
    let workspace = scene.workspace();
    let hold = hold::take(&workspace, &world, OpenMode::Write, "apply", &|| false);
    let hold = hold.expect("it is free");
    let outcome = applied_by(
        "ben",
        Patience::none(),
        &scene,
        Approval::Asked(&mut |_| panic!("nobody is to be asked")),
    );
    let Err(AppError::Store(StoreError::Held(held))) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(held.holder.user, "ana");

    // She gives it back after some seconds, and the question comes then.
    let lease = hold.lease.clone();
    let (root, file) = (scene.workspace(), scene.folder.path().join("c.yaml"));
    scene.time.at(5, move || {
        let mut store = root.open(OpenMode::Existing).expect("it is there");
        store.release(lease).expect("it is hers");
        let text = TREE.replace("a:", "c:").replace("a.ex", "c.ex");
        std::fs::write(file, text).expect("it can be written");
    });
    let mut asked = 0;
    let mut yes = |planned: &Planned| {
        asked += 1;
        planned.plan.changes.len() == 2
    };
    let patience = Patience {
        most: std::time::Duration::from_secs(60),
        ..Patience::none()
    };
    let outcome = applied_by("ben", patience, &scene, Approval::Asked(&mut yes));
    assert!(matches!(outcome, Ok(Outcome::Applied(_))), "{outcome:?}");
    assert_eq!(asked, 1);
}
