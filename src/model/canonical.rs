//! Canonical JSON: sorted keys, no white space, one spelling for one value. What is hashed, stored and compared.

use std::fmt;

use serde::ser::{self, Serialize};

/// Returns the canonical JSON of a value.
///
/// # Panics
///
/// Never for the model's own types: only a map whose keys are not text, or bytes, cannot be written.
#[must_use]
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = Vec::with_capacity(512);
    value
        .serialize(Writer { out: &mut out })
        .expect("INVARIANT: the model serializes to JSON");
    String::from_utf8(out).expect("INVARIANT: JSON is UTF-8")
}

#[derive(Debug)]
struct Unwritable(String);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
}

impl Writer<'_> {
    fn plain<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        serde_json::to_writer(self.out, value).map_err(ser::Error::custom)
    }
}

macro_rules! plain {
    ($($method:ident: $ty:ty),*) => {
        $(fn $method(self, value: $ty) -> Result<(), Unwritable> { self.plain(&value) })*
    };
}

impl<'o> ser::Serializer for Writer<'o> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = List<'o>;
    type SerializeTuple = List<'o>;
    type SerializeTupleStruct = List<'o>;
    type SerializeTupleVariant = List<'o>;
    type SerializeMap = Mapping<'o>;
    type SerializeStruct = Mapping<'o>;
    type SerializeStructVariant = Mapping<'o>;

    plain!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_str: &str
    );

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unwritable> {
        Err(Unwritable("bytes have no JSON".to_owned()))
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unwritable> {
        self.plain(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        let mut mapping = Mapping::new(self.out);
        mapping.entry(variant, value)?;
        mapping.close();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'o>, Unwritable> {
        self.out.push(b'[');
        Ok(List {
            out: self.out,
            first: true,
        })
    }

    fn serialize_tuple(self, length: usize) -> Result<List<'o>, Unwritable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<List<'o>, Unwritable> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<List<'o>, Unwritable> {
        Err(Unwritable(format!(
            "the tuple variants of `{name}` have no canonical form"
        )))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Mapping<'o>, Unwritable> {
        Ok(Mapping::new(self.out))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Mapping<'o>, Unwritable> {
        Ok(Mapping::new(self.out))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Mapping<'o>, Unwritable> {
        Err(Unwritable(format!(
            "the struct variants of `{name}` have no canonical form"
        )))
    }
}

struct List<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl List<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        value.serialize(Writer { out: self.out })
    }

    fn close(self) {
        self.out.push(b']');
    }
}

/// A mapping being written: entries go out in the order they come and are put in order at the end, where they are not.
struct Mapping<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    /// Where each entry starts, its written key first.
    entries: Vec<usize>,
    sorted: bool,
}

impl<'o> Mapping<'o> {
    fn new(out: &'o mut Vec<u8>) -> Self {
        let start = out.len();
        out.push(b'{');
        Self {
            out,
            start,
            entries: Vec::new(),
            sorted: true,
        }
    }

    fn open(&mut self, key: &str) -> Result<(), Unwritable> {
        if !self.entries.is_empty() {
            self.out.push(b',');
        }
        let at = self.out.len();
        Writer { out: self.out }.plain(key)?;
        if let Some(last) = self.entries.last() {
            self.sorted &= written_key(&self.out[*last..]) < written_key(&self.out[at..]);
        }
        self.entries.push(at);
        self.out.push(b':');
        Ok(())
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Unwritable> {
        self.open(key)?;
        value.serialize(Writer { out: self.out })
    }

    fn close(self) {
        if !self.sorted {
            let written = self.out.split_off(self.start);
            let ends = self
                .entries
                .iter()
                .skip(1)
                .map(|at| at - 1)
                .chain([self.start + written.len()]);
            let mut entries: Vec<&[u8]> = self
                .entries
                .iter()
                .zip(ends)
                .map(|(from, to)| &written[from - self.start..to - self.start])
                .collect();
            entries.sort_by(|a, b| written_key(a).cmp(written_key(b)));
            self.out.push(b'{');
            for (position, entry) in entries.into_iter().enumerate() {
                if position > 0 {
                    self.out.push(b',');
                }
                self.out.extend_from_slice(entry);
            }
        }
        self.out.push(b'}');
    }
}

/// Returns the written key that an entry starts with, without its quotes.
fn written_key(entry: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = entry[1..].iter().position(|byte| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    });
    &entry[1..=end.unwrap_or(entry.len() - 1)]
}

macro_rules! lists {
    ($($trait:ident $method:ident),*) => {
        $(impl ser::$trait for List<'_> {
            type Ok = ();
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                self.item(value)
            }

            fn end(self) -> Result<(), Unwritable> {
                self.close();
                Ok(())
            }
        })*
    };
}

lists!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

macro_rules! structs {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Mapping<'_> {
            type Ok = ();
            type Error = Unwritable;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unwritable> {
                self.entry(key, value)
            }

            fn end(self) -> Result<(), Unwritable> {
                self.close();
                Ok(())
            }
        })*
    };
}

structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Mapping<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        match serde_json::to_value(key).map_err(<Unwritable as ser::Error>::custom)? {
            serde_json::Value::String(key) => self.open(&key),
            _ => Err(Unwritable("a key that is not text".to_owned())),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        value.serialize(Writer { out: self.out })
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    use crate::cases::cases;

    #[test]
    fn sorts_the_keys_of_structs() {
        #[derive(Serialize)]
        struct Inner {
            b: u8,
            a: Option<bool>,
        }
        #[derive(Serialize)]
        struct Outer {
            z: Vec<Inner>,
            #[serde(rename = "a\"b")]
            quoted: &'static str,
            a: (),
        }
        let value = Outer {
            z: vec![Inner { b: 1, a: None }],
            quoted: "é\n",
            a: (),
        };
        assert_eq!(
            canonical(&value),
            "{\"a\":null,\"a\\\"b\":\"é\\n\",\"z\":[{\"a\":null,\"b\":1}]}"
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(".*", inner, 0..6).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn reads_back_as_the_same_value(value in any_json()) {
            let text = canonical(&value);
            prop_assert_eq!(serde_json::from_str::<Value>(&text).expect("valid JSON"), value);
        }

        #[test]
        fn the_order_of_writing_changes_nothing(pairs in prop::collection::vec(("[a-c\\\\\"é]{0,3}", any::<u8>()), 0..8)) {
            let map: std::collections::BTreeMap<_, _> = pairs.into_iter().collect();
            struct Reversed<'a>(&'a std::collections::BTreeMap<String, u8>);
            impl Serialize for Reversed<'_> {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_map(self.0.iter().rev())
                }
            }
            prop_assert_eq!(canonical(&Reversed(&map)), canonical(&map));
        }
    }
}
