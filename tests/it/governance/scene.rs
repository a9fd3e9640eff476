//! A scene: a tree that was applied, people, and a clock that only the test moves. Everything runs on the store in memory.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Mutex;

use guestlist::app::AppError;
use guestlist::app::governance::{Directory, Embedded, Engine, Mailer, Ticked, tick};
use guestlist::audit::Act;
use guestlist::governance::people::Entry;
use guestlist::governance::record::{
    Account, Assignment, Creation, DirectoryRole, Entity, ExternalState, Governed, Hold, Identity,
    Key, Mark, Person, Place, Request, Source, UserType,
};
use guestlist::governance::{
    Activity, Actor, Command, Decision, Desk, Mail, Moment, Outcome, Refusal, Template, Tenant,
    Unread, people,
};
use guestlist::load::load;
use guestlist::model::text::{Domain, Email};
use guestlist::model::{Bodies, Desired, Project, Selection};
use guestlist::plan::{Asks, build};
use guestlist::ports::Ids;
use guestlist::source::{SourceFile, Sources};
use guestlist::store::Sitting;
use guestlist::store::memory::Memory;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::support::store::{PROJECT, ask, new_run};

/// The instant at which every scene begins.
pub(crate) const BEGIN: &str = "2027-01-01T00:00:00Z";

/// A scene.
pub(crate) struct Scene {
    engine: Engine<'static>,
    sent: Rc<RefCell<Vec<Mail>>>,
    /// Whether whoever sends mails is not there.
    away: Rc<Cell<bool>>,
}

/// Ids that count up, so that a scene plays the same each time.
struct Counting(Mutex<u128>);

impl Ids for Counting {
    fn fresh(&self) -> Uuid {
        let mut last = self.0.lock().unwrap();
        *last += 1;
        Uuid::from_u128(*last)
    }
}

static IDS: Counting = Counting(Mutex::new(0));

/// Keeps what it was given, unless it is away.
struct Kept {
    sent: Rc<RefCell<Vec<Mail>>>,
    away: Rc<Cell<bool>>,
}

impl Mailer for Kept {
    fn send(&mut self, _: &str, mail: &Mail, _: Timestamp) -> Outcome {
        if self.away.get() {
            return Outcome::Later("nobody is there".to_owned());
        }
        self.sent.borrow_mut().push(mail.clone());
        Outcome::Done
    }
}

/// Reads an instant; a day counted from the beginning is written `T14`.
pub(crate) fn instant(text: &str) -> Timestamp {
    match text.strip_prefix('T') {
        Some(days) => {
            let days: i64 = days.parse().unwrap();
            instant(BEGIN) + jiff::SignedDuration::from_hours(24 * days)
        }
        None => text.parse().unwrap(),
    }
}

pub(crate) fn mail(text: &str) -> Email {
    Email::parse(text).unwrap()
}

impl Scene {
    /// A scene with a tree. The administrator `admin@contoso.com` is there.
    pub(crate) fn of(tree: &str) -> Self {
        Self::beside(tree, Box::new(Embedded))
    }

    /// A scene with a directory of its own.
    pub(crate) fn beside(tree: &str, directory: Box<dyn Directory>) -> Self {
        let (sent, away) = (Rc::default(), Rc::default());
        let mailer = Kept {
            sent: Rc::clone(&sent),
            away: Rc::clone(&away),
        };
        let moment = moment(instant(BEGIN));
        let engine = Engine::over(
            Box::new(Memory::new("memory")),
            directory,
            Box::new(mailer),
            &IDS,
            PROJECT,
            moment,
        );
        let mut scene = Self { engine, sent, away };
        scene.apply(tree);
        scene.member("admin@contoso.com", &[DirectoryRole::GlobalAdministrator]);
        scene
    }

    /// Applies another tree, whole.
    pub(crate) fn apply(&mut self, tree: &str) {
        let desired = loaded(tree, self.engine.now());
        self.apply_desired(&desired);
    }

    /// Applies another tree that was read already.
    pub(crate) fn apply_desired(&mut self, desired: &Desired) {
        self.apply_of(PROJECT, desired);
    }

    /// Applies the tree of a project, which may be another one beside.
    pub(crate) fn apply_of(&mut self, project: &str, desired: &Desired) {
        let store = self.engine.store();
        let bodies = Bodies::All;
        let live = store.read(&Selection { project, bodies }).unwrap();
        let plan = build(desired, &live, &Asks::default());
        let lease = store.lease(&ask("ana", instant(BEGIN))).unwrap();
        let new = new_run(&*store, project);
        let _ =
            guestlist::apply::apply(store, &plan, &lease, new, &|| false, &mut |_, _| {}).unwrap();
        store.release(lease).unwrap();
    }

    /// Moves the clock: `T14`, or an instant. The operator acts from now on.
    pub(crate) fn at(&mut self, at: &str) -> &mut Self {
        self.engine
            .sit(Actor::Operator("root".to_owned()), instant(at));
        self
    }

