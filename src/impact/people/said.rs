//! Words of ours in which it stays known what is a name or a rule: every format shows these as one, whatever stands in them.

use super::who::SHOWN;

/// Some words, with what of them is a name or a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::impact) struct Said {
    /// All of it, with names and rules between backticks.
    pub(super) text: String,
    /// Where names and rules stand in it, without the backticks: from which byte to which.
    pub(super) code: Vec<(usize, usize)>,
}

impl Said {
    /// Returns a rule or a name as one, whatever stands in it.
    pub(in crate::impact) fn code(text: &str) -> Self {
        Self {
            text: format!("`{text}`"),
            code: vec![(1, text.len() + 1)],
        }
    }

    /// Returns a name: of several words it is no part of a sentence.
    pub(in crate::impact) fn name(text: &str) -> Self {
        match text.contains(char::is_whitespace) {
            true => Self::code(text),
            false => text.into(),
        }
    }

    /// Returns the first names of a list with a word before the last, and how many more there are.
    pub(in crate::impact) fn joined(names: &[Self], word: &str) -> Self {
        // One more name is not longer than "1 more".
        let shown = match names.len() > SHOWN + 1 {
            true => SHOWN,
            false => names.len(),
        };
        let more = names.len() - shown;
        let mut all = Self::default();
        for (at, name) in names.iter().take(shown).enumerate() {
            if at > 0 {
                all = match (more, at + 1 == shown) {
                    (0, true) => all.and(format!(" {word} ")),
                    _ => all.and(", "),
                };
            }
            all = all.and(name.clone());
        }
        match more {
            0 => all,
            more => all.and(format!(" {word} {more} more")),
        }
    }

    /// Returns them with others behind them.
    pub(in crate::impact) fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        let from = self.text.len();
        self.text.push_str(&other.text);
        let code = other.code.into_iter();
        self.code
            .extend(code.map(|(start, end)| (from + start, from + end)));
        self
    }

    /// Returns true where nothing is said.
    pub(in crate::impact) const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl From<&str> for Said {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<String> for Said {
    fn from(words: String) -> Self {
        Self {
            text: words,
            code: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_several_words_and_rules_stay_known() {
        let names = ["group:Sales", "group:Sales and `Ops`"].map(Said::name);
        let said = Said::from("whoever is in ").and(Said::joined(&names, "or"));
        let said = said.and(", matching ").and(Said::code("a -eq 1"));
        assert_eq!(
            said.text,
            "whoever is in group:Sales or `group:Sales and `Ops``, matching `a -eq 1`"
        );
        let code = said
            .code
            .iter()
            .map(|(start, end)| &said.text[*start..*end]);
        assert_eq!(
            code.collect::<Vec<_>>(),
            ["group:Sales and `Ops`", "a -eq 1"]
        );
    }

    #[test]
    fn of_many_names_the_first_are_shown() {
        let list = |names: &[&str]| {
            let names: Vec<Said> = names.iter().map(|name| Said::name(name)).collect();
            Said::joined(&names, "and").text
        };
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(list(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
