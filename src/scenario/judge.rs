//! Whether what was seen is what was expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::expect::{Ends, Expect};
use super::step::Step;
use super::words::{AccountWord, AssignmentWord, Ground, MailWord, RequestWord};
use crate::model::Name;
use crate::model::text::{Email, When};
use crate::source::Route;

/// What was seen after a step: whatever its expectation asks for, and no more.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Why the step was refused, and in which words.
    pub refused: Option<(Ground, String)>,
    /// The request.
    pub request: Option<SeenRequest>,
    /// The assignment: where it stands, and when it ends; `None` for never.
    pub assignment: Option<(AssignmentWord, Option<Timestamp>)>,
    /// The packages that people have.
    pub access: BTreeMap<Email, BTreeSet<String>>,
    /// The roles that people hold, by resource.
    pub roles: BTreeMap<Email, BTreeMap<String, BTreeSet<String>>>,
    /// What has become of accounts.
    pub accounts: BTreeMap<Email, AccountWord>,
    /// The mails sent since the step before, each with those who got it.
    pub mails: BTreeMap<MailWord, Vec<Email>>,
}

/// A request as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// Where it stands.
    pub state: RequestWord,
    /// The name of its policy.
    pub policy: String,
    /// The stage that waits for a decision, counted from 1.
    pub stage: Option<usize>,
    /// Who may decide now.
    pub approvers: BTreeSet<Email>,
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where the expectation stands, below the step.
    pub at: Route,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Returns an instant as people of a zone read it: `2028-07-29 14:00`, with seconds, and parts of one, where there are some.
#[must_use]
pub fn told(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    let form = match (at.second(), at.subsec_nanosecond()) {
        (0, 0) => "%Y-%m-%d %H:%M",
        _ => "%Y-%m-%d %H:%M:%S%.f",
    };
    at.strftime(form).to_string()
}

/// Returns everything about a step that is not as expected, in the order in which expectations are written.
#[must_use]
pub fn judge(step: &Step, seen: &Observed, zone: &TimeZone) -> Vec<Difference> {
    let mut judge = Judge {
        seen,
        zone,
        found: Vec::new(),
    };
    judge.refusal(step);
    if let Some(expect) = &step.expect {
        judge.request(expect);
        judge.assignment(expect);
        judge.people(expect);
        judge.mails(expect);
    }
    judge.found
}

struct Judge<'s> {
    seen: &'s Observed,
    zone: &'s TimeZone,
    found: Vec<Difference>,
}

