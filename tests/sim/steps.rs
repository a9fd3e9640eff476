//! What people do, one step at a time.

use guestlist::governance::Actor;
use guestlist::governance::assignment::{Command as Assign, Direct};
use guestlist::governance::people::{self, Entry};
use guestlist::governance::record::{Assignment, DirectoryRole, PersonId};
use guestlist::model::text::Email;
use guestlist::model::{Address, Kind, Name};
use jiff::SignedDuration;

use crate::play::Play;
use crate::tree::{DOMAINS, POLICIES};

const INSIDE: [&str; 4] = ["ana", "omar", "legal", "kim"];

fn mail(text: &str) -> Email {
    Email::parse(text).unwrap()
}

impl Play {
    /// Our own people.
    pub(crate) fn people(&mut self) {
        for name in INSIDE {
            let roles = if name == "kim" {
                vec![DirectoryRole::GlobalAdministrator]
            } else {
                Vec::new()
            };
            let address = format!("{name}@contoso.com");
            let member = people::Command::Member(Entry {
                mail: mail(&address),
                name: name.to_owned(),
                roles,
            });
            let _ = self.give(Actor::Operator("root".to_owned()), member);
        }
    }

    /// One step: time passes, and somebody does something.
    pub(crate) fn act(&mut self) {
        let minutes = match self.dice.below(20) {
            0 => 60 * 24 * 40,
            1 | 2 => 60 * 24 * 8,
            3..=6 => 60 * 24,
            7..=12 => 60,
            _ => 1,
        };
        let passes = self.dice.below(minutes) as i64;
        self.now = self.now + SignedDuration::from_secs(passes * 60);
        match self.dice.below(100) {
            0..5 => self.apply(),
            5..25 => {
                self.tell(|| "tick".to_owned());
                self.tick();
            }
            25..30 => self.drain(),
            30..80 => self.grant(),
            _ => self.revoke(),
        }
    }

    /// Somebody from outside.
    fn outsider(&mut self) -> Email {
        let name = ["ada", "bob", "eve"][self.dice.below(3)];
        mail(&format!(
            "{name}@{}",
            DOMAINS[self.dice.below(DOMAINS.len())]
        ))
    }

    fn somebody(&mut self) -> Actor {
        let numbers = self.look(|desk| {
            desk.world()
                .numbers(guestlist::governance::record::RecordKind::Person, 0, 1000)
        });
        match self.dice.below(numbers.len() + 2) {
            at if at < numbers.len() => Actor::Person(PersonId(numbers[at])),
            _ => Actor::Operator("root".to_owned()),
        }
    }

    fn grant(&mut self) {
        let person = self.outsider();
        let (package, policy) = POLICIES[[0, 1, 4, 5][self.dice.below(4)]];
        let actor = self.somebody();
        self.tell(|| format!("{actor:?} assigns {package} to {person} through {policy}"));
        let name = |text: &str| Name::parse(text).unwrap();
        let command = Assign::Grant(Direct {
            person,
            name: None,
            policy: Address::within(Kind::Policy, &name(package), &name(policy)),
            start: None,
            end: None,
            justification: None,
        });
        let _ = self.give(actor, command);
    }

    fn revoke(&mut self) {
        let last = self.look(|desk| {
            desk.world()
                .last(guestlist::governance::record::RecordKind::Assignment)
        });
        let number = 1 + self.dice.below(last as usize + 1) as u64;
        if self.look(|desk| desk.get::<Assignment>(number)).is_none() {
            return;
        }
        let actor = self.somebody();
        self.tell(|| format!("{actor:?} takes assignment {number} away"));
        let _ = self.give(actor, Assign::Revoke(number));
    }
}
