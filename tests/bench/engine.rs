//! How the engine fares on large ledgers: requests, ticks and look-ups on a store in a file, within one process.
//!
//! `cargo bench --bench engine -- [--sizes 1000,10000,100000] [--million] [--runs 5]`
//!
//! Every store holds so many people with one assignment each, written by decisions in large batches. Each figure is the
//! median of several runs, and the growth is the exponent between the smallest and the largest store: 0 for what does not
//! depend on the size, 1 for what grows with it.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
#![expect(clippy::print_stderr, reason = "a benchmark says what it is at")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command as Program;
use std::time::{Duration, Instant};

use clap::Parser;
use guestlist::app::governance::assignments::{self, Wanted};
use guestlist::app::governance::{Embedded, Engine, Mailer, tick};
use guestlist::governance::assignment::{self, Command, Direct};
use guestlist::governance::record::{
    Account, Assignment, AssignmentState, Creation, Entity, Governed, GrantState, Granted, Hold,
    ObjectId, Person, PersonId, Place, RecordKind, Request, RequestKind, RequestState, Schedule,
    Source, Terms, UserType,
};
use guestlist::governance::{Actor, Decision, Mail, Moment, Outcome, Tenant, Write};
use guestlist::model::text::{Domain, Email};
use guestlist::model::{Address, Kind, Name};
use guestlist::ports::Ids;
use guestlist::store::{OpenMode, Sitting, Store, open};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Measure the engine on ledgers of several sizes
#[derive(Debug, Parser)]
struct Arguments {
    /// How many assignments the ledgers have
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    sizes: Vec<u64>,

    /// A million as well
    #[arg(long, env = "GUESTLIST_BENCH_MILLION")]
    million: bool,

    /// How often each thing is done; the median counts
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,

    /// What cargo gives every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

const TREE: &str = "
version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
  guests: { group: Design guests }
catalogs:
  marketing: { displayName: Marketing, resources: [photos, guests] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors, guests: Member }
    policies:
      direct: { expires: { after: 180d }, extension: { allowed: true } }
";

const SETTINGS: &str = "project = \"bench\"\n[tenant]\ndomains = [\"contoso.com\"]\n[store]\nurl = \"sqlite:bench.db\"\n";

/// How many assignments end at once.
const ENDING: u64 = 10_000;

/// How many records one decision writes while a ledger is filled.
const BATCH: u64 = 2_000;

type Outcomes<T> = Result<T, Box<dyn Error>>;

struct Fresh;

impl Ids for Fresh {
    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }
}

struct Nowhere;

impl Mailer for Nowhere {
    fn send(&mut self, _: &str, _: &Mail, _: Timestamp) -> Outcome {
        Outcome::Done
    }
}

/// What is measured.
const TITLES: [&str; 5] = [
    "grant, submitted to delivered",
    "tick, nothing due",
    "look-up of one assignment",
    "list of 100 holders",
    "tick, 10,000 ends, each",
];

fn main() -> Outcomes<()> {
    let arguments = Arguments::parse();
    let mut sizes = arguments.sizes.clone();
    if arguments.million {
        sizes.push(1_000_000);
    }
    let mut columns = Vec::new();
    for size in &sizes {
        eprintln!("{size} assignments");
        columns.push(measure(*size, arguments.runs)?);
    }
    println!("| assignments | {} | growth |", joined(&sizes));
    println!("|---|{}", "---:|".repeat(sizes.len() + 1));
    for (row, title) in TITLES.iter().enumerate() {
        let figures: Vec<Duration> = columns.iter().map(|column| column[row]).collect();
        let shown: Vec<String> = figures.iter().map(|figure| shown(*figure)).collect();
        let growth = growth(&sizes, &figures);
        println!("| {title} | {} | {growth:.2} |", shown.join(" | "));
    }
    Ok(())
}

fn joined(sizes: &[u64]) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    sizes.join(" | ")
}

