//! Guests: who is here from outside, since when, and who answers for them.

use jiff::Timestamp;

use super::partners::Partners;
use super::tally::{Said, groupings};
use super::{Grouping as _, PAGE, Pages, Tally, days, may_report};
use crate::app::AppError;
use crate::app::governance::{Engine, words};
use crate::governance::record::{
    Account, Assignment, Entity as _, ExternalState, Key, Mark, Person, UserType,
};
use crate::governance::{Desk, Scope, Task, Unread};
use crate::model::text::Domain;
use crate::render::json::v1::{GuestRow, Summary};

groupings! {
    /// What guests are counted by.
    GuestsBy {
        /// The organization that they belong to
        Organization => Said::new("organization", "no organization", &["ORGANIZATION", "GUESTS"]),
        /// The domain of their address
        Domain => Said::new("domain", "none", &["DOMAIN", "GUESTS"]),
        /// The company, as the directory has it
        Company => Said::new("company", "not known", &["COMPANY", "GUESTS"]),
        /// Who answers for them
        Sponsor => Said::new("sponsor", "nobody", &["SPONSOR", "GUESTS"]),
        /// The packages that they have
        Package => Said::new("package", "no package", &["PACKAGE", "GUESTS"]),
        /// How long they have been here
        Age => Said::new("age", "not known", &["HERE FOR", "GUESTS"])
            .words("how long they are here")
            .order(OF_SPANS),
        /// How long ago they last signed in
        LastSignIn => BY_LAST_SIGN_IN,
        /// Invited, accepted or blocked
        State => Said::new("state", "none", &["STATE", "GUESTS"]),
        /// Whether the lifecycle of external users applies
        Lifecycle => Said::new("lifecycle", "none", &["LIFECYCLE", "GUESTS"]),
    }
}

/// How long ago guests last signed in.
pub(super) const BY_LAST_SIGN_IN: Said =
    Said::new("lastSignIn", "not known", &["LAST SIGN-IN", "GUESTS"])
        .flag("last-sign-in")
        .words("last sign-in")
        .order(OF_SPANS);

/// The spans of time that guests are counted by, each with the days from which on it begins.
const SPANS: [(&str, u64); 6] = [
    ("2 years and more", 730),
    ("1 to 2 years", 365),
    ("180 to 364 days", 180),
    ("90 to 179 days", 90),
    ("30 to 89 days", 30),
    ("less than 30 days", 0),
];

/// The spans, in their order.
const OF_SPANS: &[&str] = &[
    SPANS[0].0, SPANS[1].0, SPANS[2].0, SPANS[3].0, SPANS[4].0, SPANS[5].0,
];

/// Returns in which span a number of days is.
pub(super) fn span(days: u64) -> &'static str {
    let found = SPANS.iter().find(|(_, from)| days >= *from);
    found.map_or("", |(span, _)| span)
}

/// Everybody from outside with an account here, in order of numbers.
#[derive(Debug)]
pub struct Guests<'e> {
    engine: &'e Engine<'e>,
    by: GuestsBy,
    domain: Option<Domain>,
    partners: Partners,
    after: Option<u64>,
    tally: Tally,
}

impl<'e> Guests<'e> {
    /// Begins a report, on those of one mail domain where one is named.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see everybody from outside, and those of reading.
    pub fn new(
        engine: &'e Engine<'e>,
        by: GuestsBy,
        domain: Option<Domain>,
    ) -> Result<Self, AppError> {
        let organizations = (Task::ManageOrganizations, Scope::Tenant);
        may_report(engine, Some(organizations), "a report on guests")?;
        Ok(Self {
            engine,
            by,
            domain,
            partners: engine.look(Partners::read)?,
            after: Some(0),
            tally: Tally::default(),
        })
    }

