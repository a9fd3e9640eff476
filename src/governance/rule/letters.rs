//! One letter for all characters that patterns do not tell apart.
//!
//! An automaton over such letters reads few of them instead of all of Unicode, and knows where words begin and end in any
//! script: characters of words stand as letters of words.

use std::collections::{BTreeMap, BTreeSet};

use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, Hir, HirKind, Literal, Look, LookSet, Repetition,
};

/// The characters of a class, as ranges in their order.
type Ranges = Vec<(char, char)>;

/// The letters of some patterns.
#[derive(Debug)]
pub(super) struct Letters {
    /// The classes that patterns name, each with its letters.
    classes: BTreeMap<Ranges, Vec<u8>>,
    /// A character for each letter, those that are easily read first.
    meaning: Vec<(u8, char)>,
}

impl Letters {
    /// Returns the letters of patterns; `None` where they tell more sorts of characters apart than there are letters.
    pub(super) fn of(forms: &[&Hir]) -> Option<Self> {
        let mut classes = BTreeSet::new();
        let mut looks = LookSet::empty();
        for form in forms {
            collect(form, &mut classes)?;
            looks.set_union(form.properties().look_set());
        }
        // Lines begin and end at these.
        classes.extend(['\n', '\r'].map(|at| vec![(at, at)]));
        let words = match (looks.contains_word_unicode(), looks.contains_word_ascii()) {
            (true, true) => return None,
            (true, false) => Some(word(r"\w")?),
            (false, true) => Some(word(r"[0-9A-Za-z_]")?),
            (false, false) => None,
        };
        classes.extend(words.clone());
        let classes: Vec<Ranges> = classes.into_iter().collect();
        let sorts = sorts(&classes);
        let is_word = |classes_of: &[usize]| {
            let words = words.as_ref();
            words.map(|words| classes_of.iter().any(|at| classes.get(*at) == Some(words)))
        };
        let mut free: Vec<u8> = (0..=u8::MAX).rev().collect();
        let known: BTreeSet<char> = sorts.values().copied().collect();
        free.retain(|letter| !letter.is_ascii() || !known.contains(&char::from(*letter)));
        let mut found = vec![Vec::new(); classes.len()];
        let mut meaning = Vec::new();
        for (classes_of, character) in &sorts {
            let own = u8::try_from(*character).ok().filter(u8::is_ascii);
            let letter = match own {
                Some(letter) => letter,
                None => {
                    let fits = |letter: &u8| {
                        let is_letter = letter.is_ascii_alphanumeric() || *letter == b'_';
                        let is_line = matches!(letter, b'\n' | b'\r');
                        !is_line && is_word(classes_of).is_none_or(|is| is == is_letter)
                    };
                    let at = free.iter().position(fits)?;
                    free.remove(at)
                }
            };
            meaning.push((letter, *character));
            for at in classes_of {
                if let Some(letters) = found.get_mut(*at) {
                    letters.push(letter);
                }
            }
        }
        meaning.sort_by_key(|(_, character)| ease(*character));
        Some(Self {
            classes: classes.into_iter().zip(found).collect(),
            meaning,
        })
    }

    /// Returns the letters, those that are easily read first, with a character for each.
    pub(super) fn all(&self) -> impl Iterator<Item = (u8, char)> {
        self.meaning.iter().copied()
    }

    /// Returns a text of these letters.
    pub(super) fn read(&self, letters: &[u8]) -> Option<String> {
        let of = |letter: &u8| {
            let mut all = self.all();
            all.find(|(other, _)| other == letter).map(|(_, it)| it)
        };
        letters.iter().map(of).collect()
    }

