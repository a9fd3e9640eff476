//! One change of an object, as plans and histories show it.

use serde_json::Value;

use crate::model::{Address, Body, Kind};
use crate::plan::{Action, Cause, Change, Delta, Edit, Reason, Words};
use crate::render::doc::{self, Aside, Block, Detail, Line, Role};
use crate::render::value::{self, WIDTH};
use crate::source::Route;

/// How many lines a created object shows at most.
const CREATED: usize = 40;
/// How many lines of differences an object shows at most.
const EDITED: usize = 400;
/// How many characters of an unchanged stretch of text are shown on either side.
const CONTEXT: usize = 30;

/// Lowers a change of a plan.
pub(super) fn planned(change: &Change) -> Block<'static> {
    let action = change.delta.action();
    let before = change.delta.before().and_then(|live| live.address.as_ref());
    let was = before
        .filter(|before| **before != change.address)
        .map(Address::to_string);
    let because = because(change);
    let mut details = Vec::new();
    let aside = match (&change.origin, because) {
        (Some(origin), because) => {
            details.extend(because.map(|because| Detail {
                at: String::new(),
                lines: vec![Line::new().and(Role::Faint, because)],
            }));
            Some(Aside {
                place: origin.to_string(),
                ..Aside::default()
            })
        }
        (None, because) => because.map(|words| Aside {
            words,
            ..Aside::default()
        }),
    };
    match &change.delta {
        Delta::Create { after } => details.extend(created(after)),
        other => {
            for (one, cause) in other.edits().iter().zip(other.causes()) {
                let mut detail = edit(one);
                if let (Cause::Drift, Some(line)) = (cause, detail.lines.last_mut()) {
                    line.push(Role::Warning, "  (drift)");
                }
                details.push(detail);
            }
        }
    }
    block(
        action,
        &change.address.to_string(),
        was.as_deref(),
        aside,
        details,
    )
}

/// Lowers a change to its block, cut to what a reader can take in.
pub(super) fn block(
    action: Action,
    address: &str,
    was: Option<&str>,
    aside: Option<Aside>,
    mut details: Vec<Detail<'static>>,
) -> Block<'static> {
    let most = match action {
        Action::Create => CREATED,
        _ => EDITED,
    };
    let more = cut(&mut details, most);
    let mut name = Line::new().and(Role::Strong, address.to_owned());
    if let Some(was) = was {
        name.push(Role::Plain, format!(" (was {was})"));
    }
    Block::Change(doc::Change {
        sign: action.sign(),
        role: role(action),
        address: name,
        aside,
        details,
        more,
    })
}

const fn role(action: Action) -> Role {
    match action {
        Action::Create => Role::Added,
        Action::Update | Action::Adopt => Role::Changed,
        Action::Replace | Action::Prune => Role::Removed,
        Action::Forget => Role::Faint,
    }
}

/// Returns why, in words, where the sign alone does not say it.
fn because(change: &Change) -> Option<String> {
    let keys = || match &change.delta {
        Delta::Replace { because, .. } => because
            .iter()
            .map(|at| format!("`{at}`"))
            .collect::<Vec<_>>()
            .join(", "),
        _ => "a key".to_owned(),
    };
    Some(match change.reason {
        Reason::Renamed if change.delta.edits().is_empty() => {
            "renamed in the tree; the live object stays as it is".to_owned()
        }
        Reason::Declared | Reason::Differs | Reason::Renamed => return None,
        Reason::Vanished => "was there when last applied; somebody took it away".to_owned(),
        Reason::DriftAccepted => "taken as applied as it is".to_owned(),
        Reason::AdoptAsked => "exists already; becomes ours".to_owned(),
        Reason::ReplaceAllowed => format!(
            "{} cannot change in place; deleted and created anew",
            keys()
        ),
        Reason::ReplaceRefused => {
            format!(
                "{} cannot change in place; `replace: allowed` is missing",
                keys()
            )
        }
        Reason::NotThen => "was not there then".to_owned(),
        Reason::Undeclared => "no longer declared".to_owned(),
        Reason::ForgetAsked if change.address.kind().is_settings() => {
            "let go as asked; stays there, and the default counts from now on".to_owned()
        }
        Reason::ForgetAsked => "let go as asked; stays as it is".to_owned(),
        Reason::SettingsUndeclared if change.address.kind() == Kind::Domains => {
            "no longer declared; the list stays, and requests no longer go by it".to_owned()
        }
        Reason::SettingsUndeclared => {
            "no longer declared; stays there, and the default counts from now on".to_owned()
        }
        Reason::DestroyAsked => match change.delta.action() {
            Action::Forget => "let go with all of the project; stays as it is".to_owned(),
            _ => "all of the project is to go".to_owned(),
        },
        Reason::ParentReplaced => match change.address.parent() {
            Some(parent) => format!("{parent} is created anew"),
            None => "what it belongs to is created anew".to_owned(),
        },
        Reason::ParentPruned => match change.address.parent() {
            Some(parent) => format!("{parent} is deleted"),
            None => "what it belongs to is deleted".to_owned(),
        },
    })
}

