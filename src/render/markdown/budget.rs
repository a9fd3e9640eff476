//! What fits into a document: every sort of part has a share of the room first; what is left goes to the most important.

use std::collections::BTreeMap;

use super::{MOST, Spot};

/// How important a part is: the higher, the sooner it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Refusal,
    Access,
    Message,
    Warning,
    Note,
    Row,
    /// A text below its title.
    Listing,
    /// The line at fault of an error, and what to do.
    DetailOfError,
    Removal,
    Change,
    Creation,
    DetailOfRemoval,
    DetailOfChange,
    DetailOfCreation,
    /// What is as it should be.
    Right,
}

/// The ranks that share some of the room, with how many hundredths of it are theirs before others have more of it.
const SHARES: &[(&[Rank], usize)] = &[
    (&[Rank::Refusal], 25),
    (&[Rank::Access], 40),
    (&[Rank::Message, Rank::Warning, Rank::Note], 10),
    (&[Rank::Row], 15),
    (&[Rank::Removal, Rank::Change, Rank::Creation], 10),
    (&[Rank::Listing], 30),
];

/// How many hundredths of the room are for what is folded into errors, before their titles have more of it: one that can be
/// understood is worth more than several that cannot.
const SHARE_OF_ERRORS: usize = 15;

/// What a part is called when it is left out: one, several.
pub(super) type Noun = (&'static str, &'static str);

/// A piece of the document that is there or not.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) spot: Spot,
    pub(super) rank: Rank,
    /// Its turn among those of its rank: the higher, the sooner it is left out.
    pub(super) turn: usize,
    pub(super) noun: Noun,
    pub(super) text: String,
    /// The table that it is a row of.
    pub(super) table: Option<usize>,
    /// The same with what is folded into it, and what that is called when it is left out.
    pub(super) full: Option<Full>,
}

impl Part {
    /// Returns how many characters more it has with what is folded into it, where that is of a rank.
    fn more(&self, rank: Rank) -> Option<usize> {
        let full = self.full.as_ref().filter(|full| full.rank == rank)?;
        Some(length(&full.text).saturating_sub(length(&self.text)))
    }
}

/// A part with what is folded into it.
#[derive(Debug)]
pub(super) struct Full {
    pub(super) rank: Rank,
    pub(super) noun: Noun,
    pub(super) text: String,
}

/// How much of a part is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    No,
    Plain,
    Full,
}

/// The parts of a document, as they come.
#[derive(Debug, Default)]
pub(super) struct Budget {
    pub(super) parts: Vec<Part>,
    /// How many characters of each rank there are.
    gathered: BTreeMap<Rank, usize>,
    /// How much is left out, with the rank of the most important of it.
    dropped: BTreeMap<Noun, (Rank, usize)>,
}

impl Budget {
    /// Keeps a part, unless more important ones fill a document already.
    pub(super) fn add(&mut self, mut part: Part) {
        let before = |rank: Rank, gathered: &BTreeMap<Rank, usize>| -> usize {
            gathered.range(..=rank).map(|(_, n)| n).sum()
        };
        // A sort of parts may have a share although more important ones fill the document.
        let own = self.gathered.get(&part.rank).copied().unwrap_or_default();
        if before(part.rank, &self.gathered) > MOST && own > MOST {
            self.drop(part.rank, part.noun);
            return;
        }
        *self.gathered.entry(part.rank).or_default() += length(&part.text);
        if let Some(full) = part.full.take() {
            let more = length(&full.text).saturating_sub(length(&part.text));
            if more > MOST || before(full.rank, &self.gathered) > MOST * GATHERED {
                self.drop(full.rank, full.noun);
            } else {
                *self.gathered.entry(full.rank).or_default() += more;
                part.full = Some(full);
            }
        }
        self.parts.push(part);
    }

    /// Counts something that is left out.
    pub(super) fn drop(&mut self, rank: Rank, noun: Noun) {
        let (first, count) = self.dropped.entry(noun).or_insert((rank, 0));
        *first = rank.min(*first);
        *count += 1;
    }

    /// Returns for every part how much of it is shown in some room, and counts what is left out.
    pub(super) fn choose(&mut self, room: usize) -> Vec<Kept> {
        let mut left = room;
        let mut kept = vec![Kept::No; self.parts.len()];
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        order.sort_by_key(|at| (self.parts[*at].rank, self.parts[*at].turn));
        let plain = |of: &[Rank], share: usize, left: &mut usize, kept: &mut [Kept]| {
            let mut share = share.min(*left);
            let mut is_short = false;
            for at in &order {
                let part = &self.parts[*at];
                let is_meant = of.is_empty() || of.contains(&part.rank);
                let needed = length(&part.text) + 1;
                // What is as it should be fills no gap that is too narrow for what is not.
                let fits = needed <= share && !(is_short && part.rank == Rank::Right);
                if is_meant && kept[*at] == Kept::No && fits {
                    share -= needed;
                    *left -= needed;
                    kept[*at] = Kept::Plain;
                }
                is_short |= kept[*at] == Kept::No && part.rank != Rank::Right;
            }
        };
        for (of, share) in SHARES {
            plain(of, room * share / 100, &mut left, &mut kept);
        }
        let mut share = (room * SHARE_OF_ERRORS / 100).min(left);
        for at in &order {
            let more = self.parts[*at].more(Rank::DetailOfError);
            if let Some(more) = more.filter(|more| kept[*at] == Kept::Plain && *more <= share) {
                share -= more;
                left -= more;
                kept[*at] = Kept::Full;
            }
        }
        plain(&[], room, &mut left, &mut kept);
        // Of what is folded the longest goes first among equals: so most of it stays.
        let mut folded = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            if let (Some(full), Kept::Plain) = (&part.full, kept[at]) {
                let needed = length(&full.text).saturating_sub(length(&part.text));
                folded.push((full.rank, needed, at, full.noun));
            }
        }
        folded.sort_unstable();
        let mut gone: Vec<(Rank, Noun)> = Vec::new();
        for (rank, needed, at, noun) in folded {
            if needed <= left {
                left -= needed;
                kept[at] = Kept::Full;
            } else {
                gone.push((rank, noun));
            }
        }
        let parts = self.parts.iter().zip(&kept);
        gone.extend(
            parts.filter_map(|(part, kept)| (*kept == Kept::No).then_some((part.rank, part.noun))),
        );
        gone.into_iter()
            .for_each(|(rank, noun)| self.drop(rank, noun));
        kept
    }

    /// Returns what was left out, in words, the most important first; empty where nothing was.
    pub(super) fn left_out(&self) -> String {
        let mut dropped: Vec<_> = self.dropped.iter().collect();
        dropped.sort_by_key(|(_, (rank, _))| *rank);
        let counts = dropped.into_iter().map(|((one, many), (_, n))| match n {
            1 if one.contains('1') => (*one).to_owned(),
            1 => format!("1 {one}"),
            n if many.contains('#') => many.replace('#', &n.to_string()),
            n => format!("{n} {many}"),
        });
        counts.collect::<Vec<_>>().join(", ")
    }
}

/// So many documents full of what is folded are gathered before more of it is dropped at once.
const GATHERED: usize = 8;

fn length(text: &str) -> usize {
    text.chars().count()
}
