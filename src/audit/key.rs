//! Keys and what they sign: Ed25519, as text. What is signed begins with what the signature is good for, so that one of a head
//! is none of a plan.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::hexadecimal;

const PUBLIC: &str = "ed25519:";
const PRIVATE: &str = "ed25519-private:";

/// A key that signs. It is never shown.
#[derive(Clone)]
pub struct Key(SigningKey);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The key that signatures are checked with: `ed25519:` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A text is no key. The text is not shown, for it may be the wrong one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// Where a private key belongs.
    #[error("it is no private key: write `ed25519-private:` and 64 hexadecimal digits")]
    Private,
    /// Where a public key belongs.
    #[error("it is no public key: write `ed25519:` and 64 hexadecimal digits")]
    Public,
}

/// A signature: 128 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextSignature(Signature);

/// A text is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no signature")]
pub struct NoSignature;

impl Key {
    /// Returns the key that 32 random bytes make.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// Returns the text that a key file holds. Show it to nobody.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{PRIVATE}{}", hexadecimal::text(&self.0.to_bytes()))
    }

    /// Returns the key that others check with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a text, which begins with what the signature is good for.
    #[must_use]
    pub fn sign_text(&self, message: &str) -> TextSignature {
        TextSignature(self.0.sign(message.as_bytes()))
    }
}

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let digits = text.trim().strip_prefix(PRIVATE).ok_or(NoKey::Private)?;
        let bytes = hexadecimal::read(digits).ok_or(NoKey::Private)?;
        Ok(Self::from_bytes(&bytes))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PUBLIC)?;
        hexadecimal::write(self.0.as_bytes(), f)
    }
}

impl FromStr for PublicKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let digits = text.trim().strip_prefix(PUBLIC).ok_or(NoKey::Public)?;
        let bytes = hexadecimal::read(digits).ok_or(NoKey::Public)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| NoKey::Public)?;
        Ok(Self(key))
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PublicKey {
    /// Returns true when a text was signed with the key.
    #[must_use]
    pub fn has_signed(&self, message: &str, signature: &TextSignature) -> bool {
        let checked = self.0.verify_strict(message.as_bytes(), &signature.0);
        checked.is_ok()
    }
}

impl fmt::Display for TextSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hexadecimal::write(&self.0.to_bytes(), f)
    }
}

impl FromStr for TextSignature {
    type Err = NoSignature;

    fn from_str(text: &str) -> Result<Self, NoSignature> {
        let bytes = hexadecimal::read(text).ok_or(NoSignature)?;
        Ok(Self(Signature::from_bytes(&bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::from_bytes(&[7; 32])
    }

    #[test]
    fn keys_are_read_back_and_never_shown() {
        let text = key().to_text();
        let same: Key = text.parse().expect("a key");
        assert_eq!(same.public(), key().public());
        let public = key().public().to_string();
        assert_eq!(public.parse(), Ok(key().public()));
        assert_eq!(format!("{:?}", key()), "[redacted]");
        assert_eq!(text.parse::<PublicKey>(), Err(NoKey::Public));
        assert!(public.parse::<Key>().is_err());
    }

    #[test]
    fn a_signature_is_of_one_text_and_one_key() {
        let signature = key().sign_text("a");
        let same: TextSignature = signature.to_string().parse().expect("a signature");
        assert!(key().public().has_signed("a", &same));
        assert!(!key().public().has_signed("b", &same));
        let other = Key::from_bytes(&[8; 32]);
        assert!(!other.public().has_signed("a", &same));
        assert_eq!("00".parse::<TextSignature>(), Err(NoSignature));
    }
}
