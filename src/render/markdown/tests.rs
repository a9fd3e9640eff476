//! The document: verdict first, never too long, foreign text as text.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::cases::cases;
use crate::diag::Diagnostics;
use crate::guard::{Refusal, Rule};
use crate::impact::{Difference, Impact};
use crate::model::Body;
use crate::plan::{Delta, Plan, Reason};
use crate::render::access::{Entry, Kind};
use crate::render::doc::Detail;
use crate::render::mask::{Mask, Masked};
use crate::render::report::Planned;
use crate::render::samples::{address, change, everything, origin, plan};
use crate::render::view;
use crate::source::SourceFile;

pub(in crate::render) fn planned(plan: &Plan, out: &mut dyn Writer) -> io::Result<()> {
    let report = Planned {
        project: "contoso",
        store: "sqlite:guestlist.db",
        plan,
        impact: &Impact::default(),
        refusals: &[],
        lifted: &[],
        warnings: &Diagnostics::new(),
    };
    view::planned(&report, out)
}

/// A plan whose texts want to be more than text.
pub(in crate::render) fn hostile() -> Plan {
    plan(vec![change(
        "organization/litware",
        Delta::Create {
            after: Body::of(&json!({
                "displayName": "</summary></details><script>alert(1)</script> @everyone #1 --><b>",
                "description": "```\n~~~\n````` [x](http://a.example) <img src=x onerror=\"y\">\r\n::error::no",
                "notes": "\u{1b}]8;;http://x\u{7} \u{202e}gpj.exe \u{200b} ##[add-mask]y | `",
            })),
        },
        Reason::Declared,
        Some(origin("@team/<b>`x`.yaml", 1)),
    )])
}

fn document(view: impl FnOnce(&mut dyn Writer) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    let mut writer = Markdown::new(
        &mut out,
        Page {
            report: "plan",
            project: "contoso".to_owned(),
            environment: "production".to_owned(),
            folder: "access".to_owned(),
            digest: Some("4f4f".to_owned()),
        },
    );
    view(&mut writer).expect("memory takes all");
    writer.finish().expect("memory takes all");
    String::from_utf8(out).expect("text")
}

