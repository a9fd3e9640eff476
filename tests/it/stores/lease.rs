//! What every store promises of the right to write.

use guestlist::audit::{Chain, verify};
use guestlist::store::{Breaking, Lease, NewRun, Store, StoreError};
use jiff::Timestamp;
use serde_json::json;

use crate::support::store::*;

#[test]
fn one_holder_at_a_time() {
    for mut place in Place::every() {
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        assert_eq!(lease.expires, later(60));
        let error = place.store.lease(&ask("ben", later(59))).unwrap_err();
        let StoreError::Held(held) = error else {
            panic!("{error}");
        };
        assert_eq!(
            (held.holder.user.as_str(), held.operation.as_str()),
            ("ana", "apply")
        );
        assert_eq!(
            (held.since, held.until, held.token),
            (now(), later(60), lease.token)
        );
        assert_eq!(place.store.held().unwrap(), Some(*held));

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

/// Returns why a run could not begin at an instant.
fn refusal(place: &mut Place, lease: &Lease, at: Timestamp) -> StoreError {
    let mut new = new_run(&*place.store, PROJECT);
    new.started = at;
    place.store.begin(lease, new).err().unwrap()
}

#[test]
fn an_old_token_writes_nothing() {
    for mut place in Place::every() {
        let old = place.store.lease(&ask("ana", now())).unwrap();
        let taken = place.store.lease(&ask("ben", later(60))).unwrap();
        let error = refusal(&mut place, &old, later(61));
        assert!(matches!(error, StoreError::LeaseLost), "{error}");

        place.store.release(taken.clone()).unwrap();
        let error = refusal(&mut place, &taken, later(61));
        assert!(matches!(error, StoreError::LeaseLost), "{error}");
    }
}

#[test]
fn a_lease_that_ended_proves_nothing_even_if_nobody_took_it() {
    for mut place in Place::every() {
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        let new = NewRun {
            started: later(59),
            ..new_run(&*place.store, PROJECT)
        };
        drop(place.store.begin(&lease, new).unwrap());

        let ended = |error: &StoreError| {
            assert!(
                matches!(error, StoreError::LeaseEnded { until } if *until == later(60)),
                "{error}"
            );
        };
        ended(&refusal(&mut place, &lease, later(60)));
        ended(&place.store.renew(&lease, later(60)).unwrap_err());
        assert_eq!(place.store.runs(1).unwrap().len(), 0);
        // To give it back takes nothing from anybody.
        place.store.release(lease).unwrap();
        assert_eq!(place.store.held().unwrap(), None);
    }
}

#[test]
fn a_renewed_lease_proves_longer() {
    for mut place in Place::every() {
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        let lease = place.store.renew(&lease, later(59)).unwrap();
        let new = NewRun {
            started: later(118),
            ..new_run(&*place.store, PROJECT)
        };
        drop(place.store.begin(&lease, new).unwrap());
        place.store.release(lease).unwrap();
    }
}

#[test]
fn who_holds_the_lease_can_be_read() {
    for mut place in Place::every() {
        assert_eq!(place.store.held().unwrap(), None);
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        let held = place.store.held().unwrap().unwrap();
        assert_eq!(held.holder, ask("ana", now()).holder);
        assert_eq!((held.token, held.until), (lease.token, later(60)));
        assert!(held.stands(later(59), |_| false));
        assert!(!held.stands(later(60), |_| false));
        assert!(!held.stands(later(1), |_| true));
        let lease = place.store.renew(&lease, later(30)).unwrap();
        let renewed = place.store.held().unwrap().unwrap();
        assert_eq!((renewed.since, renewed.until), (now(), later(90)));
        place.store.release(lease).unwrap();
        assert_eq!(place.store.held().unwrap(), None);
    }
}

fn breaking(now: Timestamp) -> Breaking {
    Breaking {
        actor: "ben".to_owned(),
        now,
    }
}

#[test]
fn a_broken_lease_proves_nothing_and_is_in_the_audit_log() {
    for mut place in Place::every() {
        place.apply(vec![create(
            "catalog/hr",
            json!({ "displayName": "Human resources" }),
        )]);
        let before = place.store.head().unwrap();
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        let broken = place.store.break_lease(lease.token, &breaking(later(5)));
        assert_eq!(broken.unwrap().holder.user, "ana");
        assert_eq!(place.store.held().unwrap(), None);
        let error = refusal(&mut place, &lease, later(6));
        assert!(matches!(error, StoreError::LeaseLost), "{error}");

        // No object has changed, and the chain is whole.
        let head = place.store.head().unwrap();
        assert_eq!(head.generation, before.generation);
        assert_eq!(head.audit_size, before.audit_size + 1);
        let entries = place.store.audit(0, 100).unwrap();
        let chain = verify(Chain::new(&head.lineage), &entries).unwrap();
        assert_eq!(chain.hash().to_string(), head.audit_hash);
        let last = entries.last().unwrap();
        assert_eq!(last.at, later(5));
        let said: serde_json::Value = serde_json::from_str(&last.text).unwrap();
        assert_eq!(said["action"], "break-lease");
        let person = |who: &str| {
            let id = place.store.person(who).unwrap();
            format!("person:{}", id.unwrap())
        };
        assert_eq!(said["actor"], person("ben"));
        let reason = said["reason"].as_str().unwrap();
        let whose = format!(
            "lease {} was held by {} (process 4711), apply since {}",
            lease.token,
            person("ana@laptop"),
            now()
        );
        assert_eq!(reason, whose);

        // The next lease has another number, and the next run goes on in the chain.
        let next = place.store.lease(&ask("ben", later(7))).unwrap();
        assert!(next.token > lease.token);
        place.store.release(next).unwrap();
        place.apply(vec![create("catalog/it", json!({ "displayName": "IT" }))]);
    }
}

#[test]
fn only_the_present_lease_can_be_broken() {
    for mut place in Place::every() {
        let other = |place: &mut Place, token: u64| {
            let error = place.store.break_lease(token, &breaking(later(5)));
            let error = error.unwrap_err();
            let StoreError::OtherLease { held, .. } = &error else {
                panic!("{error}");
            };
            (held.as_ref().map(|held| held.token), error.to_string())
        };
        let (present, said) = other(&mut place, 1);
        assert_eq!(present, None);
        assert_eq!(said, "nobody holds the lease, nor lease 1");
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        for wrong in [0, lease.token + 1, u64::MAX] {
            let (present, said) = other(&mut place, wrong);
            assert_eq!(present, Some(lease.token));
            assert!(
                said.contains("held by ana on laptop (process 4711)"),
                "{said}"
            );
        }
        assert!(place.store.audit(0, 9).unwrap().is_empty());
        place.store.release(lease).unwrap();
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
        Err(StoreError::Held(_))
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

#[test]
fn who_comes_while_another_is_in_the_middle_of_a_write_is_told_so() {
    let mut place = Place::sqlite();
    let lease = place.store.lease(&ask("ana", now())).unwrap();
    let folder = place.folder().to_owned();
    let new = new_run(&*place.store, PROJECT);
    let run = place.store.begin(&lease, new).unwrap();
    let open = |mode| guestlist::store::open("sqlite:test.db", &folder, mode).unwrap();
    let mut other = open(guestlist::store::OpenMode::Write);
    let error = other.lease(&ask("ben", later(90))).unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    let error = other.break_lease(lease.token, &breaking(later(90)));
    assert!(matches!(error, Err(StoreError::Busy { .. })), "{error:?}");
    // Who it is can be read all the same.
    let reader = open(guestlist::store::OpenMode::Read);
    assert_eq!(reader.held().unwrap().unwrap().token, lease.token);
    drop(run);
    let _ = other.lease(&ask("ben", later(90))).unwrap();
}
