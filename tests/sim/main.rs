//! The engine under seeds: years of virtual time, people who ask, decide, leave and come back, applies in between, crashes
//! at commits, a mail server that fails. After every step everything that must hold is checked.
//!
//! `SEEDS` says how many seeds are played and `STEPS` how many steps each has: 500 and 500 without them. `SEED` replays one,
//! telling every step.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may fail where it finds something amiss, and tells what it played"
)]

mod border;
mod departures;
#[expect(dead_code, reason = "shared with the other tests, which shuffle")]
#[path = "../it/support/dice.rs"]
mod dice;
mod guests;
mod invariants;
mod outside;
mod play;
mod repeats;
mod said;
mod shadow;
mod steps;
mod tree;
mod witness;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use play::Play;

fn number(name: &str, without: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        Err(_) => without,
    }
}

/// Plays a seed, and returns what went wrong, after the last steps before it.
fn play(seed: u64, steps: u64, aloud: bool) -> Result<u64, String> {
    let mut play = Play::new(seed, aloud);
    let played = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..steps {
            play.step();
        }
        play.finish()
    }));
    played.map_err(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        format!("{}\n{}", play.story(), said.unwrap_or("a panic"))
    })
}

#[test]
fn whatever_people_do_everything_that_must_hold_holds() {
    outside::quieten();
    let steps = number("STEPS", 500);
    if std::env::var_os("SEED").is_some() {
        let seed = number("SEED", 0);
        if let Err(said) = play(seed, steps, true) {
            panic!("seed {seed}: {said}");
        }
        return;
    }
    let seeds = number("SEEDS", 500);
    let next = AtomicU64::new(0);
    let delivered = AtomicU64::new(0);
    let failed: Mutex<Option<(u64, String)>> = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds || failed.lock().unwrap().is_some() {
                        return;
                    }
                    match play(seed, steps, false) {
                        Ok(count) => {
                            delivered.fetch_add(count, Ordering::Relaxed);
                        }
                        Err(said) => *failed.lock().unwrap() = Some((seed, said)),
                    }
                }
            });
        }
    });
    if let Some((seed, said)) = failed.into_inner().unwrap() {
        panic!("{said}\nplay it again with: SEED={seed} STEPS={steps} cargo test --test sim");
    }
    // A simulation in which nobody gets anything proves nothing.
    assert!(delivered.into_inner() > seeds, "hardly anybody got access");
}
