//! Where one test is played: a store, an engine, a clock and an outbox of its own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::deed::{Giving, granted, policy, with_passcode};
use super::ground::{Ground, unfit};
use super::people::Cast;
use super::tell::{Names, Told};
use super::time::{operator, pass};
use super::{see, tell};
use crate::app::AppError;
use crate::app::governance::{Embedded, Engine, Mailer, tick};
use crate::governance::record::{Record, Request, RequestState};
use crate::governance::request::{self, Ballot};
use crate::governance::{
    Actor, Command, Decision, Event, Mail, Moment, Outcome, Refusal, Template, assignment,
};
use crate::model::text::{Email, When};
use crate::ports::Ids;
use crate::scenario::{
    Deed, Expect, Failure, Happening, MailWord, Observed, Played, Scenario, Step, judge, told,
};
use crate::source::Route;

/// How long a test lasts at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 3_653);

/// Something that happened in the engine or left it.
pub(super) enum Logged {
    /// An event of a decision.
    Event(Box<Event>),
    /// A mail.
    Mail(Box<Mail>),
}

/// What happened, in order.
type Log = Rc<RefCell<Vec<(Timestamp, Logged)>>>;

/// Ids that count up, so that a test plays the same each time.
#[derive(Default)]
struct Counting(AtomicU64);

impl Ids for Counting {
    fn fresh(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }
}

/// Keeps every mail.
struct Kept(Log);

impl Mailer for Kept {
    fn send(&mut self, _: &str, mail: &Mail, planned: Timestamp) -> Outcome {
        let mail = Logged::Mail(Box::new(mail.clone()));
        self.0.borrow_mut().push((planned, mail));
        Outcome::Done
    }

    fn remembers(&self) -> bool {
        true
    }
}

/// Plays a test.
///
/// # Errors
///
/// Those of the store; a test that does not hold is none.
pub(super) fn play(ground: &Ground, scenario: &Scenario) -> Result<Played, AppError> {
    let ids = Counting::default();
    let log = Log::default();
    let given = &scenario.script.given;
    let zone = &ground.tenant.zone;
    let date = second(given.date.start(zone));
    let since = given.assignments.iter().filter_map(|held| held.since);
    let begin = since
        .map(|at| second(at.start(zone)))
        .fold(date, Timestamp::min);
    let moment = Moment {
        now: begin,
        actor: operator(),
        tenant: ground.tenant.clone(),
        given: true,
        seed: [0; 32],
    };
    let store = match ground.store(&given.before) {
        Ok(store) => Box::new(store),
        Err(error) => return Ok(baseless(ground, scenario, unfit(error)?)),
    };
    let mailer = Box::new(Kept(Rc::clone(&log)));
    let mut engine = Engine::over(
        store,
        Box::new(Embedded),
        mailer,
        &ids,
        &ground.project,
        moment,
    );
    let heard = Rc::clone(&log);
    engine.listen(move |at, decision: &Decision| {
        let events = decision.events.iter().cloned();
        let events = events.map(|event| (at, Logged::Event(Box::new(event))));
        heard.borrow_mut().extend(events);
    });
    let mut stage = Stage {
        ground,
        scenario,
        cast: Cast::of(ground, scenario),
        engine,
        log,
        names: Names::default(),
        last: None,
        step: 0,
        timeline: Vec::new(),
        failures: Vec::new(),
    };
    stage.begin(date)?;
    for (index, step) in scenario.script.steps.iter().enumerate() {
        if !stage.failures.is_empty() {
            break;
        }
        stage.step = index + 1;
        stage.play(index, step, date)?;
    }
    let Stage {
        timeline, failures, ..
    } = stage;
    Ok(Played {
        name: scenario.name.clone(),
        description: scenario.script.description.as_str().trim().to_owned(),
        place: scenario.place(&Route::root()).cloned(),
        steps: scenario.script.steps.len(),
        timeline,
        failures,
        zone: zone.clone(),
    })
}

