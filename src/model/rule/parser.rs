//! From words and signs to a rule.

use super::lexer::{Placed, Token};
use super::{BadRule, LISTS, Operator, Rule, TEXTS, TRUTHS, Test, Value};
use crate::diag::nearest;

/// How deep parentheses and `-not` go.
const DEPTH: usize = 32;

/// The operators, with their words.
const OPERATORS: &[(&str, Operator)] = &[
    ("eq", Operator::Equal),
    ("ne", Operator::NotEqual),
    ("startswith", Operator::StartsWith),
    ("notstartswith", Operator::NotStartsWith),
    ("contains", Operator::Contains),
    ("notcontains", Operator::NotContains),
    ("match", Operator::Match),
    ("notmatch", Operator::NotMatch),
    ("in", Operator::In),
    ("notin", Operator::NotIn),
];

/// The operators as people write them.
const SPELLED: &[&str] = &[
    "-eq",
    "-ne",
    "-startsWith",
    "-notStartsWith",
    "-contains",
    "-notContains",
    "-match",
    "-notMatch",
    "-in",
    "-notIn",
];

/// Reads a rule from its words.
pub(super) fn parse(of: &(Vec<Placed>, usize)) -> Result<Rule, BadRule> {
    let mut reader = Reader {
        tokens: &of.0,
        end: of.1,
        at: 0,
    };
    let rule = reader.or(0)?;
    match reader.peek() {
        None => Ok(rule),
        Some(Token::Close) => Err(reader.wrong("a parenthesis that closes nothing")),
        Some(_) => Err(reader
            .wrong("`-and` or `-or` is missing before this")
            .help("join comparisons with `-and` or `-or`")),
    }
}

struct Reader<'t> {
    tokens: &'t [Placed],
    end: usize,
    at: usize,
}

impl BadRule {
    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Returns a word without the hyphen of an operator, in lower case.
fn bare(word: &str) -> String {
    // Editors like to turn a hyphen into a dash.
    let word = word.trim_start_matches(['-', '–']);
    word.to_lowercase()
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn next(&mut self) -> Option<&Token> {
        let token = self.tokens.get(self.at).map(|(_, token)| token);
        self.at += usize::from(token.is_some());
        token
    }

    /// Says what is wrong with the next token.
    fn wrong(&self, message: impl Into<String>) -> BadRule {
        let column = self
            .tokens
            .get(self.at)
            .map_or(self.end, |(column, _)| *column);
        BadRule {
            column,
            message: message.into(),
            help: None,
        }
    }

    fn is_word(&self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if bare(word) == wanted)
    }

