//! One text of a mail: a subject and a body with the names of facts in braces.
//!
//! `{person}` stands for a fact. A line that names a fact which the mail does not have is left out, so one text serves a
//! request with and without a justification. There is nothing else to it: no conditions, no loops.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_general_category::{GeneralCategory, get_general_category};

use crate::diag::offer;
use crate::governance::Facts;

/// The facts that a text may name.
pub(super) const FACTS: &[&str] = &[
    "to-name",
    "person",
    "organization",
    "package",
    "request",
    "justification",
    "asked",
    "start",
    "end",
    "until",
    "link",
    "message",
    "tenant",
];

/// The most characters of what somebody else wrote.
const LONGEST: usize = 2000;

/// A text, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    subject: String,
    lines: Vec<Vec<Piece>>,
    head: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Fact(&'static str),
}

impl Template {
    /// Reads a text: `Subject: …`, an empty line, the body.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its line, counted from 1.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<(usize, String)>> {
        let mut problems = Vec::new();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let subject = first.strip_prefix("Subject:").map_or("", str::trim);
        if subject.is_empty() {
            problems.push((1, "the first line is not `Subject: …`".to_owned()));
        }
        if lines.next().is_some_and(|line| !line.trim().is_empty()) {
            let wrong = "the line between subject and text is not empty";
            problems.push((2, wrong.to_owned()));
        }
        let mut read = |line: &str, number: usize| {
            pieces(line.trim_end()).unwrap_or_else(|problem| {
                problems.push((number, problem));
                Vec::new()
            })
        };
        let head = read(subject, 1);
        let lines: Vec<Vec<Piece>> = lines
            .enumerate()
            .map(|(index, line)| read(line, index + 3))
            .collect();
        if lines.iter().all(Vec::is_empty) {
            problems.push((3, "there is no text after the subject".to_owned()));
        }
        match problems.is_empty() {
            true => Ok(Self {
                subject: subject.to_owned(),
                lines,
                head,
            }),
            false => Err(problems),
        }
    }

    /// Returns the names of the facts that it speaks of.
    #[cfg(test)]
    pub(super) fn names(&self) -> std::collections::BTreeSet<&'static str> {
        let all = self.lines.iter().flatten().chain(&self.head);
        all.filter_map(|piece| match piece {
            Piece::Fact(name) => Some(*name),
            Piece::Text(_) => None,
        })
        .collect()
    }

    /// Returns the subject and the body for some facts.
    pub(super) fn fill(&self, given: &Given<'_>) -> (String, String) {
        let mut subject = String::new();
        for piece in &self.head {
            match piece {
                Piece::Text(text) => subject.push_str(text),
                Piece::Fact(name) => subject.push_str(&given.fact(name).unwrap_or_default()),
            }
        }
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut body = String::new();
        let mut gap = false;
        for line in &self.lines {
            let Some(line) = filled(line, given) else {
                continue;
            };
            if line.is_empty() {
                gap = !body.is_empty();
                continue;
            }
            if std::mem::take(&mut gap) {
                body.push('\n');
            }
            let _ = writeln!(body, "{line}");
        }
        (subject, body)
    }
}

fn filled(line: &[Piece], given: &Given<'_>) -> Option<String> {
    let mut text = String::new();
    for piece in line {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Fact(name) => text.push_str(&given.fact(name)?),
        }
    }
    Some(text)
}

/// Splits a line at the names in braces.
fn pieces(line: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            return Err("a `{` has no `}`".to_owned());
        };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let Some(known) = FACTS.iter().find(|known| **known == name) else {
            let near = offer(name, FACTS.iter().copied());
            let near = near.unwrap_or_else(|| format!("there are {}", FACTS.join(", ")));
            return Err(format!("`{{{name}}}` is no fact of a mail: {near}"));
        };
        pieces.push(Piece::Fact(known));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// What a text is filled with.
