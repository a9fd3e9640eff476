//! A rule as words and signs, each with its place.

use super::BadRule;

/// A word or a sign of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    ListOpen,
    /// `]`
    ListClose,
    /// `,`
    Comma,
    /// A text in quotes.
    Text(String),
    /// Anything else: a property, an operator, `true`, `null`, `_`.
    Word(String),
}

/// A token and the character at which it begins, counted from 1.
pub(super) type Placed = (usize, Token);

/// Splits a rule; the end has a place of its own.
pub(super) fn tokens(text: &str) -> Result<(Vec<Placed>, usize), BadRule> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().enumerate().peekable();
    while let Some((at, sign)) = rest.next() {
        let column = at + 1;
        let token = match sign {
            sign if sign.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::ListOpen,
            ']' => Token::ListClose,
            ',' => Token::Comma,
            '"' | '\'' => {
                let mut inside = String::new();
                loop {
                    match rest.next() {
                        None => return Err(unclosed(column)),
                        // A backtick takes the next sign as it is.
                        Some((_, '`')) => match rest.next() {
                            Some((_, escaped)) => inside.push(escaped),
                            None => return Err(unclosed(column)),
                        },
                        Some((_, end)) if end == sign => break,
                        Some((_, other)) => inside.push(other),
                    }
                }
                Token::Text(inside)
            }
            sign => {
                let mut word = String::from(sign);
                let part = |sign: char| !sign.is_whitespace() && !"()[],\"'".contains(sign);
                while let Some((_, next)) = rest.next_if(|(_, next)| part(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
        };
        tokens.push((column, token));
    }
    Ok((tokens, text.chars().count() + 1))
}

fn unclosed(column: usize) -> BadRule {
    BadRule {
        column,
        message: "a text without its closing quote".to_owned(),
        help: Some("a quote inside a text is written with a backtick before it".to_owned()),
    }
}
