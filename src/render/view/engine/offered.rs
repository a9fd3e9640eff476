//! What somebody finds when browsing.

use std::borrow::Cow;
use std::io;

use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::{Offered, OfferedList};
use crate::render::view::count;

/// Lowers what somebody finds when browsing.
///
/// # Errors
///
/// Those of the writer.
pub fn offered(list: &OfferedList, out: &mut dyn Writer) -> io::Result<()> {
    if !list.packages.is_empty() {
        out.block(&Block::Table(Table {
            columns: &["PACKAGE", "NAME", "POLICIES", "MAY ASK"],
            rows: list.packages.iter().map(row).collect(),
        }))?;
    }
    let number = count(list.packages.len(), "package", "packages");
    let line = Line::new().and(Role::Strong, format!("{number} for {}", list.person));
    out.block(&Block::Paragraph(vec![line]))
}

fn row(offered: &Offered) -> Vec<Cow<'_, str>> {
    let may = match &offered.obstacle {
        None => "yes".to_owned(),
        Some(obstacle) => format!("no: {obstacle}"),
    };
    vec![
        offered.package.as_str().into(),
        offered.name.as_str().into(),
        offered.policies.join(", ").into(),
        may.into(),
    ]
}
