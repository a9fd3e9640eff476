//! How the engine fares on large ledgers: requests, ticks and look-ups on a store in a file, in one process and as commands.
//!
//! `cargo bench --bench engine -- [--sizes 0,1000,10000,100000] [--million] [--runs 9]`
//!
//! Every store but the empty one has a thousand packages and guests with ten assignments each. Each figure is the median of
//! several runs, and the growth is the exponent between the smallest store that is not empty and the largest: 0 for what
//! does not depend on the size, 1 for what grows with it.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
#![expect(clippy::print_stderr, reason = "a benchmark says what it is at")]

#[expect(dead_code, reason = "the benchmark of reports uses the rest")]
mod ledger;
mod measure;

use std::path::Path;
use std::time::{Duration, Instant};

use clap::Parser;
use guestlist::app::governance::assignments::{self, Wanted};
use guestlist::app::governance::{Engine, requests, tick};
use guestlist::governance::assignment::{self, Command as Assign, Direct};
use guestlist::governance::record::{Identity, PersonId, Record, Request, RequestState};
use guestlist::governance::request::{Ask, Ballot, Command, Visitor};
use guestlist::governance::{Actor, Decision};
use guestlist::model::text::Email;
use guestlist::model::{Address, Kind};
use ledger::{ENDING, Outcomes, begin, guest, name, operator, package, person};

