//! The ledger: the same on every store.

use guestlist::governance::record::{
    Entity, Group, Key, Mark, ObjectId, Person, RecordId, RecordKind, Request, Review,
};
use guestlist::governance::{Activity, Actor, Decision, Desk, Moment, Range, Stop, Tenant, World};
use guestlist::store::Sitting;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::scene::{BEGIN, instant, mail};
use crate::support::store::{PROJECT, Place, at, create, forget, prune, rename, replace};

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

/// A package with a policy, in a project of its own.
fn with_package(place: &mut Place, project: &str) -> ObjectId {
    let applied = place.try_apply(
        project,
        vec![
            create("resource/crew", json!({ "group": "Crew" })),
            create("resource/board", json!({ "group": "Board" })),
            create("catalog/open", json!({ "displayName": "Open" })),
            create(
                "package/studio",
                json!({ "displayName": "Studio", "catalog": "open" }),
            ),
        ],
    );
    let _ = applied.unwrap();
    let mut found = None;
    let see = &mut |world: &dyn World| {
        found = world.at(&at("package/studio"))?.map(|thing| thing.id);
        Ok(())
    };
    place.store.look(project, see).unwrap();
    found.unwrap()
}

fn read<E: DeserializeOwned>(value: serde_json::Value) -> E {
    serde_json::from_value(value).unwrap()
}

/// A request that waits, or is over, with the groups that its stages and its approvers come by.
fn waiting(number: u64, package: ObjectId, state: &str) -> Request {
    let stage = |list: &[&str]| {
        json!({ "approvers": list, "fallback": list, "escalation": {
        "after": "P5D", "approvers": list, "fallback": list } })
    };
    read(json!({
        "number": number, "kind": "userAdd", "person": 1, "package": package, "policy": 1, "state": state,
        "created": BEGIN, "terms": { "stages": [stage(&["group:board", "group:crew"]), stage(&["group:Crew"])] },
        "stages": [{ "opened": BEGIN, "decideBy": BEGIN, "approvers": [1],
            "byGroup": [[1, "group:crew"], [1, "group:other"]] }],
    }))
}

fn round(number: u64, package: ObjectId, state: &str) -> Review {
    read(json!({
        "number": number, "package": package, "policy": 1, "round": 1, "state": state, "opens": BEGIN, "closes": BEGIN,
        "onNoResponse": "keep", "reviewers": ["group:crew", "user:ana@contoso.com"], "fallback": ["group:board"],
        "recommendations": false, "justification": false,
    }))
}

/// Every record of a kind as the store has it, the groups that it names told alone.
fn groups<E: Entity>(place: &Place) -> Vec<String> {
    let mut found = Vec::new();
    let see = &mut |world: &dyn World| {
        found.clear();
        for number in world.numbers(E::KIND, 0, 10)? {
            let id = RecordId {
                kind: E::KIND,
                number,
            };
            let body = world.record(id)?.unwrap().body();
            let parts = body.split('"').filter(|part| part.starts_with("group:"));
            found.push(parts.collect::<Vec<_>>().join(" "));
        }
        Ok(())
    };
    place.store.look(PROJECT, see).unwrap();
    found
}

#[test]
fn what_waits_for_a_group_follows_its_new_name_and_what_is_over_stays() {
    for mut place in Place::every() {
        let ours = with_package(&mut place, PROJECT);
        let theirs = with_package(&mut place, "fabrikam");
        let _ = decide(&mut place, &|desk| {
            let mut person = Person::applicant(1, mail("zoe@wingtip.example"), "Zoe".to_owned());
            person.sponsors = read(json!(["group:board", "group:Crew", "group:crew"]));
            desk.put(Activity::AddUser, &person)?;
            for (number, package, state) in [
                (1, ours, "pendingApproval"),
                (2, ours, "denied"),
                (3, theirs, "pendingApproval"),
                (4, ours, "scheduled"),
            ] {
                desk.put(Activity::UserRequests, &waiting(number, package, state))?;
            }
            for (number, package, state) in [
                (1, ours, "inProgress"),
                (2, ours, "completed"),
                (3, theirs, "starting"),
            ] {
                desk.put(Activity::CreateReview, &round(number, package, state))?;
            }
            Ok(())
        });
        let (requests, rounds) = (groups::<Request>(&place), groups::<Review>(&place));
        let told = place.store.audit(1, 100).unwrap();
        // The two exchange their names.
        place.apply(vec![
            rename(&place.object("resource/crew"), "resource/board"),
            rename(&place.object("resource/board"), "resource/crew"),
        ]);
        let now = groups::<Request>(&place);
        let list = "group:board group:crew ".repeat(4);
        let (other, is_crews) = ("group:Crew ".repeat(4), "group:board group:other");
        assert_eq!(now[0], format!("{list}{other}{is_crews}"));
        assert_eq!((&now[1], &now[2]), (&requests[1], &requests[2]));
        assert_eq!(now[3], now[0]);
        let now = groups::<Review>(&place);
        assert_eq!(now[0], "group:board group:crew");
        assert_eq!(now[1..], rounds[1..]);
        assert_eq!(
            groups::<Person>(&place),
            ["group:crew group:Crew group:board"]
        );
        // Under the new name alone.
        place.apply(vec![rename(
            &place.object("resource/board"),
            "resource/squad",
        )]);
        assert_eq!(groups::<Review>(&place)[0], "group:squad group:crew");
        assert_eq!(
            groups::<Person>(&place),
            ["group:crew group:Crew group:squad"]
        );
        let mut sponsored = 0;
        let see = &mut |world: &dyn World| {
            let of = |name: &str| Key::new().text(name);
            sponsored = world.count(Mark::PersonSponsor, &of("group:squad"))?;
            assert_eq!(world.count(Mark::PersonSponsor, &of("group:board"))?, 0);
            Ok(())
        };
        place.store.look(PROJECT, see).unwrap();
        assert_eq!(sponsored, 1);
        // What was told stays told, and the store proves it.
        let entries = place.store.audit(1, 100).unwrap();
        assert_eq!(entries[..told.len()], told);
        assert_eq!(entries.len(), told.len() + 3 + 2);
        place.store.prove().unwrap();
    }
}

/// A run that is dropped leaves what waits as it was.
#[test]
fn what_waits_stays_where_a_rename_does_not_commit() {
    for mut place in Place::every() {
        let ours = with_package(&mut place, PROJECT);
        let _ = decide(&mut place, &|desk| {
            Ok(desk.put(Activity::UserRequests, &waiting(1, ours, "pendingApproval"))?)
        });
        let before = groups::<Request>(&place);
        let taken = vec![
            rename(&place.object("resource/crew"), "resource/squad"),
            rename(&place.object("resource/board"), "resource/squad"),
        ];
        assert!(place.try_apply(PROJECT, taken).is_err());
        assert_eq!(groups::<Request>(&place), before);
    }
}
