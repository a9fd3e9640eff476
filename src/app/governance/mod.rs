//! The engine at work: one command at a time, each decided and kept as one, then what it does outside.

mod acting;
pub mod assignments;
pub mod bulk;
pub mod cards;
mod directory;
mod endings;
mod follow;
mod mailer;
mod outbox;
pub mod partings;
pub mod partners;
pub mod requests;
pub mod reviews;
mod tally;
mod tick;

use jiff::Timestamp;

pub use acting::{Acting, Arrival};
pub use directory::{Directory, Embedded};
pub(super) use endings::endings;
pub(super) use follow::after_apply;
pub use mailer::{Folder, Mailer};
pub use tick::{Alert, Ticked, tick};

use super::audit::Witness;
use super::{AppError, Workspace, World};
use crate::governance::request::Visitor;
use crate::governance::{
    self, Actor, Command, Decision, Desk, Moment, Refusal, Stop, Tenant, Unread, World as View,
};
use crate::ports::Ids;
use crate::render::report::Signing;
use crate::store::{OpenMode, Sitting, Store};

/// Where the pages for people are when the settings name none.
const PORTAL: &str = "https://myaccess.microsoft.com";

/// The engine over a store.
pub struct Engine<'e> {
    store: Box<dyn Store + 'e>,
    directory: Box<dyn Directory + 'e>,
    mailer: Box<dyn Mailer + 'e>,
    ids: &'e dyn Ids,
    project: String,
    /// Through which door: the command, for the audit log.
    via: &'static str,
    /// Who acts, for the audit log.
    who: String,
    /// Who acts from outside, where the operator vouches for how they signed in.
    visitor: Option<Visitor>,
    moment: Moment,
    /// Signs where the audit log is; `None` for what only looks.
    witness: Option<Witness>,
}

impl std::fmt::Debug for Engine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("project", &self.project)
            .field("moment", &self.moment)
            .finish_non_exhaustive()
    }
}

impl<'e> Engine<'e> {
    /// Opens a project's store for one command.
    ///
    /// # Errors
    ///
    /// For a store that cannot be opened, and an acting person who is not known or may not be named here.
    pub fn open(
        workspace: &Workspace,
        world: &World<'e>,
        acting: &Acting,
        via: &'static str,
        mode: OpenMode,
    ) -> Result<Self, AppError> {
        let witness = match mode {
            OpenMode::Read => None,
            OpenMode::Write | OpenMode::Existing => Some(Witness::find(workspace, world)?),
        };
        let store = workspace.open(mode)?;
        let mut engine = Self {
            store,
            directory: Box::new(Embedded),
            mailer: Box::new(Folder::new(workspace.root.join("mail"))),
            ids: world.ids,
            project: workspace.project().to_owned(),
            via,
            who: world.actor.clone(),
            visitor: None,
            moment: Moment {
                now: acting.now(workspace, world)?,
                actor: Actor::Operator(world.actor.clone()),
                tenant: tenant(workspace),
                given: acting.at.is_some(),
                seed: [0; 32],
            },
            witness,
        };
        acting.take(workspace, &mut engine)?;
        Ok(engine)
    }

    /// Returns an engine over any store and any outside, for programs that are not a command.
    #[must_use]
    pub fn over(
        store: Box<dyn Store + 'e>,
        directory: Box<dyn Directory + 'e>,
        mailer: Box<dyn Mailer + 'e>,
        ids: &'e dyn Ids,
        project: &str,
        moment: Moment,
    ) -> Self {
        Self {
            store,
            directory,
            mailer,
            ids,
            project: project.to_owned(),
            via: "library",
            who: "library".to_owned(),
            visitor: None,
            moment,
            witness: None,
        }
    }

    /// Lets somebody else act, or at another time, from now on.
    pub fn sit(&mut self, actor: Actor, now: Timestamp) {
        self.moment.actor = actor;
        self.moment.now = now;
    }

