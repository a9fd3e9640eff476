//! The outside, which fails: a mail server and a directory that refuse, forget, or die in the middle.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use guestlist::app::governance::{Directory, Mailer};
use guestlist::governance::{Effect, Mail, Outcome, Template, Unread, World};
use guestlist::model::text::Email;
use jiff::Timestamp;

use crate::dice::Dice;

/// What a process says when it is made to die.
pub(crate) const DEATH: &str = "the process dies here";

/// The outside of one play.
#[derive(Debug)]
pub(crate) struct Outside {
    dice: Dice,
    /// Whether anything fails at all: not while a play is being ended.
    pub(crate) fails: bool,
    /// Every mail that went out, by its key: how often.
    pub(crate) sent: BTreeMap<String, u32>,
    /// Mails whose outcome was never told, so that sending them again is no mistake.
    pub(crate) unsure: BTreeMap<String, u32>,
    /// The mail that went out last, until a commit says so.
    untold: Option<String>,
    /// The links of the invitations that arrived.
    pub(crate) links: Vec<String>,
    /// The passcodes that arrived, each with the address that it went to.
    pub(crate) codes: Vec<(Email, String)>,
}

/// When a process dies at a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    BeforeCommit,
    AfterCommit,
}

/// What happens to one effect.
enum Fate {
    Fine,
    Later,
    /// It happens, and nobody hears of it.
    Silent,
    /// The process dies before it happens.
    DieBefore,
    /// The process dies after it has happened.
    DieAfter,
    Refused,
}

impl Outside {
    pub(crate) fn new(seed: u64) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            dice: Dice::new(seed ^ 0x5eed),
            fails: true,
            sent: BTreeMap::new(),
            unsure: BTreeMap::new(),
            untold: None,
            links: Vec::new(),
            codes: Vec::new(),
        }))
    }

    /// Whether the process dies at the commit that comes now.
    pub(crate) fn death(&mut self) -> Option<Death> {
        let untold = self.untold.take();
        if !self.fails {
            return None;
        }
        match self.dice.below(300) {
            0 => {
                if let Some(key) = untold {
                    *self.unsure.entry(key).or_default() += 1;
                }
                Some(Death::BeforeCommit)
            }
            1 => Some(Death::AfterCommit),
            _ => None,
        }
    }

    /// A mail arrives.
    fn arrives(&mut self, mail: &Mail) {
        match mail.template {
            Template::Invitation => self.links.push(mail.facts.link.clone()),
            Template::Passcode => {
                let code = mail.facts.message.clone();
                self.codes.push((mail.to.clone(), code));
            }
            _ => {}
        }
    }

    fn fate(&mut self) -> Fate {
        if !self.fails {
            return Fate::Fine;
        }
        match self.dice.below(40) {
            0 | 1 => Fate::Later,
            2 => Fate::Silent,
            3 => Fate::DieBefore,
            4 => Fate::DieAfter,
            5 => Fate::Refused,
            _ => Fate::Fine,
        }
    }
}

/// A mail server.
#[derive(Debug)]
pub(crate) struct Post(pub(crate) Rc<RefCell<Outside>>);

impl Mailer for Post {
    fn send(&mut self, key: &str, mail: &Mail, _: Timestamp) -> Outcome {
        let mut outside = self.0.borrow_mut();
        let fate = outside.fate();
        let goes = matches!(fate, Fate::Fine | Fate::Silent | Fate::DieAfter);
        if goes {
            outside.arrives(mail);
            outside.untold =
                (!matches!(fate, Fate::Silent | Fate::DieAfter)).then(|| key.to_owned());
            *outside.sent.entry(key.to_owned()).or_default() += 1;
        }
        if !matches!(
            fate,
            Fate::Fine | Fate::Later | Fate::Refused | Fate::DieBefore
        ) {
            *outside.unsure.entry(key.to_owned()).or_default() += 1;
        }
        drop(outside);
        match fate {
            Fate::Fine => Outcome::Done,
            Fate::Later => Outcome::Later("the mail server is busy".to_owned()),
            Fate::Silent => Outcome::Unknown("the connection was lost".to_owned()),
            Fate::Refused => Outcome::Failed("no such mailbox".to_owned()),
            Fate::DieBefore | Fate::DieAfter => panic!("{DEATH}"),
        }
    }
}

/// A directory that is the store, or stands beside it and fails.
#[derive(Debug)]
pub(crate) struct Rooms {
    pub(crate) outside: Rc<RefCell<Outside>>,
    pub(crate) is_store: bool,
}

impl Directory for Rooms {
    fn is_store(&self) -> bool {
        self.is_store
    }

    fn perform(&mut self, _: &str, _: &Effect, _: &dyn World) -> Result<Outcome, Unread> {
        let fate = self.outside.borrow_mut().fate();
        Ok(match fate {
            Fate::Fine => Outcome::Done,
            Fate::Later => Outcome::Later("the directory is busy".to_owned()),
            Fate::Silent => Outcome::Unknown("the answer was lost".to_owned()),
            Fate::Refused => Outcome::Failed("the directory refuses".to_owned()),
            Fate::DieBefore | Fate::DieAfter => panic!("{DEATH}"),
        })
    }
}

/// Returns true for a death that is meant.
pub(crate) fn is_meant(panic: &(dyn Any + Send)) -> bool {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
    said == Some(DEATH)
}

/// Keeps deaths that are meant from being told.
pub(crate) fn quieten() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_meant(panic.payload()) {
            usual(panic);
        }
    }));
}
