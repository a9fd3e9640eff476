//! The engine at work: one command at a time, each decided and kept as one, then what it does outside.

mod access;
mod acting;
pub mod assignments;
pub mod bulk;
pub mod cards;
mod csv;
mod directory;
mod follow;
pub mod inviting;
pub mod mail;
mod outbox;
pub mod partings;
pub mod partners;
pub mod persons;
pub mod requests;
pub mod reviews;
pub mod roster;
mod tally;
mod tick;
pub mod words;

use jiff::Timestamp;

pub use access::access;
pub use acting::{Acting, Arrival};
pub use directory::{Directory, Embedded};
pub(super) use follow::after_apply;
pub use mail::{Folder, Mailer};
pub use outbox::{Waiting, outbox};
pub use tick::{Alert, Ticked, tick};

use super::audit::Witness;
use super::{AppError, Workspace, World};
use crate::governance::request::Visitor;
use crate::governance::{
    self, Actor, Command, Decision, Desk, Ground, Moment, Refusal, Sight, Stop, Tenant, Unread,
    World as View,
};
use crate::ports::{Clock, Ids};
use crate::render::report::Signing;
use crate::store::{OpenMode, Sitting, Store};

/// The engine over a store.
pub struct Engine<'e> {
    store: Box<dyn Store + 'e>,
    directory: Box<dyn Directory + 'e>,
    mailer: Box<dyn Mailer + 'e>,
    ids: &'e dyn Ids,
    /// Moves the moment on between mails; `None` where somebody else sets it.
    clock: Option<&'e dyn Clock>,
    project: String,
    /// Through which door: the command, for the audit log.
    via: &'static str,
    /// Who acts from outside, where the operator vouches for how they signed in.
    visitor: Option<Visitor>,
    moment: Moment,
    /// Signs where the audit log is; `None` for what only looks.
    witness: Option<Witness>,
    /// Hears every decision as soon as it is kept; `None` where nobody listens.
    listener: Option<Listener<'e>>,
}

/// Hears decisions, each with its instant.
type Listener<'e> = Box<dyn FnMut(Timestamp, &Decision) + 'e>;

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
        let mut tenant = tenant(workspace);
        // Other domains count once they are applied, as everything that a plan shows.
        if let Some(applied) = store.own(workspace.project())? {
            tenant.domains = applied;
        }
        let mailer: Box<dyn Mailer> = match mode {
            OpenMode::Write | OpenMode::Existing => mail::mailer(workspace, world, &tenant)?,
            OpenMode::Read => Box::new(mail::Silent),
        };
        let mut engine = Self {
            store,
            directory: Box::new(Embedded),
            mailer,
            ids: world.ids,
            clock: acting.at.is_none().then_some(world.clock),
            project: workspace.project().to_owned(),
            via,
            visitor: None,
            moment: Moment {
                now: acting.now(workspace, world)?,
                actor: Actor::Operator(world.actor.clone()),
                tenant,
                given: acting.at.is_some(),
                seed: [0; 32],
            },
            witness,
            listener: None,
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
            clock: None,
            project: project.to_owned(),
            via: "library",
            visitor: None,
            moment,
            witness: None,
            listener: None,
        }
    }

    /// Lets somebody hear every decision from now on, those of time and of the outbox included.
    pub fn listen(&mut self, hear: impl FnMut(Timestamp, &Decision) + 'e) {
        self.listener = Some(Box::new(hear));
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

    /// Returns the highest time that the store has seen; `None` for one that nobody has written yet.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn seen(&self) -> Result<Option<Timestamp>, AppError> {
        Ok(self.store.head()?.seen)
    }

    /// Returns the identity of the store.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn lineage(&self) -> Result<String, AppError> {
        Ok(self.store.head()?.lineage)
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

    /// Lets who has arrived from outside look with their own eyes from now on, once they are known.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn seat(&mut self) -> Result<(), AppError> {
        if let Some(visitor) = &self.visitor
            && let Some(person) = self.look(|desk| desk.by_mail(&visitor.mail))?
        {
            self.moment.actor = Actor::Person(person.id());
        }
        Ok(())
    }

    /// Refuses unless the acting person may see something.
    ///
    /// # Errors
    ///
    /// The refusal, and those of reading.
    pub fn show(&self, what: Sight<'_>, words: &str) -> Result<(), AppError> {
        if self.look(|desk| governance::may_see(desk, what))? {
            return Ok(());
        }
        let message = format!("{} may not see {words}", self.who()?);
        let help = "administrators and Global Readers see everything";
        let refusal = Refusal::new(Ground::NotAllowed, message).help(help);
        Err(AppError::Governance(Box::new(refusal)))
    }

    /// Returns who acts, for the audit log: an address, or a name that is none.
    fn who(&self) -> Result<String, AppError> {
        match &self.moment.actor {
            Actor::Operator(name) => Ok(self
                .visitor
                .as_ref()
                .map_or_else(|| name.clone(), |visitor| visitor.mail.to_string())),
            Actor::Engine => Ok("engine".to_owned()),
            Actor::Person(id) => self.look(|desk| cards::mail(desk, *id)),
        }
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
        let who = self.who()?;
        let sitting = Sitting {
            project: &self.project,
            now: moment.now,
            actor: &who,
            via: self.via,
            id: &id.to_string(),
        };
        let decided = self.store.decide(&sitting, &mut |view: &dyn View| {
            governance::decide_all(view, commands, &moment)
        })?;
        let mut decision =
            decided.map_err(|refusal: Box<Refusal>| AppError::Governance(refusal))?;
        if let Some(hear) = &mut self.listener {
            hear(self.moment.now, &decision);
        }
        match decision.refused.take() {
            Some(refusal) => Err(AppError::Governance(refusal)),
            None => Ok(decision),
        }
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
        let decided = self.decide_all(commands);
        self.moment.actor = actor;
        decided
    }
}

/// Returns the refusal for an address of somebody whom nobody knows, or whom the acting person may not see.
fn unseen(mail: &crate::model::text::Email) -> Refusal {
    Refusal::new(Ground::Unknown, format!("nobody is known as {mail}"))
        .help("`guestlist directory list people` shows whom you may see")
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
pub(super) fn tenant(workspace: &Workspace) -> Tenant {
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
        portal: workspace.mail().portal().to_owned(),
    }
}
