//! The lease: who may write, and that it was taken away from them.

use std::io;

use crate::render::doc::{Block, Line, Role, Writer};
use crate::render::report::{BrokenLease, LeaseState, LeaseStatus, StandingLease};
use crate::render::row::second;

/// Lowers who holds the lease.
///
/// # Errors
///
/// Those of the writer.
pub fn lease(report: &LeaseStatus, out: &mut dyn Writer) -> io::Result<()> {
    let Some(lease) = &report.lease else {
        let line = Line::new()
            .and(Role::Strong, "Nobody holds the lease of ")
            .and(Role::Strong, report.store.as_str())
            .and(Role::Strong, ".");
        return out.block(&Block::Paragraph(vec![line]));
    };
    standing(&report.store, lease, out)?;
    let line = match lease.state {
        LeaseState::Held => {
            let token = lease.token;
            format!("If it does not come back: `guestlist lease break {token}`.")
        }
        LeaseState::Ended => "Its time is over: the next command that writes takes it.".to_owned(),
        LeaseState::Left => {
            "Its process has ended: the next command that writes takes it.".to_owned()
        }
    };
    let line = Line::new().and(Role::Faint, line);
    out.block(&Block::Paragraph(vec![line]))
}

/// Lowers whose lease is about to be broken, and what that means.
///
/// # Errors
///
/// Those of the writer.
pub fn lease_to_break(report: &LeaseStatus, out: &mut dyn Writer) -> io::Result<()> {
    let Some(lease) = &report.lease else {
        return Ok(());
    };
    standing(&report.store, lease, out)?;
    let line =
        "Broken, the lease lets others write; whatever its holder has not written yet is refused.";
    out.block(&Block::Paragraph(vec![Line::plain(line)]))
}

/// Lowers that a lease was broken.
///
/// # Errors
///
/// Those of the writer.
pub fn broken_lease(report: &BrokenLease, out: &mut dyn Writer) -> io::Result<()> {
    let BrokenLease { store, by, lease } = report;
    let broken = format!("Lease {} of ", lease.token);
    let (user, host) = (lease.user.as_str(), lease.host.as_str());
    out.block(&Block::Paragraph(vec![
        Line::new()
            .and(Role::Strong, broken)
            .and(Role::Strong, store.as_str())
            .and(Role::Strong, " is broken."),
        Line::plain("It was held by ")
            .and(Role::Plain, user)
            .and(Role::Plain, " on ")
            .and(Role::Plain, host)
            .and(
                Role::Plain,
                format!(" (process {}); the audit log says that ", lease.process),
            )
            .and(Role::Plain, by.as_str())
            .and(Role::Plain, " broke it."),
    ]))
}

fn standing(store: &str, lease: &StandingLease, out: &mut dyn Writer) -> io::Result<()> {
    let StandingLease {
        token,
        user,
        host,
        process,
        operation,
        since,
        until,
        state: _,
    } = lease;
    let line = |what: &str| Line::plain(format!("{what:<12}"));
    out.block(&Block::Paragraph(vec![
        Line::new()
            .and(Role::Strong, format!("Lease {token} of "))
            .and(Role::Strong, store),
        line("holder")
            .and(Role::Plain, user.as_str())
            .and(Role::Plain, " on ")
            .and(Role::Plain, host.as_str())
            .and(Role::Plain, format!(" (process {process})")),
        line("operation").and(Role::Plain, operation.as_str()),
        line("since").and(Role::Plain, second(*since)),
        line("until").and(Role::Plain, second(*until)),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::text;

    fn held(state: LeaseState) -> LeaseStatus {
        let at = |text: &str| text.parse().expect("an instant");
        LeaseStatus {
            store: "sqlite:a.db".to_owned(),
            lease: Some(StandingLease {
                token: 12,
                user: "ana".to_owned(),
                host: "laptop".to_owned(),
                process: 4711,
                operation: "apply".to_owned(),
                since: at("2026-03-01T10:00:00.25Z"),
                until: at("2026-03-01T10:01:00.25Z"),
                state,
            }),
        }
    }

    #[test]
    fn shows_who_holds_it_and_how_to_go_on() {
        insta::assert_snapshot!(text(|out| lease(&held(LeaseState::Held), out)), @r"
        Lease 12 of sqlite:a.db
        holder      ana on laptop (process 4711)
        operation   apply
        since       2026-03-01T10:00:00Z
        until       2026-03-01T10:01:00Z

        If it does not come back: `guestlist lease break 12`.
        ");
        let left = text(|out| lease(&held(LeaseState::Left), out));
        assert!(
            left.ends_with("Its process has ended: the next command that writes takes it.\n"),
            "{left}"
        );
        let ended = text(|out| lease(&held(LeaseState::Ended), out));
        assert!(
            ended.ends_with("Its time is over: the next command that writes takes it.\n"),
            "{ended}"
        );
        let nobody = LeaseStatus {
            store: "sqlite:a.db".to_owned(),
            lease: None,
        };
        insta::assert_snapshot!(text(|out| lease(&nobody, out)), @"Nobody holds the lease of sqlite:a.db.");
    }

    #[test]
    fn shows_what_is_broken_and_whose_it_was() {
        let held = held(LeaseState::Held);
        insta::assert_snapshot!(text(|out| lease_to_break(&held, out)), @r"
        Lease 12 of sqlite:a.db
        holder      ana on laptop (process 4711)
        operation   apply
        since       2026-03-01T10:00:00Z
        until       2026-03-01T10:01:00Z

        Broken, the lease lets others write; whatever its holder has not written yet is refused.
        ");
        let broken = BrokenLease {
            store: held.store.clone(),
            by: "ben".to_owned(),
            lease: held.lease.clone().expect("somebody holds it"),
        };
        insta::assert_snapshot!(text(|out| broken_lease(&broken, out)), @r"
        Lease 12 of sqlite:a.db is broken.
        It was held by ana on laptop (process 4711); the audit log says that ben broke it.
        ");
    }
}
