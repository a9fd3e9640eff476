use proptest::prelude::*;

use super::*;
use crate::cases::cases;

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

/// Every text of up to five of some letters.
fn texts(letters: &[&str]) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..5 {
        let longer = last
            .iter()
            .flat_map(|text| letters.iter().map(move |it| format!("{text}{it}")));
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
    // No rule knows the last one.
    let texts = texts(&["a", "b", "z"]);
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
    let all: Vec<(String, Vec<bool>)> = tests.iter().map(|it| (it.clone(), holds(it))).collect();
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
/// Returns a pattern of letters that `texts` has, made by choices.
fn pattern(choices: &mut std::slice::Iter<'_, u8>, depth: usize) -> String {
    let choice = choices.next().copied().unwrap_or_default();
    let mut part = || pattern(choices, depth.saturating_sub(1));
    match choice % 16 {
        0..=4 if depth > 0 => format!("{}{}", part(), part()),
        5..=6 if depth > 0 => format!("(?:{}|{})", part(), part()),
        7 if depth > 0 => format!("(?:{})*", part()),
        8 if depth > 0 => format!("(?:{})+", part()),
        9 if depth > 0 => format!("(?:{})?", part()),
        10 => ".".to_owned(),
        11 => "[ab]".to_owned(),
        12 => "[^a]".to_owned(),
        13 => r"\b".to_owned(),
        even if even % 2 == 0 => "a".to_owned(),
        _ => "B".to_owned(),
    }
}

/// Returns a comparison with a pattern that begins or ends a text, or does neither.
fn matching(choices: &[u8]) -> String {
    let mut choices = choices.iter();
    let kind = choices.next().copied().unwrap_or_default();
    let begin = if kind & 1 == 0 { "^" } else { "" };
    let end = if kind & 2 == 0 { "$" } else { "" };
    let operator = if kind & 12 == 0 {
        "-notMatch"
    } else {
        "-match"
    };
    let pattern = pattern(&mut choices, 2);
    format!("user.city {operator} \"{begin}(?:{pattern}){end}\"")
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn patterns_are_held_against_each_other_as_if_every_text_were_tried(
        one in prop::collection::vec(any::<u8>(), 0..12),
        two in prop::collection::vec(any::<u8>(), 0..12),
        plain in 0..6_usize,
    ) {
        let plain = [
            "user.city -ne null",
            "user.city -ne \"a\"",
            "user.city -startsWith \"b\"",
            "user.city -notContains \"ab\"",
            "user.city -notIn [\"a\", \"b\", \"ab\"]",
            "user.city -contains \"a\"",
        ][plain];
        let (one, two) = (matching(&one), matching(&two));
        let tests = [&*one, &two, plain].map(|rule| match Rule::parse(rule).expect(rule) {
            Rule::Test(test) => test,
            _ => panic!("{rule} is one comparison"),
        });
        // No pattern knows the last two, of which one is of words.
        let mut all = texts(&["a", "b", "z", "-"]).into_iter();
        let wanted = all.any(|text| {
            let text = Some(&*text).filter(|text| !text.is_empty());
            let [one, two, plain] = tests.each_ref().map(|test| compare(test, text, || None));
            one && !two && plain
        });
        let parsed = [&*one, &two, plain].map(|rule| Rule::parse(rule).expect(rule));
        let rules = [(&parsed[0], true), (&parsed[1], false), (&parsed[2], true)];
        let told = fit(&rules);
        prop_assert_ne!(told, Fit::Unknown, "{} and not {}, {}", one, two, plain);
        if told == Fit::Nobody || wanted {
            prop_assert_eq!(told == Fit::Somebody, wanted, "{} and not {}, {}", one, two, plain);
            return Ok(());
        }
        // Longer than those that were tried.
        let line = Demand::whole(Form::of("city").any);
        let demands = tests.iter().zip(rules).map(|(test, (rule, wanted))| {
            Comparison { rule, test, wanted }.demand().flatten()
        });
        let demands: Option<Vec<Demand>> = demands.chain([line]).collect();
        let Found::Text(text) = language::find(&demands.expect("demands")) else {
            panic!("{one} and not {two}, {plain}");
        };
        let [is_one, is_two, is_plain] = tests.each_ref().map(|test| compare(test, Some(&text), || None));
        prop_assert!(is_one && !is_two && is_plain, "{}: {} and not {}, {}", text, one, two, plain);
    }
}

#[test]
fn a_pattern_in_other_words_lets_in_nobody() {
    for (narrow, wide) in [
        ("-match '^Sales$'", "-match '^sales$'"),
        ("-eq 'Sales'", "-match '^Sales$'"),
        ("-match 'a|b'", "-match 'b|a'"),
        ("-match '^Sales'", "-match '^S.*'"),
        ("-match '^Sales'", "-match 'sales'"),
        // A long s is an s to patterns, and to nothing else.
        ("-match 'sales'", "-contains 'ale'"),
        ("-in ['Sales', 'Legal']", "-match '^(sales|legal)$'"),
        ("-match '^(sales|legal)$'", "-match '^(sales|legal|it)$'"),
        (r"-match '^.*\bSales$'", r"-match '^.*\bsales$'"),
        (r"-match '^[0-9]{4}$'", r"-match '^\d+$'"),
    ] {
        let [narrow, wide] = [narrow, wide].map(|it| format!("user.department {it}"));
        assert!(
            !is(&[(&narrow, true), (&wide, false)]),
            "{narrow} is narrower than {wide}"
        );
    }
    for (one, two) in [
        ("-match '^.*@fabrikam[.]com$'", "-contains '@fabrikam.com'"),
        // No address has a space or a second `@`.
        (
            "-match '@fabrikam[.]com$'",
            "-match '^[^@ ]+@fabrikam[.]com$'",
        ),
    ] {
        let [one, two] = [one, two].map(|it| format!("user.mail {it}"));
        assert!(
            !is(&[(&one, true), (&two, false)]),
            "{one} is narrower than {two}"
        );
    }
    // A dot that means any letter lets more in, where an address can be so.
    let [any, dot] = ["fabrikam.com$", "fabrikam[.]com$"];
    let [any, dot] = [any, dot].map(|it| format!("user.mail -match '{it}'"));
    assert!(is(&[(&any, true), (&dot, false)]));
    assert!(!is(&[(&dot, true), (&any, false)]));
}

#[test]
fn patterns_that_are_too_large_are_not_told_apart() {
    let rule = |text: &str| Rule::parse(text).expect("a rule");
    let one = rule("user.city -match '^[ab]*a[ab]{20}$'");
    let other = rule("user.city -match '^[ab]*a[ab]{20}c?$'");
    assert_eq!(fit(&[(&one, true), (&one, false)]), Fit::Nobody);
    assert_eq!(fit(&[(&one, true), (&other, false)]), Fit::Unknown);
    // Whatever is asked beside is answered as long as it takes no more.
    let many: Vec<Rule> = (1..20)
        .map(|at| rule(&format!("user.city -match '^[ab]*a[ab]{{{at}}}$'")))
        .collect();
    let mut all: Vec<(&Rule, bool)> = many.iter().map(|rule| (rule, false)).collect();
    all.push((&one, true));
    assert_ne!(fit(&all), Fit::Nobody);
}
