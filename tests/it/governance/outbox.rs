//! The outbox: each mail once, whoever sends it, whenever somebody ends in between.

use std::cell::RefCell;
use std::path::Path;
use std::process::Stdio;
use std::rc::Rc;
use std::sync::Mutex;

use guestlist::app::governance::mail::{Login, Smtp};
use guestlist::app::governance::{Embedded, Engine, Folder, Mailer};
use guestlist::app::{AppError, Server};
use guestlist::governance::delivery::{CLAIM, Command, TRIES};
use guestlist::governance::record::{Delivery, DeliveryState};
use guestlist::governance::{Actor, Desk, Effect, Ground, Mail, Moment, Outcome, Template, Tenant};
use guestlist::ports::{Ids, Secret};
use guestlist::store::memory::Memory;
use guestlist::store::{OpenMode, Sitting, Store, open};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::mail_server::{MailServer, Will};
use super::mails::{files, mail, writer};
use super::scene::{BEGIN, instant};
use crate::support::Sandbox;
use crate::support::store::PROJECT;

struct Counting(Mutex<u128>);

impl Ids for Counting {
    fn fresh(&self) -> Uuid {
        let mut last = self.0.lock().unwrap();
        *last += 1;
        Uuid::from_u128(*last)
    }
}

static IDS: Counting = Counting(Mutex::new(0));

fn moment() -> Moment {
    Moment {
        given: true,
        now: instant(BEGIN),
        actor: Actor::Operator("root".to_owned()),
        tenant: Tenant {
            name: "Contoso".to_owned(),
            domains: Vec::new(),
            zone: TimeZone::UTC,
            portal: String::new(),
        },
        seed: [0; 32],
    }
}

/// Plans so many mails in a store: the keys are `mail/1`, `mail/2`, …
fn plan(store: &mut dyn Store, mails: u64, template: Template) {
    plan_at(store, BEGIN, mails, template);
}

fn plan_at(store: &mut dyn Store, at: &str, mails: u64, template: Template) {
    let moment = Moment {
        now: instant(at),
        ..moment()
    };
    let sitting = Sitting {
        project: PROJECT,
        now: moment.now,
        actor: "root",
        via: "test",
        id: "1",
    };
    let decided = store.decide(&sitting, &mut |world| {
        let mut desk = Desk::new(world, &moment);
        for number in 1..=mails {
            let mail = Box::new(mail(template, "en"));
            desk.effect(&format!("mail/{number}"), Effect::Mail(mail))?;
        }
        Ok(desk.decided())
    });
    decided.unwrap().unwrap();
}

fn engine(store: Box<dyn Store>, mailer: impl Mailer + 'static) -> Engine<'static> {
    Engine::over(
        store,
        Box::new(Embedded),
        Box::new(mailer),
        &IDS,
        PROJECT,
        moment(),
    )
}

fn memory(mails: u64) -> Box<dyn Store> {
    let mut store = Box::new(Memory::new("memory"));
    plan(&mut *store, mails, Template::AccessGranted);
    store
}

fn sqlite(root: &Path) -> Box<dyn Store> {
    open("sqlite:guestlist.db", root, OpenMode::Write).unwrap()
}

/// Moves an engine's clock to so many seconds after the beginning.
fn at(engine: &mut Engine<'_>, seconds: i64) {
    let now = instant(BEGIN) + jiff::SignedDuration::from_secs(seconds);
    engine.sit(Actor::Operator("root".to_owned()), now);
}

fn delivery(engine: &Engine<'_>, number: u64) -> Delivery {
    engine.look(|desk| desk.need(number)).unwrap()
}

/// Answers as it is told, the last answer for ever, and keeps the keys.
#[derive(Clone, Default)]
struct Told {
    answers: Rc<RefCell<Vec<Outcome>>>,
    keys: Rc<RefCell<Vec<String>>>,
}

impl Told {
    fn of(answers: &[Outcome]) -> Self {
        let told = Self::default();
        *told.answers.borrow_mut() = answers.iter().rev().cloned().collect();
        told
    }

    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut *self.keys.borrow_mut())
    }
}

