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
        head.push(Role::Faint, format!("  {origin}"));
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
    })
}

fn nothing(text: &'static str, out: &mut dyn Writer) -> io::Result<()> {
    out.block(&Block::Paragraph(vec![Line::plain(text)]))
}
