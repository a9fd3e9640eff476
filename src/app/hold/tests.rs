use std::cell::RefCell;
use std::rc::Rc;

use jiff::SignedDuration;

use super::*;
use crate::app::scene::Scene;

fn try_to_take(scene: &Scene, user: &str, patience: Patience<'_>) -> Result<Hold, AppError> {
    let world = scene.world(user, patience);
    take(
        &scene.workspace(),
        &world,
        OpenMode::Write,
        "apply",
        &|| false,
    )
}

fn waiting(seconds: u64) -> Patience<'static> {
    Patience {
        most: Duration::from_secs(seconds),
        ..Patience::none()
    }
}

fn held(result: Result<Hold, AppError>) -> Held {
    match result {
        Err(AppError::Store(StoreError::Held(held))) => *held,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[test]
fn who_does_not_wait_is_told_at_once() {
    let scene = Scene::new();
    let hold = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let other = held(try_to_take(&scene, "ben", Patience::none()));
    assert_eq!((other.holder.user.as_str(), other.token), ("ana", 1));
    assert_eq!(scene.time.passed(), Duration::ZERO);
    hold.release().1.expect("it is ours");
}

#[test]
fn who_waits_gets_it_when_it_is_given_back_and_says_once_for_whom() {
    let scene = Scene::new();
    let hold = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let (workspace, lease) = (scene.workspace(), hold.lease.clone());
    scene.time.at(25, move || {
        let mut store = workspace.open(OpenMode::Existing).expect("it is there");
        store.release(lease).expect("it is hers");
    });
    let told = Rc::new(RefCell::new(Vec::new()));
    let telling = Rc::clone(&told);
    let patience = Patience {
        most: Duration::from_secs(300),
        tell: Box::new(move |error, most| {
            telling.borrow_mut().push((error.to_string(), most));
        }),
    };
    let taken = try_to_take(&scene, "ben", patience).expect("it was given back");
    assert_eq!(taken.lease.token, 2);
    assert!(scene.time.passed() < Duration::from_secs(25 + LONGEST));
    let told = told.borrow();
    let [(said, most)] = &told[..] else {
        panic!("{told:?}");
    };
    assert!(
        said.contains("ana on laptop (process 4711), apply since"),
        "{said}"
    );
    assert_eq!(*most, Duration::from_secs(300));
}

#[test]
fn who_waits_for_a_holder_that_is_never_heard_of_again_gets_it_when_it_ends() {
    let scene = Scene::new();
    let _lost = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let taken = try_to_take(&scene, "ben", waiting(300)).expect("it ended");
    assert_eq!(taken.lease.token, 2);
    assert!(scene.time.passed() >= Duration::from_secs(60));
}

#[test]
fn who_has_waited_long_enough_gives_up() {
    let scene = Scene::new();
    let _hold = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let other = held(try_to_take(&scene, "ben", waiting(30)));
    assert_eq!(other.holder.user, "ana");
    assert_eq!(scene.time.passed(), Duration::from_secs(30));
}

#[test]
fn who_is_asked_to_stop_waits_no_longer() {
    let scene = Scene::new();
    let _hold = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let world = scene.world("ben", waiting(300));
    let stop = || scene.time.passed() >= Duration::from_secs(3);
    let taken = take(&scene.workspace(), &world, OpenMode::Write, "apply", &stop);
    assert!(matches!(
        taken.err(),
        Some(AppError::Apply(ApplyError::Interrupted))
    ));
    assert!(scene.time.passed() < Duration::from_secs(5));
}

#[test]
fn a_write_in_progress_is_waited_for_a_second_and_its_writer_named() {
    let scene = Scene::new();
    let hold = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let file = scene.folder.path().join("a.db");
    let writer = rusqlite::Connection::open(file).expect("opens");
    writer
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody writes");
    // Her time is over, and she writes all the same.
    scene.time.pass(Duration::from_secs(90));
    let other = held(try_to_take(&scene, "ben", Patience::none()));
    assert_eq!(other.token, hold.lease.token);
    assert_eq!(scene.time.passed(), Duration::from_secs(91));
}

#[test]
fn a_lease_is_renewed_after_twenty_seconds_and_not_before() {
    let scene = Scene::new();
    let mut hold = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let world = scene.world("ana", Patience::none());
    let first = hold.lease.expires;
    scene.time.pass(Duration::from_secs(19));
    hold.keep(&world).expect("it is ours");
    assert_eq!(hold.lease.expires, first);
    scene.time.pass(Duration::from_secs(1));
    hold.keep(&world).expect("it is ours");
    assert_eq!(hold.lease.expires, first + SignedDuration::from_secs(20));
    scene.time.pass(Duration::from_secs(19));
    hold.keep(&world).expect("it is ours");
    assert_eq!(hold.lease.expires, first + SignedDuration::from_secs(20));
}

#[test]
fn a_lease_that_cannot_be_renewed_is_given_up() {
    let scene = Scene::new();
    let mut hold = try_to_take(&scene, "ana", Patience::none()).expect("it is free");
    let world = scene.world("ana", Patience::none());
    scene.time.pass(Duration::from_secs(60));
    let ended = hold.keep(&world);
    assert!(matches!(ended, Err(StoreError::LeaseEnded { .. })));
    let _taken = try_to_take(&scene, "ben", Patience::none()).expect("it ended");
    let lost = hold.keep(&world);
    assert!(matches!(lost, Err(StoreError::LeaseLost)));
}

#[test]
fn pauses_grow_to_sixteen_seconds_and_differ() {
    for wait in 1..100 {
        let (least, most) = (backoff(wait, 0), backoff(wait, u64::MAX));
        let seconds = Duration::from_secs;
        assert!(least >= seconds(1) && most <= seconds(16) && least < most);
        assert!(most >= backoff(wait.saturating_sub(1), 0));
    }
    assert_eq!(backoff(1, 0), Duration::from_secs(1));
    assert_eq!(backoff(99, 0), Duration::from_secs(8));
}
