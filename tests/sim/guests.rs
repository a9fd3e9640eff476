//! What happens to guests beside their packages: invitations, redemptions, imports, offboarding.

use std::collections::BTreeMap;

use guestlist::governance::invitation::{Command as Invitation, Door, Redeem, Reset, Send};
use guestlist::governance::organization::Command as Organization;
use guestlist::governance::people::{Command as People, Convert, GroupRow, PersonRow, Row};
use guestlist::governance::record::{Identity, Person, PersonId, Removal, UserType};
use guestlist::governance::{Actor, Command, watch};
use guestlist::model::text::{Email, Guid, Line, Principal};

use jiff::SignedDuration;

use crate::play::Play;
use crate::steps::{INSIDE, mail, operator};
use crate::tree::NORTHWIND;

/// Addresses that no invitation may go to.
const REFUSED: [&str; 6] = [
    "ada+tag@fabrikam.example",
    "o'neil@wingtip.example",
    ".bob@litware.example",
    "team@fabrikam.example",
    "somebody@contoso.com",
    "nobody",
];

/// The partners, by name: declared, sometimes declared, and never.
const PARTNERS: [&str; 4] = ["fabrikam", "wingtip", "northwind", "stranger.example"];

impl Play {
    /// Something happens to a guest.
    pub(crate) fn guests(&mut self) {
        match self.dice.below(17) {
            0..4 => self.invite(),
            4..7 => self.redeem(),
            7 | 8 => self.passcode(),
            9 => self.reset(),
            10..13 => self.import(),
            13..15 => self.person(),
            15 => self.organization(),
            _ => self.clock(),
        }
    }

    /// Somebody is invited, or several at once; sometimes twice, sometimes where nobody can be.
    fn invite(&mut self) {
        let many = match self.dice.below(4) {
            0 => 2 + self.dice.below(3),
            _ => 1,
        };
        let mut commands: Vec<Command> = Vec::new();
        for _ in 0..many {
            let address = match self.dice.below(4) {
                0 => REFUSED[self.dice.below(REFUSED.len())].to_owned(),
                _ => self.outsider().to_string(),
            };
            let mut send = Send::to(address);
            send.mailed = self.dice.below(3) > 0;
            if self.dice.below(8) == 0 {
                send.user_type = UserType::Member;
            }
            commands.push(Invitation::Send(Box::new(send)).into());
        }
        let actor = self.actor();
        self.tell(|| format!("{actor:?}: {commands:?}"));
        let _ = self.give_all(actor.clone(), &commands);
        if self.dice.below(4) == 0 {
            self.tell(|| "  and once more".to_owned());
            let _ = self.give_all(actor, &commands);
        }
    }

    /// Somebody redeems an invitation: with a link that arrived, old or new, or without.
    fn redeem(&mut self) {
        let guest = self.somebody();
        let Some(address) = self.address(guest) else {
            return;
        };
        let links = self.outside.borrow().links.len();
        let code = self.code(&address);
        let door = match (self.dice.below(3), links) {
            (1.., 1..) => {
                let at = self.dice.below(links);
                let link = self.outside.borrow().links[at].clone();
                let ticket = link.rsplit_once("ticket=");
                Door::Ticket(ticket.map_or(link.clone(), |(_, ticket)| ticket.to_owned()))
            }
            _ => Door::Direct(address),
        };
        let identity = match self.dice.below(4) {
            0 => Identity::MicrosoftAccount,
            1 => Identity::Tenant {
                tenant: Guid::parse(NORTHWIND).unwrap(),
            },
            _ => Identity::Passcode,
        };
        let redeem = Redeem {
            door,
            identity,
            ids: Vec::new(),
            passcode: Some(code),
            consent: self.dice.below(8) > 0,
            accepting: Vec::new(),
        };
        self.redeems(redeem);
    }

    /// The passcode that arrived last at an address, sometimes a wrong one.
    fn code(&mut self, address: &Email) -> String {
        let wrong = self.dice.below(4) == 0;
        let outside = self.outside.borrow();
        let mut codes = outside.codes.iter().rev();
        let last = codes.find(|(to, _)| to == address);
        let last = last.filter(|_| !wrong).map(|(_, code)| code.clone());
        last.unwrap_or_else(|| "000000".to_owned())
    }

    /// Somebody redeems, sometimes again and again.
    fn redeems(&mut self, redeem: Redeem) {
        self.tell(|| format!("redeems: {redeem:?}"));
        let times = [1, 1, 1, 2, 7][self.dice.below(5)];
        for _ in 0..times {
            let _ = self.give(operator(), Invitation::Redeem(Box::new(redeem.clone())));
        }
    }

