//! An error: what went wrong, its causes, and what to do.

use std::io;

use crate::render::doc::{Block, Line, Role, Writer};

/// Lowers an error with the chain of its causes.
///
/// # Errors
///
/// Those of the writer.
pub fn error(
    message: &str,
    causes: &[String],
    help: Option<&str>,
    out: &mut dyn Writer,
) -> io::Result<()> {
    let mut line = Line::new()
        .and(Role::Error, "error")
        .and(Role::Plain, ": ")
        .and(Role::Plain, message);
    for cause in causes {
        line.push(Role::Plain, ": ");
        line.push(Role::Plain, cause.as_str());
    }
    let mut lines = vec![line];
    if let Some(help) = help {
        lines.push(
            Line::plain("  ")
                .and(Role::Note, "help")
                .and(Role::Plain, ": ")
                .and(Role::Plain, help),
        );
    }
    out.block(&Block::Paragraph(lines))
}