/// Drops the lines beyond `most` and returns how many.
fn cut(details: &mut Vec<Detail<'_>>, most: usize) -> usize {
    let mut room = most;
    let mut more = 0;
    details.retain_mut(|detail| {
        let keep = detail.lines.len().min(room);
        room -= keep;
        more += detail.lines.len() - keep;
        detail.lines.truncate(keep);
        keep > 0
    });
    more
}

/// Lowers the body of a created object: every key, defaults included.
pub(super) fn created(after: &Body) -> Option<Detail<'static>> {
    let lines: Vec<_> = value::lines(&after.to_value(), WIDTH)
        .into_iter()
        .map(|line| Line::new().and(Role::Added, line))
        .collect();
    (!lines.is_empty()).then_some(Detail {
        at: String::new(),
        lines,
    })
}

/// Lowers one difference.
pub(super) fn edit(edit: &Edit) -> Detail<'static> {
    let lines = match edit {
        Edit::Value { before, after, .. } => values(some(before), some(after)),
        Edit::Items { removed, added, .. } => {
            let mut lines = signed("-", Role::Removed, &items(removed));
            lines.extend(signed("+", Role::Added, &items(added)));
            lines
        }
        Edit::Text { words, .. } => text(words),
        Edit::Moved { from, at } => {
            vec![Line::new().and(Role::Changed, format!("moved from {}", beside(at, *from)))]
        }
    };
    Detail {
        at: edit.at().to_string(),
        lines,
    }
}

/// Returns the position `from` in the sequence that a route leads into.
fn beside(at: &Route, from: usize) -> Route {
    let mut before = at.clone();
    before.pop();
    before.index(from)
}

/// A key without a value is as good as absent.
fn some(value: &Option<Value>) -> Option<&Value> {
    value.as_ref().filter(|value| !value.is_null())
}

fn values(before: Option<&Value>, after: Option<&Value>) -> Vec<Line<'static>> {
    if let (Some(before), Some(after)) = (before, after)
        && let (Some(old), Some(new)) = (value::brief(before), value::brief(after))
        && old.len() + new.len() <= WIDTH
    {
        return vec![
            Line::new()
                .and(Role::Removed, old)
                .and(Role::Plain, " → ")
                .and(Role::Added, new),
        ];
    }
    let mut lines = Vec::new();
    if let Some(before) = before {
        lines.extend(signed("-", Role::Removed, &value::lines(before, WIDTH)));
    }
    if let Some(after) = after {
        lines.extend(signed("+", Role::Added, &value::lines(after, WIDTH)));
    }
    lines
}

/// Returns lines with a sign before the first and room for it before the others.
fn signed(sign: &'static str, role: Role, lines: &[String]) -> Vec<Line<'static>> {
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let sign = if at == 0 { sign } else { " " };
            Line::new().and(role, format!("{sign} {line}"))
        })
        .collect()
}

fn items(values: &[Value]) -> Vec<String> {
    let mut lines = Vec::new();
    let last = values.len().saturating_sub(1);
    if !values.is_empty() {
        let pieces = values.iter().enumerate().map(|(at, item)| {
            let comma = if at == last { "" } else { "," };
            format!("{}{comma}", value::flow(item))
        });
        value::wrap(String::new(), pieces, 0, WIDTH, &mut lines);
    }
    lines
}

/// Lowers a text that changes by words: `[-old-] {+new+}`, long unchanged stretches shortened.
fn text(words: &[Words]) -> Vec<Line<'static>> {
    let mut lines = vec![Line::new()];
    let last = words.len().saturating_sub(1);
    for (at, piece) in words.iter().enumerate() {
        let (role, open, text, close) = match piece {
            Words::Same(text) => (Role::Plain, "", shorten(text, at == 0, at == last), ""),
            Words::Removed(text) => (Role::Removed, "[-", text.clone(), "-]"),
            Words::Added(text) => (Role::Added, "{+", text.clone(), "+}"),
        };
        let mut parts = text.split('\n').peekable();
        let mut open = open;
        while let Some(part) = parts.next() {
            let ends = parts.peek().is_none();
            let close = if ends { close } else { "" };
            if let Some(line) = lines.last_mut() {
                let shown = format!("{open}{part}{close}");
                if !shown.is_empty() {
                    line.push(role, shown);
                }
            }
            open = "";
            if !ends {
                lines.push(Line::new());
            }
        }
    }
    lines.retain(|line| !line.0.is_empty());
    lines
}

/// Leaves out the middle of an unchanged stretch, or its outer end at the start or end of the text.
fn shorten(text: &str, first: bool, last: bool) -> String {
    let length = text.chars().count();
    if length <= 2 * CONTEXT + 3 {
        return text.to_owned();
    }
    let head: String = if first {
        String::new()
    } else {
        text.chars().take(CONTEXT).collect()
    };
    let tail: String = if last {
        String::new()
    } else {
        text.chars().skip(length - CONTEXT).collect()
    };
    format!("{head}…{tail}")
}
