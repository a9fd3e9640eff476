//! The timeline of a test in words: what the engine decided, and which mails left it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::stage::Logged;
use crate::app::AppError;
use crate::app::governance::Engine;
use crate::governance::record::{
    Assignment, ObjectId, Person, PersonId, Record, RecordKind, Request, Review, Source, Why,
};
use crate::governance::{Activity, Event};
use crate::scenario::{Deed, told};

/// Returns a deed as a sentence.
pub(super) fn deed(deed: &Deed) -> String {
    let by = |by: &Option<crate::model::text::Email>| match by {
        Some(mail) => mail.to_string(),
        None => "an administrator".to_owned(),
    };
    let of = |what: &str, person: Option<String>, package: Option<String>| {
        let mut text = what.to_owned();
        if let Some(person) = person {
            text.push_str(&format!(" for {person}"));
        }
        if let Some(package) = package {
            text.push_str(&format!(" to {package}"));
        }
        text
    };
    let decider = |by: &Option<crate::model::text::Email>| match by {
        Some(mail) => mail.to_string(),
        None => "whoever may decide".to_owned(),
    };
    let text = |mail: &Option<crate::model::text::Email>| mail.as_ref().map(ToString::to_string);
    let name = |name: &Option<crate::model::Name>| name.as_ref().map(ToString::to_string);
    match deed {
        Deed::Ask(it) => {
            let person = it.person.as_ref();
            let person = person
                .map(|person| format!(" for {person}"))
                .unwrap_or_default();
            format!("{} asks for {}{person}", it.by, it.package)
        }
        Deed::Extend(it) => format!("{} asks to keep {} longer", it.by, it.package),
        Deed::Remove(it) => format!("{} gives {} back", it.by, it.package),
        Deed::Approve(it) => of(
            &format!("{} approves", decider(&it.by)),
            text(&it.person),
            name(&it.package),
        ),
        Deed::Deny(it) => of(
            &format!("{} denies", decider(&it.by)),
            text(&it.person),
            name(&it.package),
        ),
        Deed::TakeBack(it) => of(
            &match &it.by {
                Some(by) => format!("{by} takes the approval back"),
                None => "the approval is taken back".to_owned(),
            },
            text(&it.person),
            name(&it.package),
        ),
        Deed::Cancel(it) => of(
            &format!("{} cancels the request", by(&it.by)),
            text(&it.person),
            name(&it.package),
        ),
        Deed::Assign(it) => {
            let people: Vec<String> = it.people.iter().map(ToString::to_string).collect();
            format!(
                "{} assigns {} to {}",
                by(&it.by),
                it.package,
                people.join(", ")
            )
        }
        Deed::Reprocess(it) => format!(
            "{} has {} delivered again to {}",
            by(&it.by),
            it.package,
            it.person
        ),
        Deed::Revoke(it) => format!("{} takes {} from {}", by(&it.by), it.package, it.person),
        Deed::Invite(it) => format!("{} invites {}", by(&it.by), it.person),
        Deed::Reset(it) => format!("{} lets {} redeem anew", by(&it.by), it.person),
        Deed::Redeem(it) => format!("{} redeems the invitation", it.by),
        Deed::SignIn(it) => format!("{} signs in", it.by),
        Deed::Review(it) => {
            let person = it.person.as_ref().map(|person| format!(" of {person}"));
            let person = person.unwrap_or_default();
            format!("{} reviews {}{person}: {}", it.by, it.package, it.decide)
        }
        Deed::Leave(it) => format!("{} leaves", it.by),
        Deed::Block(it) => format!("{} blocks {}", by(&it.by), it.person),
        Deed::Unblock(it) => format!("{} unblocks {}", by(&it.by), it.person),
        Deed::Delete(it) => format!("{} deletes the account of {}", by(&it.by), it.person),
        Deed::Restore(it) => format!("{} restores the account of {}", by(&it.by), it.person),
        Deed::Purge(it) => format!("{} deletes {} for good", by(&it.by), it.person),
        Deed::Convert(it) => format!("{} makes {} {}", by(&it.by), it.person, it.to),
        Deed::AddSponsor(it) => {
            format!(
                "{} says that {} answers for {}",
                by(&it.by),
                it.sponsor,
                it.person
            )
        }
        Deed::RemoveSponsor(it) => {
            format!(
                "{} says that {} no longer answers for {}",
                by(&it.by),
                it.sponsor,
                it.person
            )
        }
        Deed::Offboard(it) => format!("{} offboards {}", by(&it.by), it.person),
        Deed::OffboardOrganization(it) => {
            format!("{} offboards organization/{}", by(&it.by), it.organization)
        }
        Deed::Change(it) => format!("the directory says something else of {}", it.person),
        Deed::Wait(duration) => format!("{duration} pass"),
        Deed::Until(when) => format!("time passes until {when}"),
        Deed::Apply(edits) if edits.is_empty() => "the tree is applied".to_owned(),
        Deed::Apply(edits) => {
            let addresses: Vec<String> = edits.keys().map(ToString::to_string).collect();
            format!("a change is applied: {}", addresses.join(", "))
        }
    }
}

