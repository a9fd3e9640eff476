//! Writes JSON that is harmless on a terminal too: hidden characters inside strings are escaped.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::render::neutral::{hides, opens_command};

/// Writes a report and a line feed.
///
/// # Errors
///
/// Those of what it writes to.
pub fn write<T: Serialize + ?Sized>(out: &mut dyn io::Write, report: &T) -> io::Result<()> {
    formatted(out, report, PrettyFormatter::new())
}

/// Writes a report as one line and a line feed.
///
/// # Errors
///
/// Those of what it writes to.
pub fn write_line<T: Serialize + ?Sized>(out: &mut dyn io::Write, report: &T) -> io::Result<()> {
    formatted(out, report, CompactFormatter)
}

fn formatted<T: Serialize + ?Sized>(
    out: &mut dyn io::Write,
    report: &T,
    formatter: impl Formatter,
) -> io::Result<()> {
    let formatter = Harmless(formatter);
    let mut serializer = Serializer::with_formatter(&mut *out, formatter);
    report.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

struct Harmless<F>(F);

macro_rules! as_before {
    ($($method:ident($($argument:ident: $ty:ty)?)),* $(,)?) => {
        $(fn $method<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $ty)?) -> io::Result<()> {
            self.0.$method(writer $(, $argument)?)
        })*
    };
}

impl<F: Formatter> Formatter for Harmless<F> {
    as_before!(
        begin_array(),
        end_array(),
        begin_array_value(first: bool),
        end_array_value(),
        begin_object(),
        end_object(),
        begin_object_key(first: bool),
        begin_object_value(),
        end_object_value(),
    );

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut done = 0;
        for (at, c) in fragment.char_indices() {
            let commands = c == '#' && opens_command(&fragment[..at], &fragment[at..]);
            if commands || (!c.is_ascii() && hides(c)) {
                writer.write_all(&fragment.as_bytes()[done..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                done = at + c.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[done..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_hides_and_stays_the_same_value() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{1b}[2J", "\u{9b}x", "##[add-mask]", "Söhne", "\u{e0041}", "# x"] });
        let mut out = Vec::new();
        write(&mut out, &value).expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        assert!(
            !text.contains(|c: char| hides(c) && c != '\n') && !text.contains("##["),
            "{text}"
        );
        assert!(text.contains("Söhne"));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON"),
            value
        );
    }
}
