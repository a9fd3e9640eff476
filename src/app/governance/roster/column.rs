//! Columns: what a cell means.

use jiff::Timestamp;

use super::super::words;
use super::{Raw, RawCell};
use crate::diag::{Code, Diagnostic, Diagnostics, code};
use crate::governance::people::{ATTRIBUTES, GroupRow, List, MembershipRow, PersonRow, Roster};
use crate::model::text::{Email, Line, Malformed, Principal};
use crate::source::SourceFile;

/// The first line of a short list of people.
pub(super) const PEOPLE: &str = "mail,displayName,manager,department";

/// The columns of people that have a meaning of their own.
const PERSON: &[&str] = &[
    "mail",
    "displayName",
    "otherMails",
    "userPrincipalName",
    "userType",
    "external",
    "creationType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "createdDateTime",
    "identities",
    "accountEnabled",
    "companyName",
    "manager",
    "sponsors",
    "roles",
    "lastSignInDateTime",
    "subjectLifecycle",
];

/// The columns of groups.
const GROUP: &[&str] = &["group", "mail", "rule", "guests", "owners"];

/// The columns of memberships.
const MEMBERSHIP: &[&str] = &["group", "member", "role"];

/// Returns the columns of a list.
pub(super) fn of(list: List) -> Vec<&'static str> {
    match list {
        List::People => PERSON.iter().chain(ATTRIBUTES).copied().collect(),
        List::Groups => GROUP.to_vec(),
        List::Memberships => MEMBERSHIP.to_vec(),
    }
}

/// Returns the columns that a list cannot do without.
pub(super) const fn needed(list: List) -> &'static [&'static str] {
    match list {
        List::People => &["mail"],
        List::Groups => &["group"],
        List::Memberships => &["group", "member"],
    }
}

/// The cells of one row, being read.
struct Cells<'r, 'o> {
    raw: &'r Raw,
    file: &'r SourceFile,
    out: &'o mut Diagnostics,
    sound: bool,
}

/// Adds a row to a roster; returns false when something in it cannot be read.
pub(super) fn decode(
    raw: &Raw,
    files: &[SourceFile],
    roster: &mut Roster,
    out: &mut Diagnostics,
) -> bool {
    let Some(file) = files.get(raw.file) else {
        return false;
    };
    let mut cells = Cells {
        raw,
        file,
        out,
        sound: true,
    };
    match raw.list {
        List::People => {
            if let Some(row) = cells.person().filter(|_| cells.sound) {
                roster.people.push(row);
                return true;
            }
        }
        List::Groups => {
            if let Some(row) = cells.group().filter(|_| cells.sound) {
                roster.groups.push(row);
                return true;
            }
        }
        List::Memberships => {
            if let Some(row) = cells.membership().filter(|_| cells.sound) {
                roster.memberships.push(row);
                return true;
            }
        }
    }
    false
}