fn shown(figure: Duration) -> String {
    match figure.as_micros() {
        micros if micros < 10_000 => format!("{:.2} ms", figure.as_secs_f64() * 1_000.0),
        _ => format!("{:.0} ms", figure.as_secs_f64() * 1_000.0),
    }
}

fn growth(sizes: &[u64], figures: &[Duration]) -> f64 {
    let (Some(first), Some(last)) = (figures.first(), figures.last()) else {
        return 0.0;
    };
    let (Some(small), Some(large)) = (sizes.first(), sizes.last()) else {
        return 0.0;
    };
    if small == large {
        return 0.0;
    }
    let ratio = |a: f64, b: f64| (b / a).ln();
    ratio(first.as_secs_f64(), last.as_secs_f64()) / ratio(*small as f64, *large as f64)
}

fn begin() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 57)
}

fn moment() -> Outcomes<Moment> {
    Ok(Moment {
        now: begin(),
        actor: Actor::Operator("bench".to_owned()),
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

/// Fills a store and measures everything on it.
fn measure(size: u64, runs: u16) -> Outcomes<[Duration; 5]> {
    let folder = tempfile::tempdir()?;
    let store = project(folder.path())?;
    let over = |store| -> Outcomes<Engine<'static>> {
        let outside: Box<dyn Mailer> = Box::new(Nowhere);
        Ok(Engine::over(
            store,
            Box::new(Embedded),
            outside,
            &Fresh,
            "bench",
            moment()?,
        ))
    };
    let mut engine = over(store)?;
    let (package, policy) = engine.look(|desk| {
        let id = |address: &str| {
            let address: Option<Address> = address.parse().ok();
            Ok::<_, guestlist::governance::Unread>(match address {
                Some(address) => desk.at(&address)?.map(|thing| thing.id),
                None => None,
            })
        };
        Ok((id("package/library")?, id("policy/library/direct")?))
    })?;
    let (Some(package), Some(policy)) = (package, policy) else {
        return Err("the tree was not applied".into());
    };
    fill(engine.store(), size, package, policy)?;
    // What the first tick after an apply looks at is behind us.
    let _ = tick(&mut engine)?;
    let grants = median(runs, |run| {
        let direct = Direct {
            person: Email::parse(&format!("new{run}@wingtip.example"))?,
            name: None,
            policy: Address::within(Kind::Policy, &name("library")?, &name("direct")?),
            start: None,
            end: None,
            justification: None,
        };
        let _ = engine.serve(&Command::Grant(direct).into())?;
        Ok(())
    })?;
    let quiet = median(runs, |_| {
        let _ = tick(&mut engine)?;
        Ok(())
    })?;
    let one = median(runs, |run| {
        let person = PersonId(1 + u64::from(run) * size / u64::from(runs + 1));
        let found = engine.look(|desk| assignment::of(desk, person, package))?;
        found.map(|_| ()).ok_or_else(|| "nobody has it".into())
    })?;
    let wanted = Wanted {
        of: Some(Address::new(Kind::Package, &name("library")?)),
        most: 100,
        ..Wanted::default()
    };
    let list = median(runs, |_| {
        let _ = assignments::list(&engine, &wanted)?;
        Ok(())
    })?;
    let ending = size.min(ENDING);
    engine.sit(
        Actor::Operator("bench".to_owned()),
        begin() + SignedDuration::from_hours(24 * 30),
    );
    let started = Instant::now();
    let ended = tick(&mut engine)?;
    let all = started.elapsed();
    if ended.due < ending {
        return Err(format!("{} ended, not {ending}", ended.due).into());
    }
    let each = all / u32::try_from(ending)?;
    Ok([grants, quiet, one, list, each])
}

fn name(text: &str) -> Outcomes<Name> {
    Ok(Name::parse(text)?)
}

fn median(runs: u16, mut once: impl FnMut(u16) -> Outcomes<()>) -> Outcomes<Duration> {
    let mut taken = Vec::new();
    for run in 0..runs {
        let started = Instant::now();
        once(run)?;
        taken.push(started.elapsed());
    }
    taken.sort_unstable();
    Ok(taken[taken.len() / 2])
}

/// Makes a project with a store to which the tree is applied.
fn project(folder: &Path) -> Outcomes<Box<dyn Store>> {
    fs::write(folder.join("guestlist.toml"), SETTINGS)?;
    fs::write(folder.join("tree.yaml"), TREE)?;
    let applied = Program::new(env!("CARGO_BIN_EXE_guestlist"))
        .args(["apply", "--auto-approve", "-q"])
        .current_dir(folder)
        .output()?;
    if !applied.status.success() {
        return Err(String::from_utf8_lossy(&applied.stderr).into());
    }
    Ok(open("sqlite:bench.db", folder, OpenMode::Existing)?)
}

/// Writes so many people with an assignment each; the first of them end after 30 days.
fn fill(store: &mut dyn Store, size: u64, package: ObjectId, policy: ObjectId) -> Outcomes<()> {
    let mut number = 1;
    while number <= size {
        let until = (number + BATCH).min(size + 1);
        let mut decision = Decision::default();
        for number in number..until {
            add(&mut decision, number, package, policy)?;
        }
        let sitting = Sitting {
            project: "bench",
            now: begin(),
            actor: "bench",
            via: "bench",
            id: "fill",
        };
        let kept = store.decide(&sitting, &mut |_| Ok(decision.clone()))?;
        kept.map_err(|refusal| refusal.message.clone())?;
        number = until;
    }
    Ok(())
}

fn add(decision: &mut Decision, number: u64, package: ObjectId, policy: ObjectId) -> Outcomes<()> {
    let mail = Email::parse(&format!("p{number}@wingtip.example"))?;
    let mut person = Person::applicant(number, mail.clone(), format!("Person {number}"));
    person.governed = Governed::Governed;
    person.account = Some(Account {
        upn: format!("p{number}_wingtip.example#EXT#@contoso.com"),
        user_type: UserType::Guest,
        external: true,
        state: None,
        state_changed: None,
        creation: Creation::Invitation,
        enabled: true,
        created: begin(),
        deleted: None,
        roles: Vec::new(),
    });
    let places = [
        (Place::group("Design guests"), "Member"),
        (
            Place {
                origin: guestlist::model::kinds::Origin::Site,
                name: "https://contoso.sharepoint.com/sites/photos".to_owned(),
            },
            "Visitors",
        ),
    ];
    for (at, (place, role)) in (0..).zip(&places) {
        put(
            decision,
            &Hold {
                number: number * 2 - 1 + at,
                person: PersonId(number),
                place: place.clone(),
                role: (*role).to_owned(),
                source: Source::Package,
            },
        );
    }
    let request = Request {
        number,
        kind: RequestKind::AdminAdd,
        person: PersonId(number),
        by: None,
        package,
        policy,
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
    let days = if number <= ENDING { 30 } else { 400 };
    let assignment = Assignment {
        number,
        person: PersonId(number),
        package,
        policy,
        request: number,
        state: AssignmentState::Delivered,
        start: begin(),
        end: Some(begin() + SignedDuration::from_hours(24 * days)),
        delivered: Some(begin()),
        notifications: true,
        extendable: false,
        reminded: 0,
        automatic: false,
        grace_until: None,
        roles: places
            .iter()
            .map(|(place, role)| Granted {
                place: place.clone(),
                role: (*role).to_owned(),
                state: GrantState::Held,
            })
            .collect(),
        attempt: 0,
        ended: None,
    };
    put(decision, &person);
    put(decision, &request);
    put(decision, &assignment);
    Ok(())
}

fn put<E: Entity>(decision: &mut Decision, record: &E) {
    let kind: RecordKind = E::KIND;
    decision.writes.push(Write {
        id: guestlist::governance::record::RecordId {
            kind,
            number: record.number(),
        },
        before: None,
        after: Some(record.clone().into_record()),
    });
}
