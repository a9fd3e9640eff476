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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RemoteId;
    use crate::render::samples::{address, origin, text};

    #[test]
    fn lines_up_by_width_and_stays_on_its_lines() {
        let one = |of: &str, name: &str, live: bool, ours: bool| {
            let address = address(of);
            Listed {
                kind: address.kind(),
                address: ours.then_some(address),
                name: Some(name.to_owned()),
                id: live.then(|| RemoteId("5f1c".to_owned())),
                origin: ours.then(|| origin("a.yaml", 3)),
            }
        };
        let objects = [
            one("organization/litware", "東京", true, true),
            one("catalog/marketing", "a\n::error::b", false, true),
            one("catalog/marketing", "Old", true, false),
        ];
        insta::assert_snapshot!(text(|out| list(&objects, out)), @r"
        ADDRESS               NAME              LIVE     DECLARED
        organization/litware  東京              5f1c     a.yaml:3
        catalog/marketing     a\u{a}::error::b  not yet  a.yaml:3
        catalog (unmanaged)   Old               5f1c     no

        3 objects
        ");
    }
}
