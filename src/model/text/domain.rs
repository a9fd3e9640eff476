//! Domains: canonical, registrable or below, and rules that match them.

use std::borrow::{Borrow, Cow};
use std::fmt;

use schemars::JsonSchema;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize};

use super::{Malformed, text_type};

text_type! {
    /// A domain in its canonical spelling: lower case, no trailing dot, no wildcard, port or address.
    ///
    /// Kept as A-label (`xn--…`); an exact U-label may be written.
    Domain, "domain", pattern = "^[^\\sA-Z@:/*]+\\.[^\\sA-Z@:/*]+$", maxLength = 253
}

impl Domain {
    /// Reads a domain.
    ///
    /// # Errors
    ///
    /// Refuses every other spelling and offers the canonical one.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let problem = |message: &str| Malformed::new(message.to_owned());
        let offer = |domain: &str| {
            Self::parse(domain)
                .ok()
                .map(|_| format!("write `{domain}`"))
        };
        if let Some(rest) = text.strip_prefix("*.") {
            return Err(problem("a wildcard")
                .help(format!("write `{{ domain: {rest}, subdomains: true }}`")));
        }
        if let Some((_, domain)) = text.rsplit_once('@') {
            return Err(
                problem("a mail address where a domain is expected").help_opt(offer(domain))
            );
        }
        if let Some((_, rest)) = text.split_once("://") {
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            return Err(problem("a web address where a domain is expected").help_opt(offer(host)));
        }
        if let Some((domain, _)) = text.split_once([':', '/']) {
            return Err(problem("a domain has no port and no path").help_opt(offer(domain)));
        }
        let trimmed = text.trim_end_matches('.');
        let ascii = idna::domain_to_ascii_strict(trimmed).map_err(|_| problem("not a domain"))?;
        let (unicode, valid) = idna::domain_to_unicode(&ascii);
        if valid.is_err() || ascii.is_empty() {
            return Err(problem("not a domain"));
        }
        if text != ascii && text != unicode {
            return Err(problem("not the canonical spelling of a domain")
                .help(format!("write `{unicode}`")));
        }
        if ascii
            .split('.')
            .all(|label| label.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(problem(
                "an address of a machine where a domain is expected",
            ));
        }
        let is_suffix = psl::suffix(ascii.as_bytes()).is_some_and(|suffix| suffix.is_known());
        if !ascii.contains('.') && !is_suffix {
            return Err(problem("a domain has at least two labels")
                .help(format!("write one such as `{ascii}.com`")));
        }
        if psl::domain(ascii.as_bytes()).is_none() {
            return Err(problem(
                "a public suffix, below which strangers register their domains",
            ));
        }
        Ok(Self(ascii.into()))
    }

    /// Returns this domain and every one above it.
    pub fn zones(&self) -> impl Iterator<Item = &str> {
        let whole = self.as_str();
        let above = whole
            .match_indices('.')
            .filter_map(move |(dot, _)| whole.get(dot + 1..));
        std::iter::once(whole).chain(above)
    }

    /// Returns true when `other` is this domain or one below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other
            .0
            .strip_suffix(&*self.0)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl Borrow<str> for Domain {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

/// A domain, alone or with all its subdomains: `fabrikam.com`, or `{ domain: fabrikam.com, subdomains: true }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainRule {
    /// The domain.
    pub domain: Domain,
    /// Whether its subdomains belong to it.
    pub subdomains: bool,
}

impl DomainRule {
    /// Returns true for its domain, and for one below it where it says so.
    #[must_use]
    pub fn names(&self, domain: &Domain) -> bool {
        self.domain == *domain || self.subdomains && self.domain.covers(domain)
    }

    /// Returns true when some domain is matched by both rules.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.domain == other.domain
            || self.subdomains && self.domain.covers(&other.domain)
            || other.subdomains && other.domain.covers(&self.domain)
    }
}

impl fmt::Display for DomainRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            self.domain,
            if self.subdomains {
                " and its subdomains"
            } else {
                ""
            }
        )
    }
}

impl Serialize for DomainRule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.subdomains {
            return self.domain.serialize(serializer);
        }
        let mut rule = serializer.serialize_struct("DomainRule", 2)?;
        rule.serialize_field("domain", &self.domain)?;
        rule.serialize_field("subdomains", &true)?;
        rule.end()
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LongRule {
    /// The domain.
    domain: Domain,
    /// Whether the subdomains of the domain belong to it.
    #[serde(default)]
    subdomains: bool,
}

impl<'de> Deserialize<'de> for DomainRule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = DomainRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a domain, or a mapping with `domain` and `subdomains`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<DomainRule, E> {
                let domain = Domain::parse(text).map_err(E::custom)?;
                Ok(DomainRule {
                    domain,
                    subdomains: false,
                })
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                map: A,
            ) -> Result<DomainRule, A::Error> {
                let rule =
                    LongRule::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(DomainRule {
                    domain: rule.domain,
                    subdomains: rule.subdomains,
                })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for DomainRule {
    fn schema_name() -> Cow<'static, str> {
        "DomainRule".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let short = generator.subschema_for::<Domain>();
        let long = LongRule::json_schema(generator);
        schemars::json_schema!({
            "description": "A domain, alone or with its subdomains: `fabrikam.com`, or `{ domain: fabrikam.com, subdomains: true }`.",
            "anyOf": [short, long],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match Domain::parse(text) {
            Ok(domain) => domain.to_string(),
            Err(problem) => problem.to_string(),
        }
    }

    #[test]
    fn keeps_the_a_label() {
        assert_eq!(read("fabrikam.com"), "fabrikam.com");
        assert_eq!(read("bücher.example"), "xn--bcher-kva.example");
        assert_eq!(read("xn--bcher-kva.example"), "xn--bcher-kva.example");
    }

    #[test]
    fn refuses_every_other_spelling_and_offers_the_canonical_one() {
        for (text, shown) in [
            (
                "Fabrikam.com",
                "not the canonical spelling of a domain; write `fabrikam.com`",
            ),
            (
                "fabrikam.com.",
                "not the canonical spelling of a domain; write `fabrikam.com`",
            ),
            (
                "BÜCHER.example",
                "not the canonical spelling of a domain; write `bücher.example`",
            ),
            (
                "*.fabrikam.com",
                "a wildcard; write `{ domain: fabrikam.com, subdomains: true }`",
            ),
            (
                "jane@fabrikam.com",
                "a mail address where a domain is expected; write `fabrikam.com`",
            ),
            (
                "https://fabrikam.com/x",
                "a web address where a domain is expected; write `fabrikam.com`",
            ),
            (
                "fabrikam.com:443",
                "a domain has no port and no path; write `fabrikam.com`",
            ),
            (
                "fabrikam",
                "a domain has at least two labels; write one such as `fabrikam.com`",
            ),
            (
                "co.uk",
                "a public suffix, below which strangers register their domains",
            ),
            (
                "10.0.0.1",
                "an address of a machine where a domain is expected",
            ),
            ("fabri kam.com", "not a domain"),
            ("", "not a domain"),
        ] {
            assert_eq!(read(text), shown, "{text}");
        }
    }

    #[test]
    fn matches_whole_labels() {
        let domain = |text| Domain::parse(text).expect(text);
        assert!(domain("fabrikam.com").covers(&domain("eu.fabrikam.com")));
        assert!(domain("fabrikam.com").covers(&domain("fabrikam.com")));
        assert!(!domain("fabrikam.com").covers(&domain("notfabrikam.com")));
    }
}
