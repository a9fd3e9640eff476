//! Matching the items of two sequences: what stays, moves, changes inside, comes and goes.

use serde_json::Value;
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::likeness::likeness;
use crate::model::canonical;

/// Two items at least so alike are one item that changed.
const SAME_ITEM: u64 = 500;
/// Items that face each other, as many on either side, need be no more alike than this.
const FACING: u64 = 200;
/// The most pairs that are compared; longer runs of changed items come and go as a whole.
const MOST_PAIRS: usize = 20_000;

/// What becomes of an item. Items that stay as they are have no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes, from this position before.
    Gone(usize),
    /// It comes, to this position after.
    New(usize),
    /// It stays, from one position to another, with something in it changed; its neighbours moved, not it.
    Changed(usize, usize),
    /// It goes from one position to another, past items that stay.
    Moved(usize, usize),
}

/// Returns what becomes of each item, in order.
///
/// Items that are equal and in the same order on both sides anchor the rest (a longest common subsequence). Of the rest,
/// equal ones moved; between two anchors, alike ones are one item that changed; the others go or come.
pub(super) fn align(before: &[Value], after: &[Value]) -> Vec<Fate> {
    let texts = |items: &[Value]| items.iter().map(canonical).collect::<Vec<_>>();
    let (old, new) = (texts(before), texts(after));
    let mut gaps: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    let mut open = false;
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if op.tag() == DiffTag::Equal {
            open = false;
            continue;
        }
        if !std::mem::replace(&mut open, true) {
            gaps.push((Vec::new(), Vec::new()));
        }
        if let Some((gone, come)) = gaps.last_mut() {
            gone.extend(op.old_range());
            come.extend(op.new_range());
        }
    }
    let moved = take_moved(&mut gaps, &old, &new);
    let mut fates = Vec::new();
    for (gone, come) in &gaps {
        pair(before, after, gone, come, &mut fates);
    }
    fates.extend(moved);
    fates.sort_by_key(|fate| match *fate {
        Fate::Gone(at) => (at, 0, at),
        Fate::Moved(from, at) => (at, 1, from),
        Fate::Changed(from, at) => (at, 2, from),
        Fate::New(at) => (at, 3, at),
    });
    fates
}

/// Takes equal items out of different gaps: they moved.
fn take_moved(gaps: &mut [(Vec<usize>, Vec<usize>)], old: &[String], new: &[String]) -> Vec<Fate> {
    let mut left: Vec<usize> = gaps.iter().flat_map(|(gone, _)| gone.clone()).collect();
    let mut moved = Vec::new();
    for (_, come) in gaps.iter_mut() {
        come.retain(|at| {
            let Some(found) = left.iter().position(|from| old[*from] == new[*at]) else {
                return true;
            };
            moved.push(Fate::Moved(left.remove(found), *at));
            false
        });
    }
    for (gone, _) in gaps.iter_mut() {
        gone.retain(|from| left.contains(from));
    }
    moved
}

/// Pairs items of one gap, in order on both sides, so that the pairs are as alike as can be.
fn pair(before: &[Value], after: &[Value], gone: &[usize], come: &[usize], out: &mut Vec<Fate>) {
    let mut pairs = Vec::new();
    if !gone.is_empty() && !come.is_empty() && gone.len().saturating_mul(come.len()) <= MOST_PAIRS {
        let width = come.len() + 1;
        let like: Vec<u64> = gone
            .iter()
            .flat_map(|from| come.iter().map(|at| likeness(&before[*from], &after[*at])))
            .collect();
        // best[i][j]: the most that the items from i and j on can score.
        let mut best = vec![0_u64; (gone.len() + 1) * width];
        let together = |best: &[u64], i: usize, j: usize| {
            let score = like[i * come.len() + j];
            (score >= SAME_ITEM).then(|| score + best[(i + 1) * width + j + 1])
        };
        for i in (0..gone.len()).rev() {
            for j in (0..come.len()).rev() {
                let apart = best[(i + 1) * width + j].max(best[i * width + j + 1]);
                best[i * width + j] = together(&best, i, j).unwrap_or(0).max(apart);
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < gone.len() && j < come.len() {
            let here = best[i * width + j];
            if together(&best, i, j) == Some(here) {
                pairs.push((i, j));
                (i, j) = (i + 1, j + 1);
            } else if here == best[(i + 1) * width + j] {
                i += 1;
            } else {
                j += 1;
            }
        }
        face(gone.len(), come.len(), &mut pairs, &|i, j| {
            like[i * come.len() + j] >= FACING
        });
    }
    let paired = |side: &dyn Fn(&(usize, usize)) -> usize, at: usize| {
        pairs.iter().any(|pair| side(pair) == at)
    };
    for (position, from) in gone.iter().enumerate() {
        if !paired(&|pair| pair.0, position) {
            out.push(Fate::Gone(*from));
        }
    }
    for (position, at) in come.iter().enumerate() {
        if !paired(&|pair| pair.1, position) {
            out.push(Fate::New(*at));
        }
    }
    out.extend(pairs.iter().map(|(i, j)| Fate::Changed(gone[*i], come[*j])));
}

/// Pairs what faces each other between two pairs, where there are as many on either side.
fn face(
    gone: usize,
    come: usize,
    pairs: &mut Vec<(usize, usize)>,
    alike: &dyn Fn(usize, usize) -> bool,
) {
    let mut facing = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (next_i, next_j) in pairs.iter().copied().chain([(gone, come)]) {
        if next_i - i == next_j - j {
            facing.extend((i..next_i).zip(j..next_j).filter(|(i, j)| alike(*i, *j)));
        }
        (i, j) = (next_i + 1, next_j + 1);
    }
    pairs.extend(facing);
    pairs.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fates(before: &Value, after: &Value) -> Vec<Fate> {
        let items = |value: &Value| value.as_array().expect("a list").clone();
        align(&items(before), &items(after))
    }

    #[test]
    fn an_item_put_in_between_is_one_new_item() {
        assert_eq!(
            fates(&json!(["a", "b"]), &json!(["a", "x", "b"])),
            [Fate::New(1)]
        );
    }

    #[test]
    fn an_item_that_moves_is_the_same_item() {
        assert_eq!(
            fates(&json!(["a", "b", "c", "d"]), &json!(["b", "c", "d", "a"])),
            [Fate::Moved(0, 3)]
        );
    }

    #[test]
    fn alike_items_are_one_that_changed() {
        let before =
            json!([{ "ask": "Which project do you work on?" }, { "ask": "Who invited you?" }]);
        let after = json!([{ "ask": "Your department, please" }, { "ask": "Which project do you lead or work on?" }, { "ask": "Who invited you?" }]);
        assert_eq!(fates(&before, &after), [Fate::New(0), Fate::Changed(0, 1)]);
    }

    #[test]
    fn strangers_come_and_go() {
        assert_eq!(
            fates(&json!(["abc"]), &json!(["xyz"])),
            [Fate::Gone(0), Fate::New(0)]
        );
    }
}
