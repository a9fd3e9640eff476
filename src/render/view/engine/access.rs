//! Delegated roles.

use std::collections::BTreeMap;
use std::io;

use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::Access;

/// Lowers the delegated roles of one person.
///
/// # Errors
///
/// Those of the writer.
pub fn access(access: &Access, out: &mut dyn Writer) -> io::Result<()> {
    if access.roles.is_empty() {
        let line = Line::new()
            .and(Role::Strong, access.person.as_str())
            .and(Role::Plain, " has no delegated role.");
        return out.block(&Block::Paragraph(vec![line]));
    }
    let heading = Line::new().and(Role::Strong, access.person.as_str());
    out.block(&Block::Heading(heading))?;
    let rows = access.roles.iter().map(|held| {
        vec![
            held.role.into(),
            held.catalog.as_deref().unwrap_or("the whole tenant").into(),
            held.through.as_deref().unwrap_or("named").into(),
        ]
    });
    out.block(&Block::Table(Table {
        columns: &["Role", "Where", "Through"],
        rows: rows.collect(),
    }))?;
    // Each role once, wherever it is had.
    let allows: BTreeMap<&str, &[&str]> = access
        .roles
        .iter()
        .map(|held| (held.role, &*held.allows))
        .collect();
    let lines = allows.iter().map(|(role, allows)| {
        Line::new()
            .and(Role::Strong, *role)
            .and(Role::Plain, format!(" may {}.", allows.join("; ")))
    });
    out.block(&Block::Paragraph(lines.collect()))
}
