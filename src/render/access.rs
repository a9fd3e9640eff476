//! Who gains and who loses access, as every format shows it: counted first, and cut so that something of every kind is left.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::doc::{Line, Role};
use crate::impact::{Difference, What};

/// So many of each kind are shown before more of any.
const FEW: usize = 3;
/// How wide the word is that says what a row is.
const WORD: usize = 8;

/// What an entry is, and what it is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A difference in what somebody may have.
    May(Difference),
    /// Something that somebody loses by the apply itself.
    Loss,
    /// Something that somebody gets by the apply itself.
    Gain,
    /// Something else that becomes of what lives.
    Beside,
}

impl Kind {
    /// Returns the kind of an effect.
    #[must_use]
    pub fn of(what: What) -> Self {
        match what.sign() {
            "▼" => Self::Loss,
            "▲" => Self::Gain,
            _ => Self::Beside,
        }
    }

    /// Returns the word for one.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::May(difference) => difference.as_str(),
            Self::Loss => "loss",
            Self::Gain => "gain",
            Self::Beside => "other",
        }
    }

    /// Returns a count: `59 wider`, `2 lines of losses`.
    fn counted(self, n: usize) -> String {
        match (self, n) {
            (Self::May(_), _) => format!("{n} {}", self.word()),
            (_, 1) => format!("1 {}", self.noun().0),
            _ => format!("{n} {}", self.noun().1),
        }
    }

    /// Returns what entries are called where they are left out: one, several.
    #[must_use]
    pub const fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::May(Difference::New) => ("row of new access", "rows of new access"),
            Self::May(Difference::Wider) => ("row of wider access", "rows of wider access"),
            Self::May(Difference::Narrower) => {
                ("row of narrower access", "rows of narrower access")
            }
            Self::May(Difference::Gone) => {
                ("row of access that is gone", "rows of access that is gone")
            }
            Self::May(Difference::Other) => (
                "row of other terms of access",
                "rows of other terms of access",
            ),
            Self::Loss => ("line of losses at once", "lines of losses at once"),
            Self::Gain => ("line of gains at once", "lines of gains at once"),
            Self::Beside => (
                "line of other effects at once",
                "lines of other effects at once",
            ),
        }
    }

    /// Returns true for what neither gains nor loses.
    const fn is_other(self) -> bool {
        matches!(self, Self::May(Difference::Other) | Self::Beside)
    }
}

/// One difference, or one effect on what lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What it is.
    pub kind: Kind,
    /// The sign that stands before it.
    pub sign: &'static str,
    /// The role of the sign.
    pub role: Role,
    /// Whom it is about; empty for an effect, which says so itself.
    pub who: Line<'a>,
    /// The packages; empty where it is about none.
    pub packages: Cow<'a, str>,
    /// What differs or happens.
    pub what: Cow<'a, str>,
    /// The changes that make it, with their places, or the people by name; empty where there is nothing to say.
    pub more: Line<'a>,
}

impl Entry<'_> {
    /// Returns the entry as lines of text, the first of which is not indented.
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'_>> {
        let mut line = Line::new();
        let mut aside = "";
        if let Kind::May(_) = self.kind {
            let word = self.kind.word();
            line.push(self.role, format!("{} {word:WORD$}", self.sign));
            line.push(Role::Plain, " ");
            for piece in &self.who.0 {
                let text = &piece.text;
                match piece.role {
                    Role::Code => line.push(Role::Strong, format!("`{text}`")),
                    role => line.push(role, &**text),
                }
            }
            line.push(Role::Plain, ": ");
            aside = "by ";
        } else {
            line.push(self.role, self.sign);
            line.push(Role::Plain, " ");
        }
        if !self.packages.is_empty() {
            line.push(Role::Plain, &*self.packages);
            line.push(Role::Plain, " ");
        }
        line.push(Role::Plain, &*self.what);
        let indent = if aside.is_empty() { 2 } else { WORD + 3 };
        let more = (!self.more.0.is_empty()).then(|| {
            let mut line = Line::new().and(Role::Faint, format!("{:indent$}{aside}", ""));
            line.0.extend(self.more.0.iter().cloned());
            line
        });
        std::iter::once(line).chain(more).collect()
    }
}

/// Who gains and who loses access.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access<'a> {
    /// What is to be said of all of it.
    pub note: Option<&'static str>,
    /// What happens to what lives, counted: `2 people lose access, 1 open request refused`; empty where nothing does.
    pub at_once: String,
    /// What differs in what people may have, in the order of reports.
    pub rows: Vec<Entry<'a>>,
    /// What happens to what lives, in the order of reports.
    pub effects: Vec<Entry<'a>>,
}

impl Access<'_> {
    /// Returns the title with the counts of every kind: `Access: 59 wider, 1 gone; at once 2 people lose access`.
    #[must_use]
    pub fn title(&self) -> String {
        let rows = counted(self.rows.iter().map(|entry| entry.kind));
        match (rows.is_empty(), self.at_once.is_empty()) {
            (_, true) => format!("Access: {rows}"),
            (true, _) => format!("Access: at once {}", self.at_once),
            _ => format!("Access: {rows}; at once {}", self.at_once),
        }
    }
}