impl Mailer for Told {
    fn send(&mut self, key: &str, _: &Mail, _: Timestamp) -> Outcome {
        self.keys.borrow_mut().push(key.to_owned());
        let mut answers = self.answers.borrow_mut();
        match answers.len() {
            0 => Outcome::Done,
            1 => answers[0].clone(),
            _ => answers.pop().unwrap(),
        }
    }
}

/// Lets a second engine drain the same outbox in the middle of each mail.
struct Interrupted {
    own: Told,
    other: Rc<RefCell<Engine<'static>>>,
}

impl Mailer for Interrupted {
    fn send(&mut self, key: &str, mail: &Mail, planned: Timestamp) -> Outcome {
        self.other.borrow_mut().drain().unwrap();
        self.own.send(key, mail, planned)
    }
}

#[test]
fn two_who_drain_at_once_never_send_the_same_mail() {
    let sandbox = Sandbox::new();
    plan(&mut *sqlite(sandbox.root()), 5, Template::AccessGranted);
    let (own, others) = (Told::default(), Told::default());
    let other = engine(sqlite(sandbox.root()), others.clone());
    let mailer = Interrupted {
        own: own.clone(),
        other: Rc::new(RefCell::new(other)),
    };
    let mut first = engine(sqlite(sandbox.root()), mailer);
    first.drain().unwrap();
    assert_eq!(own.sent(), ["mail/1"]);
    assert_eq!(others.sent(), ["mail/2", "mail/3", "mail/4", "mail/5"]);
    for number in 1..=5 {
        assert_eq!(delivery(&first, number).state, DeliveryState::Done);
    }
    assert_eq!(first.left().unwrap(), Default::default());
}

#[test]
fn who_begins_and_ends_leaves_a_mail_to_others_after_five_minutes() {
    let told = Told::default();
    let mut engine = engine(memory(1), told.clone());
    let _ = engine.decide(&Command::Begin(vec![1]).into()).unwrap();
    assert_eq!(delivery(&engine, 1).state, DeliveryState::Sent);
    at(&mut engine, CLAIM.as_secs() - 1);
    engine.drain().unwrap();
    assert!(told.sent().is_empty());
    // Nobody takes what somebody else has.
    let again = engine.decide(&Command::Begin(vec![1]).into()).unwrap();
    assert!(again.is_empty());
    at(&mut engine, CLAIM.as_secs());
    engine.drain().unwrap();
    assert_eq!(told.sent(), ["mail/1"]);
    assert_eq!(delivery(&engine, 1).state, DeliveryState::Done);
}

#[test]
fn a_mail_in_the_folder_is_recognised_after_a_crash() {
    let sandbox = Sandbox::new();
    let folder = || Folder::new(sandbox.path("mail"), writer());
    let mut engine = engine(memory(1), folder());
    let begun = engine.decide(&Command::Begin(vec![1]).into()).unwrap();
    assert_eq!(begun.writes.len(), 1);
    // The mail is written, and then the program ends.
    let planned = delivery(&engine, 1).planned;
    let sent = folder().send("mail/1", &mail(Template::AccessGranted, "en"), planned);
    assert_eq!(sent, Outcome::Done);
    at(&mut engine, CLAIM.as_secs());
    engine.drain().unwrap();
    assert_eq!(delivery(&engine, 1).state, DeliveryState::Done);
    assert_eq!(files(&sandbox.path("mail")).len(), 1);
}

#[test]
fn what_is_put_off_waits_longer_each_time_and_fails_for_good_after_six_tries() {
    let told = Told::of(&[Outcome::Later("the server is away".to_owned())]);
    let mut engine = engine(memory(1), told.clone());
    let (mut pause, mut seconds) = (0, 0);
    for tries in 1..=TRIES {
        at(&mut engine, seconds);
        engine.drain().unwrap();
        engine.drain().unwrap();
        assert_eq!(told.sent(), ["mail/1"], "try {tries}");
        let found = delivery(&engine, 1);
        assert_eq!(found.tries, tries);
        assert_eq!(found.trouble.as_deref(), Some("the server is away"));
        match tries == TRIES {
            true => assert_eq!(found.state, DeliveryState::Failed),
            false => {
                assert_eq!(found.state, DeliveryState::Planned);
                let next = found.due().as_second() - instant(BEGIN).as_second();
                assert!(next - seconds >= pause, "{next}");
                (pause, seconds) = (next - seconds, next);
            }
        }
    }
    let left = engine.left().unwrap();
    assert_eq!((left.open, left.failed), (0, 1));
    assert!(seconds > 3600, "{seconds}");
}

