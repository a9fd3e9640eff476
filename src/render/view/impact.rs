//! Who gains and who loses access.

use std::io;

use super::count;
use crate::impact::{Because, Difference, Effect, Impact, Row, What};
use crate::model::Address;
use crate::render::doc::{Block, Line, Role, Section, Writer};

/// How many rows, and how many effects, are shown; machine output has them all.
const SHOWN: usize = 50;
/// How many packages a row shows, and how many changes.
const NAMED: usize = 3;
/// How wide the word is that says what a row is.
const WORD: usize = 8;

/// Lowers who gains and who loses access; nothing where nobody does.
///
/// # Errors
///
/// Those of the writer.
pub fn impact(impact: &Impact, out: &mut dyn Writer) -> io::Result<()> {
    if impact.is_nothing() {
        return Ok(());
    }
    out.block(&Block::Section(Section::Access))?;
    let mut lines: Vec<Line<'_>> = Vec::new();
    if impact.is_first && !impact.rows.is_empty() {
        lines.push(Line::new().and(
            Role::Faint,
            "The project owns nothing yet: all of this is new, and none of it needs a word.",
        ));
    }
    for row in impact.rows.iter().take(SHOWN) {
        lines.extend(self::row(row));
    }
    lines.extend(rest(impact.rows.len(), "difference", "differences"));
    for effect in impact.effects.iter().take(SHOWN) {
        lines.extend(self::effect(effect));
    }
    lines.extend(rest(impact.effects.len(), "effect", "effects"));
    out.block(&Block::Paragraph(lines))
}

fn rest(all: usize, one: &str, many: &str) -> Option<Line<'static>> {
    let more = all.checked_sub(SHOWN).filter(|more| *more > 0)?;
    let text = format!(
        "… and {}: `--format json` has them all",
        count(more, one, many)
    );
    Some(Line::new().and(Role::Faint, text))
}

fn row(row: &Row) -> Vec<Line<'_>> {
    let role = match row.kind {
        Difference::New | Difference::Wider => Role::Warning,
        Difference::Gone | Difference::Narrower => Role::Removed,
        Difference::Other => Role::Changed,
    };
    let word = row.kind.as_str();
    let mut line = Line::new()
        .and(role, format!("{} {word:WORD$}", row.kind.sign()))
        .and(Role::Plain, " ")
        .and(Role::Strong, row.who.text.as_str());
    line.push(Role::Plain, format!(": {}", difference(row)));
    let mut lines = vec![line];
    if !row.because.is_empty() {
        let because = format!("{:1$}by {2}", "", WORD + 3, because(&row.because));
        lines.push(Line::new().and(Role::Faint, because));
    }
    lines
}

/// Says what differs, after the packages where it is about any.
pub(in crate::render) fn difference(row: &Row) -> String {
    match row.packages.is_empty() {
        true => row.text.clone(),
        false => format!("{} {}", packages(&row.packages), row.text),
    }
}

/// Returns packages by name, the first of them.
fn packages(packages: &[Address]) -> String {
    let names: Vec<&str> = packages.iter().take(NAMED).map(Address::own_name).collect();
    let names = names.join(", ");
    match packages.len().saturating_sub(NAMED) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

/// Returns the changes that make a difference, with their places.
fn because(because: &[Because]) -> String {
    let shown = because
        .iter()
        .take(NAMED)
        .map(|one| match (&one.path, one.line) {
            (Some(path), Some(line)) => format!("{one} ({path}:{line})"),
            (Some(path), None) => format!("{one} ({path})"),
            (None, _) => one.to_string(),
        });
    let shown: Vec<String> = shown.collect();
    let shown = shown.join(", ");
    match because.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn effect(effect: &Effect) -> Vec<Line<'_>> {
    let role = match effect.what {
        What::End
        | What::LoseRole
        | What::Leave
        | What::Block
        | What::Refuse
        | What::FailInvitation => Role::Removed,
        What::Get | What::Join => Role::Warning,
        What::Hide | What::GainRole => Role::Changed,
        What::Stay | What::OtherApprover | What::GuestStay => Role::Plain,
    };
    let mut lines = vec![
        Line::new()
            .and(role, effect.what.sign())
            .and(Role::Plain, format!(" {}", effect.words())),
    ];
    if !effect.names.is_empty() {
        let more = (effect.count as usize).saturating_sub(effect.names.len());
        let mut names = effect.names.join(", ");
        if more > 0 {
            names.push_str(&format!(" and {more} more"));
        }
        lines.push(Line::new().and(Role::Faint, format!("  {names}")));
    }
    lines
}
