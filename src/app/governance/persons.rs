//! People, groups and invitations as reports, and the lists of them.

use std::collections::BTreeSet;

use super::{Engine, cards, unseen, words};
use crate::app::AppError;
use crate::governance::people::Required;
use crate::governance::record::{
    Account, Creation, Group, Hold, Invitation, Key, Mark, Person, PersonId, Place, RecordKind,
    UserType,
};
use crate::governance::{Desk, Ground, Range, Refusal, Sight, Unread, may_see, people};
use crate::model::text::{Domain, Email, Principal};
use crate::render::json::v1;

/// How many records are read at once when all of a kind are listed.
const PAGE: usize = 500;

/// Returns what somebody is here: external and guest are independent of each other.
fn kind(account: Option<&Account>) -> &'static str {
    match account {
        None => "applicant",
        Some(account) => match (account.external, account.user_type) {
            (true, UserType::Guest) => "external guest",
            (true, UserType::Member) => "external member",
            (false, UserType::Guest) => "internal guest",
            (false, UserType::Member) => "internal member",
        },
    }
}

/// Returns a person as a report, without what they hold.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn person(desk: &Desk<'_>, person: &Person) -> Result<v1::Person, Unread> {
    let own = desk.moment.tenant.domains.first();
    let own = own.map_or("", Domain::as_str);
    let account = person.account.as_ref();
    let creation = account.map(|account| account.creation);
    let deleted = account.and_then(|account| account.deleted);
    Ok(v1::Person {
        number: person.number,
        mail: person.mail.to_string(),
        other_mails: person.other_mails.iter().map(ToString::to_string).collect(),
        display_name: person.name.clone(),
        kind: kind(account),
        user_principal_name: account.map(|account| account.upn.clone()),
        user_type: account.map(|account| words::user_type(account.user_type)),
        external_user_state: account.and_then(|account| account.state).map(words::state),
        external_user_state_change_date_time: account.and_then(|account| account.state_changed),
        created_date_time: account.map(|account| account.created),
        creation_type: creation
            .filter(|creation| *creation != Creation::Ordinary)
            .map(words::creation),
        identities: person
            .identities
            .iter()
            .map(|identity| {
                let (issuer, tenant) = words::issuer(identity, own);
                v1::Identity { issuer, tenant }
            })
            .collect(),
        account_enabled: account.map(|account| account.enabled),
        deleted_date_time: deleted,
        restorable_until: person.restorable_until(),
        company_name: person.company.clone(),
        manager: match person.manager {
            Some(manager) => Some(cards::mail(desk, manager)?),
            None => None,
        },
        sponsors: person.sponsors.iter().map(ToString::to_string).collect(),
        roles: account.map_or_else(Vec::new, |account| {
            account
                .roles
                .iter()
                .map(|role| words::role(*role))
                .collect()
        }),
        last_sign_in_date_time: person.last_sign_in,
        subject_lifecycle: words::governed(person.governed),
        delete_at: person.wait.as_ref().and_then(|wait| wait.delete_at),
        attributes: person.attributes.clone(),
        terms_of_use: terms(desk, person)?.iter().map(required).collect(),
        holds: Vec::new(),
    })
}

fn required(required: &Required) -> v1::RequiredTerms {
    let Required {
        terms,
        accepted,
        until,
        is_due,
    } = required;
    let shown = terms.terms();
    v1::RequiredTerms {
        terms: terms.address.to_string(),
        display_name: shown.map_or_else(String::new, |shown| shown.display_name.to_string()),
        version: shown.map_or_else(String::new, |shown| shown.version.to_string()),
        accepted_version: accepted.as_ref().map(|accepted| accepted.version.clone()),
        recorded_date_time: accepted.as_ref().map(|accepted| accepted.at),
        expiration_date_time: *until,
        is_due: *is_due,
    }
}

