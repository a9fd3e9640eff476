//! What every store promises of runs and the audit log.

use guestlist::audit::{Chain, verify};
use guestlist::model::text::Domain;
use guestlist::model::{Bodies, Kind, LiveObject, Selection};
use guestlist::plan::{Action, Lifted, OwnDomains};
use guestlist::store::{NewRun, StoreError};
use serde_json::{Value, json};

use super::small::{catalog, small};
use crate::support::store::*;

#[test]
fn runs_are_remembered_with_their_changes() {
    for mut place in Place::every() {
        small(&mut place);
        let before = place.object("organization/fabrikam");
        let after =
            json!({ "displayName": "Fabrikam", "domains": ["fabrikam.com"], "description": "x" });
        place.apply(vec![
            create("catalog/hr", catalog(&[])),
            update(&before, "organization/fabrikam", after),
        ]);
        let runs = place.store.runs(10).unwrap();
        assert_eq!(runs.len(), 2);
        assert_eq!((runs[0].generation, runs[1].generation), (2, 1));
        assert_eq!(runs[0].id, "run-0001");
        assert_eq!(runs[0].commit.as_deref(), Some("4f1c9e2"));
        assert_eq!(runs[0].started, now());
        assert_eq!(runs[1].counts, [(Action::Create, 5)]);
        assert_eq!(place.store.runs(1).unwrap(), runs[..1]);

        let (record, changes) = place.store.run("run-0001").unwrap().unwrap();
        assert_eq!(record, runs[0]);
        let actions: Vec<Action> = changes.iter().map(|change| change.action).collect();
        assert_eq!(actions, [Action::Create, Action::Update]);
        assert_eq!(changes[1].address, "organization/fabrikam");
        assert_eq!(changes[1].before.as_ref(), Some(&before.body));
        assert_eq!(
            changes[1].after,
            Some(place.object("organization/fabrikam").body)
        );
        // Two runs begin alike.
        assert_eq!(place.store.run("run-").unwrap(), None);
        assert_eq!(place.store.run("").unwrap(), None);
    }
}

#[test]
fn a_run_is_known_once() {
    for mut place in Place::every() {
        small(&mut place);
        let lease = lease(&mut place);
        let mut new = new_run(&*place.store, PROJECT);
        new.id = "run-0000".to_owned();
        let error = place.store.begin(&lease, new).err().unwrap();
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
    }
}

#[test]
fn every_change_is_in_the_audit_log_and_the_chain_holds() {
    for mut place in Place::every() {
        small(&mut place);
        let before = place.object("organization/fabrikam");
        place.apply(vec![rename(&before, "organization/fab")]);
        let head = place.store.head().unwrap();
        let entries = place.store.audit(0, usize::MAX).unwrap();
        assert_eq!(entries.len() as u64, head.audit_size);
        assert_eq!(entries.len(), 5 + 1 + 1 + 1);
        let end = verify(Chain::new(&head.lineage), &entries).unwrap();
        assert_eq!(end.hash().to_string(), head.audit_hash);
        assert_eq!(place.store.audit(3, 2).unwrap(), entries[2..4]);
        let first: Value = serde_json::from_str(&entries[0].text).unwrap();
        assert_eq!(first["action"], json!("create"));
        assert_eq!(first["address"], json!("resource/crm"));
        let ana = place.store.person("ana").unwrap().unwrap();
        assert_eq!(first["actor"], json!(format!("person:{ana}")));
        assert_eq!(
            first["after"],
            json!(place.object("resource/crm").body.digest().to_string())
        );
    }
}

#[test]
fn a_run_that_is_dropped_never_was() {
    for mut place in Place::every() {
        small(&mut place);
        let head = place.store.head().unwrap();
        let before = format!("{:?}", place.read());
        let lease = lease(&mut place);
        let new = new_run(&*place.store, PROJECT);
        let live = place.read();
        {
            let mut run = place.store.begin(&lease, new.clone()).unwrap();
            run.apply(&rename(&object(&live, "package/partner"), "package/agency"))
                .unwrap();
            run.apply(&create("catalog/hr", catalog(&[]))).unwrap();
        }
        assert_eq!(place.store.head().unwrap(), head);
        assert_eq!(format!("{:?}", place.read()), before);
        assert_eq!(place.store.runs(10).unwrap().len(), 1);
        // And another can begin.
        let mut run = place.store.begin(&lease, new).unwrap();
        run.apply(&create("catalog/hr", catalog(&[]))).unwrap();
        run.commit().unwrap();
        assert_eq!(place.read().generation, 2);
    }
}

#[test]
fn an_apply_that_is_stopped_writes_nothing() {
    for mut place in Place::every() {
        small(&mut place);
        let lease = lease(&mut place);
        let plan = plan(&*place.store, vec![create("catalog/hr", catalog(&[]))]);
        for after in 0..2 {
            let new = new_run(&*place.store, PROJECT);
            let asked = std::cell::Cell::new(0);
            let stop = || asked.replace(asked.get() + 1) == after;
            let result = guestlist::apply::apply(
                &mut *place.store,
                &plan,
                &lease,
                new,
                &stop,
                &mut |_, _| {},
            );
            assert!(matches!(
                result,
                Err(guestlist::apply::ApplyError::Interrupted)
            ));
            assert_eq!(place.read().generation, 1);
        }
    }
}

