//! An error: what went wrong, its causes, and what to do.

use std::io;

use crate::render::doc::{Block, Line, Role, Verdict, Writer};

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
    out.block(&Block::Verdict(Verdict {
        before: Vec::new(),
        line,
        after: help.into_iter().flat_map(super::helps).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::text;

    #[test]
    fn joins_the_causes_on_one_line() {
        let causes = ["it is damaged".to_owned(), "page 3\n::error::x".to_owned()];
        let shown = text(|out| error("the store cannot be read", &causes, Some("restore it"), out));
        insta::assert_snapshot!(shown, @r"
        error: the store cannot be read: it is damaged: page 3\u{a}::error::x
          help: restore it
        ");
    }
}
