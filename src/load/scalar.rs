//! What a plain scalar is, and how variables get into text.

use std::collections::BTreeMap;

use crate::diag::{Code, code, offer};

/// The values that `${var.name}` stands for, by name.
pub(super) type Variables = BTreeMap<String, String>;

/// How many bytes a scalar holds at most.
pub(super) const SCALAR_BYTES: usize = 16 * 1024;

/// What a scalar without quotes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// Text as written.
    Text,
    /// `true` or `false`.
    Boolean(bool),
    /// Decimal digits.
    Integer(u64),
    /// A spelling of no value.
    Null,
    /// A number in a spelling that is not read.
    OtherNumber,
    /// A truth value in a spelling that is not read.
    OtherBoolean,
}

impl Plain {
    /// Judges a plain scalar by the core schema of YAML 1.2.
    pub(super) fn of(text: &str) -> Self {
        let Some(first) = text.bytes().next() else {
            return Self::Null;
        };
        match first {
            b'0'..=b'9' | b'+' | b'-' | b'.' => number(text),
            b't' | b'f' | b'n' | b'T' | b'F' | b'N' | b'~' => match text {
                "~" | "null" | "Null" | "NULL" => Self::Null,
                "true" => Self::Boolean(true),
                "false" => Self::Boolean(false),
                "True" | "TRUE" | "False" | "FALSE" => Self::OtherBoolean,
                _ => Self::Text,
            },
            _ => Self::Text,
        }
    }
}

fn number(text: &str) -> Plain {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits(text) {
        let leading = text.len() > 1 && text.starts_with('0');
        return match text.parse() {
            Ok(number) if !leading => Plain::Integer(number),
            _ => Plain::OtherNumber,
        };
    }
    let of = |base: &str, valid: fn(&u8) -> bool| {
        text.strip_prefix(base)
            .is_some_and(|rest| !rest.is_empty() && rest.as_bytes().iter().all(valid))
    };
    if of("0x", u8::is_ascii_hexdigit) || of("0o", |b| (b'0'..=b'7').contains(b)) {
        return Plain::OtherNumber;
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Plain::OtherNumber;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Plain::OtherNumber;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, part)) => {
            (digits(whole) && (part.is_empty() || digits(part)))
                || (whole.is_empty() && digits(part))
        }
        None => digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    if mantissa_fits && exponent_fits {
        Plain::OtherNumber
    } else {
        Plain::Text
    }
}

/// A text whose variables cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfilled {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Puts the values of variables in place of `${var.name}`. What a variable holds is not looked through again.
pub(super) fn fill(text: &str, variables: &Variables) -> Result<String, Unfilled> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let inner = &rest[at + 2..];
        let end = inner.find('}');
        let name = end
            .and_then(|end| inner[..end].strip_prefix("var."))
            .filter(|name| !name.is_empty() && !name.contains(['$', '{', ' ', '\n']));
        let (Some(name), Some(end)) = (name, end) else {
            let shown = end.map_or(inner, |end| &inner[..=end]);
            return Err(Unfilled {
                code: code::BAD_FORMAT,
                message: format!("`${{{}` names no variable", short(shown)),
                help: Some("write `${var.<name>}`; there is no other templating".to_owned()),
            });
        };
        let Some(value) = variables.get(name) else {
            return Err(Unfilled {
                code: code::UNKNOWN_VARIABLE,
                message: format!("the variable `{}` is not declared", short(name)),
                help: Some(
                    offer(name, variables.keys().map(String::as_str)).unwrap_or_else(|| {
                        "declare it under `[vars]` of `guestlist.toml`".to_owned()
                    }),
                ),
            });
        };
        out.push_str(value);
        if out.len() > SCALAR_BYTES {
            return Err(Unfilled {
                code: code::YAML_LIMIT,
                message: format!(
                    "the text is longer than {SCALAR_BYTES} bytes once its variables are filled in"
                ),
                help: None,
            });
        }
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Returns the beginning of a text, for a message.
pub(super) fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_plain_scalars() {
        for text in [
            "no",
            "yes",
            "on",
            "off",
            "12:30",
            "2027-01-01",
            "1_000",
            "1.2.3",
            "-",
            "--",
            "+",
            ".",
            "..",
            "1e",
            "0xg",
            "0o8",
            "0b1",
            "e3",
            "nan",
            "inf",
            "tRUE",
            "nULL",
            "truest",
            "90d",
            "é",
            "1.e.",
            ".e3",
            "+-1",
        ] {
            assert_eq!(Plain::of(text), Plain::Text, "{text}");
        }
        for text in [
            "012",
            "00",
            "1e3",
            "1E-3",
            "0x1F",
            "0o17",
            "-5",
            "+5",
            "-0",
            ".5",
            "5.",
            "1.5",
            "-1.5e+3",
            ".inf",
            "-.Inf",
            ".nan",
            "18446744073709551616",
        ] {
            assert_eq!(Plain::of(text), Plain::OtherNumber, "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(Plain::of(text), Plain::Null, "{text}");
        }
        assert_eq!(Plain::of("0"), Plain::Integer(0));
        assert_eq!(Plain::of("18446744073709551615"), Plain::Integer(u64::MAX));
        assert_eq!(Plain::of("false"), Plain::Boolean(false));
        assert_eq!(Plain::of("TRUE"), Plain::OtherBoolean);
    }

    #[test]
    fn fills_variables_in_once() {
        let variables = Variables::from([
            ("a".to_owned(), "${var.b}".to_owned()),
            ("b".to_owned(), "B".to_owned()),
        ]);
        assert_eq!(
            fill("x ${var.a}-${var.b}$ {}", &variables).expect("filled"),
            "x ${var.b}-B$ {}"
        );
        let long = Variables::from([("owner".to_owned(), "x".repeat(10_000))]);
        let wrong = fill("${var.owner}${var.owner}", &long).expect_err("long");
        assert_eq!(wrong.code, code::YAML_LIMIT);
        let wrong = fill("${var.ownr}", &long).expect_err("unknown");
        assert_eq!(wrong.help.as_deref(), Some("did you mean `owner`?"));
        for text in [
            "${",
            "${x}",
            "${var.}",
            "${var.a",
            "${env.HOME}",
            "${ var.a }",
        ] {
            assert_eq!(
                fill(text, &variables).expect_err(text).code,
                code::BAD_FORMAT
            );
        }
    }
}
