//! The start and the end that somebody asks for.

use jiff::Timestamp;

use crate::governance::record::Schedule;
use crate::governance::{Desk, Ground, Refusal, assignment};
use crate::model::kinds::policy::Policy;

/// Judges a start and an end: only where the policy lets people choose, not in the past, and not past the policy's end.
pub(super) fn judge(
    desk: &Desk<'_>,
    policy: &Policy,
    asked: Schedule,
) -> Result<Schedule, Refusal> {
    let now = desk.now();
    let refusal = |message: String| Refusal::new(Ground::Schedule, message);
    let chosen = asked.start.is_some() || asked.end.is_some();
    if chosen && !policy.requests.custom_schedule {
        return Err(
            refusal("the policy sets start and end, and nobody chooses them".to_owned())
                .help("leave `--start` and `--end` out"),
        );
    }
    if let Some(start) = asked.start.filter(|start| *start < now) {
        return Err(refusal(format!("the start {start} has passed"))
            .help("leave `--start` out to start at once"));
    }
    let start = asked.start.unwrap_or(now);
    let latest = assignment::end_of(&policy.expires, start, None);
    if let Some(latest) = latest.filter(|latest| *latest <= start) {
        return Err(refusal(format!(
            "access through this policy ended for everyone at {latest}"
        ))
        .help("another policy, or a later end in this one, would be needed"));
    }
    if let Some(end) = asked.end {
        within(start, end, latest)?;
    }
    Ok(asked)
}

/// Judges an end against a start and the latest end there may be.
pub(in crate::governance) fn within(
    start: Timestamp,
    end: Timestamp,
    latest: Option<Timestamp>,
) -> Result<(), Refusal> {
    if end <= start {
        return Err(Refusal::new(
            Ground::Schedule,
            format!("the end {end} is not after the start {start}"),
        ));
    }
    match latest.filter(|latest| end > *latest) {
        None => Ok(()),
        Some(latest) => Err(Refusal::new(
            Ground::Schedule,
            format!("the end {end} is later than the policy allows"),
        )
        .help(format!("it allows access until {latest}"))),
    }
}
