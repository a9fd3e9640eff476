//! What every store promises of the audit log: it can be walked, people in it can be erased, and what is accepted is kept.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use guestlist::audit::{Act, Chain, ERASED, Kept, follow, verify};
use guestlist::plan::Lifted;
use guestlist::store::{NewRun, Order, StoreError};
use jiff::Timestamp;
use serde_json::json;

use super::small::{catalog, small};
use crate::support::store::*;

fn act<'a>(action: &'a str, actor: &'a str, reason: &'a str, at: Timestamp) -> Act<'a> {
    Act {
        action,
        actor,
        address: None,
        after: None,
        at,
        before: None,
        reason,
        run: None,
        target: None,
        via: "test",
    }
}

fn all(place: &Place) -> Vec<Kept> {
    let mut all = Vec::new();
    let mut see = |kept| {
        all.push(kept);
        ControlFlow::Continue(())
    };
    place.store.walk(0, Order::Up, &mut see).unwrap();
    all
}

/// Follows the chain with what is kept of people, to the head that the store tells.
fn holds(place: &Place) {
    let head = place.store.head().unwrap();
    let mut chain = Chain::new(&head.lineage);
    for kept in all(place) {
        let ids: BTreeSet<String> = kept.said().unwrap().people.into_keys().collect();
        let people = place.store.people(&ids).unwrap();
        let mac = |id: &str| people.get(id).map(|known| known.mac.clone());
        follow(&mut chain, &kept, &mac).unwrap();
    }
    assert_eq!(chain.size(), head.audit_size);
    assert_eq!(chain.hash().to_string(), head.audit_hash);
}