#[test]
fn an_unknown_outcome_is_tried_again_and_a_refusal_is_not() {
    let unknown = Outcome::Unknown("the connection was lost".to_owned());
    let told = Told::of(&[unknown, Outcome::Failed("no such user".to_owned())]);
    let mut engine = engine(memory(1), told.clone());
    engine.drain().unwrap();
    assert_eq!(delivery(&engine, 1).state, DeliveryState::Unknown);
    at(&mut engine, 24 * 3600);
    engine.drain().unwrap();
    assert_eq!(told.sent().len(), 2);
    assert_eq!(delivery(&engine, 1).state, DeliveryState::Failed);
}

#[test]
fn a_failed_mail_is_sent_after_all_when_somebody_says_so() {
    let told = Told::of(&[Outcome::Failed("no such user".to_owned()), Outcome::Done]);
    let mut engine = engine(memory(1), told.clone());
    let refused =
        |engine: &mut Engine<'_>, number| match engine.serve(&Command::Retry(number).into()) {
            Err(AppError::Governance(refusal)) => refusal.ground,
            other => panic!("not refused: {other:?}"),
        };
    assert_eq!(refused(&mut engine, 1), Ground::State);
    assert_eq!(refused(&mut engine, 7), Ground::Unknown);
    engine.drain().unwrap();
    let _ = engine.serve(&Command::Retry(1).into()).unwrap();
    assert_eq!(told.sent(), ["mail/1", "mail/1"]);
    assert_eq!(delivery(&engine, 1).state, DeliveryState::Done);
    assert_eq!(refused(&mut engine, 1), Ground::State);
}

#[test]
fn a_passcode_is_forgotten_once_its_mail_has_left_or_never_will() {
    for outcome in [Outcome::Done, Outcome::Failed("no such user".to_owned())] {
        let mut store = Box::new(Memory::new("memory"));
        plan(&mut *store, 1, Template::Passcode);
        let mut engine = engine(store, Told::of(&[outcome]));
        engine.drain().unwrap();
        let Effect::Mail(mail) = delivery(&engine, 1).effect else {
            panic!("a mail");
        };
        assert_eq!(mail.facts.message, "");
        let refused = engine.serve(&Command::Retry(1).into());
        assert!(matches!(refused, Err(AppError::Governance(_))));
    }
}

// By SMTP.

fn smtp(server: &MailServer, login: bool) -> Smtp {
    let login = login.then(|| Login {
        user: "access".to_owned(),
        password: Secret::new("hunter2".to_owned()),
    });
    let at = Server::parse(&format!("smtp://localhost:{}", server.port)).unwrap();
    Smtp::new(at, login, Some(server.authority.as_bytes()), writer()).unwrap()
}

fn send(server: &MailServer, login: bool) -> Outcome {
    let mail = mail(Template::Decide, "nl");
    smtp(server, login).send("mail/1", &mail, instant(BEGIN))
}

#[test]
fn a_mail_goes_by_starttls_and_the_password_only_through_it() {
    let server = MailServer::start(Will {
        tls: true,
        ..Will::default()
    });
    assert_eq!(send(&server, true), Outcome::Done);
    let heard = server.heard();
    assert_eq!(heard.mails.len(), 1);
    assert!(heard.mails[0].contains("Auto-Submitted: auto-generated\n"));
    let plain: Vec<_> = heard.commands.iter().filter(|(tls, _)| !tls).collect();
    assert_eq!(plain.len(), 2, "{plain:?}");
    let logins = heard
        .commands
        .iter()
        .filter(|(_, line)| line.starts_with("AUTH"));
    assert_eq!(logins.count(), 1);
}

