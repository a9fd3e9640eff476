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
        // Only what has no other name is shown by its id.
        let nameless = objects.iter().all(|object| object.address.is_none());
        out.block(&Block::Table(if nameless {
            Table {
                columns: &["KIND", "NAME", "ID"],
                rows: objects.iter().map(unmanaged).collect(),
            }
        } else {
            Table {
                columns: &["ADDRESS", "NAME", "LIVE", "DECLARED"],
                rows: objects.iter().map(managed).collect(),
            }
        }))?;
    }
    out.block(&Block::Paragraph(vec![
        Line::new().and(Role::Strong, count(objects.len(), "object", "objects")),
    ]))
}

fn unmanaged(object: &Listed) -> Vec<Cow<'_, str>> {
    let id = object.id.as_ref().map_or("", |id| id.0.as_str());
    vec![object.kind.as_str().into(), name(object), id.into()]
}

fn managed(object: &Listed) -> Vec<Cow<'_, str>> {
    let Listed {
        kind,
        address,
        name: _,
        id,
        origin,
    } = object;
    let address = match address {
        Some(address) => address.to_string(),
        None => kind.as_str().to_owned(),
    };
    let live = if id.is_some() { "yes" } else { "not yet" };
    let declared = match origin {
        Some(origin) => origin.to_string(),
        None => "no".to_owned(),
    };
    vec![address.into(), name(object), live.into(), declared.into()]
}

fn name(object: &Listed) -> Cow<'_, str> {
    object.name.as_deref().unwrap_or("").into()
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
        ];
        insta::assert_snapshot!(text(|out| list(&objects, out)), @r"
        ADDRESS               NAME              LIVE     DECLARED
        organization/litware  東京              yes      a.yaml:3
        catalog/marketing     a\u{a}::error::b  not yet  a.yaml:3

        2 objects
        ");
        let objects = [one("catalog/marketing", "Old", true, false)];
        insta::assert_snapshot!(text(|out| list(&objects, out)), @r"
        KIND     NAME  ID
        catalog  Old   5f1c

        1 object
        ");
    }
}