#[test]
fn the_log_is_walked_both_ways_and_stops_when_told() {
    for mut place in Place::every() {
        small(&mut place);
        // More than a page.
        let many = (0..4_100).map(|n| create(&format!("catalog/c{n}"), catalog(&[])));
        place.apply(many.collect());
        let size = place.store.head().unwrap().audit_size;
        let up = all(&place);
        let expected: Vec<u64> = (1..=size).collect();
        assert_eq!(up.iter().map(|kept| kept.seq).collect::<Vec<_>>(), expected);
        let mut down = Vec::new();
        let mut see = |kept| {
            down.push(kept);
            ControlFlow::Continue(())
        };
        place.store.walk(u64::MAX, Order::Down, &mut see).unwrap();
        down.reverse();
        assert_eq!(down, up);
        let mut seen = Vec::new();
        let mut see = |kept: Kept| {
            seen.push(kept.seq);
            if kept.seq == 5 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        place.store.walk(3, Order::Up, &mut see).unwrap();
        place.store.walk(7, Order::Down, &mut see).unwrap();
        assert_eq!(seen, [3, 4, 5, 7, 6, 5]);
        holds(&place);
    }
}

#[test]
fn nobody_stands_in_the_log_by_name_and_everybody_is_found() {
    for mut place in Place::every() {
        let lease = lease(&mut place);
        let new = NewRun {
            actor: "Ana@Contoso.com".to_owned(),
            lifted: vec![Lifted {
                guard: "deletes".to_owned(),
                by: "waiver of user:ben@contoso.com".to_owned(),
                objects: vec!["catalog/hr".to_owned()],
            }],
            ..new_run(&*place.store, PROJECT)
        };
        let mut run = place.store.begin(&lease, new).unwrap();
        run.apply(&create("catalog/hr", catalog(&[]))).unwrap();
        let _ = run.commit().unwrap();
        let entries = all(&place);
        assert_eq!(entries.len(), 3);
        for kept in &entries {
            assert!(!kept.text.contains("contoso.com"), "{}", kept.text);
        }
        let ana = place.store.person("ana@contoso.com").unwrap().unwrap();
        let ben = place.store.person("ben@contoso.com").unwrap().unwrap();
        let said = entries[1].said().unwrap();
        assert_eq!(said.actor, format!("person:{ana}"));
        assert!(said.reason.ends_with(&format!("user:person:{ben}")));
        let people = place.store.people(&[ana, ben.clone()].into()).unwrap();
        assert_eq!(people.len(), 2);
        assert_eq!(people[&ben].value, "ben@contoso.com");
        assert_eq!(people[&ben].mac, said.people[&ben]);
        let runs = place.store.runs(1).unwrap();
        assert_eq!(runs[0].actor, "ana@contoso.com");
        assert_eq!(runs[0].lifted[0].by, "waiver of user:ben@contoso.com");
        holds(&place);
    }
}

#[test]
fn whoever_is_erased_is_gone_and_the_chain_holds() {
    for mut place in Place::every() {
        small(&mut place);
        let ana = place.store.person("ana").unwrap().unwrap();
        let lease = lease(&mut place);
        let reason = format!("person:{ana}");
        let forget = act("forget", "ben@contoso.com", &reason, later(5));
        let erased = place.store.forget(&lease, "ana", &forget).unwrap();
        assert_eq!(erased.as_deref(), Some(ana.as_str()));
        assert_eq!(place.store.person("ana").unwrap(), None);
        assert!(
            place
                .store
                .people(&[ana.clone()].into())
                .unwrap()
                .is_empty()
        );
        let runs = place.store.runs(10).unwrap();
        assert!(runs.iter().all(|run| run.actor == ERASED));
        assert_eq!(
            place.store.run("run-0000").unwrap().unwrap().0.actor,
            ERASED
        );
        let last = all(&place).pop().unwrap().said().unwrap();
        assert_eq!(
            (last.action.as_str(), last.reason),
            ("forget", reason.clone())
        );
        assert_eq!(place.store.head().unwrap().generation, 1);
        holds(&place);
        // Nobody is erased twice, and nothing is written then.
        let size = place.store.head().unwrap().audit_size;
        assert_eq!(place.store.forget(&lease, "ana", &forget).unwrap(), None);
        assert_eq!(place.store.head().unwrap().audit_size, size);
        place.store.release(lease).unwrap();
        // Whoever comes back is somebody new.
        place.apply(vec![create("catalog/hr", catalog(&[]))]);
        let again = place.store.person("ana").unwrap().unwrap();
        assert_ne!(again, ana);
        assert_eq!(place.store.runs(1).unwrap()[0].actor, "ana");
        assert_eq!(place.store.runs(2).unwrap()[1].actor, ERASED);
        holds(&place);
    }
}

#[test]
fn whoever_answered_for_a_waiver_is_erased_from_the_history() {
    for mut place in Place::every() {
        let lease = lease(&mut place);
        let by = "waiver of user:ben@contoso.com and user:cleo@contoso.com";
        let new = NewRun {
            lifted: vec![Lifted {
                guard: "deletes".to_owned(),
                by: by.to_owned(),
                objects: vec!["catalog/hr".to_owned()],
            }],
            ..new_run(&*place.store, PROJECT)
        };
        let _ = place.store.begin(&lease, new).unwrap().commit().unwrap();
        let forget = act("forget", "ana", "", now());
        let erased = place.store.forget(&lease, "ben@contoso.com", &forget);
        assert!(erased.unwrap().is_some());
        let runs = place.store.runs(1).unwrap();
        assert_eq!(
            runs[0].lifted[0].by,
            "waiver of user:[erased] and user:cleo@contoso.com"
        );
        holds(&place);
    }
}

#[test]
fn an_accepted_restore_is_remembered_and_needs_the_lease() {
    for mut place in Place::every() {
        small(&mut place);
        assert_eq!(place.store.head().unwrap().restored, None);
        let lease = lease(&mut place);
        let accept = act("accept restore", "ana", "a copy", later(9));
        let before = place.store.head().unwrap();
        let head = place.store.accept_restore(&lease, &accept).unwrap();
        assert_eq!(head, place.store.head().unwrap());
        assert_eq!(head.restored, Some(later(9)));
        assert_eq!(head.seen, Some(later(9)));
        assert_eq!(head.generation, before.generation);
        assert_eq!(head.audit_size, before.audit_size + 1);
        holds(&place);
        place.store.release(lease.clone()).unwrap();
        let lost = place.store.accept_restore(&lease, &accept).err();
        assert!(matches!(lost, Some(StoreError::LeaseLost)));
        let lost = place.store.forget(&lease, "ana", &accept).err();
        assert!(matches!(lost, Some(StoreError::LeaseLost)));
        assert_eq!(place.store.head().unwrap(), head);
    }
}

#[test]
fn entries_from_before_people_had_ids_still_verify() {
    let mut place = Place::sqlite();
    small(&mut place);
    let head = place.store.head().unwrap();
    let mut chain = Chain::new(&head.lineage);
    // As format 3 wrote them: who acted stands in the entry by name.
    let hand = place.hand();
    for kept in all(&place) {
        let mut text: serde_json::Value = serde_json::from_str(&kept.text).unwrap();
        let keys = text.as_object_mut().unwrap();
        keys.remove("format");
        keys.remove("people");
        keys.insert("actor".to_owned(), json!("zoe"));
        let text = guestlist::model::canonical(&text);
        let hash = chain.append(&text);
        let params = rusqlite::params![kept.seq.cast_signed(), text, hash.as_bytes()];
        hand.execute(
            "UPDATE audit SET entry = ?2, hash = ?3 WHERE seq = ?1",
            params,
        )
        .unwrap();
    }
    let hash = chain.hash().to_string();
    hand.execute(
        "UPDATE meta SET value = ?1 WHERE key = 'audit_hash'",
        [hash],
    )
    .unwrap();
    drop(hand);
    place.apply(vec![create("catalog/hr", catalog(&[]))]);
    let entries = all(&place);
    assert!(entries[0].said().unwrap().is_plain());
    assert!(!entries.last().unwrap().said().unwrap().is_plain());
    let head = place.store.head().unwrap();
    let read = place.store.audit(0, usize::MAX).unwrap();
    let end = verify(Chain::new(&head.lineage), &read).unwrap();
    assert_eq!(end.hash().to_string(), head.audit_hash);
}

#[test]
fn an_erased_name_is_nowhere_in_the_file() {
    let mut place = Place::sqlite();
    let lease = lease(&mut place);
    let new = NewRun {
        actor: "zoe.unmistakable@contoso.com".to_owned(),
        ..new_run(&*place.store, PROJECT)
    };
    let _ = place.store.begin(&lease, new).unwrap().commit().unwrap();
    let forget = act("forget", "ana", "", now());
    let who = "zoe.unmistakable@contoso.com";
    assert!(place.store.forget(&lease, who, &forget).unwrap().is_some());
    place.store.release(lease).unwrap();
    let file = place.file();
    // The last one to close the file brings its log into it.
    place.store = Box::new(guestlist::store::memory::Memory::new("closed"));
    let bytes = std::fs::read(file).unwrap();
    let found = bytes.windows(16).any(|bytes| bytes == b"zoe.unmistakable");
    assert!(!found);
}
