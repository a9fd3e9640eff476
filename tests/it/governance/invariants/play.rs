//! What the engine lets everybody have.

use guestlist::governance::assignment::{self, Direct};
use guestlist::governance::invitation::{self, Door, Redeem};
use guestlist::governance::people::PersonRow;
use guestlist::governance::record::{Assignment, Identity, RecordKind, RequestState};
use guestlist::governance::request::{Ask, Change, Command, Held, Visitor};
use guestlist::model::{Address, Name};
use jiff::{SignedDuration, Timestamp};

use super::super::asking::ask;
use super::super::scene::{Scene, instant, mail};
use super::is_refused;
use super::people::{Account, Someone, everybody};
use super::worlds::World;

/// Access that somebody came to have, or to ask for.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) who: Someone,
    pub(super) package: &'static str,
    pub(super) policy: String,
    pub(super) way: &'static str,
    pub(super) asks: bool,
    pub(super) holds: bool,
    pub(super) approvals: usize,
    /// How many stages the policy has.
    pub(super) stages: usize,
    /// How many seconds it lasts; `None` for no end.
    pub(super) lasts: Option<i64>,
    /// How often it is reviewed.
    pub(super) review: Option<&'static str>,
    /// In how many seconds reviews begin.
    pub(super) begins: i64,
    /// The roles that they have, each of a resource.
    pub(super) roles: Vec<(String, String)>,
}

impl Access {
    /// Whether they have a role of a resource.
    pub(super) fn has(&self, resource: &str) -> bool {
        self.roles.iter().any(|(of, _)| of == resource)
    }
}

/// The seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// What was seen.
#[derive(Debug, Clone)]
pub(super) enum Seen {
    Access(Box<Access>),
    Together { who: Someone },
}

/// Asks the engine for everybody, every policy and every way.
pub(super) fn play(world: &World) -> Vec<Seen> {
    let mut stage = Stage::of(world, &world.tree());
    for one in stage.people.clone() {
        if one.is_named() {
            stage.becomes(&one);
        }
        stage.by_rule(&one);
        stage.together(&one);
        for at in 0..world.policies.len() {
            stage.by_request(&one, at);
            stage.by_hand(&one, at);
        }
        if one.is_named() {
            stage.is_over(&one);
        }
    }
    let mut seen = stage.seen;
    // Rules are followed one after the other, and each of them may be the first.
    let automatic = |at: &usize| world.policies[*at].1.contains("automatic");
    let all: Vec<usize> = (0..world.policies.len()).filter(automatic).collect();
    for last in all.iter().filter(|_| all.len() > 1) {
        seen.extend(after_the_others(world, *last));
    }
    seen
}

/// What rules give where one of them comes after the others.
fn after_the_others(world: &World, last: usize) -> Vec<Seen> {
    let mut stage = Stage::of(world, &world.tree_without(last));
    let named: Vec<Someone> = stage
        .people
        .iter()
        .filter(|one| one.is_named())
        .cloned()
        .collect();
    for one in stage.people.clone().iter().filter(|one| !one.is_named()) {
        stage.by_rule(one);
    }
    for one in named {
        stage.becomes(&one);
        stage.by_rule(&one);
        stage.is_over(&one);
    }
    stage.scene.apply(&world.tree());
    let _ = stage.scene.tick("T0");
    for one in stage.people.clone().iter().filter(|one| !one.is_named()) {
        stage.by_rule(one);
        stage.note_together(one);
    }
    stage.seen
}

struct Stage<'w> {
    world: &'w World,
    scene: Scene,
    people: Vec<Someone>,
    seen: Vec<Seen>,
    fresh: usize,
}

impl<'w> Stage<'w> {
    /// A store with a tree, and everybody whom the world lets in.
    fn of(world: &'w World, tree: &str) -> Self {
        let mut stage = Stage {
            world,
            scene: Scene::of(tree),
            people: everybody(),
            seen: Vec::new(),
            fresh: 0,
        };
        for member in ["ana", "omar", "dora", "lea", "eva"] {
            stage.scene.member(&format!("{member}@contoso.com"), &[]);
        }
        stage.scene.joins("dora@contoso.com", "deciders");
        let _ = stage.scene.tick("T0");
        stage.people.retain(|one| one.may_be_here(world));
        for one in stage.people.clone() {
            if one.account != Account::None && !one.is_named() {
                stage.scene.known(one.row());
                if let Some(group) = one.group {
                    stage.scene.joins(&one.address, group);
                }
            }
        }
        let _ = stage.scene.tick("T0");
        stage
    }

