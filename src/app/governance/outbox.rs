//! The outbox: each effect is begun, carried out and settled; a crash in between leaves a row that tells.

use super::Engine;
use crate::app::AppError;
use crate::governance::record::{Delivery, DeliveryState, Mark, Record};
use crate::governance::{Decision, Desk, Effect, Outcome, Range, delivery};

/// How many effects are taken at once.
const BATCH: usize = 100;

impl Engine<'_> {
    /// Carries out what waits in the outbox, until nothing is left that can be done now.
    ///
    /// # Errors
    ///
    /// Those of the store. An effect that fails outside is no error: it is recorded, and tried again later.
    pub fn drain(&mut self) -> Result<(), AppError> {
        loop {
            let waiting = self.waiting()?;
            if waiting.is_empty() {
                return Ok(());
            }
            let (inside, outside): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .partition(|delivery| self.directory.is_store() && is_directory(&delivery.effect));
            if !inside.is_empty() {
                let outcomes = self.perform(&inside)?;
                self.as_engine(&[delivery::Command::Settle(outcomes).into()])?;
            }
            if !outside.is_empty() {
                let numbers = outside.iter().map(|delivery| delivery.number).collect();
                let begun = self.as_engine(&[delivery::Command::Begin(numbers).into()])?;
                let outcomes = self.perform(&begun_deliveries(&begun))?;
                self.as_engine(&[delivery::Command::Settle(outcomes).into()])?;
            }
        }
    }

    fn waiting(&self) -> Result<Vec<Delivery>, AppError> {
        let range = Range::until(Mark::DeliveryOpen, self.moment.now).most(BATCH);
        self.look(|desk| desk.some::<Delivery>(&range))
    }

    fn perform(&mut self, deliveries: &[Delivery]) -> Result<Vec<(u64, Outcome)>, AppError> {
        let mut outcomes = Vec::new();
        let Self {
            store,
            directory,
            mailer,
            project,
            moment,
            ..
        } = self;
        let (moment, at) = (&*moment, moment.now);
        store.look(project, &mut |view| {
            outcomes.clear();
            for delivery in deliveries {
                let outcome = match &delivery.effect {
                    Effect::Mail(mail) => mailer.send(&delivery.key, mail, at),
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
