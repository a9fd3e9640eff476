//! A project on disk for the tests of use cases, and a time that passes only when it is told to.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Overrides, Patience, Workspace, World, workspace};
use crate::ports::{Clock, Holder, Ids, Timer};

type Happening = Box<dyn FnOnce() + Send>;

/// A clock that goes as far as the timer is slept on, and what happens at some moment of it.
pub(super) struct Time {
    passed: Mutex<Duration>,
    sleeps: Mutex<Vec<Duration>>,
    chance: AtomicU64,
    then: Mutex<Option<(Duration, Happening)>>,
}

impl Time {
    pub(super) fn new() -> Self {
        Self {
            passed: Mutex::default(),
            sleeps: Mutex::default(),
            chance: AtomicU64::new(0),
            then: Mutex::new(None),
        }
    }

    pub(super) fn passed(&self) -> Duration {
        *self.passed.lock().expect("one thread")
    }

    pub(super) fn pass(&self, duration: Duration) {
        *self.passed.lock().expect("one thread") += duration;
    }

    pub(super) fn at(&self, moment: u64, happens: impl FnOnce() + Send + 'static) {
        let moment = Duration::from_secs(moment);
        *self.then.lock().expect("one thread") = Some((moment, Box::new(happens)));
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        start() + SignedDuration::try_from(self.passed()).expect("a short time")
    }
}

impl Timer for Time {
    fn elapsed(&self) -> Duration {
        self.passed()
    }

    fn sleep(&self, duration: Duration) {
        self.pass(duration);
        self.sleeps.lock().expect("one thread").push(duration);
        let mut then = self.then.lock().expect("one thread");
        if then.as_ref().is_some_and(|(at, _)| *at <= self.passed())
            && let Some((_, happens)) = then.take()
        {
            happens();
        }
    }
}

impl Ids for Time {
    fn fresh(&self) -> Uuid {
        let chance = self
            .chance
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        Uuid::from_u128(u128::from(chance))
    }
}

fn start() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().expect("an instant")
}

fn holder(user: &str) -> Holder {
    Holder {
        user: user.to_owned(),
        host: "laptop".to_owned(),
        pid: 4711,
        born: "1".to_owned(),
    }
}

/// A project on disk.
pub(super) struct Scene {
    pub(super) folder: tempfile::TempDir,
    pub(super) time: Time,
}

impl Scene {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "project = \"p\"\n[tenant]\nname = \"P\"\ndomains = [\"p.example\"]\n[store]\nurl = \"sqlite:a.db\"\n";
        std::fs::write(folder.path().join("guestlist.toml"), settings).expect("settings");
        Self {
            folder,
            time: Time::new(),
        }
    }

    pub(super) fn workspace(&self) -> Workspace {
        workspace(self.folder.path(), None, &Overrides::default()).expect("a project")
    }

    pub(super) fn world<'w>(&'w self, user: &str, patience: Patience<'w>) -> World<'w> {
        World {
            clock: &self.time,
            ids: &self.time,
            timer: &self.time,
            patience,
            is_gone: |_| false,
            holder: holder(user),
            actor: user.to_owned(),
            commit: None,
            audit_key: None,
            smtp_password: None,
            vars: BTreeMap::new(),
        }
    }
}
