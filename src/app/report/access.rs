//! Who reaches what: every package that somebody has, and every role that somebody holds without one.

use super::guests::is_guest;
use super::partners::Partners;
use super::tally::{Said, groupings};
use super::{Grouping as _, PAGE, Pages, Tally, may_report};
use crate::app::AppError;
use crate::app::governance::{Engine, cards};
use crate::governance::record::{
    Asked, Assignment, Entity as _, GrantState, Hold, Key, Mark, ObjectId, Person, PersonId,
    RecordId, Request, RequestKind, Source,
};
use crate::governance::{Desk, Ground, Range, Refusal, Scope, Task, Unread, request};
use crate::model::{Address, Kind, Name};
use crate::render::json::v1::{AccessRow, ReachedRole, Summary};

groupings! {
    /// What access is counted by.
    AccessBy {
        /// The package
        Package => Said::new("package", "no package", &["PACKAGE", "WAYS IN"]),
        /// The policy that it came through
        Policy => Said::new("policy", "no policy", &["POLICY", "WAYS IN"]),
        /// The organization of the person
        Organization => Said::new("organization", "no organization", &["ORGANIZATION", "WAYS IN"]),
        /// The group, site or application
        Resource => Said::new("resource", "nothing", &["RESOURCE", "WAYS IN"]),
        /// By a package, directly, or by a rule
        Way => Said::new("way", "none", &["WAY", "WAYS IN"]),
    }
}

impl AccessBy {
    fn groups(self, row: &AccessRow) -> Vec<String> {
        let own = |address: &Option<String>| {
            let name = address.as_deref().and_then(|it| it.split_once('/'));
            name.map(|(_, name)| name.to_owned()).into_iter().collect()
        };
        match self {
            Self::Package => own(&row.package),
            Self::Policy => own(&row.policy),
            Self::Organization => row.organization.iter().cloned().collect(),
            Self::Way => vec![row.way.to_owned()],
            Self::Resource => {
                let places = row.roles.iter();
                let places = places.map(|role| format!("{} {}", role.kind, role.place));
                let mut places: Vec<String> = places.collect();
                places.sort();
                places.dedup();
                places
            }
        }
    }
}

/// Where the next rows are.
#[derive(Debug)]
enum Next {
    /// People after a number, one after the other.
    People(u64),
    /// The holders of a package, after a place among them.
    Package(ObjectId, Option<(Key, RecordId)>),
    /// There are no more.
    Done,
}

/// Who reaches what, person by person.
#[derive(Debug)]
pub struct Access<'e> {
    engine: &'e Engine<'e>,
    by: AccessBy,
    everybody: bool,
    partners: Partners,
    next: Next,
    tally: Tally,
}

impl<'e> Access<'e> {
    /// Begins a report: on people from outside, or on everybody; on the holders of one package, where one is named.
    ///
    /// # Errors
    ///
    /// A refusal for who may not see it and for a package that is not there, and those of reading.
    pub fn new(
        engine: &'e Engine<'e>,
        by: AccessBy,
        everybody: bool,
        package: Option<&Name>,
    ) -> Result<Self, AppError> {
        let words = "a report on access";
        let next = match package {
            None => {
                may_report(engine, None, words)?;
                Next::People(0)
            }
            Some(name) => {
                let address = Address::new(Kind::Package, name);
                let found = engine.look(|desk| Ok(desk.at(&address)?.map(|thing| thing.id)))?;
                // Who may see none of it is not told which packages there are.
                let scope = found.map(|id| (Task::SeeAssignments, Scope::Package(id)));
                may_report(engine, scope, words)?;
                let Some(id) = found else {
                    let message = format!("there is no {address} in the store");
                    let near = engine.look(|desk| request::near(desk, name))?;
                    let help = near.unwrap_or_else(|| {
                        "`guestlist list` shows what the store holds".to_owned()
                    });
                    let refusal = Refusal::new(Ground::Unknown, message).help(help);
                    return Err(AppError::Governance(Box::new(refusal)));
                };
                Next::Package(id, None)
            }
        };
        Ok(Self {
            engine,
            by,
            everybody,
            partners: engine.look(Partners::read)?,
            next,
            tally: Tally::default(),
        })
    }