    /// Makes somebody over whom policies name.
    fn becomes(&mut self, one: &Someone) {
        let _ = self.scene.operator();
        self.scene.known(one.row());
        if let Some(group) = one.group {
            self.scene.joins(&one.address, group);
        }
    }

    /// Takes away what would make them another sort of people.
    fn is_over(&mut self, one: &Someone) {
        let _ = self.scene.operator();
        let plain = Someone {
            department: None,
            ..one.clone()
        };
        self.scene.known(plain.row());
        if let Some(group) = one.group {
            self.scene.leaves(&one.address, group);
        }
    }

    fn assignment(&self, address: &str, package: &str) -> Option<Assignment> {
        self.scene.look(|desk| {
            let (Some(person), Some(package)) = (
                desk.by_mail(&mail(address))?,
                desk.at(&address_of(package))?,
            ) else {
                return Ok(None);
            };
            assignment::of(desk, person.id(), package.id)
        })
    }

    /// Whoever has no account comes anew each time, so that nothing is left of the time before.
    fn arrives(&mut self, one: &Someone) -> Someone {
        let mut one = one.clone();
        if one.account == Account::None {
            self.fresh += 1;
            one.address = format!("n{}@{}", self.fresh, one.domain());
        }
        one
    }

    /// Asks for somebody, who cannot or may not ask themselves, as whom policies let ask for others.
    fn ask_for(&mut self, one: &Someone, package: &str, at: usize) -> Option<u64> {
        if one.account == Account::None {
            return None;
        }
        let ask = Ask {
            policy: Some(Name::parse(&format!("p{at}")).unwrap()),
            person: Some(mail(&one.address)),
            ..ask(package)
        };
        let _ = self.scene.acting("lea@contoso.com");
        let answer = self.scene.engine().serve(&Command::Submit(ask).into());
        (!is_refused(&answer)).then(|| self.last())
    }

    fn ask(&mut self, one: &Someone, package: &str, at: usize) -> Option<u64> {
        let mut ask = Ask {
            policy: Some(Name::parse(&format!("p{at}")).unwrap()),
            ..ask(package)
        };
        if one.is_outside() {
            let identity = one.identity.clone();
            let mail = mail(&one.address);
            ask.visitor = Some(Visitor { mail, identity });
            let _ = self.scene.operator();
        } else {
            let _ = self.scene.acting(&one.address);
        }
        let answer = self.scene.engine().serve(&Command::Submit(ask).into());
        (!is_refused(&answer)).then(|| self.last())
    }

    fn last(&self) -> u64 {
        self.scene
            .look(|desk| desk.world().last(RecordKind::Request))
    }

    /// Lets everybody who may decide say yes, and returns how many did.
    fn approved(&mut self, request: u64) -> usize {
        let mut count = 0;
        while self.scene.request(request).state == RequestState::PendingApproval {
            let asked = self.scene.asked(request);
            let Some(first) = asked.first() else {
                break;
            };
            self.scene.approves(&first.clone(), request);
            count += 1;
        }
        count
    }

    fn give_back(&mut self, one: &Someone, package: &str) {
        if let Some(held) = self.assignment(&one.address, package) {
            let _ = self
                .scene
                .operator()
                .run(assignment::Command::Revoke(held.number));
        }
    }

    fn holds(&self, one: &Someone, package: &str) -> Option<Assignment> {
        self.assignment(&one.address, package)
            .filter(|held| held.state.counts())
    }

