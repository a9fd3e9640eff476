//! Assignments as people look for them: one, or a page of many.

use super::{AppError, Engine, cards};
use crate::governance::record::{
    Assignment, AssignmentState, Entity as _, Key, Mark, ObjectId, PersonId, RecordId,
};
use crate::governance::{Actor, Desk, Ground, Range, Refusal, Scope, Stop, Task, Unread, require};
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

/// How many are read at once.
const PIECE: usize = 500;

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
/// A refusal, and those of reading.
pub fn one(engine: &Engine<'_>, number: u64) -> Result<v1::Assignment, AppError> {
    engine.ask(|desk| {
        let Some(assignment) = desk.get::<Assignment>(number)? else {
            let message = format!("there is no assignment {number}");
            return desk.refuse(
                Refusal::new(Ground::Unknown, message)
                    .help("`guestlist assignment list` shows them"),
            );
        };
        if !is_own(desk, assignment.person) {
            require(
                desk,
                Task::SeeAssignments,
                Scope::Package(assignment.package),
            )?;
        }
        Ok(cards::assignment(desk, &assignment)?)
    })
}

/// Returns a page of assignments, and the last of them where there are more.
///
/// # Errors
///
/// A refusal, and those of reading.
pub fn list(
    engine: &Engine<'_>,
    wanted: &Wanted,
) -> Result<(Vec<v1::Assignment>, Option<u64>), AppError> {
    engine.ask(|desk| {
        let person = match &wanted.person {
            None => None,
            Some(mail) => match desk.by_mail(mail)? {
                Some(person) => Some(person.id()),
                None => {
                    let message = format!("nobody is known as {mail}");
                    return desk.refuse(Refusal::new(Ground::Unknown, message));
                }
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
        allow(desk, person, of)?;
        Ok(page(desk, wanted, person, of)?)
    })
}

/// Refuses who may not see these.
fn allow(
    desk: &Desk<'_>,
    person: Option<PersonId>,
    of: Option<(Kind, ObjectId)>,
) -> Result<(), Stop> {
    if person.is_some_and(|person| is_own(desk, person)) {
        return Ok(());
    }
    let scope = match of {
        Some((Kind::Package, package)) => Scope::Package(package),
        Some((_, policy)) => {
            let policy = desk.object(policy)?;
            let package = policy.and_then(|policy| policy.address.parent());
            match package {
                Some(package) => desk
                    .at(&package)?
                    .map_or(Scope::Tenant, |thing| Scope::Package(thing.id)),
                None => Scope::Tenant,
            }
        }
        None => Scope::Tenant,
    };
    require(desk, Task::SeeAssignments, scope)
}

fn is_own(desk: &Desk<'_>, person: PersonId) -> bool {
    desk.moment.actor == Actor::Person(person)
}

fn page(
    desk: &Desk<'_>,
    wanted: &Wanted,
    person: Option<PersonId>,
    of: Option<(Kind, ObjectId)>,
) -> Result<(Vec<v1::Assignment>, Option<u64>), Unread> {
    // The marks of packages and policies are those of assignments that count.
    let counts = wanted.state.is_none_or(AssignmentState::counts);
    let found = match (person, of) {
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
    let mut listed = Vec::new();
    let mut after = wanted.after;
    loop {
        let piece = next(desk, &found, after)?;
        let more = piece.len() == PIECE;
        for assignment in piece {
            after = Some(assignment.number);
            if !fits(&assignment) {
                continue;
            }
            if listed.len() == wanted.most {
                let last = listed.last().map(|last: &v1::Assignment| last.number);
                return Ok((listed, last));
            }
            listed.push(cards::assignment(desk, &assignment)?);
        }
        if !more {
            return Ok((listed, None));
        }
    }
}

/// Returns the next assignments after one of them.
fn next(desk: &Desk<'_>, found: &Found, after: Option<u64>) -> Result<Vec<Assignment>, Unread> {
    match found {
        Found::All => {
            let after = after.unwrap_or(0);
            let numbers = desk.world().numbers(Assignment::KIND, after, PIECE)?;
            let mut assignments = Vec::new();
            for number in numbers {
                assignments.extend(desk.get::<Assignment>(number)?);
            }
            Ok(assignments)
        }
        Found::Marked(mark, key) => {
            let mut range = Range::of(*mark, key.clone()).most(PIECE);
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
