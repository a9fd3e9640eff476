//! What lints found in a tree, and what they say of themselves.

use std::io;

use super::count;
use super::diagnostics::found;
use crate::lint::Info;
use crate::render::doc::{Block, Line, Role, Table, Verdict, Writer};
use crate::render::report::{LintRule, Linted};

/// Lowers the findings of lints.
///
/// # Errors
///
/// Those of the writer.
pub fn linted(report: &Linted<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let Linted {
        findings,
        waived,
        asked,
        off,
        files,
        objects,
    } = *report;
    let looked = format!(
        "{} of {} in {}",
        count(asked.len(), "lint", "lints"),
        count(objects, "object", "objects"),
        count(files, "file", "files"),
    );
    let mut after = Vec::new();
    let (before, line) = match found(findings, out)? {
        Some((before, line)) => {
            let help = "`guestlist lint --explain NAME` says why it matters and what to do.";
            after.push(Line::new().and(Role::Faint, help));
            (before, line)
        }
        None => {
            let line = format!("Nothing found: {looked}.");
            (Vec::new(), Line::new().and(Role::Strong, line))
        }
    };
    for info in off {
        let line = format!(
            "`{}` is off in the settings and was not asked.",
            info.code.id
        );
        after.push(Line::new().and(Role::Plain, line));
    }
    if waived > 0 {
        let waived = count(waived, "finding is", "findings are");
        after.push(Line::new().and(Role::Faint, format!("{waived} waived.")));
    }
    out.block(&Block::Verdict(Verdict {
        before,
        line,
        after,
    }))
}

/// Lowers the list of lints.
///
/// # Errors
///
/// Those of the writer.
pub fn lint_rules(rules: &[LintRule], out: &mut dyn Writer) -> io::Result<()> {
    let row = |rule: &LintRule| {
        let code = rule.info.code;
        vec![
            code.id.into(),
            rule.level.as_str().into(),
            code.title.into(),
        ]
    };
    out.block(&Block::Table(Table {
        columns: &["LINT", "LEVEL", "WHAT IT FINDS"],
        rows: rules.iter().map(row).collect(),
    }))
}

/// Lowers what a lint says of itself.
///
/// # Errors
///
/// Those of the writer.
pub fn explained(rule: &LintRule, out: &mut dyn Writer) -> io::Result<()> {
    let LintRule { info, level } = rule;
    let Info {
        code, why, mend, ..
    } = info;
    let heading = Line::new().and(Role::Strong, code.id).and(
        Role::Plain,
        format!(" · {} · {}", level.as_str(), code.title),
    );
    out.block(&Block::Heading(heading))?;
    for text in [*why, *mend] {
        out.block(&Block::Paragraph(vec![Line::plain(text)]))?;
    }
    let silence = format!(
        "`[lint]` in guestlist.toml sets its level: `{id} = \"off\"`; a waiver with `rule: {id}` silences it for one address.",
        id = code.id
    );
    out.block(&Block::Paragraph(vec![
        Line::new().and(Role::Faint, silence),
    ]))
}