/// Returns what becomes of a test whose tree no store takes.
fn baseless(ground: &Ground, scenario: &Scenario, message: String) -> Played {
    let at = Route::root().key("given").key("before");
    Played {
        name: scenario.name.clone(),
        description: scenario.script.description.as_str().trim().to_owned(),
        place: scenario.place(&Route::root()).cloned(),
        steps: scenario.script.steps.len(),
        timeline: Vec::new(),
        failures: vec![Failure {
            place: scenario.place(&at).cloned(),
            step: 0,
            message,
            help: None,
            broken: true,
        }],
        zone: ground.tenant.zone.clone(),
    }
}

struct Stage<'s> {
    ground: &'s Ground,
    scenario: &'s Scenario,
    cast: Cast<'s>,
    engine: Engine<'s>,
    log: Log,
    names: Names,
    /// The request that the last step was about.
    last: Option<u64>,
    /// The step that is played, counted from 1.
    step: usize,
    timeline: Vec<Happening>,
    failures: Vec<Failure>,
}

/// What became of a deed.
enum Done {
    /// It was done.
    Fine,
    /// The engine refused it.
    Refused(Box<Refusal>),
    /// A guard refused the tree that was to be applied.
    Guarded(String),
    /// No engine was asked: it makes no sense.
    Senseless(String),
}

