//! How the tests ask for packages and decide.

use guestlist::governance::Refusal;
use guestlist::governance::record::Identity;
use guestlist::governance::request::{Ask, Ballot, Change, Command, Held, Visitor};
use guestlist::model::Name;

use super::scene::{Scene, instant, mail};

/// The tenant of Tailspin Toys.
pub(crate) const TAILSPIN: &str = "3d0f5dec-0000-4000-8000-000000000001";

/// A request for a package, and nothing more.
pub(crate) fn ask(package: &str) -> Ask {
    Ask {
        package: Name::parse(package).unwrap(),
        policy: None,
        justification: None,
        answers: Vec::new(),
        start: None,
        end: None,
        person: None,
        visitor: None,
    }
}

/// A request by somebody who arrives from outside, by a passcode where nothing else is known.
pub(crate) fn arriving(package: &str, address: &str) -> Ask {
    Ask {
        visitor: Some(Visitor {
            mail: mail(address),
            identity: None,
        }),
        ..ask(package)
    }
}

/// A request by somebody who arrives from outside and has signed in somehow.
pub(crate) fn signed_in(package: &str, address: &str, identity: Identity) -> Ask {
    Ask {
        visitor: Some(Visitor {
            mail: mail(address),
            identity: Some(identity),
        }),
        ..ask(package)
    }
}

pub(crate) fn tenant() -> Identity {
    Identity::Tenant {
        tenant: guestlist::model::text::Guid::parse(TAILSPIN).unwrap(),
    }
}

pub(crate) fn decide(request: u64, approve: bool) -> Command {
    Command::Decide(Ballot {
        request,
        approve,
        justification: None,
    })
}

pub(crate) fn of(package: &str) -> Change {
    Change {
        of: Held::Package(Name::parse(package).unwrap()),
        person: None,
        justification: None,
        end: None,
    }
}

impl Scene {
    /// Asks for a package, as the operator who vouches for a visitor, or as who acts.
    pub(crate) fn asks(&mut self, ask: Ask) {
        if ask.visitor.is_some() {
            let _ = self.operator();
        }
        let _ = self.run(Command::Submit(ask));
    }

    /// Asks for a package and is refused.
    pub(crate) fn asks_in_vain(&mut self, ask: Ask) -> Refusal {
        if ask.visitor.is_some() {
            let _ = self.operator();
        }
        self.refused(Command::Submit(ask))
    }

    /// Asks as a member or guest whom the directory knows.
    pub(crate) fn asks_as(&mut self, address: &str, ask: Ask) {
        let _ = self.acting(address).run(Command::Submit(ask));
    }

    /// Approves a request.
    pub(crate) fn approves(&mut self, address: &str, request: u64) {
        let _ = self.acting(address).run(decide(request, true));
    }

    /// Denies a request.
    pub(crate) fn denies(&mut self, address: &str, request: u64) {
        let _ = self.acting(address).run(decide(request, false));
    }

    /// The addresses of those who are asked in the open stage.
    pub(crate) fn asked(&self, request: u64) -> Vec<String> {
        let request = self.request(request);
        let asked = request.open_stage().map(|stage| stage.asked().collect());
        let asked: Vec<_> = asked.unwrap_or_default();
        let person = |id| self.look(|desk| desk.person(id)).mail.to_string();
        asked.into_iter().map(person).collect()
    }
}

#[test]
fn instants_of_a_scene_count_from_its_beginning() {
    assert_eq!(instant("T1").to_string(), "2027-01-02T00:00:00Z");
}