/// Returns the terms of use that are required of somebody who is here.
fn terms(desk: &Desk<'_>, person: &Person) -> Result<Vec<Required>, Unread> {
    match person.living() {
        Some(_) => people::terms(desk, person, &person.identities),
        None => Ok(Vec::new()),
    }
}

/// Returns a person as a report, with what they hold.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn whole_person(desk: &Desk<'_>, shown: &Person) -> Result<v1::Person, Unread> {
    let mut report = person(desk, shown)?;
    let key = Key::new().person(shown.id());
    let holds = desk.find::<Hold>(Mark::HoldPerson, &key)?;
    let holds = holds.iter().map(|hold| {
        let place = &hold.place;
        format!("{} {}: {}", place.origin.key(), place.name, hold.role)
    });
    report.holds = holds.collect();
    report.holds.sort();
    Ok(report)
}

/// Returns a group as a report; with its members where one group is shown.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn group(desk: &Desk<'_>, group: &Group, whole: bool) -> Result<v1::Group, Unread> {
    let key = Place::group(&group.name).key();
    let mut members = Vec::new();
    let mut owners = Vec::new();
    for owner in &group.owners {
        owners.push(cards::mail(desk, *owner)?);
    }
    let count = desk.world().count(Mark::HoldPlace, &key)?;
    if whole {
        for hold in desk.find::<Hold>(Mark::HoldPlace, &key)? {
            members.push(v1::Member {
                member: cards::mail(desk, hold.person)?,
                role: hold.role,
                source: words::source(hold.source),
            });
        }
        members.sort_by(|one, other| (&one.member, &one.role).cmp(&(&other.member, &other.role)));
    }
    Ok(v1::Group {
        group: group.name.clone(),
        mail: group.mail.as_ref().map(ToString::to_string),
        rule: group.rule.clone(),
        guests: group.guests,
        owners,
        managed: match group.managed {
            Some(id) => cards::address(desk, id)?,
            None => None,
        },
        count,
        members,
    })
}

/// Returns an invitation as a report.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn invitation(desk: &Desk<'_>, invitation: &Invitation) -> Result<v1::Invitation, Unread> {
    Ok(v1::Invitation {
        number: invitation.number,
        invited_user_email_address: invitation.mail.to_string(),
        person: invitation.person.0,
        invited_user_type: words::user_type(invitation.user_type),
        status: words::invitation(invitation.state),
        invited_by: match invitation.by {
            Some(by) => Some(cards::mail(desk, by)?),
            None => None,
        },
        sent: invitation.at,
        send_invitation_message: invitation.mailed,
        copy_to: invitation.copy_to.as_ref().map(ToString::to_string),
        invite_redirect_url: invitation.redirect.clone(),
        invite_redeem_url: None,
    })
}

/// Which people are listed.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Only guests and external members.
    pub outside: bool,
    /// Only those of a mail domain.
    pub domain: Option<Domain>,
    /// Only those with this sponsor.
    pub sponsor: Option<Principal>,
    /// Only those in this state.
    pub standing: Option<Standing>,
    /// Only those whom the lifecycle of external users does not reach.
    pub ungoverned: bool,
    /// Only those who have terms of use to accept.
    pub terms_due: bool,
}

/// A state that people are listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Invited, not yet redeemed.
    Pending,
    /// Redeemed.
    Accepted,
    /// Blocked from sign-in.
    Blocked,
    /// Deleted, and can be restored.
    Deleted,
}

impl Chosen {
    fn takes(&self, desk: &Desk<'_>, person: &Person) -> Result<bool, Unread> {
        if !self.fits(person) || !self.terms_due {
            return Ok(self.fits(person));
        }
        let terms = terms(desk, person)?;
        Ok(terms.iter().any(|required| required.is_due))
    }

