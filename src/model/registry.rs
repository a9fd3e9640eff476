//! The one macro that turns the list of kinds into the enums the rest of the house works with.

/// Declares [`super::Kind`] and [`super::Object`] from the list of kinds, in order of reference: what others refer to
/// comes first.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal $(in $parent:ident)?, $section:literal: $ty:ty;)*) => {
        /// A kind of object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind, in order of reference.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Returns the word that addresses start with; for settings of the tenant, the whole address.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word),* }
            }

            /// Returns the section of a file, or the key of the parent, that declares objects of this kind.
            #[must_use]
            pub const fn section(self) -> &'static str {
                match self { $(Self::$kind => $section),* }
            }

            /// Returns the kind whose objects hold objects of this kind.
            #[must_use]
            pub const fn parent(self) -> Option<Self> {
                match self { $(Self::$kind => $crate::model::registry::optional!($($parent)?)),* }
            }

            /// Returns the exceptions to plain comparison.
            #[must_use]
            pub fn attributes(self) -> &'static [super::Attribute] {
                match self { $(Self::$kind => <$ty as super::Declared>::ATTRIBUTES),* }
            }

            /// Returns the schema of the kind's own keys.
            pub fn schema(self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                match self { $(Self::$kind => generator.subschema_for::<$ty>()),* }
            }

            /// Reads an object of this kind from any format.
            ///
            /// # Errors
            ///
            /// Those of the format.
            pub fn decode<'de, D: serde::Deserializer<'de>>(self, from: D) -> Result<Object, D::Error> {
                match self { $(Self::$kind => <$ty as serde::Deserialize>::deserialize(from).map(Object::$kind)),* }
            }
        }

        /// An object of any kind, typed.
        #[derive(Debug, Clone)]
        pub enum Object { $($(#[$doc])* $kind($ty),)* }

        impl Object {
            /// Returns the kind.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind),* }
            }

            /// Names every other object that this one refers to.
            pub fn references<'a>(&'a self, see: &mut dyn FnMut(super::Mention<'a>)) {
                match self { $(Self::$kind(object) => super::Declared::references(object, see)),* }
            }

            /// Checks what a schema cannot say of one object by itself.
            pub fn check(&self, out: &mut Vec<super::Problem>) {
                match self { $(Self::$kind(object) => super::Declared::check(object, out)),* }
            }

            /// Makes dates exact in the project's time zone.
            pub fn settle(&mut self, zone: &jiff::tz::TimeZone) {
                match self { $(Self::$kind(object) => super::Declared::settle(object, zone)),* }
            }

            /// Returns what tells this object from others of its kind where no binding does.
            #[must_use]
            pub fn natural_key(&self) -> Option<String> {
                match self { $(Self::$kind(object) => super::Declared::natural_key(object)),* }
            }
        }

        impl serde::Serialize for Object {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$kind(object) => object.serialize(serializer)),* }
            }
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($parent:ident) => {
        Some(Self::$parent)
    };
}

pub(crate) use {kinds, optional};
