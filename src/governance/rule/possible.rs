//! Whether anybody at all can fit several rules: whom one matches and another does not.
//!
//! A rule is a formula over comparisons. Each way to make the rules as they are wanted is a list of comparisons, and those of
//! one property are met together or not at all: by a value that one of them names, or, where none has to be the one, by a text
//! made of what must stand in it, with a letter between that no rule knows. Whatever such a text breaks, every other breaks
//! too. Only patterns are not looked into: what stands beside one is taken to be possible unless it is named.

use std::collections::BTreeSet;

use super::{Rule, compare, is_negated};
use crate::model::rule::{Operator, TRUTHS, Test, Value};

/// How many comparisons are looked at before somebody is taken to fit.
const STEPS: u32 = 20_000;

/// Returns false when nobody can be for whom each of some rules is as wanted: `true` for one that is to match. Who cannot be
/// ruled out may be there, so that in doubt the answer is true.
#[must_use]
pub fn is_possible(rules: &[(&Rule, bool)]) -> bool {
    let mut steps = STEPS;
    met(&mut rules.to_vec(), &mut Vec::new(), &mut steps)
}

/// A comparison and whether it is to hold.
#[derive(Debug, Clone, Copy)]
struct Literal<'r> {
    test: &'r Test,
    /// Of a property with several values: whether every value is compared.
    each: Option<bool>,
    wanted: bool,
}

impl<'r> Literal<'r> {
    /// Returns the operator without its negation, and whether that is to hold.
    const fn plainly(&self) -> (Operator, bool) {
        let operator = match self.test.operator {
            Operator::NotEqual => Operator::Equal,
            Operator::NotStartsWith => Operator::StartsWith,
            Operator::NotContains => Operator::Contains,
            Operator::NotMatch => Operator::Match,
            Operator::NotIn => Operator::In,
            plain => plain,
        };
        (operator, self.wanted != is_negated(self.test.operator))
    }

    /// Returns the text that must begin or be part of the value.
    fn part(&self, of: Operator) -> Option<&'r str> {
        match (self.plainly(), &self.test.value) {
            ((operator, true), Value::Text(text)) if operator == of => Some(text),
            _ => None,
        }
    }

    /// Returns the pattern, and whether it is to match.
    fn pattern(&self) -> Option<(&'r str, bool)> {
        match &self.test.value {
            Value::Pattern(pattern) => Some((pattern.as_str(), self.plainly().1)),
            _ => None,
        }
    }

    /// Returns true for a comparison that holds for values that it names alone.
    fn is_named(&self) -> bool {
        let finite = matches!(self.plainly(), (Operator::Equal | Operator::In, true));
        finite || self.test.property == "userType"
    }
}

/// Makes rules as wanted one after the other, and comparisons of them together.
fn met<'r>(
    todo: &mut Vec<(&'r Rule, bool)>,
    chosen: &mut Vec<Literal<'r>>,
    steps: &mut u32,
) -> bool {
    let Some((rule, wanted)) = todo.pop() else {
        return true;
    };
    let is_met = match rule {
        Rule::Not(rule) => {
            todo.push((rule, !wanted));
            let is_met = met(todo, chosen, steps);
            todo.pop();
            is_met
        }
        Rule::And(rules) | Rule::Or(rules) if matches!(rule, Rule::And(_)) == wanted => {
            let before = todo.len();
            todo.extend(rules.iter().map(|rule| (rule, wanted)));
            let is_met = met(todo, chosen, steps);
            todo.truncate(before);
            is_met
        }
        Rule::And(rules) | Rule::Or(rules) => rules.iter().any(|rule| {
            todo.push((rule, wanted));
            let is_met = met(todo, chosen, steps);
            todo.pop();
            is_met
        }),
        Rule::Test(test) | Rule::Each { test, .. } => {
            let each = match rule {
                Rule::Each { all, .. } => Some(*all),
                _ => None,
            };
            match steps.checked_sub(1) {
                None => return true,
                Some(left) => *steps = left,
            }
            chosen.push(Literal { test, each, wanted });
            let is_met = together(chosen, &test.property) && met(todo, chosen, steps);
            chosen.pop();
            is_met
        }
    };
    todo.push((rule, wanted));
    is_met
}

