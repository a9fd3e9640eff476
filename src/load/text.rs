//! Where bytes become text: size, encoding, and the byte order mark.

use crate::diag::{Diagnostic, code};
use crate::source::{Place, SourceFile};

/// How many bytes a file holds at most.
pub const FILE_BYTES: usize = 1024 * 1024;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Turns the bytes of a file into text. A leading byte order mark, which some editors write, is left out.
///
/// # Errors
///
/// Returns what is wrong with a file that is too large, or not UTF-8, with the place of the first bad byte.
pub fn decode_text(path: impl Into<String>, bytes: Vec<u8>) -> Result<SourceFile, Diagnostic> {
    let path = path.into();
    if bytes.len() > FILE_BYTES {
        // No more of it was read than shows that.
        let message = format!("the file has more than the {FILE_BYTES} bytes that are allowed");
        return Err(Diagnostic::error(code::FILE_LIMIT, message)
            .at(place(path, &[], 0))
            .help("split it: any section may stand in any file"));
    }
    if let Some(encoding) = wide(&bytes) {
        let message = format!("the file is {encoding}");
        return Err(not_utf8(path, &[], 0, message));
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with(BYTE_ORDER_MARK) {
                text.drain(..BYTE_ORDER_MARK.len_utf8());
            }
            Ok(SourceFile::new(path, text))
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let message = format!("byte 0x{:02x} is not UTF-8", bytes[at]);
            Err(not_utf8(path, bytes, at, message))
        }
    }
}

fn not_utf8(path: String, bytes: &[u8], at: usize, message: String) -> Diagnostic {
    Diagnostic::error(code::ENCODING, message)
        .at(place(path, bytes, at))
        .help("save the file as UTF-8")
}

/// Returns the encoding of bytes that are text of more than one byte a character: by the mark that they begin with, or without
/// one by where most of the zeros stand that such an encoding puts beside each ASCII character.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Some("UTF-16"),
        _ => {}
    }
    let mut zeros = [0; 4];
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == 0) {
        zeros[at % 4] += 1;
    }
    let most = |n: usize| n * 8 > bytes.len();
    Some(match zeros.map(most) {
        [false, true, true, true] => "UTF-32, little-endian, without a byte order mark",
        [true, true, true, false] => "UTF-32, big-endian, without a byte order mark",
        [false, true, false, true] => "UTF-16, little-endian, without a byte order mark",
        [true, false, true, false] => "UTF-16, big-endian, without a byte order mark",
        _ => return None,
    })
}

/// The place of a byte in bytes that are text only up to there. The excerpt stays empty: the line may hold a secret, and
/// cannot be shown faithfully anyway.
fn place(path: String, bytes: &[u8], at: usize) -> Place {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&before);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let utf16 = before[start..].encode_utf16().count() as u32 + 1;
    Place {
        path,
        line: line as u32,
        column: before[start..].chars().count() as u32 + 1,
        excerpt: String::new(),
        offset: 0,
        marked: 1,
        utf16,
        utf16_end: utf16 + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_byte_that_is_no_text() {
        let wrong = decode_text("a.yaml", b"a: 1\nb: \xc3\xa9\xff\n".to_vec()).expect_err("bytes");
        assert_eq!(wrong.code, code::ENCODING);
        assert_eq!(wrong.message, "byte 0xff is not UTF-8");
        let place = wrong.primary.expect("a place");
        assert_eq!((place.line, place.column), (2, 5));
    }

    #[test]
    fn recognizes_encodings_of_more_than_a_byte_a_character() {
        let text = "# Müller, 東京\nversion: 1\norganizations: {}\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let wide = |of: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| of(c as u32)).collect();
        let unmarked = |name: &str| format!("the file is {name}, without a byte order mark");
        for (bytes, says) in [
            (b"\xff\xfea\0".to_vec(), "the file is UTF-16".to_owned()),
            (
                b"\xff\xfe\0\0a\0\0\0".to_vec(),
                "the file is UTF-32".to_owned(),
            ),
            (little, unmarked("UTF-16, little-endian")),
            (big, unmarked("UTF-16, big-endian")),
            (wide(u32::to_le_bytes), unmarked("UTF-32, little-endian")),
            (wide(u32::to_be_bytes), unmarked("UTF-32, big-endian")),
        ] {
            let wrong = decode_text("a.yaml", bytes).expect_err("bytes");
            assert_eq!(wrong.message, says);
            assert_eq!(wrong.code, code::ENCODING);
        }
    }

    #[test]
    fn leaves_out_a_byte_order_mark() {
        let file = decode_text("a.yaml", "\u{feff}a: 1".into()).expect("text");
        assert_eq!(file.text(), "a: 1");
    }

    #[test]
    fn refuses_a_file_that_is_too_large() {
        assert!(decode_text("a.yaml", vec![b' '; FILE_BYTES]).is_ok());
        let wrong = decode_text("a.yaml", vec![b' '; FILE_BYTES + 1]).expect_err("size");
        assert_eq!(wrong.code, code::FILE_LIMIT);
    }
}
