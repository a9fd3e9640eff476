//! Texts that mean something: parsed once, at the edge; valid afterwards because they exist.
//!
//! Every type here names its JSON-Schema `format`, and [`FORMATS`] lists them all, so that the schema pass of the loader
//! and the typed model refuse exactly the same texts. Facts: `threat-and-fault-model` §§3–4.

mod domain;
mod duration;
mod email;
mod instant;
mod path;
mod plain;
mod principal;
mod sign_in;

use std::fmt;

pub use domain::{Domain, DomainRule};
pub use duration::{Duration, LONGEST_DAYS};
pub use email::Email;
pub use instant::When;
pub use path::FilePath;
pub use plain::{Guid, HttpsUrl, Language, Line, Pattern, Prose, Words};
pub use principal::{Principal, Sponsors};
pub use sign_in::SignIn;

/// A text that is not what it should be: what is wrong, and where it can be said, what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong: lower case, no final period.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Malformed {
    /// Returns a problem without help.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the help where there is some.
    #[must_use]
    pub fn help_opt(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Malformed {}

/// A check of a text, as a schema's `format` names it.
pub type Check = fn(&str) -> Result<(), Malformed>;

/// Every `format` that the schemas name, with its check.
pub const FORMATS: &[(&str, Check)] = &[
    ("name", |text| super::Name::parse(text).map(drop)),
    ("address", |text| text.parse::<super::Address>().map(drop)),
    ("line", |text| Line::parse(text).map(drop)),
    ("prose", |text| Prose::parse(text).map(drop)),
    ("words", |text| Words::parse(text).map(drop)),
    ("pattern", |text| Pattern::parse(text).map(drop)),
    ("guid", |text| Guid::parse(text).map(drop)),
    ("file-path", |text| FilePath::parse(text).map(drop)),
    ("https-url", |text| HttpsUrl::parse(text).map(drop)),
    ("language-tag", |text| Language::parse(text).map(drop)),
    ("domain", |text| Domain::parse(text).map(drop)),
    ("email-address", |text| Email::parse(text).map(drop)),
    ("duration-text", |text| Duration::parse(text).map(drop)),
    ("waiting-time", |text| {
        super::kinds::Waiting::parse(text).map(drop)
    }),
    ("instant", |text| When::parse(text).map(drop)),
    ("principal", |text| Principal::parse(text).map(drop)),
    ("sign-in", |text| SignIn::parse(text).map(drop)),
    ("incompatible", |text| {
        super::kinds::Incompatible::parse(text).map(drop)
    }),
    ("name-pattern", |text| {
        super::invariant::Glob::parse(text).map(drop)
    }),
    ("package-pattern", |text| {
        super::invariant::PackageGlob::parse(text).map(drop)
    }),
    ("count-bound", |text| {
        super::invariant::Count::parse(text).map(drop)
    }),
    ("length-bound", |text| {
        super::invariant::Length::parse(text).map(drop)
    }),
];

/// Declares a newtype over text with everything but its `parse`.
///
/// The schema names `format`; with `pattern`, editors that know no such format still check the shape.
macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $format:literal $(, $key:ident = $value:expr)*) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }

        $crate::model::text::text_serde! { $(#[$meta])* $name, $format $(, $key = $value)* }
    };
}

/// Gives a type with `parse` and `Display` its serde and schema side: a string of a named format.
macro_rules! text_serde {
    ($(#[$meta:meta])* $name:ident, $format:literal $(, $key:ident = $value:expr)*) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("text of the format ", $format))
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::parse(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                #[derive(schemars::JsonSchema)]
                $(#[$meta])*
                #[expect(dead_code, reason = "carries the doc comment into the schema")]
                struct Documented(String);
                let mut schema = <Documented as schemars::JsonSchema>::json_schema(
                    &mut schemars::SchemaGenerator::default(),
                );
                schema.insert("format".to_owned(), $format.into());
                $(schema.insert(stringify!($key).to_owned(), $value.into());)*
                schema
            }
        }
    };
}

pub(crate) use {text_serde, text_type};