/// Returns the lines outside fences: the only ones where Markdown is read. A fence ends where a line has nothing but as many
/// backticks, or more, and little white space.
fn outside(document: &str) -> String {
    let mut fence: Option<usize> = None;
    let mut out = String::new();
    for line in document.lines() {
        let text = line.trim_start();
        let run = text.chars().take_while(|c| *c == '`').count();
        let ends = line.len() - text.len() < 4 && text.trim_end().len() == run;
        match fence {
            Some(open) if ends && run >= open => fence = None,
            Some(_) => {}
            None if run >= 3 => fence = Some(run),
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    assert!(fence.is_none(), "a fence stays open in\n{document}");
    out
}

#[test]
fn says_the_verdict_first_and_folds_the_rest() {
    insta::assert_snapshot!(document(|out| planned(&everything(), out)));
}

#[test]
fn foreign_text_is_text() {
    let document = document(|out| planned(&hostile(), out));
    for bad in ["\u{1b}", "\u{202e}", "\u{200b}", "\r", "##["] {
        assert!(!document.contains(bad), "{bad:?} in {document}");
    }
    let outside = outside(&document);
    for bad in ["<script", "<img", "@everyone", "http:", "<b>"] {
        assert!(!outside.contains(bad), "{bad:?} in {outside}");
    }
    assert!(outside.contains("<code>@team/&lt;b&gt;"), "{outside}");
    assert!(
        !document
            .lines()
            .any(|line| line.trim_start().starts_with("::"))
    );
    assert_eq!(outside.matches("<details>").count(), 1);
    assert_eq!(outside.matches("</details>").count(), 1);
}

#[test]
fn masks_addresses_for_those_who_ask() {
    let mask = Mask::default();
    let document = document(|out| planned(&everything(), &mut Masked::new(&mask, out)));
    assert!(document.contains("user:a…@contoso.com"), "{document}");
    assert!(!document.contains("ana@"), "{document}");
}

/// Rows about access: so many wider ones, then some that are gone.
fn rows(wider: usize, gone: usize) -> Block<'static> {
    let row = |kind: Difference| Entry {
        kind: Kind::May(kind),
        sign: kind.sign(),
        role: Role::Plain,
        who: Line::plain("holders of package/crm, who are also in ")
            .and(Role::Code, "group:a `tick` b"),
        packages: "onboarding".into(),
        what: "with 1 approval instead of 2".into(),
        more: Line::plain("policy/onboarding/all (")
            .and(Role::Place, "catalogs/a.yaml:97")
            .and(Role::Plain, ")"),
    };
    let wider = std::iter::repeat_n(row(Difference::Wider), wider);
    let gone = std::iter::repeat_n(row(Difference::Gone), gone);
    Block::Access(Access {
        note: None,
        at_once: String::new(),
        rows: wider.chain(gone).collect(),
        effects: Vec::new(),
    })
}

#[test]
fn who_gains_and_who_loses_is_counted_and_of_each_kind_something_is_shown() {
    let few = document(|out| out.block(&rows(59, 1)));
    assert!(few.contains("\n#### Access: 59 wider, 1 gone\n"), "{few}");
    assert_eq!(few.matches("▲ wider").count(), 59, "{few}");
    assert_eq!(few.matches("▼ gone").count(), 1, "{few}");
    assert!(!few.contains("Left out"), "{few}");
    let many = document(|out| {
        for at in 0..3_000 {
            out.block(&one(Role::Changed, "changed", "", format!("{at}")))?;
        }
        out.block(&rows(3_000, 2))
    });
    assert!(many.chars().count() <= MOST, "{}", many.len());
    let wider = many.matches("▲ wider").count();
    assert!((200..3_000).contains(&wider), "{wider}");
    assert_eq!(many.matches("▼ gone").count(), 2);
    let left = format!("{} rows of wider access", 3_000 - wider);
    assert!(many.contains(&left), "{left} in {}", &many[..600]);
    // What changes keeps its share.
    assert!(many.matches("<code>~ changed</code>").count() > 50);
}

#[test]
fn a_name_stays_whole_and_its_code_holds_nothing_else() {
    let document = document(|out| out.block(&rows(1, 0)));
    let who = "who are also in ``group:a `tick` b``</strong>: onboarding";
    assert!(document.contains(who), "{document}");
    assert!(document.contains("(`catalogs/a.yaml:97`)"), "{document}");
}

#[test]
fn a_place_is_one_name_whatever_stands_in_the_name_of_its_file() {
    let place = "file name, (old) `x`.yaml:12";
    let row = Entry {
        kind: Kind::May(Difference::Gone),
        sign: "▼",
        role: Role::Plain,
        who: Line::plain("members"),
        packages: "crm".into(),
        what: "is gone".into(),
        more: Line::plain("package/crm (")
            .and(Role::Place, place)
            .and(Role::Plain, "), policy/crm/all"),
    };
    let access = crate::render::access::Access {
        rows: vec![row],
        ..Default::default()
    };
    let table = Table {
        columns: &["TEST", "WHERE"],
        rows: vec![vec!["one two".into(), place.into()]],
    };
    let document = document(|out| {
        let heading = Line::plain("package/crm  ").and(Role::Place, place);
        out.block(&Block::Heading(heading))?;
        out.block(&Block::Access(access))?;
        out.block(&Block::Table(table))
    });
    for text in [
        "### package/crm  ``file name, (old) `x`.yaml:12``\n",
        "by package/crm (``file name, (old) `x`.yaml:12``), policy/crm/all\n",
        "<td>one two</td><td><code>file name, (old) `x`.yaml:12</code></td>",
    ] {
        assert!(document.contains(text), "{text}\n{document}");
    }
}

#[test]
fn names_with_backticks_stay_as_they_are_and_words_of_ours_are_code() {
    let path = "a `x` b.yaml";
    let place = SourceFile::new(path.to_owned(), "k: 1\n".to_owned()).place(0, 1);
    let document = document(|out| {
        out.block(&Block::Heading(Line::plain("diff main → `x`<b>")))?;
        out.block(&Block::Snippet(Snippet {
            role: Role::Error,
            tag: "error[GL0201]".to_owned(),
            message: "unknown key `typo`",
            place: Some(&place),
            related: Vec::new(),
            help: &[],
        }))?;
        out.block(&Block::Change(Change {
            sign: "-",
            role: Role::Removed,
            address: Line::plain("organization/litware"),
            aside: Some(Aside {
                words: "`tenant` cannot change in place; was at ".to_owned(),
                place: path.to_owned(),
                rest: " · gone".to_owned(),
            }),
            details: Vec::new(),
            more: 0,
        }))
    });
    for text in [
        "### diff main → `` `x`<b> ``",
        "<code>a `x` b.yaml:1:1: error[GL0201]</code>: unknown key <code>typo</code>",
        "<code>tenant</code> cannot change in place; was at <code>a `x` b.yaml</code> · gone",
    ] {
        assert!(document.contains(text), "{text}\n{document}");
    }
}

fn many(creates: usize, prunes: usize, size: usize, refused: usize) -> String {
    let created = change(
        "resource/crm",
        Delta::Create {
            after: Body::of(&json!({ "application": "x`@#".repeat(size) })),
        },
        Reason::Declared,
        Some(origin("a.yaml", 1)),
    );
    let pruned = change(
        "catalog/old",
        Delta::Prune {
            before: crate::render::samples::live("catalog/old", &json!({})),
        },
        Reason::Undeclared,
        None,
    );
    let mut changes = vec![created; creates];
    changes.extend(vec![pruned; prunes]);
    let refusals = vec![
        Refusal {
            rule: Rule::Adoption,
            address: address("catalog/marketing"),
            message: "an object @with this name exists".repeat(size.max(1)),
            help: "`--adopt` takes it over".to_owned(),
            objects: vec![address("catalog/marketing")],
        };
        refused
    ];
    let plan = plan(changes);
    document(|out| {
        let report = Planned {
            project: "contoso",
            store: &"s@".repeat(size * 100),
            plan: &plan,
            impact: &Impact::default(),
            refusals: &refusals,
            lifted: &[],
            warnings: &Diagnostics::new(),
        };
        view::planned(&report, out)
    })
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn is_never_too_long_and_always_has_its_verdict(
        creates in 0_usize..3_000,
        prunes in 0_usize..1_500,
        size in 0_usize..400,
        refused in 0_usize..300,
    ) {
        let document = many(creates, prunes, size, refused);
        prop_assert!(document.chars().count() <= MOST);
        let verdict = if creates + prunes == 0 { "No changes." } else { "Plan: " };
        prop_assert!(document.contains(verdict));
        prop_assert!(document.contains("Plan digest: `4f4f`"));
        prop_assert_eq!(
            document.matches("<details>").count(),
            document.matches("</details>").count()
        );
        outside(&document);
    }
}

#[test]
fn a_table_is_cut_before_it_is_left_out() {
    let rows = |n: usize, cell: &str| {
        let row = vec![cell.to_owned().into(), "two".into()];
        let table = Table {
            columns: &["ONE", "OTHER"],
            rows: vec![row; n],
        };
        document(|out| out.block(&Block::Table(table)))
    };
    let cut = rows(900, &"x".repeat(100));
    assert!(cut.chars().count() <= MOST, "{}", cut.len());
    let shown = cut.matches("<td>two</td>").count();
    assert!(shown > 400, "{shown}");
    let left = format!("{} rows of tables.", 900 - shown);
    assert!(cut.contains(&left), "{left} in {}", &cut[..600]);
    assert_eq!(cut.matches("<table>").count(), 1);
    assert_eq!(cut.matches("</table>").count(), 1);
    assert!(!rows(3, "x").contains("Left out"));
}

#[test]
fn leaves_out_the_least_important_first_and_counts_it() {
    let document = many(2_000, 50, 10, 2);
    assert_eq!(document.matches("<code>- catalog/old</code>").count(), 50);
    assert_eq!(document.matches("takes it over").count(), 2);
    let kept = document.matches("<code>+ resource/crm</code>").count();
    assert!(kept > 100, "{kept}");
    let note = format!("{} changes", 2_000 - kept);
    assert!(document.contains(&note), "{note} in {}", &document[..2_000]);
    assert!(document.contains("the plan with the digest `4f4f`"));
}

/// A change with one line of details.
fn one(role: Role, name: &str, at: &str, detail: String) -> Block<'static> {
    Block::Change(Change {
        sign: "~",
        role,
        address: Line::plain(name.to_owned()),
        aside: None,
        details: vec![Detail {
            at: at.to_owned(),
            lines: vec![Line::plain(detail)],
        }],
        more: 0,
    })
}

