//! A large ledger: guests with ten assignments each, in a store in a file, with the audit entries of their deliveries.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command as Program;

use guestlist::app::governance::{Embedded, Engine, Mailer};
use guestlist::governance::people::{self, Entry};
use guestlist::governance::record::{
    Account, Assignment, AssignmentState, Creation, Entity, Governed, GrantState, Granted, Hold,
    Identity, ObjectId, Person, PersonId, Place, RecordId, Request, RequestKind, RequestState,
    Schedule, Source, Terms, UserType,
};
use guestlist::governance::{
    Activity, Actor, Decision, Event, Mail, Moment, Outcome, Tenant, Unread, Write,
};
use guestlist::model::kinds::Origin;
use guestlist::model::text::{Domain, Email};
use guestlist::model::{Address, Kind, Name};
use guestlist::ports::Ids;
use guestlist::store::{OpenMode, Sitting, Store, open};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub(crate) type Outcomes<T> = Result<T, Box<dyn Error>>;

/// How many packages a ledger with anything in it has, each with a site of its own.
const PACKAGES: u64 = 1_000;

/// What a ledger is filled with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// How many packages there are.
    pub(crate) packages: u64,
    /// How many sites they are spread over.
    pub(crate) sites: u64,
    /// The policy that each assignment went through.
    pub(crate) policy: &'static str,
    /// The domain of a guest, by their number.
    pub(crate) domain: fn(u64) -> String,
    /// How many packages each guest has.
    pub(crate) each: u64,
    /// When an assignment ends, in days, by its number.
    pub(crate) ends: fn(u64) -> i64,
}

/// The ledger of the engine's benchmark: guests of one partner.
const LAYOUT: Layout = Layout {
    packages: PACKAGES,
    sites: PACKAGES,
    policy: "direct",
    domain: |_| "wingtip.example".to_owned(),
    each: EACH,
    ends: few,
};

/// How many packages each guest has.
pub(crate) const EACH: u64 = 10;

/// How many assignments end after 30 days; the others last.
pub(crate) const ENDING: u64 = 10_000;

/// In how many days an assignment ends.
pub(crate) const fn few(number: u64) -> i64 {
    if number <= ENDING { 30 } else { 400 }
}

/// How many assignments one decision writes.
const BATCH: u64 = 2_000;

/// The store, below the project's folder.
pub(crate) const STORE: &str = "sqlite:bench.db";

/// The settings of the project.
pub(crate) const SETTINGS: &str = "project = \"bench\"\n[tenant]\ndomains = [\"contoso.com\"]\n\
    [store]\nurl = \"sqlite:bench.db\"\ndevelopment = true\n";

struct Fresh;

impl Ids for Fresh {
    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Takes every mail and forgets it.
struct Nowhere;

impl Mailer for Nowhere {
    fn send(&mut self, _: &str, _: &Mail, _: Timestamp) -> Outcome {
        Outcome::Done
    }
}

/// The first instant of every ledger.
pub(crate) fn begin() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 57)
}

pub(crate) fn operator() -> Actor {
    Actor::Operator("bench".to_owned())
}

pub(crate) fn name(text: &str) -> Outcomes<Name> {
    Ok(Name::parse(text)?)
}

pub(crate) fn site(number: u64) -> String {
    format!("https://contoso.sharepoint.com/sites/s{number}")
}

/// A tree of so many packages; all guests may ask for the first one, and one person approves.
fn tree(packages: u64) -> String {
    let mut text = String::from(
        "version: 1
organizations:
  wingtip: { displayName: Wingtip, domains: [wingtip.example] }
externalUsers: { afterLastAssignment: block }
resources:
",
    );
    for number in 0..packages {
        let _ = writeln!(text, "  s{number}: {{ site: '{}' }}", site(number));
    }
    let _ = writeln!(text, "catalogs:");
    for catalog in 0..packages.div_ceil(100) {
        let of: Vec<String> = (catalog * 100..packages.min(catalog * 100 + 100))
            .map(|number| format!("s{number}"))
            .collect();
        let of = of.join(", ");
        let _ = writeln!(
            text,
            "  c{catalog}: {{ displayName: C{catalog}, published: true, externallyVisible: true, resources: [{of}] }}"
        );
    }
    let _ = writeln!(text, "packages:");
    for number in 0..packages {
        let _ = writeln!(
            text,
            "  p{number}:
    catalog: c{}
    displayName: Package {number}
    grants: {{ s{number}: Visitors }}
    policies:
      direct: {{ expires: {{ after: 180d }} }}
      partners:
        requestors: {{ organizations: [wingtip] }}
        approval: {{ stages: [{{ approvers: ['user:legal@contoso.com'] }}] }}
        expires: {{ after: 180d }}",
            number / 100
        );
    }
    text
}

