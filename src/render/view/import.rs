//! Live objects that were written into files.

use std::io;

use super::count;
use crate::render::doc::{Block, Line, Role, Writer};
use crate::render::report::Imported;

/// Lowers what was written, and what was not.
///
/// # Errors
///
/// Those of the writer.
pub fn imported(report: &Imported, out: &mut dyn Writer) -> io::Result<()> {
    let Imported {
        store: _,
        files,
        left,
        unmanaged,
        rest,
    } = report;
    if !files.is_empty() {
        let lines = files.iter().map(|(path, objects)| {
            Line::new()
                .and(Role::Added, "+ ")
                .and(Role::Plain, path.as_str())
                .and(
                    Role::Faint,
                    format!("  {}", count(*objects, "object", "objects")),
                )
        });
        out.block(&Block::Paragraph(lines.collect()))?;
    }
    if !left.is_empty() {
        let mut lines = vec![Line::plain("Left out:")];
        lines.extend(left.iter().map(|(name, why)| {
            Line::plain("  ")
                .and(Role::Strong, name.as_str())
                .and(Role::Plain, format!(": {why}"))
        }));
        out.block(&Block::Paragraph(lines))?;
    }
    let objects: usize = files.iter().map(|(_, objects)| objects).sum();
    let mut end = Line::new();
    if objects == 0 {
        end.push(
            Role::Strong,
            if !left.is_empty() {
                "Nothing was imported."
            } else if *unmanaged {
                "Nothing to import: there is nothing that nobody owns and the tree does not take over."
            } else {
                "Nothing to import: the tree declares everything that the project owns."
            },
        );
        return out.block(&Block::Paragraph(vec![end]));
    }
    end.push(
        Role::Strong,
        format!(
            "Imported {} into {}.",
            count(objects, "object", "objects"),
            count(files.len(), "file", "files")
        ),
    );
    end.push(
        Role::Plain,
        match rest {
            Some(0) if *unmanaged => {
                " The next plan takes them over and changes nothing.".to_owned()
            }
            Some(0) => " The next plan is empty.".to_owned(),
            Some(rest) => format!(
                " The next plan has {}: look at `guestlist plan`.",
                count(*rest, "change", "changes")
            ),
            None => {
                " They are no part of a sound tree yet: look at `guestlist validate`.".to_owned()
            }
        },
    );
    out.block(&Block::Paragraph(vec![end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::text;

    #[test]
    fn says_what_was_written_and_what_was_not() {
        let report = Imported {
            store: "sqlite:guestlist.db".to_owned(),
            files: vec![
                ("policies/catalogs/marketing.yaml".to_owned(), 3),
                ("policies/organizations/fabrikam.yaml".to_owned(), 1),
            ],
            left: vec![(
                "package/lent".to_owned(),
                "it names catalog/hr, which this project does not have".to_owned(),
            )],
            unmanaged: true,
            rest: Some(0),
        };
        insta::assert_snapshot!(text(|out| imported(&report, out)), @r"
        + policies/catalogs/marketing.yaml  3 objects
        + policies/organizations/fabrikam.yaml  1 object

        Left out:
          package/lent: it names catalog/hr, which this project does not have

        Imported 4 objects into 2 files. The next plan takes them over and changes nothing.
        ");
    }
}
