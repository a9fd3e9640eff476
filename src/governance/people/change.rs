//! What follows from a change of a person, whatever area made it.

use super::dynamic::Rules;
use crate::governance::assignment::automatic;
use crate::governance::record::Person;
use crate::governance::{Desk, Stop};

/// Follows every change of a person that was decided since the last time.
///
/// # Errors
///
/// Those of the automatic policies, and what the store could not tell.
pub fn follow(desk: &mut Desk<'_>) -> Result<(), Stop> {
    loop {
        let moved = desk.take_moved();
        if moved.is_empty() {
            return Ok(());
        }
        let rules = Rules::of(desk)?;
        for (number, before) in moved {
            let after = desk.get::<Person>(number)?;
            if let Some(after) = after
                && before.as_ref() != Some(&after)
            {
                changed(desk, before.as_ref(), &after, &rules)?;
            }
        }
    }
}

/// Follows one change of a person: memberships by rule, and packages by rule.
fn changed(
    desk: &mut Desk<'_>,
    before: Option<&Person>,
    after: &Person,
    rules: &Rules,
) -> Result<(), Stop> {
    if before.is_some_and(|before| is_same(before, after)) {
        return Ok(());
    }
    rules.settle(desk, after)?;
    automatic::person_changed(desk, after)
}

/// Returns true when nothing that a rule can speak of has changed.
fn is_same(before: &Person, after: &Person) -> bool {
    let mut before = before.clone();
    before.last_sign_in = after.last_sign_in;
    before.wait.clone_from(&after.wait);
    before.epoch = after.epoch;
    before.terms.clone_from(&after.terms);
    before.sponsors.clone_from(&after.sponsors);
    before == *after
}
