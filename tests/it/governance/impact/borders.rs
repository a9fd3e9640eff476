//! Whom a list of domains lets in, or no longer does, in words: neither more people nor fewer than it is about.

use guestlist::impact::Difference;

use super::{now, of};
use crate::governance::scene::loaded;

/// What is said from one list to another of people who are not in the directory yet.
fn said(was: &str, is: &str) -> Vec<String> {
    let tree = |list: &str| {
        let text = format!(
            "version: 1
{list}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{ all: {{ requestors: anyExternal }} }} }}
"
        );
        loaded(&text, now())
    };
    let rows = of(&tree(was), &tree(is)).rows;
    let said = rows.iter().map(|row| {
        let text = row.who.text.strip_suffix(" (not in the directory yet)");
        let sign = match row.kind {
            Difference::New => '+',
            Difference::Gone => '-',
            _ => '?',
        };
        format!("{sign} {}", text.unwrap_or(&row.who.text))
    });
    said.collect()
}

#[test]
fn domains_are_told_with_what_is_excepted() {
    let block = |list: &str| format!("domains: {{ block: [{list}] }}");
    let allow = |list: &str| format!("domains: {{ allow: [{list}] }}");
    let none = || "domains: { block: [] }".to_owned();
    for (was, is, wanted) in [
        (
            none(),
            block("example.com"),
            &["- anyone at example.com or below"][..],
        ),
        (
            block("example.com, x.example.com"),
            none(),
            &["+ anyone at example.com or below"],
        ),
        (
            block("example.com, x.example.com"),
            block("x.example.com"),
            &["+ anyone at example.com or below (but not x.example.com or below)"],
        ),
        (
            block("x.example.com"),
            block("x.example.com, example.com"),
            &["- anyone at example.com or below (but not x.example.com or below)"],
        ),
        (
            block("example.com, y.x.example.com"),
            block("x.example.com"),
            &["+ anyone at example.com or below (but not x.example.com or below)"],
        ),
        (
            block("b.example"),
            allow("a.example"),
            &["- anyone at a domain that is not listed (but not b.example or below)"],
        ),
        (
            block("example.com"),
            allow("x.example.com"),
            &[
                "+ anyone at x.example.com",
                "- anyone at a domain that is not listed (but not example.com or below)",
            ],
        ),
        (
            allow("{ domain: example.com, subdomains: true }"),
            allow("example.com"),
            &["- anyone at any domain below example.com"],
        ),
        (
            allow("example.com"),
            allow("example.com, { domain: b.example, subdomains: true }"),
            &["+ anyone at b.example or below"],
        ),
    ] {
        assert_eq!(said(&was, &is), wanted, "{was} {is}");
    }
}
