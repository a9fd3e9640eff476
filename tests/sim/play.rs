//! One play: a store, people, a clock, and the dice that move them.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Mutex;

use guestlist::app::AppError;
use guestlist::app::governance::{Engine, tick};
use guestlist::governance::{Actor, Command, Decision, Desk, Moment, Refusal, Tenant, Unread};
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
use crate::invariants::Watch;
use crate::outside::{DEATH, Outside, Post, Rooms};
use crate::tree;

pub(crate) const PROJECT: &str = "contoso";

/// How many of the last steps are told when a play fails.
const STORY: usize = 25;

/// One play.
pub(crate) struct Play {
    pub(crate) dice: Dice,
    pub(crate) engine: Engine<'static>,
    pub(crate) outside: Rc<RefCell<Outside>>,
    pub(crate) now: Timestamp,
    watch: Watch,
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
            given: true,
        };
        let engine = Engine::over(
            Box::new(Memory::new("memory")),
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
            watch: Watch::new("memory"),
            story: VecDeque::new(),
            aloud,
            runs: 0,
            delivered: 0,
        };
        play.apply();
        play.people();
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
    }

    /// Checks everything that must hold.
    pub(crate) fn check(&mut self) {
        let next = self.watch.next();
        let entries = self.engine.store().audit(next, usize::MAX).unwrap();
        let now = self.now;
        let Self { engine, watch, .. } = self;
        let watch = std::cell::RefCell::new(watch);
        let looked = engine.look(|desk| {
            watch.borrow_mut().entries(&entries, desk);
            watch.borrow().check(desk, now);
            Ok(())
        });
        looked.unwrap();
    }

    /// Ends a play: nothing fails any more, everything that waits is done, and then no access is overdue.
    pub(crate) fn finish(&mut self) -> u64 {
        self.outside.borrow_mut().fails = false;
        self.now += SignedDuration::from_hours(24);
        self.tell(|| "the end: a tick that nothing disturbs".to_owned());
        self.tick();
        self.check();
        let now = self.now;
        self.look(|desk| {
            crate::invariants::nothing_is_overdue(desk, now);
            Ok(())
        });
        self.watch.mails(&self.outside.borrow());
        self.delivered
    }

    pub(crate) fn look<T>(&self, see: impl Fn(&Desk<'_>) -> Result<T, Unread>) -> T {
        self.engine.look(see).unwrap()
    }

    /// Gives a command as somebody. The process may die in the middle of what follows; then the next step goes on.
    pub(crate) fn give(
        &mut self,
        actor: Actor,
        command: impl Into<Command>,
    ) -> Result<Decision, Refusal> {
        let command = command.into();
        self.engine.sit(actor, self.now);
        let decided = match self.engine.decide(&command) {
            Ok(decision) => decision,
            Err(AppError::Governance(refusal)) => {
                self.tell(|| format!("  refused: {refusal}"));
                return Err(*refusal);
            }
            Err(error) => panic!("{command:?}: {error}"),
        };
        self.watch.decided(&decided);
        self.count(&decided);
        // Sometimes nobody is left to do what follows.
        if self.dice.below(12) == 0 {
            self.tell(|| "  the process dies after the commit".to_owned());
        } else {
            self.drain();
        }
        Ok(decided)
    }

    fn count(&mut self, decision: &Decision) {
        use guestlist::governance::Activity;
        let delivered = decision.events.iter();
        let delivered = delivered.filter(|event| event.activity == Activity::Ready);
        self.delivered += delivered.count() as u64;
    }

    /// Carries out what waits outside, and survives the death of the process.
    pub(crate) fn drain(&mut self) {
        self.engine
            .sit(Actor::Operator("root".to_owned()), self.now);
        let engine = &mut self.engine;
        let drained = catch_unwind(AssertUnwindSafe(|| engine.drain()));
        self.survive(drained.map(drop));
    }

    /// Does what is due, and survives the death of the process.
    pub(crate) fn tick(&mut self) {
        self.engine
            .sit(Actor::Operator("root".to_owned()), self.now);
        let engine = &mut self.engine;
        let ticked = catch_unwind(AssertUnwindSafe(|| tick(engine).unwrap()));
        self.survive(ticked.map(drop));
    }

    fn survive(&mut self, done: std::thread::Result<()>) {
        let Err(panic) = done else {
            return;
        };
        if panic.downcast_ref::<&str>() == Some(&DEATH)
            || panic
                .downcast_ref::<String>()
                .is_some_and(|said| said == DEATH)
        {
            self.tell(|| "  the process dies in the middle".to_owned());
            return;
        }
        resume_unwind(panic);
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
        };
        let _ =
            guestlist::apply::apply(store, &plan, &lease, run, &|| false, &mut |_, _| {}).unwrap();
        store.release(lease).unwrap();
        self.tell(|| format!("apply: {} changes", plan.changes.len()));
    }
}
