//! What the engine tells somebody who asks for every package of a tree: the measure that impact is held against.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::governance::record::{
    Account, Assignment, AssignmentState, Creation, Entity, Hold, Identity, Key, Mark, Person,
    PersonId, Place, Request, Source, UserType,
};
use guestlist::governance::request::{Ask, Asker, Command, Visitor, offered};
use guestlist::governance::{Activity, Actor, Desk, Unread, decide};
use guestlist::impact::{self, Account as Standing, End, Renewal};
use guestlist::model::kinds::policy::{Expiry, Policy, Requestors};
use guestlist::model::text::Email;
use guestlist::model::{Address, Desired, Kind, Name, Object};
use jiff::{SignedDuration, Timestamp};

use crate::governance::scene::{Scene, mail, moment};

/// Somebody of a small world.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    pub(super) mail: Email,
    pub(super) identity: Identity,
    pub(super) account: Standing,
    /// The groups that they were put into by hand, as members or `as Owner`.
    pub(super) groups: Vec<String>,
    pub(super) holds: Vec<String>,
    /// What rules look at.
    pub(super) department: Option<&'static str>,
    /// A further address.
    pub(super) also: Option<&'static str>,
}

impl Somebody {
    /// Somebody of no group and no department, who holds nothing.
    pub(super) fn plain(address: &str, identity: Identity, account: Standing) -> Self {
        Self {
            mail: mail(address),
            identity,
            account,
            groups: Vec::new(),
            holds: Vec::new(),
            department: None,
            also: None,
        }
    }

    /// The same person in every department that rules of some trees tell apart.
    pub(super) fn each(self, trees: &[(&str, Desired)]) -> Vec<Self> {
        let departments: &[Option<&'static str>] =
            match self.account != Standing::None && trees.iter().any(|(_, tree)| rules(tree) > 0) {
                // A long s is an s to patterns, and to nothing else.
                true => &[
                    None,
                    Some("Sales"),
                    Some("Legal"),
                    Some("Salt"),
                    Some("ſales"),
                ],
                false => &[None],
            };
        let each = departments.iter().map(|department| Self {
            department: *department,
            ..self.clone()
        });
        each.collect()
    }
}

/// How many rules give a package.
fn rules(tree: &Desired) -> usize {
    let policies =
        policies(tree).filter(|(_, policy)| matches!(&policy.requestors, Requestors::Automatic(_)));
    policies.count()
}

fn policies(tree: &Desired) -> impl Iterator<Item = (&Address, &Policy)> {
    tree.objects().iter().filter_map(|it| match &*it.object {
        Object::Policy(policy) => Some((&it.address, policy)),
        _ => None,
    })
}

/// What somebody gets through one policy: stages, when it ends, whether it is extended freely, how seldom it is reviewed.
pub(super) type Terms = (usize, Option<Timestamp>, bool, u64);

/// What somebody may have of each package, by package and policy.
pub(super) type Told = BTreeMap<(String, String), Terms>;

/// A small world that one tree after the other is applied to.
pub(super) struct World {
    pub(super) scene: Scene,
    known: BTreeMap<String, u64>,
}

pub(super) const OWN: &str = "contoso.com";

impl World {
    pub(super) fn new() -> Self {
        Self {
            scene: Scene::of("version: 1\ncatalogs: { open: { displayName: Open } }\n"),
            known: BTreeMap::new(),
        }
    }

    /// Returns the engine's number of somebody who is in the directory.
    fn number(&mut self, somebody: &Somebody) -> u64 {
        let key = format!("{somebody:?}");
        if let Some(number) = self.known.get(&key) {
            return *number;
        }
        let at = self.known.len();
        self.scene
            .directly(|desk| enter(desk, at, somebody).map(|_| ()));
        let number = self.scene.look(|desk| desk.world().last(Person::KIND));
        self.known.insert(key, number);
        number
    }

    /// Lets somebody hold packages while something is looked at; they give them back afterwards.
    fn holding(&mut self, person: u64, packages: &[String]) -> Vec<Assignment> {
        let mut made = Vec::new();
        for name in packages {
            let before = self.scene.look(|desk| desk.world().last(Assignment::KIND));
            self.scene.directly(|desk| hold(desk, person, name));
            let number = self.scene.look(|desk| desk.world().last(Assignment::KIND));
            if number > before {
                made.push(self.scene.get::<Assignment>(number));
            }
        }
        made
    }

    /// The packages that somebody who is in the directory finds when browsing.
    pub(super) fn finds(&mut self, somebody: &Somebody) -> Option<BTreeSet<String>> {
        if somebody.account == Standing::None || !somebody.holds.is_empty() {
            return None;
        }
        let person = self.number(somebody);
        let asker = Asker {
            person: self.scene.get(person),
            by: None,
        };
        let offered = self.scene.look(|desk| offered(desk, &asker));
        let names = offered
            .iter()
            .map(|it| it.package.address.own_name().to_owned());
        Some(names.collect())
    }

