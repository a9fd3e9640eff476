//! Laws of lints, over generated trees.

use guestlist::lint::{Finding, LINTS, Levels, lint, misnamed};
use guestlist::model::text::{Line, Principal};
use guestlist::model::{Desired, Origin, Waiver};
use proptest::prelude::*;

use super::{cases, desired};
use crate::support::layout::print;
use crate::support::store::{later, now};
use crate::support::trees::{self, Tree, Wanted};

const EVERYTHING: Wanted = Wanted {
    renames: true,
    unmanaged: true,
    protection: true,
};

fn told(finding: &Finding<'_>) -> String {
    let Finding {
        lint,
        spot,
        message,
        related,
        ..
    } = finding;
    let related: Vec<String> = related
        .iter()
        .map(|(spot, note)| format!("{} {} {note}", spot.of.address, spot.at))
        .collect();
    format!(
        "{} {} {} {message} {related:?}",
        lint.code, spot.of.address, spot.at
    )
}

/// Returns everything that lints say of a tree.
fn all(desired: &Desired) -> Vec<String> {
    let linted = lint(desired, &Levels::default(), &[], now());
    assert_eq!(linted.asked.len(), LINTS.len());
    linted.findings.iter().map(told).collect()
}

fn waiver(finding: &Finding<'_>) -> Waiver {
    Waiver {
        rule: Line::parse(finding.lint.code.id).expect("a line"),
        address: finding.spot.of.address.clone(),
        reason: Line::parse("agreed").expect("a line"),
        by: Principal::parse("user:ana@contoso.com").expect("a person"),
        until: later(60),
        origin: Origin {
            path: "tree.yaml".into(),
            line: 1,
        },
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn findings_depend_on_what_is_declared_alone(bytes in trees::bytes(), layout in prop::collection::vec(any::<u8>(), 0..1500)) {
        let tree = Tree::of(bytes, EVERYTHING);
        let (plain, other) = (desired(&print(&tree, Vec::new())), desired(&print(&tree, layout)));
        let found = all(&plain);
        prop_assert_eq!(&found, &all(&plain));
        // The items of a set may stand in another order.
        let without_places = |found: &[String]| {
            let digits = |c: char| c.is_ascii_digit();
            let mut found: Vec<String> = found.iter().map(|one| one.replace(digits, "")).collect();
            found.sort();
            found
        };
        prop_assert_eq!(without_places(&found), without_places(&all(&other)));
    }

    #[test]
    fn waivers_for_all_findings_silence_all_and_each_of_them_is_needed(bytes in trees::bytes()) {
        let mut tree = desired(&print(&Tree::of(bytes, EVERYTHING), Vec::new()));
        tree.waivers.clear();
        let levels = Levels::default();
        let found = lint(&tree, &levels, &[], now());
        let (count, waivers) = (found.findings.len(), found.findings.iter().map(waiver).collect());
        tree.waivers = waivers;
        let silent = lint(&tree, &levels, &[], now());
        prop_assert_eq!(silent.waived, count);
        prop_assert!(silent.findings.is_empty() && silent.idle.is_empty());
        // A waiver that is for another lint silences nothing, and is told.
        if let Some(first) = tree.waivers.first_mut() {
            first.rule = Line::parse("no-such-lint").expect("a line");
            let (rule, address) = (first.rule.clone(), first.address.clone());
            let told = misnamed(&tree.waivers);
            let is_told = told.iter().any(|one| one.waiver.rule == rule && one.waiver.address == address);
            prop_assert!(is_told);
        }
    }

    #[test]
    fn nothing_is_said_of_what_the_tree_leaves_as_it_is(bytes in trees::bytes()) {
        let tree = desired(&print(&Tree::of(bytes, EVERYTHING), Vec::new()));
        for finding in &lint(&tree, &Levels::default(), &[], now()).findings {
            let related = finding.related.iter().map(|(spot, _)| spot);
            for spot in std::iter::once(&finding.spot).chain(related) {
                let left = |key: &str| spot.of.unmanaged().iter().any(|one| one == key);
                prop_assert!(!spot.at.attribute().is_some_and(left), "{}", told(finding));
            }
        }
    }
}