/// Who and what numbers stand for: remembered, for they may be gone when they are told of.
#[derive(Default)]
pub(super) struct Names {
    people: BTreeMap<PersonId, String>,
    objects: BTreeMap<ObjectId, String>,
    learnt: u64,
}

impl Names {
    /// Remembers everybody who is known by now.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub(super) fn learn(&mut self, engine: &Engine<'_>) -> Result<(), AppError> {
        let after = self.learnt;
        let new = engine.look(|desk| {
            let numbers = desk
                .world()
                .numbers(RecordKind::Person, after, usize::MAX)?;
            let mut new = Vec::new();
            for number in numbers {
                if let Some(person) = desk.get::<Person>(number)? {
                    new.push((person.id(), person.mail.to_string()));
                }
            }
            Ok(new)
        })?;
        for (id, mail) in new {
            self.learnt = self.learnt.max(id.0);
            self.people.insert(id, mail);
        }
        Ok(())
    }

    fn person(&self, id: PersonId) -> &str {
        self.people.get(&id).map_or("somebody", String::as_str)
    }

    /// Returns the name of a package, also of one that is gone by now.
    fn package(&mut self, engine: &Engine<'_>, id: ObjectId) -> Result<String, AppError> {
        if let Some(name) = self.objects.get(&id) {
            return Ok(name.clone());
        }
        let found = engine.look(|desk| desk.object(id))?;
        let name = match found {
            Some(thing) => thing.address.name().to_owned(),
            None => return Ok("a package".to_owned()),
        };
        self.objects.insert(id, name.clone());
        Ok(name)
    }
}

/// What is told of one step: mails of one sort, sent at once, are one line.
pub(super) struct Told<'z> {
    zone: &'z TimeZone,
    lines: Vec<(Timestamp, String)>,
    mails: Vec<(Timestamp, &'static str, Vec<String>)>,
}

impl<'z> Told<'z> {
    pub(super) const fn new(zone: &'z TimeZone) -> Self {
        Self {
            zone,
            lines: Vec::new(),
            mails: Vec::new(),
        }
    }

    /// Adds something that happened.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub(super) fn add(
        &mut self,
        engine: &Engine<'_>,
        names: &mut Names,
        at: Timestamp,
        logged: &Logged,
    ) -> Result<(), AppError> {
        match logged {
            Logged::Mail(mail) => {
                let (template, to) = (mail.template.as_str(), mail.to.to_string());
                match self
                    .mails
                    .iter_mut()
                    .find(|(when, what, _)| (*when, *what) == (at, template))
                {
                    Some((_, _, all)) => all.push(to),
                    None => self.mails.push((at, template, vec![to])),
                }
            }
            Logged::Event(event) => {
                if self.mails.first().is_some_and(|(when, ..)| *when < at) {
                    self.flush();
                }
                let line = Teller {
                    engine,
                    names,
                    zone: self.zone,
                }
                .line(event)?;
                self.lines.extend(line.map(|line| (at, line)));
            }
        }
        Ok(())
    }

    fn flush(&mut self) {
        for (at, template, to) in self.mails.drain(..) {
            self.lines
                .push((at, format!("mail {template} to {}", to.join(", "))));
        }
    }

    /// Returns every line, in order of instants; mails after what they tell of.
    pub(super) fn finish(mut self) -> Vec<(Timestamp, String)> {
        self.flush();
        self.lines.sort_by_key(|(at, _)| *at);
        self.lines
    }
}

struct Teller<'t, 'e> {
    engine: &'t Engine<'e>,
    names: &'t mut Names,
    zone: &'t TimeZone,
}

impl Teller<'_, '_> {
    fn until(&self, end: Option<Timestamp>) -> String {
        match end {
            Some(end) => format!("until {}", told(end, self.zone)),
            None => "without an end".to_owned(),
        }
    }

