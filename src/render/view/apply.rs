//! An apply: what was done, and where that left the store.

use std::io;

use super::audit::signing;
use super::{count, own, time};
use crate::render::doc::{Block, Line, Role, Verdict, Writer};
use crate::render::report::Applied;

/// Lowers the report of an apply.
///
/// # Errors
///
/// Those of the writer.
pub fn applied(report: &Applied<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let mut lines = done("Applied", report);
    lines.push(match &report.verified {
        Ok(true) if report.left_out > 0 => {
            let others = count(report.left_out, "other change is", "other changes are");
            Line::plain(format!("What was chosen is done; {others} left out."))
        }
        Ok(true) if report.destroyed => Line::plain(
            "Nothing of the project is left; without `--destroy` the next plan creates what the tree declares.",
        ),
        Ok(true) => Line::plain("The next plan is empty."),
        Ok(false) => Line::new().and(
            Role::Warning,
            "The next plan is not empty: run `guestlist plan` to see what is left.",
        ),
        Err(error) => unknown("Whether the next plan is empty is not known: ", error),
    });
    out.block(&verdict(lines))
}

/// Lowers the report of a rollback.
///
/// # Errors
///
/// Those of the writer.
pub fn went_back(report: &Applied<'_>, out: &mut dyn Writer) -> io::Result<()> {
    let mut lines = done("Went back", report);
    match &report.verified {
        Ok(true) => {}
        Ok(false) => lines.push(Line::new().and(
            Role::Warning,
            "The store is not where it was: run the rollback again to see what is left.",
        )),
        Err(error) => lines.push(unknown(
            "Whether the store is where it was is not known: ",
            error,
        )),
    }
    lines.push(Line::plain(
        "Where the tree still says otherwise, the next plan shows the difference, and an apply goes forward again.",
    ));
    out.block(&verdict(lines))
}

/// Returns how it ended: the first line says it, the others what follows.
fn verdict(mut lines: Vec<Line<'_>>) -> Block<'_> {
    let after = lines.split_off(lines.len().min(1));
    Block::Verdict(Verdict {
        before: Vec::new(),
        line: lines.pop().unwrap_or_default(),
        after,
    })
}

fn unknown<'a>(what: &'a str, error: &'a str) -> Line<'a> {
    Line::new()
        .and(Role::Warning, what)
        .and(Role::Plain, error)
        .and(Role::Plain, ".")
}

/// Says what was done, and where it is recorded.
fn done<'a>(verb: &str, report: &'a Applied<'_>) -> Vec<Line<'a>> {
    let done = own::done(&report.counts, report.own.is_some());
    let mut lines = vec![
        Line::new()
            .and(Role::Strong, format!("{verb}: {done}"))
            .and(Role::Plain, format!(" in {}.", time(report.duration))),
        Line::plain(format!("Run {} on ", report.run))
            .and(Role::Plain, report.store)
            .and(Role::Plain, format!(", generation {}; ", report.generation))
            .and(
                Role::Faint,
                format!("audit head {}:{}", report.audit_size, report.audit_hash),
            ),
    ];
    lines.extend(signing(report.signing));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text::Domain;
    use crate::plan::{Action, OwnDomains};
    use crate::render::samples::text;

    #[test]
    fn says_what_was_done_and_where_it_is_recorded() {
        let own = OwnDomains::between(&[], &[Domain::parse("contoso.com").expect("a domain")]);
        let report = Applied {
            store: "sqlite:guestlist.db",
            run: "0199f0c0-7d1e-7000-8000-000000000001",
            generation: 4,
            audit_size: 12,
            audit_hash: "9f86d081",
            signing: &crate::render::report::Signing::Off,
            counts: vec![(Action::Create, 2), (Action::Update, 0), (Action::Prune, 1)],
            own: own.as_ref(),
            verified: Ok(true),
            left_out: 0,
            destroyed: false,
            duration: jiff::SignedDuration::from_millis(1234),
        };
        insta::assert_snapshot!(text(|out| applied(&report, out)), @r"
        Applied: 2 created, 1 pruned, domains of our own people in 1.2 s.
        Run 0199f0c0-7d1e-7000-8000-000000000001 on sqlite:guestlist.db, generation 4; audit head 12:9f86d081
        The next plan is empty.
        ");
        let part = Applied {
            left_out: 3,
            ..report.clone()
        };
        let said = text(|out| applied(&part, out));
        assert!(
            said.ends_with("What was chosen is done; 3 other changes are left out.\n"),
            "{said}"
        );
        let gone = Applied {
            destroyed: true,
            ..report
        };
        let said = text(|out| applied(&gone, out));
        assert!(said.contains("Nothing of the project is left"), "{said}");
    }
}
