//! The life of an assignment: given, delivered, put right, reminded of, ended. Entra's facts on assignments.

mod delivered;
mod ended;
mod given;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use guestlist::app::governance::Directory;
use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::{Effect, Outcome, Unread, World};
use guestlist::model::Address;

use super::scene::mail;

const TREE: &str = "
version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
  guests: { group: Design guests }
  staff: { group: Staff, guests: false }
organizations:
  wingtip: { displayName: Wingtip, domains: [wingtip.example] }
catalogs:
  marketing: { displayName: Marketing, resources: [photos, guests, staff] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors, guests: Member }
    policies:
      partners:
        requestors: { organizations: [wingtip] }
        expires: { after: 180d }
        extension: { allowed: true }
      people:
        requestors: members
  rooms:
    catalog: marketing
    displayName: Rooms
    grants: { photos: Visitors, staff: Member }
    policies:
      direct: { expires: never }
  offices:
    catalog: marketing
    displayName: Offices
    grants: { staff: Member }
    incompatibleWith: [package/library]
    policies:
      direct: { expires: { on: '2027-03-01T00:00:00Z' } }
      closed: { requests: { enabled: false } }
      asks:
        requestors: anyExternal
        questions:
          - { ask: 'Which room?', required: true, pattern: '[A-Z][0-9]+' }
          - { ask: Floor, choices: [{ value: one }, { value: two }] }
";

const BOB: &str = "bob@wingtip.example";

fn direct(person: &str, policy: &str) -> Direct {
    Direct {
        person: mail(person),
        name: Some("Bob".to_owned()),
        policy: policy.parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    }
}

fn grant(person: &str, policy: &str) -> Command {
    Command::Grant(direct(person, policy))
}

/// A tree in which one text stands for another.
fn with(from: &str, to: &str) -> String {
    assert!(TREE.contains(from), "{from}");
    TREE.replace(from, to)
}

/// Answers of a directory that is elsewhere, by the name of the place.
#[derive(Debug, Clone, Default)]
struct Away(Rc<RefCell<BTreeMap<String, Outcome>>>);

impl Away {
    fn answer(&self, place: &str, outcome: Outcome) {
        let _ = self.0.borrow_mut().insert(place.to_owned(), outcome);
    }

    fn mends(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Directory for Away {
    fn is_store(&self) -> bool {
        false
    }

    fn perform(&mut self, _: &str, effect: &Effect, _: &dyn World) -> Result<Outcome, Unread> {
        let name = match effect {
            Effect::Grant(role) => role.place.name.clone(),
            Effect::Revoke(role) => format!("revoke {}", role.place.name),
            Effect::CreateGuest { .. } => "guest".to_owned(),
            Effect::Mail(_) => "mail".to_owned(),
        };
        let answers = self.0.borrow();
        Ok(answers.get(&name).cloned().unwrap_or(Outcome::Done))
    }
}
