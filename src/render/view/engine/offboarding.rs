//! Offboarding: what it takes, what it leaves.

use std::io;

use super::card::Card;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::{Departure, Ending, Offboarding, Offboardings, Taken};
use crate::render::row::second;

/// Lowers the offboarding of one person.
///
/// # Errors
///
/// Those of the writer.
pub fn offboarding(report: &Offboarding, out: &mut dyn Writer) -> io::Result<()> {
    let departure = &report.departure;
    let state = if report.drill {
        "a drill: nothing is changed"
    } else {
        "offboarded"
    };
    let named = |endings: &[Ending]| {
        let texts = endings.iter().map(|ending| match &ending.package {
            Some(package) => format!("{} ({package})", ending.number),
            None => ending.number.to_string(),
        });
        texts.collect::<Vec<_>>().join(", ")
    };
    let some = |number: usize| (number > 0).then(|| number.to_string());
    let invitations = departure.invitations.iter().map(u64::to_string);
    Card::new(departure.person.as_str(), state)
        .fact("assignments that end", named(&departure.assignments))
        .fact("requests taken back", named(&departure.requests))
        .fact(
            "invitations voided",
            invitations.collect::<Vec<_>>().join(", "),
        )
        .fact("memberships taken", departure.memberships_taken.join(", "))
        .fact(
            "sign-in",
            if departure.blocks {
                "blocked"
            } else {
                "as it was"
            }
            .to_owned(),
        )
        .fact("account", account(departure))
        .fact("memberships left", departure.memberships_left.join(", "))
        .fact("reviews left to others", some(departure.reviews))
        .fact("approvals left to others", some(departure.approvals))
        .fact("still a sponsor of", departure.sponsor_of.join(", "))
        .fact(
            "still a sponsor for",
            departure.sponsor_of_organizations.join(", "),
        )
        .write(out)
}

fn account(departure: &Departure) -> String {
    match (departure.account, departure.deleted) {
        ("none", _) => "there is none".to_owned(),
        ("stays", _) => "stays".to_owned(),
        ("deletedAlready", _) => "deleted already".to_owned(),
        ("deletedNow", _) => "deleted at once; it can be restored for 30 days".to_owned(),
        (_, Some(at)) => format!("deleted on {}", second(at)),
        (_, None) => "deleted later".to_owned(),
    }
}

/// Lowers the offboarding of an organization.
///
/// # Errors
///
/// Those of the writer.
pub fn offboardings(report: &Offboardings, out: &mut dyn Writer) -> io::Result<()> {
    if !report.departures.is_empty() {
        out.block(&Block::Table(Table {
            columns: &[
                "PERSON",
                "ASSIGNMENTS",
                "REQUESTS",
                "LEFT",
                "SPONSOR OF",
                "ACCOUNT",
            ],
            rows: report
                .departures
                .iter()
                .map(|departure| {
                    let sponsor =
                        departure.sponsor_of.len() + departure.sponsor_of_organizations.len();
                    vec![
                        departure.person.as_str().into(),
                        departure.assignments.len().to_string().into(),
                        departure.requests.len().to_string().into(),
                        departure.memberships_left.len().to_string().into(),
                        sponsor.to_string().into(),
                        account(departure).into(),
                    ]
                })
                .collect(),
        }))?;
    }
    let state = if report.drill {
        "a drill: nothing is changed"
    } else {
        "offboarded"
    };
    let Taken {
        people,
        assignments,
        requests,
        invitations,
        memberships,
        blocked,
        deleted,
        scheduled,
    } = report.taken;
    let head = Line::new()
        .and(
            Role::Strong,
            format!("organization {}", report.organization),
        )
        .and(Role::Plain, "  ")
        .and(Role::Note, state);
    let facts = [
        (people, "people"),
        (assignments, "assignments ended"),
        (requests, "requests taken back"),
        (invitations, "invitations voided"),
        (memberships, "memberships taken"),
        (blocked, "blocked"),
        (deleted, "deleted"),
        (scheduled, "deleted later"),
    ];
    let lines = facts.map(|(number, what)| Line::plain(format!("  {number:>6}  {what}")));
    out.block(&Block::Heading(head))?;
    out.block(&Block::Paragraph(lines.into()))
}
