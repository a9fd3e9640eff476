//! Who may manage people from outside, and who may invite them: Entra's authorization policy.

use crate::governance::record::{DirectoryRole, Person};
use crate::governance::{Actor, Desk, Ground, Refusal, Stop, Unread, delegation, directory};
use crate::model::kinds::Inviters;
use crate::model::text::Email;
use crate::model::{Kind, Object};

/// Roles that manage users.
const USERS: [DirectoryRole; 2] = [
    DirectoryRole::GlobalAdministrator,
    DirectoryRole::UserAdministrator,
];

/// Roles that invite guests, wherever anybody may.
const INVITERS: [DirectoryRole; 3] = [
    DirectoryRole::GlobalAdministrator,
    DirectoryRole::UserAdministrator,
    DirectoryRole::GuestInviter,
];

/// Returns true when somebody has one of the roles and can use it.
fn has_any(desk: &Desk<'_>, person: &Person, roles: &[DirectoryRole]) -> Result<bool, Unread> {
    Ok(directory::can_act(desk, person)? && delegation::has_any(desk, person, roles)?)
}

/// Returns who acts, if it is a person.
fn acting(desk: &Desk<'_>) -> Result<Option<Person>, Stop> {
    match &desk.moment.actor {
        Actor::Operator(_) | Actor::Engine => Ok(None),
        Actor::Person(id) => Ok(Some(desk.person(*id)?)),
    }
}

/// Refuses unless the acting person manages users.
///
/// # Errors
///
/// A refusal that names the roles.
pub(in crate::governance) fn require_users(desk: &Desk<'_>, what: &str) -> Result<(), Stop> {
    match acting(desk)? {
        Some(person) if !has_any(desk, &person, &USERS)? => desk.refuse(
            Refusal::new(
                Ground::NotAllowed,
                format!("{} may not {what}", person.mail),
            )
            .help("it needs one of these roles: Global Administrator, User Administrator"),
        ),
        _ => Ok(()),
    }
}

/// Returns who may invite guests here. Without the setting everyone may.
fn inviters(desk: &Desk<'_>) -> Result<Inviters, Stop> {
    let thing = desk.setting(Kind::Collaboration)?;
    let setting = match thing.as_ref().map(|thing| &thing.object) {
        Some(Object::Collaboration(settings)) => settings.invitations,
        _ => None,
    };
    Ok(setting.unwrap_or_default())
}

/// Refuses unless invitations are allowed here, and the acting person may send them.
///
/// # Errors
///
/// A refusal that says who may.
pub(in crate::governance) fn inviter(desk: &Desk<'_>) -> Result<(), Stop> {
    let setting = inviters(desk)?;
    if setting == Inviters::Nobody {
        return desk.refuse(
            Refusal::new(
                Ground::NotAllowed,
                "guest invitations are not allowed here: the tenant lets nobody invite",
            )
            .help("`collaboration: { invitations: … }` in the tree says who may invite; people who ask for a package still come in"),
        );
    }
    let Some(person) = acting(desk)? else {
        return Ok(());
    };
    if !directory::can_act(desk, &person)? {
        return desk.refuse(Refusal::new(
            Ground::NotAllowed,
            format!("{} cannot sign in here, and so invites nobody", person.mail),
        ));
    }
    let appointed = has_any(desk, &person, &INVITERS)?;
    let (may, who) = match setting {
        Inviters::Nobody => (false, ""),
        Inviters::Inviters => (appointed, "administrators and guest inviters"),
        Inviters::Members => (
            appointed || person.is_member(),
            "administrators, guest inviters and members",
        ),
        Inviters::Everyone => (true, "everyone"),
    };
    if may {
        return Ok(());
    }
    let mut help = "the roles are Global Administrator, User Administrator and Guest Inviter; `collaboration: { invitations: … }` in the tree says who else may".to_owned();
    let named = delegation::declared(desk, &INVITERS)?;
    if !named.is_empty() && !person.is_guest() {
        let named: Vec<String> = named.iter().map(ToString::to_string).collect();
        help = format!("{help}, and `administrators:` names {}", named.join(", "));
    }
    desk.refuse(
        Refusal::new(
            Ground::NotAllowed,
            format!(
                "{} may not invite: the tenant lets {who} do it",
                person.mail
            ),
        )
        .help(help),
    )
}

/// Refuses unless the acting person may invite somebody as a member.
///
/// # Errors
///
/// A refusal that names the roles.
pub(in crate::governance) fn member_inviter(desk: &Desk<'_>) -> Result<(), Stop> {
    require_users(desk, "invite somebody as a member, only as a guest")
}

/// Returns the person of an address, or refuses: nobody is known by it.
///
/// # Errors
///
/// A refusal that says where to look.
pub(in crate::governance) fn known_user(desk: &Desk<'_>, mail: &Email) -> Result<Person, Stop> {
    match desk.by_mail(mail)? {
        Some(person) => Ok(person),
        None => desk.refuse(
            Refusal::new(Ground::Unknown, format!("nobody is known as {mail}")).help(
                "`guestlist directory list people` shows everybody, `guestlist guest list` the guests",
            ),
        ),
    }
}
