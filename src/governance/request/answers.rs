//! The questions of a policy, and answers to them. Fact sheet `graph-entitlement` §6.

use crate::governance::record::Answer;
use crate::governance::{Ground, Refusal};
use crate::model::kinds::policy::Question;

/// How long one answer may be, in characters.
const LONGEST: usize = 4_000;

/// Reads the answers to questions, in the order of the questions: each given to a question, or to its number.
pub(in crate::governance) fn read(
    questions: &[Question],
    given: &[(String, String)],
) -> Result<Vec<Answer>, Refusal> {
    let mut values: Vec<Vec<String>> = vec![Vec::new(); questions.len()];
    for (key, value) in given {
        let found =
            find(questions, key).and_then(|at| Some((questions.get(at)?, values.get_mut(at)?)));
        let Some((question, values)) = found else {
            return Err(refusal(format!("there is no question `{key}`")).help(all(questions)));
        };
        let value = value.trim();
        if !value.is_empty() {
            values.push(judged(question, value)?);
        }
    }
    let mut answers = Vec::new();
    for (at, (question, mut values)) in questions.iter().zip(values).enumerate() {
        let ask = question.ask.as_str();
        values.dedup();
        if values.is_empty() {
            if question.required {
                let help = format!("answer with `--answer '{}=…'`{}", at + 1, choices(question));
                return Err(refusal(format!("`{ask}` is not answered, and must be")).help(help));
            }
            continue;
        }
        if values.len() > 1 && !question.multiple {
            return Err(
                refusal(format!("`{ask}` is answered {} times", values.len()))
                    .help("it takes one answer"),
            );
        }
        answers.push(Answer {
            question: ask.to_owned(),
            values,
        });
    }
    Ok(answers)
}

fn refusal(message: String) -> Refusal {
    Refusal::new(Ground::Answers, message)
}

fn find(questions: &[Question], key: &str) -> Option<usize> {
    let key = key.trim();
    let named = |question: &Question| question.ask.as_str().eq_ignore_ascii_case(key);
    if let Some(at) = questions.iter().position(named) {
        return Some(at);
    }
    key.parse::<usize>()
        .ok()?
        .checked_sub(1)
        .filter(|at| *at < questions.len())
}

/// Returns an answer as it is kept: the value of the choice, or the text.
fn judged(question: &Question, value: &str) -> Result<String, Refusal> {
    let ask = question.ask.as_str();
    if !question.choices.is_empty() {
        let chosen = question.choices.iter().find(|choice| {
            let text = choice.text.as_ref().map(|text| text.as_str());
            choice.value.as_str() == value || text == Some(value)
        });
        return match chosen {
            Some(choice) => Ok(choice.value.to_string()),
            None => Err(refusal(format!("`{value}` is no answer to `{ask}`"))
                .help(format!("choose one{}", choices(question)))),
        };
    }
    if value.chars().count() > LONGEST {
        return Err(refusal(format!("the answer to `{ask}` is too long"))
            .help(format!("it takes up to {LONGEST} characters")));
    }
    if !question.multiline && value.contains(['\n', '\r']) {
        return Err(
            refusal(format!("the answer to `{ask}` has several lines")).help("it takes one line")
        );
    }
    if let Some(pattern) = &question.pattern {
        // The whole answer matches, wherever the pattern's own alternatives end.
        let whole = format!("^(?:{})$", pattern.as_str());
        let matches = regex::RegexBuilder::new(&whole).size_limit(1 << 19).build();
        if !matches.is_ok_and(|matches| matches.is_match(value)) {
            return Err(
                refusal(format!("`{value}` does not fit what `{ask}` takes"))
                    .help(format!("the whole answer matches `{}`", pattern.as_str())),
            );
        }
    }
    Ok(value.to_owned())
}

fn choices(question: &Question) -> String {
    if question.choices.is_empty() {
        return String::new();
    }
    let choices: Vec<String> = question
        .choices
        .iter()
        .map(|choice| format!("`{}`", choice.value))
        .collect();
    format!(" of {}", choices.join(", "))
}

/// Returns every question with its number, in words.
fn all(questions: &[Question]) -> String {
    if questions.is_empty() {
        return "the policy asks no questions".to_owned();
    }
    let all = questions.iter().enumerate();
    let all: Vec<String> = all
        .map(|(at, question)| format!("{}: {}", at + 1, question.ask))
        .collect();
    format!("the questions are {}", all.join("; "))
}

/// Returns what a policy wants to be told, in words; empty for nothing.
pub(super) fn wanted(questions: &[Question], justification: bool) -> String {
    let required = questions
        .iter()
        .enumerate()
        .filter(|(_, question)| question.required);
    let mut wanted: Vec<String> = required
        .map(|(at, question)| format!("an answer to question {} ({})", at + 1, question.ask))
        .collect();
    if justification {
        wanted.insert(0, "a justification".to_owned());
    }
    wanted.join(", ")
}
