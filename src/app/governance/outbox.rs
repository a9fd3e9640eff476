//! The outbox: each effect is begun, carried out and settled; a crash in between leaves a row that tells.
//!
//! Whoever begins with an effect has it for five minutes; then, without an outcome, it is anybody's again. A mail into a
//! folder is then found there; one by SMTP goes out again under the same `Message-ID`. Since each mail by SMTP is recorded
//! before the next one leaves, a crash can double one mail at the most.

use super::{Engine, cards};
use crate::app::AppError;
use crate::governance::record::{Delivery, DeliveryState, Key, Mark, Record};
use crate::governance::{Decision, Desk, Effect, Outcome, Range, Sight, Unread, delivery};
use crate::render::json::v1;

/// How many effects are taken at once.
const BATCH: usize = 100;

/// How many rows of the outbox are listed or counted.
const MOST: usize = 1000;

/// What is left in the outbox: counts, up to a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many effects wait or are being tried.
    pub open: usize,
    /// How many were given up.
    pub failed: usize,
}

impl Engine<'_> {
    /// Carries out what waits in the outbox, until nothing is left that can be done now.
    ///
    /// # Errors
    ///
    /// Those of the store. An effect that fails outside is no error: it is recorded, and tried again later.
    pub fn drain(&mut self) -> Result<(), AppError> {
        let drained = self.drain_all();
        self.mailer.rest();
        drained
    }

    fn drain_all(&mut self) -> Result<(), AppError> {
        loop {
            self.go_on();
            let waiting = self.waiting()?;
            if waiting.is_empty() {
                return Ok(());
            }
            let (inside, outside): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .partition(|delivery| self.directory.is_store() && is_directory(&delivery.effect));
            if !inside.is_empty() {
                let outcomes = self.perform(&inside)?;
                self.settle(outcomes)?;
            }
            let (mails, others): (Vec<_>, Vec<_>) = outside
                .into_iter()
                .partition(|delivery| !is_directory(&delivery.effect));
            if !others.is_empty() {
                let begun = self.begin(&others)?;
                let outcomes = self.perform(&begun)?;
                self.settle(outcomes)?;
            }
            let at_once = if self.mailer.remembers() { BATCH } else { 1 };
            for some in mails.chunks(at_once) {
                self.go_on();
                let begun = self.begin(some)?;
                let outcomes = self.post(&begun);
                self.settle(outcomes)?;
            }
        }
    }

    /// Moves the moment on to the present, where the clock counts: sending takes time, and claims run out.
    fn go_on(&mut self) {
        if let Some(clock) = self.clock {
            self.moment.now = self.moment.now.max(clock.now());
        }
    }

    fn waiting(&self) -> Result<Vec<Delivery>, AppError> {
        let range = Range::until(Mark::DeliveryOpen, self.moment.now).most(BATCH);
        self.look(|desk| desk.some::<Delivery>(&range))
    }

    /// Takes effects; returns those that nobody else has taken.
    fn begin(&mut self, deliveries: &[Delivery]) -> Result<Vec<Delivery>, AppError> {
        let numbers = deliveries.iter().map(|delivery| delivery.number).collect();
        let begun = self.as_engine(&[delivery::Command::Begin(numbers).into()])?;
        Ok(begun_deliveries(&begun))
    }

    fn settle(&mut self, outcomes: Vec<(u64, Outcome)>) -> Result<(), AppError> {
        if !outcomes.is_empty() {
            self.as_engine(&[delivery::Command::Settle(outcomes).into()])?;
        }
        Ok(())
    }

    /// Sends mails, without holding the store meanwhile.
    fn post(&mut self, deliveries: &[Delivery]) -> Vec<(u64, Outcome)> {
        let mut outcomes = Vec::new();
        for delivery in deliveries {
            if let Effect::Mail(mail) = &delivery.effect {
                let outcome = self.mailer.send(&delivery.key, mail, delivery.planned);
                outcomes.push((delivery.number, outcome));
            }
        }
        outcomes
    }

    fn perform(&mut self, deliveries: &[Delivery]) -> Result<Vec<(u64, Outcome)>, AppError> {
        let mut outcomes = Vec::new();
        let Self {
            store,
            directory,
            project,
            moment,
            ..
        } = self;
        let moment = &*moment;
        store.look(project, &mut |view| {
            outcomes.clear();
            for delivery in deliveries {
                let outcome = match &delivery.effect {
                    effect if !delivery::is_wanted(&Desk::new(view, moment), effect)? => {
                        Outcome::Failed("no longer wanted".to_owned())
                    }
                    effect => directory.perform(&delivery.key, effect, view)?,
                };
                outcomes.push((delivery.number, outcome));
            }
            Ok(())
        })?;
        Ok(outcomes)
    }

    /// Counts what is left in the outbox.
    ///
    /// # Errors
    ///
    /// Those of reading the store.
    pub fn left(&self) -> Result<Waiting, AppError> {
        self.look(|desk| {
            let count = |mark| {
                let range = Range::of(mark, Key::new()).most(MOST);
                Ok::<_, Unread>(desk.world().marked(&range)?.len())
            };
            Ok(Waiting {
                open: count(Mark::DeliveryOpen)?,
                failed: count(Mark::DeliveryFailed)?,
            })
        })
    }
}

/// Lists the outbox: what failed, then what waits, unless only what failed is asked for. At most a thousand of each.
///
/// # Errors
///
/// Those of reading the store, and a refusal for who may not see it.
pub fn outbox(engine: &Engine<'_>, failed_only: bool) -> Result<Vec<v1::OutboxRow>, AppError> {
    engine.show(Sight::Journal, "the outbox")?;
    engine.look(|desk| {
        let mut rows = Vec::new();
        let open = [Mark::DeliveryOpen];
        let open = open.iter().filter(|_| !failed_only);
        for mark in std::iter::once(&Mark::DeliveryFailed).chain(open) {
            let range = Range::of(*mark, Key::new()).most(MOST);
            for delivery in desk.some::<Delivery>(&range)? {
                rows.push(cards::outbox(desk, &delivery)?);
            }
        }
        Ok(rows)
    })
}

fn is_directory(effect: &Effect) -> bool {
    !matches!(effect, Effect::Mail(_))
}

/// Returns the deliveries that were really begun: another process may have been faster with the others.
fn begun_deliveries(decision: &Decision) -> Vec<Delivery> {
    let writes = decision.writes.iter();
    let after = writes.filter_map(|write| match &write.after {
        Some(Record::Delivery(delivery)) if delivery.state == DeliveryState::Sent => Some(delivery),
        _ => None,
    });
    after.cloned().collect()
}