    /// Returns an event in words; `None` for one that only accompanies another.
    fn line(&mut self, event: &Event) -> Result<Option<String>, AppError> {
        let after = event.after.as_ref();
        match after.or(event.before.as_ref()) {
            Some(Record::Request(request)) => self.request(event.activity, request),
            Some(Record::Assignment(assignment)) => self.assignment(event.activity, assignment),
            Some(Record::Person(person)) => Ok(self.person(event.activity, person)),
            Some(Record::Review(review)) => self.review(event.activity, review),
            Some(Record::Hold(hold)) if hold.source == Source::Rule => {
                let (who, group) = (self.names.person(hold.person), &hold.place.name);
                Ok(match event.activity {
                    Activity::AddMember => {
                        Some(format!("{who} is a member of {group} by its rule"))
                    }
                    Activity::RemoveMember => Some(format!(
                        "{who} is no longer a member of {group} by its rule"
                    )),
                    _ => None,
                })
            }
            _ => Ok(None),
        }
    }

    fn request(
        &mut self,
        activity: Activity,
        request: &Request,
    ) -> Result<Option<String>, AppError> {
        let package = self.names.package(self.engine, request.package)?;
        let who = self.names.person(request.person).to_owned();
        Ok(Some(match activity {
            Activity::CreateApproval => {
                let Some(stage) = request.stages.last() else {
                    return Ok(None);
                };
                let approvers = stage.approvers.iter().map(|one| self.names.person(*one));
                let approvers: Vec<&str> = approvers.collect();
                let until = told(stage.decide_by, self.zone);
                let asked = match approvers.as_slice() {
                    [] => "for nobody".to_owned(),
                    some => format!("for {}", some.join(", ")),
                };
                format!("stage {} waits {asked} until {until}", request.stages.len())
            }
            Activity::AddApprover => {
                let alternates = request.stages.last().into_iter();
                let alternates = alternates.flat_map(|stage| &stage.alternates);
                let alternates: Vec<&str> = alternates.map(|one| self.names.person(*one)).collect();
                format!("escalated to {}", alternates.join(", "))
            }
            Activity::AutoApprove => "nobody has to approve".to_owned(),
            Activity::TimedOut => {
                format!("nobody decided in time: {package} is not given to {who}")
            }
            Activity::Schedule => match request.schedule.start {
                Some(start) => format!("{package} starts for {who} at {}", told(start, self.zone)),
                None => return Ok(None),
            },
            Activity::SystemAssigns => format!("a rule gives {package} to {who}"),
            Activity::FailedRequest => {
                format!("{package} cannot be given to {who}: {}", request.status)
            }
            Activity::PartiallyFulfillRequest => {
                format!("{package} is given to {who} in part: {}", request.status)
            }
            Activity::Cancel => format!("the request of {who} for {package} is canceled"),
            _ => return Ok(None),
        }))
    }

    fn assignment(
        &mut self,
        activity: Activity,
        assignment: &Assignment,
    ) -> Result<Option<String>, AppError> {
        let package = self.names.package(self.engine, assignment.package)?;
        let who = self.names.person(assignment.person);
        Ok(Some(match activity {
            Activity::FulfillAssignment => {
                format!("{who} has {package} {}", self.until(assignment.end))
            }
            Activity::ExtendAssignment => {
                format!("{who} keeps {package} {}", self.until(assignment.end))
            }
            Activity::RemoveAssignment => {
                let why = assignment.ended.as_ref().map(|ended| why(ended.why));
                match why {
                    Some(why) => format!("{who} loses {package}: {why}"),
                    None => format!("{who} loses {package}"),
                }
            }
            _ => return Ok(None),
        }))
    }

    fn person(&self, activity: Activity, person: &Person) -> Option<String> {
        let who = &person.mail;
        Some(match activity {
            Activity::AddUser => format!("{who} has an account"),
            Activity::DisableUser => format!("{who} is blocked from sign-in"),
            Activity::EnableUser => format!("{who} may sign in again"),
            Activity::DeleteUser => format!("the account of {who} is deleted"),
            Activity::RestoreUser => format!("the account of {who} is restored"),
            Activity::PurgeUser => format!("the account of {who} is gone for good"),
            _ => return None,
        })
    }

    fn review(&mut self, activity: Activity, review: &Review) -> Result<Option<String>, AppError> {
        let package = self.names.package(self.engine, review.package)?;
        Ok(match activity {
            Activity::CreateReview => {
                let closes = told(review.closes, self.zone);
                Some(format!(
                    "review {} of {package} opens until {closes}",
                    review.round
                ))
            }
            Activity::CompleteReview => Some(format!("review {} of {package} ends", review.round)),
            _ => None,
        })
    }
}

const fn why(why: Why) -> &'static str {
    match why {
        Why::Expired => "its end is reached",
        Why::GivenBack => "it is given back",
        Why::Administrator => "an administrator takes it away",
        Why::Review => "the review says so",
        Why::Approver => "the approval is taken back",
        Why::Rule => "the rule no longer fits",
        Why::PackageGone => "the package is gone",
        Why::PolicyGone => "the policy is gone",
        Why::PersonGone => "the account is gone",
        Why::Offboarded => "offboarded",
    }
}