#[derive(Debug)]
pub(super) struct Given<'f> {
    pub(super) facts: &'f Facts,
    pub(super) tenant: &'f str,
    pub(super) zone: &'f TimeZone,
}

impl Given<'_> {
    /// Returns a fact in words, harmless whoever wrote it; `None` for one that the mail does not have.
    fn fact(&self, name: &str) -> Option<String> {
        let Facts {
            to_name,
            person,
            organization,
            package,
            request,
            justification,
            asked,
            start,
            end,
            until,
            link,
            message,
        } = self.facts;
        let text = match name {
            "to-name" => one_line(to_name),
            "person" => one_line(person),
            "organization" => one_line(organization),
            "package" => one_line(package),
            "request" => request.map(|number| number.to_string()).unwrap_or_default(),
            "justification" => one_line(justification),
            "asked" => self.instant(*asked),
            "start" => self.instant(*start),
            "end" => self.instant(*end),
            "until" => self.instant(*until),
            "link" => one_line(link),
            "message" => one_line(message),
            "tenant" => one_line(self.tenant),
            _ => String::new(),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    fn instant(&self, at: Option<Timestamp>) -> String {
        at.map(|at| {
            let at = at.to_zoned(self.zone.clone());
            at.strftime("%Y-%m-%d %H:%M %Z").to_string()
        })
        .unwrap_or_default()
    }
}

/// Makes a text harmless in a header and in a plain body: one line, nothing invisible, not endless.
pub(super) fn one_line(text: &str) -> String {
    let visible = text.chars().filter_map(|c| match get_general_category(c) {
        _ if c.is_whitespace() => Some(' '),
        // Joiners belong to names in several scripts.
        GeneralCategory::Format if matches!(c, '\u{200c}' | '\u{200d}') => Some(c),
        GeneralCategory::Control
        | GeneralCategory::Format
        | GeneralCategory::PrivateUse
        | GeneralCategory::Unassigned
        | GeneralCategory::Surrogate
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => None,
        _ => Some(c),
    });
    let visible: String = visible.collect();
    let mut words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > LONGEST {
        words = words.chars().take(LONGEST).chain(['…']).collect();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(facts: &Facts) -> Given<'_> {
        Given {
            facts,
            tenant: "Contoso",
            zone: const { &TimeZone::UTC },
        }
    }

    #[test]
    fn a_line_without_its_fact_is_left_out() {
        let text = "Subject: {package}\n\nFor {person}\n\nWhy: {justification}\n\nBye\n";
        let template = Template::parse(text).expect("a text");
        let mut facts = Facts {
            person: "Jane".to_owned(),
            package: "Campaign".to_owned(),
            ..Facts::default()
        };
        let (subject, body) = template.fill(&given(&facts));
        assert_eq!((&*subject, &*body), ("Campaign", "For Jane\n\nBye\n"));
        facts.justification = "work".to_owned();
        let (_, body) = template.fill(&given(&facts));
        assert_eq!(body, "For Jane\n\nWhy: work\n\nBye\n");
    }

    #[test]
    fn what_others_wrote_is_one_harmless_line_and_names_no_fact() {
        let template = Template::parse("Subject: {person}\n\n{justification}\n").expect("a text");
        let facts = Facts {
            person: "Jane\r\nBcc: all@contoso.com".to_owned(),
            justification: "{link}\n\n\u{202e}evil\u{7}".to_owned(),
            ..Facts::default()
        };
        let (subject, body) = template.fill(&given(&facts));
        assert_eq!(subject, "Jane Bcc: all@contoso.com");
        assert_eq!(body, "{link} evil\n");
    }

    #[test]
    fn every_problem_is_told_with_its_line() {
        let problems = Template::parse("Hello\nthere\n{persn} {open\n{package").expect_err("wrong");
        let lines: Vec<usize> = problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 3]);
        assert!(problems[2].1.contains("`person`"), "{problems:?}");
    }
}
