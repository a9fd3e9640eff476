//! One play: a store, people, a clock, and the dice that move them.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Mutex;

use guestlist::app::AppError;
use guestlist::app::governance::{Engine, tick};
use guestlist::governance::record::RecordKind;
use guestlist::governance::{Activity, Actor, Command, Decision, Desk, Moment, Tenant, Unread};
use guestlist::load::load;
use guestlist::model::text::Domain;
use guestlist::model::{Bodies, Digest, Project, Selection};
use guestlist::plan::{Asks, Purpose, build};
use guestlist::ports::{Holder, Ids};
use guestlist::source::{SourceFile, Sources};
use guestlist::store::memory::Memory;
use guestlist::store::{LeaseAsk, NewRun};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::dice::Dice;
use crate::invariants::{self, Watch};
use crate::outside::{Outside, Post, Rooms, is_meant};
use crate::tree;
use crate::witness::{Notes, Witnessed};

pub(crate) const PROJECT: &str = "contoso";

/// What became of a command.
pub(crate) enum Answer {
    Kept(Decision),
    Refused,
    /// The process died, and nobody knows whether it was kept.
    Died,
}

/// After so many steps the store is read as a whole.
const WHOLE: u64 = 100;

/// How many of the last steps are told when a play fails.
const STORY: usize = 25;

/// One play.
pub(crate) struct Play {
    pub(crate) dice: Dice,
    pub(crate) engine: Engine<'static>,
    pub(crate) outside: Rc<RefCell<Outside>>,
    pub(crate) now: Timestamp,
    pub(crate) notes: Notes,
    pub(crate) watch: Watch,
    /// Whether the engine believes its clock only as far as it is told to.
    pub(crate) doubts: bool,
    steps: u64,
    story: VecDeque<String>,
    aloud: bool,
    runs: u64,
    /// How many deliveries began.
    pub(crate) delivered: u64,
}

/// Ids that count up: decisions do not depend on them.
struct Counting(Mutex<u128>);

impl Ids for Counting {
    fn fresh(&self) -> Uuid {
        let mut last = self.0.lock().unwrap();
        *last += 1;
        Uuid::from_u128(*last)
    }
}

static IDS: Counting = Counting(Mutex::new(0));

impl Play {
    pub(crate) fn new(seed: u64, aloud: bool) -> Self {
        let mut dice = Dice::new(seed);
        let now: Timestamp = "2027-01-01T08:00:00Z".parse().unwrap();
        let outside = Outside::new(seed);
        let rooms = Rooms {
            outside: Rc::clone(&outside),
            is_store: dice.below(2) == 0,
        };
        let doubts = dice.below(4) == 0;
        let moment = Moment {
            now,
            actor: Actor::Operator("root".to_owned()),
            tenant: Tenant {
                name: "Contoso".to_owned(),
                domains: vec![Domain::parse("contoso.com").unwrap()],
                zone: TimeZone::UTC,
                portal: "https://myaccess.example".to_owned(),
            },
            seed: [0; 32],
            given: !doubts,
        };
        let notes = Notes::default();
        let store = Witnessed {
            store: Memory::new("memory"),
            notes: Rc::clone(&notes),
            outside: Rc::clone(&outside),
        };
        let engine = Engine::over(
            Box::new(store),
            Box::new(rooms),
            Box::new(Post(Rc::clone(&outside))),
            &IDS,
            PROJECT,
            moment,
        );
        let mut play = Self {
            dice,
            engine,
            outside,
            now,
            notes,
            watch: Watch::new("memory"),
            doubts,
            steps: 0,
            story: VecDeque::new(),
            aloud,
            runs: 0,
            delivered: 0,
        };
        play.outside.borrow_mut().fails = false;
        play.apply();
        play.people();
        play.outside.borrow_mut().fails = true;
        play
    }

    /// Tells a step.
    pub(crate) fn tell(&mut self, step: impl FnOnce() -> String) {
        let line = format!("{} {}", self.now, step());
        if self.aloud {
            eprintln!("{line}");
        }
        if self.story.len() == STORY {
            self.story.pop_front();
        }
        self.story.push_back(line);
    }

    /// Returns the last steps.
    pub(crate) fn story(&self) -> String {
        let lines: Vec<&str> = self.story.iter().map(String::as_str).collect();
        lines.join("\n")
    }

    /// Plays one step and checks everything.
    pub(crate) fn step(&mut self) {
        self.act();
        self.check();
        self.steps += 1;
        if self.steps.is_multiple_of(WHOLE) {
            self.check_whole();
        }
    }

    /// Checks everything that must hold of what was kept since the last time.
    pub(crate) fn check(&mut self) {
        let next = self.watch.next();
        let entries = self.engine.store().audit(next, usize::MAX).unwrap();
        let noted = self.notes.take();
        for noted in &noted {
            let events = noted.decision.events.iter();
            let ready = events.filter(|event| event.activity == Activity::Ready);
            self.delivered += ready.count() as u64;
        }
        let Self { engine, watch, .. } = self;
        let watch = RefCell::new(watch);
        let looked = engine.look(|desk| {
            watch.borrow_mut().judge(&noted, &entries, desk);
            Ok(())
        });
        looked.unwrap();
    }

    /// Checks that the store holds what was decided, and nothing else.
    fn check_whole(&self) {
        let looked = self.engine.look(|desk| {
            self.watch.shadow.is_whole(desk);
            Ok(())
        });
        looked.unwrap();
    }