#[test]
fn a_removal_is_told_before_a_change_and_both_before_their_details() {
    let document = document(|out| {
        out.block(&one(Role::Added, "created", "", "a".repeat(40_000)))?;
        for _ in 0..3_000 {
            out.block(&one(Role::Changed, "changed", "", "c".repeat(10)))?;
        }
        out.block(&one(Role::Removed, "removed", "", "r".repeat(20)))
    });
    assert!(document.contains("~ removed"), "{document}");
    assert!(!document.contains("rrr"), "{document}");
    let left = document.split(" changes").next().unwrap_or_default();
    let kept = document.matches("~ changed").count();
    assert!(left.ends_with(&(3_001 - kept).to_string()), "{left} {kept}");
}

#[test]
fn the_details_of_a_removal_are_told_before_those_of_a_creation() {
    let document = document(|out| {
        out.block(&one(Role::Added, "created", "", "a".repeat(40_000)))?;
        out.block(&one(Role::Removed, "removed", "", "r".repeat(40_000)))
    });
    assert!(document.contains("rrr") && !document.contains("aaa"));
    assert!(
        document.contains("60,000 characters: the details of 1 change."),
        "{document}"
    );
}

#[test]
fn the_longest_heading_and_verdict_leave_their_room_to_nothing_else() {
    // Each letter by itself: nothing has more marks around it.
    let long = || (0..2_000).fold(Line::new(), |line, _| line.and(Role::Strong, "@"));
    let document = document(|out| {
        out.block(&Block::Heading(long()))?;
        let lines = vec![Line::plain("x"); 30_000];
        out.block(&Block::Paragraph(lines))?;
        out.block(&Block::Verdict(Verdict {
            before: Vec::new(),
            line: long(),
            after: Vec::new(),
        }))
    });
    assert!(document.chars().count() <= MOST, "{}", document.len());
    assert_eq!(document.matches('@').count(), 2 * LINE, "{document}");
    // Of a paragraph as much is shown as there is room for.
    assert!(document.matches("\nx\n").count() > 5_000, "{document}");
}