impl Judge<'_> {
    fn push(&mut self, at: Route, message: String) {
        self.found.push(Difference {
            at,
            message,
            help: None,
        });
    }

    /// Compares two values that are told by a word.
    fn word(&mut self, key: &str, expected: impl Display, found: impl Display) {
        let (expected, found) = (expected.to_string(), found.to_string());
        if expected != found {
            self.push(
                at(key),
                format!("expected `{key}: {expected}`, found `{found}`"),
            );
        }
    }

    fn refusal(&mut self, step: &Step) {
        let expected = step.expect.as_ref().and_then(|expect| expect.refused);
        match (expected, &self.seen.refused) {
            (None, None) => {}
            (Some(expected), None) => self.push(
                at("refused"),
                format!("expected a refusal (`{expected}`), and nothing was refused"),
            ),
            (Some(expected), Some((ground, message))) => {
                if expected != *ground {
                    let message =
                        format!("expected `refused: {expected}`, found `{ground}`: {message}");
                    self.push(at("refused"), message);
                }
            }
            (None, Some((ground, message))) => {
                let word = step.deed.as_ref().map_or("expect", |deed| deed.word());
                self.found.push(Difference {
                    at: Route::root().key(word),
                    message: format!("the step is refused (`{ground}`): {message}"),
                    help: Some(format!(
                        "if that is what the test is about, write `expect: {{ refused: {ground} }}`"
                    )),
                });
            }
        }
    }

    fn request(&mut self, expect: &Expect) {
        let wants = [
            ("request", expect.request.is_some()),
            ("policy", expect.policy.is_some()),
            ("stage", expect.stage.is_some()),
            ("approvers", expect.approvers.is_some()),
        ];
        let Some(seen) = &self.seen.request else {
            if let Some((key, _)) = wants.iter().find(|(_, wanted)| *wanted) {
                self.push(
                    at(key),
                    format!("expected `{key}` of a request, and there is none"),
                );
            }
            return;
        };
        if let Some(state) = expect.request {
            self.word("request", state, seen.state);
        }
        if let Some(policy) = &expect.policy {
            self.word("policy", policy, &seen.policy);
        }
        if let Some(stage) = expect.stage {
            match seen.stage {
                Some(found) => self.word("stage", stage, found),
                None => self.push(
                    at("stage"),
                    format!("expected `stage: {stage}`, and nothing waits for a decision"),
                ),
            }
        }
        if let Some(approvers) = &expect.approvers {
            let expected: Vec<&str> = approvers.iter().map(Email::as_str).collect();
            let found: BTreeSet<&str> = seen.approvers.iter().map(Email::as_str).collect();
            self.set(at("approvers"), "approvers", &expected, &found);
        }
    }

    fn assignment(&mut self, expect: &Expect) {
        if let Some(expected) = expect.assignment {
            let found = self
                .seen
                .assignment
                .map_or(AssignmentWord::None, |(word, _)| word);
            self.word("assignment", expected, found);
        }
        let Some(expected) = expect.ends else { return };
        let found = match self.seen.assignment {
            None => "nothing is assigned".to_owned(),
            Some((_, end)) => {
                if self.is_end(expected, end) {
                    return;
                }
                let end = end.map_or_else(|| "never".to_owned(), |end| told(end, self.zone));
                format!("found `{end}`")
            }
        };
        let expected = match expected {
            Ends::At(When::At(instant)) => told(instant, self.zone),
            other => other.to_string(),
        };
        self.push(at("ends"), format!("expected `ends: {expected}`, {found}"));
    }

    /// Returns true for an end that is as expected: at the instant, or on the day.
    fn is_end(&self, expected: Ends, found: Option<Timestamp>) -> bool {
        match (expected, found) {
            (Ends::Never, None) => true,
            (Ends::At(When::At(expected)), Some(found)) => expected == found,
            (Ends::At(when @ When::Date(_)), Some(found)) => {
                (when.start(self.zone)..=when.resolve(self.zone)).contains(&found)
            }
            _ => false,
        }
    }

    fn people(&mut self, expect: &Expect) {
        for (mail, packages) in expect.access.iter().flatten() {
            let expected: Vec<&str> = packages.iter().map(Name::as_str).collect();
            let found = self.seen.access.get(mail);
            let found: BTreeSet<&str> = found.into_iter().flatten().map(String::as_str).collect();
            self.set(
                at("access").key(mail.as_str()),
                &format!("access of {mail}"),
                &expected,
                &found,
            );
        }
        for (mail, expected) in expect.roles.iter().flatten() {
            let none = BTreeMap::new();
            let found = self.seen.roles.get(mail).unwrap_or(&none);
            let expected: BTreeMap<&str, BTreeSet<&str>> = expected
                .iter()
                .map(|(name, roles)| {
                    (
                        name.as_str(),
                        roles.iter().map(|role| role.as_str()).collect(),
                    )
                })
                .collect();
            let found: BTreeMap<&str, BTreeSet<&str>> = found
                .iter()
                .map(|(name, roles)| (name.as_str(), roles.iter().map(String::as_str).collect()))
                .collect();
            if expected != found {
                let wrong = expected
                    .iter()
                    .find(|(name, roles)| found.get(*name) != Some(roles));
                let mut at = at("roles").key(mail.as_str());
                if let Some((name, _)) = wrong {
                    at = at.key(name);
                }
                let (expected, found) = (mapping(&expected), mapping(&found));
                self.push(
                    at,
                    format!("expected roles of {mail} `{expected}`, found `{found}`"),
                );
            }
        }
        for (mail, expected) in expect.accounts.iter().flatten() {
            let found = self.seen.accounts.get(mail).copied();
            let found = found.unwrap_or(AccountWord::None);
            if *expected != found {
                let message =
                    format!("expected the account of {mail} `{expected}`, found `{found}`");
                self.push(at("accounts").key(mail.as_str()), message);
            }
        }
    }

    fn mails(&mut self, expect: &Expect) {
        let Some(expected) = &expect.mails else {
            return;
        };
        for (template, to) in expected {
            let none = Vec::new();
            let found = sorted(self.seen.mails.get(template).unwrap_or(&none));
            let (expected, key) = (sorted(to), at("mails").key(template.as_str()));
            if expected != found {
                let (expected, found) = (list(&expected), list(&found));
                self.push(
                    key,
                    format!("expected the mail `{template}` to `{expected}`, found `{found}`"),
                );
            }
        }
        let more = self.seen.mails.iter();
        let more: BTreeMap<&str, Vec<&str>> = more
            .filter(|(template, _)| !expected.contains_key(template))
            .map(|(template, to)| (template.as_str(), sorted(to)))
            .collect();
        if !more.is_empty() {
            let more = mapping(&more);
            self.push(
                at("mails"),
                format!("mails that are not expected: `{more}`"),
            );
        }
    }

    /// Compares a list whose order means nothing.
    fn set(&mut self, at: Route, what: &str, expected: &[&str], found: &BTreeSet<&str>) {
        let wanted: BTreeSet<&str> = expected.iter().copied().collect();
        if wanted == *found {
            return;
        }
        let missing = expected.iter().position(|one| !found.contains(one));
        let at = missing.map_or_else(|| at.clone(), |index| at.clone().index(index));
        let (wanted, found) = (list(&wanted), list(found));
        self.push(at, format!("expected {what} `{wanted}`, found `{found}`"));
    }
}

fn at(key: &str) -> Route {
    Route::root().key("expect").key(key)
}

fn sorted(mails: &[Email]) -> Vec<&str> {
    let mut mails: Vec<&str> = mails.iter().map(Email::as_str).collect();
    mails.sort_unstable();
    mails
}

fn list<'a>(items: impl IntoIterator<Item = &'a &'a str>) -> String {
    let items: Vec<&str> = items.into_iter().copied().collect();
    format!("[{}]", items.join(", "))
}

fn mapping<'a, L>(keys: &'a BTreeMap<&str, L>) -> String
where
    &'a L: IntoIterator<Item = &'a &'a str>,
{
    let keys: Vec<String> = keys
        .iter()
        .map(|(key, items)| format!("{key}: {}", list(items)))
        .collect();
    match keys.as_slice() {
        [] => "{}".to_owned(),
        keys => format!("{{ {} }}", keys.join(", ")),
    }
}

#[cfg(test)]
mod tests;