/// Makes a project in a folder, whose store has so many assignments. Returns the engine over it.
pub(crate) fn make(folder: &Path, assignments: u64) -> Outcomes<Engine<'static>> {
    let packages = if assignments == 0 { 1 } else { PACKAGES };
    fs::write(folder.join("tree.yaml"), tree(packages))?;
    let layout = Layout { packages, ..LAYOUT };
    apply(folder, assignments, layout)
}

/// Makes a project for reports: guests of a thousand domains with some packages each, of which half end within 90 days, and
/// a tenth as many again whom nobody governs. Returns the engine over it.
pub(crate) fn reported(folder: &Path, guests: u64, each: u64) -> Outcomes<Engine<'static>> {
    fs::write(folder.join("tree.yaml"), tree(PACKAGES))?;
    let layout = Layout {
        domain: |guest| format!("d{}.example", guest % 1_000),
        each,
        ends: |number| {
            let day = i64::try_from(number % 90).unwrap_or_default();
            if number % 2 == 0 { 1 + day } else { 200 + day }
        },
        ..LAYOUT
    };
    let mut engine = apply(folder, guests * each, layout)?;
    idle(&mut engine, guests)?;
    Ok(engine)
}

/// Adds guests whom nobody governs, a tenth of those who are there, each with a role that somebody gave them.
fn idle(engine: &mut Engine<'_>, guests: u64) -> Outcomes<()> {
    let holds = engine.look(|desk| desk.world().last(Hold::KIND))?;
    let mut decision = Decision::default();
    for at in 0..guests / 10 {
        let mail = Email::parse(&format!("idle{at}@i{}.example", at % 100))?;
        let number = guests + 2 + at;
        let mut person = Person::applicant(number, mail, "Idle".to_owned());
        person.account = Some(account(&format!("idle{at}#EXT#@contoso.com")));
        put(&mut decision, &person);
        let hold = Hold {
            number: holds + 1 + at,
            person: PersonId(number),
            place: Place::group(&format!("Project {}", at % 50)),
            role: "Member".to_owned(),
            source: Source::Direct,
        };
        put(&mut decision, &hold);
    }
    keep(engine.store(), &decision)
}

fn keep(store: &mut dyn Store, decision: &Decision) -> Outcomes<()> {
    let sitting = Sitting {
        project: "bench",
        now: begin(),
        actor: "bench",
        via: "bench",
        id: "fill",
    };
    let kept = store.decide(&sitting, &mut |_| Ok(decision.clone()))?;
    let _ = kept.map_err(|refusal| refusal.message.clone())?;
    Ok(())
}

/// Applies the tree of a folder to a new store, and fills that. Returns the engine over it.
pub(crate) fn apply(folder: &Path, assignments: u64, layout: Layout) -> Outcomes<Engine<'static>> {
    fs::write(folder.join("guestlist.toml"), SETTINGS)?;
    let applied = Program::new(env!("CARGO_BIN_EXE_guestlist"))
        .args(["apply", "--auto-approve", "-q"])
        .current_dir(folder)
        .output()?;
    if !applied.status.success() {
        return Err(String::from_utf8_lossy(&applied.stderr).into());
    }
    let store = open(STORE, folder, OpenMode::Existing)?;
    let mut engine = Engine::over(
        store,
        Box::new(Embedded),
        Box::new(Nowhere),
        &Fresh,
        "bench",
        moment()?,
    );
    let member = people::Command::Member(Entry {
        mail: Email::parse("legal@contoso.com")?,
        name: "Legal".to_owned(),
        roles: Vec::new(),
    });
    let _ = engine.serve(&member.into())?;
    let mut offers = Vec::new();
    for number in 0..layout.packages {
        offers.push(offer(&engine, number, layout)?);
    }
    fill(engine.store(), assignments, &offers, layout)?;
    Ok(engine)
}

fn moment() -> Outcomes<Moment> {
    Ok(Moment {
        now: begin(),
        actor: operator(),
        tenant: Tenant {
            name: "Contoso".to_owned(),
            domains: vec![Domain::parse("contoso.com")?],
            zone: jiff::tz::TimeZone::UTC,
            portal: "https://myaccess.example".to_owned(),
        },
        given: true,
        seed: [0; 32],
    })
}

/// A package, the policy of its assignments, and its site.
struct Offer {
    package: ObjectId,
    policy: ObjectId,
    place: Place,
}

