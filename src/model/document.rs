//! One object as canonical data: what planning compares, stores keep and output shows.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Address;
use super::canonical::canonical;

/// The first 16 bytes of a BLAKE3 hash: enough to compare by, small enough to keep for every object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 16]);

impl Digest {
    /// Returns the digest of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut digest = [0; 16];
        digest.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
        Self(digest)
    }

    /// Returns the digest that these bytes are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the first seven hexadecimal digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..7].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.pad(std::str::from_utf8(&text).expect("INVARIANT: digits are ASCII"))
    }
}

impl std::str::FromStr for Digest {
    type Err = super::text::Malformed;

    /// Reads 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let problem = || super::text::Malformed::new("not a digest of 32 hexadecimal digits");
        let pairs = text.as_bytes().chunks(2);
        if text.len() != 32
            || !text
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        {
            return Err(problem());
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let pair = std::str::from_utf8(pair).map_err(|_| problem())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| problem())?;
        }
        Ok(Self(bytes))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
            "description": "The first 16 bytes of a BLAKE3 hash, in hexadecimal digits.",
        })
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The keys and values of an object as canonical JSON.
///
/// Kept as text: most bodies are only hashed, stored or passed on, and text takes a tenth of the memory of a tree.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Body(Box<str>);

impl Body {
    /// Returns the body of a typed object or a value.
    #[must_use]
    pub fn of<T: Serialize + ?Sized>(object: &T) -> Self {
        Self(canonical(object).into())
    }

    /// Takes a text that [`Body::of`] made before, such as one from a store.
    ///
    /// # Errors
    ///
    /// Returns the parser's error for a text that is not a JSON object.
    pub fn from_canonical(text: impl Into<Box<str>>) -> Result<Self, serde_json::Error> {
        let text = text.into();
        serde_json::from_str::<serde_json::Map<String, Value>>(&text)?;
        Ok(Self(text))
    }

    /// Returns the canonical JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the body as a tree of values.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::from_str(&self.0).expect("INVARIANT: a body is JSON")
    }

    /// Returns the digest of the canonical JSON.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One object as canonical data, with its address. Others are named by address, never by a store's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The address.
    pub address: Address,
    /// The keys and values.
    pub body: Body,
}

impl Document {
    /// Returns the names of all other objects that this one refers to, with the place of each name.
    ///
    /// # Errors
    ///
    /// Returns the decoder's error for a body that is not of the address's kind.
    pub fn references(&self) -> Result<Vec<Reference>, serde_json::Error> {
        let mut read = serde_json::Deserializer::from_str(self.body.as_str());
        let object = self.address.kind().decode(&mut read)?;
        let mut references = Vec::new();
        object.references(&mut |mention| {
            references.push(Reference {
                at: mention.route(),
                bond: mention.bond,
                kind: mention.kind,
                name: mention.name.into(),
            });
        });
        Ok(references)
    }
}

/// One object's name inside another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where it stands.
    pub at: crate::source::Route,
    /// How strong it is.
    pub bond: super::Bond,
    /// The kind of the object named.
    pub kind: super::Kind,
    /// Its name below the kind; for [`super::Bond::Perhaps`] it may be no object's at all.
    pub name: Box<str>,
}
