//! Signals while a store is written: the first asks to stop before the commit, the second ends the program at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Remembers whether somebody asked to stop.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on; before, a signal ends the program as signals do.
    pub(super) fn listen(&self) -> io::Result<()> {
        for (signal, status) in [(SIGINT, 130), (SIGTERM, 143)] {
            // In this order: the flag that the first signal sets is what lets the second one through.
            flag::register_conditional_shutdown(signal, status, Arc::clone(&self.0))?;
            flag::register(signal, Arc::clone(&self.0))?;
        }
        Ok(())
    }

    /// Returns true once somebody asked to stop.
    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
