//! Findings: what pipelines and code hosts show beside the lines of a file.
//!
//! Diagnostics and refusals become [`Finding`]s once; a format is a function from all of them to bytes. Every format makes
//! foreign text harmless by its own rules.

mod annotations;
mod code_quality;
mod drift;
mod impact;
mod junit;
mod level;
mod sarif;
mod terraform;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::access;
use super::mask::Mask;
use super::neutral::neutral;
use super::report::Compared;
use crate::diag::{Diagnostics, Example, Severity};
use crate::guard::{Refusal, Rule};
use crate::impact::Impact;
use crate::lint::Info;
use crate::model::{Address, Digest, Origin};
use crate::plan::Plan;
use crate::scenario::Played;
use crate::source::Place;

pub use annotations::{azure, github};
pub use code_quality::code_quality;
pub use junit::junit;
pub use level::Level;
pub use sarif::sarif;
pub use terraform::{no_terraform, terraform};

/// A result of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule: a code of diagnostics, a lint, or a guard.
    pub rule: String,
    /// What the rule is about, in a few words.
    pub title: String,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, with foreign characters made visible.
    pub message: String,
    /// What to do, a line each.
    pub help: Vec<String>,
    /// The name of the test that it is the result of; `None` for a finding of another sort.
    pub test: Option<String>,
    /// What is to be known beside it, a line each: what else a test says and how it was played, or a test that shows it.
    pub more: Vec<String>,
    /// Where.
    pub spot: Spot,
    /// Further places, and what stands there.
    pub related: Vec<(Spot, String)>,
    /// What stays the same while lines above it come and go.
    pub fingerprint: String,
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The path below the root of the repository, with `/` between folders.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The columns, counted from 1, the second one after the last character; `None` for a whole line.
    pub columns: Option<Columns>,
}

/// The columns of a finding, counted in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// The first, in characters.
    pub characters: u32,
    /// The first, in UTF-16 code units.
    pub utf16: u32,
    /// The one after the last, in UTF-16 code units.
    pub utf16_end: u32,
}

/// All findings of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// The command: `validate`, `plan`.
    pub command: &'static str,
    /// The findings, in order.
    pub all: Vec<Finding>,
    /// What was asked and has nothing to say: guards, lints, tests that hold.
    pub passed: Vec<Passed>,
    /// What there is to say of rules, found or not.
    pub rules: Vec<RuleText>,
}

/// What there is to say of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// Its name.
    pub name: String,
    /// What it is about, in a few words.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub mend: String,
    /// How bad its findings are.
    pub level: Level,
}

/// Something that was asked and has nothing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// What it belongs to: a file, or the guards.
    pub suite: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub about: String,
}

/// How findings are told.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The command.
    pub command: &'static str,
    /// The folder of the project below the root of the repository; empty where they are the same.
    pub folder: &'a str,
    /// The file that stands for what has no place in the tree.
    pub settings: &'a str,
    /// What masks mail addresses; `None` where they are shown whole.
    pub mask: Option<&'a Mask>,
}

