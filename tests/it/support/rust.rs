//! Just enough of Rust's grammar to read which paths a file names: comments, texts and tests are blanked, lines kept.

/// Returns the code of a file without comments, without the insides of texts and without what only tests compile.
pub(crate) fn code(text: &str) -> String {
    without_tests(&without_texts(text))
}

fn without_texts(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => block_end(&chars, at),
            'r' if !follows_word(&chars, at) => raw_end(&chars, at).unwrap_or(at),
            '"' => text_end(&chars, at),
            '\'' => letter_end(&chars, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(
                chars[at..end]
                    .iter()
                    .map(|c| if *c == '\n' { '\n' } else { ' ' }),
            );
            at = end;
        }
    }
    out
}

fn follows_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn line_end(chars: &[char], at: usize) -> usize {
    let rest = chars[at..].iter().position(|c| *c == '\n');
    rest.map_or(chars.len(), |length| at + length)
}

fn block_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn text_end(chars: &[char], at: usize) -> usize {
    let mut end = at + 1;
    while end < chars.len() && chars[end] != '"' {
        end += if chars[end] == '\\' { 2 } else { 1 };
    }
    (end + 1).min(chars.len())
}

fn raw_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let start = at + 1 + hashes;
    if chars.get(start) != Some(&'"') {
        return None;
    }
    let closes = |end: usize| {
        chars[end] == '"'
            && chars.len() > end + hashes
            && chars[end + 1..=end + hashes].iter().all(|c| *c == '#')
    };
    let end = (start + 1..chars.len()).find(|end| closes(*end))?;
    Some(end + 1 + hashes)
}

/// A letter between quotes; a lifetime has no closing quote.
fn letter_end(chars: &[char], at: usize) -> Option<usize> {
    if chars.get(at + 1) == Some(&'\\') {
        let close = chars.get(at + 3..)?.iter().position(|c| *c == '\'')?;
        return Some(at + 3 + close + 1);
    }
    (chars.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let end = item_end(&out[start..]).map_or(out.len(), |end| start + end);
        let blank: String = out[start..end]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        out.replace_range(start..end, &blank);
    }
    out
}

fn item_end(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return Some(at + 1),
            '{' => depth += 1,
            '}' if depth <= 1 => return Some(at + 1),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A path that a file names from the root of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrow {
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// The first name below the crate.
    pub(crate) to: String,
}

/// Returns what a module names below the root of the crate, by `crate::…` or by enough of `super::…`.
pub(crate) fn arrows(module: &[&str], code: &str) -> Vec<Arrow> {
    let words = words(code);
    let is = |at: usize, word: &str| words.get(at).is_some_and(|(_, found)| *found == word);
    let mut arrows = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (line, word) = words[at];
        let mut next = at + 1;
        let mut up = match word {
            "crate" => module.len(),
            "super" => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        while word != "crate" && is(next, "::") && is(next + 1, "super") {
            (up, next) = (up + 1, next + 2);
        }
        if is(next, "::") && up >= module.len() {
            let to = firsts(&words[next + 1..]);
            arrows.extend(to.into_iter().map(|to| Arrow { line, to }));
        }
        at = next;
    }
    arrows
}

/// The first name of a path, or of each path of a group.
fn firsts(words: &[(usize, &str)]) -> Vec<String> {
    let is_name = |word: &str| word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match words.first() {
        Some((_, word)) if is_name(word) => vec![(*word).to_owned()],
        Some((_, "{")) => {
            let (mut depth, mut fresh, mut names) = (0_usize, false, Vec::new());
            for (_, word) in words {
                match *word {
                    "{" => (depth, fresh) = (depth + 1, depth == 0),
                    "}" if depth == 1 => break,
                    "}" => depth -= 1,
                    "," => fresh = depth == 1,
                    word if fresh && is_name(word) => {
                        names.push(word.to_owned());
                        fresh = false;
                    }
                    _ => {}
                }
            }
            names
        }
        _ => Vec::new(),
    }
}

fn words(code: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let end = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() {
                words.push((line + 1, &rest[..end]));
            }
            rest = &rest[end..];
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_comments_texts_and_tests() {
        let text = "a /* crate::x */ // crate::y\n\"crate::z\" r#\"crate::w\"# '\"' 'l b\n#[cfg(test)]\nmod tests { use crate::v; }\nc";
        let code = code(text);
        assert!(!code.contains("crate"), "{code}");
        assert_eq!(code.lines().count(), text.lines().count());
        assert!(code.starts_with('a') && code.ends_with('c'));
    }

    #[test]
    fn reads_every_form_of_a_path() {
        let code = "use crate::one::x;\nuse crate::{two, three::{y, z}, four as f};\nlet a = crate::five::g();\nuse super::super::six;\nuse super::sibling;\n$crate::seven::h!()";
        let to: Vec<String> = arrows(&["plan", "diff"], code)
            .into_iter()
            .map(|a| a.to)
            .collect();
        assert_eq!(to, ["one", "two", "three", "four", "five", "six", "seven"]);
    }
}
