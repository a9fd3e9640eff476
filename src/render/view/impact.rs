//! Who gains and who loses access.

use std::io;

use crate::impact::{Because, Difference, Effect, Impact, Row, What, Who};
use crate::model::Address;
use crate::render::access::{Access, Entry, Kind};
use crate::render::doc::{Block, Line, Role, Writer};

/// How many packages a row shows, and how many changes.
const NAMED: usize = 3;

/// Lowers who gains and who loses access; nothing where nobody does.
///
/// # Errors
///
/// Those of the writer.
pub fn impact(impact: &Impact, out: &mut dyn Writer) -> io::Result<()> {
    if impact.is_nothing() {
        return Ok(());
    }
    let is_new = impact.is_first && !impact.rows.is_empty();
    out.block(&Block::Access(Access {
        note: is_new.then_some(
            "The project owns nothing yet: all of this is new, and none of it needs a word.",
        ),
        at_once: at_once(impact),
        rows: impact.rows.iter().map(row).collect(),
        effects: impact.effects.iter().map(effect).collect(),
    }))
}

/// Counts what happens to what lives: each person, request, invitation and package once, and what has no such count by its lines.
fn at_once(impact: &Impact) -> String {
    let of = |what: What| impact.effects.iter().filter(move |it| it.what == what);
    let sum = |what: What| of(what).map(|it| it.count).sum::<u64>();
    let gains: Vec<&Effect> = impact
        .effects
        .iter()
        .filter(|it| Kind::of(it.what) == Kind::Gain)
        .collect();
    let others = impact.effects.iter();
    let others = others.filter(|it| Kind::of(it.what) == Kind::Beside);
    // Whoever gets several things stands in several lines.
    let gains = match gains.as_slice() {
        [] => String::new(),
        [one] => words(one.count, ["person gets access", "people get access"]),
        several => format!("access comes in {} lines", several.len()),
    };
    let counts = [
        words(impact.losing, ["person loses access", "people lose access"]),
        words(sum(What::Block), ["person blocked", "people blocked"]),
        words(
            sum(What::Refuse),
            ["open request refused", "open requests refused"],
        ),
        words(
            sum(What::FailInvitation),
            ["pending invitation fails", "pending invitations fail"],
        ),
        words(sum(What::Hide), ["package hidden", "packages hidden"]),
        gains,
        words(others.count() as u64, ["other effect", "other effects"]),
    ];
    let counts: Vec<String> = counts.into_iter().filter(|it| !it.is_empty()).collect();
    counts.join(", ")
}

/// Returns a count in words; nothing for none.
fn words(count: u64, [one, many]: [&str; 2]) -> String {
    match count {
        0 => String::new(),
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

fn row(row: &Row) -> Entry<'_> {
    Entry {
        kind: Kind::May(row.kind),
        sign: row.kind.sign(),
        role: match row.kind {
            Difference::New | Difference::Wider => Role::Warning,
            Difference::Gone | Difference::Narrower => Role::Removed,
            Difference::Other => Role::Changed,
        },
        who: who(&row.who),
        packages: packages(&row.packages).into(),
        what: row.text.as_str().into(),
        more: because(&row.because),
    }
}

/// Returns whom a row is about: what is a rule or a name of several words is one.
fn who(who: &Who) -> Line<'_> {
    let mut line = Line::new();
    for (at, part) in who.parts().into_iter().enumerate() {
        match (part.is_empty(), at % 2 == 1) {
            (true, _) => {}
            (false, true) => line.push(Role::Code, part),
            (false, false) => line.push(Role::Strong, part),
        }
    }
    line
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
fn because(because: &[Because]) -> Line<'_> {
    let mut line = Line::new();
    for (at, one) in because.iter().take(NAMED).enumerate() {
        let gap = if at > 0 { ", " } else { "" };
        line.push(Role::Faint, format!("{gap}{one}"));
        let place = match (&one.path, one.line) {
            (Some(path), Some(line)) => format!("{path}:{line}"),
            (Some(path), None) => path.clone(),
            (None, _) => continue,
        };
        line.push(Role::Faint, " (");
        line.push(Role::Place, place);
        line.push(Role::Faint, ")");
    }
    match because.len().saturating_sub(NAMED) {
        0 => line,
        more => line.and(Role::Faint, format!(" and {more} more")),
    }
}

fn effect(effect: &Effect) -> Entry<'_> {
    let more = (effect.count as usize).saturating_sub(effect.names.len());
    let mut names = effect.names.join(", ");
    if more > 0 && !names.is_empty() {
        names.push_str(&format!(" and {more} more"));
    }
    Entry {
        kind: Kind::of(effect.what),
        sign: effect.what.sign(),
        role: match effect.what {
            What::End
            | What::LoseRole
            | What::Leave
            | What::Block
            | What::Refuse
            | What::FailInvitation => Role::Removed,
            What::Get | What::Join => Role::Warning,
            What::Hide | What::GainRole => Role::Changed,
            What::Stay
            | What::OtherApprover
            | What::Accept
            | What::DoubtInvitation
            | What::GuestStay => Role::Plain,
        },
        who: Line::new(),
        packages: "".into(),
        what: effect.words().into(),
        more: match names.is_empty() {
            true => Line::new(),
            false => Line::new().and(Role::Faint, names),
        },
    }
}