    fn note(&mut self, one: &Someone, at: usize, way: &'static str, approvals: usize) {
        let (package, text) = self.world.policies[at].clone();
        let held = self.holds(one, package);
        let lasts = held.as_ref().and_then(|held| {
            let end = held.end?;
            // Of an end that is the same for everybody, the time from the first instant counts.
            let start = match text.contains("{ on:") {
                true => instant("T0"),
                false => held.start,
            };
            Some(end.duration_since(start).as_secs())
        });
        let extended = held
            .as_ref()
            .is_some_and(|held| self.extends(one, package, held));
        let roles = match held {
            Some(_) => self.scene.holds(&one.address),
            None => Vec::new(),
        };
        let mut given = self.world.grants();
        given.retain(|(resource, role)| {
            let (first, rest) = resource.split_at(1);
            let group = format!("group {}{rest}: {role}", first.to_uppercase());
            roles.contains(&group)
        });
        let review = ["monthly", "quarterly"].into_iter();
        let review = review.filter(|_| !text.contains("enabled: false, reviewers"));
        let review = review.into_iter().find(|often| text.contains(often));
        let lasts = lasts.filter(|_| !extended);
        let begins = match text.contains("starts: '2027-02-24'") {
            true => instant("2027-02-24T00:00:00Z")
                .duration_since(instant("T0"))
                .as_secs(),
            false => 0,
        };
        // What ends before reviews begin is not reviewed.
        let review = review.filter(|_| lasts.is_none_or(|lasts| begins == 0 || lasts > begins));
        let access = Access {
            who: one.clone(),
            package,
            policy: format!("{package}/p{at}"),
            way,
            asks: way == "request",
            holds: held.is_some(),
            approvals,
            stages: text.matches("{ approvers:").count(),
            lasts,
            review,
            begins,
            roles: given,
        };
        self.seen.push(Seen::Access(Box::new(access)));
    }

    /// Asks to keep a package longer: an hour later, and as those of the organization sign in.
    fn extends(&mut self, one: &Someone, package: &str, held: &Assignment) -> bool {
        let Some(end) = held.end else {
            return false;
        };
        let later: Timestamp = self.scene.engine().now() + SignedDuration::from_mins(1);
        let _ = self.scene.at(&later.to_string()).acting(&one.address);
        let mut change = Change {
            of: Held::Package(Name::parse(package).unwrap()),
            person: None,
            justification: None,
            end: None,
        };
        let own = Command::Extend(change.clone());
        let mut answer = self.scene.engine().serve(&own.into());
        if is_refused(&answer) {
            change.person = Some(mail(&one.address));
            let _ = self.scene.acting("lea@contoso.com");
            answer = self.scene.engine().serve(&Command::Extend(change).into());
        }
        let now = self.assignment(&one.address, package);
        !is_refused(&answer) && now.is_some_and(|now| now.end.is_none_or(|now| now > end))
    }

    fn by_rule(&mut self, one: &Someone) {
        for at in 0..self.world.policies.len() {
            let (package, text) = &self.world.policies[at];
            let package = *package;
            if text.contains("automatic")
                && self
                    .assignment(&one.address, package)
                    .is_some_and(|it| it.automatic)
            {
                self.note(one, at, "automatic", 0);
            }
        }
    }

    /// Takes away what rules gave somebody, but for one package.
    fn clear(&mut self, one: &Someone, but: &str) {
        for package in ["a", "b"] {
            let held = self.assignment(&one.address, package);
            if package != but && held.is_some_and(|held| held.automatic) {
                self.give_back(one, package);
            }
        }
    }

    /// Lets the directory say something of somebody that no rule sees: rules are followed anew.
    fn touch(&mut self, one: &Someone) {
        if one.account == Account::None {
            return;
        }
        self.fresh += 1;
        let manager = ["ana@contoso.com", "omar@contoso.com"][self.fresh % 2];
        let mut row = PersonRow::new(mail(&one.address));
        row.manager = Some(Some(mail(manager)));
        let _ = self.scene.operator();
        self.scene.known(row);
    }

