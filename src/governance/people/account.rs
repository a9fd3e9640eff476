//! Accounts: how one for somebody from outside comes to be, and its user principal name.

use crate::governance::record::{Account, Creation, ExternalState, Key, Mark, Person, UserType};
use crate::governance::{Desk, Ground, Refusal, Stop};
use crate::model::text::{Domain, Email};

/// Makes an account for somebody from outside: invited, not yet redeemed.
///
/// # Errors
///
/// A refusal when no user principal name is free, and what the store could not tell.
pub(in crate::governance) fn guest_account(desk: &Desk<'_>, mail: &Email) -> Result<Account, Stop> {
    let upn = guest_upn(desk, mail)?;
    Ok(Account {
        upn,
        user_type: UserType::Guest,
        external: true,
        state: Some(ExternalState::PendingAcceptance),
        state_changed: Some(desk.now()),
        creation: Creation::Invitation,
        enabled: true,
        created: desk.now(),
        deleted: None,
        roles: Vec::new(),
    })
}

/// Makes an account for somebody of our own.
pub(super) fn own_account(desk: &Desk<'_>, upn: String) -> Account {
    Account {
        upn,
        user_type: UserType::Member,
        external: false,
        state: None,
        state_changed: None,
        creation: Creation::Ordinary,
        enabled: true,
        created: desk.now(),
        deleted: None,
        roles: Vec::new(),
    }
}

/// Returns the user principal name of a guest: `ada_contoso.com#EXT#@fabrikam.onmicrosoft.com`. One that is taken gets a
/// number.
fn guest_upn(desk: &Desk<'_>, mail: &Email) -> Result<String, Stop> {
    let Some(initial) = desk.moment.tenant.domains.first().map(Domain::as_str) else {
        return desk.refuse(
            Refusal::new(
                Ground::Address,
                "the tenant has no domain, so no guest can have an account",
            )
            .help("name the tenant's verified domains in `guestlist.toml`: `[tenant] domains`"),
        );
    };
    let local = mail.as_str().replace('@', "_").to_lowercase();
    let upn = |local: &str| format!("{local}#EXT#@{initial}");
    let mut candidate = upn(&local);
    for number in 1_u32..=999 {
        if desk.is_none::<Person>(Mark::PersonUpn, &Key::new().text(&candidate))? {
            return Ok(candidate);
        }
        candidate = upn(&format!("{local}{number}"));
    }
    desk.refuse(Refusal::new(
        Ground::Limit,
        format!("no user principal name is free for {mail}"),
    ))
}
