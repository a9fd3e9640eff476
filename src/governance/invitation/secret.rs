//! Tickets and passcodes: nobody can guess them, and only their hashes are kept.

use std::fmt::Write as _;

/// Returns bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns the hash that a ticket is found by.
pub(super) fn ticket(ticket: &str) -> String {
    hex(blake3::hash(ticket.as_bytes()).as_bytes())
}

/// Returns eight digits, each as likely as any other to within one in 10^30.
pub(super) fn digits(secret: [u8; 32]) -> String {
    let number = secret
        .iter()
        .fold(0_u128, |number, byte| (number << 4) ^ u128::from(*byte));
    format!("{:08}", number % 100_000_000)
}

/// Returns the salted hash of a passcode.
pub(super) fn passcode(code: &str, salt: &str) -> String {
    salted(code, salt).to_hex().to_string()
}

fn salted(code: &str, salt: &str) -> blake3::Hash {
    let key = blake3::derive_key("guestlist one-time passcode", salt.as_bytes());
    blake3::keyed_hash(&key, code.as_bytes())
}

/// Returns true for the code of a hash, in a time that says nothing about how near a wrong one came.
pub(super) fn fits(code: &str, salt: &str, hash: &str) -> bool {
    // Hashes of this kind compare in constant time.
    blake3::Hash::from_hex(hash).is_ok_and(|hash| hash == salted(code, salt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passcode_fits_its_own_hash_and_salt_alone() {
        let hash = passcode("01234567", "aa");
        assert!(fits("01234567", "aa", &hash));
        assert!(!fits("01234568", "aa", &hash));
        assert!(!fits("01234567", "ab", &hash));
        assert!(!fits("01234567", "aa", "not a hash"));
    }

    #[test]
    fn digits_are_always_eight() {
        assert_eq!(digits([0; 32]), "00000000");
        assert_eq!(digits([255; 32]).len(), 8);
    }
}