    fn by_request(&mut self, one: &Someone, at: usize) {
        let (package, _) = self.world.policies[at];
        // What a rule gave may end, and keeps nobody from anything then.
        self.clear(one, "");
        let one = self.arrives(one);
        if let Some(request) = self.ask(&one, package, at) {
            let approvals = self.approved(request);
            self.note(&one, at, "request", approvals);
            self.over(&one, package, request);
        } else if let Some(request) = self.ask_for(&one, package, at) {
            let approvals = self.approved(request);
            self.note(&one, at, "request", approvals);
            if let Some(Seen::Access(access)) = self.seen.last_mut() {
                access.asks = false;
            }
            self.over(&one, package, request);
        }
    }

    /// Leaves nothing behind.
    fn over(&mut self, one: &Someone, package: &str, request: u64) {
        if self.scene.request(request).state == RequestState::PendingApproval {
            let _ = self.scene.operator().run(Command::Cancel(request));
        }
        self.give_back(one, package);
    }

    fn by_hand(&mut self, one: &Someone, at: usize) {
        let (package, _) = self.world.policies[at];
        // What a rule gave may end, and keeps nobody from anything then.
        self.clear(one, "");
        let one = self.arrives(one);
        let direct = Direct {
            person: mail(&one.address),
            name: None,
            policy: format!("policy/{package}/p{at}").parse().unwrap(),
            start: None,
            end: None,
            justification: None,
        };
        let _ = self.scene.operator();
        let answer = self
            .scene
            .engine()
            .serve(&assignment::Command::Grant(direct).into());
        if is_refused(&answer) {
            return;
        }
        let request = self.last();
        let approvals = self.approved(request);
        if one.account == Account::None && self.holds(&one, package).is_some() {
            self.redeems(&one);
        }
        self.note(&one, at, "direct", approvals);
        self.over(&one, package, request);
    }

    /// Lets somebody who was brought in sign in for the first time, if their invitation lets them do it in their way.
    fn redeems(&mut self, one: &Someone) {
        let Some(identity) = one.identity.clone() else {
            return;
        };
        if identity == Identity::Passcode {
            // The passcode itself comes by mail.
            if self.world.passcodes {
                self.scene.change(&one.address, |person| {
                    person.identities = vec![Identity::Passcode];
                });
            }
            return;
        }
        let redeem = Redeem {
            door: Door::Direct(mail(&one.address)),
            identity,
            ids: Vec::new(),
            passcode: None,
            consent: true,
            accepting: Vec::new(),
        };
        let redeem = invitation::Command::Redeem(Box::new(redeem));
        let _ = self.scene.operator();
        let _ = self.scene.engine().serve(&redeem.into());
    }

    fn note_together(&mut self, one: &Someone) {
        if self.holds(one, "a").is_some() && self.holds(one, "b").is_some() {
            self.seen.push(Seen::Together { who: one.clone() });
        }
    }

    /// Tries to have both packages, in either order: whatever waits for approval waits until both were asked for, and what a
    /// rule gives ends before anything else, and comes again.
    fn together(&mut self, one: &Someone) {
        let policies = self.world.policies.clone();
        let of = |package: &str| {
            let all = policies.iter().enumerate();
            let own = all.filter(move |(_, (of, _))| *of == package);
            own.map(|(at, _)| at).collect::<Vec<_>>()
        };
        self.note_together(one);
        for a in of("a") {
            for b in of("b") {
                for swapped in [false, true] {
                    let one = self.arrives(one);
                    let mut open = Vec::new();
                    let steps = if swapped {
                        [("b", b), ("a", a)]
                    } else {
                        [("a", a), ("b", b)]
                    };
                    let mut first = "";
                    for (package, at) in steps {
                        if policies[at].1.contains("automatic") {
                            self.touch(&one);
                        } else {
                            self.clear(&one, first);
                            let request = self.ask(&one, package, at);
                            let request = request.or_else(|| self.ask_for(&one, package, at));
                            open.extend(request.map(|request| (package, request)));
                        }
                        first = package;
                    }
                    for (_, request) in open.clone() {
                        let _ = self.approved(request);
                    }
                    self.note_together(&one);
                    for (package, request) in open {
                        self.over(&one, package, request);
                    }
                    self.clear(&one, "");
                }
            }
        }
    }
}

fn address_of(package: &str) -> Address {
    format!("package/{package}").parse().unwrap()
}
