//! Whoever holds a package that no policy of it would give them, before a plan or after it: they were covered once, or were of
//! another organization. Only a store knows of them.

use std::collections::BTreeMap;

use super::held::Coverages;
use super::those::Those;
use crate::governance::record::{Entity, Key, Mark, ObjectId, Person, RecordId};
use crate::governance::{Range, Unread, World};
use crate::impact::estate::Estate;
use crate::impact::moving::Moves;
use crate::impact::sides::Sides;
use crate::model::{Address, Kind, Name};

/// Those who hold a package that no policy would give them, by the package.
pub(super) type Strays<'t> = BTreeMap<String, Those<'t>>;

/// How many assignments are looked up at once.
const PIECE: usize = 1_000;

/// Finds who holds the packages whose holders are to be known, though no policy of either side would give them.
pub(super) fn strays<'t>(
    world: &dyn World,
    sides: &Sides<'_>,
    estates: [&Estate<'t>; 2],
    moves: Moves<'_>,
) -> Result<Strays<'t>, Unread> {
    let mut found = Strays::new();
    for name in moves.holdings.names() {
        let Ok(own) = Name::parse(name) else { continue };
        let Some(was) = sides.was_called(&Address::new(Kind::Package, &own)) else {
            continue;
        };
        let Some(package) = world.at(&was)?.map(|thing| thing.id) else {
            continue;
        };
        let coverages = Coverages::of(&estates, name, moves);
        if coverages.is_everybody() {
            continue;
        }
        let mut stray = Those::default();
        each(world, package, &mut |person| {
            let traits = estates.map(|estate| estate.person(person));
            if person.living().is_some() && !coverages.takes(&estates, &traits, &person.mail, false)
            {
                stray.add(person, estates);
            }
        })?;
        if !stray.is_empty() {
            let _ = found.insert(name.to_owned(), stray);
        }
    }
    Ok(found)
}

/// Shows everybody who holds a package.
fn each(world: &dyn World, package: ObjectId, see: &mut dyn FnMut(&Person)) -> Result<(), Unread> {
    let key = Key::new().object(package);
    let mut range = Range::of(Mark::AssignmentPackage, key).most(PIECE);
    loop {
        let piece = world.marked(&range)?;
        for (key, _) in &piece {
            // The key of the mark ends with the person, so that no assignment is read.
            let Some(number) = key.last_number() else {
                continue;
            };
            let kind = Person::KIND;
            if let Some(person) = world.record(RecordId { kind, number })?
                && let Some(person) = Person::from_record(person)
            {
                see(&person);
            }
        }
        if piece.len() < PIECE {
            return Ok(());
        }
        range = range.after(piece.into_iter().next_back());
    }
}
