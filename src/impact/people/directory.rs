//! Whom lists name by address and the directory has: what is true of them is no guess then. Only a store knows of them.
//!
//! Of such a person the plan is decided by what they are to the directory when it is made, a member or a guest, and by how they
//! sign in; of what a plan may change, the organization that they prove by that, each side has its own. What happens without a
//! plan counts for nothing until it has happened: a guest who is made a member, is deleted, or is invited from another
//! organization. But whoever was invited and has not signed in yet may do so in every way that there is; and who is in which
//! group and holds which package, and what rules look at, stays open of everybody, since that changes every day.
//!
//! An address that the directory does not have, or whose account was deleted, may become anybody's: all that somebody of its
//! domain may be is decided, as it is for every address where no store is asked.

use std::collections::{BTreeMap, BTreeSet};

use super::class::Account;
use crate::governance::record::{Entity, ExternalState, Identity, Key, Mark, Person};
use crate::governance::{Range, Unread, World};
use crate::impact::estate::{Estate, Traits};
use crate::impact::offer::Offer;
use crate::model::kinds::policy::Requestors;
use crate::model::text::{Domain, Email, Principal};

/// What is known of somebody who is in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Living<'t> {
    /// They sign in as they do: what each side sees in them.
    Seen(Vec<Traits<'t>>),
    /// They have not signed in so far, and may do so in every way that there is, with an address of this domain: their own,
    /// whichever of their addresses a list names.
    Invited(Account, Domain),
}

/// Whom the directory has of those whom lists name, by address: whoever is left out is not there. A further address may be that
/// of several people.
#[derive(Debug, Default)]
pub(in crate::impact) struct Directory<'t> {
    people: BTreeMap<Email, Vec<Living<'t>>>,
    /// By address: the others by which lists name everybody who has it.
    also: BTreeMap<Email, BTreeSet<Email>>,
}

impl<'t> Directory<'t> {
    /// Finds whom policies of some packages name.
    pub(super) fn of<'o>(
        world: &dyn World,
        estates: [&Estate<'t>; 2],
        offers: impl IntoIterator<Item = &'o Offer<'t>>,
    ) -> Result<Self, Unread>
    where
        't: 'o,
    {
        let mut mails: BTreeSet<&'t Email> = BTreeSet::new();
        for (_, policy) in offers.into_iter().flat_map(|offer| &offer.policies) {
            if let Requestors::People(people) = &policy.requestors {
                mails.extend(people.iter().filter_map(|principal| match principal {
                    Principal::User(mail) => Some(mail),
                    _ => None,
                }));
            }
        }
        let mut found = Self::default();
        for mail in &mails {
            let mut people = Vec::new();
            let mut also: Option<BTreeSet<Email>> = None;
            let range = Range::of(Mark::PersonMail, Key::new().text(mail.as_str()));
            for (_, id) in world.marked(&range)? {
                let Some(person) = world.record(id)?.and_then(Person::from_record) else {
                    continue;
                };
                let Some(seen) = living(&person, estates) else {
                    continue;
                };
                people.push(seen);
                let theirs = std::iter::once(&person.mail).chain(&person.other_mails);
                let theirs = theirs
                    .filter(|it| it != mail && mails.contains(it))
                    .cloned();
                let theirs: BTreeSet<Email> = theirs.collect();
                also = Some(match also {
                    Some(also) => &also & &theirs,
                    None => theirs,
                });
            }
            if let Some(also) = also {
                let _ = found.people.insert((*mail).clone(), people);
                let _ = found.also.insert((*mail).clone(), also);
            }
        }
        Ok(found)
    }

    /// Returns the people of an address; none where nobody in the directory has it.
    pub(super) fn people(&self, mail: &Email) -> &[Living<'t>] {
        self.people.get(mail).map_or(&[], Vec::as_slice)
    }

    /// Returns the other addresses by which lists name everybody who has one.
    pub(super) fn also<'d>(
        &'d self,
        mail: &Email,
    ) -> impl Iterator<Item = &'d Email> + use<'d, 't> {
        self.also.get(mail).into_iter().flatten()
    }
}

/// Returns what is known of somebody; nothing of whoever is not in the directory, or was deleted from it.
fn living<'t>(person: &Person, estates: [&Estate<'t>; 2]) -> Option<Living<'t>> {
    let account = person.living()?;
    let has_signed_in = account.state != Some(ExternalState::PendingAcceptance)
        && person.identities.iter().any(|it| *it != Identity::Own);
    if account.external && !has_signed_in {
        let account = match person.is_member() {
            true => Account::ExternalMember,
            false => Account::Guest,
        };
        let domain = Domain::parse(person.mail.domain()).ok();
        return domain.map(|domain| Living::Invited(account, domain));
    }
    let traits = estates.map(|estate| estate.person(person));
    Some(Living::Seen(traits.into()))
}