fn offer(engine: &Engine<'_>, number: u64, layout: Layout) -> Outcomes<Offer> {
    let package = name(&format!("p{number}"))?;
    let address = Address::new(Kind::Package, &package);
    let policy = Address::within(Kind::Policy, &package, &name(layout.policy)?);
    let found = engine.look(|desk| {
        let id = |address| Ok::<_, Unread>(desk.at(address)?.map(|thing| thing.id));
        Ok(id(&address)?.zip(id(&policy)?))
    })?;
    let (package, policy) = found.ok_or("the tree was not applied")?;
    let place = Place {
        origin: Origin::Site,
        name: site(number % layout.sites),
    };
    Ok(Offer {
        package,
        policy,
        place,
    })
}

/// The address of the guest of an assignment, whose packages follow one another.
pub(crate) fn guest(assignment: u64) -> String {
    guest_of(assignment, LAYOUT)
}

fn guest_of(assignment: u64, layout: Layout) -> String {
    let guest = (assignment - 1) / layout.each + 1;
    format!("p{guest}@{}", (layout.domain)(guest))
}

/// The package of an assignment, by its number.
pub(crate) fn package(assignment: u64) -> u64 {
    package_of(assignment, LAYOUT)
}

const fn package_of(assignment: u64, layout: Layout) -> u64 {
    ((assignment - 1) / layout.each * 7 + (assignment - 1) % layout.each) % layout.packages
}

/// The number of the guest of an assignment: the first person of the ledger approves.
pub(crate) fn person(assignment: u64) -> u64 {
    person_of(assignment, LAYOUT)
}

const fn person_of(assignment: u64, layout: Layout) -> u64 {
    (assignment - 1) / layout.each + 2
}

fn fill(store: &mut dyn Store, size: u64, offers: &[Offer], layout: Layout) -> Outcomes<()> {
    let mut number = 1;
    while number <= size {
        let until = (number + BATCH).min(size + 1);
        let mut decision = Decision::default();
        for number in number..until {
            if (number - 1) % layout.each == 0 {
                put(&mut decision, &living(number, layout)?);
            }
            let at = usize::try_from(package_of(number, layout))?;
            let offer = offers.get(at).ok_or("a package is missing")?;
            add(&mut decision, number, offer, layout);
        }
        keep(store, &decision)?;
        number = until;
    }
    Ok(())
}

fn living(assignment: u64, layout: Layout) -> Outcomes<Person> {
    let mail = Email::parse(&guest_of(assignment, layout))?;
    let mut person = Person::applicant(person_of(assignment, layout), mail, "Guest".to_owned());
    person.identities = vec![Identity::Passcode];
    person.governed = Governed::Governed;
    let upn = guest_of(assignment, layout).replace('@', "_");
    person.account = Some(account(&format!("{upn}#EXT#@contoso.com")));
    Ok(person)
}

fn account(upn: &str) -> Account {
    Account {
        upn: upn.to_owned(),
        user_type: UserType::Guest,
        external: true,
        state: None,
        state_changed: None,
        creation: Creation::Invitation,
        enabled: true,
        created: begin(),
        deleted: None,
        roles: Vec::new(),
    }
}

fn add(decision: &mut Decision, number: u64, offer: &Offer, layout: Layout) {
    let person = PersonId(person_of(number, layout));
    let role = "Visitors".to_owned();
    put(
        decision,
        &Hold {
            number,
            person,
            place: offer.place.clone(),
            role: role.clone(),
            source: Source::Package,
        },
    );
    let request = Request {
        number,
        kind: RequestKind::AdminAdd,
        person,
        by: None,
        package: offer.package,
        policy: offer.policy,
        assignment: Some(number),
        state: RequestState::Delivered,
        status: String::new(),
        created: begin(),
        completed: Some(begin()),
        justification: None,
        answers: Vec::new(),
        schedule: Schedule::default(),
        terms: Terms::default(),
        stages: Vec::new(),
    };
    let assignment = Assignment {
        number,
        person,
        package: offer.package,
        policy: offer.policy,
        request: number,
        state: AssignmentState::Delivered,
        start: begin(),
        end: Some(begin() + SignedDuration::from_hours(24 * (layout.ends)(number))),
        delivered: Some(begin()),
        notifications: true,
        extendable: false,
        reminded: 0,
        automatic: false,
        grace_until: None,
        roles: vec![Granted {
            place: offer.place.clone(),
            role,
            state: GrantState::Held,
        }],
        attempt: 0,
        ended: None,
    };
    let after = Some(assignment.clone().into_record());
    decision.events.push(Event {
        activity: Activity::Ready,
        subject: RecordId {
            kind: Assignment::KIND,
            number,
        },
        person: Some(person),
        before: None,
        after,
        reason: String::new(),
    });
    put(decision, &request);
    put(decision, &assignment);
}

fn put<E: Entity>(decision: &mut Decision, record: &E) {
    let record = record.clone().into_record();
    decision.writes.push(Write {
        id: record.id(),
        before: None,
        after: Some(record),
    });
}