    fn fits(&self, person: &Person) -> bool {
        use crate::governance::record::{ExternalState, Governed};
        let account = person.account.as_ref();
        let outside =
            account.is_some_and(|account| account.external || account.user_type == UserType::Guest);
        let standing = self.standing.is_none_or(|standing| {
            account.is_some_and(|account| match standing {
                Standing::Deleted => account.deleted.is_some(),
                _ if account.deleted.is_some() => false,
                Standing::Blocked => !account.enabled,
                Standing::Pending => account.state == Some(ExternalState::PendingAcceptance),
                Standing::Accepted => account.state == Some(ExternalState::Accepted),
            })
        });
        let domain = self.domain.as_ref();
        let sponsor = self.sponsor.as_ref();
        standing
            && (outside || !self.outside)
            && (!self.ungoverned || person.governed != Governed::Governed)
            && domain.is_none_or(|domain| person.mail.domain() == domain.as_str())
            && sponsor.is_none_or(|sponsor| person.sponsors.contains(sponsor))
    }
}

impl Engine<'_> {
    /// Returns the initial domain of our own tenant; empty for none.
    pub(super) fn own_domain(&self) -> Result<String, AppError> {
        self.look(|desk| {
            let own = desk.moment.tenant.domains.first();
            Ok(own.map(ToString::to_string).unwrap_or_default())
        })
    }

    /// Returns the numbers of all records of a kind, page by page.
    fn each(
        &self,
        kind: RecordKind,
        see: &mut dyn FnMut(&[u64]) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let mut after = 0;
        loop {
            let numbers = self.look(|desk| desk.world().numbers(kind, after, PAGE))?;
            let Some(last) = numbers.last() else {
                return Ok(());
            };
            after = *last;
            see(&numbers)?;
        }
    }

    /// Lists people whom the acting person may see.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn people(&self, chosen: &Chosen) -> Result<Vec<v1::Person>, AppError> {
        let marked = match (&chosen.domain, &chosen.sponsor) {
            (Some(domain), _) => Some((Mark::PersonDomain, Key::new().text(domain.as_str()))),
            (None, Some(sponsor)) => {
                Some((Mark::PersonSponsor, Key::new().text(&sponsor.to_string())))
            }
            (None, None) => None,
        };
        let mut listed = Vec::new();
        if let Some((mark, key)) = marked {
            listed = self.look(|desk| {
                let mut listed = Vec::new();
                for found in desk.find::<Person>(mark, &key)? {
                    if chosen.takes(desk, &found)? && may_see(desk, Sight::Person(&found))? {
                        listed.push(person(desk, &found)?);
                    }
                }
                Ok(listed)
            })?;
        } else {
            self.each(RecordKind::Person, &mut |numbers| {
                listed.extend(self.look(|desk| {
                    let mut page = Vec::new();
                    for number in numbers {
                        let found = desk.get::<Person>(*number)?;
                        if let Some(found) = found
                            && chosen.takes(desk, &found)?
                            && may_see(desk, Sight::Person(&found))?
                        {
                            page.push(person(desk, &found)?);
                        }
                    }
                    Ok(page)
                })?);
                Ok(())
            })?;
        }
        listed.sort_by_key(|person| person.number);
        Ok(listed)
    }

    /// Lists groups that the acting person may see, by name.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn groups(&self) -> Result<Vec<v1::Group>, AppError> {
        self.look(|desk| {
            let mut listed = Vec::new();
            for one in desk.some::<Group>(&Range::of(Mark::GroupName, Key::new()))? {
                if may_see(desk, Sight::Group(&one))? {
                    listed.push(group(desk, &one, false)?);
                }
            }
            Ok(listed)
        })
    }

    /// Returns one person by an address, to whoever has changed them.
    ///
    /// # Errors
    ///
    /// A refusal when nobody is known by it, and those of reading.
    pub fn show_person(&self, mail: &Email) -> Result<v1::Person, AppError> {
        self.ask(|desk| match desk.by_mail(mail)? {
            Some(found) => Ok(whole_person(desk, &found)?),
            None => desk.refuse(unseen(mail)),
        })
    }

    /// Shows one person by an address, if the acting person may see them.
    ///
    /// # Errors
    ///
    /// The same refusal when nobody is known by it and for who may not see them, and those of reading.
    pub fn see_person(&self, mail: &Email) -> Result<v1::Person, AppError> {
        self.ask(|desk| match desk.by_mail(mail)? {
            Some(found) if may_see(desk, Sight::Person(&found))? => Ok(whole_person(desk, &found)?),
            _ => desk.refuse(unseen(mail)),
        })
    }

    /// Shows one group by its name, if the acting person may see it.
    ///
    /// # Errors
    ///
    /// The same refusal when there is none of the name and for who may not see it, and those of reading.
    pub fn show_group(&self, name: &str) -> Result<v1::Group, AppError> {
        self.ask(
            |desk| match desk.first::<Group>(Mark::GroupName, &Key::new().text(name))? {
                Some(found) if may_see(desk, Sight::Group(&found))? => {
                    Ok(group(desk, &found, true)?)
                }
                _ => desk.refuse(
                    Refusal::new(Ground::Unknown, format!("there is no group `{name}`"))
                        .help("`guestlist directory list groups` shows those that you may see"),
                ),
            },
        )
    }

    /// Shows one invitation, if the acting person may see it.
    ///
    /// # Errors
    ///
    /// The same refusal when there is none of the number and for who may not see it, and those of reading.
    pub fn show_invitation(&self, number: u64) -> Result<v1::Invitation, AppError> {
        self.ask(|desk| match desk.get::<Invitation>(number)? {
            Some(found) if may_see(desk, Sight::Invitation(&found))? => {
                Ok(invitation(desk, &found)?)
            }
            _ => desk.refuse(
                Refusal::new(Ground::Unknown, format!("there is no invitation {number}"))
                    .help("`guestlist invitation list` shows those that you may see"),
            ),
        })
    }

    /// Lists invitations that the acting person may see, in the order in which they were sent; those of one address, where
    /// one is named.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn invitations(&self, mail: Option<&Email>) -> Result<Vec<v1::Invitation>, AppError> {
        if let Some(mail) = mail {
            let key = Key::new().text(mail.as_str());
            return self.look(|desk| {
                let found = desk.find::<Invitation>(Mark::InvitationMail, &key)?;
                let mut listed = Vec::new();
                for one in &found {
                    if may_see(desk, Sight::Invitation(one))? {
                        listed.push(invitation(desk, one)?);
                    }
                }
                Ok(listed)
            });
        }
        let mut listed = Vec::new();
        self.each(RecordKind::Invitation, &mut |numbers| {
            listed.extend(self.look(|desk| {
                let mut page = Vec::new();
                for number in numbers {
                    if let Some(one) = desk.get::<Invitation>(*number)?
                        && may_see(desk, Sight::Invitation(&one))?
                    {
                        page.push(invitation(desk, &one)?);
                    }
                }
                Ok(page)
            })?);
            Ok(())
        })?;
        Ok(listed)
    }

    /// Returns the people of our own whom a list does not name and who have not left yet; and how many own people there are.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub(super) fn missing(
        &self,
        named: &BTreeSet<Email>,
    ) -> Result<(Vec<PersonId>, usize), AppError> {
        let (mut missing, mut all) = (Vec::new(), 0);
        self.each(RecordKind::Person, &mut |numbers| {
            let own =
                self.look(|desk| {
                    let mut page = Vec::new();
                    for number in numbers {
                        let person = desk.get::<Person>(*number)?;
                        page.extend(person.filter(|person| {
                            person.living().is_some_and(|account| !account.external)
                        }));
                    }
                    Ok(page)
                })?;
            all += own.len();
            let gone = own.iter().filter(|person| !named.contains(&person.mail));
            missing.extend(gone.map(Person::id));
            Ok(())
        })?;
        Ok((missing, all))
    }
}