#[test]
fn deletes_are_counted_by_kind_project_and_time() {
    for mut place in Place::every() {
        small(&mut place);
        let project = |name: &str, since| place.store.deleted(name, since).unwrap();
        assert!(project(PROJECT, later(-10)).is_empty());
        let policy = place.object("policy/partner/outside");
        let fabrikam = place.object("organization/fabrikam");
        place.apply(vec![prune(&policy), prune(&fabrikam)]);
        let counted = [(Kind::Organization, 1), (Kind::Policy, 1)];
        let project = |name: &str, since| place.store.deleted(name, since).unwrap();
        assert_eq!(project(PROJECT, later(-3600)), counted.into());
        assert_eq!(project(PROJECT, now()), counted.into());
        assert!(project(PROJECT, later(3600)).is_empty());
        assert!(project("elsewhere", later(-3600)).is_empty());
    }
}

#[test]
fn what_was_lifted_is_remembered_and_audited() {
    for mut place in Place::every() {
        small(&mut place);
        let lifted = vec![Lifted {
            guard: "everything".to_owned(),
            by: "--allow-delete-all catalog".to_owned(),
            objects: vec!["catalog/hr".to_owned(), "catalog/it".to_owned()],
        }];
        let lease = place.store.lease(&ask("ana", now())).unwrap();
        let new = NewRun {
            lifted: lifted.clone(),
            ..new_run(&*place.store, PROJECT)
        };
        let id = new.id.clone();
        let _ = place.store.begin(&lease, new).unwrap().commit().unwrap();
        place.store.release(lease).unwrap();
        assert_eq!(place.store.run(&id).unwrap().unwrap().0.lifted, lifted);
        let entries = place.store.audit(0, 100).unwrap();
        let lifts: Vec<&String> = entries
            .iter()
            .map(|entry| &entry.text)
            .filter(|text| text.contains("\"lift\""))
            .collect();
        assert_eq!(lifts.len(), 2);
        assert!(lifts[1].contains("catalog/it"), "{}", lifts[1]);
        let head = place.store.head().unwrap();
        let end = verify(Chain::new(&head.lineage), &entries).unwrap();
        assert_eq!(end.hash().to_string(), head.audit_hash);
    }
}

#[test]
fn the_domains_of_our_own_people_are_remembered_for_each_project() {
    for mut place in Place::every() {
        small(&mut place);
        let domains = |texts: &[&str]| -> Vec<Domain> {
            let texts = texts.iter();
            texts.map(|text| Domain::parse(text).unwrap()).collect()
        };
        let own = |place: &Place, project| {
            let bodies = Bodies::Differing(&|_| None);
            place
                .store
                .read(&Selection { project, bodies })
                .unwrap()
                .own
        };
        assert_eq!(own(&place, PROJECT), None);
        let mut run = |project: &str, own: Option<&[&str]>, id: &str| {
            let lease = place.store.lease(&ask("ana", now())).unwrap();
            let new = NewRun {
                id: id.to_owned(),
                own: own.map(domains),
                ..new_run(&*place.store, project)
            };
            let _ = place.store.begin(&lease, new).unwrap().commit().unwrap();
            place.store.release(lease).unwrap();
        };
        run(PROJECT, Some(&["contoso.com", "contoso.example"]), "first");
        run("elsewhere", Some(&["elsewhere.example"]), "other");
        run(PROJECT, None, "as it was");
        run(
            PROJECT,
            Some(&["contoso.example", "contoso.com"]),
            "another first",
        );
        run(PROJECT, Some(&["contoso.com", "contoso.org"]), "changed");
        let now = domains(&["contoso.com", "contoso.org"]);
        assert_eq!(own(&place, PROJECT), Some(now));
        assert_eq!(
            own(&place, "elsewhere"),
            Some(domains(&["elsewhere.example"]))
        );
        place.store.prove().unwrap();
        let entries = place.store.audit(0, 100).unwrap();
        let entries = entries.iter().map(|entry| &entry.text);
        let told: Vec<_> = entries
            .filter(|text| text.contains("own domains"))
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("guests at contoso.example"), "{told:?}");
        let last = "+contoso.org -contoso.example guests at contoso.com";
        assert!(told[1].contains(last), "{told:?}");
        let (listed, by_name): (Vec<_>, Vec<_>) =
            ["first", "other", "as it was", "another first", "changed"]
                .iter()
                .map(|id| {
                    let (run, _) = place.store.run(id).unwrap().expect("a run");
                    let runs = place.store.runs(100).unwrap();
                    let listed = runs.into_iter().find(|it| it.id == *id).expect("a run");
                    (listed.own, run.own)
                })
                .unzip();
        assert_eq!(listed, by_name);
        let between = |before, after| OwnDomains::between(&domains(before), &domains(after));
        let expected = [
            None,
            None,
            None,
            between(
                &["contoso.com", "contoso.example"],
                &["contoso.example", "contoso.com"],
            ),
            between(
                &["contoso.example", "contoso.com"],
                &["contoso.com", "contoso.org"],
            ),
        ];
        assert_eq!(by_name, expected);
    }
}

#[test]
fn objects_of_other_projects_can_be_told() {
    for mut place in Place::every() {
        small(&mut place);
        let kinds = [Kind::Organization, Kind::Catalog];
        assert!(place.store.foreign(PROJECT, &kinds).unwrap().is_empty());
        let foreign = place.store.foreign("elsewhere", &kinds).unwrap();
        let mut told: Vec<(String, LiveObject)> = foreign
            .into_iter()
            .map(|foreign| (foreign.project, foreign.object))
            .collect();
        told.sort_by(|a, b| a.1.address.cmp(&b.1.address));
        let own = |address| (PROJECT.to_owned(), place.object(address));
        assert_eq!(
            told,
            [own("organization/fabrikam"), own("catalog/marketing")]
        );
    }
}
