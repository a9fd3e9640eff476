//! Keys that look like secrets, and places that must not show one.

use crate::source::{Place, SourceFile};

/// Whole keys, letters and digits only, in lower case.
const WORDS: &[&str] = &[
    "accesskey",
    "accesstoken",
    "accountkey",
    "apikey",
    "apikeys",
    "apisecret",
    "apitoken",
    "appsecret",
    "authtoken",
    "bearertoken",
    "clientsecret",
    "clientsecrets",
    "connectionstring",
    "connectionstrings",
    "credential",
    "credentials",
    "encryptionkey",
    "functionkey",
    "idtoken",
    "masterkey",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "privatekey",
    "privatekeys",
    "pwd",
    "refreshtoken",
    "sastoken",
    "secret",
    "secretaccesskey",
    "secretkey",
    "secrets",
    "secretvalue",
    "sharedaccesskey",
    "sharedkey",
    "sharedsecret",
    "signingkey",
    "sshkey",
    "storagekey",
    "subscriptionkey",
    "token",
    "tokens",
];

/// Ends of longer keys, such as `adminPassword`. Names of objects have dashes and are spared.
const ENDS: &[&str] = &[
    "accesskey",
    "apikey",
    "connectionstring",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "secretkey",
    "token",
];

const LONGEST: usize = 48;

/// How many bytes around a place are searched for secrets.
const NEAR: usize = 4096;

/// Returns true for a key that looks like a secret, in any spelling: `password`, `clientSecret`, `API_KEY`.
#[must_use]
pub(super) fn is_secret(key: &str) -> bool {
    let mut folded = [0; LONGEST];
    let mut length = 0;
    for byte in key.bytes().filter(u8::is_ascii_alphanumeric) {
        let Some(slot) = folded.get_mut(length) else {
            return false;
        };
        *slot = byte.to_ascii_lowercase();
        length += 1;
    }
    let folded = &folded[..length];
    // Every word ends in one of these letters, and most keys do not.
    if !matches!(
        folded.last(),
        Some(b'd' | b'e' | b'g' | b'l' | b'n' | b's' | b't' | b'y')
    ) {
        return false;
    }
    WORDS.iter().any(|word| word.as_bytes() == folded)
        || (!key.contains('-') && ENDS.iter().any(|end| folded.ends_with(end.as_bytes())))
}

/// Returns a place in a text that may be no YAML: its excerpt ends after a key of the line that looks like a secret,
/// which is all there is to go by, and where the file hides bytes anyway.
pub(super) fn place(file: &SourceFile, (start, end): (u32, u32)) -> Place {
    let text = file.text();
    let floor = text.floor_char_boundary((start as usize).min(text.len()));
    let line = text[..floor].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[floor..].find('\n').map_or(text.len(), |at| floor + at);
    // A long line is searched around the place only; what a file hides covers what is farther away.
    let from = text.ceil_char_boundary(line.max(floor.saturating_sub(NEAR)));
    let to = text.floor_char_boundary(line_end.min(floor + NEAR));
    let mut place = file.place(start, end);
    if let Some(at) = guess(&text[from..to.max(from)]) {
        place.cut(text[line..from + at].chars().count());
    }
    place
}

/// Finds the byte after the first `key:` of a line whose key looks like a secret.
fn guess(line: &str) -> Option<usize> {
    line.match_indices(':').find_map(|(at, _)| {
        let key = line[..at].trim_end_matches([' ', '\t', '"', '\'']);
        let from = key
            .rfind(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')))
            .map_or(0, |at| at + 1);
        // A separator may be any character, also one of several bytes.
        let from = (from..=key.len()).find(|at| key.is_char_boundary(*at))?;
        is_secret(&key[from..]).then_some(at + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_secrets_in_any_spelling() {
        for key in [
            "password",
            "Passwd",
            "client_secret",
            "clientSecret",
            "client-secret",
            "API_KEY",
            "apiKey",
            "token",
            "privateKey",
            "ConnectionString",
            "adminPassword",
            "pass",
            "credentials",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "oneTimePasscode",
            "reset-password-portal",
            "secretary",
            "key",
            "id",
            "",
            "tokenization",
            "displayName",
            "passport",
            "forgot-password",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn spares_every_key_of_the_language() {
        fn keys(value: &serde_json::Value, see: &mut dyn FnMut(&str)) {
            match value {
                serde_json::Value::Object(map) => {
                    if let Some(serde_json::Value::Object(properties)) = map.get("properties") {
                        properties.keys().for_each(|key| see(key));
                    }
                    map.values().for_each(|value| keys(value, see));
                }
                serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, see)),
                _ => {}
            }
        }
        let mut generator = schemars::SchemaGenerator::default();
        let mut seen = 0;
        let mut see = |key: &str| {
            seen += 1;
            assert!(!is_secret(key), "{key}");
        };
        for kind in crate::model::Kind::ALL {
            let schema = kind.schema(&mut generator);
            keys(schema.as_value(), &mut see);
        }
        for schema in generator.definitions().values() {
            keys(schema, &mut see);
        }
        assert!(seen > 100, "{seen} keys");
    }

    #[test]
    fn shows_no_value_of_a_secret() {
        let file = SourceFile::new("a.yaml", "x: { name: y, apiKey: hunter2, z: 012 }\n");
        let at = file.text().find("012").expect("in the text") as u32;
        let place = place(&file, (at, at + 3));
        assert_eq!(place.column, 35);
        assert_eq!(place.excerpt, "x: { name: y, apiKey:");
        assert_eq!((place.offset, place.marked), (21, 1));
    }
}