    /// Returns the present instant of the engine.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.moment.now
    }

    /// Returns the zone of dates without a time.
    #[must_use]
    pub const fn zone(&self) -> &jiff::tz::TimeZone {
        &self.moment.tenant.zone
    }

    /// Says whether the instants are given, as on a development store, or read from a clock that may be wrong.
    pub fn given(&mut self, given: bool) {
        self.moment.given = given;
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&mut self) -> &mut (dyn Store + 'e) {
        &mut *self.store
    }

    /// Looks at the store through a desk that decides nothing.
    ///
    /// # Errors
    ///
    /// Those of reading, and what the closure returns.
    pub fn look<T>(&self, see: impl Fn(&Desk<'_>) -> Result<T, Unread>) -> Result<T, AppError> {
        let mut seen = None;
        self.store.look(&self.project, &mut |view| {
            seen = Some(see(&Desk::new(view, &self.moment))?);
            Ok(())
        })?;
        seen.ok_or(AppError::Unseen)
    }

    /// Asks the engine something that it may refuse to answer.
    ///
    /// # Errors
    ///
    /// The refusal, those of reading, and what the closure returns.
    pub fn ask<T>(&self, see: impl Fn(&Desk<'_>) -> Result<T, Stop>) -> Result<T, AppError> {
        let answer = self.look(|desk| match see(desk) {
            Ok(seen) => Ok(Ok(seen)),
            Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
            Err(Stop::Unread(unread)) => Err(unread),
        })?;
        answer.map_err(AppError::Governance)
    }

    /// Returns who acts from outside, where the operator vouches for how they signed in.
    #[must_use]
    pub const fn visitor(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// Decides a command and keeps the decision; what follows outside waits in the outbox.
    ///
    /// # Errors
    ///
    /// A refusal, which is an answer, and those of the store. Nothing has changed.
    pub fn decide(&mut self, command: &Command) -> Result<Decision, AppError> {
        self.decide_all(std::slice::from_ref(command))
    }

    /// Decides several commands as one.
    ///
    /// # Errors
    ///
    /// As for [`Engine::decide`]; a refusal of one refuses all.
    pub fn decide_all(&mut self, commands: &[Command]) -> Result<Decision, AppError> {
        let id = self.ids.fresh();
        let mut moment = self.moment.clone();
        moment.seed = seed(self.ids);
        let sitting = Sitting {
            project: &self.project,
            now: moment.now,
            actor: &self.who,
            via: self.via,
            id: &id.to_string(),
        };
        let decided = self.store.decide(&sitting, &mut |view: &dyn View| {
            governance::decide_all(view, commands, &moment)
        })?;
        decided.map_err(|refusal: Box<Refusal>| AppError::Governance(refusal))
    }

    /// Decides a command of which one decision takes a piece only, until nothing is left of it.
    ///
    /// # Errors
    ///
    /// As for [`Engine::serve`]. What was done is kept; a tick goes on.
    pub fn finish(&mut self, command: &Command) -> Result<(), AppError> {
        while !self.serve(command)?.is_empty() {}
        Ok(())
    }

    /// Decides a command, and carries out what follows outside.
    ///
    /// # Errors
    ///
    /// As for [`Engine::decide`]. What could not be done outside stays in the outbox for the next tick.
    pub fn serve(&mut self, command: &Command) -> Result<Decision, AppError> {
        let decision = self.decide(command)?;
        self.drain()?;
        self.bear_witness()?;
        Ok(decision)
    }

    /// Signs where the audit log is, if the last signed head is far behind.
    fn bear_witness(&self) -> Result<(), AppError> {
        let Some(witness) = &self.witness else {
            return Ok(());
        };
        match witness.sign_when_due(&*self.store, self.moment.now) {
            Signing::Failed(cause) => Err(AppError::Unsigned { cause }),
            Signing::Off | Signing::NoKey | Signing::Signed(_) => Ok(()),
        }
    }

    /// Decides in the name of the engine itself.
    fn as_engine(&mut self, commands: &[Command]) -> Result<Decision, AppError> {
        let actor = std::mem::replace(&mut self.moment.actor, Actor::Engine);
        let who = std::mem::replace(&mut self.who, "engine".to_owned());
        let decided = self.decide_all(commands);
        self.moment.actor = actor;
        self.who = who;
        decided
    }
}

/// Returns 32 bytes that nobody can guess.
fn seed(ids: &dyn Ids) -> [u8; 32] {
    let mut seed = [0; 32];
    // A version 7 id holds 74 random bits; two of them and the hash over both are more than a passcode needs.
    seed[..16].copy_from_slice(ids.fresh().as_bytes());
    seed[16..].copy_from_slice(ids.fresh().as_bytes());
    seed
}

/// Returns our own tenant as the settings describe it.
fn tenant(workspace: &Workspace) -> Tenant {
    let project = workspace
        .settings
        .project(&workspace.environment, &std::collections::BTreeMap::new());
    let settings = &workspace.settings.tenant;
    Tenant {
        name: settings
            .name
            .as_ref()
            .map_or_else(|| project.name.clone(), ToString::to_string),
        domains: project.own_domains,
        zone: project.zone,
        portal: PORTAL.to_owned(),
    }
}