    /// Ends a play: nothing fails any more, everything that waits is done, and then no access is overdue.
    pub(crate) fn finish(&mut self) -> u64 {
        self.outside.borrow_mut().fails = false;
        self.now += SignedDuration::from_hours(24);
        self.tell(|| "the end: a tick that nothing disturbs".to_owned());
        assert!(self.tick(), "a process died that nothing disturbed");
        self.check();
        self.check_whole();
        self.nothing_is_overdue();
        self.watch.nothing_is_left();
        self.watch.mails(&self.outside.borrow());
        self.delivered
    }

    /// Checks, after a tick, that nothing is left which time has made due.
    pub(crate) fn nothing_is_overdue(&self) {
        let looked = self.engine.look(|desk| {
            self.watch.nothing_is_overdue(self.now, desk);
            Ok(())
        });
        looked.unwrap();
    }

    /// Checks that nothing was kept since the last time.
    pub(crate) fn is_quiet(&self, what: &str) {
        invariants::is_quiet(&self.notes.borrow(), what);
    }

    pub(crate) fn look<T>(&self, see: impl Fn(&Desk<'_>) -> Result<T, Unread>) -> T {
        self.engine.look(see).unwrap()
    }

    /// Gives a command as somebody. The process may die in the middle of what follows; then the next step goes on.
    pub(crate) fn give(&mut self, actor: Actor, command: impl Into<Command>) -> Answer {
        self.give_all(actor, &[command.into()])
    }

    /// Gives several commands as one.
    pub(crate) fn give_all(&mut self, actor: Actor, commands: &[Command]) -> Answer {
        self.engine.sit(actor, self.now);
        let engine = &mut self.engine;
        let decided = catch_unwind(AssertUnwindSafe(|| engine.decide_all(commands)));
        let decided = match decided {
            Ok(Ok(decision)) => decision,
            Ok(Err(AppError::Governance(refusal))) => {
                self.tell(|| format!("  refused: {refusal}"));
                return Answer::Refused;
            }
            Ok(Err(error)) => panic!("{commands:?}: {error}"),
            Err(panic) => {
                self.survive(Err(panic));
                return Answer::Died;
            }
        };
        for told in &decided.told {
            if told.about.kind == RecordKind::Invitation {
                self.outside.borrow_mut().links.push(told.text.clone());
            }
        }
        // Sometimes nobody is left to do what follows.
        if self.dice.below(12) == 0 {
            self.tell(|| "  the process dies after the commit".to_owned());
        } else {
            self.drain();
        }
        Answer::Kept(decided)
    }

    /// Carries out what waits outside, and survives the death of the process.
    pub(crate) fn drain(&mut self) {
        self.engine
            .sit(Actor::Operator("root".to_owned()), self.now);
        let engine = &mut self.engine;
        let drained = catch_unwind(AssertUnwindSafe(|| engine.drain().unwrap()));
        self.survive(drained);
    }

    /// Does what is due, and survives the death of the process; returns false where it died.
    pub(crate) fn tick(&mut self) -> bool {
        self.engine
            .sit(Actor::Operator("root".to_owned()), self.now);
        let engine = &mut self.engine;
        let ticked = catch_unwind(AssertUnwindSafe(|| tick(engine).unwrap()));
        self.survive(ticked.map(drop))
    }

    fn survive(&mut self, done: std::thread::Result<()>) -> bool {
        let Err(panic) = done else {
            return true;
        };
        if !is_meant(&*panic) {
            resume_unwind(panic);
        }
        self.tell(|| "  the process dies in the middle".to_owned());
        false
    }

    /// Applies a tree of other rules.
    pub(crate) fn apply(&mut self) {
        let text = tree::tree(&mut self.dice);
        let project = Project {
            name: PROJECT.to_owned(),
            own_domains: vec![Domain::parse("contoso.com").unwrap()],
            zone: TimeZone::UTC,
            vars: BTreeMap::new(),
        };
        let sources = Sources::new(vec![SourceFile::new("tree.yaml", text.as_str())]);
        let loaded = load(&sources, &project, self.now);
        let Some(desired) = loaded.desired else {
            panic!("{text}\n{:#?}", loaded.diagnostics);
        };
        let started = self.now;
        let store = self.engine.store();
        let live = store
            .read(&Selection {
                project: PROJECT,
                bodies: Bodies::All,
            })
            .unwrap();
        let plan = build(&desired, &live, &Asks::default());
        let lease = store
            .lease(&LeaseAsk {
                holder: Holder {
                    user: "ci".to_owned(),
                    host: "runner".to_owned(),
                    pid: 1,
                    born: "1".to_owned(),
                },
                operation: "apply".to_owned(),
                now: started,
                holder_is_gone: |_| false,
            })
            .unwrap();
        self.runs += 1;
        let run = NewRun {
            id: format!("run-{}", self.runs),
            purpose: Purpose::Apply,
            project: PROJECT.to_owned(),
            generation: store.head().unwrap().generation,
            actor: "ci".to_owned(),
            host: "runner".to_owned(),
            commit: None,
            tree: Digest::of(text.as_bytes()),
            plan: plan.digest(),
            started,
            lifted: Vec::new(),
            own: None,
        };
        let _ =
            guestlist::apply::apply(store, &plan, &lease, run, &|| false, &mut |_, _| {}).unwrap();
        store.release(lease).unwrap();
        for change in &plan.changes {
            let was = change.delta.before().and_then(|it| it.address.as_ref());
            if let Some(was) = was.filter(|was| **was != change.address) {
                let shadow = &mut self.watch.shadow;
                shadow.rename(was.name(), change.address.name());
            }
        }
        self.tell(|| format!("apply: {} changes", plan.changes.len()));
    }
}