    /// Returns a pattern over letters.
    pub(super) fn spelled(&self, form: &Hir) -> Option<Hir> {
        Some(match form.kind() {
            HirKind::Empty => Hir::empty(),
            HirKind::Literal(Literal(bytes)) => {
                let text = std::str::from_utf8(bytes).ok()?;
                let each = text.chars().map(|at| self.class(&vec![(at, at)]));
                Hir::concat(each.collect::<Option<_>>()?)
            }
            HirKind::Class(class) => self.class(&ranges(class)?)?,
            HirKind::Look(look) => Hir::look(over_letters(*look)),
            HirKind::Repetition(repetition) => Hir::repetition(Repetition {
                sub: Box::new(self.spelled(&repetition.sub)?),
                ..*repetition
            }),
            HirKind::Capture(capture) => self.spelled(&capture.sub)?,
            HirKind::Concat(all) => {
                let each = all.iter().map(|one| self.spelled(one));
                Hir::concat(each.collect::<Option<_>>()?)
            }
            HirKind::Alternation(all) => {
                let each = all.iter().map(|one| self.spelled(one));
                Hir::alternation(each.collect::<Option<_>>()?)
            }
        })
    }

    fn class(&self, of: &Ranges) -> Option<Hir> {
        let letters = self.classes.get(of)?.iter();
        let ranges = letters.map(|letter| ClassBytesRange::new(*letter, *letter));
        Some(Hir::class(Class::Bytes(ClassBytes::new(ranges))))
    }
}

/// Adds the classes of characters that a pattern names; `None` where it names bytes that are no characters.
fn collect(form: &Hir, out: &mut BTreeSet<Ranges>) -> Option<()> {
    match form.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(Literal(bytes)) => {
            let text = std::str::from_utf8(bytes).ok()?;
            out.extend(text.chars().map(|at| vec![(at, at)]));
        }
        HirKind::Class(class) => drop(out.insert(ranges(class)?)),
        HirKind::Repetition(repetition) => collect(&repetition.sub, out)?,
        HirKind::Capture(capture) => collect(&capture.sub, out)?,
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().try_for_each(|one| collect(one, out))?;
        }
    }
    Some(())
}

fn ranges(class: &Class) -> Option<Ranges> {
    let class = match class {
        Class::Unicode(class) => class.clone(),
        Class::Bytes(class) => class.to_unicode_class()?,
    };
    Some(class.iter().map(|it| (it.start(), it.end())).collect())
}

/// Returns the characters of words.
fn word(pattern: &str) -> Option<Ranges> {
    match regex_syntax::parse(pattern).ok()?.kind() {
        HirKind::Class(class) => ranges(class),
        _ => None,
    }
}

/// Returns a border of words for letters, where only those of words stand for characters of words.
const fn over_letters(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        same => same,
    }
}

/// Returns the sorts of characters that classes tell apart: the classes that each is of, by their places, with the one of its
/// characters that is read the most easily.
fn sorts(classes: &[Ranges]) -> BTreeMap<Vec<usize>, char> {
    let mut turns: BTreeMap<u32, Vec<usize>> = BTreeMap::from([(0, Vec::new())]);
    for (at, ranges) in classes.iter().enumerate() {
        for (start, end) in ranges {
            turns.entry(u32::from(*start)).or_default().push(at);
            turns.entry(u32::from(*end) + 1).or_default().push(at);
        }
    }
    let mut found: BTreeMap<Vec<usize>, char> = BTreeMap::new();
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let mut nexts = turns
        .keys()
        .skip(1)
        .copied()
        .chain([u32::from(char::MAX) + 1]);
    for (start, classes) in &turns {
        for at in classes {
            if !open.remove(at) {
                let _ = open.insert(*at);
            }
        }
        let next = nexts.next().unwrap_or_default();
        // A few of many are enough to find one that is easily read.
        let few = (*start..next).filter_map(char::from_u32).take(128);
        if let Some(easiest) = few.min_by_key(|it| ease(*it)) {
            let known = found
                .entry(open.iter().copied().collect())
                .or_insert(easiest);
            if ease(easiest) < ease(*known) {
                *known = easiest;
            }
        }
    }
    found
}

/// Returns how easily a character is read, the most easily first.
fn ease(character: char) -> (u8, char) {
    let kind = match character {
        'a'..='z' => 0,
        '0'..='9' => 1,
        ' '..='~' => 2,
        other if other.is_alphanumeric() => 3,
        other if other.is_control() => 5,
        _ => 4,
    };
    (kind, character)
}
