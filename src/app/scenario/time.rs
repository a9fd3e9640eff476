//! Time that passes in a test: a tick at every instant at which something is due.

use jiff::Timestamp;

use crate::app::AppError;
use crate::app::governance::{Engine, tick};
use crate::governance::record::{Key, Mark};
use crate::governance::{Actor, Range};

/// Lets time pass until an instant, and does what it makes due on the way. The operator acts afterwards.
///
/// # Errors
///
/// Those of the store.
pub(super) fn pass(engine: &mut Engine<'_>, until: Timestamp) -> Result<(), AppError> {
    loop {
        let now = engine.now();
        let next = next_due(engine, now)?.unwrap_or(until).min(until);
        engine.sit(operator(), next.max(now));
        let _ = tick(engine)?;
        if next >= until {
            return Ok(());
        }
    }
}

/// Returns who acts where nobody is named: one who may do everything.
pub(super) fn operator() -> Actor {
    Actor::Operator("an administrator".to_owned())
}

/// Returns the next instant after the present one at which something is due.
fn next_due(engine: &Engine<'_>, now: Timestamp) -> Result<Option<Timestamp>, AppError> {
    engine.look(|desk| {
        let mut range = Range::of(Mark::Due, Key::new()).most(1);
        range.from = Key::new().instant(now).end().unwrap_or_default();
        let found = desk.world().marked(&range)?;
        Ok(found.first().and_then(|(key, _)| key.as_instant()))
    })
}