#[test]
fn nothing_is_said_to_a_server_whose_certificate_somebody_else_signed() {
    let server = MailServer::start(Will {
        tls: true,
        ..Will::default()
    });
    let other = MailServer::start(Will::default());
    let at = Server::parse(&format!("smtp://localhost:{}", server.port)).unwrap();
    let mut smtp = Smtp::new(at, None, Some(other.authority.as_bytes()), writer()).unwrap();
    let sent = smtp.send("k", &mail(Template::Decide, "en"), instant(BEGIN));
    assert!(matches!(sent, Outcome::Later(_)), "{sent:?}");
    assert!(server.heard().mails.is_empty());
}

#[test]
fn a_password_is_never_said_without_tls_and_a_mail_without_one_stays_on_this_machine() {
    let server = MailServer::start(Will::default());
    let sent = send(&server, true);
    assert!(
        matches!(&sent, Outcome::Later(why) if why.contains("no STARTTLS")),
        "{sent:?}"
    );
    let heard = server.heard();
    assert!(heard.mails.is_empty());
    assert!(
        !heard
            .commands
            .iter()
            .any(|(_, line)| line.starts_with("AUTH"))
    );
    assert_eq!(send(&server, false), Outcome::Done);
    assert_eq!(server.heard().mails.len(), 1);
}

#[test]
fn what_the_server_answers_decides_what_becomes_of_a_mail() {
    let recipient = |answer| Will {
        to: vec![("ana@", answer)],
        ..Will::default()
    };
    let whole = |answer| Will {
        mail: Some(answer),
        ..Will::default()
    };
    let outcome = |will| send(&MailServer::start(will), false);
    assert!(matches!(
        outcome(recipient("550 no such user")),
        Outcome::Failed(_)
    ));
    assert!(matches!(
        outcome(recipient("451 try later")),
        Outcome::Later(_)
    ));
    assert!(matches!(outcome(whole("554 spam")), Outcome::Failed(_)));
    assert!(matches!(outcome(whole("452 full")), Outcome::Later(_)));
    // The whole mail is with the server, and the connection ends without an answer.
    assert!(matches!(outcome(whole("")), Outcome::Unknown(_)));
}

#[test]
fn a_copy_that_nobody_takes_stops_no_mail() {
    let server = MailServer::start(Will {
        to: vec![("ben@", "550 no such user")],
        ..Will::default()
    });
    let mut mail = mail(Template::Invitation, "en");
    mail.copy_to = Some(super::scene::mail("ben@contoso.com"));
    let sent = smtp(&server, false).send("k", &mail, instant(BEGIN));
    assert_eq!(sent, Outcome::Done);
    assert_eq!(server.heard().mails.len(), 1);
}

#[test]
fn many_mails_share_a_connection_and_a_server_that_is_away_is_asked_once() {
    let server = MailServer::start(Will::default());
    let mut there = engine(memory(20), smtp(&server, false));
    there.drain().unwrap();
    assert_eq!(server.heard().connections, 1);
    assert_eq!(server.heard().mails.len(), 20);

    let no_tls = MailServer::start(Will::default());
    let mut away = engine(memory(20), smtp(&no_tls, true));
    away.drain().unwrap();
    assert_eq!(no_tls.heard().connections, 1);
    assert_eq!(away.left().unwrap().open, 20);
    // The next drain asks anew.
    at(&mut away, 24 * 3600);
    away.drain().unwrap();
    assert_eq!(no_tls.heard().connections, 2);
}

#[test]
fn a_server_that_wants_one_mail_for_each_connection_gets_it() {
    let server = MailServer::start(Will {
        one_each: true,
        ..Will::default()
    });
    let mut engine = engine(memory(3), smtp(&server, false));
    engine.drain().unwrap();
    assert_eq!(engine.left().unwrap().open, 0);
    assert_eq!(server.heard().mails.len(), 3);
    assert_eq!(server.heard().connections, 3);
}