    /// Returns how many of our own people have the package that the report is on; 0 for a report on all.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn of_our_own(&self) -> Result<usize, AppError> {
        let Next::Package(package, _) = &self.next else {
            return Ok(0);
        };
        let (engine, mut after, mut own) = (self.engine, None, 0);
        loop {
            let (found, next) = engine.look(|desk| {
                let (marked, next) = holders(desk, *package, after.clone())?;
                let mut found = 0;
                for (_, id) in &marked {
                    let person = desk.person(desk.need::<Assignment>(id.number)?.person)?;
                    found += usize::from(!is_from_outside(&person));
                }
                Ok((found, next))
            })?;
            own += found;
            match next {
                Some(last) => after = Some(last),
                None => return Ok(own),
            }
        }
    }

    fn counts(&self, person: &Person) -> bool {
        self.everybody || is_guest(person)
    }

    fn of_people(&self, desk: &Desk<'_>, after: u64) -> Result<(Vec<AccessRow>, Next), Unread> {
        let numbers = desk.world().numbers(Person::KIND, after, PAGE)?;
        let mut rows = Vec::new();
        for number in &numbers {
            let Some(person) = desk.get::<Person>(*number)?.filter(|it| self.counts(it)) else {
                continue;
            };
            let mine = Key::new().person(person.id());
            let assignments = desk.find::<Assignment>(Mark::AssignmentPerson, &mine)?;
            for assignment in &assignments {
                rows.push(by_package(desk, &person, assignment, &self.partners)?);
            }
            rows.extend(besides(desk, &person, &assignments, &self.partners)?);
        }
        let full = numbers.len() == PAGE;
        let next = numbers.last().filter(|_| full);
        Ok((rows, next.map_or(Next::Done, |last| Next::People(*last))))
    }

    fn of_package(
        &self,
        desk: &Desk<'_>,
        package: ObjectId,
        after: Option<(Key, RecordId)>,
    ) -> Result<(Vec<AccessRow>, Next), Unread> {
        let (marked, last) = holders(desk, package, after)?;
        let mut rows = Vec::new();
        for (_, id) in &marked {
            let assignment = desk.need::<Assignment>(id.number)?;
            let person = desk.person(assignment.person)?;
            if self.everybody || is_from_outside(&person) {
                rows.push(by_package(desk, &person, &assignment, &self.partners)?);
            }
        }
        let next = last.map_or(Next::Done, |last| Next::Package(package, Some(last)));
        Ok((rows, next))
    }
}

/// Where a record is among others.
type At = (Key, RecordId);

/// Returns a page of the assignments of a package, and the last of it where there may be more.
fn holders(
    desk: &Desk<'_>,
    package: ObjectId,
    after: Option<At>,
) -> Result<(Vec<At>, Option<At>), Unread> {
    let range = Range::of(Mark::AssignmentPackage, Key::new().object(package));
    let marked = desk.world().marked(&range.after(after).most(PAGE))?;
    let last = marked.last().filter(|_| marked.len() == PAGE).cloned();
    Ok((marked, last))
}

/// Returns true for a guest, and for somebody from outside who has no account yet.
fn is_from_outside(person: &Person) -> bool {
    is_guest(person) || person.account.is_none()
}

impl Pages for Access<'_> {
    type Row = AccessRow;

    fn page(&mut self) -> Result<Option<Vec<AccessRow>>, AppError> {
        let this = &*self;
        let (rows, next) = match &this.next {
            Next::Done => return Ok(None),
            Next::People(after) => this.engine.look(|desk| this.of_people(desk, *after))?,
            Next::Package(package, after) => this
                .engine
                .look(|desk| this.of_package(desk, *package, after.clone()))?,
        };
        self.next = next;
        for row in &rows {
            self.tally.add(self.by.groups(row));
        }
        Ok(Some(rows))
    }

    fn summary(&self) -> Summary {
        self.tally.summary(self.by.said().order)
    }
}

