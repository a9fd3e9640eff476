//! Who gains and who loses access: what two trees, or a store and a tree, let whom have.
//!
//! Uses `model`, `plan` and `governance`. Pure. The one idea to know: people are not walked, they are divided. Everything that
//! a tree can ask about somebody is in their [`Traits`], so there are finitely many sorts of people ([`Base`]), and two of one
//! sort get the same answer for every package. [`access`] gives that answer by the engine's own functions (`organization::proves`,
//! `people::refused`, `Seen::class`), so it is what a request would be told.
//!
//! What a tree cannot know is left out of it: an account that is blocked, a request that is open already, the form that
//! somebody fills in. These are the same before and after.

mod accepting;
mod access;
mod approving;
mod beside;
mod by_rule;
mod called;
mod cause;
mod census;
mod choice;
mod class;
mod compare;
mod crowd;
mod deciding;
mod delegated;
mod effect;
mod estate;
mod excluding;
mod following;
mod gaining;
mod held;
mod hidden;
mod holders;
mod holding;
mod keeping;
mod kept;
mod let_in;
mod living;
mod marked;
mod members;
mod moving;
mod names;
mod package;
mod part;
mod parting;
mod reasons;
mod refused;
mod ruled;
mod sides;
mod speaker;
mod stray;
mod terms;
mod touched;
mod turning;
mod waiting;
mod who;
mod zones;

pub use access::{Access, Barrier, Requestor, Way, access};
pub use census::Census;
pub use class::{Account, Base, Named, SignIn, Sort, Zone};
pub use compare::{Asked, Because, Difference, Impact, Row, impact};
pub use crowd::Crowd;
pub use effect::{Effect, What};
pub use estate::{Border, Estate, Offer, Traits};
pub use part::Part;
pub use sides::Sides;
pub use terms::{End, Leaving, Looking, Renewal, Terms};
pub use who::Who;
