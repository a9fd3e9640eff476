//! The directory as files: an import of them changes nothing.

use serde_json::{Map, Value, json};

use super::column;
use crate::app::AppError;
use crate::app::governance::{Engine, persons::Chosen};
use crate::governance::Sight;
use crate::governance::people::List;
use crate::render::csv;
use crate::render::json::v1;

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Everything, as JSON.
    Json,
    /// One list, as a table with commas.
    Table(List),
}

/// Writes the directory: people with an account, groups, and the memberships given in the directory itself.
///
/// # Errors
///
/// Those of reading, and a refusal for who may not see it all.
pub fn export(engine: &Engine<'_>, form: Form) -> Result<String, AppError> {
    engine.show(Sight::Directory, "the directory")?;
    let own = engine.own_domain()?;
    let rows = |list| -> Result<Vec<Map<String, Value>>, AppError> {
        Ok(match list {
            List::People => {
                let people = engine.people(&Chosen::default())?;
                let here = people.iter().filter(|person| {
                    person.user_type.is_some() && person.deleted_date_time.is_none()
                });
                here.map(|one| person(one, &own)).collect()
            }
            List::Groups => engine.groups()?.iter().map(group).collect(),
            List::Memberships => memberships(engine)?,
        })
    };
    match form {
        Form::Json => {
            let all = json!({
                "people": rows(List::People)?,
                "groups": rows(List::Groups)?,
                "memberships": rows(List::Memberships)?,
            });
            Ok(format!("{all:#}\n"))
        }
        Form::Table(list) => Ok(table(list, &rows(list)?)),
    }
}

fn table(list: List, rows: &[Map<String, Value>]) -> String {
    // A column that nobody fills says nothing, and would take away what a later import finds.
    let columns: Vec<&str> = column::of(list)
        .into_iter()
        .filter(|column| {
            column::needed(list).contains(column)
                || rows.iter().any(|row| row.contains_key(*column))
        })
        .collect();
    let mut text = columns.join(",") + "\n";
    for row in rows {
        let cells = columns.iter().map(|column| match row.get(*column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => csv::cell(text),
            Some(Value::Array(items)) => {
                let items = items.iter().filter_map(Value::as_str);
                csv::cell(&items.collect::<Vec<_>>().join(";"))
            }
            Some(other) => other.to_string(),
        });
        text += &cells.collect::<Vec<_>>().join(",");
        text.push('\n');
    }
    text
}

fn person(person: &v1::Person, own: &str) -> Map<String, Value> {
    let mut row = Map::new();
    let mut add = |column: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            row.insert(column.to_owned(), value);
        }
    };
    let instant = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
    let identities: Vec<String> = person
        .identities
        .iter()
        .map(|identity| match &identity.tenant {
            Some(tenant) => format!("{}:{tenant}", identity.issuer),
            None if identity.issuer == own => "own".to_owned(),
            None => identity.issuer.clone(),
        })
        .collect();
    add("mail", json!(person.mail));
    add("displayName", json!(person.display_name));
    add("otherMails", json!(person.other_mails));
    add("userPrincipalName", json!(person.user_principal_name));
    add("userType", json!(person.user_type));
    add("external", json!(person.kind.starts_with("external")));
    add("creationType", json!(person.creation_type));
    add("externalUserState", json!(person.external_user_state));
    add(
        "externalUserStateChangeDateTime",
        json!(instant(person.external_user_state_change_date_time)),
    );
    add("createdDateTime", json!(instant(person.created_date_time)));
    add("identities", json!(identities));
    add("accountEnabled", json!(person.account_enabled));
    add("companyName", json!(person.company_name));
    add("manager", json!(person.manager));
    add("sponsors", json!(person.sponsors));
    add("roles", json!(person.roles));
    add(
        "lastSignInDateTime",
        json!(instant(person.last_sign_in_date_time)),
    );
    add("subjectLifecycle", json!(person.subject_lifecycle));
    for (name, value) in &person.attributes {
        add(name, json!(value));
    }
    row
}

fn group(group: &v1::Group) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("group".to_owned(), json!(group.group));
    if let Some(mail) = &group.mail {
        row.insert("mail".to_owned(), json!(mail));
    }
    if let Some(rule) = &group.rule {
        row.insert("rule".to_owned(), json!(rule));
    }
    row.insert("guests".to_owned(), json!(group.guests));
    if !group.owners.is_empty() {
        row.insert("owners".to_owned(), json!(group.owners));
    }
    row
}

fn memberships(engine: &Engine<'_>) -> Result<Vec<Map<String, Value>>, AppError> {
    let mut rows = Vec::new();
    for group in engine.groups()? {
        for member in engine.show_group(&group.group)?.members {
            if member.source == "direct" {
                let mut row = Map::new();
                row.insert("group".to_owned(), json!(group.group));
                row.insert("member".to_owned(), json!(member.member));
                row.insert("role".to_owned(), json!(member.role));
                rows.push(row);
            }
        }
    }
    Ok(rows)
}
