//! Names and addresses: what identifies an object in the tree and in messages.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::text::{Malformed, text_type};

/// The longest name, in characters.
pub const NAME_LENGTH: usize = 64;

text_type! {
    /// The name of an object: its identity in the tree, so its display name may change freely.
    ///
    /// Lower-case letters, digits and `-`, starting with a letter or digit, 1 to 64 characters.
    Name, "name", pattern = "^[a-z0-9][a-z0-9-]{0,63}$"
}

impl Name {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and offers the nearest proper name.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let proper = text.len() <= NAME_LENGTH
            && text.bytes().next().is_some_and(fits)
            && text.bytes().all(|b| fits(b) || b == b'-');
        if proper {
            return Ok(Self(text.into()));
        }
        if text.len() > NAME_LENGTH {
            return Err(Malformed::new("a name has at most 64 characters"));
        }
        // Where a name is expected the kind is known, so an address says it once too often.
        let own = text.split_once('/').filter(|(word, _)| {
            let mut kinds = Kind::ALL.iter();
            kinds.any(|kind| kind.as_str() == *word)
        });
        let meant = own.map_or(text, |(_, name)| name);
        let help = Self::mended(meant).map(|name| format!("write `{name}`"));
        Err(Malformed::new("a name is made of lower-case letters, digits and `-`").help_opt(help))
    }

    /// Returns the name that a text was probably meant to be: `fabrikam` for `Fabrikam`.
    #[must_use]
    pub fn mended(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let mended = words.join("-");
        let fits = !mended.is_empty() && mended.len() <= NAME_LENGTH;
        fits.then(|| Self(mended.into()))
    }
}

/// The address of an object: `organization/fabrikam`, `policy/campaign-partner/partners`, `settings/collaboration`.
///
/// Ordered by kind, then by name; kinds are ordered so that what others refer to comes first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    kind: Kind,
    /// Empty for a singleton; `package/policy` for a policy.
    name: Box<str>,
}

impl Address {
    /// Returns the address of an object that stands by itself.
    #[must_use]
    pub fn new(kind: Kind, name: &Name) -> Self {
        debug_assert!(kind.parent().is_none() && !kind.is_singleton());
        Self {
            kind,
            name: name.as_str().into(),
        }
    }

    /// Returns the address of an object inside another: a policy in its package.
    #[must_use]
    pub fn within(kind: Kind, parent: &Name, name: &Name) -> Self {
        debug_assert!(kind.parent().is_some());
        Self {
            kind,
            name: format!("{parent}/{name}").into(),
        }
    }

    /// Returns the address of settings of the tenant.
    #[must_use]
    pub fn singleton(kind: Kind) -> Self {
        debug_assert!(kind.is_singleton());
        Self {
            kind,
            name: "".into(),
        }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the name below the kind: `fabrikam`, `campaign-partner/partners`; empty for a singleton.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the object's own name, without that of its parent.
    #[must_use]
    pub fn own_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Returns the address of the object that this one lives in.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let kind = self.kind.parent()?;
        let (parent, _) = self.name.split_once('/')?;
        Some(Self {
            kind,
            name: parent.into(),
        })
    }

    /// Returns the address of another object of the same kind, in the same place.
    #[must_use]
    pub fn sibling(&self, name: &Name) -> Self {
        let name = match self.name.rsplit_once('/') {
            Some((parent, _)) => format!("{parent}/{name}").into(),
            None => name.as_str().into(),
        };
        Self {
            kind: self.kind,
            name,
        }
    }

    /// Returns this address with its parent renamed, if it lives in `from`.
    #[must_use]
    pub fn moved(&self, from: &Self, to: &Self) -> Option<Self> {
        (self.parent().as_ref() == Some(from)).then(|| Self {
            kind: self.kind,
            name: format!("{}/{}", to.name, self.own_name()).into(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        if !self.name.is_empty() {
            write!(f, "/{}", self.name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Address {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let kinds = || Kind::ALL.iter().map(|kind| kind.as_str());
        if let Some(kind) = Kind::ALL
            .iter()
            .find(|kind| kind.is_singleton() && kind.as_str() == text)
        {
            return Ok(Self::singleton(*kind));
        }
        let (word, name) = text.split_once('/').ok_or_else(|| {
            Malformed::new("an address is `kind/name`, as in `package/campaign-partner`")
        })?;
        let kind = Kind::ALL
            .iter()
            .find(|kind| !kind.is_singleton() && kind.as_str() == word)
            .ok_or_else(|| {
                Malformed::new(format!("there is no kind `{word}`"))
                    .help_opt(crate::diag::offer(word, kinds()))
            })?;
        match (kind.parent(), name.split_once('/')) {
            (None, None) => Ok(Self::new(*kind, &Name::parse(name)?)),
            (Some(_), Some((parent, own))) => Ok(Self::within(
                *kind,
                &Name::parse(parent)?,
                &Name::parse(own)?,
            )),
            (None, Some(_)) => Err(Malformed::new(format!(
                "a {word} has one name: `{word}/name`"
            ))),
            (Some(parent), None) => Err(Malformed::new(format!(
                "a {word} is named with its {parent}: `{word}/{parent}-name/{name}`"
            ))),
        }
    }
}

impl Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Address {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "address",
            "description": "The address of an object: `kind/name`, as in `package/campaign-partner`.",
        })
    }
}
