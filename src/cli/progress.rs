//! Progress on a terminal, for what takes longer than a second.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::context::Context;

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is shown anew.
const PACE: Duration = Duration::from_millis(200);

/// Shows one line on standard error while it lives.
#[derive(Debug)]
pub(super) struct Progress {
    counts: Arc<(AtomicUsize, AtomicUsize)>,
    shown: Option<(Sender<()>, Receiver<()>)>,
}

impl Progress {
    /// Starts, if there is a terminal to show it on.
    pub(super) fn start(cx: &Context, doing: &'static str) -> Self {
        let counts = Arc::default();
        let shown = cx.shows_progress().then(|| {
            let (end, ended) = mpsc::channel::<()>();
            let (last, is_over) = mpsc::channel::<()>();
            let counts: Arc<(AtomicUsize, AtomicUsize)> = Arc::clone(&counts);
            let show = move || {
                let started = Instant::now();
                let mut pause = PATIENCE;
                let mut written = false;
                while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    pause = PACE;
                    written = true;
                    let line = match counts.1.load(Ordering::Relaxed) {
                        0 => format!("{doing} … {} s", started.elapsed().as_secs()),
                        of => format!("{doing} … {} of {of}", counts.0.load(Ordering::Relaxed)),
                    };
                    let _ = write!(io::stderr(), "\r{line}\u{1b}[K");
                }
                if written {
                    let _ = write!(io::stderr(), "\r\u{1b}[K");
                }
                drop(last);
            };
            std::thread::spawn(show);
            (end, is_over)
        });
        Self { counts, shown }
    }

    /// Tells how many of how many are done.
    pub(super) fn tell(&self, done: usize, of: usize) {
        self.counts.0.store(done, Ordering::Relaxed);
        self.counts.1.store(of, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, is_over)) = self.shown.take() {
            drop(end);
            // A terminal that stands still must not hold up what others wait for.
            let _ = is_over.recv_timeout(PATIENCE);
        }
    }
}
