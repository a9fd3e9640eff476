//! Internal accounts of people from outside, made to sign in with an identity of their own.

use crate::governance::Desk;
use crate::governance::record::{Account, ExternalState};

/// Turns an internal account into that of somebody from outside who has not redeemed yet. The record, its memberships and
/// its user principal name stay.
pub(super) fn convert(desk: &Desk<'_>, account: &mut Account) {
    account.external = true;
    account.state = Some(ExternalState::PendingAcceptance);
    account.state_changed = Some(desk.now());
}
