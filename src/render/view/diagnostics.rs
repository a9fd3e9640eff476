//! Diagnostics: what is wrong with a tree, where, and how to mend it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::count;
use crate::diag::{Diagnostic, Diagnostics, Example, Severity};
use crate::render::doc::{Block, Line, Role, Snippet, Verdict, Writer};
use crate::render::report::Validated;

/// Lowers diagnostics, as many as the writer takes and the worst of them, then counts them. Nothing comes of an empty list.
///
/// # Errors
///
/// Those of the writer.
pub fn diagnostics(list: &Diagnostics, out: &mut dyn Writer) -> io::Result<()> {
    match found(list, out)? {
        Some((mut before, line)) => {
            before.push(line);
            out.block(&Block::Paragraph(before))
        }
        None => Ok(()),
    }
}

/// Lowers the diagnostics that made a command fail: their number is the verdict.
///
/// # Errors
///
/// Those of the writer.
pub fn invalid(list: &Diagnostics, out: &mut dyn Writer) -> io::Result<()> {
    match found(list, out)? {
        Some((before, line)) => out.block(&Block::Verdict(Verdict {
            before,
            line,
            after: Vec::new(),
        })),
        None => Ok(()),
    }
}

/// Lowers diagnostics, and returns what is left out and how many there are.
pub(super) fn found(
    list: &Diagnostics,
    out: &mut dyn Writer,
) -> io::Result<Option<(Vec<Line<'static>>, Line<'static>)>> {
    if list.is_empty() {
        return Ok(None);
    }
    let (shown, rest) = worst(list, out.messages());
    for one in shown {
        out.block(&Block::Snippet(Snippet {
            role: match one.severity {
                Severity::Error => Role::Error,
                Severity::Warning => Role::Warning,
                Severity::Note => Role::Note,
            },
            tag: format!("{}[{}]", one.severity.as_str(), one.code),
            message: &one.message,
            place: one.primary.as_deref(),
            related: one
                .related
                .iter()
                .map(|label| (&label.place, label.note.as_str()))
                .collect(),
            help: &one.help,
        }))?;
        if let Some(Example { title, text }) = one.example.as_deref() {
            out.block(&Block::Listing {
                title: Line::plain(title.as_str()),
                lines: text.lines().map(str::to_owned).collect(),
                is_copied: true,
            })?;
        }
    }
    let mut end = Vec::new();
    if !rest.is_empty() {
        end.push(Line::plain(format!(
            "… and {} more ({}): `--format json` and `--format html` have them all",
            rest.len(),
            by_code(&rest)
        )));
    }
    Ok(Some((end, Line::new().and(Role::Strong, summary(list)))))
}

/// Parts diagnostics into the worst, so many of them at most, and the others. Both stay in their order.
fn worst(list: &Diagnostics, most: usize) -> (Vec<&Diagnostic>, Vec<&Diagnostic>) {
    let mut all: Vec<(usize, &Diagnostic)> = list.iter().enumerate().collect();
    all.sort_by_key(|(_, one)| one.severity);
    let mut rest = all.split_off(most.min(all.len()));
    let in_order = |some: &mut Vec<(usize, _)>| some.sort_by_key(|(at, _)| *at);
    in_order(&mut all);
    in_order(&mut rest);
    let only = |some: Vec<(usize, _)>| some.into_iter().map(|(_, one)| one).collect();
    (only(all), only(rest))
}

/// Counts diagnostics by their codes, the worst first: `12 GL0302, 141 GL0510`.
fn by_code(list: &[&Diagnostic]) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for one in list {
        *counts.entry((one.severity, one.code.id)).or_default() += 1;
    }
    let counts = counts
        .into_iter()
        .map(|((_, code), n)| format!("{n} {code}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// Lowers the report of a validation.
///
/// # Errors
///
/// Those of the writer.
pub fn validated(report: &Validated<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let Some(objects) = report.objects else {
        return invalid(report.diagnostics, out);
    };
    diagnostics(report.diagnostics, out)?;
    let text = format!(
        "The tree is valid: {} in {}.",
        count(objects, "object", "objects"),
        count(report.files, "file", "files"),
    );
    out.block(&Block::Verdict(Verdict {
        before: Vec::new(),
        line: Line::new().and(Role::Strong, text),
        after: Vec::new(),
    }))
}

fn summary(list: &Diagnostics) -> String {
    let mut parts = Vec::new();
    for (severity, one, many) in [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ] {
        match list.count(severity) {
            0 => {}
            n => parts.push(count(n, one, many)),
        }
    }
    let files: BTreeSet<&str> = list
        .iter()
        .filter_map(|one| one.primary.as_ref())
        .map(|place| place.path.as_str())
        .collect();
    let found = parts.join(", ");
    match files.len() {
        0 => found,
        n => format!("{found} in {}", count(n, "file", "files")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Diagnostic, code};
    use crate::render::samples::{self, text};
    use crate::source::SourceFile;

    fn shown(list: &Diagnostics) -> String {
        text(|out| diagnostics(list, out))
    }

    #[test]
    fn shows_place_line_caret_notes_and_help() {
        insta::assert_snapshot!(shown(&samples::diagnostics()), @r"
        policies/packages/onboarding.yaml:3:14: error[GL0302]: package `onboarding` names a catalog that is not declared
          catalog: partnres
                   ^^^^^^^^
          policies/packages/onboarding.yaml:2:3: note: the package is declared here
            onboarding:
            ^^^^^^^^^^
          help: did you mean `partners`?

        warning[GL0507]: a waiver ends today

        1 error, 1 warning in 1 file
        ");
    }

    #[test]
    fn the_caret_stands_below_wide_and_hidden_characters() {
        let file = SourceFile::new("::a.yaml", "\t東京: \u{202e}x\tgood: bad\n");
        let start = file.text().find("bad").expect("in the text") as u32;
        let mut list = Diagnostics::new();
        list.push(Diagnostic::error(code::CHARACTER, "hides").at(file.place(start, start + 3)));
        insta::assert_snapshot!(shown(&list), @r"
        \u{3a}:a.yaml:1:15: error[GL0107]: hides
          東京: \u{202e}x good: bad
                                ^^^

        1 error in 1 file
        ");
    }

    #[test]
    fn shows_fifty_and_counts_the_rest() {
        let mut list = Diagnostics::new();
        for n in 0..60 {
            list.push(Diagnostic::error(code::SYNTAX, format!("problem {n}")));
        }
        let shown = shown(&list);
        assert!(
            shown.contains("problem 49\n\n… and 10 more (10 GL0102): `--format json` and `--format html` have them all\n60 errors\n"),
            "{shown}"
        );
    }

    #[test]
    fn of_many_the_worst_are_shown_in_their_order() {
        let mut list = Diagnostics::new();
        for n in 0..49 {
            list.push(Diagnostic::warning(
                code::WAIVER_EXPIRED,
                format!("warning {n}."),
            ));
        }
        for n in 0..3 {
            list.push(Diagnostic::error(code::SYNTAX, format!("error {n}.")));
        }
        let shown = shown(&list);
        assert!(
            shown.contains("error 2.\n\n… and 2 more (2 GL0507)"),
            "{shown}"
        );
        assert!(shown.contains("warning 46.\n\nerror"), "{shown}");
    }

    #[test]
    fn a_valid_tree_is_one_sentence() {
        let report = Validated {
            diagnostics: &Diagnostics::new(),
            files: 1,
            objects: Some(12),
        };
        let shown = text(|out| validated(&report, out));
        assert_eq!(shown, "The tree is valid: 12 objects in 1 file.\n");
    }
}
