//! Who is there: the people of a test, and those whom the tree names by address.

use std::collections::BTreeSet;

use super::given::Edit;
use super::mentions::{Mention, mentions};
use super::script::Script;
use super::step::Deed;
use crate::model::Body;
use crate::model::text::Email;

/// How a body names somebody by address.
const USER: &str = "\"user:";

/// Returns everybody whom these bodies name by address.
pub fn named_people(bodies: impl IntoIterator<Item = Body>) -> BTreeSet<Email> {
    let mut found = BTreeSet::new();
    for body in bodies {
        let text = body.as_str();
        for (at, _) in text.match_indices(USER) {
            let rest = text.get(at + USER.len()..).unwrap_or_default();
            let address = rest.split('"').next().unwrap_or_default();
            found.extend(Email::parse(address));
        }
    }
    found
}

/// Returns everybody who is there in a test because the tree or the test says so, be it in what it declares otherwise.
#[must_use]
pub fn people(script: &Script, named: &BTreeSet<Email>) -> BTreeSet<Email> {
    let own = script.given.people.keys();
    let applied = script.steps.iter().filter_map(|step| match &step.deed {
        Some(Deed::Apply(edits)) => Some(edits),
        _ => None,
    });
    let edits = applied.chain([&script.given.before]).flatten();
    let bodies = edits.filter_map(|(_, edit)| match edit {
        Edit::Keys(keys) => Some(Body::of(keys)),
        Edit::Gone => None,
    });
    let mut people = named_people(bodies);
    people.extend(named.iter().chain(own).cloned());
    people
}

/// Returns everybody who is there in a test though nothing but its steps names them: our own people, who are members
/// whatever the tree says of them.
pub fn own_people(script: &Script, is_own: impl Fn(&Email) -> bool) -> BTreeSet<Email> {
    let mut found = BTreeSet::new();
    mentions(script, &mut |_, mention| {
        if let Mention::Actor(mail) | Mention::Expected(mail) = mention
            && is_own(mail)
        {
            let _ = found.insert(mail.clone());
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_whom_a_body_names_by_address() {
        let body = Body::of(&json!({
            "sponsors": { "internal": ["user:ana@contoso.com", "group:leads"] },
            "approval": { "stages": [{ "approvers": ["user:omar@contoso.com", "manager"] }] },
            "description": "write to user:nobody@contoso.com",
        }));
        let found = named_people([body]);
        let found: Vec<&str> = found.iter().map(Email::as_str).collect();
        assert_eq!(found, ["ana@contoso.com", "omar@contoso.com"]);
    }
}
