//! A tick: what time has made due, in bounded batches, as often as one likes.

use super::Engine;
use crate::app::AppError;
use crate::governance::due;

/// How many commands are decided as one: bounds the memory of a tick, and how long a request has to wait for it.
const BATCH: usize = 100;

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// How many things were due.
    pub due: u64,
    /// How many entries of the audit log followed.
    pub events: u64,
}

/// Does what is due now.
///
/// # Errors
///
/// Those of the store. What was done is kept; the next tick goes on.
pub fn tick(engine: &mut Engine<'_>) -> Result<Ticked, AppError> {
    let mut ticked = Ticked::default();
    engine.drain()?;
    let _ = engine.follow()?;
    loop {
        let now = engine.now();
        let commands = engine.look(|desk| due(desk.world(), now, BATCH))?;
        if commands.is_empty() {
            break;
        }
        let decision = engine.as_engine(&commands)?;
        ticked.due += commands.len() as u64;
        ticked.events += decision.events.len() as u64;
        engine.drain()?;
        if decision.is_empty() {
            // What is due and asks for nothing would be due for ever.
            break;
        }
    }
    engine.bear_witness()?;
    Ok(ticked)
}