    /// Somebody wants a passcode, and may use it soon or too late.
    fn passcode(&mut self) {
        let guest = self.somebody();
        let Some(address) = self.address(guest) else {
            return;
        };
        let actor = match self.dice.below(2) {
            0 => operator(),
            _ => Actor::Person(guest),
        };
        self.tell(|| format!("{actor:?} wants a passcode for {address}"));
        let _ = self.give(actor, Invitation::Passcode(address.clone()));
        self.check();
        if self.dice.below(4) > 0 {
            self.now += SignedDuration::from_mins([1, 10, 40][self.dice.below(3)]);
            let redeem = Redeem {
                passcode: Some(self.code(&address)),
                door: Door::Direct(address),
                identity: Identity::Passcode,
                ids: Vec::new(),
                consent: true,
                accepting: Vec::new(),
            };
            self.redeems(redeem);
        }
    }

    fn reset(&mut self) {
        let guest = self.somebody();
        let Some(address) = self.address(guest) else {
            return;
        };
        let actor = self.actor();
        self.tell(|| format!("{actor:?} resets the redemption of {address}"));
        let reset = Reset {
            mail: address,
            mailed: self.dice.below(2) == 0,
            message: None,
        };
        let _ = self.give(actor, Invitation::Reset(reset));
    }

    /// The directory says something else about people: where they work, or that they have left.
    fn import(&mut self) {
        let row = match self.dice.below(8) {
            0 => Row::Group(GroupRow {
                name: Line::parse("Fabrikam team").unwrap(),
                mail: Some(Some(mail("team@fabrikam.example"))),
                rule: None,
                guests: None,
                owners: None,
            }),
            // The last two of our own people leave and come back.
            1 => Row::Left(PersonId(5 + self.dice.below(2) as u64)),
            _ => {
                let address = match self.dice.below(2) {
                    0 => self.outsider(),
                    _ => mail(&format!(
                        "{}@contoso.com",
                        INSIDE[self.dice.below(INSIDE.len())]
                    )),
                };
                let department = [Some("Marketing"), Some("Sales"), None][self.dice.below(3)];
                let department = department.map(str::to_owned);
                let mut row = PersonRow::new(address);
                row.attributes = BTreeMap::from([("department".to_owned(), department)]);
                Row::Person(Box::new(row))
            }
        };
        self.tell(|| format!("import: {row:?}"));
        let _ = self.give(operator(), People::Import(vec![row]));
    }

    /// Somebody becomes governed or no longer is, leaves, or gets a sponsor.
    fn person(&mut self) {
        let guest = match self.dice.below(2) {
            0 => self.somebody(),
            _ => self.waits(),
        };
        let Some(address) = self.address(guest) else {
            return;
        };
        let actor = self.actor();
        let ana = Principal::User(mail("ana@contoso.com"));
        let (actor, command) = match self.dice.below(5) {
            0 => (actor, People::Convert(address, Convert::Governed)),
            1 => (actor, People::Convert(address, Convert::NotGoverned)),
            2 => (actor, People::AddSponsor(address, ana)),
            3 => (actor, People::RemoveSponsor(address, ana)),
            _ => (Actor::Person(guest), People::Leave(address)),
        };
        self.tell(|| format!("{actor:?}: {command:?}"));
        let _ = self.give(actor, command);
    }

    /// A whole organization is offboarded; ticks go on with it.
    fn organization(&mut self) {
        let partner = PARTNERS[self.dice.below(PARTNERS.len())];
        let removal = Removal {
            memberships: self.dice.below(2) == 0,
            delete: self.dice.below(2) == 0,
        };
        let actor = self.actor();
        self.tell(|| format!("{actor:?} offboards {partner}: {removal:?}"));
        let _ = self.give(actor, Organization::Offboard(partner.to_owned(), removal));
    }

    /// An operator says that the clock is right.
    fn clock(&mut self) {
        if self.doubts {
            self.tell(|| "the clock is right".to_owned());
            let _ = self.give(operator(), watch::Command::Confirm);
        }
    }

    /// Somebody who has lost their last package, where there is one.
    fn waits(&mut self) -> PersonId {
        let people = self.watch.shadow.people.values();
        let waits: Vec<PersonId> = people
            .filter(|person| person.wait.is_some())
            .map(Person::id)
            .collect();
        match waits.len() {
            0 => self.somebody(),
            several => waits[self.dice.below(several)],
        }
    }

    fn address(&mut self, id: PersonId) -> Option<Email> {
        let person = self.look(|desk| desk.get::<Person>(id.0));
        person.map(|person| person.mail)
    }
}
