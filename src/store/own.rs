//! The domains of our own people, as a store remembers them of each project: the settings say them, and no tree does. So a plan
//! can tell that somebody from outside would be nobody from outside any more, or the other way round.

use crate::model::canonical;
use crate::model::text::Domain;
use crate::plan::OwnDomains;

/// The action of an audit entry that says that they are others.
pub(super) const ACTION: &str = "own domains";

/// Returns the words that the audit log has for it: those that come and those that go, and where guests get their accounts
/// where that is another.
pub(super) fn reason(change: &OwnDomains) -> String {
    let words = |sign: char, domains: Vec<&Domain>| {
        let words = domains.into_iter().map(move |it| format!("{sign}{it}"));
        words.collect::<Vec<_>>()
    };
    let [new, gone] = change.moved();
    let mut words_of = words('+', new);
    words_of.extend(words('-', gone));
    words_of.extend(change.home().map(|home| format!("guests at {home}")));
    words_of.join(" ")
}

/// Returns them as a store keeps them.
pub(super) fn to_text(domains: &[Domain]) -> String {
    canonical(&domains)
}

/// Reads what [`to_text`] wrote.
pub(super) fn from_text(text: &str) -> Result<Vec<Domain>, serde_json::Error> {
    serde_json::from_str(text)
}
