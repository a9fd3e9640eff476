//! JSON: one object with the lists `people`, `groups` and `memberships`, each of objects with the keys that are columns
//! elsewhere.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::column;
use super::{Raw, RawCell};
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::governance::people::List;
use crate::source::{Place, SourceFile};

/// The keys and values of an object, as they stand in the text.
struct Entries<'t>(Vec<(String, &'t RawValue)>);

impl<'t> serde::Deserialize<'t> for Entries<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Every;
        impl<'t> Visitor<'t> for Every {
            type Value = Entries<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Entries<'t>, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    entries.push((key, map.next_value::<&'t RawValue>()?));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Every)
    }
}

struct Reader<'f, 'o> {
    file: &'f SourceFile,
    out: &'o mut Diagnostics,
}

pub(super) fn rows(file: &SourceFile, index: usize, out: &mut Diagnostics) -> Vec<Raw> {
    let mut reader = Reader { file, out };
    let lists: Entries<'_> = match serde_json::from_str(file.text()) {
        Ok(lists) => lists,
        Err(error) => {
            reader.broken(&error);
            return Vec::new();
        }
    };
    let mut rows = Vec::new();
    for (name, value) in lists.0 {
        let list = match name.as_str() {
            "people" => List::People,
            "groups" => List::Groups,
            "memberships" => List::Memberships,
            // The version that an export writes.
            "formatVersion" => continue,
            _ => {
                let near = offer(&name, ["people", "groups", "memberships"]);
                reader.problem(
                    code::UNKNOWN_KEY,
                    value,
                    format!("nothing reads the list `{name}`"),
                    near.unwrap_or_else(|| "the lists are people, groups, memberships".to_owned()),
                );
                continue;
            }
        };
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
            reader.wrong(value, "a list");
            continue;
        };
        for item in items {
            rows.extend(reader.row(list, index, item));
        }
    }
    rows
}

impl Reader<'_, '_> {
    fn span(&self, value: &RawValue) -> (u32, u32) {
        // A raw value borrows from the text of the file.
        let from = value.get().as_ptr() as usize;
        let start = from.saturating_sub(self.file.text().as_ptr() as usize);
        (start as u32, (start + value.get().len()) as u32)
    }

    fn place(&self, value: &RawValue) -> Place {
        let (start, end) = self.span(value);
        self.file.place(start, end)
    }

    fn problem(&mut self, code: crate::diag::Code, at: &RawValue, message: String, help: String) {
        let place = self.place(at);
        self.out
            .push(Diagnostic::error(code, message).at(place).help(help));
    }

    fn wrong(&mut self, at: &RawValue, expected: &str) {
        self.problem(
            code::WRONG_TYPE,
            at,
            format!("{expected} is expected here"),
            "lists of people look like `{ \"people\": [{ \"mail\": \"ana@contoso.com\" }] }`"
                .to_owned(),
        );
    }

    fn broken(&mut self, error: &serde_json::Error) {
        let text = self.file.text();
        let before: usize = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum();
        let at = (before + error.column().saturating_sub(1)).min(text.len()) as u32;
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        self.out.push(
            Diagnostic::error(
                code::NO_TABLE,
                format!("the file is not JSON of the form asked for: {message}"),
            )
            .at(self.file.place(at, at + 1))
            .help("write `{ \"people\": […], \"groups\": […], \"memberships\": […] }`"),
        );
    }

    fn row(&mut self, list: List, file: usize, item: &RawValue) -> Option<Raw> {
        let Ok(entries) = serde_json::from_str::<Entries<'_>>(item.get()) else {
            self.wrong(item, "an object");
            return None;
        };
        let known = column::of(list);
        let mut cells: Vec<RawCell> = Vec::new();
        let mut sound = true;
        for (key, value) in entries.0 {
            let Some(column) = known.iter().find(|name| **name == key) else {
                let near = offer(&key, known.iter().copied());
                let all = || format!("the keys are {}", known.join(", "));
                self.problem(
                    code::UNKNOWN_KEY,
                    value,
                    format!("nothing reads the key `{key}`"),
                    near.unwrap_or_else(all),
                );
                continue;
            };
            if cells.iter().any(|cell| cell.column == *column) {
                self.problem(
                    code::DUPLICATE_KEY,
                    value,
                    format!("the key `{key}` stands twice"),
                    "keep one of them".to_owned(),
                );
                continue;
            }
            let Some(text) = text(value) else {
                self.wrong(value, "text, true, false or a list of texts");
                sound = false;
                continue;
            };
            let (start, end) = self.span(value);
            cells.push(RawCell {
                column,
                text,
                start,
                end,
            });
        }
        for needed in column::needed(list) {
            if !cells.iter().any(|cell| cell.column == *needed) {
                self.problem(
                    code::MISSING_KEY,
                    item,
                    format!("the key `{needed}` is missing"),
                    "it says who or what the entry is about".to_owned(),
                );
                return None;
            }
        }
        let (start, end) = self.span(item);
        sound.then_some(Raw {
            list,
            file,
            start,
            end,
            cells,
        })
    }
}

/// Returns a value as a cell has it; `None` for one that no cell holds.
fn text(value: &RawValue) -> Option<String> {
    if let Ok(text) = serde_json::from_str::<Option<String>>(value.get()) {
        return Some(text.unwrap_or_default());
    }
    if let Ok(yes) = serde_json::from_str::<bool>(value.get()) {
        return Some(yes.to_string());
    }
    let items: Vec<String> = serde_json::from_str(value.get()).ok()?;
    Some(items.join(";"))
}
