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