    fn or(&mut self, depth: usize) -> Result<Rule, BadRule> {
        let mut rules = vec![self.and(depth)?];
        while self.is_word("or") {
            self.at += 1;
            rules.push(self.and(depth)?);
        }
        Ok(one_or(rules, Rule::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Rule, BadRule> {
        let mut rules = vec![self.not(depth)?];
        while self.is_word("and") {
            self.at += 1;
            rules.push(self.not(depth)?);
        }
        Ok(one_or(rules, Rule::And))
    }

    fn not(&mut self, depth: usize) -> Result<Rule, BadRule> {
        if depth > DEPTH {
            return Err(self.wrong(format!("more than {DEPTH} parentheses within each other")));
        }
        if self.is_word("not") {
            self.at += 1;
            return Ok(Rule::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.peek() != Some(&Token::Open) {
            return self.test();
        }
        let opened = self.wrong("a parenthesis that is never closed");
        self.at += 1;
        let rule = self.or(depth + 1)?;
        match self.peek() {
            Some(Token::Close) => {
                self.at += 1;
                Ok(rule)
            }
            None => Err(opened),
            Some(_) => Err(self
                .wrong("`-and` or `-or` is missing before this")
                .help("join comparisons with `-and` or `-or`")),
        }
    }

    fn test(&mut self) -> Result<Rule, BadRule> {
        let property = self.property()?;
        for (word, all) in [("any", false), ("all", true)] {
            if self.is_word(word) {
                self.at += 1;
                return self.each(property, all);
            }
        }
        if LISTS.contains(&property.as_str()) {
            return Err(self
                .wrong(format!("`user.{property}` has several values"))
                .help(format!("write `user.{property} -any (_ -contains \"…\")`")));
        }
        Ok(Rule::Test(self.comparison(property)?))
    }

    /// Reads `(_ -contains "…")`, about each value of a property.
    fn each(&mut self, property: String, all: bool) -> Result<Rule, BadRule> {
        if !LISTS.contains(&property.as_str()) {
            return Err(self.wrong(format!("`user.{property}` has one value, not several")));
        }
        let shape = "write `-any (_ -contains \"…\")`";
        if self.next() != Some(&Token::Open) {
            self.at = self.at.saturating_sub(1);
            return Err(self.wrong("a parenthesis is missing").help(shape));
        }
        if !self.is_word("_") {
            return Err(self
                .wrong("`_` is missing, which stands for each value")
                .help(shape));
        }
        self.at += 1;
        let test = self.comparison(property)?;
        if self.peek() != Some(&Token::Close) {
            return Err(self.wrong("the closing parenthesis is missing").help(shape));
        }
        self.at += 1;
        Ok(Rule::Each { all, test })
    }

    fn property(&mut self) -> Result<String, BadRule> {
        let known = TEXTS.iter().chain(TRUTHS).chain(LISTS);
        let Some(Token::Word(word)) = self.peek() else {
            let message = match self.peek() {
                None => "a comparison is missing",
                Some(_) => "a property of the user is missing",
            };
            return Err(self
                .wrong(message)
                .help("write one like `user.department -eq \"Sales\"`"));
        };
        let lower = word.to_lowercase();
        let Some(name) = lower.strip_prefix("user.") else {
            let message = format!("`{word}` is no property of the user");
            return Err(self.wrong(message).help("properties begin with `user.`"));
        };
        let extension = name
            .strip_prefix("extensionattribute")
            .is_some_and(|number| {
                number
                    .parse::<u8>()
                    .is_ok_and(|number| (1..=15).contains(&number))
            });
        let own = extension || name.starts_with("extension_");
        let found = match known.clone().find(|known| known.to_lowercase() == name) {
            Some(known) => Some((*known).to_owned()),
            // An extension is named as the application that made it did.
            None if own => word.get("user.".len()..).map(str::to_owned),
            None => None,
        };
        let Some(found) = found else {
            let near = nearest(name, known.copied());
            let wrong = self.wrong(format!("a rule cannot look at `{word}`"));
            return Err(match near {
                Some(near) => wrong.help(format!("did you mean `user.{near}`?")),
                None => wrong.help("see the properties that rules of dynamic groups may use"),
            });
        };
        self.at += 1;
        Ok(found)
    }

    fn comparison(&mut self, property: String) -> Result<Test, BadRule> {
        let operator = self.operator()?;
        let place = self.wrong("");
        let value = self.value(operator)?;
        let truth = TRUTHS.contains(&property.as_str());
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        let wrong = |message: String, help: &str| {
            let column = place.column;
            Err(BadRule {
                column,
                message,
                help: Some(help.to_owned()),
            })
        };
        match &value {
            Value::Bool(_) if !truth => wrong(
                format!("`user.{property}` is a text, not true or false"),
                "write the value in quotes",
            ),
            Value::Text(_) | Value::List(_) | Value::Pattern(_) if truth => wrong(
                format!("`user.{property}` is true or false"),
                "write `true` or `false`, without quotes",
            ),
            Value::Bool(_) | Value::Null if !equality => wrong(
                "`true`, `false` and `null` are only equal or not".to_owned(),
                "write `-eq` or `-ne`",
            ),
            _ => Ok(Test {
                property,
                operator,
                value,
            }),
        }
    }

    fn operator(&mut self) -> Result<Operator, BadRule> {
        let Some(Token::Word(word)) = self.peek() else {
            return Err(self
                .wrong("an operator is missing")
                .help(format!("write one of {}", SPELLED.join(", "))));
        };
        let bare = bare(word);
        let Some((_, operator)) = OPERATORS.iter().find(|(known, _)| *known == bare) else {
            let wrong = self.wrong(format!("`{word}` is no operator"));
            return Err(match nearest(word, SPELLED.iter().copied()) {
                Some(near) => wrong.help(format!("did you mean `{near}`?")),
                None => wrong.help(format!("write one of {}", SPELLED.join(", "))),
            });
        };
        let operator = *operator;
        self.at += 1;
        Ok(operator)
    }

    fn value(&mut self, operator: Operator) -> Result<Value, BadRule> {
        let listed = matches!(operator, Operator::In | Operator::NotIn);
        let wrong = self.wrong(match listed {
            true => "a list is missing",
            false => "a value is missing",
        });
        let shape = match listed {
            true => "write `[\"Sales\", \"Legal\"]`",
            false => "write a text in quotes, `true`, `false` or `null`",
        };
        let matches = matches!(operator, Operator::Match | Operator::NotMatch);
        match self.next() {
            Some(Token::ListOpen) if listed => self.list(),
            Some(Token::Text(text)) if matches => {
                let pattern = regex::RegexBuilder::new(text)
                    .case_insensitive(true)
                    .size_limit(1 << 18)
                    .build();
                match pattern {
                    Ok(pattern) => Ok(Value::Pattern(Box::new(pattern))),
                    Err(_) => Err(BadRule {
                        message: "not a regular expression that can be used".to_owned(),
                        ..wrong
                    }),
                }
            }
            Some(Token::Text(text)) if !listed => Ok(Value::Text(text.to_lowercase())),
            Some(Token::Word(word)) if !listed => match word.to_lowercase().as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                "null" => Ok(Value::Null),
                _ => Err(BadRule {
                    message: format!("`{word}` is no value"),
                    ..wrong
                }
                .help(shape)),
            },
            _ => Err(wrong.help(shape)),
        }
    }

    /// Reads the rest of a list.
    fn list(&mut self) -> Result<Value, BadRule> {
        let mut texts = Vec::new();
        loop {
            match self.peek() {
                Some(Token::Text(text)) => texts.push(text.to_lowercase()),
                _ => return Err(self.wrong("a text in quotes is missing in the list")),
            }
            self.at += 1;
            match self.peek() {
                Some(Token::Comma) => self.at += 1,
                Some(Token::ListClose) => break,
                _ => return Err(self.wrong("a comma or `]` is missing in the list")),
            }
        }
        self.at += 1;
        Ok(Value::List(texts))
    }
}

fn one_or(mut rules: Vec<Rule>, several: fn(Vec<Rule>) -> Rule) -> Rule {
    match rules.len() {
        1 => rules.remove(0),
        _ => several(rules),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_cannot_be_read_says_where() {
        let wrong = |text: &str| Rule::parse(text).expect_err(text).to_string();
        for (text, expected) in [
            ("", "a comparison is missing, at character 1 of the rule"),
            (
                "user.department -eq",
                "a value is missing, at character 20 of the rule",
            ),
            (
                "user.department -eq Sales",
                "`Sales` is no value, at character 21 of the rule",
            ),
            (
                "user.department -like \"S\"",
                "`-like` is no operator, at character 17 of the rule",
            ),
            (
                "(user.department -eq \"S\"",
                "a parenthesis that is never closed, at character 1 of the rule",
            ),
            (
                "user.department -eq \"S",
                "a text without its closing quote, at character 21 of the rule",
            ),
            (
                "user.depratment -eq \"S\"",
                "a rule cannot look at `user.depratment`, at character 1 of the rule",
            ),
            (
                "user.department -in \"S\"",
                "a list is missing, at character 21 of the rule",
            ),
            (
                "user.accountEnabled -eq \"true\"",
                "`user.accountEnabled` is true or false, at character 25 of the rule",
            ),
            (
                "user.mail -match \"(\"",
                "not a regular expression that can be used, at character 18 of the rule",
            ),
            (
                "user.otherMails -contains \"x\"",
                "`user.otherMails` has several values, at character 17 of the rule",
            ),
            (
                "user.mail -eq \"a\" user.mail -eq \"b\"",
                "`-and` or `-or` is missing before this, at character 19 of the rule",
            ),
        ] {
            assert_eq!(wrong(text), expected);
        }
        let near = Rule::parse("user.depratment -eq \"S\"").expect_err("a typing error");
        assert_eq!(
            near.help.as_deref(),
            Some("did you mean `user.department`?")
        );
    }

    #[test]
    fn no_text_makes_the_reader_fail_in_another_way() {
        for text in [
            "((((",
            "-not",
            "user.",
            "[",
            "user.mail -in [",
            "user.mail -in [\"a\",]",
            "`",
            "\"`",
        ] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
        let deep = "(".repeat(1000);
        assert!(Rule::parse(&deep).is_err());
    }
}