/// Measure the engine on ledgers of several sizes
#[derive(Debug, Parser)]
struct Arguments {
    /// How many assignments the ledgers have
    #[arg(long, value_delimiter = ',', default_values_t = [0, 1_000, 10_000, 100_000])]
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

/// One thing that was measured.
#[derive(Debug, Clone, Copy)]
enum Figure {
    Time(Duration),
    /// In KiB.
    Memory(u64),
    /// Not to be had from this store.
    None,
}

impl Figure {
    fn value(self) -> Option<f64> {
        match self {
            Self::Time(time) => Some(time.as_secs_f64()),
            Self::Memory(memory) => Some(memory as f64),
            Self::None => None,
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Time(time) if time.as_micros() < 10_000 => {
                format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
            }
            Self::Time(time) => format!("{:.0} ms", time.as_secs_f64() * 1_000.0),
            Self::Memory(memory) => format!("{} MB", memory / 1024),
            Self::None => "–".to_owned(),
        }
    }
}

/// What was measured on one store, by its title.
type Column = Vec<(&'static str, Figure)>;

fn main() -> Outcomes<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(measure::HELPER) {
        return Ok(measure::help(arguments)?);
    }
    let arguments = Arguments::parse();
    let mut sizes = arguments.sizes.clone();
    if arguments.million {
        sizes.push(1_000_000);
    }
    let mut columns = Vec::new();
    for size in &sizes {
        eprintln!("{size} assignments");
        columns.push(column(*size, arguments.runs)?);
    }
    print(&sizes, &columns);
    Ok(())
}

fn print(sizes: &[u64], columns: &[Column]) {
    let heads: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    println!("| assignments | {} | growth |", heads.join(" | "));
    println!("|---|{}", "---:|".repeat(sizes.len() + 1));
    let titles = columns.first().into_iter().flatten();
    for (row, (title, _)) in titles.enumerate() {
        let figures: Vec<Figure> = columns.iter().map(|column| column[row].1).collect();
        let shown: Vec<String> = figures.iter().map(|figure| figure.shown()).collect();
        let growth =
            growth(sizes, &figures).map_or_else(|| "–".to_owned(), |it| format!("{it:.2}"));
        println!("| {title} | {} | {growth} |", shown.join(" | "));
    }
}

fn growth(sizes: &[u64], figures: &[Figure]) -> Option<f64> {
    let known = sizes.iter().zip(figures).filter(|(size, _)| **size > 0);
    let mut known = known.filter_map(|(size, figure)| Some((*size as f64, figure.value()?)));
    let first = known.next()?;
    let last = known.next_back()?;
    Some((last.1 / first.1).ln() / (last.0 / first.0).ln())
}

/// Fills a store and measures everything on it.
fn column(size: u64, runs: u16) -> Outcomes<Column> {
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    let mut engine = ledger::make(folder.path(), size)?;
    eprintln!("  filled in {:.0?}", started.elapsed());
    // What the first tick after an apply looks at is behind us.
    let _ = tick(&mut engine)?;
    let mut column = within(&mut engine, size, runs)?;
    drop(engine);
    column.extend(commands(folder.path(), size, runs)?);
    Ok(column)
}

/// What is measured in one process.
fn within(engine: &mut Engine<'_>, size: u64, runs: u16) -> Outcomes<Column> {
    let mut column = Vec::new();
    let asked = median(runs, |run| {
        let number = submit(engine, run)?;
        approve(engine, number)
    })?;
    column.push(("a request: submitted, approved, delivered", asked));
    let granted = median(runs, |run| {
        let _ = engine.serve(&grant(run)?.into())?;
        Ok(())
    })?;
    column.push(("a direct assignment, to delivered", granted));
    let quiet = median(runs, |_| {
        let _ = tick(engine)?;
        Ok(())
    })?;
    column.push(("a tick with nothing due", quiet));
    let wanted = name("p0")?;
    let explained = median(runs, |run| {
        let mail = Email::parse(&format!("somebody{run}@wingtip.example"))?;
        let visitor = Visitor {
            mail,
            identity: None,
        };
        let _ = requests::explain(engine, &visitor, &wanted)?;
        Ok(())
    })?;
    column.push(("`explain`", explained));
    if size == 0 {
        column.push(("look-up of one assignment", Figure::None));
        column.push(("list of 100 holders", Figure::None));
        return Ok(column);
    }
    let one = median(runs, |run| {
        let number = 1 + u64::from(run) * size / u64::from(runs + 1);
        let package = Address::new(Kind::Package, &name(&format!("p{}", package(number)))?);
        let person = PersonId(person(number));
        let found = engine.look(|desk| match desk.at(&package)? {
            Some(package) => assignment::of(desk, person, package.id),
            None => Ok(None),
        })?;
        found.map(|_| ()).ok_or_else(|| "nobody has it".into())
    })?;
    column.push(("look-up of one assignment", one));
    let wanted = Wanted {
        of: Some(Address::new(Kind::Package, &name("p7")?)),
        most: 100,
        ..Wanted::default()
    };
    let list = median(runs, |_| {
        let _ = assignments::list(engine, &wanted)?;
        Ok(())
    })?;
    column.push(("list of 100 holders", list));
    Ok(column)
}

/// What is measured as whole commands.
fn commands(folder: &Path, size: u64, runs: u16) -> Outcomes<Column> {
    let program = Path::new(env!("CARGO_BIN_EXE_guestlist"));
    let at = |days: i64| {
        let at = begin() + jiff::SignedDuration::from_hours(24 * days);
        at.to_string()
    };
    let measured = |arguments: &[&str]| measure::run(program, arguments, folder);
    let several = |command: &dyn Fn(u16) -> Vec<String>| -> Outcomes<measure::Taken> {
        let mut taken = Vec::new();
        for run in 0..runs {
            let arguments = command(run);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            taken.push(measured(&arguments)?);
        }
        Ok(measure::median(taken))
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let now = at(0);
    let submit = several(&|run| {
        let who = format!("cli{run}@wingtip.example");
        words(&["request", "submit", "p0", "--as", &who, "--at", &now, "-q"])
    })?;
    let tick = several(&|_| words(&["tick", "--at", &now, "-q"]))?;
    let explain = several(&|run| {
        let who = guest(1 + u64::from(run) * size / u64::from(runs + 1));
        words(&["explain", &who, "p0", "--at", &now, "-q"])
    })?;
    let mut column = vec![
        ("`guestlist request submit`", Figure::Time(submit.wall)),
        ("`guestlist tick` with nothing due", Figure::Time(tick.wall)),
        ("`guestlist explain`", Figure::Time(explain.wall)),
        ("its memory", Figure::Memory(explain.memory)),
    ];
    let ends = "`guestlist tick`, 10,000 assignments end, each";
    if size == 0 {
        column.extend([(ends, Figure::None), ("its memory", Figure::None)]);
        return Ok(column);
    }
    let later = at(30);
    let ended = measured(&["tick", "--at", &later, "-q"])?;
    let ending = u32::try_from(size.min(ENDING))?;
    column.push((ends, Figure::Time(ended.wall / ending)));
    column.push(("its memory", Figure::Memory(ended.memory)));
    Ok(column)
}

/// Somebody new from outside asks. Returns the number of the request.
fn submit(engine: &mut Engine<'_>, run: u16) -> Outcomes<u64> {
    engine.sit(operator(), begin());
    let ask = Ask {
        package: name("p0")?,
        policy: None,
        justification: None,
        answers: Vec::new(),
        start: None,
        end: None,
        person: None,
        visitor: Some(Visitor {
            mail: Email::parse(&format!("asks{run}@wingtip.example"))?,
            identity: Some(Identity::Passcode),
        }),
    };
    let decision = engine.serve(&Command::Submit(ask).into())?;
    Ok(request(&decision).ok_or("no request came of it")?.number)
}

/// The approver says yes, and it is delivered.
fn approve(engine: &mut Engine<'_>, number: u64) -> Outcomes<()> {
    let legal = engine.look(|desk| desk.get::<guestlist::governance::record::Person>(1))?;
    let legal = legal.ok_or("nobody approves")?;
    engine.sit(Actor::Person(legal.id()), begin());
    let ballot = Ballot {
        request: number,
        approve: true,
        justification: Some("yes".to_owned()),
    };
    let _ = engine.serve(&Command::Decide(ballot).into())?;
    engine.sit(operator(), begin());
    let request = engine.look(|desk| desk.need::<Request>(number))?;
    match request.state {
        RequestState::Delivered => Ok(()),
        other => Err(format!("request {number} is {other:?}: {}", request.status).into()),
    }
}

fn request(decision: &Decision) -> Option<&Request> {
    let mut writes = decision.writes.iter();
    writes.find_map(|write| match &write.after {
        Some(Record::Request(request)) => Some(request),
        _ => None,
    })
}

fn grant(run: u16) -> Outcomes<Assign> {
    Ok(Assign::Grant(Direct {
        person: Email::parse(&format!("new{run}@wingtip.example"))?,
        name: None,
        policy: Address::within(Kind::Policy, &name("p0")?, &name("direct")?),
        start: None,
        end: None,
        justification: None,
    }))
}

fn median(runs: u16, mut once: impl FnMut(u16) -> Outcomes<()>) -> Outcomes<Figure> {
    let mut taken = Vec::new();
    for run in 0..runs {
        let started = Instant::now();
        once(run)?;
        taken.push(started.elapsed());
    }
    taken.sort_unstable();
    Ok(Figure::Time(taken[taken.len() / 2]))
}
