//! The clock: whether it can be trusted to block and delete accounts, and what happens once a day.
//!
//! The one idea to know: the store remembers the highest instant that it has seen. A clock that is behind it, or far ahead
//! of it, is wrong, or was; as long as nobody says which, no account is blocked or deleted. What would be due then is held,
//! and goes on once the clock is trusted.

use jiff::{SignedDuration, Timestamp};

use super::record::{Confirmed, Day, Key, Mark, Person, Watch};
use super::world::Range;
use super::{Activity, Desk, Scope, Stop, Task, Unread, delegation, review};

/// What can be done about the clock.
#[derive(Debug, Clone)]
pub enum Command {
    /// The beginning of a tick: lets go on what was held, and looks through what happens once a day.
    Look,
    /// An operator says that the clock is right.
    Confirm,
}

/// How far the clock may be behind the highest instant seen.
pub const BEHIND: SignedDuration = SignedDuration::from_secs(60);

/// How far it may be ahead.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long no account is blocked or deleted after a store was put back from an old copy.
pub const CAREFUL: SignedDuration = SignedDuration::from_hours(24);

/// How many held people go on in one decision.
const PIECE: usize = 500;

/// How often every policy is looked through, and the present instant noted though nothing else happens.
const SURVEY: SignedDuration = SignedDuration::from_hours(24);

/// What is to be thought of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It is right.
    Trusted,
    /// It is behind an instant that the store has seen.
    Behind {
        /// That instant.
        seen: Timestamp,
    },
    /// It went far ahead of the last instant that the store had seen, and nobody has confirmed it.
    Ahead {
        /// That instant.
        seen: Timestamp,
    },
    /// It is right, but the store was put back from an old copy, and nobody knows yet what that has lost.
    Restored {
        /// When accounts are blocked and deleted again.
        until: Timestamp,
    },
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Look => Ok(look(desk)?),
        Command::Confirm => confirm(desk),
    }
}

/// Returns what the engine knows of its clock.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn watch(desk: &Desk<'_>) -> Result<Watch, Unread> {
    Ok(desk.get::<Watch>(1)?.unwrap_or(Watch {
        number: 1,
        ..Watch::default()
    }))
}

/// Returns the instant that the clock is measured by: the highest that the store has seen, or the one that an operator
/// confirmed since.
fn highest(desk: &Desk<'_>, watch: &Watch) -> Result<Option<Timestamp>, Unread> {
    let seen = desk.world().seen()?;
    Ok(match (seen, watch.confirmed) {
        (Some(seen), Some(confirmed)) if confirmed.seen == seen => Some(confirmed.at),
        _ => seen,
    })
}

/// Returns what is to be thought of the clock.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn clock(desk: &Desk<'_>) -> Result<Clock, Unread> {
    let restored = desk.world().restored()?;
    let until = restored.and_then(|at| at.checked_add(CAREFUL).ok());
    let believed = match until.filter(|until| desk.now() < *until) {
        Some(until) => Clock::Restored { until },
        None => Clock::Trusted,
    };
    if desk.moment.given {
        return Ok(believed);
    }
    let watch = watch(desk)?;
    let Some(seen) = highest(desk, &watch)? else {
        return Ok(believed);
    };
    let ahead = desk.now().duration_since(seen);
    Ok(if ahead < -BEHIND {
        Clock::Behind { seen }
    } else if let Some(before) = watch.doubt {
        Clock::Ahead { seen: before }
    } else if ahead > AHEAD {
        Clock::Ahead { seen }
    } else {
        believed
    })
}

/// Returns true when accounts may be blocked and deleted now.
pub(super) fn is_trusted(desk: &Desk<'_>) -> Result<bool, Unread> {
    Ok(clock(desk)? == Clock::Trusted)
}

/// Remembers that the clock went far ahead: the decision itself moves the highest instant seen, so that the next one would
/// see nothing odd.
pub(super) fn note(desk: &mut Desk<'_>) -> Result<(), Unread> {
    if desk.moment.given {
        return Ok(());
    }
    let Some(seen) = desk.world().seen()? else {
        return Ok(());
    };
    // The store's own reading is what other instants are measured by, unless somebody has confirmed another.
    if desk.now().duration_since(seen).abs() <= BEHIND {
        return Ok(());
    }
    let mut watch = watch(desk)?;
    if watch.doubt.is_some() {
        return Ok(());
    }
    if let Clock::Ahead { seen } = clock(desk)? {
        watch.doubt = Some(seen);
        desk.keep(&watch)?;
    }
    Ok(())
}

fn look(desk: &mut Desk<'_>) -> Result<(), Unread> {
    let now = desk.now();
    let mut watch = watch(desk)?;
    let clock = clock(desk)?;
    if let Some(confirmed) = &mut watch.confirmed
        && matches!(clock, Clock::Trusted | Clock::Restored { .. })
        && now.duration_since(confirmed.at) > SURVEY
    {
        confirmed.at = now;
        desk.keep(&watch)?;
    }
    if watch
        .surveyed
        .is_none_or(|at| now.duration_since(at).abs() >= SURVEY)
    {
        watch.surveyed = Some(now);
        desk.keep(&watch)?;
        review::survey(desk)?;
    }
    if clock == Clock::Trusted {
        let held = Range::of(Mark::PersonHeld, Key::new()).most(PIECE);
        for mut person in desk.some::<Person>(&held)? {
            person.held = false;
            desk.keep(&person)?;
        }
    }
    Ok(())
}

fn confirm(desk: &mut Desk<'_>) -> Result<(), Stop> {
    delegation::require(desk, Task::ManageTenant, Scope::Tenant)?;
    let reason = match clock(desk)? {
        Clock::Trusted | Clock::Restored { .. } => return Ok(()),
        Clock::Behind { seen } => format!("{} is right, though {seen} was seen", desk.now()),
        Clock::Ahead { seen } => format!("{} is right, after {seen}", desk.now()),
    };
    let mut watch = watch(desk)?;
    watch.doubt = None;
    watch.confirmed = desk.world().seen()?.map(|seen| Confirmed {
        at: desk.now(),
        seen,
    });
    Ok(desk.put_because(Activity::ConfirmClock, &watch, &reason)?)
}

/// How many accounts are deleted a day at least.
const FEW: u64 = 10;

/// Returns how many accounts are deleted a day at most, of so many governed guests: 10, or 5 % where that is more.
pub(super) fn most_a_day(guests: u64) -> u64 {
    FEW.max(guests / 20)
}

/// Takes one deletion out of the number that a day allows. Returns the beginning of the next day when none is left.
pub(super) fn spend(desk: &mut Desk<'_>) -> Result<Option<Timestamp>, Unread> {
    let now = desk.now().to_zoned(desk.moment.tenant.zone.clone());
    let date = now.date();
    let mut watch = watch(desk)?;
    let day = match watch.day {
        Some(day) if day.date == date => day,
        _ => {
            let guests = desk.world().count(Mark::PersonGoverned, &Key::new())?;
            Day {
                date,
                deleted: 0,
                waiting: 0,
                most: most_a_day(guests),
            }
        }
    };
    let spent = day.deleted >= day.most;
    watch.day = Some(Day {
        deleted: day.deleted + u64::from(!spent),
        waiting: day.waiting + u64::from(spent),
        ..day
    });
    desk.keep(&watch)?;
    if !spent {
        return Ok(None);
    }
    let tomorrow = now.tomorrow().and_then(|next| next.start_of_day());
    Ok(Some(
        tomorrow.map_or(Timestamp::MAX, |next| next.timestamp()),
    ))
}
