//! Tests of a tree: lives played through in the engine, as people write them under `tests:`, and what is judged of them.
//!
//! Uses `model`. The one idea to know: a test is data. It says who is there, on which day, what happens step by step, and
//! what is expected after each step; whoever plays it (`app`) brings the engine and the clock, and hands what was seen to
//! [`judge`], which alone says whether it is as expected. Nothing here is ever an object of a store: a test changes no plan.
//!
//! What the language says by itself, so that a test can be short:
//!
//! * Whom the tree names by address (`user:ana@contoso.com`) is there without being listed: an address of our own domains
//!   as a member, any other as a guest who has redeemed. A test that lists them says it otherwise. One of our own people who
//!   acts in a step is there as a member even where nothing names them: the tree may have named them until now.
//! * Somebody from outside signs in as their organization does; the one of their `organization`, or else of their domain;
//!   by a one-time passcode where there is none. `signIn` says it otherwise.
//! * Whoever redeems, signs in or asks accepts the terms of use that are asked of them; `accept` says which otherwise.
//! * An approval or denial without `as` is given by the first of those who may decide then, in order of addresses.
//! * A step without `as` that an administrator can do is done by one who may do everything.
//! * The engine ticks after every step, and while time passes at every instant at which something is due. Nothing else
//!   moves the clock.
//! * A step that is refused fails the test unless `expect: { refused: … }` says so; an expected refusal that does not come
//!   fails it too. The first step that is not as expected ends the test.

mod cast;
mod expect;
mod given;
mod judge;
mod mentions;
mod once;
mod person;
mod played;
mod script;
mod stand_in;
mod step;
mod words;

pub use cast::{named_people, own_people, people};
pub use expect::{Ends, Expect};
pub use given::{Edit, Edits, GONE, Given, GivenAssignment, WITHOUT};
pub use judge::{Difference, Observed, SeenRequest, judge, told};
pub use mentions::{Mention, mentions};
pub use person::{Person, Somebody};
pub use played::{Failure, Happening, Played};
pub use script::{Scenario, Script};
pub use stand_in::{SOMEONE, StandIn, is_stand_in};
pub use step::{
    Answers, Arrive, Ask, Assign, Ballot, Cancel, Convert, Deed, DirectoryChange, Extend, Invite,
    OfAssignment, OfPerson, Offboard, OffboardOrganization, Redeem, Remove, Review, Sole,
    Sponsoring, Step,
};
pub use words::{
    AccountWord, AssignmentWord, ConvertWord, Ground, InviteWord, MailWord, PersonKind,
    RequestWord, ReviewWord, RoleWord,
};
