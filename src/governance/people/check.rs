//! Whether rows can be taken, all of them together: every problem is found before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use super::cycle::Managers;
use super::row::{GroupRow, MembershipRow, PersonRow, Roster};
use super::sponsor::{self, MOST_SPONSORS};
use crate::governance::record::{Group, Key, Mark, Person, UserType};
use crate::governance::rule::Rule;
use crate::governance::{Desk, Stop, Unread};
use crate::model::text::{Email, Line, Principal};

/// A row that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of problem it is.
    pub what: What,
    /// In which list.
    pub list: List,
    /// Which row of the list, counted from 0.
    pub row: usize,
    /// The field at fault, as files name it.
    pub field: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// A list of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// People.
    People,
    /// Groups.
    Groups,
    /// Memberships.
    Memberships,
}

/// What kind of problem a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Something is said twice, or somebody else has it.
    Taken,
    /// Somebody or something is named and not there.
    Unknown,
    /// People manage each other in a circle.
    Circle,
    /// Too many.
    Limit,
    /// It does not fit what is there.
    State,
}

/// What rows are looked at with: the store, and the rows beside them.
pub(super) struct Faults<'r> {
    list: List,
    row: usize,
    mails: BTreeMap<&'r Email, usize>,
    groups: BTreeMap<String, &'r GroupRow>,
    found: Vec<Fault>,
}

impl Faults<'_> {
    fn push(
        &mut self,
        what: What,
        field: &'static str,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        self.found.push(Fault {
            what,
            list: self.list,
            row: self.row,
            field,
            message: message.into(),
            help: help.map(str::to_owned),
        });
    }
}

/// Finds everything that keeps rows from being taken.
///
/// # Errors
///
/// What the store could not tell.
pub fn check(desk: &Desk<'_>, roster: &Roster) -> Result<Vec<Fault>, Unread> {
    let mut faults = Faults {
        list: List::People,
        row: 0,
        mails: BTreeMap::new(),
        groups: BTreeMap::new(),
        found: Vec::new(),
    };
    for row in &roster.groups {
        faults.groups.insert(key(&row.name), row);
    }
    for (index, row) in roster.people.iter().enumerate() {
        faults.mails.entry(&row.mail).or_insert(index);
    }
    people(desk, &roster.people, &mut faults)?;
    faults.list = List::Groups;
    let mut seen = BTreeSet::new();
    for (index, row) in roster.groups.iter().enumerate() {
        faults.row = index;
        if !seen.insert(key(&row.name)) {
            faults.push(
                What::Taken,
                "group",
                format!("the group `{}` stands twice", row.name),
                Some("keep one row"),
            );
        }
        group(desk, row, &mut faults)?;
    }
    faults.list = List::Memberships;
    let mut seen = BTreeSet::new();
    for (index, row) in roster.memberships.iter().enumerate() {
        faults.row = index;
        if !seen.insert((key(&row.group), &row.member, &row.role)) {
            faults.push(
                What::Taken,
                "member",
                format!("{} stands twice in `{}`", row.member, row.group),
                Some("keep one row"),
            );
        }
        let person = faults.mails.get(&row.member).map(|at| &roster.people[*at]);
        membership(desk, row, person, &mut faults)?;
    }
    Ok(faults.found)
}

/// Returns the name under which a group is found.
pub(super) fn key(name: &Line) -> String {
    name.as_str().to_lowercase()
}