impl Setting<'_> {
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let masked = self.mask.map_or(text.into(), |mask| mask.text(text));
        match neutral(&masked, true) {
            Cow::Borrowed(_) => masked,
            Cow::Owned(shown) => Cow::Owned(shown),
        }
    }

    /// Returns a text that people copy, as lines that are indented alike.
    fn example(&self, example: &Example) -> Vec<String> {
        let Example { title, text } = example;
        let (lines, note) = match self.mask {
            Some(mask) => mask.copied(text.lines()),
            None => (text.lines().map(str::to_owned).collect(), None),
        };
        let title = format!("{title}{}", note.unwrap_or_default());
        let lines = lines.iter().map(|line| neutral(line, true).into_owned());
        std::iter::once(title).chain(lines).collect()
    }

    fn path(&self, path: &str) -> String {
        match self.folder {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        }
    }

    fn spot(&self, place: Option<&Place>) -> Spot {
        match place {
            Some(place) => Spot {
                path: self.path(&place.path),
                line: place.line,
                columns: Some(Columns {
                    characters: place.column,
                    utf16: place.utf16,
                    utf16_end: place.utf16_end,
                }),
            },
            None => Spot {
                path: self.path(self.settings),
                line: 1,
                columns: None,
            },
        }
    }

    /// Returns a line of a file below the project's folder.
    fn line(&self, path: &str, line: u32) -> Spot {
        Spot {
            path: self.path(path),
            line,
            columns: None,
        }
    }

    /// Returns where an object is declared.
    fn declared(&self, origin: Option<&Origin>) -> Spot {
        origin.map_or_else(
            || self.spot(None),
            |origin| self.line(&origin.path, origin.line),
        )
    }

    /// Returns findings of diagnostics.
    #[must_use]
    pub fn diagnostics(&self, list: &Diagnostics) -> Findings {
        let all = list.iter().map(|one| {
            let excerpt = one
                .primary
                .as_ref()
                .map_or("", |place| place.excerpt.trim());
            let spot = self.spot(one.primary.as_deref());
            Finding {
                rule: one.code.id.to_owned(),
                title: one.code.title.to_owned(),
                level: one.severity.into(),
                message: self.text(&one.message).into_owned(),
                help: one
                    .help
                    .iter()
                    .map(|help| self.text(help).into_owned())
                    .collect(),
                test: None,
                more: one
                    .example
                    .as_deref()
                    .map_or_else(Vec::new, |example| self.example(example)),
                related: one
                    .related
                    .iter()
                    .map(|label| {
                        (
                            self.spot(Some(&label.place)),
                            self.text(&label.note).into_owned(),
                        )
                    })
                    .collect(),
                fingerprint: print(&[one.code.id, &spot.path, excerpt, &one.message]),
                spot,
            }
        });
        Findings {
            command: self.command,
            all: numbered(all.collect()),
            passed: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// Returns findings of lints, with what each lint that was asked says of itself.
    #[must_use]
    pub fn linted(&self, list: &Diagnostics, asked: &[(&'static Info, Severity)]) -> Findings {
        let mut findings = self.diagnostics(list);
        for (info, severity) in asked {
            let Info {
                code, why, mend, ..
            } = info;
            findings.rules.push(RuleText {
                name: code.id.to_owned(),
                title: code.title.to_owned(),
                why: (*why).to_owned(),
                mend: (*mend).to_owned(),
                level: (*severity).into(),
            });
            if findings.all.iter().all(|one| one.rule != code.id) {
                findings.passed.push(Passed {
                    suite: "lints".to_owned(),
                    name: code.id.to_owned(),
                    about: code.title.to_owned(),
                });
            }
        }
        findings
    }

    /// Returns findings of what stands against a plan, what it is warned of, and what it does to people's access.
    #[must_use]
    pub fn planned(
        &self,
        plan: &Plan,
        impact: &Impact,
        refusals: &[Refusal],
        warnings: &Diagnostics,
    ) -> Findings {
        let mut findings = self.diagnostics(warnings);
        for refusal in refusals {
            findings.all.push(self.refusal(plan, impact, refusal));
        }
        findings.all.extend(self.access(plan, impact));
        findings.all = numbered(findings.all);
        findings.passed = Rule::ALL
            .iter()
            .filter(|rule| refusals.iter().all(|refusal| refusal.rule != **rule))
            .map(|rule| Passed {
                suite: "guards".to_owned(),
                name: name(*rule),
                about: about(*rule),
            })
            .collect();
        findings
    }

    /// Returns findings of two trees: what there is to say of the one after, and of a plan that leads to it.
    #[must_use]
    pub fn compared(&self, compared: &Compared) -> Findings {
        let Compared {
            plan,
            impact,
            refusals,
            placed,
            ..
        } = compared;
        let mut findings = self.planned(plan, impact, refusals, placed);
        // Whether the others are quiet, a store alone can tell.
        let quiet = Rule::ALL.iter().filter(|rule| rule.is_of_trees());
        let quiet: Vec<String> = quiet.map(|rule| name(*rule)).collect();
        findings.passed.retain(|one| quiet.contains(&one.name));
        findings
    }

    /// Returns findings of tests that were played: one for each that does not hold.
    #[must_use]
    pub fn tested(&self, played: &[Played], warnings: &Diagnostics) -> Findings {
        let mut findings = self.diagnostics(warnings);
        for one in played {
            let Some(diagnostic) = one.diagnostic() else {
                findings.passed.push(Passed {
                    suite: self.spot(one.place.as_ref()).path,
                    name: one.name.to_string(),
                    about: self.spot(one.place.as_ref()).path,
                });
                continue;
            };
            let mut list = Diagnostics::new();
            list.push(diagnostic);
            let lines = one.lines();
            for mut finding in self.diagnostics(&list).all {
                finding.test = Some(one.name.to_string());
                let also = finding.related.iter();
                let also = also.map(|(spot, note)| format!("{}:{}: {note}", spot.path, spot.line));
                let played = lines.iter().map(|line| self.text(line).into_owned());
                finding.more = also.chain(played).collect();
                findings.all.push(finding);
            }
        }
        findings.all = numbered(findings.all);
        findings
    }

    /// Returns the one finding of a command that failed before it could find any.
    #[must_use]
    pub fn failed(&self, word: &str, message: &str, help: Option<&str>) -> Findings {
        let failure = Finding {
            rule: format!("failed-{word}"),
            title: format!("a `{}` that could not be carried out", self.command),
            level: Level::Error,
            message: self.text(message).into_owned(),
            help: help
                .iter()
                .flat_map(|help| help.lines())
                .map(|line| self.text(line).into_owned())
                .collect(),
            test: None,
            more: Vec::new(),
            spot: self.spot(None),
            related: Vec::new(),
            fingerprint: print(&[word, message]),
        };
        Findings {
            command: self.command,
            all: numbered(vec![failure]),
            ..Findings::default()
        }
    }

    fn refusal(&self, plan: &Plan, impact: &Impact, refusal: &Refusal) -> Finding {
        let Refusal {
            rule,
            address,
            message,
            help,
            objects,
        } = refusal;
        let concerned = || std::iter::once(address).chain(objects);
        let spot = match rule {
            Rule::Widening => self.widening(impact, concerned()),
            _ => None,
        };
        let named = |wanted: &Address| plan.changes.iter().find(|change| change.address == *wanted);
        let declared = || {
            let origin = concerned().find_map(|address| named(address)?.origin.as_ref());
            self.declared(origin)
        };
        let spot = spot.unwrap_or_else(declared);
        let address = address.to_string();
        let told = if message.contains(&address) {
            message.clone()
        } else {
            format!("{address}: {message}")
        };
        Finding {
            rule: name(*rule),
            title: about(*rule),
            level: Level::Error,
            message: self.text(&told).into_owned(),
            help: help
                .lines()
                .map(|line| self.text(line).into_owned())
                .collect(),
            test: None,
            more: Vec::new(),
            fingerprint: print(&[rule.as_str(), &address, message]),
            spot,
            related: Vec::new(),
        }
    }
}

fn name(rule: Rule) -> String {
    format!("refused-{}", rule.as_str())
}

fn about(rule: Rule) -> String {
    format!("a plan that the guard `{}` refuses", rule.as_str())
}

fn print(of: &[&str]) -> String {
    Digest::of(of.join("\0").as_bytes()).to_string()
}

/// Tells equal findings apart by their number.
fn numbered(mut all: Vec<Finding>) -> Vec<Finding> {
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for finding in &mut all {
        let plain = finding.fingerprint.split(':').next().unwrap_or_default();
        let n = seen.entry(plain.to_owned()).or_default();
        *n += 1;
        finding.fingerprint = format!("{plain}:{n}");
    }
    all
}

/// Parts findings into so many that a host shows and the others: errors first, then warnings, then notes; of these a few of
/// every rule, then gains and losses of access by turns, then the others. Both come in that order.
fn chosen<'f>(all: &[&'f Finding], most: usize) -> (Vec<&'f Finding>, Vec<&'f Finding>) {
    let kinds: Vec<(Level, &str)> = all.iter().map(|one| (one.level, &*one.rule)).collect();
    let mut order = access::order(&kinds, |(_, rule)| rule.ends_with("-other"));
    order.sort_by_key(|at| all[*at].level);
    let mut sorted: Vec<&Finding> = order.into_iter().map(|at| all[at]).collect();
    let rest = sorted.split_off(most.min(sorted.len()));
    (sorted, rest)
}

/// Counts findings by their rules: `12 access-wider, 1 GL0510`.
fn by_rule(findings: &[&Finding]) -> String {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for one in findings {
        *counts.entry(&one.rule).or_default() += 1;
    }
    let counts = counts.into_iter().map(|(rule, n)| format!("{n} {rule}"));
    counts.collect::<Vec<_>>().join(", ")
}

impl Finding {
    /// Returns the message with its help, a line each.
    fn full(&self) -> String {
        let mut text = self.message.clone();
        for help in &self.help {
            text.push_str("\nhelp: ");
            text.push_str(help);
        }
        for line in &self.more {
            text.push('\n');
            text.push_str(line);
        }
        text
    }
}
