//! Texts that match a regular expression: one of the shortest.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Returns a text that matches a pattern somewhere; `None` where none was found.
pub(super) fn containing(pattern: &regex::Regex) -> Option<String> {
    let text = shortest(pattern.as_str())?;
    pattern.is_match(&text).then_some(text)
}

/// Returns a text that matches a pattern as a whole; `None` where none was found.
pub(super) fn whole(pattern: &str) -> Option<String> {
    let whole = format!("^(?:{pattern})$");
    let matches = regex::RegexBuilder::new(&whole)
        .size_limit(1 << 19)
        .build()
        .ok()?;
    let text = shortest(pattern)?;
    matches.is_match(&text).then_some(text)
}

fn shortest(pattern: &str) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text)?;
    Some(text)
}

/// How long a text may become, in bytes.
const LONGEST: usize = 1_000;

fn write(hir: &Hir, out: &mut String) -> Option<()> {
    if out.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(()),
        HirKind::Literal(literal) => {
            out.push_str(std::str::from_utf8(&literal.0).ok()?);
            Some(())
        }
        HirKind::Class(class) => {
            out.push(pick(class)?);
            Some(())
        }
        HirKind::Repetition(repetition) => {
            (0..repetition.min).try_for_each(|_| write(&repetition.sub, out))
        }
        HirKind::Capture(capture) => write(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, out)),
        HirKind::Alternation(parts) => {
            let before = out.len();
            parts.iter().find_map(|part| {
                out.truncate(before);
                write(part, out)
            })
        }
    }
}

/// Returns a character of a class, one that is easily read where there is one.
fn pick(class: &Class) -> Option<char> {
    let easy = ('0'..='9').chain('a'..='z').chain('A'..='Z');
    match class {
        Class::Unicode(class) => {
            let holds = |c: char| {
                class
                    .iter()
                    .any(|range| range.start() <= c && c <= range.end())
            };
            let first = class.iter().next().map(|range| range.start());
            easy.into_iter().find(|c| holds(*c)).or(first)
        }
        Class::Bytes(class) => {
            let holds = |c: char| {
                let byte = u8::try_from(c);
                byte.is_ok_and(|byte| {
                    class
                        .iter()
                        .any(|range| range.start() <= byte && byte <= range.end())
                })
            };
            let first = class.iter().next().map(|range| char::from(range.start()));
            easy.into_iter().find(|c| holds(*c)).or(first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_their_pattern() {
        for (pattern, text) in [
            ("PO-[0-9]{6}", "PO-000000"),
            ("[A-Z]{3}|X", "AAA"),
            ("(?i)yes", "yes"),
            ("a+b*", "a"),
            ("[^a-z0-9]", "A"),
            ("", ""),
        ] {
            assert_eq!(whole(pattern).as_deref(), Some(text), "{pattern}");
        }
        assert_eq!(whole("a$b"), None);
    }
}
