//! People and groups of the directory.

use std::borrow::Cow;
use std::io;

use super::card::Card;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::{DirectoryImport, Group, Person, RequiredTerms};
use crate::render::row::second;
use crate::render::view::count;

/// Returns how somebody stands, in a word or two.
fn standing(person: &Person) -> &'static str {
    if person.deleted_date_time.is_some() {
        "deleted"
    } else if person.account_enabled == Some(false) {
        "blocked"
    } else {
        match person.external_user_state {
            Some("PendingAcceptance") => "pending",
            Some(_) => "accepted",
            None => "",
        }
    }
}

/// Lowers one person.
///
/// # Errors
///
/// Those of the writer.
pub fn person(person: &Person, out: &mut dyn Writer) -> io::Result<()> {
    let instant = |at: Option<jiff::Timestamp>| at.map(second);
    let identities = person.identities.iter();
    let identities: Vec<String> = identities
        .map(|identity| match &identity.tenant {
            Some(tenant) => format!("{} ({tenant})", identity.issuer),
            None => identity.issuer.clone(),
        })
        .collect();
    let attributes = person.attributes.iter();
    let attributes: Vec<String> = attributes
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let terms: Vec<String> = person.terms_of_use.iter().map(accepted).collect();
    let title = format!("{} <{}>", person.display_name, person.mail);
    Card::new(title, standing(person))
        .fact("is", person.kind.to_owned())
        .fact("further addresses", person.other_mails.join(", "))
        .fact("user principal name", person.user_principal_name.clone())
        .fact(
            "since",
            instant(person.external_user_state_change_date_time),
        )
        .fact("signs in by", identities.join(", "))
        .fact("company", person.company_name.clone())
        .fact("manager", person.manager.clone())
        .fact("sponsors", person.sponsors.join(", "))
        .fact("directory roles", person.roles.join(", "))
        .fact("last sign-in", instant(person.last_sign_in_date_time))
        .fact("lifecycle", lifecycle(person.subject_lifecycle).to_owned())
        .fact("deletion", instant(person.delete_at))
        .fact("deleted", instant(person.deleted_date_time))
        .fact("restorable until", instant(person.restorable_until))
        .fact("attributes", attributes.join(", "))
        .fact("terms of use", terms.join(", "))
        .fact("holds", person.holds.join(", "))
        .write(out)
}

/// Says whether terms are accepted.
fn accepted(terms: &RequiredTerms) -> String {
    let name = &terms.display_name;
    let (at, until) = (terms.recorded_date_time, terms.expiration_date_time);
    match (at.map(second), until.map(second)) {
        (None, _) => format!("{name}: to be accepted"),
        (Some(at), _) if terms.is_due => format!("{name}: accepted {at}, to be accepted again"),
        (Some(at), Some(until)) => format!("{name}: accepted {at}, until {until}"),
        (Some(at), None) => format!("{name}: accepted {at}"),
    }
}

fn lifecycle(word: &str) -> &'static str {
    match word {
        "governed" => "governed",
        "notGoverned" => "not governed",
        _ => "",
    }
}

/// Lowers a list of people.
///
/// # Errors
///
/// Those of the writer.
pub fn people(people: &[Person], out: &mut dyn Writer) -> io::Result<()> {
    if !people.is_empty() {
        let rows = people.iter().map(|person| -> Vec<Cow<'_, str>> {
            let last = person.last_sign_in_date_time.map(second);
            vec![
                person.mail.as_str().into(),
                person.display_name.as_str().into(),
                person.kind.into(),
                standing(person).into(),
                lifecycle(person.subject_lifecycle).into(),
                person.sponsors.join(", ").into(),
                last.unwrap_or_default().into(),
            ]
        });
        out.block(&Block::Table(Table {
            columns: &[
                "ADDRESS",
                "NAME",
                "IS",
                "STATE",
                "LIFECYCLE",
                "SPONSORS",
                "LAST SIGN-IN",
            ],
            rows: rows.collect(),
        }))?;
    }
    total(people.len(), "person", "people", out)
}

/// Lowers one group.
///
/// # Errors
///
/// Those of the writer.
pub fn group(group: &Group, out: &mut dyn Writer) -> io::Result<()> {
    let kind = match group.rule {
        Some(_) => "dynamic",
        None => "assigned",
    };
    Card::new(format!("group {}", group.group), kind)
        .fact("mail", group.mail.clone())
        .fact("rule", group.rule.clone())
        .fact("guests", if group.guests { "yes" } else { "no" }.to_owned())
        .fact("owners", group.owners.join(", "))
        .fact("kept by", group.managed.clone())
        .write(out)?;
    if !group.members.is_empty() {
        let rows = group.members.iter().map(|member| -> Vec<Cow<'_, str>> {
            vec![
                member.member.as_str().into(),
                member.role.as_str().into(),
                member.source.into(),
            ]
        });
        out.block(&Block::Table(Table {
            columns: &["MEMBER", "ROLE", "BY"],
            rows: rows.collect(),
        }))?;
    }
    total(group.members.len(), "member", "members", out)
}

/// Lowers a list of groups.
///
/// # Errors
///
/// Those of the writer.
pub fn groups(groups: &[Group], out: &mut dyn Writer) -> io::Result<()> {
    if !groups.is_empty() {
        let rows = groups.iter().map(|group| -> Vec<Cow<'_, str>> {
            vec![
                group.group.as_str().into(),
                group.count.to_string().into(),
                if group.guests { "yes" } else { "no" }.into(),
                group.managed.as_deref().unwrap_or("").into(),
                group.rule.as_deref().unwrap_or("").into(),
            ]
        });
        out.block(&Block::Table(Table {
            columns: &["GROUP", "MEMBERS", "GUESTS", "KEPT BY", "RULE"],
            rows: rows.collect(),
        }))?;
    }
    total(groups.len(), "group", "groups", out)
}

fn total(number: usize, one: &str, many: &str, out: &mut dyn Writer) -> io::Result<()> {
    out.block(&Block::Paragraph(vec![
        Line::new().and(Role::Strong, count(number, one, many)),
    ]))
}

/// Lowers what an import of the directory did.
///
/// # Errors
///
/// Those of the writer.
pub fn directory_imported(done: &DirectoryImport, out: &mut dyn Writer) -> io::Result<()> {
    let DirectoryImport {
        format_version: _,
        added,
        updated,
        left,
        groups,
        members_added,
        members_removed,
        unchanged,
    } = done;
    let number = |n: &u64| usize::try_from(*n).unwrap_or(usize::MAX);
    let facts = [
        (added, "person added", "people added"),
        (updated, "person updated", "people updated"),
        (left, "person has left", "people have left"),
        (groups, "group added or updated", "groups added or updated"),
        (members_added, "membership added", "memberships added"),
        (members_removed, "membership ended", "memberships ended"),
        (unchanged, "row said nothing new", "rows said nothing new"),
    ];
    let lines = facts
        .iter()
        .filter(|(n, _, _)| **n > 0)
        .map(|(n, one, many)| Line::plain(count(number(n), one, many)));
    let mut lines: Vec<Line<'_>> = lines.collect();
    if lines.is_empty() {
        lines.push(Line::plain("The files say nothing."));
    }
    out.block(&Block::Paragraph(lines))
}