#[test]
fn a_mail_keeps_its_id_however_often_it_is_tried() {
    let server = MailServer::start(Will {
        mail: Some(""),
        ..Will::default()
    });
    let mut engine = engine(memory(2), smtp(&server, false));
    engine.drain().unwrap();
    at(&mut engine, 24 * 3600);
    engine.drain().unwrap();
    let ids = server.ids();
    assert_eq!(ids.len(), 4);
    assert_eq!(ids[0], ids[2]);
    assert_eq!(ids[1], ids[3]);
    assert_ne!(ids[0], ids[1]);
}

// Whole programs.

/// A project whose mails go to a server, with so many planned.
fn project(server: &MailServer, mails: u64) -> Sandbox {
    let settings = format!(
        "project = \"contoso\"\n[tenant]\nname = \"Contoso\"\ndomains = [\"contoso.com\"]\n[mail]\nsmtp = \"smtp://127.0.0.1:{}\"\n",
        server.port
    );
    let sandbox = Sandbox::new().write("guestlist.toml", settings);
    // In the past: programs go by the real clock.
    let past = "2026-01-01T00:00:00Z";
    plan_at(
        &mut *sqlite(sandbox.root()),
        past,
        mails,
        Template::AccessGranted,
    );
    sandbox
}

#[test]
fn two_programs_at_once_send_each_mail_once() {
    let server = MailServer::start(Will::default());
    let sandbox = project(&server, 20);
    let tick = || {
        let mut command = sandbox.command(&["tick", "--at=2027-01-01T00:00:00Z"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let both = [tick(), tick()];
    for one in both {
        let output = one.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
    }
    let mut ids = server.ids();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), server.heard().mails.len()), (20, 20));
    let _ = sandbox
        .run(["outbox", "list"])
        .exits(0)
        .says("Nothing waits");
}

#[test]
fn a_program_that_is_killed_while_the_server_thinks_sends_the_same_mail_again() {
    let server = MailServer::start(Will {
        stuck: true,
        ..Will::default()
    });
    let sandbox = project(&server, 1);
    let mut killed = sandbox.command(&["tick", "--at=2027-01-01T00:00:00Z"]);
    let mut killed = killed.stdout(Stdio::null()).spawn().unwrap();
    while server.heard().mails.is_empty() {
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    let _ = killed.wait();
    let _ = sandbox
        .run(["tick", "--at=2027-01-01T00:04:59Z"])
        .exits(0)
        .says("1 effect waits in the outbox");
    assert_eq!(server.heard().mails.len(), 1);
    let mut again = sandbox.command(&["tick", "--at=2027-01-01T00:05:00Z"]);
    let mut again = again.stdout(Stdio::null()).spawn().unwrap();
    while server.heard().mails.len() < 2 {
        std::thread::yield_now();
    }
    again.kill().unwrap();
    let _ = again.wait();
    let ids = server.ids();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn what_failed_is_shown_with_its_reason_and_can_be_sent_after_all() {
    let server = MailServer::start(Will {
        to: vec![("ana@", "550 no such user")],
        ..Will::default()
    });
    let sandbox = project(&server, 1);
    let _ = sandbox
        .run(["tick", "--at=2027-01-01T00:00:00Z"])
        .exits(0)
        .says("1 effect was given up: `guestlist outbox list --failed` shows why.");
    let _ = sandbox
        .run(["outbox", "list", "--failed"])
        .exits(0)
        .says("no such user");
    let _ = sandbox
        .run(["outbox", "retry", "1", "--format=json"])
        .exits(0)
        .says("\"state\": \"failed\"");
    let _ = sandbox.run(["outbox", "retry", "2"]).exits(1);
}

#[test]
fn a_server_that_is_away_stops_no_command() {
    // Nobody listens on this port any more.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let mut gone = MailServer::start(Will::default());
    gone.port = port;
    let sandbox = project(&gone, 3);
    let _ = sandbox
        .run(["tick", "--at=2027-01-01T00:00:00Z"])
        .exits(0)
        .says("3 effects wait in the outbox");
    let _ = sandbox.run(["outbox", "list"]).exits(0).says("planned");
}