    fn groups(
        &self,
        desk: &Desk<'_>,
        guest: &Person,
        row: &GuestRow,
    ) -> Result<Vec<String>, Unread> {
        let one = |group: &str| vec![group.to_owned()];
        Ok(match self.by {
            GuestsBy::Organization => row.organization.iter().cloned().collect(),
            GuestsBy::Domain => one(&row.domain),
            GuestsBy::Company => row.company.iter().cloned().collect(),
            GuestsBy::Sponsor => row.sponsors.clone(),
            GuestsBy::Age => one(span(row.age_days)),
            GuestsBy::LastSignIn => row
                .last_sign_in
                .map(|at| span(days(at, desk.now())).to_owned())
                .into_iter()
                .collect(),
            GuestsBy::State => one(row.state),
            GuestsBy::Lifecycle => one(row.lifecycle),
            GuestsBy::Package => {
                let key = Key::new().person(guest.id());
                let mut names = Vec::new();
                for assignment in desk.find::<Assignment>(Mark::AssignmentPerson, &key)? {
                    let package = desk.object(assignment.package)?;
                    names.extend(package.map(|thing| thing.address.own_name().to_owned()));
                }
                names
            }
        })
    }
}

impl Pages for Guests<'_> {
    type Row = GuestRow;

    fn page(&mut self) -> Result<Option<Vec<GuestRow>>, AppError> {
        let Some(after) = self.after else {
            return Ok(None);
        };
        let this = &*self;
        let (found, last) = this.engine.look(|desk| {
            let (guests, last) = guests(desk, this.domain.as_ref(), after)?;
            let mut found = Vec::new();
            for guest in guests {
                if let Some(row) = row(desk, &guest, &this.partners)? {
                    let groups = this.groups(desk, &guest, &row)?;
                    found.push((row, groups));
                }
            }
            Ok((found, last))
        })?;
        self.after = last;
        let mut rows = Vec::with_capacity(found.len());
        for (row, groups) in found {
            self.tally.add(groups);
            rows.push(row);
        }
        Ok(Some(rows))
    }

    fn summary(&self) -> Summary {
        self.tally.summary(self.by.said().order)
    }
}

/// Returns the next people, all or those of a mail domain, and the number after which to go on.
pub(super) fn guests(
    desk: &Desk<'_>,
    domain: Option<&Domain>,
    after: u64,
) -> Result<(Vec<Person>, Option<u64>), Unread> {
    use crate::governance::organization::people;
    use crate::governance::record::Belonging;
    if let Some(domain) = domain {
        let way = Belonging::Domain(domain.to_string());
        return people(desk, &way, after, PAGE);
    }
    let numbers = desk.world().numbers(Person::KIND, after, PAGE)?;
    let mut guests = Vec::new();
    for number in &numbers {
        guests.extend(desk.get::<Person>(*number)?.filter(is_guest));
    }
    let full = numbers.len() == PAGE;
    Ok((guests, numbers.last().copied().filter(|_| full)))
}

/// Returns true for somebody from outside with an account that is not deleted, and for an internal guest.
pub(super) fn is_guest(person: &Person) -> bool {
    let outside = |account: &Account| account.external || account.user_type == UserType::Guest;
    person.living().is_some_and(outside)
}

/// Returns where a guest stands.
pub(super) fn state(account: &Account) -> &'static str {
    match account.state {
        _ if !account.enabled => "blocked",
        Some(ExternalState::PendingAcceptance) => "pending",
        Some(ExternalState::Accepted) => "accepted",
        None => "present",
    }
}

fn row(desk: &Desk<'_>, guest: &Person, partners: &Partners) -> Result<Option<GuestRow>, Unread> {
    let Some(account) = guest.living().filter(|_| is_guest(guest)) else {
        return Ok(None);
    };
    let now: Timestamp = desk.now();
    let mine = Key::new().person(guest.id());
    Ok(Some(GuestRow {
        number: guest.number,
        mail: guest.mail.to_string(),
        display_name: guest.name.clone(),
        kind: match (account.external, account.user_type) {
            (true, UserType::Guest) => "external guest",
            (true, UserType::Member) => "external member",
            (false, _) => "internal guest",
        },
        organization: partners.find(guest).map(str::to_owned),
        domain: guest.mail.domain().to_owned(),
        company: guest.company.clone(),
        sponsors: guest.sponsors.iter().map(ToString::to_string).collect(),
        state: state(account),
        lifecycle: words::governed(guest.governed),
        created: account.created,
        age_days: days(account.created, now),
        last_sign_in: guest.last_sign_in,
        packages: desk.world().count(Mark::AssignmentPerson, &mine)?,
    }))
}
