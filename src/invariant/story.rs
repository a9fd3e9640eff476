//! A breach told as a test of the tree: who is there, what happens, and that it ends as the invariant says it never does.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::impact::{Account, SignIn};
use crate::model::invariant::{Statement, Way};
use crate::model::kinds::policy::{Expiry, Justification};
use crate::model::text::Domain;
use crate::scenario::{GONE, Script, StandIn};

use super::access::{Access, Witness};
use super::course::{Comes, Course, Turn};
use super::decide::Breach;
use super::reach::HOME;
use super::stages::Decider;
use super::words::{self, DAY, answers, duration, state, word};

/// The instant at which a story begins where no policy ends all access on a date.
const BEGIN: &str = "2030-01-01T09:00:00Z";
/// How often somebody asks to keep a package longer, at most.
const EXTENSIONS: u64 = 12;
/// The number of the manager whom somebody gets when the directory says something new of them.
const NEW_MANAGER: u8 = 9;
/// Access that lasts less, in seconds, may be over before others have approved the rest.
const PATIENCE: u64 = 60 * DAY;
/// Which of the people made up asks for another one.
const BY: usize = 0;
/// How long a story lasts at most, in seconds; a test lasts ten years.
const LONGEST: u64 = 9 * 365 * DAY;

/// Returns a breach as a test that shows it; `None` where nobody could answer a question of the policy, or what happens
/// around it is more than can be told. `own` are the domains of our own people; `now` is the first instant that counts.
#[must_use]
pub fn story(
    statement: &Statement,
    breach: &Breach<'_>,
    own: &[Domain],
    now: Timestamp,
) -> Option<Script> {
    let first = breach.access.first()?;
    let course = breach.course.as_ref()?;
    let mut story = Story {
        who: &first.who,
        home: own.first().map_or(HOME, Domain::as_str),
        begin: begin(breach, course, statement, now)?,
        passed: 0,
        last: course.last.iter().map(ToString::to_string).collect(),
        applied: 0,
        changed: 0,
        people: Map::new(),
        steps: Vec::new(),
    };
    story.introduce()?;
    if let Statement::Never(terms) | Statement::Always(terms) = statement
        && terms.asks.is_some()
    {
        for turn in &course.turns {
            story.turn(turn);
        }
        story.ask(first, None)?;
        story.expect(json!({ "policy": first.policy.own_name() }));
        return story.told(course);
    }
    story.tell(&breach.access, course)?;
    if let [access] = &breach.access[..] {
        story.keep(statement, access, breach);
    }
    story.told(course)
}

/// Returns when a story begins: before every date on which all access ends.
fn begin(
    breach: &Breach<'_>,
    course: &Course<'_>,
    statement: &Statement,
    now: Timestamp,
) -> Option<Timestamp> {
    let usual: Timestamp = BEGIN.parse().ok()?;
    let (Statement::Never(terms) | Statement::Always(terms)) = statement;
    let rules = breach.access.iter().map(|access| access.rules);
    let rules = rules.chain(course.rules.iter().copied());
    let ends = rules.filter_map(|rules| match &rules.expires {
        Expiry::On(when) => Some(when.resolve(&jiff::tz::TimeZone::UTC)),
        Expiry::Never | Expiry::After(_) => None,
    });
    let Some(end) = ends.min() else {
        return Some(usual);
    };
    let before = |seconds: u64| {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let begin = end.checked_sub(SignedDuration::from_secs(seconds)).ok();
        Some(begin.filter(|begin| *begin >= now).unwrap_or(now))
    };
    match terms.expires {
        // How long it is until a date depends on the day.
        Some(bound) => before(bound.seconds().map_or(DAY, |seconds| seconds + DAY)),
        None if usual < end => Some(usual),
        None => before(DAY),
    }
}

/// What was asked for and waits for approval.
struct Waiting<'w, 't> {
    access: &'w Access<'t>,
    /// Which of those that wait it is.
    nth: usize,
    /// The seconds that had passed when its open stage began.
    since: u64,
    /// How many stages were approved.
    done: usize,
}

struct Story<'s> {
    who: &'s Witness,
    home: &'s str,
    begin: Timestamp,
    /// The seconds that have passed since it began.
    passed: u64,
    /// The policies that come last.
    last: Vec<String>,
    /// How often the tree was applied.
    applied: usize,
    /// How often the directory said something new of them.
    changed: u8,
    people: Map<String, Value>,
    steps: Vec<Value>,
}

