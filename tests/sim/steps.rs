//! What people do, one step at a time.

use std::sync::LazyLock;

use guestlist::governance::assignment::{Command as Assign, Direct};
use guestlist::governance::lifecycle::Command as Lifecycle;
use guestlist::governance::people::{self, Entry};
use guestlist::governance::record::{
    Assignment, DirectoryRole, Identity, Key, Mark, Person, PersonId, RecordKind, Removal, Request,
    RequestState, ReviewItem,
};
use guestlist::governance::request::{Ask, Ballot, Change, Command as Ask_, Held, Visitor};
use guestlist::governance::review::{Call, Command as Review, Decided};
use guestlist::governance::{Actor, Command, Range};
use guestlist::model::text::{Email, Guid};
use guestlist::model::{Address, Kind, Name};
use jiff::SignedDuration;

use crate::play::{Answer, Play};
use crate::tree::{DOMAINS, NORTHWIND, POLICIES};

/// Our own people; the first ones are named by policies.
pub(crate) const INSIDE: [&str; 6] = ["ana", "omar", "legal", "kim", "max", "noor"];

/// People from outside: parsing an address is much work for a step.
static OUTSIDE: LazyLock<Vec<Email>> = LazyLock::new(|| {
    let people = ["ada", "bob", "eve"].iter();
    let everywhere = people.flat_map(|name| DOMAINS.map(|domain| format!("{name}@{domain}")));
    everywhere.map(|address| mail(&address)).collect()
});

/// How many records of a kind are looked at for one to do something with.
const SEVERAL: usize = 20;

