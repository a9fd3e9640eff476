//! Who acts, and when: the operator now, or, on a development store, anybody at any time.

use jiff::Timestamp;

use super::Engine;
use crate::app::{AppError, Workspace, World};
use crate::governance::record::{Identity, Person};
use crate::governance::request::Visitor;
use crate::governance::{Actor, Ground, Refusal};
use crate::model::text::Email;

/// Who acts, and when.
#[derive(Debug, Clone, Default)]
pub struct Acting {
    /// The person whose command it is; the operator where nobody is named.
    pub person: Option<Email>,
    /// The instant at which it is given; the present one where none is named.
    pub at: Option<Timestamp>,
    /// Whether somebody whom nobody knows may act, and how the person has signed in.
    pub arrival: Option<Arrival>,
}

/// Somebody arrives from outside: known or not.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// How they signed in; `None` for what is known of them, or a one-time passcode.
    pub identity: Option<Identity>,
}

impl Acting {
    /// Returns the instant at which the command is given.
    pub(super) fn now(
        &self,
        workspace: &Workspace,
        world: &World<'_>,
    ) -> Result<Timestamp, AppError> {
        match self.at {
            Some(at) => {
                development(workspace, "--at")?;
                Ok(at)
            }
            None => Ok(world.clock.now()),
        }
    }

    /// Lets the person act.
    pub(super) fn take(
        &self,
        workspace: &Workspace,
        engine: &mut Engine<'_>,
    ) -> Result<(), AppError> {
        let Some(mail) = &self.person else {
            return Ok(());
        };
        development(workspace, "--as")?;
        let person = engine.look(|desk| desk.by_mail(mail))?;
        if let Some(arrival) = &self.arrival {
            let outside = person.as_ref().is_none_or(Person::is_outside);
            if outside || arrival.identity.is_some() {
                engine.visitor = Some(Visitor {
                    mail: mail.clone(),
                    identity: arrival.identity.clone(),
                });
                return Ok(());
            }
        }
        let Some(person) = person else {
            let refusal = Refusal::new(Ground::Unknown, format!("nobody is known as {mail}"))
                .help("`guestlist directory import` makes people known; `guestlist guest list` shows guests");
            return Err(AppError::Governance(Box::new(refusal)));
        };
        engine.moment.actor = Actor::Person(person.id());
        Ok(())
    }
}

/// Refuses what only a development store takes.
fn development(workspace: &Workspace, flag: &str) -> Result<(), AppError> {
    if workspace.is_development() {
        return Ok(());
    }
    let message = format!(
        "{flag} is for development stores, and {} is none",
        workspace.store_url
    );
    let refusal = Refusal::new(Ground::NotAllowed, message)
        .help("on a store that counts, people act through their own sign-in; `[store] development = true` makes a store one to try things in");
    Err(AppError::Governance(Box::new(refusal)))
}
