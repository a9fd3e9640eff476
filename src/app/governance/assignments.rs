//! Assignments as people look for them: one, or a page of many.

use std::collections::BTreeMap;

use super::{AppError, Engine, cards, unseen};
use crate::governance::record::{
    Assignment, AssignmentState, Entity as _, Key, Mark, ObjectId, PersonId, RecordId,
};
use crate::governance::{
    Actor, Desk, Ground, Range, Refusal, Sight, Unread, may_see, sees_own_only,
};
use crate::model::text::Email;
use crate::model::{Address, Kind};
use crate::render::json::v1;

/// Which assignments.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this person.
    pub person: Option<Email>,
    /// Of this package, or that came through this policy.
    pub of: Option<Address>,
    /// In this state.
    pub state: Option<AssignmentState>,
    /// After this one, in the order of the list.
    pub after: Option<u64>,
    /// At most so many.
    pub most: usize,
}

/// How many are read at once, at most. The first piece is what the page holds, so that a list reads what it shows.
const PIECE: usize = 500;

/// How many are looked at for one page, so that a list of which somebody may see little does not read everything.
const LOOKED_AT: usize = 10_000;

/// Where assignments are looked for: by the narrowest mark that holds all of them.
enum Found {
    /// By a mark whose key starts like this.
    Marked(Mark, Key),
    /// One after the other.
    All,
}

/// Returns one assignment, for whom it is and for who may see it.
///
/// # Errors
///
/// The same refusal for one of somebody else and for none, and those of reading.
pub fn one(engine: &Engine<'_>, number: u64) -> Result<v1::Assignment, AppError> {
    engine.ask(|desk| match desk.get::<Assignment>(number)? {
        Some(assignment) if may_see(desk, Sight::Assignment(&assignment))? => {
            Ok(cards::assignment(desk, &assignment)?)
        }
        _ => desk.refuse(
            Refusal::new(
                Ground::Unknown,
                format!("there is no assignment {number} that you may see"),
            )
            .help("`guestlist assignment list` shows them"),
        ),
    })
}

/// Returns a page of the assignments that the acting person may see, and the last that was looked at where there are more.
///
/// # Errors
///
/// A refusal for a person or object that there is not, and those of reading.
pub fn list(
    engine: &Engine<'_>,
    wanted: &Wanted,
) -> Result<(Vec<v1::Assignment>, Option<u64>), AppError> {
    engine.ask(|desk| {
        let person = match &wanted.person {
            None => None,
            Some(mail) => match desk.by_mail(mail)? {
                Some(person) => Some(person),
                None => return desk.refuse(unseen(mail)),
            },
        };
        let of = match &wanted.of {
            None => None,
            Some(address) => match desk.at(address)? {
                Some(thing) => Some((address.kind(), thing.id)),
                None => {
                    let message = format!("there is no {address} in the store");
                    return desk.refuse(
                        Refusal::new(Ground::Unknown, message)
                            .help("`guestlist list` shows what the store holds"),
                    );
                }
            },
        };
        let (listed, more) = page(desk, wanted, person.as_ref().map(|it| it.id()), of)?;
        // Who may not see somebody must not learn that they are known.
        if let Some(person) = person.filter(|_| listed.is_empty())
            && !may_see(desk, Sight::Person(&person))?
        {
            return desk.refuse(unseen(&person.mail));
        }
        Ok((listed, more))
    })
}

/// What the acting person may see: asked once for each package.
#[derive(Default)]
struct Eyes(BTreeMap<ObjectId, bool>);

impl Eyes {
    fn see(&mut self, desk: &Desk<'_>, assignment: &Assignment) -> Result<bool, Unread> {
        if desk.moment.actor == Actor::Person(assignment.person) {
            return may_see(desk, Sight::Assignment(assignment));
        }
        if let Some(known) = self.0.get(&assignment.package) {
            return Ok(*known);
        }
        let seen = may_see(desk, Sight::Assignment(assignment))?;
        self.0.insert(assignment.package, seen);
        Ok(seen)
    }
}

fn page(
    desk: &Desk<'_>,
    wanted: &Wanted,
    person: Option<PersonId>,
    of: Option<(Kind, ObjectId)>,
) -> Result<(Vec<v1::Assignment>, Option<u64>), Unread> {
    // The marks of packages and policies are those of assignments that count.
    let counts = wanted.state.is_none_or(AssignmentState::counts);
    let own = match (&desk.moment.actor, person) {
        (Actor::Person(own), None) if sees_own_only(desk)? => Some(*own),
        _ => person,
    };
    let found = match (own, of) {
        (Some(person), _) => Found::Marked(Mark::AssignmentHistory, Key::new().person(person)),
        (None, Some((Kind::Package, id))) if counts => {
            Found::Marked(Mark::AssignmentPackage, Key::new().object(id))
        }
        (None, Some((_, id))) if counts => {
            Found::Marked(Mark::AssignmentPolicy, Key::new().object(id))
        }
        _ => Found::All,
    };
    let fits = |assignment: &Assignment| {
        let of = of.is_none_or(|(kind, id)| match kind {
            Kind::Package => assignment.package == id,
            _ => assignment.policy == id,
        });
        of && wanted.state.is_none_or(|state| assignment.state == state)
    };
    let mut eyes = Eyes::default();
    let mut listed: Vec<v1::Assignment> = Vec::new();
    let mut after = wanted.after;
    let (mut most, mut looked_at) = (wanted.most.saturating_add(1).min(PIECE), 0);
    loop {
        let piece = next(desk, &found, after, most)?;
        let more = piece.len() == most;
        for assignment in piece {
            if !fits(&assignment) || !eyes.see(desk, &assignment)? {
                after = Some(assignment.number);
                continue;
            }
            if listed.len() == wanted.most {
                return Ok((listed, after));
            }
            after = Some(assignment.number);
            listed.push(cards::assignment(desk, &assignment)?);
        }
        looked_at += most;
        if !more {
            return Ok((listed, None));
        }
        if looked_at >= LOOKED_AT {
            return Ok((listed, after));
        }
        most = (most * 2).min(PIECE);
    }
}

/// Returns the next assignments after one of them.
fn next(
    desk: &Desk<'_>,
    found: &Found,
    after: Option<u64>,
    most: usize,
) -> Result<Vec<Assignment>, Unread> {
    match found {
        Found::All => {
            let after = after.unwrap_or(0);
            let numbers = desk.world().numbers(Assignment::KIND, after, most)?;
            let mut assignments = Vec::new();
            for number in numbers {
                assignments.extend(desk.get::<Assignment>(number)?);
            }
            Ok(assignments)
        }
        Found::Marked(mark, key) => {
            let mut range = Range::of(*mark, key.clone()).most(most);
            if let Some(number) = after
                && let Some(last) = desk.get::<Assignment>(number)?
            {
                let id = RecordId {
                    kind: Assignment::KIND,
                    number,
                };
                let at = match mark {
                    Mark::AssignmentPackage => key.clone().person(last.person),
                    _ => key.clone(),
                };
                range = range.after(Some((at, id)));
            }
            desk.some::<Assignment>(&range)
        }
    }
}
