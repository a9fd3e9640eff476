//! A tick: what time has made due, in bounded batches, as often as one likes.

use super::Engine;
use super::tally::{self, Done};
use crate::app::AppError;
use crate::governance::record::{Job, Key, Mark, Work};
use crate::governance::watch::{self, Clock};
use crate::governance::{Desk, Unread, due};
use crate::render::json::v1;

pub use v1::Alert;

/// How many commands are decided as one: bounds the memory of a tick, and how long a request has to wait for it.
const BATCH: usize = 100;

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// How many things were due.
    pub due: u64,
    /// How many entries of the audit log followed.
    pub events: u64,
    /// What was done, and how often.
    pub done: Done,
    /// What waits, and what somebody has to look at.
    pub alerts: Vec<Alert>,
    /// Whether the clock was trusted: otherwise nobody was blocked or deleted.
    pub trusted: bool,
}

/// Does what is due now.
///
/// # Errors
///
/// Those of the store. What was done is kept; the next tick goes on.
pub fn tick(engine: &mut Engine<'_>) -> Result<Ticked, AppError> {
    let mut ticked = Ticked::default();
    while !engine.as_engine(&[watch::Command::Look.into()])?.is_empty() {}
    let _ = engine.follow()?;
    loop {
        // What an apply has set going may be in the outbox already, when nothing else is due.
        engine.drain()?;
        let now = engine.now();
        let commands = engine.look(|desk| due(desk.world(), now, BATCH))?;
        if commands.is_empty() {
            break;
        }
        let decision = engine.as_engine(&commands)?;
        ticked.due += commands.len() as u64;
        ticked.events += decision.events.len() as u64;
        tally::count(&mut ticked.done, &decision);
        if decision.is_empty() {
            // What is due and asks for nothing would be due for ever.
            break;
        }
    }
    engine.bear_witness()?;
    (ticked.trusted, ticked.alerts) = engine.look(alerts)?;
    Ok(ticked)
}

/// Says that an automatic policy leaves people out.
fn left_out(desk: &Desk<'_>, job: &Job) -> Result<Option<Alert>, Unread> {
    let Work::Rule(policy) = &job.work else {
        return Ok(None);
    };
    let Some(policy) = desk.object(*policy)? else {
        return Ok(None);
    };
    Ok(Some(Alert {
        code: "ruleFull",
        message: format!(
            "{} assigns no more people, and its rule matches at least {} who have nothing",
            policy.address, job.left_out
        ),
        help: "narrow the rule, or split the package: one policy assigns 15,000 people".to_owned(),
    }))
}

/// Returns whether the clock is trusted, and what somebody has to look at.
fn alerts(desk: &Desk<'_>) -> Result<(bool, Vec<Alert>), Unread> {
    let now = desk.now();
    let mut alerts = Vec::new();
    let clock = watch::clock(desk)?;
    match clock {
        Clock::Trusted => {}
        Clock::Restored { until } => alerts.push(Alert {
            code: "restored",
            message: format!(
                "the store was put back from an old copy: no account is blocked or deleted until {until}"
            ),
            help: "look until then at what the copy has lost: assignments, requests and decisions made after it"
                .to_owned(),
        }),
        Clock::Behind { seen } => alerts.push(Alert {
            code: "clockBehind",
            message: format!(
                "the clock says {now}, and the store has seen {seen} already: no account is blocked or deleted"
            ),
            help: "set the clock right; if it is right, say so with `guestlist operator confirm-clock`"
                .to_owned(),
        }),
        Clock::Ahead { seen } => alerts.push(Alert {
            code: "clockAhead",
            message: format!(
                "the clock says {now}, more than 7 days after {seen}, the last instant the store had seen: no account is blocked or deleted"
            ),
            help: "if the clock is right, say so with `guestlist operator confirm-clock`; otherwise set it right"
                .to_owned(),
        }),
    }
    let is_right = matches!(clock, Clock::Trusted | Clock::Restored { .. });
    let zone = desk.moment.tenant.zone.clone();
    let today = now.to_zoned(zone).date();
    let day = watch::watch(desk)?.day;
    if let Some(day) = day.filter(|day| day.date == today && day.waiting > 0) {
        alerts.push(Alert {
            code: "deletionsWait",
            message: format!(
                "{} wait for tomorrow: at most {} accounts are deleted a day, and {} were",
                match day.waiting {
                    1 => "1 deletion".to_owned(),
                    many => format!("{many} deletions"),
                },
                day.most,
                day.deleted
            ),
            help: "if so many are not meant to go, assign a package to those who stay: that calls their deletion off"
                .to_owned(),
        });
    }
    let full = Key::new().text(desk.world().project());
    for job in desk.find::<Job>(Mark::JobLeftOut, &full)? {
        alerts.extend(left_out(desk, &job)?);
    }
    Ok((is_right, alerts))
}
