//! Laws of the ways back: from a store to files, and from a run to what was before it.

use guestlist::load::print::{Printable, print};
use guestlist::plan::{Asks, Owned, Was, build, undo};
use proptest::prelude::*;

use super::applying::{KEPT, RENAMED, loaded, objects, reconcile};
use super::{Files, cases, desired};
use crate::support::store::{PROJECT, Place};
use crate::support::trees::{self, Tree};

/// What a project owns, written into files.
fn imported(place: &Place) -> Files {
    let objects: Vec<Printable> = objects(&place.read())
        .into_iter()
        .map(|(address, (_, body))| Printable {
            address,
            body,
            adopt: None,
        })
        .collect();
    let printed = print(&objects);
    assert_eq!(printed.left, [], "everything has a place");
    let files = printed.files.into_iter();
    files.map(|file| (file.path, file.text)).collect()
}

fn owned(place: &Place) -> Owned {
    let objects = objects(&place.read()).into_iter();
    objects
        .map(|(address, (id, body))| (address, Was { id, body }))
        .collect()
}

/// An import of an applied tree plans empty, after one apply and after the next.
fn import_plans_empty(mut place: Place, first: &Tree, second: &Tree) -> Result<(), TestCaseError> {
    for tree in [first, second] {
        let _ = reconcile(&mut place, PROJECT, &loaded(tree));
        if objects(&place.read()).is_empty() {
            continue;
        }
        let files = imported(&place);
        let again = desired(&files);
        let plan = build(&again, &place.read(), &Asks::default());
        prop_assert!(plan.is_empty(), "{:#?}\n{files:?}", plan.changes);
        prop_assert_eq!(again.objects().len(), place.read().bound().len());
    }
    Ok(())
}

/// Undoing a run gives what was before it: the same bodies at the same addresses, of the same objects where they are there.
fn undoing_gives_what_was(
    mut place: Place,
    first: &Tree,
    second: &Tree,
) -> Result<(), TestCaseError> {
    let _ = reconcile(&mut place, PROJECT, &loaded(first));
    let before = owned(&place);
    let plan = reconcile(&mut place, PROJECT, &loaded(second));
    if plan.is_empty() {
        return Ok(());
    }
    let newest = place.store.runs(1).expect("runs")[0].id.clone();
    let (_, changes) = place
        .store
        .run(&newest)
        .expect("a run")
        .expect("it is there");
    let now = owned(&place);
    let undone = undo(now.clone(), &changes).expect("the record can be read");
    let bodies = |owned: &Owned| -> Vec<_> {
        let all = owned.iter();
        all.map(|(address, was)| (address.clone(), was.body.clone()))
            .collect()
    };
    prop_assert_eq!(bodies(&undone), bodies(&before));
    for (address, was) in &undone {
        if now.values().any(|now| now.id == was.id) {
            prop_assert_eq!(&before[address].id, &was.id, "{}", address);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn an_import_of_an_applied_tree_plans_empty((first, second) in trees::pairs()) {
        let (first, second) = (Tree::of(first, KEPT), Tree::of(second, RENAMED));
        import_plans_empty(Place::memory(), &first, &second)?;
    }

    #[test]
    fn undoing_a_run_gives_what_was_before_it_in_memory((first, second) in trees::pairs()) {
        let (first, second) = (Tree::of(first, KEPT), Tree::of(second, RENAMED));
        undoing_gives_what_was(Place::memory(), &first, &second)?;
    }
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn undoing_a_run_gives_what_was_before_it_in_a_file((first, second) in trees::pairs()) {
        let (first, second) = (Tree::of(first, KEPT), Tree::of(second, RENAMED));
        undoing_gives_what_was(Place::sqlite(), &first, &second)?;
    }
}
