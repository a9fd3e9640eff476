//! A path into a value: built by code, printed for people, read back, and turned into a JSON pointer.

use std::fmt;

/// One step of a [`Route`]: a key of a mapping, or a position (from 0) in a sequence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of a mapping.
    Key(Box<str>),
    /// A position in a sequence, counted from 0.
    Index(usize),
}

/// A path from the root of an object to one of its values, as in `approval.stages[1].approvers`.
///
/// Keys that are no plain words are written in brackets and quotes: `grants["crm 2"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Route(Vec<Step>);

/// A text that is no route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteError {
    /// The byte at which reading stopped.
    pub at: usize,
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a route: unexpected text at byte {}", self.at)
    }
}

impl std::error::Error for RouteError {}

impl Route {
    /// Returns the empty route, which names the object itself.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns this route with a key appended.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// Returns this route with a position appended.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }

    /// Returns the steps from the root on.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Appends a step in place.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Removes the last step in place.
    pub fn pop(&mut self) -> Option<Step> {
        self.0.pop()
    }

    /// Returns the first key, which is the attribute of the object that the route leads into.
    #[must_use]
    pub fn attribute(&self) -> Option<&str> {
        match self.0.first() {
            Some(Step::Key(key)) => Some(key),
            _ => None,
        }
    }

    /// Returns the route as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn to_pointer(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            out.push('/');
            match step {
                Step::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Step::Index(index) => out.push_str(&index.to_string()),
            }
        }
        out
    }

    /// Reads a route as [`fmt::Display`] writes it.
    ///
    /// # Errors
    ///
    /// Returns the byte at which the text stops being a route.
    pub fn parse(text: &str) -> Result<Self, RouteError> {
        let mut route = Self::root();
        let mut rest = text;
        let at = |rest: &str| RouteError {
            at: text.len() - rest.len(),
        };
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                if inner.starts_with('"') {
                    let mut read = serde_json::Deserializer::from_str(inner).into_iter::<String>();
                    let key = read.next().and_then(Result::ok).ok_or_else(|| at(inner))?;
                    rest = &inner[read.byte_offset()..];
                    route.0.push(Step::Key(key.into()));
                } else {
                    let end = inner.find(']').ok_or_else(|| at(inner))?;
                    let index = inner[..end].parse().map_err(|_| at(inner))?;
                    rest = &inner[end..];
                    route.0.push(Step::Index(index));
                }
                rest = rest.strip_prefix(']').ok_or_else(|| at(rest))?;
            } else {
                if !route.0.is_empty() {
                    rest = rest.strip_prefix('.').ok_or_else(|| at(rest))?;
                }
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                if end == 0 || !is_word(&rest[..end]) {
                    return Err(at(rest));
                }
                route.0.push(Step::Key(rest[..end].into()));
                rest = &rest[end..];
            }
        }
        Ok(route)
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if is_word(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(key)?;
                }
                Step::Key(key) => write!(f, "[{}]", serde_json::Value::from(&**key))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl FromIterator<Step> for Route {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_back() {
        for text in [
            "",
            "approval.stages[1].approvers",
            "grants[\"a b\"].x",
            "[\"\\\"]\"][0]",
            "a-b_c",
        ] {
            assert_eq!(Route::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_route() {
        for (text, at) in [
            (".a", 0),
            ("a..b", 2),
            ("a[x]", 2),
            ("a[\"b", 2),
            ("a]", 0),
            ("a[0]b", 4),
        ] {
            assert_eq!(Route::parse(text), Err(RouteError { at }), "{text}");
        }
    }

    #[test]
    fn becomes_a_json_pointer() {
        let route = Route::root().key("a/b~c").index(3);
        assert_eq!(route.to_pointer(), "/a~1b~0c/3");
    }
}
