//! Sponsors: who answers for somebody from outside. People and groups, at most five.

use super::right::{known_user, require_users};
use crate::governance::record::{Group, Key, Mark};
use crate::governance::{Activity, Desk, Ground, Refusal, Stop, directory};
use crate::model::text::{Email, Principal};

/// How many sponsors somebody has at most.
pub const MOST_SPONSORS: usize = 5;

pub(super) fn add(desk: &mut Desk<'_>, mail: &Email, sponsor: &Principal) -> Result<(), Stop> {
    require_users(desk, "change sponsors")?;
    let mut person = known_user(desk, mail)?;
    if person.sponsors.contains(sponsor) {
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("{sponsor} is a sponsor of {} already", person.mail),
        ));
    }
    person.sponsors.push(sponsor.clone());
    check(desk, &person.sponsors)?;
    Ok(desk.put(Activity::UpdateSponsors, &person)?)
}

pub(super) fn remove(desk: &mut Desk<'_>, mail: &Email, sponsor: &Principal) -> Result<(), Stop> {
    require_users(desk, "change sponsors")?;
    let mut person = known_user(desk, mail)?;
    let before = person.sponsors.len();
    person.sponsors.retain(|other| other != sponsor);
    if person.sponsors.len() == before {
        let all: Vec<String> = person.sponsors.iter().map(ToString::to_string).collect();
        let help = if all.is_empty() {
            "there is none".to_owned()
        } else {
            format!("the sponsors are {}", all.join(", "))
        };
        return desk.refuse(
            Refusal::new(
                Ground::State,
                format!("{sponsor} is no sponsor of {}", person.mail),
            )
            .help(help),
        );
    }
    Ok(desk.put_because(Activity::UpdateSponsors, &person, "a sponsor less")?)
}

/// Refuses sponsors who are too many, or whom the directory does not know.
///
/// # Errors
///
/// The refusal, and what the store could not tell.
pub(in crate::governance) fn check(desk: &Desk<'_>, sponsors: &[Principal]) -> Result<(), Stop> {
    if sponsors.len() > MOST_SPONSORS {
        return desk.refuse(
            Refusal::new(
                Ground::Limit,
                format!(
                    "{} sponsors, where somebody has at most {MOST_SPONSORS}",
                    sponsors.len()
                ),
            )
            .help("a group counts as one sponsor: `group:<name>`"),
        );
    }
    for sponsor in sponsors {
        if !is_known(desk, sponsor)? {
            return desk.refuse(
                Refusal::new(
                    Ground::Unknown,
                    format!("the sponsor {sponsor} is not in the directory"),
                )
                .help("sponsors are people and groups: `user:<address>`, `group:<name>`"),
            );
        }
    }
    Ok(())
}

/// Returns true for a person with an account, or a group of the directory or of the tree.
pub(super) fn is_known(desk: &Desk<'_>, sponsor: &Principal) -> Result<bool, Stop> {
    Ok(match sponsor {
        Principal::User(mail) => desk
            .by_mail(mail)?
            .is_some_and(|person| person.living().is_some()),
        Principal::Group(name) => {
            let place = directory::group(desk, name)?;
            place.name != name.as_str()
                || !desk.is_none::<Group>(Mark::GroupName, &Key::new().text(&place.name))?
                || !directory::members(desk, &place)?.is_empty()
        }
        Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => false,
    })
}
