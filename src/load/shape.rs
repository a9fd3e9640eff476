//! The schema pass: is a file of the right shape, and if not, everything that is wrong with it.
//!
//! Two validators from one schema. The quick one knows no text formats and answers yes or no; the model reads the texts
//! anyway. The full one is built when a file is refused, and lists every problem of the file at once.

use std::sync::{LazyLock, OnceLock};

use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::json::Yaml;
use super::node::NodeRef;
use super::schema;
use crate::model::text::FORMATS;

/// The compiled schema of a policy file.
pub(super) struct Shape {
    quick: Validator<Yaml>,
    full: OnceLock<(Value, Validator<Yaml>)>,
}

impl Shape {
    /// Returns the one of this program: it depends on nothing, and whoever loads often compiles it once.
    pub(super) fn get() -> &'static Self {
        static SHAPE: LazyLock<Shape> = LazyLock::new(Shape::new);
        &SHAPE
    }

    fn new() -> Self {
        let mut quick = schema::policy_file();
        schema::quick(&mut quick, false);
        Self {
            quick: compile(&quick, false),
            full: OnceLock::new(),
        }
    }

    /// Returns true for a file of the right shape. Texts are not looked into.
    pub(super) fn fits(&self, root: NodeRef<'_>) -> bool {
        self.quick.is_valid(root)
    }

    /// Calls back with every problem of a file.
    pub(super) fn explain(&self, root: NodeRef<'_>, see: &mut dyn FnMut(&ValidationError<'_>)) {
        for error in self.full().1.iter_errors(root) {
            see(&error);
        }
    }

    /// Returns the schema that [`Shape::explain`]'s errors point into.
    pub(super) fn schema(&self) -> &Value {
        &self.full().0
    }

    fn full(&self) -> &(Value, Validator<Yaml>) {
        self.full.get_or_init(|| {
            let mut full = schema::policy_file();
            schema::quick(&mut full, true);
            let validator = compile(&full, true);
            (full, validator)
        })
    }
}

/// Compiles a schema that was made quick.
pub(super) fn compile(schema: &Value, formats: bool) -> Validator<Yaml> {
    let mut options = jsonschema::options_for::<Yaml>().should_validate_formats(formats);
    for (name, check) in FORMATS.iter().filter(|_| formats) {
        options = options.with_format(*name, move |text: &str| check(text).is_ok());
    }
    options
        .build(schema)
        .expect("INVARIANT: the schema of the language is a schema")
}
