//! The domains of our own people, where they change: the settings say them, and no object does.

use crate::plan::{Action, OwnDomains};
use crate::render::doc::{Line, Role};

/// What changes, in the words of summaries.
pub(super) const WHAT: &str = "domains of our own people";

/// Says what a run did, in numbers.
pub(super) fn done(counts: &[(Action, u64)], own: bool) -> String {
    let counts = counts.iter().filter(|(_, n)| *n > 0);
    let mut words: Vec<String> = counts
        .map(|(action, n)| format!("{n} {}", action.done()))
        .collect();
    // What is no object is not counted.
    words.extend(own.then(|| WHAT.to_owned()));
    match words.is_empty() {
        true => "none".to_owned(),
        false => words.join(", "),
    }
}

/// Says which domains are those of our own people from now on, and which no longer, and where guests get their accounts.
pub(super) fn domains(change: &OwnDomains) -> Line<'static> {
    Line::new().and(Role::Warning, words(change))
}

/// Returns the same as a sentence.
pub(in crate::render) fn words(change: &OwnDomains) -> String {
    let [new, gone] = change.moved();
    let sides = [
        (new, "are domains of our own people now"),
        (gone, "are no longer domains of our own people"),
    ];
    let sides = sides.into_iter().filter(|(domains, _)| !domains.is_empty());
    let mut words: Vec<String> = sides
        .map(|(domains, words)| {
            let words = match domains.len() {
                1 => words
                    .replacen("are", "is", 1)
                    .replacen("domains", "a domain", 1),
                _ => words.to_owned(),
            };
            let domains: Vec<&str> = domains.into_iter().map(|it| it.as_str()).collect();
            format!("{} {words}", domains.join(", "))
        })
        .collect();
    // Where none was before, no guest had an account.
    let home = change.home().filter(|_| !change.before.is_empty());
    words.extend(home.map(|home| format!("new guests get their accounts at {home}")));
    format!("[tenant] domains: {}.", words.join("; "))
}
