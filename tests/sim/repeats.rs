//! Messages that come twice or late, and another process that is at the same work.

use guestlist::governance::delivery::Command as Outbox;
use guestlist::governance::record::{Delivery, DeliveryState, RecordKind};
use guestlist::governance::{Actor, Outcome, due};

use crate::invariants::changes_nothing;
use crate::play::{Answer, Play};
use crate::steps::operator;

/// How many commands another tick has taken.
const SOME: usize = 20;

impl Play {
    /// Something comes twice, or late.
    pub(crate) fn repeats(&mut self) {
        match self.dice.below(4) {
            0 => self.late(),
            1 => self.taken(),
            2 => self.stale(),
            _ => self.retry(),
        }
    }

    /// An outcome is reported again, or late, and another one than before.
    fn late(&mut self) {
        let number = self.number(RecordKind::Delivery);
        let Some(delivery) = self.look(|desk| desk.get::<Delivery>(number)) else {
            return;
        };
        // Nobody reports on what nobody has begun.
        if delivery.state == DeliveryState::Planned {
            return;
        }
        let outcome = match self.dice.below(3) {
            0 => Outcome::Done,
            1 => Outcome::Later("busy".to_owned()),
            _ => Outcome::Failed("no such thing".to_owned()),
        };
        self.tell(|| format!("delivery {number}, {:?}: {outcome:?}", delivery.state));
        self.check();
        let settle = Outbox::Settle(vec![(number, outcome)]);
        let answer = self.give(Actor::Engine, settle);
        if let (false, Answer::Kept(decision)) = (delivery.state.is_open(), answer) {
            changes_nothing(&decision, "an outcome that came twice");
        }
    }

    /// Another process takes something out of the outbox and dies.
    fn taken(&mut self) {
        let number = self.number(RecordKind::Delivery);
        let delivery = self.look(|desk| desk.get::<Delivery>(number));
        if delivery.is_some() {
            self.tell(|| format!("another process takes delivery {number} and dies"));
            let _ = self.give(Actor::Engine, Outbox::Begin(vec![number]));
        }
    }

    /// Another tick comes too late with everything that it has found.
    fn stale(&mut self) {
        let now = self.now;
        let found = self.look(|desk| due(desk.world(), now, SOME));
        self.tell(|| format!("two ticks at once, with {} things due", found.len()));
        let lived = self.tick();
        self.check();
        if let (true, Answer::Kept(late)) = (lived, self.give_all(Actor::Engine, &found)) {
            changes_nothing(&late, "a tick that came late");
        }
    }

    /// An operator sends a mail after all that was given up.
    fn retry(&mut self) {
        let number = self.number(RecordKind::Delivery);
        self.tell(|| format!("retries delivery {number}"));
        let _ = self.give(operator(), Outbox::Retry(number));
    }
}
