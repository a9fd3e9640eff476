//! Everything that the engine can be told, by area.

use super::{
    Desk, Stop, assignment, delivery, invitation, job, lifecycle, organization, people, request,
    review, watch,
};

/// Declares the areas: each has a `Command` and a `decide`.
macro_rules! areas {
    ($($(#[$doc:meta])* $name:ident = $module:ident;)*) => {
        /// A command of one of the areas.
        #[derive(Debug, Clone)]
        pub enum Command { $($(#[$doc])* $name($module::Command),)* }

        impl Command {
            /// Decides it on a desk.
            ///
            /// # Errors
            ///
            /// [`Stop`] with the refusal, or with what the store could not tell.
            pub fn decide(&self, desk: &mut Desk<'_>) -> Result<(), Stop> {
                match self { $(Self::$name(command) => $module::decide(desk, command)),* }
            }
        }

        $(impl From<$module::Command> for Command {
            fn from(command: $module::Command) -> Self {
                Self::$name(command)
            }
        })*
    };
}

areas! {
    /// People and groups of the directory.
    People = people;
    /// Giving packages, keeping them longer, taking them away.
    Assignment = assignment;
    /// Asking for packages, and deciding about it.
    Request = request;
    /// Invitations to the directory, and how they are redeemed.
    Invitation = invitation;
    /// What became of effects.
    Delivery = delivery;
    /// Work that goes on over several decisions.
    Job = job;
    /// What happens to accounts of people from outside.
    Lifecycle = lifecycle;
    /// Reviews of what people have.
    Review = review;
    /// Partner organizations as a whole.
    Organization = organization;
    /// The clock, and what happens once a day.
    Watch = watch;
}
