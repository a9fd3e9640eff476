//! The clock of this machine against the highest time that a store has seen.

use jiff::{SignedDuration, Timestamp, Unit};

use crate::diag::{Diagnostic, Diagnostics, code};
use crate::store::{Store, StoreError};

/// How far a clock may stand behind what the store has seen, as clocks of several machines do.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Warns of a clock that went back: what is recorded now would seem to come before what is recorded already.
pub(super) fn check(
    store: &dyn Store,
    now: Timestamp,
    warnings: &mut Diagnostics,
) -> Result<(), StoreError> {
    let seen = store.head()?.seen;
    if let Some(warning) = seen.and_then(|seen| behind(seen, now)) {
        warnings.push(warning);
    }
    Ok(())
}

fn behind(seen: Timestamp, now: Timestamp) -> Option<Diagnostic> {
    if seen.duration_since(now) <= SKEW {
        return None;
    }
    let second = |at: Timestamp| at.round(Unit::Second).unwrap_or(at);
    Some(
        Diagnostic::warning(
            code::CLOCK_BACK,
            format!(
                "the clock says {}, and the store has seen {} already",
                second(now),
                second(seen)
            ),
        )
        .help("set the clock of this machine right, or find out whose clock was ahead"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warns_of_more_than_a_minute_only() {
        let seen: Timestamp = "2027-01-01T12:00:00Z".parse().expect("an instant");
        let at = |seconds: i64| behind(seen, seen - SignedDuration::from_secs(seconds));
        assert!(at(-500).is_none() && at(0).is_none() && at(60).is_none());
        let warning = at(3600).expect("a warning");
        assert_eq!(
            warning.message,
            "the clock says 2027-01-01T11:00:00Z, and the store has seen 2027-01-01T12:00:00Z already"
        );
    }
}
