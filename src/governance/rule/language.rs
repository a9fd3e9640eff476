//! Whether there is a text that fits some patterns and not others: decided by walking one automaton over all of them.
//!
//! Regular expressions without look-behind are finite automata, and so is any number of them side by side. They read letters,
//! each for all characters that no pattern tells apart; see [`letters`](super::letters). The walk is breadth-first, so that the
//! text found is one of the shortest, and it visits each state once, so that it ends.

use std::collections::{HashMap, VecDeque};

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Dot, Hir, Repetition};

use super::letters::Letters;

/// What a text must be as a whole, or must not be.
#[derive(Debug, Clone)]
pub(crate) struct Demand {
    form: Hir,
    wanted: bool,
}

/// What came of looking for a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// One of the shortest there is.
    Text(String),
    /// There is none.
    Nothing,
    /// The patterns are too large to tell.
    Unknown,
}

/// How many characters a line has at most.
const LONGEST: usize = 256;
/// How many states are visited.
pub(crate) const STATES: usize = 4_000;
/// How much memory the states may take, in bytes.
const MEMORY: usize = 16 << 20;

impl Demand {
    /// A text is, or is not, one of these.
    pub(crate) fn one_of<'a>(texts: impl IntoIterator<Item = &'a str>, wanted: bool) -> Self {
        let texts = texts.into_iter().map(|text| Hir::literal(text.as_bytes()));
        let form = Hir::alternation(texts.collect());
        Self { form, wanted }
    }

    /// A text begins, or does not begin, like this.
    pub(crate) fn begins(text: &str, wanted: bool) -> Self {
        let form = Hir::concat(vec![Hir::literal(text.as_bytes()), anything()]);
        Self { form, wanted }
    }

    /// A text contains, or does not contain, this.
    pub(crate) fn contains(text: &str, wanted: bool) -> Self {
        let form = Hir::concat(vec![anything(), Hir::literal(text.as_bytes()), anything()]);
        Self { form, wanted }
    }

    /// A pattern matches somewhere in a text, without regard to case, or nowhere.
    pub(crate) fn matches(pattern: &str, wanted: bool) -> Option<Self> {
        let mut parser = ParserBuilder::new().case_insensitive(true).build();
        let form = parser.parse(pattern).ok()?;
        let form = Hir::concat(vec![anything(), form, anything()]);
        Some(Self { form, wanted })
    }

    /// A pattern matches a text as a whole.
    pub(crate) fn whole(pattern: &str) -> Option<Self> {
        let form = ParserBuilder::new().build().parse(pattern).ok()?;
        Some(Self { form, wanted: true })
    }
}

fn anything() -> Hir {
    Hir::repetition(Repetition {
        min: 0,
        max: None,
        greedy: true,
        sub: Box::new(Hir::dot(Dot::AnyChar)),
    })
}

/// Finds a text that is as demanded in every way.
pub(crate) fn find(demands: &[Demand]) -> Found {
    find_counting(demands).0
}

/// Finds a text that is as demanded in every way, and tells how many states were visited for that.
pub(crate) fn find_counting(demands: &[Demand]) -> (Found, usize) {
    let contradicts = |(at, one): (usize, &Demand)| {
        let mut before = demands.iter().take(at);
        before.any(|other| one.wanted != other.wanted && one.form == other.form)
    };
    // No automaton is needed for what is demanded and refused at once.
    if demands.iter().enumerate().any(contradicts) {
        return (Found::Nothing, 0);
    }
    let mut visited = 0;
    let found = search(demands, &mut visited);
    (found, visited)
}

fn search(demands: &[Demand], visited: &mut usize) -> Found {
    let walk = Walk::over(demands);
    let Some(mut walk) = walk else {
        return Found::Unknown;
    };
    // A text that everybody can read and type is sought first: few patterns take no other.
    let plain = walk.go(&|meant| matches!(meant, ' '..='~'), visited);
    let found = match plain {
        Ok(None) => walk.go(&|_| true, visited),
        found => found,
    };
    match found {
        Ok(Some(text)) if text.chars().count() > LONGEST => Found::Unknown,
        Ok(Some(text)) => Found::Text(text),
        Ok(None) => Found::Nothing,
        Err(TooLarge) => Found::Unknown,
    }
}