fn people(desk: &Desk<'_>, rows: &[PersonRow], faults: &mut Faults<'_>) -> Result<(), Unread> {
    let managers = Managers::of(rows);
    let mut fine = BTreeSet::new();
    let (mut mails, mut upns) = (BTreeMap::new(), BTreeMap::new());
    for (index, row) in rows.iter().enumerate() {
        faults.row = index;
        let others = row.other_mails.iter().flatten();
        for (at, mail) in std::iter::once(&row.mail).chain(others).enumerate() {
            let field = if at == 0 { "mail" } else { "otherMails" };
            if let Some(first) = mails.insert(mail, index) {
                let whose = if first == index {
                    "twice in one row"
                } else {
                    "twice"
                };
                faults.push(
                    What::Taken,
                    field,
                    format!("{mail} stands {whose}"),
                    Some("an address belongs to one person: keep one row"),
                );
            }
        }
        if let Some(upn) = &row.upn
            && upns.insert(upn.to_lowercase(), index).is_some()
        {
            faults.push(
                What::Taken,
                "userPrincipalName",
                format!("the user principal name `{upn}` stands twice"),
                None,
            );
        }
        person(desk, row, faults)?;
        if let Some(Some(manager)) = &row.manager {
            let known = faults.mails.contains_key(manager)
                || desk
                    .by_mail(manager)?
                    .is_some_and(|person| person.living().is_some());
            if !known {
                faults.push(
                    What::Unknown,
                    "manager",
                    format!("the manager {manager} is not in the directory, nor in these files"),
                    Some("import the manager as well, or leave the field empty"),
                );
            } else if let Some(circle) = managers.circle(desk, &row.mail, &mut fine)? {
                let circle: Vec<&str> = circle.iter().map(Email::as_str).collect();
                faults.push(
                    What::Circle,
                    "manager",
                    format!(
                        "people manage each other in a circle: {}",
                        circle.join(" → ")
                    ),
                    Some("give one of them another manager, or none"),
                );
            }
        }
    }
    Ok(())
}

/// Finds what keeps a person's row from being taken, whatever the other rows are.
pub(super) fn person(
    desk: &Desk<'_>,
    row: &PersonRow,
    faults: &mut Faults<'_>,
) -> Result<(), Unread> {
    let known = desk.by_mail(&row.mail)?;
    let number = known.as_ref().map(|person| person.number);
    if known.is_none() && row.name.is_none() {
        faults.push(
            What::State,
            "displayName",
            format!("{} is new, and has no name", row.mail),
            Some("fill `displayName`"),
        );
    }
    for mail in row.other_mails.iter().flatten() {
        if let Some(other) = desk.by_mail(mail)?
            && Some(other.number) != number
        {
            faults.push(
                What::Taken,
                "otherMails",
                format!("{mail} belongs to {} already", other.mail),
                None,
            );
        }
    }
    let group = Key::new().text(row.mail.as_str());
    if let Some(group) = desk.first::<Group>(Mark::GroupMail, &group)? {
        faults.push(
            What::Taken,
            "mail",
            format!("{} is the address of the group `{}`", row.mail, group.name),
            None,
        );
    }
    if let Some(upn) = &row.upn
        && let Some(other) = desk.first::<Person>(Mark::PersonUpn, &Key::new().text(upn))?
        && Some(other.number) != number
    {
        faults.push(
            What::Taken,
            "userPrincipalName",
            format!(
                "the user principal name `{upn}` belongs to {} already",
                other.mail
            ),
            None,
        );
    }
    if let Some(account) = known.as_ref().and_then(|person| person.account.as_ref())
        && account.deleted.is_some()
        && account.external
    {
        faults.push(
            What::State,
            "mail",
            format!("{} was deleted here", row.mail),
            Some("`guestlist guest restore` brings the account back; otherwise leave the row out"),
        );
    }
    let sponsors = row.sponsors.iter().flatten();
    let count = sponsors.clone().count();
    if count > MOST_SPONSORS {
        faults.push(
            What::Limit,
            "sponsors",
            format!("{count} sponsors, where somebody has at most {MOST_SPONSORS}"),
            Some("a group counts as one sponsor: `group:<name>`"),
        );
    }
    for sponsor in sponsors.filter(|_| count <= MOST_SPONSORS) {
        let here = match sponsor {
            Principal::User(mail) => faults.mails.contains_key(mail),
            Principal::Group(name) => faults.groups.contains_key(&key(name)),
            _ => false,
        };
        if !here && !known_sponsor(desk, sponsor)? {
            faults.push(
                What::Unknown,
                "sponsors",
                format!("the sponsor {sponsor} is not in the directory, nor in these files"),
                Some(
                    "import the sponsor as well; sponsors are `user:<address>` and `group:<name>`",
                ),
            );
        }
    }
    Ok(())
}