pub(crate) fn mail(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(crate) fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

impl Play {
    /// Our own people.
    pub(crate) fn people(&mut self) {
        for name in INSIDE {
            let roles = match name {
                "kim" => vec![DirectoryRole::GlobalAdministrator],
                _ => Vec::new(),
            };
            let member = people::Command::Member(Entry {
                mail: mail(&format!("{name}@contoso.com")),
                name: name.to_owned(),
                roles,
            });
            let _ = self.give(operator(), member);
        }
    }

    /// One step: time passes, and somebody does something.
    pub(crate) fn act(&mut self) {
        let minutes = match self.dice.below(40) {
            0 => 60 * 24 * 40,
            1 | 2 => 60 * 24 * 8,
            3..=8 => 60 * 24,
            9..=20 => 60,
            _ => 1,
        };
        let passes = self.dice.below(minutes) as i64;
        self.now += SignedDuration::from_secs(passes * 60);
        match self.dice.below(120) {
            0..3 => self.apply(),
            3..18 => self.time(),
            18..22 => self.drain(),
            22..46 => self.ask(),
            46..66 => self.vote(),
            66..72 => self.grant(),
            72..78 => self.keep_or_return(),
            78..82 => self.administer(),
            82..90 => self.review(),
            90..94 => self.account(),
            94..97 => self.stop(),
            97..113 => self.guests(),
            _ => self.repeats(),
        }
    }

    /// A tick; sometimes a second one at once, which finds nothing left to do.
    fn time(&mut self) {
        self.tell(|| "tick".to_owned());
        let lived = self.tick();
        self.check();
        if !lived {
            return;
        }
        self.nothing_is_overdue();
        if self.dice.below(3) == 0 && self.tick() {
            self.is_quiet("a second tick");
        }
    }

    /// Somebody from outside.
    pub(crate) fn outsider(&mut self) -> Email {
        OUTSIDE[self.dice.below(OUTSIDE.len())].clone()
    }

    /// Somebody whom the engine knows.
    pub(crate) fn somebody(&mut self) -> PersonId {
        let last = self.look(|desk| desk.world().last(RecordKind::Person));
        PersonId(1 + self.dice.below(last as usize) as u64)
    }

    /// Whoever may give an administrator's command, or somebody who may not.
    pub(crate) fn actor(&mut self) -> Actor {
        match self.dice.below(3) {
            0 => Actor::Person(self.somebody()),
            _ => operator(),
        }
    }

    /// A package and one of its policies.
    fn offer(&mut self) -> (&'static str, &'static str) {
        POLICIES[self.dice.below(POLICIES.len())]
    }

    /// A number of a record, perhaps of none.
    pub(crate) fn number(&mut self, kind: RecordKind) -> u64 {
        let last = self.look(|desk| desk.world().last(kind)) as usize;
        let newest = last.saturating_sub(SEVERAL);
        1 + (newest + self.dice.below(SEVERAL.min(last) + 1)) as u64
    }

    /// Somebody asks for a package, from outside or from within; sometimes twice.
    fn ask(&mut self) {
        let (package, policy) = self.offer();
        let (actor, visitor) = if self.dice.below(4) == 0 {
            (Actor::Person(self.somebody()), None)
        } else {
            let mail = self.outsider();
            let identity = match self.dice.below(5) {
                0 => Some(Identity::Google),
                1 | 2 if mail.domain().starts_with("northwind") => Some(Identity::Tenant {
                    tenant: Guid::parse(NORTHWIND).unwrap(),
                }),
                _ => Some(Identity::Passcode),
            };
            (operator(), Some(Visitor { mail, identity }))
        };
        let later = |days: i64| SignedDuration::from_hours(24 * days);
        let ask = Ask {
            package: name(package),
            policy: (self.dice.below(2) == 0).then(|| name(policy)),
            justification: Some("work".to_owned()),
            answers: Vec::new(),
            start: (self.dice.below(8) == 0).then(|| self.now + later(3)),
            end: (self.dice.below(8) == 0).then(|| self.now + later(20)),
            person: None,
            visitor,
        };
        self.tell(|| format!("{actor:?} {:?} asks for {package}", ask.visitor));
        // A rule may give a new guest more, so that theirs is not the last one.
        let number = 1 + self.look(|desk| desk.world().last(RecordKind::Request));
        let asked = self.give(actor.clone(), Ask_::Submit(ask.clone()));
        self.check();
        let stands = |state: RequestState| {
            state.is_open()
                || matches!(
                    state,
                    RequestState::Delivered | RequestState::PartiallyDelivered
                )
        };
        let standing = matches!(asked, Answer::Kept(_))
            && self.look(|desk| Ok(stands(desk.need::<Request>(number)?.state)));
        // What failed at once may be asked for anew.
        if standing && self.dice.below(3) == 0 {
            self.tell(|| "  and once more".to_owned());
            let again = self.give(actor, Ask_::Submit(ask));
            let taken = matches!(again, Answer::Kept(_));
            assert!(!taken, "the same request was taken twice");
            self.is_quiet("a repeated request");
        }
    }

    /// Somebody decides: mostly who is asked, sometimes anybody.
    fn vote(&mut self) {
        let number = self.number(RecordKind::Request);
        let Some(request) = self.look(|desk| desk.get::<Request>(number)) else {
            return;
        };
        let asked: Vec<PersonId> = match request.open_stage() {
            Some(stage) => stage
                .approvers
                .iter()
                .chain(&stage.alternates)
                .copied()
                .collect(),
            None => Vec::new(),
        };
        let who = match asked.len() {
            0 => self.somebody(),
            _ if self.dice.below(6) == 0 => self.somebody(),
            several => asked[self.dice.below(several)],
        };
        let approve = self.dice.below(4) > 0;
        self.tell(|| format!("{who:?} decides request {number}: {approve}"));
        let ballot = Ballot {
            request: number,
            approve,
            justification: Some("because".to_owned()),
        };
        let _ = self.give(Actor::Person(who), Ask_::Decide(ballot));
    }

    fn grant(&mut self) {
        let person = self.outsider();
        let (package, policy) = self.offer();
        let actor = self.actor();
        self.tell(|| format!("{actor:?} assigns {package} to {person} through {policy}"));
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

    /// Somebody keeps a package longer, or gives it back.
    fn keep_or_return(&mut self) {
        let number = self.number(RecordKind::Assignment);
        let Some(assignment) = self.look(|desk| desk.get::<Assignment>(number)) else {
            return;
        };
        let change = Change {
            of: Held::Assignment(number),
            person: None,
            justification: Some("more work".to_owned()),
            end: None,
        };
        let extends = self.dice.below(3) > 0;
        self.tell(|| {
            format!(
                "{:?} changes assignment {number}: extends {extends}",
                assignment.person
            )
        });
        let command = if extends {
            Ask_::Extend(change)
        } else {
            Ask_::Remove(change)
        };
        let _ = self.give(Actor::Person(assignment.person), command);
    }

    /// An administrator takes an assignment away, or has it delivered again.
    fn administer(&mut self) {
        let actor = self.actor();
        let assignment = self.number(RecordKind::Assignment);
        let request = self.number(RecordKind::Request);
        let command: Command = match self.dice.below(4) {
            0 => Assign::Revoke(assignment).into(),
            1 => Assign::Reprocess(assignment).into(),
            2 => Ask_::Reprocess(request).into(),
            _ => Ask_::Cancel(request).into(),
        };
        self.tell(|| format!("{actor:?}: {command:?}"));
        let _ = self.give(actor, command);
    }

    /// A reviewer decides about some access.
    fn review(&mut self) {
        let reviewer = self.somebody();
        let key = Key::new().person(reviewer);
        let range = Range::of(Mark::ItemReviewer, key).most(SEVERAL);
        let items = self.look(|desk| desk.some::<ReviewItem>(&range));
        if items.is_empty() {
            return;
        }
        let item = items[self.dice.below(items.len())].number;
        let call = [Call::Keep, Call::Remove][self.dice.below(2)];
        self.tell(|| format!("{reviewer:?} reviews item {item}: {call:?}"));
        let decided = Decided {
            items: vec![item],
            call,
            justification: Some("looked".to_owned()),
        };
        let _ = self.give(Actor::Person(reviewer), Review::Decide(decided));
    }

    /// Something happens to an account.
    fn account(&mut self) {
        let id = self.somebody();
        let person = self.look(|desk| desk.get::<Person>(id.0));
        let Some(mail) = person.map(|person| person.mail) else {
            return;
        };
        let actor = self.actor();
        let command: Command = match self.dice.below(7) {
            0 => people::Command::Block(mail).into(),
            1 => people::Command::Unblock(mail).into(),
            2 => people::Command::Delete(mail).into(),
            3 => people::Command::Restore(mail).into(),
            4 => {
                let removal = Removal {
                    memberships: self.dice.below(2) == 0,
                    delete: self.dice.below(2) == 0,
                };
                Lifecycle::Offboard(mail, removal).into()
            }
            _ => people::Command::SignIn(mail, Vec::new()).into(),
        };
        self.tell(|| format!("{actor:?}: {command:?}"));
        let _ = self.give(actor, command);
    }

    /// Somebody takes something back: a request that waits, an approval.
    fn stop(&mut self) {
        let number = self.number(RecordKind::Request);
        let Some(request) = self.look(|desk| desk.get::<Request>(number)) else {
            return;
        };
        let opinion = request
            .stages
            .last()
            .and_then(|stage| stage.opinion.clone());
        let (who, command) = match opinion {
            Some(opinion) if self.dice.below(2) == 0 => (opinion.by, Ask_::TakeBack(number)),
            _ => (request.person, Ask_::Withdraw(number)),
        };
        self.tell(|| format!("{who:?}: {command:?}"));
        let _ = self.give(Actor::Person(who), command);
    }
}