impl<'r> Cells<'r, '_> {
    fn cell(&self, column: &str) -> Option<&'r RawCell> {
        self.raw.cells.iter().find(|cell| cell.column == column)
    }

    fn problem(&mut self, cell: &RawCell, code: Code, problem: Malformed) {
        self.sound = false;
        self.out.push(
            Diagnostic::error(code, format!("`{}`: {}", cell.column, problem.message))
                .at(self.file.place(cell.start, cell.end))
                .help_opt(problem.help),
        );
    }

    /// Returns what a cell says; `None` for no such column, `Some(None)` for an empty cell.
    fn said<T>(
        &mut self,
        column: &str,
        read: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Option<Option<T>> {
        let cell = self.cell(column)?;
        if cell.text.is_empty() {
            return Some(None);
        }
        match read(&cell.text) {
            Ok(value) => Some(Some(value)),
            Err(problem) => {
                self.problem(cell, code::BAD_FORMAT, problem);
                None
            }
        }
    }

    /// Returns what a cell says; `None` for no such column and for an empty cell.
    fn given<T>(&mut self, column: &str, read: impl Fn(&str) -> Result<T, Malformed>) -> Option<T> {
        self.said(column, read).flatten()
    }

    /// Returns what a cell must say.
    fn must<T>(&mut self, column: &str, read: impl Fn(&str) -> Result<T, Malformed>) -> Option<T> {
        let value = self.said(column, read)?;
        if value.is_none()
            && let Some(cell) = self.cell(column)
        {
            let problem = Malformed::new("the cell is empty").help("fill it, or delete the row");
            self.problem(cell, code::MISSING_KEY, problem);
        }
        value
    }

    /// Returns the items of a cell, between semicolons.
    fn items<T>(
        &mut self,
        column: &str,
        read: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Option<Vec<T>> {
        let all = self.said(column, |text| {
            let items = text.split(';').map(str::trim);
            items
                .filter(|item| !item.is_empty())
                .map(&read)
                .collect::<Result<Vec<T>, _>>()
        })?;
        Some(all.unwrap_or_default())
    }

    fn person(&mut self) -> Option<PersonRow> {
        let line = |text: &str| Line::parse(text).map(|line| line.to_string());
        let mail = self.must("mail", Email::parse);
        let mut row = PersonRow {
            name: self.given("displayName", line),
            other_mails: self.items("otherMails", Email::parse),
            upn: self.given("userPrincipalName", line),
            user_type: self.given("userType", words::read_user_type),
            external: self.given("external", truth),
            creation: self.given("creationType", words::read_creation),
            state: self.said("externalUserState", words::read_state),
            state_changed: self.said("externalUserStateChangeDateTime", instant),
            created: self.given("createdDateTime", instant),
            identities: self.items("identities", words::read_identity),
            enabled: self.given("accountEnabled", truth),
            company: self.said("companyName", line),
            manager: self.said("manager", Email::parse),
            sponsors: self.items("sponsors", sponsor),
            roles: self.items("roles", words::read_role),
            last_sign_in: self.given("lastSignInDateTime", instant),
            governed: self.given("subjectLifecycle", words::read_governed),
            ..PersonRow::new(mail?)
        };
        for attribute in ATTRIBUTES {
            if let Some(value) = self.said(attribute, line) {
                row.attributes.insert((*attribute).to_owned(), value);
            }
        }
        Some(row)
    }

    fn group(&mut self) -> Option<GroupRow> {
        let text = |text: &str| {
            let bounded = text.chars().count() <= 3072;
            bounded
                .then(|| text.to_owned())
                .ok_or_else(|| Malformed::new("a rule has at most 3,072 characters"))
        };
        let name = self.must("group", Line::parse);
        Some(GroupRow {
            mail: self.said("mail", Email::parse),
            rule: self.said("rule", text),
            guests: self.given("guests", truth),
            owners: self.items("owners", Email::parse),
            name: name?,
        })
    }

    fn membership(&mut self) -> Option<MembershipRow> {
        let group = self.must("group", Line::parse);
        let member = self.must("member", Email::parse);
        let role = self.given("role", |text| match text {
            "Member" | "Owner" => Ok(text.to_owned()),
            _ => Err(Malformed::new("not a role of a group").help("write `Member` or `Owner`")),
        });
        Some(MembershipRow {
            group: group?,
            member: member?,
            role: role.unwrap_or_else(|| "Member".to_owned()),
        })
    }
}

fn truth(text: &str) -> Result<bool, Malformed> {
    match text {
        "true" | "True" | "TRUE" => Ok(true),
        "false" | "False" | "FALSE" => Ok(false),
        _ => Err(Malformed::new("neither true nor false").help("write `true` or `false`")),
    }
}

fn instant(text: &str) -> Result<Timestamp, Malformed> {
    text.parse().map_err(|_| {
        Malformed::new("not an instant")
            .help("write one with its offset, as in `2027-03-01T10:00:00Z`")
    })
}

/// Reads a sponsor; a mere address is a person.
fn sponsor(text: &str) -> Result<Principal, Malformed> {
    if !text.contains(':') {
        return Email::parse(text).map(Principal::User);
    }
    let principal = Principal::parse(text)?;
    if principal.is_named() {
        return Ok(principal);
    }
    Err(Malformed::new(format!("`{text}` names nobody by itself"))
        .help("write `user:<address>` or `group:<name>`"))
}