    /// Lets the operator act from now on.
    pub(crate) fn operator(&mut self) -> &mut Self {
        let now = self.engine.now();
        self.engine.sit(Actor::Operator("root".to_owned()), now);
        self
    }

    /// Lets somebody act from now on.
    pub(crate) fn acting(&mut self, person: &str) -> &mut Self {
        let id = self.person(person).id();
        let now = self.engine.now();
        self.engine.sit(Actor::Person(id), now);
        self
    }

    /// Moves the clock and does what is due.
    pub(crate) fn tick(&mut self, at: &str) -> Ticked {
        self.at(at);
        tick(&mut self.engine).unwrap()
    }

    /// Gives a command that is not refused.
    pub(crate) fn run(&mut self, command: impl Into<Command>) -> Decision {
        self.engine.serve(&command.into()).unwrap()
    }

    /// Gives a command that is refused, and returns why.
    pub(crate) fn refused(&mut self, command: impl Into<Command>) -> Refusal {
        match self.engine.serve(&command.into()) {
            Err(AppError::Governance(refusal)) => *refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Makes a member of the directory known.
    pub(crate) fn member(&mut self, address: &str, roles: &[DirectoryRole]) {
        let name = address.split('@').next().unwrap().to_owned();
        let _ = self.run(people::Command::Member(Entry {
            mail: mail(address),
            name,
            roles: roles.to_vec(),
        }));
    }

    /// Looks at the store.
    pub(crate) fn look<T>(&self, see: impl Fn(&Desk<'_>) -> Result<T, Unread>) -> T {
        self.engine.look(see).unwrap()
    }

    pub(crate) fn person(&self, address: &str) -> Person {
        self.look(|desk| desk.by_mail(&mail(address))).unwrap()
    }

    pub(crate) fn get<E: Entity>(&self, number: u64) -> E {
        self.look(|desk| desk.need(number))
    }

    pub(crate) fn request(&self, number: u64) -> Request {
        self.get(number)
    }

    pub(crate) fn assignment(&self, number: u64) -> Assignment {
        self.get(number)
    }

    /// The roles that somebody holds: `group Design guests: Member`, in order.
    pub(crate) fn holds(&self, address: &str) -> Vec<String> {
        let key = Key::new().person(self.person(address).id());
        let holds = self.look(|desk| desk.find::<Hold>(Mark::HoldPerson, &key));
        let mut holds: Vec<String> = holds
            .iter()
            .map(|hold| {
                format!(
                    "{} {}: {}",
                    hold.place.origin.key(),
                    hold.place.name,
                    hold.role
                )
            })
            .collect();
        holds.sort();
        holds
    }

    /// The mails sent since the last time that somebody asked: `access-granted to bob@…`, in order.
    pub(crate) fn mails(&mut self) -> Vec<String> {
        let mut sent = self.sent.borrow_mut();
        let mut mails: Vec<String> = sent
            .drain(..)
            .map(|mail| format!("{} to {}", mail.template.as_str(), mail.to))
            .collect();
        mails.sort();
        mails
    }

    /// Lets whoever sends mails be away, or be there again.
    pub(crate) fn mails_wait(&self, away: bool) {
        self.away.set(away);
    }

    /// The last mail sent to somebody, whole.
    pub(crate) fn mail_to(&self, address: &str) -> Mail {
        let sent = self.sent.borrow();
        let mut to = sent.iter().rev();
        let found = to.find(|mail| mail.to.as_str() == address);
        found
            .unwrap_or_else(|| panic!("no mail to {address}"))
            .clone()
    }

    /// Makes somebody known as a row of an import says.
    pub(crate) fn known(&mut self, row: people::PersonRow) {
        let row = people::Row::Person(Box::new(row));
        let _ = self.run(people::Command::Import(vec![row]));
    }

    /// Changes somebody's row as the directory would, unseen by every rule.
    pub(crate) fn alter(&mut self, address: &str, change: impl Fn(&mut Person)) {
        let person = self.person(address).number;
        self.directly(|desk| {
            let mut person = desk.need::<Person>(person)?;
            change(&mut person);
            desk.keep(&person)
        });
    }

    pub(crate) const fn engine(&mut self) -> &mut Engine<'static> {
        &mut self.engine
    }

    /// Reads instants from a clock that may be wrong, from now on.
    pub(crate) fn by_the_clock(&mut self) -> &mut Self {
        self.engine.given(false);
        self
    }

    /// Goes on with the store as one that was put back from an old copy.
    pub(crate) fn accept_restore(&mut self, at: &str) {
        let store = self.engine.store();
        let lease = store.lease(&ask("ana", instant(at))).unwrap();
        let accept = Act {
            target: None,
            action: "accept restore",
            actor: "ana",
            address: None,
            after: None,
            at: instant(at),
            before: None,
            reason: "",
            run: None,
            via: "test",
        };
        let _ = store.accept_restore(&lease, &accept).unwrap();
        store.release(lease).unwrap();
    }

    /// Changes a person as another part of the system would: redeeming, signing in, being blocked.
    pub(crate) fn change(&mut self, address: &str, change: impl Fn(&mut Person)) {
        let mut person = self.person(address);
        change(&mut person);
        self.write(&|desk| desk.keep(&person));
    }

    /// Writes records as they are.
    pub(crate) fn write(&mut self, act: &dyn Fn(&mut Desk<'_>) -> Result<(), Unread>) {
        self.directly(act);
    }

    /// Decides something by itself, past every command.
    pub(crate) fn directly(&mut self, act: impl Fn(&mut Desk<'_>) -> Result<(), Unread>) {
        let moment = moment(self.engine.now());
        let sitting = Sitting {
            project: PROJECT,
            now: moment.now,
            actor: "root",
            via: "test",
            id: "directly",
        };
        let decided = self.engine.store().decide(&sitting, &mut |world| {
            let mut desk = Desk::new(world, &moment);
            act(&mut desk)?;
            Ok(desk.decided())
        });
        let _ = decided.unwrap().unwrap();
    }

    /// Takes a role away behind the engine's back.
    pub(crate) fn take_away(&mut self, address: &str, place: &str) {
        let key = Key::new().person(self.person(address).id());
        let holds = self.look(|desk| desk.find::<Hold>(Mark::HoldPerson, &key));
        let hold = holds
            .into_iter()
            .find(|hold| hold.place.name == place)
            .unwrap();
        self.directly(|desk| desk.remove(Activity::RemoveResource, &hold));
    }

    /// Makes somebody a member of a group of the directory.
    pub(crate) fn joins(&mut self, address: &str, group: &str) {
        let person = self.person(address).id();
        self.directly(|desk| {
            let hold = Hold {
                number: desk.fresh::<Hold>()?,
                person,
                place: Place::group(group),
                role: "Member".to_owned(),
                source: Source::Direct,
            };
            desk.put(Activity::AddMember, &hold)
        });
    }

    /// Takes somebody out of a group of the directory.
    pub(crate) fn leaves(&mut self, address: &str, group: &str) {
        let key = Place::group(group).key().person(self.person(address).id());
        self.directly(|desk| {
            for hold in desk.find::<Hold>(Mark::HoldPlace, &key)? {
                desk.remove(Activity::RemoveMember, &hold)?;
            }
            Ok(())
        });
    }

    /// Makes a guest known who has redeemed and signs in with an identity.
    pub(crate) fn guest(&mut self, address: &str, identity: Identity) {
        let mail = mail(address);
        self.directly(|desk| {
            let number = desk.fresh::<Person>()?;
            let name = address.split('@').next().unwrap_or_default().to_owned();
            let person = Person {
                identities: vec![identity.clone()],
                account: Some(Account {
                    upn: format!("{}#EXT#@contoso.com", address.replace('@', "_")),
                    user_type: UserType::Guest,
                    external: true,
                    state: Some(ExternalState::Accepted),
                    state_changed: Some(desk.now()),
                    creation: Creation::Invitation,
                    enabled: true,
                    created: desk.now(),
                    deleted: None,
                    roles: Vec::new(),
                }),
                governed: Governed::NotGoverned,
                ..Person::applicant(number, mail.clone(), name)
            };
            desk.keep(&person)
        });
    }

    /// What the audit log says of a decision: the names of its activities.
    pub(crate) fn activities(decision: &Decision) -> Vec<&'static str> {
        let events = decision.events.iter();
        events.map(|event| event.activity.as_str()).collect()
    }

    /// The last mail of a template, whole.
    pub(crate) fn last_mail(&self, template: Template) -> Mail {
        let sent = self.sent.borrow();
        let mut found = sent.iter().filter(|mail| mail.template == template);
        found.next_back().cloned().unwrap()
    }
}

pub(crate) fn moment(now: Timestamp) -> Moment {
    Moment {
        now,
        actor: Actor::Operator("root".to_owned()),
        tenant: Tenant {
            name: "Contoso".to_owned(),
            domains: vec![Domain::parse("contoso.com").unwrap()],
            zone: TimeZone::UTC,
            portal: "https://myaccess.example".to_owned(),
        },
        given: true,
        seed: [0; 32],
    }
}

/// Reads a tree that has no errors.
pub(crate) fn loaded(tree: &str, now: Timestamp) -> Desired {
    let project = Project {
        name: PROJECT.to_owned(),
        own_domains: vec![Domain::parse("contoso.com").unwrap()],
        zone: TimeZone::UTC,
        vars: std::collections::BTreeMap::new(),
    };
    let sources = Sources::new(vec![SourceFile::new("tree.yaml", tree)]);
    let loaded = load(&sources, &project, now);
    loaded
        .desired
        .unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics))
}
