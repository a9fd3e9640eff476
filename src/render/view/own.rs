//! The domains of our own people, where they change: the settings say them, and no object does.

use crate::plan::OwnDomains;
use crate::render::doc::{Line, Role};

/// Says which domains are those of our own people from now on, and which no longer.
pub(super) fn domains(change: &OwnDomains) -> Line<'static> {
    let [new, gone] = change.moved();
    let sides = [
        (new, "are domains of our own people now"),
        (gone, "are no longer domains of our own people"),
    ];
    let sides = sides.into_iter().filter(|(domains, _)| !domains.is_empty());
    let words: Vec<String> = sides
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
    let text = format!("guestlist.toml: {}.", words.join("; "));
    Line::new().and(Role::Warning, text)
}
