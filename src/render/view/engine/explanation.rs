//! Why somebody may have a package, or may not.

use std::io;

use crate::render::doc::{Block, Line, Role, Writer};
use crate::render::json::v1::{
    ExplainedAssignment, ExplainedCondition, ExplainedRule, ExplainedStage, ExplainedWay,
    Explanation,
};
use crate::render::row::second;

/// Lowers an explanation: the answer, the conditions, and what follows.
///
/// # Errors
///
/// Those of the writer.
pub fn explanation(told: &Explanation, out: &mut dyn Writer) -> io::Result<()> {
    let answer = if told.may_ask {
        (Role::Strong, "may ask for")
    } else {
        (Role::Error, "may not ask for")
    };
    let head = Line::new()
        .and(Role::Strong, told.person.as_str())
        .and(Role::Plain, " ")
        .and(answer.0, answer.1)
        .and(Role::Plain, " ")
        .and(Role::Strong, told.package.as_str());
    out.block(&Block::Heading(head))?;
    let about = about(told);
    if !about.is_empty() {
        out.block(&Block::Paragraph(about))?;
    }
    out.block(&Block::Paragraph(
        told.conditions.iter().map(condition).collect(),
    ))?;
    for way in &told.ways {
        out.block(&Block::Paragraph(follows(way)))?;
    }
    for rule in &told.rules {
        out.block(&Block::Paragraph(by_rule(rule)))?;
    }
    Ok(())
}

fn about(told: &Explanation) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    if let Some(assignment) = &told.assignment {
        lines.push(Line::plain(has(assignment)));
    }
    if let Some(obstacle) = &told.obstacle {
        lines.push(Line::plain(obstacle.as_str()));
    }
    if let Some(why) = &told.fruitless {
        let line = Line::new().and(Role::Warning, "warning: ");
        lines.push(line.and(
            Role::Plain,
            format!("a request would come to nothing: {why}"),
        ));
    }
    if let Some(help) = &told.help {
        let line = Line::new().and(Role::Note, "help: ");
        lines.push(line.and(Role::Plain, help.as_str()));
    }
    if let Some(warning) = &told.warning {
        let line = Line::new().and(Role::Warning, "warning: ");
        lines.push(line.and(Role::Plain, warning.as_str()));
    }
    match (&told.organization, told.known) {
        (Some(organization), _) => {
            lines.push(Line::plain(format!("of {organization}, by sign-in")));
        }
        (None, true) => {}
        (None, false) => lines.push(Line::plain("nobody knows this address yet")),
    }
    if told.hidden {
        lines.push(Line::plain(
            "the package is hidden: it is asked for by its name or link only",
        ));
    }
    lines
}

fn condition(condition: &ExplainedCondition) -> Line<'_> {
    let (role, mark) = match condition.holds {
        Some(true) => (Role::Added, "✓"),
        Some(false) => (Role::Removed, "✗"),
        None => (Role::Faint, "?"),
    };
    let mut line = Line::new()
        .and(role, format!("  {mark} "))
        .and(Role::Plain, condition.words);
    if let Some(note) = &condition.note {
        line = line.and(Role::Faint, format!(" ({note})"));
    }
    line
}

fn follows(way: &ExplainedWay) -> Vec<Line<'_>> {
    let mut lines = vec![
        Line::new()
            .and(Role::Plain, "through ")
            .and(Role::Strong, way.policy.as_str()),
    ];
    if way.stages.is_empty() {
        lines.push(Line::plain("  nobody has to approve"));
    }
    for (at, stage) in way.stages.iter().enumerate() {
        lines.push(Line::plain(format!("  stage {}: {}", at + 1, asked(stage))));
    }
    lines.push(Line::plain(match way.end {
        Some(end) => format!("  ends {} if it starts now", second(end)),
        None => "  does not end".to_owned(),
    }));
    lines
}

/// Says that somebody has the package, until when, and how they came to it.
fn has(assignment: &ExplainedAssignment) -> String {
    let number = assignment.number;
    let end = match assignment.end {
        Some(end) => format!("until {}", second(end)),
        None => "without an end".to_owned(),
    };
    let through = match &assignment.policy {
        Some(policy) if assignment.automatic => format!(", by the rule of {policy}"),
        Some(policy) => format!(", through {policy}"),
        None => String::new(),
    };
    format!("has it as assignment {number}, {end}{through}")
}

/// Says whom a policy assigns the package to without anybody asking.
fn by_rule(rule: &ExplainedRule) -> Vec<Line<'_>> {
    let matches = match rule.matches {
        true => "which this person matches",
        false => "which this person does not match",
    };
    vec![
        Line::new()
            .and(Role::Plain, "without asking, by ")
            .and(Role::Strong, rule.policy.as_str()),
        Line::plain(format!("  whoever matches `{}`, {matches}", rule.rule)),
    ]
}

fn asked(stage: &ExplainedStage) -> String {
    let mut text = match stage.approvers.as_slice() {
        [] => "nobody can decide, so a request ends by itself".to_owned(),
        approvers => approvers.join(", "),
    };
    if stage.by_fallback {
        text.push_str(" (fallback)");
    }
    text.push_str(&format!(", within {}", stage.decide_within));
    if let Some(after) = &stage.escalate_after {
        let alternates = match stage.alternates.as_slice() {
            [] => "nobody".to_owned(),
            alternates => alternates.join(", "),
        };
        text.push_str(&format!("; after {after} also {alternates}"));
    }
    text
}
