//! How alike two values are: what makes a changed item of a sequence the same item, changed.

use serde_json::Value;
use similar::TextDiff;

use crate::model::canonical;

/// What equal values score. Whole numbers, so that the same input gives the same plan everywhere.
pub(super) const EQUAL: u64 = 1000;

/// Returns how alike two values are, from 0 to [`EQUAL`].
///
/// In a mapping, long values count for more than short ones: a question is told by its text, not by its switches.
pub(super) fn likeness(before: &Value, after: &Value) -> u64 {
    if before == after {
        return EQUAL;
    }
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let gone = before.iter().filter(|(key, _)| !after.contains_key(*key));
            let mut weights: u64 = gone.map(|(_, value)| weight(value)).sum();
            let mut score = 0;
            for (key, value) in after {
                let Some(other) = before.get(key) else {
                    weights += weight(value);
                    continue;
                };
                let weight = weight(value).max(weight(other));
                weights += weight;
                score += weight * likeness(other, value);
            }
            score.checked_div(weights).unwrap_or(EQUAL)
        }
        (Value::Array(before), Value::Array(after)) => {
            let mut left: Vec<String> = before.iter().map(canonical).collect();
            let mut common = 0;
            for item in after.iter().map(canonical) {
                if let Some(at) = left.iter().position(|other| *other == item) {
                    left.swap_remove(at);
                    common += 1;
                }
            }
            (2 * EQUAL * common)
                .checked_div((before.len() + after.len()) as u64)
                .unwrap_or(EQUAL)
        }
        (Value::String(before), Value::String(after)) => texts(before, after),
        _ => 0,
    }
}

fn weight(value: &Value) -> u64 {
    canonical(value).len() as u64
}

/// Returns how alike two texts are: by words where both have several, by characters otherwise.
pub(super) fn texts(before: &str, after: &str) -> u64 {
    let several = |text: &str| text.split_whitespace().nth(1).is_some();
    let (common, all) = if several(before) && several(after) {
        let words = |text| str::split_whitespace(text).collect::<Vec<_>>();
        let (before, after) = (words(before), words(after));
        let diff = TextDiff::from_slices(&before, &after);
        (common(diff.ops()), before.len() + after.len())
    } else {
        let diff = TextDiff::from_chars(before, after);
        let length = before.chars().count() + after.chars().count();
        (common(diff.ops()), length)
    };
    (2 * EQUAL * common as u64)
        .checked_div(all as u64)
        .unwrap_or(EQUAL)
}

fn common(ops: &[similar::DiffOp]) -> usize {
    ops.iter()
        .filter(|op| op.tag() == similar::DiffTag::Equal)
        .map(|op| op.old_range().len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_question_is_told_by_its_text() {
        let question = |ask: &str, required: bool| json!({ "ask": ask, "editable": false, "required": required });
        let first = question("Which project do you work on?", false);
        assert!(likeness(&first, &question("Which project do you work on?", true)) > 800);
        assert!(
            likeness(
                &first,
                &question("Which of our projects do you work on?", false)
            ) > 500
        );
        assert!(likeness(&first, &question("Have you signed an agreement?", false)) < 500);
    }

    #[test]
    fn nothing_is_like_itself() {
        assert_eq!(likeness(&json!({}), &json!({})), EQUAL);
        assert_eq!(likeness(&json!([]), &json!([1])), 0);
        assert_eq!(texts("", ""), EQUAL);
    }
}
