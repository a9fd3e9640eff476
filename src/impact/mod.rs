//! Who gains and who loses access: what two trees, or a store and a tree, let whom have.
//!
//! Uses `model`, `plan` and `governance`. Pure. The one idea to know: people are not walked, they are divided. Everything that
//! a tree can ask about somebody is in their [`Traits`], so there are finitely many sorts of people ([`Base`]), and two of one
//! sort get the same answer for every package. [`access`] gives that answer by the engine's own functions (`organization::proves`,
//! `people::refused`, `Seen::class`), so it is what a request would be told.
//!
//! Both [`Sides`] of a plan become an [`Estate`]: who is in which group on it, what of that the plan makes another, and which
//! packages that touches. [`people`] divides everybody, [`rows`] says what differs for whom and why, and [`living`] what becomes
//! of those who are here, by a view of the store.
//!
//! What a tree cannot know is left out of it: an account that is blocked, a request that is open already, the form that
//! somebody fills in. These are the same before and after. Where a store is asked, what it knows takes the place of what might
//! be: who has an address that a list names, who holds what the plan deletes, and whom of them it blocks; see [`people`].

mod access;
mod already;
mod compare;
mod estate;
mod holding;
mod living;
mod moving;
mod offer;
mod people;
mod reach;
mod rows;
mod sides;
mod spelling;
mod tenure;
mod terms;
mod touched;

pub use access::{Access, Barrier, Requestor, Way, access};
pub use compare::{Asked, Impact, impact};
pub use estate::{Border, Estate, Traits};
pub use living::effect::{Effect, What, losing};
pub use offer::Offer;
pub use people::census::Census;
pub use people::class::{Account, Base, Looks, Named, SignIn, Sort, Zone};
pub use people::crowd::Crowd;
pub use people::part::Part;
pub use people::who::Who;
pub use rows::row::{Because, Difference, Row};
pub use sides::Sides;
pub use terms::{End, Leaving, Looking, Renewal, Terms};