impl Story<'_> {
    /// Says who it is; `None` for somebody whom no test can make up.
    fn introduce(&mut self) -> Option<()> {
        let who = self.who;
        let kind = match who.base.account {
            Account::None => "visitor",
            Account::Guest => "guest",
            Account::ExternalMember => "externalMember",
            Account::Member => "member",
            Account::InternalGuest => "internalGuest",
        };
        let mut person = json!({ "kind": kind });
        if !who.is_natural {
            match (&who.organization, &who.base.sign_in) {
                (Some(name), SignIn::Tenant(_) | SignIn::Facebook) => {
                    person["organization"] = name.as_str().into();
                }
                (_, sign_in) => {
                    if let Some(word) = word(sign_in) {
                        person["signIn"] = word.into();
                    }
                }
            }
        }
        if !who.groups.is_empty() {
            person["groups"] = who.groups.clone().into();
        }
        let mut attributes = Map::new();
        for (name, value) in &who.seen {
            match name.as_str() {
                "displayName" => person["name"] = value.as_str().into(),
                "companyName" => person["company"] = value.as_str().into(),
                "userPrincipalName" => person["userPrincipalName"] = value.as_str().into(),
                "otherMails" => {
                    person["otherMails"] = value.split(',').collect::<Vec<_>>().into();
                }
                // The directory gives numbers by itself.
                "objectId" => return None,
                _ => {
                    attributes.insert(name.clone(), value.as_str().into());
                }
            }
        }
        if !attributes.is_empty() {
            person["attributes"] = attributes.into();
        }
        self.people.insert(who.mail.to_string(), person);
        Some(())
    }

    /// Tells how somebody comes to have packages: what waits is asked for first and delivered last.
    fn tell(&mut self, access: &[Access<'_>], course: &Course<'_>) -> Option<()> {
        let alone = access.len() == 1;
        let mut waiting: Vec<Waiting<'_, '_>> = Vec::new();
        let mut late = false;
        // What does not last long is asked for once there is little left to wait for.
        let shortest = words::shortest(access.iter().map(|one| one.rules));
        // What a rule gives must not be over before the rest is there, either.
        let given = course.rules.iter().map(|rules| &**rules);
        let times = 1 + course.turns.iter().filter(|turn| turn.after).count() as u64;
        let pause = (shortest.min(words::shortest(given)) / (4 * times)).clamp(1, DAY);
        for (nth, (one, turn)) in access.iter().zip(&course.turns).enumerate() {
            let waits = one.way != Way::Automatic && !one.rules.approval.is_none();
            if turn.after {
                for mut one in std::mem::take(&mut waiting) {
                    self.approve(&mut one, true)?;
                    self.settle(one.access);
                }
                if std::mem::take(&mut late) {
                    self.wait(3 * pause);
                }
            }
            if !waits && shortest < PATIENCE {
                for one in &mut waiting {
                    self.approve(one, false)?;
                }
            }
            self.turn(turn);
            match one.way {
                Way::Automatic if alone => {}
                Way::Automatic => self.settle(one),
                Way::Request | Way::Direct if waits => {
                    self.ask(one, None)?;
                    waiting.push(Waiting {
                        access: one,
                        nth,
                        since: self.passed,
                        done: 0,
                    });
                }
                Way::Request | Way::Direct => {
                    // A later start waits as an approval does.
                    let starts = (one.waits && !alone).then(|| self.at(2 * pause));
                    late |= starts.is_some();
                    self.ask(one, starts)?;
                    if starts.is_none() {
                        self.settle(one);
                    }
                }
            }
        }
        for one in &mut waiting {
            self.approve(one, true)?;
            self.settle(one.access);
        }
        if late {
            self.wait(3 * pause);
        }
        let (later, last) = (course.later.is_empty(), course.last.is_empty());
        let phases = usize::from(!later) + usize::from(!last);
        while self.applied < phases {
            self.apply();
        }
        match access {
            [one] if one.way == Way::Automatic => self.settle(one),
            [_] => {}
            all => {
                for one in all {
                    self.holds(one);
                }
            }
        }
        Some(())
    }

    /// Tells what happens before somebody comes to have the next package.
    fn turn(&mut self, turn: &Turn<'_>) {
        let who = self.who.mail.as_str();
        for ended in &turn.ends {
            let package = ended.package.own_name();
            self.steps.push(match ended.alone {
                true => json!({ "remove": { "as": who, "package": package } }),
                false => json!({ "revoke": { "for": who, "package": package } }),
            });
            if !ended.rejoins.is_empty() {
                self.steps
                    .push(json!({ "change": { "for": who, "joins": ended.rejoins } }));
            }
        }
        match turn.comes {
            Comes::Already => {}
            Comes::Again => {
                // Whoever is managed by somebody else is no other for any rule.
                let manager = StandIn::Manager.local(NEW_MANAGER + self.changed);
                self.changed += 1;
                let manager = format!("{manager}@{}", self.home);
                self.people
                    .insert(manager.clone(), json!({ "kind": "member" }));
                self.steps
                    .push(json!({ "change": { "for": who, "manager": manager } }));
            }
            Comes::Later => self.apply(),
        }
    }

    /// Brings the tree as it is; first without what comes last.
    fn apply(&mut self) {
        let mut edits = Map::new();
        if self.applied == 0 {
            let last = self.last.iter().map(|policy| (policy.clone(), GONE.into()));
            edits.extend(last);
        }
        self.applied += 1;
        self.steps.push(json!({ "apply": edits }));
    }

    /// Says that the package is there in the end, beside others.
    fn holds(&mut self, access: &Access<'_>) {
        self.steps.push(json!({ "expect": {
            "for": self.who.mail.as_str(),
            "package": access.package.own_name(),
            "assignment": state(access),
        } }));
    }

    fn at(&self, seconds: u64) -> Timestamp {
        let passed = i64::try_from(self.passed.saturating_add(seconds)).unwrap_or(i64::MAX);
        let later = self.begin.checked_add(SignedDuration::from_secs(passed));
        later.unwrap_or(Timestamp::MAX)
    }

    fn wait(&mut self, seconds: u64) {
        self.passed += seconds;
        self.steps.push(json!({ "wait": duration(seconds) }));
    }

    /// Adds what is expected to the last step.
    fn expect(&mut self, expected: Value) {
        match self.steps.last_mut() {
            Some(last) if last.get("expect").is_none() => last["expect"] = expected,
            _ => self.steps.push(json!({ "expect": expected })),
        }
    }

    /// Says that the package is there now.
    fn settle(&mut self, access: &Access<'_>) {
        let mut expected = json!({
            "for": self.who.mail.as_str(),
            "package": access.package.own_name(),
            "assignment": state(access),
        });
        if access.way != Way::Automatic {
            expected["policy"] = access.policy.own_name().into();
        }
        self.expect(expected);
    }

    fn ask(&mut self, access: &Access<'_>, starts: Option<Timestamp>) -> Option<()> {
        let rules = access.rules;
        let who = self.who.mail.as_str();
        let mut ask = json!({
            "package": access.package.own_name(),
            "policy": access.policy.own_name(),
        });
        if rules.justification == Justification::Required && access.way == Way::Request {
            ask["justification"] = "Work".into();
        }
        let answers = answers(&rules.questions)?;
        if !answers.is_empty() {
            ask["answers"] = answers.into();
        }
        if let Some(starts) = starts {
            ask["starts"] = starts.to_string().into();
        }
        let direct = access.way == Way::Direct;
        ask[if direct { "for" } else { "as" }] = who.into();
        if let Some(by) = &access.by {
            ask["for"] = who.into();
            ask["as"] = self.acting(by, BY, &access.shut).into();
        }
        self.steps
            .push(json!({ if direct { "assign" } else { "ask" }: ask }));
        Some(())
    }

    /// Tells how stages are approved; without the `last` one, up to the time from which on it can be.
    fn approve(&mut self, waiting: &mut Waiting<'_, '_>, last: bool) -> Option<()> {
        let access = waiting.access;
        let stages = access.rules.approval.stages.iter();
        let all: Vec<_> = stages.zip(access.approved.as_ref()?).collect();
        while let Some((stage, approved)) = all.get(waiting.done).copied() {
            if let Some(escalation) = stage.escalation.as_ref().filter(|_| approved.late) {
                let from = waiting.since + escalation.after.as_seconds();
                if from > self.passed {
                    self.wait(from - self.passed);
                }
            }
            if !last && waiting.done + 1 == all.len() {
                break;
            }
            let nth = waiting.nth * 3 + waiting.done + 1;
            let by = self.acting(&approved.by, nth, &access.shut);
            // Whom the policy names is asked anyway, and not named again: the story is read where addresses are masked.
            let by = (!matches!(approved.by, Decider::User(_))).then_some(by);
            let mut ballot = json!({
                "for": self.who.mail.as_str(),
                "package": access.package.own_name(),
            });
            if let Some(by) = by {
                ballot["as"] = by.into();
            }
            if stage.justification == Justification::Required {
                ballot["justification"] = "Known to us".into();
            }
            self.steps.push(json!({ "approve": ballot }));
            waiting.done += 1;
            waiting.since = self.passed;
        }
        Some(())
    }

    /// Returns the address of somebody who does something, who is made up and there from then on. Where people of their domain
    /// cannot sign in, they are guests who do it otherwise.
    fn acting(&mut self, by: &Decider, nth: usize, shut: &BTreeSet<Domain>) -> String {
        let home = self.home;
        let is_shut = |domain: &str| shut.iter().any(|shut| shut.as_str() == domain);
        match by {
            Decider::User(mail) => {
                if is_shut(mail.domain()) {
                    let person = json!({ "kind": "guest", "signIn": word(&SignIn::OtherTenant) });
                    self.people.entry(mail.to_string()).or_insert(person);
                }
                mail.to_string()
            }
            Decider::Member { group, outside } => {
                let domain = match outside {
                    true => self.who.base.zone.witness.as_str(),
                    false => home,
                };
                let mail = format!("{}@{domain}", StandIn::Approver.local(nth));
                let kind = if *outside { "guest" } else { "member" };
                let mut person = json!({ "kind": kind, "groups": [group] });
                if is_shut(domain) {
                    person["signIn"] = word(&SignIn::OtherTenant).into();
                }
                self.people.insert(mail.clone(), person);
                mail
            }
            Decider::Manager(level) => {
                let mut below = self.who.mail.to_string();
                for level in 1..=*level {
                    let above = format!("{}@{home}", StandIn::Manager.local(level));
                    self.people
                        .entry(above.clone())
                        .or_insert_with(|| json!({ "kind": "member" }));
                    if let Some(person) = self.people.get_mut(&below) {
                        person["manager"] = above.as_str().into();
                    }
                    below = above;
                }
                below
            }
            Decider::Sponsor => {
                let mail = format!("{}@{home}", StandIn::Sponsor.local(nth));
                self.people
                    .insert(mail.clone(), json!({ "kind": "member" }));
                if let Some(person) = self.people.get_mut(self.who.mail.as_str()) {
                    let mut sponsors = person["sponsors"].as_array().cloned().unwrap_or_default();
                    sponsors.push(format!("user:{mail}").into());
                    person["sponsors"] = sponsors.into();
                }
                mail
            }
        }
    }

    /// Tells how long the package is kept, where the statement is about that.
    fn keep(&mut self, statement: &Statement, access: &Access<'_>, breach: &Breach<'_>) {
        let (Statement::Never(terms) | Statement::Always(terms)) = statement;
        let Some(bound) = terms.expires else {
            return;
        };
        let told = breach.failed.is_empty() || breach.failed.contains(&"expires");
        if !told {
            return;
        }
        match (&access.rules.expires, access.longest) {
            (Expiry::Never, _) => self.ends("never".to_owned()),
            (Expiry::On(when), _) => {
                self.ends(when.resolve(&jiff::tz::TimeZone::UTC).to_string());
            }
            (Expiry::After(length), Some(_)) => {
                let end = self.at(length.as_seconds());
                self.ends(end.to_string());
            }
            (Expiry::After(length), None) => {
                let mut end = length.as_seconds();
                // A review in between would need an answer of its own.
                let often = match bound.seconds() {
                    _ if access.review().is_some() => 1,
                    Some(_) => EXTENSIONS,
                    // No number of times shows that it never ends.
                    None => 2,
                };
                let pause = if end > DAY { end - DAY } else { end / 2 };
                // Whoever was brought in by hand has not signed in so far, and proves nothing until then.
                let asks = access.keeper.is_none();
                if access.way == Way::Direct && asks && self.who.redeems {
                    self.steps
                        .push(json!({ "redeem": { "as": self.who.mail.as_str() } }));
                }
                let long = |seconds: u64| bound.holds(Some(seconds)) == bound.holds(None);
                for _ in 0..often {
                    if self.passed + pause > LONGEST {
                        break;
                    }
                    let pause = if often == 1 { pause.min(DAY) } else { pause };
                    self.wait(pause);
                    end = self.passed + length.as_seconds();
                    let mut extend = json!({
                        "as": self.who.mail.as_str(),
                        "package": access.package.own_name(),
                    });
                    if let Some(by) = &access.keeper {
                        extend["for"] = self.who.mail.as_str().into();
                        extend["as"] = self.acting(by, BY, &access.shut).into();
                    }
                    if access.rules.justification == Justification::Required {
                        extend["justification"] = "Work".into();
                    }
                    self.steps.push(json!({ "extend": extend }));
                    let until = self.at(length.as_seconds());
                    self.ends(until.to_string());
                    if long(end) {
                        break;
                    }
                }
            }
        }
    }

    fn ends(&mut self, end: String) {
        let (who, last) = (self.who.mail.to_string(), self.steps.last_mut());
        if let Some(expected) = last.and_then(|last| last.get_mut("expect")) {
            expected["ends"] = end.into();
            return;
        }
        self.expect(json!({ "for": who, "ends": end }));
    }

    fn told(self, course: &Course<'_>) -> Option<Script> {
        let mut given = json!({ "date": self.begin.to_string(), "people": self.people });
        if !course.later.is_empty() {
            let later = course
                .later
                .iter()
                .map(|policy| (policy.to_string(), GONE.into()));
            given["before"] = later.collect::<Map<String, Value>>().into();
        }
        let script = json!({ "given": given, "steps": self.steps });
        serde_json::from_value(script).ok()
    }
}
