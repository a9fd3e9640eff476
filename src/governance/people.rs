//! People and groups of the directory.

use super::record::{Account, Creation, DirectoryRole, Identity, Key, Mark, Person, UserType};
use super::{Activity, Desk, Ground, Refusal, Scope, Stop, Task, assignment, delegation};
use crate::model::text::{Domain, Email};

/// What can be done with people.
#[derive(Debug, Clone)]
pub enum Command {
    /// Makes a member of the directory known, or brings their entry up to date.
    Member(Entry),
}

/// A member of the directory, as an import has them.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The address.
    pub mail: Email,
    /// The name that people read.
    pub name: String,
    /// Directory roles.
    pub roles: Vec<DirectoryRole>,
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Member(entry) => member(desk, entry),
    }
}

fn member(desk: &mut Desk<'_>, entry: &Entry) -> Result<(), Stop> {
    delegation::require(desk, Task::ManageTenant, Scope::Tenant)?;
    if let Some(known) = desk.by_mail(&entry.mail)? {
        let mut person = known;
        person.name.clone_from(&entry.name);
        if let Some(account) = &mut person.account {
            account.roles.clone_from(&entry.roles);
        }
        desk.put(Activity::UpdateUser, &person)?;
        return assignment::automatic::person_changed(desk, &person);
    }
    let number = desk.fresh::<Person>()?;
    let person = Person {
        identities: vec![Identity::Own],
        account: Some(Account {
            upn: entry.mail.to_string(),
            user_type: UserType::Member,
            external: false,
            state: None,
            state_changed: None,
            creation: Creation::Ordinary,
            enabled: true,
            created: desk.now(),
            deleted: None,
            roles: entry.roles.clone(),
        }),
        ..Person::applicant(number, entry.mail.clone(), entry.name.clone())
    };
    desk.put(Activity::AddUser, &person)?;
    assignment::automatic::person_changed(desk, &person)
}

/// Makes an account for somebody from outside: invited, not yet redeemed.
///
/// # Errors
///
/// A refusal when no user principal name is free, and what the store could not tell.
pub(super) fn guest_account(desk: &Desk<'_>, mail: &Email) -> Result<Account, Stop> {
    let upn = guest_upn(desk, mail)?;
    Ok(Account {
        upn,
        user_type: UserType::Guest,
        external: true,
        state: Some(super::record::ExternalState::PendingAcceptance),
        state_changed: Some(desk.now()),
        creation: Creation::Invitation,
        enabled: true,
        created: desk.now(),
        deleted: None,
        roles: Vec::new(),
    })
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
