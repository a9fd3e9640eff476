//! Findings in every format: hostile text stays text, columns and places are right.

use super::*;
use crate::diag::{Diagnostic, Diagnostics, Severity, code};
use crate::guard::Refusal;
use crate::render::samples::{self, address, everything};
use crate::source::SourceFile;

fn setting() -> Setting<'static> {
    Setting {
        command: "validate",
        folder: "access",
        settings: "guestlist.toml",
        mask: Some(Box::leak(Box::default())),
    }
}

fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory takes all");
    String::from_utf8(out).expect("text")
}

fn hostile() -> Findings {
    let file = SourceFile::new("a,b:c %;]/x\"<y>.yaml", "🎉: é bad\n");
    let start = file.text().find("bad").expect("in the text") as u32;
    let mut list = Diagnostics::new();
    list.push(
        Diagnostic::error(
            code::CHARACTER,
            "::error::x\r\n::set-output \u{1b}[2J\u{202e} jane@fabrikam.com <b>&\"]]> ##vso[x]",
        )
        .at(file.place(start, start + 3))
        .help("100% \u{fffe} `x`"),
    );
    setting().diagnostics(&list)
}

#[test]
fn annotations_of_github() {
    insta::assert_snapshot!(
        written(|out| github(out, &setting().diagnostics(&samples::diagnostics()))),
        @r"
    ::error file=access/policies/packages/onboarding.yaml,line=3,col=14,endColumn=22,title=GL0302%3A a reference to something that is not declared::package `onboarding` names a catalog that is not declared%0Ahelp: did you mean `partners`?
    ::warning file=access/guestlist.toml,line=1,title=GL0507%3A a waiver that has ended::a waiver ends today
    "
    );
}

#[test]
fn github_is_told_first_what_it_does_not_show() {
    let levels = |errors: usize, notes: usize| {
        let mut list = Diagnostics::new();
        for n in 0..errors {
            list.push(Diagnostic::error(code::SYNTAX, format!("problem {n}")));
        }
        for n in 0..notes {
            let note = Diagnostic::error(code::SYNTAX, format!("remark {n}"));
            list.push(Diagnostic {
                severity: Severity::Note,
                ..note
            });
        }
        written(|out| github(out, &setting().diagnostics(&list)))
    };
    let told = |text: &str| {
        let first = text.lines().next().unwrap_or_default();
        first
            .split_once(" of a step: ")
            .map(|(_, told)| told.to_owned())
    };
    let more = |n: usize| Some(format!("{n} more stand in its log"));
    assert_eq!(told(&levels(10, 10)), None);
    assert_eq!(told(&levels(12, 0)), more(2));
    // What is said of them takes the place of one.
    assert_eq!(told(&levels(0, 11)), more(2));
    assert_eq!(told(&levels(12, 10)), more(3));
    let many = levels(60, 0);
    let first: Vec<&str> = many.lines().take(3).collect();
    assert!(
        first[0].ends_with(" of a step: 40 more stand in its log"),
        "{many}"
    );
    assert!(
        first[1].starts_with("::notice title=guestlist::and 10 more ("),
        "{many}"
    );
    assert!(first[2].starts_with("::error "), "{many}");
}

#[test]
fn annotations_of_azure() {
    insta::assert_snapshot!(
        written(|out| azure(out, &setting().diagnostics(&samples::diagnostics()))),
        @r"
    ##vso[task.logissue type=error;sourcepath=access/policies/packages/onboarding.yaml;linenumber=3;columnnumber=14;code=GL0302;]package `onboarding` names a catalog that is not declared%0Ahelp: did you mean `partners`?
    ##vso[task.logissue type=warning;sourcepath=access/guestlist.toml;linenumber=1;code=GL0507;]a waiver ends today
    "
    );
}

