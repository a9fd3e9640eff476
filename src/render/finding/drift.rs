//! Findings of drift: one for each object that was changed, where the tree declares it.
//!
//! Each is an error, because the command says by its exit code that there is something.

use super::{Finding, Findings, Level, Passed, Setting, print};
use crate::model::Fate;
use crate::plan::{Drifted, Strayed};
use crate::render::view::strayed;

/// A rule with what it is about, for each way in which an object may stray.
const RULES: [(&str, &str); 5] = [
    ("drift-changed", "an object that was changed in the store"),
    ("drift-deleted", "an object that was deleted in the store"),
    ("drift-unbound", "an object that was made nobody's"),
    ("drift-taken", "an object that another project took"),
    ("drift-moved", "an object that was moved to another address"),
];

impl Setting<'_> {
    /// Returns findings of what was changed in a store since the last apply.
    #[must_use]
    pub fn drifted(&self, drifted: &[Drifted]) -> Findings {
        let all: Vec<Finding> = drifted.iter().map(|one| self.strayed(one)).collect();
        let silent = RULES
            .iter()
            .filter(|(rule, _)| all.iter().all(|one| one.rule != *rule));
        let passed = silent.map(|(rule, about)| Passed {
            suite: "drift".to_owned(),
            name: (*rule).to_owned(),
            about: (*about).to_owned(),
        });
        Findings {
            command: self.command,
            passed: passed.collect(),
            rules: Vec::new(),
            all: super::numbered(all),
        }
    }

    fn strayed(&self, one: &Drifted) -> Finding {
        let (rule, title) = rule(&one.what);
        let message = format!("{} was {}", one.address, strayed::happened(one));
        let lines = |lines: &[String]| -> Vec<String> {
            let lines = lines.iter().map(|line| self.text(line).into_owned());
            lines.collect()
        };
        Finding {
            rule: rule.to_owned(),
            title: title.to_owned(),
            level: Level::Error,
            message: self.text(&message).into_owned(),
            help: lines(&[strayed::HELP.to_owned()]),
            test: None,
            more: lines(&strayed::keys(one)),
            spot: self.declared(one.origin.as_ref()),
            related: Vec::new(),
            fingerprint: print(&[rule, &one.address.to_string()]),
        }
    }
}

const fn rule(what: &Strayed) -> (&'static str, &'static str) {
    match what {
        Strayed::Changed { .. } => RULES[0],
        Strayed::Lost { fate, .. } => match fate {
            Fate::Deleted => RULES[1],
            Fate::Unbound => RULES[2],
            Fate::Taken { .. } => RULES[3],
            Fate::Rebound { .. } => RULES[4],
        },
    }
}
