//! Whether invariants hold: statements over every state that the tree lets happen, decided, with somebody who breaks them.
//!
//! Uses `model`, `governance` and `impact`. Pure. The one idea to know: whatever people ask for, approve, wait for and keep,
//! what they come to hold is decided by the policies they fit, and the tree tells finitely many sorts of people apart. So for
//! each policy an invariant is about, one of each sort is tried by the functions that decide requests.
//!
//! # What can happen
//!
//! *Who.* Our own members, guests with a local account, and people from outside: of any domain, signed in in any way that the
//! engine knows, with or without an account. Nobody from outside is here whom the tree would not let in: domains that the
//! tenant's list refuses, and organizations whose cross-tenant settings let nobody in, have no people here. (Guests who came
//! before such a setting was made stay; a plan tells how many.) People stay who they are and sign in in one way. Whoever the
//! tree names is there; groups have the members that directories like, but guests only where the tree says `guests: true`,
//! and where it declares a rule, those who match it. Custom extensions name nobody, so that the fallback of their stage
//! decides.
//!
//! *How.* `request`: somebody who may ask does, through each of the policies they may choose; every stage is approved by
//! somebody who may, a person each, never by who asks; a stage that nobody can decide lets nothing through. That a manager
//! asks for somebody gives nobody more. `automatic`: somebody matches the rule of an automatic policy. `direct`: an
//! administrator, or whoever looks after the catalog, assigns through a policy that admits the person; one for nobody admits
//! everybody. Whoever does that answers for it, so it counts only where `through` says so.
//!
//! *Excluded.* Whoever has an account has what a rule gives them, and so comes to have nothing that this excludes, unless
//! something keeps them from what the rule gives.
//!
//! *What.* Who holds a package holds each of its roles but those that take no guests, or have their members by rule; who
//! gets none of them does not hold it. `asks` is about asking alone.
//!
//! *How long.* `expires` is the longest time that somebody keeps a package without anybody approving again: the policy's time,
//! the time until its date, and no end where it never ends or can be extended again and again without approval. An extension
//! that is approved begins a new time. What was given under an earlier tree keeps its end and is not looked at.
//!
//! *Together.* Several packages are held together where one person can come to each in some order. What excludes a package
//! counts when it is asked for, not when it is delivered: a request that waits for approval, or for its start, gets through.

mod candidate;
mod decide;
mod language;
mod people;
mod person;
mod reach;
mod stages;
mod story;
mod together;

pub use decide::{Breach, SHOWN, Verdict, decide};
pub use reach::{Access, Witness};
pub use stages::{Approved, Decider};
pub use story::{name, story};

/// Rules over people, or patterns in them, are too large to tell whether somebody fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Undecided;
