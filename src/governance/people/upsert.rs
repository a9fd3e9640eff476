//! Rows of an import, taken: a row that says what is there already changes nothing.

use super::account::{guest_account, own_account};
use super::check::{What, check};
use super::guest;
use super::right::require_users;
use super::row::{GroupRow, MembershipRow, PersonRow, Roster, Row};
use crate::governance::record::{
    Account, Creation, ExternalState, Governed, Group, Hold, Identity, Key, Mark, Person, PersonId,
    Place, Source, UserType,
};
use crate::governance::{Activity, Desk, Ground, Refusal, Stop};
use crate::model::text::Email;

/// Takes rows. They were looked at together with all the others before; what has changed since is refused here.
pub(super) fn import(desk: &mut Desk<'_>, rows: &[Row]) -> Result<(), Stop> {
    require_users(desk, "import people and groups")?;
    for row in rows {
        alone(desk, row)?;
        match row {
            Row::Person(row) => person(desk, row)?,
            Row::Group(row) => group(desk, row)?,
            Row::Membership(row) => membership(desk, row)?,
            Row::Left(id) => left(desk, *id)?,
            Row::Ended(number) => ended(desk, *number)?,
        }
    }
    Ok(())
}

/// Refuses a row that cannot be taken as the store is now.
fn alone(desk: &Desk<'_>, row: &Row) -> Result<(), Stop> {
    let mut roster = Roster::default();
    match row {
        Row::Person(row) => roster.people.push((**row).clone()),
        Row::Group(row) => roster.groups.push(row.clone()),
        Row::Membership(row) => roster.memberships.push(row.clone()),
        Row::Left(_) | Row::Ended(_) => return Ok(()),
    }
    // Sponsors may come with a later piece: they were looked for among all rows before.
    let mut faults = check(desk, &roster)?.into_iter();
    let Some(fault) = faults.find(|fault| fault.field != "sponsors" || fault.what == What::Limit)
    else {
        return Ok(());
    };
    let refusal = Refusal::new(Ground::State, fault.message);
    desk.refuse(match fault.help {
        Some(help) => refusal.help(help),
        None => refusal,
    })
}

fn person(desk: &mut Desk<'_>, row: &PersonRow) -> Result<(), Stop> {
    let before = desk.by_mail(&row.mail)?;
    let mut person = match &before {
        Some(known) => known.clone(),
        None => {
            let number = desk.fresh::<Person>()?;
            Person::applicant(number, row.mail.clone(), String::new())
        }
    };
    let mut account = match person.account.take() {
        Some(account) => account,
        None => first_account(desk, row)?,
    };
    let returns = account.deleted.take().is_some();
    describe(desk, row, &mut person)?;
    settle(row, &mut account);
    if before.as_ref().is_none_or(|known| known.account.is_none()) {
        if row.identities.is_none() && !account.external {
            person.identities = vec![Identity::Own];
        }
        if account.external && row.governed.is_none() {
            // Whoever was here before us is never blocked or deleted by us.
            person.governed = Governed::NotGoverned;
        }
    }
    person.account = Some(account);
    match before {
        Some(before) if before == person => Ok(()),
        Some(_) if returns => Ok(desk.put_because(Activity::RestoreUser, &person, "imported")?),
        Some(before) if before.account.is_some() => {
            Ok(desk.put_because(Activity::UpdateUser, &person, "imported")?)
        }
        _ => Ok(desk.put_because(Activity::AddUser, &person, "imported")?),
    }
}

/// Returns the account of somebody who has none yet, before the row's own words.
fn first_account(desk: &Desk<'_>, row: &PersonRow) -> Result<Account, Stop> {
    let own = desk.moment.tenant.is_own(row.mail.domain());
    let elsewhere = row
        .identities
        .iter()
        .flatten()
        .any(|it| *it != Identity::Own);
    let invited = row.state.is_some_and(|state| state.is_some())
        || row.creation == Some(Creation::Invitation);
    let guest = row.user_type == Some(UserType::Guest);
    let external = row
        .external
        .unwrap_or(elsewhere || invited || (guest && !own));
    if !external {
        let upn = row.mail.to_string();
        return Ok(own_account(desk, upn));
    }
    Ok(Account {
        state: Some(ExternalState::Accepted),
        state_changed: None,
        ..guest_account(desk, &row.mail)?
    })
}