/// The automaton has more states than are looked at.
struct TooLarge;

struct Walk<'d> {
    demands: &'d [Demand],
    letters: Letters,
    automaton: DFA,
    cache: Cache,
}

impl<'d> Walk<'d> {
    fn over(demands: &'d [Demand]) -> Option<Self> {
        let forms: Vec<&Hir> = demands.iter().map(|demand| &demand.form).collect();
        let letters = Letters::of(&forms)?;
        let forms = forms.into_iter().map(|form| letters.spelled(form));
        let forms: Vec<Hir> = forms.collect::<Option<_>>()?;
        let size = thompson::Config::new()
            .utf8(false)
            .nfa_size_limit(Some(MEMORY));
        let mut compiler = thompson::Compiler::new();
        let nfa = compiler.configure(size).build_many_from_hir(&forms).ok()?;
        let config = DFA::config()
            .match_kind(MatchKind::All)
            .cache_capacity(MEMORY)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(0));
        let automaton = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let cache = automaton.create_cache();
        Some(Self {
            demands,
            letters,
            automaton,
            cache,
        })
    }

    /// Visits every state that such characters lead to, the nearest first.
    fn go(
        &mut self,
        takes: &dyn Fn(char) -> bool,
        visited: &mut usize,
    ) -> Result<Option<String>, TooLarge> {
        let anchored = start::Config::new().anchored(Anchored::Yes);
        let begin = self.automaton.start_state(&mut self.cache, &anchored);
        let begin = begin.map_err(|_| TooLarge)?;
        let letters = self.letters(takes);
        let mut came: HashMap<LazyStateID, Option<(LazyStateID, u8)>> = HashMap::new();
        came.insert(begin, None);
        let mut queue = VecDeque::from([begin]);
        while let Some(state) = queue.pop_front() {
            *visited += 1;
            if self.is_wanted(state)? {
                return Ok(self.letters.read(&way(&came, state)));
            }
            for letter in &letters {
                let next = self.automaton.next_state(&mut self.cache, state, *letter);
                let next = next.map_err(|_| TooLarge)?;
                if !next.is_dead() && !came.contains_key(&next) {
                    came.insert(next, Some((state, *letter)));
                    queue.push_back(next);
                }
            }
            if came.len() > STATES {
                return Err(TooLarge);
            }
        }
        Ok(None)
    }

    /// Returns one letter of each sort that the automaton tells apart, those that are easily read first.
    fn letters(&self, takes: &dyn Fn(char) -> bool) -> Vec<u8> {
        let classes = self.automaton.byte_classes();
        let mut known = [false; 256];
        let all = self.letters.all().filter(|(_, meant)| takes(*meant));
        let sorts = all.filter(|(letter, _)| {
            let class = known.get_mut(usize::from(classes.get(*letter)));
            class.is_some_and(|known| !std::mem::replace(known, true))
        });
        sorts.map(|(letter, _)| letter).collect()
    }

    /// Returns true where a text may end that is as demanded.
    fn is_wanted(&mut self, state: LazyStateID) -> Result<bool, TooLarge> {
        let end = self.automaton.next_eoi_state(&mut self.cache, state);
        let end = end.map_err(|_| TooLarge)?;
        let mut fits = vec![false; self.demands.len()];
        if end.is_match() {
            for at in 0..self.automaton.match_len(&self.cache, end) {
                let pattern = self.automaton.match_pattern(&self.cache, end, at);
                if let Some(fits) = fits.get_mut(pattern.as_usize()) {
                    *fits = true;
                }
            }
        }
        let mut both = self.demands.iter().zip(fits);
        Ok(both.all(|(demand, fits)| demand.wanted == fits))
    }
}