/// Returns false when no value of a property, or no list of values, meets the comparisons of it.
fn together(chosen: &[Literal<'_>], property: &str) -> bool {
    let of = chosen.iter().filter(|it| it.test.property == property);
    let (several, one): (Vec<Literal<'_>>, Vec<Literal<'_>>) =
        of.copied().partition(|it| it.each.is_some());
    if !is_met_by_one(property, &one, true) {
        return false;
    }
    // Some value must be one way, or every value: each that must be somewhere is held against what counts for all.
    let (some, every): (Vec<Literal<'_>>, Vec<Literal<'_>>) = several
        .into_iter()
        .partition(|it| it.each != Some(it.wanted));
    some.iter().all(|one| {
        let with: Vec<Literal<'_>> = every.iter().chain([one]).copied().collect();
        is_met_by_one(property, &with, false)
    })
}

/// Returns false when no value meets comparisons. `unset` tells whether none at all may.
fn is_met_by_one(property: &str, literals: &[Literal<'_>], unset: bool) -> bool {
    if literals.is_empty() {
        return true;
    }
    let holds = |text: Option<&str>, truth: Option<bool>, but_patterns: bool| {
        let mut counted = literals
            .iter()
            .filter(|it| !but_patterns || it.pattern().is_none());
        counted.all(|it| compare(it.test, text, || truth) == it.wanted)
    };
    if TRUTHS.contains(&property) {
        let none = property != "accountEnabled" && holds(None, None, false);
        return none || [true, false].iter().any(|it| holds(None, Some(*it), false));
    }
    let always = [
        "mail",
        "displayName",
        "userPrincipalName",
        "userType",
        "objectId",
    ];
    if unset && !always.contains(&property) && holds(None, None, false) {
        return true;
    }
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for literal in literals {
        match &literal.test.value {
            Value::Text(text) => named.extend([text.as_str()]),
            Value::List(list) => named.extend(list.iter().map(String::as_str)),
            Value::Null | Value::Bool(_) | Value::Pattern(_) => {}
        }
    }
    if property == "userType" {
        named = BTreeSet::from(["member", "guest"]);
    }
    let mut values = named.iter().filter(|text| !text.is_empty());
    if values.any(|text| holds(Some(text), None, false)) {
        return true;
    }
    if literals.iter().any(Literal::is_named) {
        return false;
    }
    let patterns: BTreeSet<(&str, bool)> = literals.iter().filter_map(Literal::pattern).collect();
    if patterns
        .iter()
        .any(|(text, wanted)| patterns.contains(&(*text, !wanted)))
    {
        return false;
    }
    let starts = literals
        .iter()
        .filter_map(|it| it.part(Operator::StartsWith));
    let start = starts.max_by_key(|text| text.len()).unwrap_or_default();
    let strange = ('\u{e000}'..).find(|letter| !named.iter().any(|text| text.contains(*letter)));
    let strange = strange.map(String::from).unwrap_or_default();
    let mut text = format!("{start}{strange}");
    for part in literals.iter().filter_map(|it| it.part(Operator::Contains)) {
        text.push_str(part);
        text.push_str(&strange);
    }
    holds(Some(&text), None, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(rules: &[(&str, bool)]) -> bool {
        let read = rules
            .iter()
            .map(|(rule, wanted)| (Rule::parse(rule), *wanted));
        let read: Vec<(Rule, bool)> = read
            .map(|(rule, wanted)| (rule.expect("a rule"), wanted))
            .collect();
        let all: Vec<(&Rule, bool)> = read.iter().map(|(rule, wanted)| (rule, *wanted)).collect();
        is_possible(&all)
    }

    /// Every text of up to five letters, of which no rule knows one.
    fn texts() -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..5 {
            let longer = last
                .iter()
                .flat_map(|text| ["a", "b", "z"].map(|it| format!("{text}{it}")));
            last = longer.collect();
            all.extend(last.clone());
        }
        all
    }

    #[test]
    fn comparisons_of_a_text_are_met_if_and_only_if_some_text_meets_them() {
        let named = ["a", "b", "ab", "ba"];
        let operators = [
            "-eq",
            "-ne",
            "-startsWith",
            "-notStartsWith",
            "-contains",
            "-notContains",
        ];
        let mut tests: Vec<String> = Vec::new();
        for operator in operators {
            tests.extend(
                named
                    .iter()
                    .map(|text| format!("user.city {operator} \"{text}\"")),
            );
        }
        tests.extend([
            "user.city -in [\"a\", \"ab\"]".to_owned(),
            "user.city -eq null".to_owned(),
        ]);
        let texts = texts();
        let holds = |rule: &str| -> Vec<bool> {
            let Rule::Test(test) = Rule::parse(rule).expect("a rule") else {
                panic!("{rule} is one comparison");
            };
            let given = |text: &str| match text {
                "" => compare(&test, None, || None),
                text => compare(&test, Some(text), || None),
            };
            texts.iter().map(|text| given(text)).collect()
        };
        let all: Vec<(String, Vec<bool>)> =
            tests.iter().map(|it| (it.clone(), holds(it))).collect();
        let (mut possible, mut not) = (0, 0);
        for (one, of_one) in &all {
            for (two, of_two) in &all {
                for (three, of_three) in &all {
                    let mut every = of_one.iter().zip(of_two).zip(of_three);
                    let wanted = every.any(|((one, two), three)| *one && *two && !*three);
                    let told = is(&[(one, true), (two, true), (three, false)]);
                    assert_eq!(told, wanted, "{one} and {two}, not {three}");
                    possible += u32::from(wanted);
                    not += u32::from(!wanted);
                }
            }
        }
        assert!(possible > 1_000 && not > 1_000, "{possible} {not}");
    }

    #[test]
    fn whom_one_rule_matches_and_not_the_other() {
        let sales = "user.department -eq \"Sales\"";
        let guests = "user.userType -eq \"Guest\"";
        let pattern = "user.mail -match \"^a.*b$\"";
        for (rules, told) in [
            (&[(sales, true), (sales, false)][..], false),
            (
                &[(sales, true), ("user.department -eq 'sales'", false)],
                false,
            ),
            (
                &[("user.department -in ['Sales']", true), (sales, false)],
                false,
            ),
            (
                &[
                    ("user.department -in ['Sales', 'Legal']", true),
                    (sales, false),
                ],
                true,
            ),
            (
                &[(guests, true), ("user.userType -eq 'Member'", true)],
                false,
            ),
            (
                &[(guests, false), ("user.userType -ne 'Member'", true)],
                false,
            ),
            (&[("user.objectId -ne null", false)], false),
            (&[("user.city -ne null", false)], true),
            (
                &[
                    ("user.accountEnabled -eq true", false),
                    ("user.accountEnabled -eq false", false),
                ],
                false,
            ),
            (
                &[
                    ("user.dirSyncEnabled -eq true", false),
                    ("user.dirSyncEnabled -eq false", false),
                ],
                true,
            ),
            (&[(pattern, true), (pattern, false)], false),
            (
                &[(pattern, true), ("user.mail -notMatch '^a.*b$'", true)],
                false,
            ),
            (&[(pattern, true), ("user.mail -match 'x'", false)], true),
            (&[(pattern, true), ("user.mail -eq 'c'", true)], false),
            (
                &[
                    ("user.otherMails -any (_ -eq 'a@b.example')", true),
                    ("user.otherMails -all (_ -ne 'a@b.example')", true),
                ],
                false,
            ),
            (
                &[
                    ("user.otherMails -all (_ -eq 'a')", true),
                    ("user.otherMails -any (_ -eq 'a')", false),
                ],
                true,
            ),
            (
                &[
                    (
                        "(user.city -eq 'a' -or user.city -eq 'b') -and -not (user.state -eq null)",
                        true,
                    ),
                    ("user.city -eq 'a'", false),
                    ("user.city -eq 'b'", false),
                ],
                false,
            ),
            (
                &[
                    ("user.city -eq 'a' -or user.state -eq 'b'", true),
                    ("user.city -eq 'a' -and user.state -eq 'b'", true),
                ],
                true,
            ),
        ] {
            assert_eq!(is(rules), told, "{rules:?}");
        }
    }
}
