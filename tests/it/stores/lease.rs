//! What every store promises of the right to write.

use guestlist::store::{Store, StoreError};
use serde_json::json;

use crate::support::store::*;

#[test]
fn one_holder_at_a_time() {
    for mut place in Place::every() {
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        assert_eq!(lease.expires, later(60));
        let error = place.store.lease(&ask("ben", later(59))).unwrap_err();
        let StoreError::Held {
            holder,
            operation,
            since,
            until,
            token,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((holder.user.as_str(), operation.as_str()), ("ana", "apply"));
        assert_eq!((since, until, token), (now(), later(60), lease.token));

        place.store.release(lease).unwrap();
        let next = place.store.lease(&ask("ben", later(59))).unwrap();
        place.store.release(next).unwrap();
    }
}

#[test]
fn a_lease_expires_unless_renewed() {
    for mut place in Place::every() {
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        let lease = place.store.renew(&lease, later(40)).unwrap();
        assert_eq!(lease.expires, later(100));
        assert!(place.store.lease(&ask("ben", later(99))).is_err());
        let taken = place.store.lease(&ask("ben", later(100))).unwrap();
        assert!(taken.token > lease.token);

        let lost = |result: Result<(), StoreError>| {
            assert!(matches!(result, Err(StoreError::LeaseLost)), "{result:?}");
        };
        lost(place.store.renew(&lease, later(101)).map(drop));
        lost(place.store.release(lease));
        place.store.release(taken).unwrap();
    }
}

#[test]
fn the_lease_of_a_process_that_is_gone_can_be_taken() {
    for mut place in Place::every() {
        let _ = place.store.lease(&ask("ana", now())).unwrap();
        let mut ask = ask("ben", later(1));
        ask.holder_is_gone = |holder| holder.user == "ana";
        let _ = place.store.lease(&ask).unwrap();
        assert!(place.store.lease(&ask).is_err());
    }
}

#[test]
fn an_old_token_writes_nothing() {
    for mut place in Place::every() {
        let old = place.store.lease(&ask("ana", now())).unwrap();
        // Expired, and nobody has taken it: the token still proves the right.
        let new = new_run(&*place.store, PROJECT);
        drop(place.store.begin(&old, new).unwrap());

        let taken = place.store.lease(&ask("ben", later(60))).unwrap();
        let new = new_run(&*place.store, PROJECT);
        let error = place.store.begin(&old, new.clone()).err().unwrap();
        assert!(matches!(error, StoreError::LeaseLost), "{error}");

        place.store.release(taken.clone()).unwrap();
        let error = place.store.begin(&taken, new).err().unwrap();
        assert!(matches!(error, StoreError::LeaseLost), "{error}");
    }
}

#[test]
fn a_plan_of_another_generation_is_refused() {
    for mut place in Place::every() {
        let stale = new_run(&*place.store, PROJECT);
        place.apply(vec![create(
            "catalog/hr",
            json!({ "displayName": "Human resources" }),
        )]);
        let lease = lease(&mut place);
        let error = place.store.begin(&lease, stale).err().unwrap();
        assert!(
            matches!(
                error,
                StoreError::Moved {
                    planned: 0,
                    found: 1
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn two_connections_fight_for_one_lease() {
    let mut place = Place::sqlite();
    let mut other = guestlist::store::open(
        "sqlite:test.db",
        place.folder(),
        guestlist::store::OpenMode::Write,
    )
    .unwrap();
    let lease = place.store.lease(&ask("ana", now())).unwrap();
    assert!(matches!(
        other.lease(&ask("ben", later(1))),
        Err(StoreError::Held { .. })
    ));
    place.store.release(lease).unwrap();
    let theirs = other.lease(&ask("ben", later(1))).unwrap();
    let head = |store: &dyn Store| store.head().unwrap();
    let new = new_run(&*other, PROJECT);
    let mut run = other.begin(&theirs, new).unwrap();
    run.apply(&create("catalog/hr", json!({ "displayName": "HR" })))
        .unwrap();
    // Nothing of a run can be seen before it commits.
    assert_eq!(head(&*place.store).generation, 0);
    assert!(place.read().bound().is_empty());
    run.commit().unwrap();
    assert_eq!(head(&*place.store).generation, 1);
    assert_eq!(place.read().bound().len(), 1);
}
