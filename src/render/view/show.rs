//! One object: as declared, and as it is.

use std::io;

use crate::model::Body;
use crate::render::doc::{Block, Line, Role, Writer};
use crate::render::report::Shown;
use crate::render::value::{self, WIDTH};

/// Lowers one object.
///
/// # Errors
///
/// Those of the writer.
pub fn shown(report: &Shown, out: &mut dyn Writer) -> io::Result<()> {
    let Shown {
        address,
        id,
        origin,
        desired,
        live,
    } = report;
    let mut head = Line::new().and(Role::Strong, address.to_string());
    if let Some(origin) = origin {
        head.push(Role::Faint, "  ");
        head.push(Role::Place, origin.to_string());
    }
    if let Some(id) = id {
        head.push(Role::Faint, format!("  id {id}"));
    }
    out.block(&Block::Heading(head))?;
    match (desired, live) {
        (Some(desired), Some(live)) if desired == live => listing("live, as declared", live, out),
        (desired, live) => {
            match desired {
                Some(body) => listing("declared", body, out)?,
                None => nothing("not declared", out)?,
            }
            match live {
                Some(body) => listing("live", body, out),
                None => nothing("not live", out),
            }
        }
    }
}

fn listing(title: &'static str, body: &Body, out: &mut dyn Writer) -> io::Result<()> {
    out.block(&Block::Listing {
        title: Line::new().and(Role::Strong, title),
        lines: value::lines(&body.to_value(), WIDTH),
        is_copied: false,
    })
}

fn nothing(text: &'static str, out: &mut dyn Writer) -> io::Result<()> {
    out.block(&Block::Paragraph(vec![Line::plain(text)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RemoteId;
    use crate::render::samples::{address, origin, text};
    use serde_json::json;

    fn example(live: Option<&str>) -> Shown {
        let body =
            |name: &str| Body::of(&json!({ "displayName": name, "domains": ["litware.example"] }));
        Shown {
            address: address("organization/litware"),
            id: live.map(|_| RemoteId("5f1c7c1e".to_owned())),
            origin: Some(origin("policies/litware.yaml", 4)),
            desired: Some(body("Litware")),
            live: live.map(body),
        }
    }

    #[test]
    fn shows_both_sides_where_they_differ() {
        insta::assert_snapshot!(text(|out| shown(&example(Some("Lit")), out)), @r"
        organization/litware  policies/litware.yaml:4  id 5f1c7c1e

        declared
          displayName: Litware
          domains: [litware.example]

        live
          displayName: Lit
          domains: [litware.example]
        ");
    }

    #[test]
    fn shows_one_side_where_they_do_not() {
        insta::assert_snapshot!(text(|out| shown(&example(Some("Litware")), out)), @r"
        organization/litware  policies/litware.yaml:4  id 5f1c7c1e

        live, as declared
          displayName: Litware
          domains: [litware.example]
        ");
    }

    #[test]
    fn says_what_is_missing() {
        insta::assert_snapshot!(text(|out| shown(&example(None), out)), @r"
        organization/litware  policies/litware.yaml:4

        declared
          displayName: Litware
          domains: [litware.example]

        not live
        ");
    }
}