impl Stage<'_> {
    /// Brings everything that is given about.
    fn begin(&mut self, date: Timestamp) -> Result<(), AppError> {
        let given = &self.scenario.script.given;
        let at = |key: &str| Route::root().key("given").key(key);
        for command in self.cast.commands() {
            if let Done::Refused(refusal) = done(self.engine.serve(&command))? {
                self.broken(&at("people"), refusal.message, refusal.help);
                return Ok(());
            }
        }
        let _ = self.engine.follow_up(usize::MAX)?;
        let _ = tick(&mut self.engine)?;
        let zone = self.ground.tenant.zone.clone();
        let mut held: Vec<_> = given.assignments.iter().enumerate().collect();
        let since = |since: Option<When>| since.map_or(date, |since| since.start(&zone));
        held.sort_by_key(|(_, held)| since(held.since));
        for (index, held) in held {
            let from = since(held.since).max(self.engine.now());
            pass(&mut self.engine, from)?;
            let direct = assignment::Direct {
                person: held.person.clone(),
                name: None,
                policy: policy(&held.package, held.policy.as_ref()),
                start: None,
                end: held.until.map(|until| until.resolve(&zone)),
                justification: None,
            };
            let given = match done(self.serve(&[granted(direct, &held.answers)]))? {
                Done::Fine => self.approved()?,
                refused => refused,
            };
            let at = at("assignments").index(index);
            match given {
                Done::Fine => {
                    let text = format!("given: {} has {}", held.person, held.package);
                    self.tell(from, text);
                }
                Done::Refused(refusal) => {
                    let help = refusal.help.map(|help| as_written(&help));
                    self.broken(&at, refusal.message, help);
                    return Ok(());
                }
                Done::Guarded(message) | Done::Senseless(message) => {
                    self.broken(&at, message, None);
                    return Ok(());
                }
            }
        }
        let now = self.engine.now();
        pass(&mut self.engine, date.max(now))?;
        self.names.learn(&self.engine)?;
        self.log.borrow_mut().clear();
        Ok(())
    }

    /// Lets approvers say yes to what is given, stage by stage: the first of each who may decide.
    fn approved(&mut self) -> Result<Done, AppError> {
        let now = self.engine.now();
        let done = loop {
            let Some(number) = self.last else {
                break Done::Fine;
            };
            let request = self.engine.look(|desk| desk.need::<Request>(number))?;
            if request.state != RequestState::PendingApproval {
                break match request.state {
                    RequestState::DeliveryFailed | RequestState::Denied => {
                        Done::Senseless(format!("it cannot be given: {}", request.status))
                    }
                    _ => Done::Fine,
                };
            }
            let stage = request.open_stage();
            let Some(approver) = stage.and_then(|stage| stage.approvers.first()) else {
                let message = "it cannot be given: nobody is there who could approve it";
                break Done::Senseless(message.to_owned());
            };
            self.engine.sit(Actor::Person(*approver), now);
            let yes = request::Command::Decide(Ballot {
                request: number,
                approve: true,
                justification: Some("given".to_owned()),
            });
            let decided = done(self.engine.serve(&yes.into()))?;
            if !matches!(decided, Done::Fine) {
                break decided;
            }
        };
        self.engine.sit(operator(), now);
        Ok(done)
    }

    /// Plays one step and judges it.
    fn play(&mut self, index: usize, step: &Step, date: Timestamp) -> Result<(), AppError> {
        let at = Route::root().key("steps").index(index);
        let mut seen = Observed::default();
        if let Some(deed) = &step.deed {
            let began = self.engine.now();
            self.tell(began, tell::deed(deed));
            match self.act(deed, date)? {
                Done::Fine => {}
                Done::Senseless(message) => {
                    self.broken(&at.key(deed.word()), message, None);
                    return Ok(());
                }
                Done::Guarded(message) => {
                    let ground = crate::scenario::Ground::Protection;
                    self.tell(began, format!("  refused ({ground}): {message}"));
                    seen.refused = Some((ground, message));
                }
                Done::Refused(refusal) => {
                    let ground = crate::scenario::Ground::of(refusal.ground.as_str());
                    let word = refusal.ground.as_str();
                    self.tell(began, format!("  refused ({word}): {}", refusal.message));
                    seen.refused = ground.map(|ground| (ground, refusal.message));
                }
            }
        }
        let mails = self.hear()?;
        let refused = seen.refused.take();
        let nothing = Expect::default();
        let expect = step.expect.as_ref().unwrap_or(&nothing);
        let sides = (self.ground, self.cast.applied.as_ref());
        seen = see::see(&self.engine, sides, expect, self.last, mails)?;
        seen.refused = refused;
        for difference in judge(step, &seen, &self.ground.tenant.zone) {
            let route: Route = at
                .steps()
                .iter()
                .chain(difference.at.steps())
                .cloned()
                .collect();
            self.failures.push(Failure {
                place: self.scenario.place(&route).cloned(),
                step: self.step,
                message: difference.message,
                help: difference.help,
                broken: false,
            });
        }
        Ok(())
    }

    /// Does what a step says.
    fn act(&mut self, deed: &Deed, date: Timestamp) -> Result<Done, AppError> {
        let now = self.engine.now();
        match deed {
            Deed::Wait(duration) => {
                let wait = SignedDuration::from_secs(duration.as_seconds().cast_signed());
                let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
                return self.pass(until, date);
            }
            Deed::Until(when) => {
                let until = when.resolve(&self.ground.tenant.zone);
                if until < now {
                    let now = told(now, &self.ground.tenant.zone);
                    return Ok(Done::Senseless(format!(
                        "it is {now} already, and time does not go back"
                    )));
                }
                return self.pass(until, date);
            }
            Deed::Apply(edits) => {
                let last = self.cast.applied.as_ref();
                match self.ground.apply(self.engine.store(), last, edits) {
                    Ok(Ok(applied)) => self.cast.applied = applied,
                    Ok(Err(refusal)) => return Ok(Done::Guarded(refusal)),
                    Err(error) => return unfit(error).map(Done::Senseless),
                }
                let _ = self.engine.follow_up(usize::MAX)?;
                let _ = tick(&mut self.engine)?;
                return Ok(Done::Fine);
            }
            _ => {}
        }
        let mut giving = Giving {
            engine: &mut self.engine,
            cast: &self.cast,
            last: self.last,
        };
        let commands = match giving.commands(deed) {
            Ok(commands) => commands,
            Err(AppError::Governance(refusal)) => return Ok(Done::Refused(refusal)),
            Err(error) => return Err(error),
        };
        for together in commands {
            let passcode = self.passcode();
            let given = together
                .iter()
                .map(|it| with_passcode(it, passcode.as_deref()));
            let given: Vec<Command> = given.collect();
            match done(self.serve(&given))? {
                Done::Fine => {}
                other => return Ok(other),
            }
        }
        let now = self.engine.now();
        self.engine.sit(operator(), now);
        let _ = tick(&mut self.engine)?;
        Ok(Done::Fine)
    }

    fn pass(&mut self, until: Timestamp, date: Timestamp) -> Result<Done, AppError> {
        if date.checked_add(LONGEST).is_ok_and(|end| until > end) {
            return Ok(Done::Senseless("a test lasts ten years at most".to_owned()));
        }
        pass(&mut self.engine, until)?;
        Ok(Done::Fine)
    }

    /// Gives commands, all of them or none, and remembers the request that they were about.
    fn serve(&mut self, commands: &[Command]) -> Result<(), AppError> {
        let decision = match commands {
            [one] => self.engine.serve(one)?,
            // What follows outside is done by the tick after it.
            several => self.engine.decide_all(several)?,
        };
        let requests = decision
            .writes
            .iter()
            .filter_map(|write| match &write.after {
                Some(Record::Request(Request { number, .. })) => Some(*number),
                _ => None,
            });
        self.last = requests.max().or(self.last);
        Ok(())
    }

    /// Returns the last passcode that was sent in this step.
    fn passcode(&self) -> Option<String> {
        let log = self.log.borrow();
        let mut mails = log.iter().rev().filter_map(|(_, logged)| match logged {
            Logged::Mail(mail) if mail.template == Template::Passcode => Some(mail),
            _ => None,
        });
        mails.next().map(|mail| mail.facts.message.clone())
    }

    /// Puts what was heard into the timeline, and returns the mails.
    fn hear(&mut self) -> Result<BTreeMap<MailWord, Vec<Email>>, AppError> {
        let log: Vec<_> = self.log.borrow_mut().drain(..).collect();
        self.names.learn(&self.engine)?;
        let mut mails: BTreeMap<MailWord, Vec<Email>> = BTreeMap::new();
        let zone = self.ground.tenant.zone.clone();
        let mut told = Told::new(&zone);
        for (at, logged) in &log {
            if let Logged::Mail(mail) = logged
                && let Some(word) = MailWord::of(mail.template.as_str())
            {
                mails.entry(word).or_default().push(mail.to.clone());
            }
            told.add(&self.engine, &mut self.names, *at, logged)?;
        }
        for (at, text) in told.finish() {
            self.tell(at, format!("  {text}"));
        }
        Ok(mails)
    }

    fn tell(&mut self, at: Timestamp, text: String) {
        self.timeline.push(Happening {
            at,
            step: self.step,
            text,
        });
    }

    fn broken(&mut self, at: &Route, message: String, help: Option<String>) {
        self.failures.push(Failure {
            place: self.scenario.place(at).cloned(),
            step: self.step,
            message,
            help,
            broken: true,
        });
    }
}

/// Returns the whole second of an instant: what is due is found by whole seconds.
fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Tells a refusal, which is an answer, from a failure.
/// Returns help with an option of a command as a test writes it: `answers: { 1: … }` for `--answer '1=…'`.
fn as_written(help: &str) -> String {
    let Some((before, option)) = help.split_once("`--answer '") else {
        return help.to_owned();
    };
    match option.split_once("=…'`") {
        Some((number, rest)) => format!("{before}`answers: {{ {number}: … }}`{rest}"),
        None => help.to_owned(),
    }
}

fn done<T>(served: Result<T, AppError>) -> Result<Done, AppError> {
    match served {
        Ok(_) => Ok(Done::Fine),
        Err(AppError::Governance(refusal)) => Ok(Done::Refused(refusal)),
        Err(error) => Err(error),
    }
}
