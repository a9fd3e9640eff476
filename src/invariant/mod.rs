//! Whether invariants hold: statements over every state that the tree lets happen, decided, with somebody who breaks them.
//!
//! Uses `model`, `governance` and `impact`. Pure. The one idea to know: whatever people ask for, approve, wait for and keep,
//! what they come to hold is decided by the policies they fit, and the tree tells finitely many sorts of people apart. So for
//! each policy an invariant is about, one of each sort is tried by the functions that decide requests.
//!
//! # What can happen
//!
//! *Who.* Our own members, guests with a local account, and people from outside: of any domain, signed in in any way that the
//! engine knows, with or without an account. Domains that the tenant's list refuses, and organizations whose cross-tenant
//! settings let nobody in, have people here, too: those who came before such a setting was made stay. Of the former they ask
//! as others do; of the latter they cannot sign in, and have what a rule or somebody else gives them. Whoever signs in here
//! may have an address of any domain; nobody from outside has one of ours. People count as what they are when they come to
//! have something: who is another afterwards, in other groups or no longer a member, keeps what they had, and is not looked
//! at; nobody changes between two requests for packages that are held together, but that whoever had no account is a guest
//! then. Whoever the tree names is there; groups have the members that directories like, but guests only where the tree says
//! `guests: true`, and where it declares a rule, those who match it. Custom extensions name nobody, so that the fallback of
//! their stage decides.
//!
//! *How.* `request`: somebody who may ask does, through each of the policies they may choose; every stage is approved by
//! somebody who may, a person each, never by who asks; a stage that nobody can decide lets nothing through. That a manager
//! asks for somebody gives more to those alone who cannot sign in. `automatic`: somebody matches the rule of an automatic policy. `direct`: an
//! administrator, or whoever looks after the catalog, assigns through a policy that admits the person; one for nobody admits
//! everybody. Whoever does that answers for it, so it counts only where `through` says so.
//!
//! *By rule.* Whoever has an account has what a rule gives them without asking. It ends as any access does: it is over, they
//! give it back, or it is taken from them; and it comes again when the directory says anything new of them. So it keeps
//! nobody from asking for what it excludes. Rules are followed in whatever order.
//!
//! *What.* Who holds a package holds each of its roles but those that take no guests, or have their members by rule; who
//! gets none of them does not hold it. `asks` is about asking alone.
//!
//! *How long.* `expires` is the longest time that somebody keeps a package without anybody approving again: the policy's time,
//! the time until its date, and no end where it never ends or can be extended again and again without approval. An extension
//! that is approved begins a new time. What was given under an earlier tree keeps its end and is not looked at.
//!
//! *How often.* Reviews that begin later than one period from now count from then on: what is given now and ends before that
//! is not reviewed, and what lasts longer is not reviewed as often as it should be until then.
//!
//! *Together.* Several packages are held together where one person can come to each in some order, by a rule as by a request.
//! What excludes a package, or a group that another one puts them into, counts when it is asked for or given, not when it is
//! delivered: a request that waits for approval, or for its start, gets through. Whoever had no account is a guest from the
//! first of these packages on: no other one makes a guest of them before, and rules alone make them members of groups.
//!
//! *About nothing.* An invariant that holds whatever the policies say is told: nobody is of all the sorts that it names, only
//! programs have what it is about, a bound that all access fits or none. `always` is told, too, where no policy could give
//! anybody it is about what it is about, whatever is switched off at the moment.

mod access;
mod by_rule;
mod candidate;
mod course;
mod decide;
mod idle;
mod naming;
mod near;
mod people;
mod person;
mod reach;
mod reviews;
mod stages;
mod story;
mod together;
mod words;

pub use access::{Access, Witness};
pub use course::{Comes, Course, Ended, Turn};
pub use decide::{Breach, SHOWN, Verdict, decide};
pub use idle::Idle;
pub use people::Before;
pub use stages::{Approved, Decider};
pub use story::story;
pub use words::name;

/// Rules over people, or patterns in them, are too large to tell whether somebody fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Undecided;
