//! Laws of loading: what is printed is read back, and no text makes the loader stumble.

use std::collections::BTreeMap;

use guestlist::load::decode_text;
use guestlist::model::{Address, Body};
use guestlist::source::Place;
use proptest::prelude::*;

use super::{Files, cases, desired, read};
use crate::support::dice::Dice;
use crate::support::layout::print;
use crate::support::trees::{self, Tree, Wanted};

const EVERYTHING: Wanted = Wanted {
    renames: true,
    unmanaged: true,
    protection: true,
};

fn layout() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..1500)
}

fn documents(files: &Files) -> BTreeMap<Address, Body> {
    let desired = desired(files);
    let documents = desired.objects().iter().map(|declared| {
        let document = declared.document();
        (document.address, document.body)
    });
    documents.collect()
}

/// Changes a text in a few places, as hands and broken editors do.
pub(super) fn damage(text: &str, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=dice.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        match dice.below(9) {
            0 => bytes[at] = dice.next() as u8,
            1 => bytes[at] ^= 1 << dice.below(8),
            2 => {
                bytes.remove(at);
            }
            3 => {
                let end = (at + dice.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => bytes.truncate(at),
            5 => {
                let marks = b"{}[]:,-?#&*!|>'\"%@`\n\t ~<=\x00\xff\xc3";
                bytes.insert(at, marks[dice.below(marks.len())]);
            }
            6 => {
                let mut lines: Vec<Vec<u8>> = bytes
                    .split(|byte| *byte == b'\n')
                    .map(<[u8]>::to_vec)
                    .collect();
                dice.shuffle(&mut lines);
                bytes = lines.join(&b'\n');
            }
            7 => {
                // A line stands twice.
                let mut lines: Vec<Vec<u8>> = bytes
                    .split(|byte| *byte == b'\n')
                    .map(<[u8]>::to_vec)
                    .collect();
                let line = lines[dice.below(lines.len())].clone();
                let to = dice.below(lines.len());
                lines.insert(to, line);
                bytes = lines.join(&b'\n');
            }
            _ => {
                let words: &[&[u8]] = &[
                    b"null",
                    b"1e3",
                    b"yes",
                    b"*a",
                    b"<<",
                    b"group:x",
                    b"P1M",
                    b"${var.x}",
                    b"\xe2\x80\xae",
                ];
                let word = words[dice.below(words.len())];
                let end = (at + dice.below(8)).min(bytes.len());
                bytes.splice(at..end, word.iter().copied());
            }
        }
    }
    bytes
}

/// Checks that a place lies in its file.
fn lies_in(files: &Files, place: &Place) {
    let Some((_, text)) = files.iter().find(|(path, _)| *path == place.path) else {
        panic!("no file {}", place.path);
    };
    let lines: Vec<&str> = text.split('\n').collect();
    assert!(place.line >= 1 && place.column >= 1, "{place:?}");
    let Some(line) = lines.get(place.line as usize - 1) else {
        panic!("no line {}: {place:?}", place.line);
    };
    let end = line.chars().count() as u32 + 1;
    assert!(place.column <= end, "behind its line: {place:?}");
    let shown = place.excerpt.chars().count() as u32;
    assert!(place.offset <= shown && place.marked >= 1, "{place:?}");
}

/// Reads files of any content: there is a tree, or an error says why not, and every place can be found.
fn stands(files: &Files) -> bool {
    let loaded = read(files);
    assert_eq!(
        loaded.desired.is_none(),
        loaded.diagnostics.has_errors(),
        "{:?}",
        loaded.diagnostics
    );
    for diagnostic in loaded.diagnostics.iter() {
        assert!(!diagnostic.message.is_empty() && !diagnostic.message.contains('\n'));
        let places = diagnostic.related.iter().map(|label| &label.place);
        for place in places.chain(diagnostic.primary.as_deref()) {
            lies_in(files, place);
        }
    }
    loaded.desired.is_some()
}

/// Decodes bytes as the program does before it reads them.
pub(super) fn decoded(path: &str, bytes: Vec<u8>) -> Option<String> {
    decode_text(path, bytes)
        .ok()
        .map(|file| file.text().to_owned())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn what_is_printed_is_read_back(bytes in trees::bytes(), layout in layout()) {
        let tree = Tree::of(bytes, EVERYTHING);
        let files = print(&tree, layout);
        let found = documents(&files);
        let expected = tree.expected();
        for (address, body) in &expected {
            prop_assert_eq!(found.get(address), Some(body), "{} {:#?}", address, files);
        }
        prop_assert_eq!(found.len(), expected.len());
    }

    #[test]
    fn the_layout_changes_nothing(bytes in trees::bytes(), one in layout(), other in layout()) {
        let tree = Tree::of(bytes, EVERYTHING);
        let (one, other) = (desired(&print(&tree, one)), desired(&print(&tree, other)));
        for (one, other) in one.objects().iter().zip(other.objects()) {
            prop_assert_eq!(&one.address, &other.address);
            prop_assert_eq!(one.managed(), other.managed());
            prop_assert_eq!(one.digest, other.digest);
            let life = |declared: &guestlist::model::Declaration| format!("{:?}", declared.lifecycle);
            prop_assert_eq!(life(one), life(other));
        }
    }

    #[test]
    fn no_damage_makes_the_loader_stumble(bytes in trees::bytes(), layout in layout(), seed in any::<u64>()) {
        let mut files = print(&Tree::of(bytes, EVERYTHING), layout);
        let at = seed as usize % files.len();
        match decoded(&files[at].0, damage(&files[at].1, seed)) {
            Some(text) => files[at].1 = text,
            None => return Ok(()),
        }
        stands(&files);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn no_bytes_make_the_loader_stumble(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Some(text) = decoded("tree.yaml", bytes) {
            stands(&vec![("tree.yaml".to_owned(), text)]);
        }
    }

    #[test]
    fn no_marks_make_the_loader_stumble(text in "(version: 1|[a-z]{1,4}|packages|\\$\\{var\\.a\\}|[ \\n\\t:,#?&*!|>'\"%@`{}\\[\\]~=<-]){0,60}") {
        stands(&vec![("tree.yaml".to_owned(), text)]);
    }
}