/// Returns the letters that led to a state.
fn way(came: &HashMap<LazyStateID, Option<(LazyStateID, u8)>>, mut state: LazyStateID) -> Vec<u8> {
    let mut letters = Vec::new();
    while let Some((before, letter)) = came.get(&state).copied().flatten() {
        letters.push(letter);
        state = before;
    }
    letters.reverse();
    letters
}

#[cfg(test)]
mod tests {
    use super::super::form::LINE;
    use super::*;

    fn whole(pattern: &str) -> Found {
        find(&[Demand::whole(pattern).expect(pattern)])
    }

    #[test]
    fn texts_match_their_pattern_and_are_short() {
        for (pattern, text) in [
            ("PO-[0-9]{6}", "PO-000000"),
            ("[A-Z]{3}|X", "X"),
            ("(?i)yes", "yes"),
            ("a+b*", "a"),
            ("[^a-z0-9]", " "),
            ("a$|b", "a"),
            ("ключ", "ключ"),
            (r"\w+\b.\bключ\b", "a ключ"),
            (r"\p{Greek}\b\W", "Ͱ "),
            (r"(?m)a$\n^b", "a\nb"),
            (r"(?x) a b # a remark", "ab"),
        ] {
            assert_eq!(whole(pattern), Found::Text(text.to_owned()), "{pattern}");
        }
    }

    #[test]
    fn what_nothing_matches_is_known() {
        for pattern in ["a$b", "^b^a", r"a\Ab", r"[a&&b]", r"a(?-u:\b)b", r"\w\b\w"] {
            assert_eq!(whole(pattern), Found::Nothing, "{pattern}");
        }
    }

    #[test]
    fn patterns_are_decided_side_by_side() {
        let line = || Demand::whole(LINE.any).expect("a pattern");
        let is = |pattern: &str, wanted| Demand::matches(pattern, wanted).expect(pattern);
        // No sample of the first pattern alone would do.
        let demands = [
            line(),
            is("^[a-z]{2}[0-9]*$", true),
            is("^aa|[02-9]$", false),
            is("[0-9]", true),
        ];
        assert_eq!(find(&demands), Found::Text("ab1".to_owned()));
        let demands = [
            line(),
            is("^(ab)+$", true),
            is("^(abab)*$", true),
            Demand::one_of(["abab"], false),
        ];
        assert_eq!(find(&demands), Found::Text("abababab".to_owned()));
        let demands = [line(), is("^(aa)+$", true), is("^(aa)*a$", true)];
        assert_eq!(find(&demands), Found::Nothing);
        let demands = [line(), is("x", true), Demand::contains("x", false)];
        assert_eq!(find(&demands), Found::Nothing);
        let demands = [
            line(),
            Demand::begins("head of ", true),
            Demand::one_of(["head of a"], false),
        ];
        assert_eq!(find(&demands), Found::Text("head of b".to_owned()));
    }

    #[test]
    fn case_is_that_of_texts_in_lower_case() {
        let line = || Demand::whole(LINE.any).expect("a pattern");
        let is = |pattern: &str| Demand::matches(pattern, true).expect(pattern);
        assert_eq!(find(&[line(), is("^[A-Z]$")]), Found::Text("a".to_owned()));
        // Switched off inside: no text in lower case has a capital.
        assert_eq!(find(&[line(), is("^(?-i)[A-Z]$")]), Found::Nothing);
    }

    #[test]
    fn what_is_too_large_is_said_to_be() {
        let is = |pattern: &str, wanted| Demand::matches(pattern, wanted).expect(pattern);
        let all: Vec<Demand> = (0..8)
            .map(|at| is(&format!("^[ab]*a[ab]{{{}}}$", at * 2 + 8), true))
            .chain([is("c", true)])
            .collect();
        assert_eq!(find(&all), Found::Unknown);
        // Longer than any line.
        assert_eq!(whole("a{256}"), Found::Text("a".repeat(256)));
        assert_eq!(whole("a{257}"), Found::Unknown);
    }
}
