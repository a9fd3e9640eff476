//! The engine: requests, approvals, invitations, assignments, reviews, offboarding, decided.
//!
//! Uses `model`. The one idea to know: [`decide`] is a function of a view of the store, a command and a moment. It returns
//! what happens, or a refusal that says what does not hold; it never does anything. Time is a command like any other:
//! [`due`] says what time has made due, so a test moves every deadline by passing a later instant. Entra's run-time
//! behaviour is the reference: its conditions, states, numbers and mails.
//!
//! An area is a folder or a file with a `Command` of its own and one `decide`. What several areas need (who is a member of
//! what, who may do what, which mail) stands beside them.

pub mod assignment;
pub mod command;
pub mod delegation;
pub mod delivery;
mod desk;
pub mod directory;
pub mod due;
mod effect;
mod event;
pub mod invitation;
pub mod job;
pub mod lifecycle;
mod mail;
mod moment;
pub mod organization;
pub mod people;
pub mod record;
mod refusal;
pub mod renaming;
pub mod request;
pub mod review;
pub mod rule;
pub mod upcoming;
pub mod watch;
mod world;

pub use command::Command;
pub use delegation::{Scope, Sight, Task, may, may_see, sees_own_only};
pub use desk::Desk;
pub use due::due;
pub use effect::{Effect, Facts, Mail, Outcome, Role, Template};
pub use event::{Activity, Decision, Event, Told, Write};
pub use moment::{Actor, Moment, Tenant};
pub use refusal::{Ground, Refusal, Stop};
pub use world::{Moved, Range, Thing, Unread, World};

/// Decides what follows from a command.
///
/// # Errors
///
/// [`Stop::Refused`] with what does not hold and how to meet it; [`Stop::Unread`] when the store could not tell.
pub fn decide(world: &dyn World, command: &Command, moment: &Moment) -> Result<Decision, Stop> {
    decide_all(world, std::slice::from_ref(command), moment)
}

/// Decides what follows from several commands, one after the other, as one decision: all of it or, after a refusal, nothing.
///
/// # Errors
///
/// As for [`decide`].
pub fn decide_all(
    world: &dyn World,
    commands: &[Command],
    moment: &Moment,
) -> Result<Decision, Stop> {
    let mut desk = Desk::new(world, moment);
    watch::note(&mut desk)?;
    for command in commands {
        command.decide(&mut desk)?;
        people::follow(&mut desk)?;
    }
    Ok(desk.decided())
}
