//! Rows about whoever must accept terms of use by a plan, or otherwise than before.

use guestlist::impact::Row;

use super::{now, of};
use crate::governance::scene::loaded;

fn world(terms: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example] }}
  b: {{ displayName: B, domains: [b.example] }}
termsOfUse: {{ {terms} }}
"
    )
}

fn terms(keys: &str) -> String {
    world(&format!(
        "rules: {{ displayName: Rules, documents: {{ en: {{ link: 'https://contoso.com/rules' }} }}{keys} }}"
    ))
}

#[test]
fn whoever_must_accept_and_need_not_any_more_is_told() {
    let (none, all) = (world(""), terms(""));
    let a = terms(", requiredFor: { organizations: [a] }");
    let b = terms(", requiredFor: { organizations: [b] }");
    for (before, after, wanted) in [
        (
            &none,
            &all,
            &["guests and members from outside: must accept terms-of-use/rules, version 1"][..],
        ),
        (
            &all,
            &none,
            &["guests and members from outside: need not accept terms-of-use/rules any more"],
        ),
        (
            &a,
            &b,
            &[
                "people of b: must accept terms-of-use/rules, version 1",
                "people of a: need not accept terms-of-use/rules any more",
            ],
        ),
        (
            &a,
            &all,
            &[
                "guests and members from outside but people of a: must accept terms-of-use/rules, version 1",
            ],
        ),
        (
            &all,
            &terms(", version: '2'"),
            &["guests and members from outside: must accept terms-of-use/rules anew, version 2"],
        ),
        (
            &all,
            &terms(", reacceptAfter: 30d"),
            &[
                "guests and members from outside: must accept terms-of-use/rules again after 30d instead of for good",
            ],
        ),
        (
            &terms(", expires: { on: 2028-12-31 }"),
            &terms(", expires: { on: 2028-12-31, every: 365d }"),
            &[
                "guests and members from outside: must accept terms-of-use/rules again with everybody on 2029-01-01T00:00:00Z and every 365d after that instead of on 2029-01-01T00:00:00Z",
            ],
        ),
    ] {
        let found = of(&loaded(before, now()), &loaded(after, now()));
        let row = |row: &Row| format!("{}: {}", row.who.text, row.text);
        let rows: Vec<String> = found.rows.iter().map(row).collect();
        assert_eq!(rows, wanted);
    }
}
