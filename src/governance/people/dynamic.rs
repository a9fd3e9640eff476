//! Memberships that follow from rules: each is a hold, found by the same marks as any other.

use crate::governance::record::{Entity as _, Group, Hold, Key, Mark, Person, Place, Source};
use crate::governance::rule::{self, Rule};
use crate::governance::{Activity, Desk, Range, Unread};

/// How many people, or memberships, a piece of a walk is about.
const PIECE: usize = 100;

/// Every dynamic group with its rule, ready to be held against people.
#[derive(Debug)]
pub(super) struct Rules(Vec<(Group, Rule)>);

impl Rules {
    /// Returns the rules of the directory as they are now. One that cannot be read changes nobody's membership.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub(super) fn of(desk: &Desk<'_>) -> Result<Self, Unread> {
        let groups = desk.some::<Group>(&Range::of(Mark::GroupDynamic, Key::new()))?;
        let read = groups.into_iter().filter_map(|group| {
            let rule = Rule::parse(group.rule.as_deref()?).ok()?;
            Some((group, rule))
        });
        Ok(Self(read.collect()))
    }

    /// Gives somebody the memberships that the rules give, and takes those that they do not.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub(super) fn settle(&self, desk: &mut Desk<'_>, person: &Person) -> Result<(), Unread> {
        for (group, rule) in &self.0 {
            one(desk, group, rule, person)?;
        }
        Ok(())
    }
}

/// Returns true for somebody whom the rule of a group lets in; `guests` says whether guests may be in it.
#[must_use]
pub fn belongs(guests: bool, rule: &Rule, person: &Person) -> bool {
    (guests || !person.is_guest()) && rule::matches(rule, person)
}

fn one(desk: &mut Desk<'_>, group: &Group, rule: &Rule, person: &Person) -> Result<(), Unread> {
    let belongs = belongs(group.guests, rule, person);
    let place = Place::group(&group.name);
    let mut holds = desk.find::<Hold>(Mark::HoldPlace, &place.key().person(person.id()))?;
    // What a package gives, the package takes.
    holds.retain(|hold| hold.source != Source::Package);
    if belongs && holds.is_empty() {
        let hold = Hold {
            number: desk.fresh::<Hold>()?,
            person: person.id(),
            place,
            role: "Member".to_owned(),
            source: Source::Rule,
        };
        desk.put_because(Activity::AddMember, &hold, "the rule matches")?;
    }
    for hold in holds.iter().filter(|_| !belongs) {
        desk.remove(Activity::RemoveMember, hold)?;
    }
    Ok(())
}

/// Looks at the next members of a group whose rule has changed, or that is gone. Returns where to go on; `None` at the end.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn walk(
    desk: &mut Desk<'_>,
    name: &str,
    after: u64,
) -> Result<Option<u64>, Unread> {
    let group = desk.first::<Group>(Mark::GroupName, &Key::new().text(name))?;
    let rule = group.as_ref().and_then(|group| group.rule.as_deref());
    let Some((group, text)) = group.as_ref().zip(rule) else {
        return take(desk, name, group.is_none(), after);
    };
    let Ok(rule) = Rule::parse(text) else {
        return Ok(None);
    };
    let people = desk.world().numbers(Person::KIND, after, PIECE)?;
    for number in &people {
        if let Some(person) = desk.get::<Person>(*number)? {
            one(desk, group, &rule, &person)?;
        }
    }
    Ok(people.last().copied().filter(|_| people.len() == PIECE))
}

/// Takes the next memberships away that followed from a rule which is no more; all of them when the group itself is gone.
fn take(desk: &mut Desk<'_>, name: &str, all: bool, after: u64) -> Result<Option<u64>, Unread> {
    let mut holds = desk.find::<Hold>(Mark::HoldPlace, &Place::group(name).key())?;
    holds.retain(|hold| all || hold.source == Source::Rule);
    let more = holds.len() > PIECE;
    for hold in holds.iter().take(PIECE) {
        desk.remove(Activity::RemoveMember, hold)?;
    }
    Ok(more.then_some(after + 1))
}
