//! A list of objects.

use std::borrow::Cow;
use std::io;

use super::count;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::report::Listed;

/// Lowers a list of objects: those of the project, or those of nobody.
///
/// # Errors
///
/// Those of the writer.
pub fn list(objects: &[Listed], out: &mut dyn Writer) -> io::Result<()> {
    if !objects.is_empty() {
        out.block(&Block::Table(Table {
            columns: &["ADDRESS", "NAME", "LIVE", "DECLARED"],
            rows: objects.iter().map(row).collect(),
        }))?;
    }
    out.block(&Block::Paragraph(vec![
        Line::new().and(Role::Strong, count(objects.len(), "object", "objects")),
    ]))
}

fn row(object: &Listed) -> Vec<Cow<'_, str>> {
    let Listed {
        kind,
        address,
        name,
        id,
        origin,
    } = object;
    let address = match address {
        Some(address) => address.to_string(),
        None => format!("{kind} (unmanaged)"),
    };
    let live: Cow<'_, str> = match id {
        Some(id) => id.0.as_str().into(),
        None => "not yet".into(),
    };
    let declared = match origin {
        Some(origin) => origin.to_string(),
        None => "no".to_owned(),
    };
    vec![
        address.into(),
        name.as_deref().unwrap_or("").into(),
        live,
        declared.into(),
    ]
}