/// Lowers so many things that hold, so many that do not, and of each of these an error and a listing.
fn results(right: usize, wrong: usize) -> String {
    let row = |word: &str, at: usize| vec![word.to_owned().into(), format!("test-{at}").into()];
    let help = vec!["the way out".repeat(10)];
    document(|out| {
        out.block(&Block::Results(Results {
            columns: &["RESULT", "TEST"],
            wrong: (0..wrong).map(|at| row("fails", at)).collect(),
            right: (0..right).map(|at| row("holds", at)).collect(),
            rest: format!("{right} hold"),
        }))?;
        for at in 0..wrong {
            let message = format!("no {at}");
            out.block(&Block::Snippet(Snippet {
                role: Role::Error,
                tag: "error".to_owned(),
                message: &message,
                place: None,
                related: Vec::new(),
                help: &help,
            }))?;
            out.block(&Block::Listing {
                title: Line::plain("how it came"),
                lines: vec!["a line".repeat(20)],
                is_copied: false,
            })?;
        }
        Ok(())
    })
}

#[test]
fn what_holds_is_left_out_before_anything_of_what_does_not() {
    let document = results(3_000, 1);
    let at = |text: &str| document.find(text).expect(text);
    assert!(at("fails") < at("no 0") && at("no 0") < at("how it came"));
    assert!(at("how it came") < at("<summary>3000 hold</summary>"));
    assert!(document.contains("the way out"), "{document}");
    let shown = document.matches("holds").count();
    assert!((500..3_000).contains(&shown), "{shown}");
    assert!(!results(0, 1).contains(" hold</summary>"));
}

#[test]
fn of_many_failures_some_are_told_with_all_that_belongs_to_them() {
    let document = results(100, 1_000);
    assert_eq!(document.matches("holds").count(), 0);
    for part in ["fails", "no ", "the way out</", "how it came"] {
        let part = part.trim_end_matches("</");
        let shown = document.matches(part).count();
        assert!((30..12_000).contains(&shown), "{shown} {part}");
    }
}

#[test]
fn of_many_messages_notes_go_first_and_errors_last() {
    let document = document(|out| {
        for role in [Role::Note, Role::Warning, Role::Error] {
            for at in 0..600 {
                let message = format!("{role:?} {at} {}", "x".repeat(60));
                out.block(&Block::Snippet(Snippet {
                    role,
                    tag: String::new(),
                    message: &message,
                    place: None,
                    related: Vec::new(),
                    help: &[],
                }))?;
            }
        }
        Ok(())
    });
    let shown = |word: &str| document.matches(word).count();
    assert_eq!((shown("Error "), shown("Note ")), (600, 0));
    let left = format!("{} warnings, 600 notes", 600 - shown("Warning "));
    assert!(document.contains(&left), "{left} in {}", &document[..500]);
}

#[test]
fn what_is_listed_is_whole_or_not_there() {
    let document = document(|out| {
        for at in 0..2_000 {
            out.block(&Block::Listing {
                title: Line::plain(format!("title {at}")),
                lines: vec!["a line".repeat(10)],
                is_copied: false,
            })?;
        }
        Ok(())
    });
    let kept = document.matches("<summary>title ").count();
    assert!((100..2_000).contains(&kept), "{kept}");
    assert_eq!(document.matches("title ").count(), kept);
    let left = format!("{} listings", 2_000 - kept);
    assert!(document.contains(&left), "{left} in {}", &document[..500]);
}

#[test]
fn foreign_text_ends_no_fence_and_no_line() {
    let document = document(|out| {
        out.block(&Block::Listing {
            title: Line::plain("an object"),
            lines: vec!["```".to_owned(), "@everyone".to_owned()],
            is_copied: false,
        })?;
        out.block(&one(
            Role::Changed,
            "it",
            "a\n```\n\u{202e}@all",
            "b\n@some".to_owned(),
        ))
    });
    assert!(!outside(&document).contains('@'), "{document}");
    assert!(!document.contains('\u{202e}'), "{document}");
}
