//! The ledger: the same on every store.

use guestlist::governance::record::{Group, Key, Mark, RecordKind};
use guestlist::governance::{Activity, Actor, Decision, Desk, Moment, Range, Stop, Tenant, World};
use guestlist::store::Sitting;
use jiff::tz::TimeZone;
use serde_json::json;

use super::scene::{BEGIN, instant};
use crate::support::store::{PROJECT, Place, create, forget, prune, replace};

fn group(number: u64, name: &str) -> Group {
    Group {
        number,
        name: name.to_owned(),
        mail: None,
        rule: None,
        guests: true,
        owners: Vec::new(),
        managed: None,
    }
}

fn moment() -> Moment {
    Moment {
        now: instant(BEGIN),
        actor: Actor::Operator("root".to_owned()),
        tenant: Tenant {
            name: "Contoso".to_owned(),
            domains: Vec::new(),
            zone: TimeZone::UTC,
            portal: String::new(),
        },
        given: true,
        seed: [0; 32],
    }
}

fn decide(place: &mut Place, act: &dyn Fn(&mut Desk<'_>) -> Result<(), Stop>) -> Decision {
    let moment = moment();
    let sitting = Sitting {
        project: PROJECT,
        now: moment.now,
        actor: "root",
        via: "test",
        id: "1",
    };
    let decided = place.store.decide(&sitting, &mut |world| {
        let mut desk = Desk::new(world, &moment);
        act(&mut desk)?;
        Ok(desk.decided())
    });
    decided.unwrap().unwrap()
}

fn names(place: &Place, range: &Range) -> Vec<String> {
    let moment = moment();
    let mut names = Vec::new();
    place
        .store
        .look(PROJECT, &mut |world| {
            let groups = Desk::new(world, &moment).some::<Group>(range)?;
            names = groups.into_iter().map(|group| group.name).collect();
            Ok(())
        })
        .unwrap();
    names
}

#[test]
fn records_are_found_by_their_marks_until_they_change() {
    for mut place in Place::every() {
        let _ = decide(&mut place, &|desk| {
            for name in ["Alpha", "Alpine", "Beta"] {
                let number = desk.fresh::<Group>()?;
                desk.put(Activity::AddGroup, &group(number, name))?;
            }
            Ok(())
        });
        let all = Range::of(Mark::GroupName, Key::new());
        assert_eq!(names(&place, &all), ["Alpha", "Alpine", "Beta"]);
        assert_eq!(names(&place, &all.clone().most(2)), ["Alpha", "Alpine"]);
        let one = Range::of(Mark::GroupName, Key::new().text("ALPINE"));
        assert_eq!(names(&place, &one), ["Alpine"]);

        let _ = decide(&mut place, &|desk| {
            desk.put(Activity::UpdateGroup, &group(2, "Gamma"))?;
            let first = desk.need::<Group>(1)?;
            desk.remove(Activity::DeleteGroup, &first)?;
            // The same decision sees what it has decided.
            let all = desk.find::<Group>(Mark::GroupName, &Key::new())?;
            assert_eq!(all.len(), 2);
            Ok(())
        });
        assert_eq!(names(&place, &all), ["Beta", "Gamma"]);
        assert!(names(&place, &one).is_empty());
    }
}

#[test]
fn changes_of_applies_tell_what_is_gone_and_what_was_let_go() {
    for mut place in Place::every() {
        let own = |name: &str| json!({ "displayName": name });
        for name in ["a", "b", "c"] {
            place.apply(vec![create(&format!("catalog/{name}"), own(name))]);
        }
        let moved = |place: &Place, after: u64| {
            let mut moved = Vec::new();
            let see = &mut |world: &dyn World| {
                moved = world.changed(after, 10)?;
                Ok(())
            };
            place.store.look(PROJECT, see).unwrap();
            moved
        };
        let first = moved(&place, 0);
        assert_eq!(first.len(), 3);
        assert!(first.iter().all(|moved| moved.is_there && !moved.is_gone));
        let last = first[2].change;
        let object = |name: &str| place.object(&format!("catalog/{name}"));
        let (a, b, c) = (object("a"), object("b"), object("c"));
        place.apply(vec![replace(&a, "catalog/a", own("new"))]);
        place.apply(vec![prune(&b)]);
        place.apply(vec![forget(&c)]);
        let later = moved(&place, last);
        let seen: Vec<_> = later
            .iter()
            .map(|moved| (moved.is_there, moved.is_gone))
            .collect();
        assert_eq!(
            seen,
            [(false, true), (true, false), (false, true), (false, false)]
        );
        assert_eq!(later[0].object, first[0].object);
        assert_eq!(later[2].object, first[1].object);
    }
}

#[test]
fn a_number_is_never_given_twice() {
    for mut place in Place::every() {
        for expected in 1..=3 {
            let _ = decide(&mut place, &|desk| {
                let number = desk.fresh::<Group>()?;
                assert_eq!(number, expected);
                Ok(desk.put(Activity::AddGroup, &group(number, "Alpha"))?)
            });
            let _ = decide(&mut place, &|desk| {
                let gone = desk.need::<Group>(expected)?;
                Ok(desk.remove(Activity::DeleteGroup, &gone)?)
            });
        }
    }
}

#[test]
fn each_event_is_one_audit_entry_and_a_refusal_is_none() {
    for mut place in Place::every() {
        let decision = decide(&mut place, &|desk| {
            desk.put(Activity::AddGroup, &group(1, "Alpha"))?;
            Ok(desk.put(Activity::UpdateGroup, &group(1, "Beta"))?)
        });
        assert_eq!((decision.events.len(), decision.writes.len()), (2, 1));
        let entries = place.store.audit(1, 10).unwrap();
        assert_eq!(entries.len(), 2);
        assert!(entries[0].text.contains("\"Add group\""));
        let range = Range::of(Mark::GroupName, Key::new());
        assert_eq!(names(&place, &range), ["Beta"]);
        let mut numbers = Vec::new();
        place
            .store
            .look(PROJECT, &mut |world| {
                numbers = world.numbers(RecordKind::Group, 0, 10)?;
                Ok(())
            })
            .unwrap();
        assert_eq!(numbers, [1]);
    }
}