    /// Asks the engine for every package through every policy, as somebody, at an instant.
    pub(super) fn told(&mut self, somebody: &Somebody, tree: &Desired, at: Timestamp) -> Told {
        let outside = somebody.account == Standing::None;
        let number = match outside {
            true => None,
            false => Some(self.number(somebody)),
        };
        let held = match number {
            Some(number) => self.holding(number, &somebody.holds),
            None => Vec::new(),
        };
        // Nobody whom the directory knows has this address.
        let visitor = outside.then(|| Visitor {
            mail: mail(&format!("visitor@{}", somebody.mail.domain())),
            identity: Some(somebody.identity.clone()),
        });
        let told = answers(&self.scene, number, visitor, tree, at);
        for assignment in held {
            self.scene.directly(|desk| {
                let ended = Assignment {
                    state: AssignmentState::Expired,
                    ..assignment.clone()
                };
                desk.keep(&ended)
            });
        }
        told
    }
}

/// Returns true for a package of which something is delivered to guests: of a resource that takes them, or nothing at all.
fn takes_guests(package: &Address, tree: &Desired) -> bool {
    let package = match tree.get(package).map(|it| &*it.object) {
        Some(Object::Package(package)) => package,
        other => panic!("{package} is no package: {other:?}"),
    };
    let takes = |name: &Name| {
        let resource = tree.get(&Address::new(Kind::Resource, name));
        matches!(resource.map(|it| &*it.object), Some(Object::Resource(it)) if it.guests)
    };
    package.grants.is_empty() || package.grants.keys().any(takes)
}

/// Asks the engine for every package through every policy at an instant, as somebody whom it knows by number, or as a visitor.
/// What it would never deliver is not told.
pub(super) fn answers(
    scene: &Scene,
    number: Option<u64>,
    visitor: Option<Visitor>,
    tree: &Desired,
    at: Timestamp,
) -> Told {
    let mut told = Told::new();
    for (address, policy) in policies(tree) {
        let package = address.parent().unwrap();
        let is_guest = match number {
            Some(number) => scene.get::<Person>(number).is_guest(),
            None => true,
        };
        if is_guest && !takes_guests(&package, tree) {
            continue;
        }
        let command = Command::Submit(Ask {
            package: Name::parse(package.own_name()).unwrap(),
            policy: Some(Name::parse(address.own_name()).unwrap()),
            justification: Some("because".to_owned()),
            answers: Vec::new(),
            start: None,
            end: None,
            person: None,
            visitor: visitor.clone(),
        });
        let mut moment = moment(at);
        if let Some(number) = number {
            moment.actor = Actor::Person(PersonId(number));
        }
        let terms = scene.look(|desk: &Desk<'_>| {
            match decide(desk.world(), &command.clone().into(), &moment) {
                Ok(decision) => {
                    let made = decision.writes.into_iter().filter_map(|write| write.after);
                    let made = made.filter_map(Request::from_record).next();
                    Ok(made.map(|request| request.terms))
                }
                Err(guestlist::governance::Stop::Refused(_)) => Ok(None),
                Err(guestlist::governance::Stop::Unread(unread)) => Err(unread),
            }
        });
        if let Some(terms) = terms {
            let end = match &terms.expires {
                Expiry::Never => None,
                Expiry::On(when) => Some(when.resolve(&jiff::tz::TimeZone::UTC)),
                Expiry::After(length) => {
                    Some(at + SignedDuration::from_secs(length.as_seconds() as i64))
                }
            };
            let asks = policy.extension.approval && !terms.stages.is_empty();
            let free =
                policy.extension.allowed && !asks && matches!(terms.expires, Expiry::After(_));
            let key = (package.own_name().to_owned(), address.own_name().to_owned());
            told.insert(key, (terms.stages.len(), end, free, seldom(policy)));
        }
    }
    told
}

/// Puts somebody into the directory, and returns their number.
pub(super) fn enter(desk: &mut Desk<'_>, at: usize, somebody: &Somebody) -> Result<u64, Unread> {
    let number = desk.fresh::<Person>()?;
    let is_member = matches!(
        somebody.account,
        Standing::Member | Standing::ExternalMember
    );
    let attributes = somebody.department.iter();
    let attributes = attributes.map(|it| ("department".to_owned(), (*it).to_owned()));
    let person = Person {
        identities: vec![somebody.identity.clone()],
        account: Some(Account {
            upn: format!("person{at}@{OWN}"),
            user_type: match is_member {
                true => UserType::Member,
                false => UserType::Guest,
            },
            external: somebody.account.is_outside(),
            state: None,
            state_changed: None,
            creation: Creation::Invitation,
            enabled: true,
            created: desk.now(),
            deleted: None,
            roles: Vec::new(),
        }),
        attributes: attributes.collect(),
        other_mails: somebody.also.map(mail).into_iter().collect(),
        ..Person::applicant(number, somebody.mail.clone(), format!("Person {at}"))
    };
    desk.keep(&person)?;
    for group in &somebody.groups {
        let (group, role) = group.split_once(" as ").unwrap_or((group, "Member"));
        let hold = Hold {
            number: desk.fresh::<Hold>()?,
            person: PersonId(number),
            place: Place::group(group),
            role: role.to_owned(),
            source: Source::Direct,
        };
        desk.put(Activity::AddMember, &hold)?;
    }
    Ok(number)
}