/// Returns counts in words: `59 wider, 1 gone`.
#[must_use]
pub fn counted(kinds: impl Iterator<Item = Kind>) -> String {
    let mut counts = BTreeMap::<Kind, usize>::new();
    kinds.for_each(|kind| *counts.entry(kind).or_default() += 1);
    let counts = counts.into_iter().map(|(kind, n)| kind.counted(n));
    counts.collect::<Vec<_>>().join(", ")
}

/// Returns the places of entries, those first that a reader misses most: a few of every kind, then gains and losses by turns,
/// then the others.
#[must_use]
pub fn order<K: Copy + Ord>(kinds: &[K], is_other: impl Fn(K) -> bool) -> Vec<usize> {
    let mut seen = BTreeMap::<K, usize>::new();
    let mut keyed: Vec<_> = kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            let turn = seen.entry(*kind).or_default();
            *turn += 1;
            (*turn > FEW && is_other(*kind), *turn, *kind, at)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(.., at)| at).collect()
}

/// Returns the places of entries, those first that a reader misses most.
#[must_use]
pub fn foremost<'e, 'a: 'e>(entries: impl Iterator<Item = &'e Entry<'a>>) -> Vec<usize> {
    let kinds: Vec<Kind> = entries.map(|entry| entry.kind).collect();
    order(&kinds, Kind::is_other)
}

/// Parts entries into so many that are shown, in their order, and the others.
#[must_use]
pub fn cut<'e, 'a>(
    entries: &'e [Entry<'a>],
    most: usize,
) -> (Vec<&'e Entry<'a>>, Vec<&'e Entry<'a>>) {
    let mut shown = vec![false; entries.len()];
    for at in foremost(entries.iter()).into_iter().take(most) {
        shown[at] = true;
    }
    let (first, rest): (Vec<_>, Vec<_>) = entries.iter().zip(shown).partition(|(_, shown)| *shown);
    let entries = |of: Vec<(&'e Entry<'a>, bool)>| of.into_iter().map(|(entry, _)| entry).collect();
    (entries(first), entries(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: Kind) -> Entry<'static> {
        Entry {
            kind,
            sign: "▲",
            role: Role::Plain,
            who: Line::new().and(Role::Strong, "people of fabrikam"),
            packages: "onboarding".into(),
            what: "with 1 approval instead of 2".into(),
            more: Line::new()
                .and(Role::Faint, "policy/onboarding/all (")
                .and(Role::Place, "a.yaml:3")
                .and(Role::Faint, ")"),
        }
    }

    fn entries(of: &[(Kind, usize)]) -> Vec<Entry<'static>> {
        of.iter()
            .flat_map(|(kind, n)| std::iter::repeat_n(entry(*kind), *n))
            .collect()
    }

    const WIDER: Kind = Kind::May(Difference::Wider);
    const GONE: Kind = Kind::May(Difference::Gone);
    const OTHER: Kind = Kind::May(Difference::Other);

    #[test]
    fn the_title_counts_every_kind() {
        let access = |rows: &[(Kind, usize)], at_once: &str| Access {
            note: None,
            at_once: at_once.to_owned(),
            rows: entries(rows),
            effects: Vec::new(),
        };
        let both = access(&[(GONE, 1), (WIDER, 59)], "2 people lose access");
        assert_eq!(
            both.title(),
            "Access: 59 wider, 1 gone; at once 2 people lose access"
        );
        assert_eq!(access(&[(OTHER, 2)], "").title(), "Access: 2 other");
        assert_eq!(
            access(&[], "1 other effect").title(),
            "Access: at once 1 other effect"
        );
    }

    #[test]
    fn what_is_cut_leaves_something_of_every_kind_and_gains_and_losses_before_others() {
        let all = entries(&[(WIDER, 100), (GONE, 1), (OTHER, 40)]);
        let (shown, rest) = cut(&all, 50);
        let kinds = |of: &[&Entry<'_>]| counted(of.iter().map(|entry| entry.kind));
        assert_eq!(kinds(&shown), "46 wider, 1 gone, 3 other");
        assert_eq!(kinds(&rest), "54 wider, 37 other");
        // In the order they came in.
        assert!(shown.is_sorted_by_key(|entry| entry.kind));
        let few = entries(&[(WIDER, 2), (OTHER, 2)]);
        let (shown, rest) = cut(&few, 50);
        assert_eq!((shown.len(), rest.len()), (4, 0));
        let others = entries(&[(OTHER, 60)]);
        assert_eq!(cut(&others, 50).0.len(), 50);
    }

    #[test]
    fn a_row_says_whom_what_and_by_what() {
        let row = entry(WIDER);
        let text = |line: &Line<'_>| -> String { line.0.iter().map(|one| &*one.text).collect() };
        let lines: Vec<String> = row.lines().iter().map(text).collect();
        assert_eq!(
            lines,
            [
                "▲ wider    people of fabrikam: onboarding with 1 approval instead of 2",
                "           by policy/onboarding/all (a.yaml:3)"
            ]
        );
    }
}