fn by_package(
    desk: &Desk<'_>,
    person: &Person,
    assignment: &Assignment,
    partners: &Partners,
) -> Result<AccessRow, Unread> {
    let request = desk.need::<Request>(assignment.request)?;
    let (through, approved_by) = granted(desk, &request)?;
    let gives = assignment
        .roles
        .iter()
        .filter(|role| matches!(role.state, GrantState::Held | GrantState::Pending));
    Ok(AccessRow {
        person: person.mail.to_string(),
        organization: organization(person, partners),
        way: "package",
        assignment: Some(assignment.number),
        package: cards::address(desk, assignment.package)?,
        policy: cards::address(desk, assignment.policy)?,
        state: Some(assignment.state.as_str()),
        roles: gives
            .map(|granted| ReachedRole {
                kind: granted.place.origin.key(),
                place: granted.place.name.clone(),
                role: granted.role.clone(),
            })
            .collect(),
        since: Some(assignment.start),
        until: assignment.ends(),
        through,
        approved_by,
    })
}

fn organization(person: &Person, partners: &Partners) -> Option<String> {
    let name = partners.find(person).filter(|_| person.is_outside());
    name.map(str::to_owned)
}

/// Returns what led to an assignment, and who said yes.
fn granted(desk: &Desk<'_>, request: &Request) -> Result<(&'static str, Vec<String>), Unread> {
    Ok(match request.kind {
        RequestKind::AdminAdd => {
            let by = match &request.by {
                Some(Asked::Person(id)) => vec![mail(desk, *id)?],
                Some(Asked::Operator(name)) => vec![name.clone()],
                None => Vec::new(),
            };
            ("administrator", by)
        }
        RequestKind::SystemAdd => ("rule", Vec::new()),
        _ => {
            let mut approvers = Vec::new();
            let opinions = request
                .stages
                .iter()
                .filter_map(|stage| stage.opinion.as_ref());
            for opinion in opinions.filter(|opinion| opinion.approved) {
                approvers.push(mail(desk, opinion.by)?);
            }
            ("request", approvers)
        }
    })
}

/// Returns the address of somebody who may have been purged since.
fn mail(desk: &Desk<'_>, id: PersonId) -> Result<String, Unread> {
    let person = desk.get::<Person>(id.0)?;
    Ok(person.map_or_else(|| format!("person {id}"), |person| person.mail.to_string()))
}

/// Returns the roles that somebody holds and that no package gives them, a row each.
fn besides(
    desk: &Desk<'_>,
    person: &Person,
    assignments: &[Assignment],
    partners: &Partners,
) -> Result<Vec<AccessRow>, Unread> {
    let mut rows = Vec::new();
    for hold in desk.find::<Hold>(Mark::HoldPerson, &Key::new().person(person.id()))? {
        let given = assignments
            .iter()
            .any(|assignment| assignment.gives(&hold.place, &hold.role));
        if given {
            continue;
        }
        let (way, through) = match hold.source {
            Source::Rule => ("rule", "rule"),
            // What a package gave and no package gives any more is as if somebody had given it.
            Source::Direct | Source::Package => ("direct", "directory"),
        };
        rows.push(AccessRow {
            person: person.mail.to_string(),
            organization: organization(person, partners),
            way,
            assignment: None,
            package: None,
            policy: None,
            state: None,
            roles: vec![ReachedRole {
                kind: hold.place.origin.key(),
                place: hold.place.name.clone(),
                role: hold.role.clone(),
            }],
            since: None,
            until: None,
            through,
            approved_by: Vec::new(),
        });
    }
    rows.sort_by(|one, other| one.roles.cmp(&other.roles));
    Ok(rows)
}