/// Lets somebody hold a package, where there is one of that name.
fn hold(desk: &mut Desk<'_>, person: u64, name: &str) -> Result<(), Unread> {
    let address = format!("package/{name}").parse().unwrap();
    let Some(package) = desk.at(&address)? else {
        return Ok(());
    };
    let assignment = Assignment {
        number: desk.fresh::<Assignment>()?,
        person: PersonId(person),
        package: package.id,
        policy: package.id,
        request: 0,
        state: AssignmentState::Delivered,
        start: desk.now(),
        end: None,
        delivered: None,
        notifications: false,
        extendable: false,
        reminded: 0,
        automatic: false,
        grace_until: None,
        roles: Vec::new(),
        attempt: 0,
        ended: None,
    };
    desk.keep(&assignment)
}

/// How seldom somebody looks again, in days.
fn seldom(policy: &Policy) -> u64 {
    let review = policy.review.as_ref().filter(|review| review.enabled);
    review.map_or(u64::MAX, |review| review.every.shortest_days())
}

/// What the rules of a tree give people at an instant, each of whom is in a directory beside all others.
pub(super) fn given(people: &[Somebody], tree: &Desired, at: &str) -> Vec<Told> {
    if rules(tree) == 0 {
        return vec![Told::new(); people.len()];
    }
    let mut world = World::new();
    world.scene.apply_desired(tree);
    // Everybody comes at once: a store that is written to a hundred times takes its time.
    world.scene.directly(|desk| {
        for (nth, somebody) in people.iter().enumerate() {
            if somebody.account != Standing::None {
                let person = enter(desk, nth, somebody)?;
                for name in &somebody.holds {
                    hold(desk, person, name)?;
                }
            }
        }
        Ok(())
    });
    let living = people.iter().enumerate();
    let living = living.filter(|(_, somebody)| somebody.account != Standing::None);
    let last = world.scene.look(|desk| desk.world().last(Person::KIND));
    let first = last + 1 - living.clone().count() as u64;
    let numbers: BTreeMap<u64, usize> = (first..).zip(living.map(|(nth, _)| nth)).collect();
    let _ = world.scene.tick(at);
    let mut told = vec![Told::new(); people.len()];
    by_rule(&world.scene, tree, &numbers, &mut told);
    told
}

/// Adds what the rules of a tree have given people, whose places in the list are found by their numbers.
pub(super) fn by_rule(
    scene: &Scene,
    tree: &Desired,
    numbers: &BTreeMap<u64, usize>,
    told: &mut [Told],
) {
    for (address, policy) in policies(tree) {
        let Some(thing) = scene.look(|desk| desk.at(address)) else {
            continue;
        };
        let key = Key::new().object(thing.id);
        let held: Vec<Assignment> = scene.look(|desk| desk.find(Mark::AssignmentPolicy, &key));
        for assignment in held.iter().filter(|it| it.automatic) {
            let Some(nth) = numbers.get(&assignment.person.0) else {
                continue;
            };
            let package = address.parent().unwrap();
            let key = (package.own_name().to_owned(), address.own_name().to_owned());
            told[*nth].insert(key, (0, assignment.end, false, seldom(policy)));
        }
    }
}

/// Returns terms as the engine tells them of somebody who asks at an instant.
pub(super) fn in_numbers(terms: &impact::Terms, at: Timestamp) -> Terms {
    let end = match terms.end {
        End::Never => None,
        End::On(end) => Some(end),
        End::After(length) => Some(at + SignedDuration::from_secs(length.as_seconds() as i64)),
    };
    let free = terms.renewal == Renewal::Free;
    let seldom = terms.review.map_or(u64::MAX, |every| every.shortest_days());
    (terms.approvals.len(), end, free, seldom)
}

/// Returns the packages of which somebody who was told one thing gains by being told another.
pub(super) fn gains(before: &Told, after: &Told) -> BTreeSet<String> {
    let gained = gained(before, after).into_iter();
    gained.map(|(package, _)| package).collect()
}

/// Returns what somebody who was told one thing gains by being told another, by package.
pub(super) fn gained(before: &Told, after: &Told) -> BTreeSet<(String, Terms)> {
    let gained = after.iter().filter(|((package, _), new)| {
        let mut old = before.iter().filter(|((other, _), _)| other == package);
        !old.any(|(_, old)| covers(old, new))
    });
    gained
        .map(|((package, _), new)| (package.clone(), *new))
        .collect()
}

/// Returns true for terms that give no less than others.
pub(super) fn covers(terms: &Terms, other: &Terms) -> bool {
    let (approvals, end, free, seldom) = terms;
    *approvals <= other.0
        && (end.is_none() || other.1.is_some() && *end >= other.1)
        && (end.is_none() || *free || !other.2)
        && *seldom >= other.3
}
