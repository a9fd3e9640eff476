//! Laws of pictures, over generated trees.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::model::{Desired, Kind};
use guestlist::render::picture::{
    EDGES, Focus, Picture, Renames, TEXT, changed, dot, draw, mermaid, svg,
};
use proptest::prelude::*;
use regex::Regex;

use super::applying::{KEPT, loaded};
use super::cases;
use crate::support::trees::{self, Tree};

fn picture(desired: &Desired) -> Picture {
    let objects = desired.objects().iter();
    draw(
        "all".to_owned(),
        objects.map(|one| (&one.address, &*one.object)),
        Focus::default(),
    )
}

/// The boxes of an SVG: left, top, right, bottom.
fn boxes(svg: &str) -> Vec<[i64; 4]> {
    let pattern = r#"class="box" x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)""#;
    let pattern = Regex::new(pattern).expect("an expression");
    let found = pattern.captures_iter(svg).map(|found| {
        let number = |at: usize| found[at].parse::<i64>().expect("a number");
        let (x, y) = (number(1), number(2));
        [x, y, x + number(3), y + number(4)]
    });
    found.collect()
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_picture_shows_everything_that_is_declared(bytes in trees::bytes()) {
        let desired = loaded(&Tree::of(bytes, KEPT));
        let picture = picture(&desired);
        for one in desired.objects() {
            let key = one.address.to_string();
            match one.address.kind() {
                Kind::Organization | Kind::Package | Kind::Policy | Kind::Resource => {
                    prop_assert!(picture.nodes.contains_key(&key), "{}", key);
                }
                Kind::Catalog => prop_assert!(picture.groups.contains_key(&key), "{}", key),
                _ => prop_assert!(!picture.nodes.contains_key(&key), "{}", key),
            }
            if one.address.kind() == Kind::Policy {
                let asked = picture.edges.keys().filter(|(_, to)| *to == key).count();
                prop_assert!(asked > 0, "nobody has {}", key);
            }
        }
        for (from, to) in picture.edges.keys() {
            prop_assert!(picture.nodes.contains_key(from) && picture.nodes.contains_key(to));
        }
    }

    #[test]
    fn every_format_draws_each_box_once(bytes in trees::bytes()) {
        let desired = loaded(&Tree::of(bytes, KEPT));
        let picture = picture(&desired);
        let (text, left) = mermaid(&picture);
        prop_assert!(text.chars().count() <= TEXT);
        let shown = Regex::new(r"(?m)^ +(n\d+)[(\[{]").expect("an expression");
        let ids: Vec<&str> = shown.captures_iter(&text).filter_map(|found| found.get(1)).map(|id| id.as_str()).collect();
        prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        if left.is_none() {
            prop_assert_eq!(ids.len(), picture.nodes.len());
        } else {
            prop_assert!(ids.len() < picture.nodes.len() || picture.edges.len() > EDGES);
        }
        let text = dot(&picture);
        let shown = Regex::new(r"(?m)^ +(n\d+) \[label").expect("an expression");
        let ids: BTreeSet<&str> = shown.captures_iter(&text).filter_map(|found| found.get(1)).map(|id| id.as_str()).collect();
        prop_assert_eq!(ids.len(), picture.nodes.len());
        prop_assert_eq!(text.matches(" -> ").count(), picture.edges.len());
        let text = svg(&picture);
        let boxes = boxes(&text);
        prop_assert_eq!(boxes.len(), picture.nodes.len());
        prop_assert_eq!(text.matches("<path class=\"line").count(), picture.edges.len());
        let size = Regex::new(r#"viewBox="0 0 (\d+) (\d+)""#).expect("an expression");
        let size = size.captures(&text).expect("a size");
        let (width, height): (i64, i64) = (size[1].parse().expect("a width"), size[2].parse().expect("a height"));
        for (at, a) in boxes.iter().enumerate() {
            prop_assert!(a[0] >= 0 && a[1] >= 0 && a[2] <= width && a[3] <= height, "{:?} of {}×{}", a, width, height);
            for b in &boxes[at + 1..] {
                let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
                prop_assert!(apart, "{:?} lies on {:?}", a, b);
            }
        }
    }

    #[test]
    fn what_does_not_change_is_not_drawn((first, second) in trees::pairs()) {
        let (first, second) = (loaded(&Tree::of(first, KEPT)), loaded(&Tree::of(second, KEPT)));
        let (before, after) = (picture(&first), picture(&second));
        let same = changed(before.clone(), before.clone(), &Renames::new(), &BTreeMap::new(), &[]);
        prop_assert!(same.is_empty());
        let both = changed(before.clone(), after.clone(), &Renames::new(), &BTreeMap::new(), &[]);
        for (ends, edge) in &both.edges {
            let (was, is) = (before.edges.get(ends), after.edges.get(ends));
            prop_assert_eq!(edge.mark.is_none(), was == is, "{:?}", ends);
        }
    }
}
