//! Organizations as reports: who they are, and how many of their people are here.

use super::Engine;
use crate::app::AppError;
use crate::governance::organization::{self, Partner};
use crate::governance::record::{Belonging, Identity, Key, Mark, Person};
use crate::governance::{self, Desk, Ground, Refusal, Scope, Sight, Task, Unread};
use crate::render::json::v1;

/// How many people are looked at in one view.
const PIECE: usize = 500;

impl Engine<'_> {
    /// Refuses unless the acting person may see everybody from outside.
    ///
    /// # Errors
    ///
    /// A refusal, and those of the store.
    pub fn may_see_people(&self) -> Result<(), AppError> {
        let (task, scope) = (Task::ManageOrganizations, Scope::Tenant);
        let sees = |desk: &Desk<'_>| {
            Ok(governance::may(desk, task, scope)? || governance::may_see(desk, Sight::Directory)?)
        };
        if self.look(sees)? {
            return Ok(());
        }
        let refusal = Refusal::new(Ground::NotAllowed, "not everybody may see who is here from outside")
            .help("it needs one of these roles: Global Administrator, Identity Governance Administrator, Connected Organization Administrator, User Administrator, Global Reader");
        Err(AppError::Governance(Box::new(refusal)))
    }
}

/// Sees everybody from an organization, each once.
///
/// # Errors
///
/// Those of the store, and what the closure returns.
pub fn walk(
    engine: &Engine<'_>,
    partner: &Partner,
    see: &mut dyn FnMut(&Desk<'_>, Person) -> Result<(), Unread>,
) -> Result<(), AppError> {
    for (at, way) in partner.belongings.iter().enumerate() {
        let before = partner.belongings.get(..at).unwrap_or_default();
        let mut after = Some(0);
        while let Some(last) = after {
            let (people, next) =
                engine.look(|desk| organization::people(desk, way, last, PIECE))?;
            let seen = std::cell::RefCell::new((&mut *see, Some(people)));
            engine.look(|desk| {
                let (see, people) = &mut *seen.borrow_mut();
                for person in people.take().unwrap_or_default() {
                    if !organization::belongs(&person, before) {
                        see(desk, person)?;
                    }
                }
                Ok(())
            })?;
            after = next;
        }
    }
    Ok(())
}

/// Returns an organization with its numbers, and the addresses of its people.
///
/// # Errors
///
/// Those of the store.
pub fn partner(
    engine: &Engine<'_>,
    partner: &Partner,
) -> Result<(v1::Partner, Vec<String>), AppError> {
    let (mut people, mut guests, mut assignments) = (Vec::new(), 0, 0);
    walk(engine, partner, &mut |desk, person| {
        guests += u64::from(person.living().is_some());
        let mine = Key::new().person(person.id());
        assignments += desk.world().count(Mark::AssignmentPerson, &mine)?;
        people.push(person.mail.to_string());
        Ok(())
    })?;
    people.sort();
    let report = v1::Partner {
        name: partner.name.clone(),
        display_name: partner.display_name.clone(),
        state: partner.state,
        declared: partner.declared,
        found_by: partner.belongings.iter().map(way).collect(),
        people: people.len() as u64,
        guests,
        assignments,
    };
    Ok((report, people))
}

/// Returns every organization with its numbers.
///
/// # Errors
///
/// Those of the store.
pub fn all(engine: &Engine<'_>) -> Result<Vec<v1::Partner>, AppError> {
    let partners = engine.look(organization::all)?;
    let reports = partners.iter().map(|one| Ok(partner(engine, one)?.0));
    reports.collect()
}

fn way(way: &Belonging) -> String {
    match way {
        Belonging::Domain(domain) => domain.clone(),
        Belonging::Zone(domain) => format!("*.{domain}"),
        Belonging::Identity(identity) => match identity {
            Identity::Tenant { tenant } => format!("tenant {tenant}"),
            Identity::Federation { issuer } => format!("federation {issuer}"),
            Identity::MicrosoftAccount => "Microsoft account".to_owned(),
            Identity::Google => "Google".to_owned(),
            Identity::Facebook => "Facebook".to_owned(),
            Identity::Passcode => "one-time passcode".to_owned(),
            Identity::Own => "our own tenant".to_owned(),
        },
    }
}