/// Writes what a row says about an account into it.
fn settle(row: &PersonRow, account: &mut Account) {
    if let Some(upn) = &row.upn {
        account.upn.clone_from(upn);
    }
    if let Some(user_type) = row.user_type {
        account.user_type = user_type;
    }
    if let Some(external) = row.external {
        account.external = external;
    }
    if let Some(creation) = row.creation {
        account.creation = creation;
    }
    if let Some(state) = row.state {
        account.state = state;
    }
    if let Some(changed) = row.state_changed {
        account.state_changed = changed;
    }
    if let Some(created) = row.created {
        account.created = created;
    }
    if let Some(enabled) = row.enabled {
        account.enabled = enabled;
    }
    if let Some(roles) = &row.roles {
        account.roles.clone_from(roles);
    }
}

/// Writes what a row says about a person into the record.
fn describe(desk: &Desk<'_>, row: &PersonRow, person: &mut Person) -> Result<(), Stop> {
    if let Some(name) = &row.name {
        person.name.clone_from(name);
    }
    if let Some(mails) = &row.other_mails {
        person.other_mails.clone_from(mails);
    }
    if let Some(identities) = &row.identities {
        person.identities.clone_from(identities);
    }
    if let Some(company) = &row.company {
        person.company.clone_from(company);
    }
    if let Some(sponsors) = &row.sponsors {
        person.sponsors.clone_from(sponsors);
    }
    if let Some(governed) = row.governed {
        person.governed = governed;
    }
    if let Some(at) = row.last_sign_in {
        // An older file does not make somebody absent.
        person.last_sign_in = Some(person.last_sign_in.map_or(at, |known| known.max(at)));
    }
    if let Some(manager) = &row.manager {
        person.manager = match manager {
            Some(mail) => Some(named(desk, mail)?),
            None => None,
        };
    }
    for (name, value) in &row.attributes {
        match value {
            Some(value) => {
                person.attributes.insert(name.clone(), value.clone());
            }
            None => {
                person.attributes.remove(name);
            }
        }
    }
    Ok(())
}

fn named(desk: &Desk<'_>, mail: &Email) -> Result<PersonId, Stop> {
    Ok(super::known_user(desk, mail)?.id())
}

fn group(desk: &mut Desk<'_>, row: &GroupRow) -> Result<(), Stop> {
    let key = Key::new().text(row.name.as_str());
    let before = desk.first::<Group>(Mark::GroupName, &key)?;
    let mut group = match &before {
        Some(known) => known.clone(),
        None => Group {
            number: desk.fresh::<Group>()?,
            name: row.name.to_string(),
            mail: None,
            rule: None,
            guests: true,
            owners: Vec::new(),
            managed: None,
        },
    };
    if let Some(mail) = &row.mail {
        group.mail.clone_from(mail);
    }
    if let Some(rule) = &row.rule {
        group.rule.clone_from(rule);
    }
    if let Some(guests) = row.guests {
        group.guests = guests;
    }
    if let Some(owners) = &row.owners {
        group.owners.clear();
        for owner in owners {
            group.owners.push(named(desk, owner)?);
        }
    }
    match before {
        Some(before) if before == group => Ok(()),
        Some(before) => {
            desk.put_because(Activity::UpdateGroup, &group, "imported")?;
            Ok(super::groups::ruled(desk, Some(&before), &group)?)
        }
        None => {
            desk.put_because(Activity::AddGroup, &group, "imported")?;
            Ok(super::groups::ruled(desk, None, &group)?)
        }
    }
}

fn membership(desk: &mut Desk<'_>, row: &MembershipRow) -> Result<(), Stop> {
    let person = named(desk, &row.member)?;
    let place = Place::group(row.group.as_str());
    let holds = desk.find::<Hold>(Mark::HoldPlace, &place.key().person(person))?;
    if holds.iter().any(|hold| hold.role == row.role) {
        return Ok(());
    }
    let hold = Hold {
        number: desk.fresh::<Hold>()?,
        person,
        place,
        role: row.role.clone(),
        source: Source::Direct,
    };
    Ok(desk.put_because(Activity::AddMember, &hold, "imported")?)
}

fn left(desk: &mut Desk<'_>, id: PersonId) -> Result<(), Stop> {
    let person = desk.person(id)?;
    let own = person.living().is_some_and(|account| !account.external);
    if own {
        guest::end(desk, person, "no longer on the complete list")?;
    }
    Ok(())
}

fn ended(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    if let Some(hold) = desk.get::<Hold>(number)?
        && hold.source == Source::Direct
    {
        desk.remove(Activity::RemoveMember, &hold)?;
    }
    Ok(())
}
