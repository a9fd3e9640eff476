//! The page: verdict first, nothing from outside, foreign text as text.

use sha2::{Digest, Sha256};

use super::*;
use crate::render::markdown::tests::{hostile, planned};

fn page(view: impl FnOnce(&mut dyn Writer) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    let mut writer = Html::new(
        &mut out,
        Page {
            report: "plan",
            project: "contoso".to_owned(),
            environment: String::new(),
            folder: String::new(),
            digest: Some("abc".to_owned()),
        },
    );
    view(&mut writer).expect("memory takes all");
    writer.finish().expect("memory takes all");
    String::from_utf8(out).expect("text")
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for some in bytes.chunks(3) {
        let bits =
            some.iter().fold(0_u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - some.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= some.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

#[test]
fn the_policy_allows_the_style_and_the_script_of_the_page_alone() {
    for text in [STYLE, SCRIPT] {
        let hash = format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
        assert!(ALLOWED.contains(&hash), "{hash} is not in {ALLOWED}");
        assert!(!text.contains("</") && !text.contains("url("), "{text}");
    }
}

#[test]
fn the_verdict_comes_before_the_changes() {
    let page = page(|out| planned(&crate::render::samples::everything(), out));
    let verdict = page.find("class=\"verdict\"").expect("a verdict");
    let changes = page.find("<h2>Changes</h2>").expect("changes");
    assert!(verdict < changes, "{page}");
    assert!(page.contains("Plan: 1 to create"), "{page}");
    assert!(
        !page.contains("http:") && !page.contains("https:"),
        "{page}"
    );
}

#[test]
fn foreign_text_is_text() {
    let page = page(|out| planned(&hostile(), out));
    for bad in [
        "<script>alert",
        "<img",
        "\u{1b}",
        "\u{202e}",
        "onerror=\"",
        "--><b",
    ] {
        assert!(!page.contains(bad), "{bad:?} in {page}");
    }
    assert!(page.contains("&lt;script&gt;alert"), "{page}");
    assert!(page.contains("\\u{202e}"), "{page}");
}

#[test]
fn only_what_begins_a_line_could_command_a_pipeline() {
    let line = Line::new()
        .and(Role::Plain, " ")
        .and(Role::Error, "::error::")
        .and(Role::Plain, ": no")
        .and(Role::Note, "::x");
    let shown = line.render().0;
    assert_eq!(
        shown,
        " <span class=\"e\">\\u{3a}:error::</span>: no<span class=\"n\">::x</span>"
    );
}

#[test]
fn what_stands_between_backticks_is_code() {
    let page = page(|out| {
        out.block(&Block::Paragraph(vec![
            Line::plain("write `tenant: <id>`, not `name`"),
            Line::plain("a lone ` and an empty `` stay"),
        ]))
    });
    assert!(page.contains("write <code>tenant: &lt;id&gt;</code>, not <code>name</code>"));
    assert!(page.contains("a lone ` and an empty `` stay"));
}

#[test]
fn a_chart_is_drawn_and_said() {
    use crate::render::chart::{Bar, Chart, Form, Lane};
    let at = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant");
    let chart = |form| {
        Block::Chart(Chart {
            title: "<b>".into(),
            form,
        })
    };
    let bars = (0..25).map(|at| Bar {
        label: format!("<i>{at}").into(),
        value: at,
    });
    let bars = chart(Form::Bars {
        columns: &["DOMAIN", "GUESTS"],
        bars: bars.collect(),
    });
    let lanes = chart(Form::Timeline {
        from: at("2027-01-01T00:00:00Z"),
        until: at("2027-03-01T00:00:00Z"),
        lanes: vec![Lane {
            label: "access ends".into(),
            marks: vec![at("2027-01-02T00:00:00Z"), at("2027-02-01T10:00:00Z")],
        }],
    });
    let page = page(|out| out.block(&bars).and_then(|()| out.block(&lanes)));
    for part in [
        "<figcaption>&lt;b&gt;</figcaption>",
        "<rect class=\"fill\" width=\"4.16%\"",
        "… and 5 more in the table",
        "<td class=\"whole\">&lt;i&gt;24</td><td class=\"whole\">24</td>",
        "<title>2027-02-01T10:00:00Z</title>",
        "<td>access ends</td><td class=\"whole\">2</td><td class=\"whole\">2027-01-02T00:00:00Z</td>",
        "<span class=\"label\">access ends</span>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("style="), "{page}");
}