#[test]
fn hostile_text_commands_nothing() {
    insta::assert_snapshot!(written(|out| github(out, &hostile())), @r#"::error file=access/a%2Cb%3Ac %25;]/x"<y>.yaml,line=1,col=7,endColumn=10,title=GL0107%3A a character that hides or reorders text::\u{3a}:error::x\u{d}\u{a}::set-output \u{1b}[2J\u{202e} j…@fabrikam.com <b>&"]]> #\u{23}vso[x]%0Ahelp: 100%25 ￾ `x`"#);
    insta::assert_snapshot!(written(|out| azure(out, &hostile())), @r#"##vso[task.logissue type=error;sourcepath=access/a,b:c %AZP25%3B%5D/x"<y>.yaml;linenumber=1;columnnumber=6;code=GL0107;]\u{3a}:error::x\u{d}\u{a}::set-output \u{1b}[2J\u{202e} j…@fabrikam.com <b>&"]]> #\u{23}vso[x]%0Ahelp: 100%AZP25 ￾ `x`"#);
}

#[test]
fn hostile_text_is_text_in_every_format() {
    for shown in [
        written(|out| github(out, &hostile())),
        written(|out| azure(out, &hostile())),
        written(|out| sarif(out, &hostile(), "guestlist/plan/")),
        written(|out| code_quality(out, &hostile())),
        written(|out| junit(out, &hostile())),
    ] {
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\r']), "{shown}");
        assert!(!shown.contains("jane@"), "{shown}");
        let own = shown
            .lines()
            .filter(|line| line.trim_start().starts_with("::") || line.contains("##vso["));
        assert!(own.count() <= 1, "{shown}");
    }
    let junit = written(|out| junit(out, &hostile()));
    assert!(junit.contains("&lt;b&gt;&amp;&quot;]]&gt;"), "{junit}");
    // XML cannot hold it at all.
    assert!(!junit.contains('\u{fffe}'), "{junit}");
}

#[test]
fn columns_count_utf_16_and_paths_start_at_the_repository() {
    let log: serde_json::Value =
        serde_json::from_str(&written(|out| sarif(out, &hostile(), "guestlist/plan/")))
            .expect("JSON");
    let at = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(at["region"]["startColumn"], 7);
    assert_eq!(at["region"]["endColumn"], 10);
    assert_eq!(
        at["artifactLocation"]["uri"],
        "access/a%2Cb%3Ac%20%25%3B%5D/x%22%3Cy%3E.yaml"
    );
}

#[test]
fn equal_findings_have_fingerprints_of_their_own_that_outlive_moves() {
    let fingerprints = |text: &str| -> Vec<String> {
        let file = SourceFile::new("a.yaml", text);
        let mut list = Diagnostics::new();
        for (at, _) in file.text().match_indices("bad") {
            list.push(
                Diagnostic::error(code::SYNTAX, "no").at(file.place(at as u32, at as u32 + 3)),
            );
        }
        let found = setting().diagnostics(&list);
        found.all.into_iter().map(|one| one.fingerprint).collect()
    };
    let twice = fingerprints("bad\nbad\n");
    assert_ne!(twice[0], twice[1]);
    assert_eq!(fingerprints("# more\n\nbad\nbad\n"), twice);
}

#[test]
fn a_refusal_stands_where_its_object_is_declared() {
    let refusal = Refusal {
        rule: Rule::Adoption,
        address: address("organization/litware"),
        message: "nobody owns it".to_owned(),
        help: "`--adopt` takes it over".to_owned(),
        objects: vec![],
    };
    let found = setting().planned(
        &everything(),
        &Impact::default(),
        &[refusal],
        &Diagnostics::new(),
    );
    let one = &found.all[0];
    assert_eq!(one.rule, "refused-adoption");
    assert_eq!(
        (one.spot.path.as_str(), one.spot.line),
        ("access/policies/partners/litware.yaml", 4)
    );
    assert_eq!(one.message, "organization/litware: nobody owns it");
    assert_eq!(found.passed.len(), Rule::ALL.len() - 1);
}

#[test]
fn the_widget_counts_a_replacement_twice() {
    let shown = written(|out| terraform(out, &everything()));
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(
        shown,
        serde_json::json!({ "create": 2, "update": 3, "delete": 3 })
    );
}

#[test]
fn many_findings_are_counted() {
    let mut list = Diagnostics::new();
    for n in 0..60 {
        list.push(Diagnostic::error(code::SYNTAX, format!("problem {n}")));
    }
    let found = setting().diagnostics(&list);
    let shown = written(|out| github(out, &found));
    assert_eq!(shown.matches("::error ").count(), 50);
    assert!(shown.contains("and 10 more"), "{shown}");
    assert!(shown.contains("of a step: 40 more"), "{shown}");
    let few = setting().diagnostics(&samples::diagnostics());
    assert!(!written(|out| github(out, &few)).contains("::notice"));
    assert_eq!(
        written(|out| junit(out, &found))
            .matches("<failure")
            .count(),
        60
    );
}

#[test]
fn a_log_holds_what_code_scanning_shows_the_errors_first() {
    let mut list = Diagnostics::new();
    for n in 0..4_000 {
        list.push(Diagnostic::warning(code::SYNTAX, format!("warning {n}")));
        list.push(Diagnostic::error(code::SYNTAX, format!("error {n}")));
    }
    let log = written(|out| sarif(out, &setting().diagnostics(&list), "guestlist/plan/"));
    let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    let errors = results.iter().filter(|one| one["level"] == "error");
    assert_eq!((results.len(), errors.count()), (5_000, 4_000));
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(
        said,
        "3000 results are left out (3000 GL0102): code scanning shows 5000"
    );
    let few = written(|out| sarif(out, &hostile(), "guestlist/plan/"));
    assert!(!few.contains("invocations"), "{few}");
}

#[test]
fn a_message_of_a_log_holds_no_link() {
    let mut list = Diagnostics::new();
    list.push(Diagnostic::error(
        code::SYNTAX,
        "see [this](https://a.example) and [1](1)",
    ));
    let log = written(|out| sarif(out, &setting().diagnostics(&list), "guestlist/plan/"));
    assert!(!log.contains("]("), "{log}");
    assert!(log.contains("[this]\\\\u{28}https"), "{log}");
}

#[test]
fn only_errors_fail_in_a_report_of_tests() {
    let shown = written(|out| junit(out, &setting().diagnostics(&samples::diagnostics())));
    assert!(shown.contains("tests=\"2\" failures=\"1\""), "{shown}");
    assert_eq!(shown.matches("<failure").count(), 1, "{shown}");
    for (command, said) in [
        ("test", "the tree has no tests"),
        ("validate", "the tree is valid"),
    ] {
        let none = Findings {
            command,
            ..Findings::default()
        };
        let shown = written(|out| junit(out, &none));
        assert!(shown.contains(said), "{shown}");
    }
}

#[test]
fn further_places_are_numbered_from_one_and_as_many_as_are_shown() {
    let file = SourceFile::new("a.yaml", "bad\n");
    let mut one = Diagnostic::error(code::SYNTAX, "no");
    for _ in 0..150 {
        one = one.related(file.place(0, 3), "here");
    }
    let mut list = Diagnostics::new();
    list.push(one);
    let log = written(|out| sarif(out, &setting().diagnostics(&list), "guestlist/plan/"));
    let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
    let places = log["runs"][0]["results"][0]["relatedLocations"].as_array();
    let ids: Vec<_> = places
        .into_iter()
        .flatten()
        .map(|it| it["id"].as_u64())
        .collect();
    let wanted: Vec<_> = (1..=100).map(Some).collect();
    assert_eq!(ids, wanted);
}

/// Returns an impact of one row, which two lines make.
fn wider() -> Impact {
    use crate::impact::{Because, Difference, Row, Who};
    let because = |line| Because {
        address: Some(address("policy/a/all")),
        path: Some("a.yaml".to_owned()),
        line: Some(line),
    };
    Impact {
        rows: vec![Row {
            kind: Difference::Wider,
            who: Who {
                text: "members".to_owned(),
                ..Who::default()
            },
            packages: vec![address("package/a")],
            text: "no end date".to_owned(),
            before: Vec::new(),
            after: Vec::new(),
            because: vec![because(7), because(9)],
        }],
        ..Impact::default()
    }
}

#[test]
fn what_gets_wider_is_a_note_at_the_line_that_makes_it_so() {
    let refusal = || Refusal {
        rule: Rule::Widening,
        address: address("package/a"),
        message: "access gets wider".to_owned(),
        help: String::new(),
        objects: Vec::new(),
    };
    let planned = |impact: &Impact| {
        setting().planned(&everything(), impact, &[refusal()], &Diagnostics::new())
    };
    let found = planned(&wider());
    let [refused, note] = &found.all[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        (refused.spot.path.as_str(), refused.spot.line),
        ("access/a.yaml", 7)
    );
    assert_eq!((note.level, note.spot.line), (Level::Note, 7));
    assert_eq!(note.related.len(), 1);
    // Azure knows no notes, and GitLab's severities are its own.
    let azure = written(|out| azure(out, &found));
    assert_eq!(azure.lines().count(), 1, "{azure}");
    let entries = written(|out| code_quality(out, &found));
    assert!(
        entries.contains("\"blocker\"") && entries.contains("\"info\""),
        "{entries}"
    );
    // In a first plan all is new, and told as well.
    let first = planned(&Impact {
        is_first: true,
        ..wider()
    });
    assert_eq!(first.all.len(), 2, "{first:?}");
}

#[test]
fn of_many_rows_some_of_every_kind_are_annotations_and_those_come_first() {
    use crate::impact::{Difference, Row};
    let [row] = &wider().rows[..] else {
        panic!("one row")
    };
    let gone = Row {
        kind: Difference::Gone,
        ..row.clone()
    };
    let mut rows = vec![row.clone(); 59];
    rows.push(gone);
    let impact = Impact {
        rows,
        ..Impact::default()
    };
    let found = setting().planned(&everything(), &impact, &[], &Diagnostics::new());
    let shown = written(|out| github(out, &found));
    let first = shown.lines().take(10);
    let gone = first.filter(|line| line.contains("title=access-gone"));
    assert_eq!(gone.count(), 1, "{shown}");
    assert!(shown.contains("and 10 more (10 access-wider)"), "{shown}");
}