fn known_sponsor(desk: &Desk<'_>, sponsor: &Principal) -> Result<bool, Unread> {
    match sponsor::is_known(desk, sponsor) {
        Ok(known) => Ok(known),
        Err(Stop::Unread(unread)) => Err(unread),
        Err(Stop::Refused(_)) => Ok(false),
    }
}

fn group(desk: &Desk<'_>, row: &GroupRow, faults: &mut Faults<'_>) -> Result<(), Unread> {
    let known = desk.first::<Group>(Mark::GroupName, &Key::new().text(row.name.as_str()))?;
    if let Some(known) = &known
        && known.managed.is_some()
        && (row.rule.as_ref().is_some_and(|rule| *rule != known.rule)
            || row.guests.is_some_and(|guests| guests != known.guests))
    {
        faults.push(
            What::State,
            "group",
            format!("the group `{}` is kept by the tree", known.name),
            Some("leave `rule` and `guests` out: the tree declares them"),
        );
    }
    if let Some(Some(rule)) = &row.rule
        && let Err(problem) = Rule::parse(rule)
    {
        let message = format!("the rule cannot be read: {problem}");
        faults.push(What::State, "rule", message, None);
    }
    if let Some(Some(mail)) = &row.mail {
        if let Some(person) = desk.by_mail(mail)? {
            faults.push(
                What::Taken,
                "mail",
                format!("{mail} is the address of {}", person.name),
                None,
            );
        }
        let other = desk.first::<Group>(Mark::GroupMail, &Key::new().text(mail.as_str()))?;
        if let Some(other) = other
            && known
                .as_ref()
                .is_none_or(|known| known.number != other.number)
        {
            faults.push(
                What::Taken,
                "mail",
                format!("{mail} is the address of the group `{}`", other.name),
                None,
            );
        }
    }
    for owner in row.owners.iter().flatten() {
        if !faults.mails.contains_key(owner) && desk.by_mail(owner)?.is_none() {
            faults.push(
                What::Unknown,
                "owners",
                format!("the owner {owner} is not in the directory, nor in these files"),
                Some("import the owner as well"),
            );
        }
    }
    Ok(())
}

fn membership(
    desk: &Desk<'_>,
    row: &MembershipRow,
    person: Option<&PersonRow>,
    faults: &mut Faults<'_>,
) -> Result<(), Unread> {
    let known = desk.first::<Group>(Mark::GroupName, &Key::new().text(row.group.as_str()))?;
    let said = faults.groups.get(&key(&row.group)).copied();
    if known.is_none() && said.is_none() {
        faults.push(
            What::Unknown,
            "group",
            format!(
                "the group `{}` is not in the directory, nor in these files",
                row.group
            ),
            Some("import the group as well: `group,rule,guests,owners`"),
        );
    }
    let rule = match said.and_then(|said| said.rule.as_ref()) {
        Some(rule) => rule.is_some(),
        None => known.as_ref().is_some_and(|group| group.rule.is_some()),
    };
    if rule {
        faults.push(
            What::State,
            "group",
            format!("members of `{}` follow from its rule", row.group),
            Some("leave the row out, or take the rule away from the group"),
        );
    }
    let member = desk.by_mail(&row.member)?;
    if member.is_none() && person.is_none() {
        faults.push(
            What::Unknown,
            "member",
            format!("{} is not in the directory, nor in these files", row.member),
            Some("import the person as well"),
        );
    }
    let guests = said
        .and_then(|said| said.guests)
        .unwrap_or_else(|| known.is_none_or(|group| group.guests));
    let guest = match person.and_then(|person| person.user_type) {
        Some(user_type) => user_type == UserType::Guest,
        None => member.is_some_and(|member| member.is_guest()),
    };
    if guest && !guests {
        faults.push(
            What::State,
            "member",
            format!("{} is a guest, and `{}` takes none", row.member, row.group),
            Some("let the group take guests, or leave the row out"),
        );
    }
    Ok(())
}
