//! A deed of a test as a command of the engine, and who gives it.

use super::people::{Cast, identity};
use super::see;
use super::time::operator;
use crate::app::AppError;
use crate::app::governance::Engine;
use crate::governance::record::{
    Assignment, ExternalState, Identity, Key, Mark, PersonId, UserType,
};
use crate::governance::request::{self, Change, Held, Visitor};
use crate::governance::{
    Actor, Command, Desk, Ground, Refusal, Stop, assignment, invitation, people, review,
};
use crate::model::text::{Email, Prose, When};
use crate::model::{Address, Kind, Name};
use crate::scenario::{
    Answers, Ask, Assign, Ballot, Cancel, Deed, Extend, Invite, InviteWord, OfPerson, Redeem,
    Remove, Review, ReviewWord, Revoke,
};

/// Turns deeds into commands, and lets the right person give them.
pub(super) struct Giving<'g, 'e> {
    pub(super) engine: &'g mut Engine<'e>,
    pub(super) cast: &'g Cast<'g>,
    /// The request that was made or decided last.
    pub(super) last: Option<u64>,
}

impl Giving<'_, '_> {
    /// Seats who does a deed and returns its commands, to be given one after the other; none for what time does.
    ///
    /// # Errors
    ///
    /// A refusal for somebody or something that is not there, and those of reading.
    pub(super) fn commands(&mut self, deed: &Deed) -> Result<Vec<Command>, AppError> {
        Ok(match deed {
            Deed::Ask(ask) => {
                let mut commands = self.accepting(&ask.by)?;
                commands.push(self.ask(ask)?);
                commands
            }
            Deed::Extend(extend) => vec![self.extend(extend)?],
            Deed::Remove(remove) => vec![self.remove(remove)?],
            Deed::Approve(ballot) => vec![self.decide(ballot, true)?],
            Deed::Deny(ballot) => vec![self.decide(ballot, false)?],
            Deed::TakeBack(ballot) => vec![self.take_back(ballot)?],
            Deed::Cancel(cancel) => vec![self.cancel(cancel)?],
            Deed::Assign(assign) => vec![self.assign(assign)?],
            Deed::Revoke(revoke) => vec![self.revoke(revoke)?],
            Deed::Invite(invite) => vec![self.invite(invite)?],
            Deed::Redeem(redeem) => self.redeem(redeem)?,
            Deed::SignIn(sole) => {
                self.seat_known(&sole.by)?;
                let terms = self.terms(&sole.by, None)?;
                vec![people::Command::SignIn(sole.by.clone(), terms).into()]
            }
            Deed::Review(review) => vec![self.review(review)?],
            Deed::Leave(sole) => {
                self.seat_known(&sole.by)?;
                vec![people::Command::Leave(sole.by.clone()).into()]
            }
            Deed::Block(of) => vec![self.account(of, people::Command::Block)?],
            Deed::Unblock(of) => vec![self.account(of, people::Command::Unblock)?],
            Deed::Delete(of) => vec![self.account(of, people::Command::Delete)?],
            Deed::Restore(of) => vec![self.account(of, people::Command::Restore)?],
            Deed::Wait(_) | Deed::Until(_) | Deed::Apply(_) => Vec::new(),
        })
    }

    /// Returns the terms of use that somebody has to accept: in a test, whoever comes in accepts them.
    fn terms(&self, mail: &Email, identity: Option<&Identity>) -> Result<Vec<Name>, AppError> {
        let identity = identity.map(std::slice::from_ref);
        self.engine.look(|desk| {
            let Some(person) = desk.by_mail(mail)? else {
                return Ok(Vec::new());
            };
            let identities = identity.unwrap_or(&person.identities);
            let due = people::terms(desk, &person, identities)?.into_iter();
            let due = due.filter(|required| required.is_due);
            let names = due.filter_map(|due| Name::parse(due.terms.address.own_name()).ok());
            Ok(names.collect())
        })
    }

    /// Returns the sign-in of somebody who has redeemed and asks while they have terms of use to accept.
    fn accepting(&self, mail: &Email) -> Result<Vec<Command>, AppError> {
        let found = self.engine.look(|desk| desk.by_mail(mail))?;
        let account = found.as_ref().and_then(|person| person.living());
        let has_redeemed = account.is_some_and(|account| {
            account.enabled && account.state == Some(ExternalState::Accepted)
        });
        let terms = match has_redeemed {
            true => self.terms(mail, None)?,
            false => Vec::new(),
        };
        let sign_in = (!terms.is_empty()).then(|| people::Command::SignIn(mail.clone(), terms));
        Ok(sign_in.map(Command::from).into_iter().collect())
    }

    /// Lets the administrator act, who may do everything.
    fn seat_operator(&mut self) {
        let now = self.engine.now();
        self.engine.sit(operator(), now);
    }

    /// Lets somebody act whom the directory knows.
    fn seat_known(&mut self, mail: &Email) -> Result<(), AppError> {
        let person = self.engine.ask(|desk| known(desk, mail))?;
        let now = self.engine.now();
        self.engine.sit(Actor::Person(person), now);
        Ok(())
    }

    /// Lets somebody act, or the administrator where nobody is named.
    fn seat(&mut self, mail: Option<&Email>) -> Result<(), AppError> {
        match mail {
            Some(mail) => self.seat_known(mail),
            None => {
                self.seat_operator();
                Ok(())
            }
        }
    }

    fn ask(&mut self, ask: &Ask) -> Result<Command, AppError> {
        let outside = self.cast.is_outside(&ask.by);
        let visitor = (outside || ask.sign_in.is_some()).then(|| Visitor {
            mail: ask.by.clone(),
            identity: Some(match &ask.sign_in {
                Some(sign_in) => identity(sign_in),
                None => self.cast.identity(&ask.by),
            }),
        });
        if visitor.is_some() {
            self.seat_operator();
        } else {
            self.seat_known(&ask.by)?;
        }
        Ok(request::Command::Submit(request::Ask {
            package: ask.package.clone(),
            policy: ask.policy.clone(),
            justification: said(ask.justification.as_ref()),
            answers: answers(&ask.answers),
            start: self.start(ask.starts),
            end: self.end(ask.ends),
            person: ask.person.clone(),
            visitor,
        })
        .into())
    }

    fn extend(&mut self, extend: &Extend) -> Result<Command, AppError> {
        self.seat_known(&extend.by)?;
        Ok(request::Command::Extend(Change {
            of: Held::Package(extend.package.clone()),
            person: extend.person.clone(),
            justification: said(extend.justification.as_ref()),
            end: self.end(extend.ends),
        })
        .into())
    }

    fn remove(&mut self, remove: &Remove) -> Result<Command, AppError> {
        self.seat_known(&remove.by)?;
        Ok(request::Command::Remove(Change {
            of: Held::Package(remove.package.clone()),
            person: remove.person.clone(),
            justification: said(remove.justification.as_ref()),
            end: None,
        })
        .into())
    }

    fn decide(&mut self, ballot: &Ballot, approve: bool) -> Result<Command, AppError> {
        let request = self.request(ballot.person.as_ref(), ballot.package.as_ref())?;
        self.seat_known(&ballot.by)?;
        Ok(request::Command::Decide(request::Ballot {
            request,
            approve,
            justification: said(ballot.justification.as_ref()),
        })
        .into())
    }

    fn take_back(&mut self, ballot: &Ballot) -> Result<Command, AppError> {
        let request = self.request(ballot.person.as_ref(), ballot.package.as_ref())?;
        self.seat_known(&ballot.by)?;
        Ok(request::Command::TakeBack(request).into())
    }

    fn cancel(&mut self, cancel: &Cancel) -> Result<Command, AppError> {
        let request = self.request(cancel.person.as_ref(), cancel.package.as_ref())?;
        self.seat(cancel.by.as_ref())?;
        Ok(request::Command::Cancel(request).into())
    }

    /// Returns the number of the request that is meant.
    fn request(&self, person: Option<&Email>, package: Option<&Name>) -> Result<u64, AppError> {
        let last = self.last;
        self.engine.ask(|desk| {
            let found = see::request(desk, person, package, last)?;
            match found {
                Some(request) => Ok(request.number),
                None => desk.refuse(Refusal::new(Ground::Unknown, "nobody has asked for it")),
            }
        })
    }

    fn assign(&mut self, assign: &Assign) -> Result<Command, AppError> {
        self.seat(assign.by.as_ref())?;
        let direct = assignment::Direct {
            person: assign.person.clone(),
            name: None,
            policy: policy(&assign.package, assign.policy.as_ref()),
            start: self.start(assign.starts),
            end: self.end(assign.ends),
            justification: said(assign.justification.as_ref()),
        };
        Ok(granted(direct, &assign.answers))
    }

    fn revoke(&mut self, revoke: &Revoke) -> Result<Command, AppError> {
        let number = self.engine.ask(|desk| {
            let person = known(desk, &revoke.person)?;
            let key = Key::new().person(person);
            let address = Address::new(Kind::Package, &revoke.package);
            let package = desk.at(&address)?;
            let held = desk.find::<Assignment>(Mark::AssignmentPerson, &key)?;
            let mut held = held.into_iter();
            let found = held.find(|one| package.as_ref().is_some_and(|it| it.id == one.package));
            match found {
                Some(found) => Ok(found.number),
                None => {
                    let message = format!("{} does not have {address}", revoke.person);
                    desk.refuse(Refusal::new(Ground::Unknown, message))
                }
            }
        })?;
        self.seat(revoke.by.as_ref())?;
        Ok(assignment::Command::Revoke(number).into())
    }

    fn invite(&mut self, invite: &Invite) -> Result<Command, AppError> {
        self.seat(invite.by.as_ref())?;
        let mut send = invitation::Send::to(invite.person.to_string());
        send.sponsors = invite.sponsors.iter().cloned().collect();
        send.user_type = match invite.kind {
            None | Some(InviteWord::Guest) => UserType::Guest,
            Some(InviteWord::ExternalMember) => UserType::Member,
        };
        Ok(invitation::Command::Send(Box::new(send)).into())
    }

    /// Whoever redeems by a passcode asks for one first; the code is put in when it is known.
    fn redeem(&mut self, redeem: &Redeem) -> Result<Vec<Command>, AppError> {
        self.seat_known(&redeem.by)?;
        let identity = match &redeem.sign_in {
            Some(sign_in) => identity(sign_in),
            None => self.cast.identity(&redeem.by),
        };
        let accepting = self.terms(&redeem.by, Some(&identity))?;
        let mut commands = Vec::new();
        if matches!(identity, Identity::Passcode) {
            commands.push(invitation::Command::Passcode(redeem.by.clone()).into());
        }
        let redeem = invitation::Redeem {
            door: invitation::Door::Direct(redeem.by.clone()),
            identity,
            ids: Vec::new(),
            passcode: None,
            consent: redeem.consent,
            accepting,
        };
        commands.push(invitation::Command::Redeem(Box::new(redeem)).into());
        Ok(commands)
    }

    fn review(&mut self, decision: &Review) -> Result<Command, AppError> {
        let item = self.engine.ask(|desk| {
            let reviewer = known(desk, &decision.by)?;
            let person = known(desk, &decision.person)?;
            let package = desk.at(&Address::new(Kind::Package, &decision.package))?;
            for item in review::waiting(desk, reviewer)? {
                let of = desk.get::<Assignment>(item.assignment)?;
                let meant = of.is_some_and(|of| {
                    package
                        .as_ref()
                        .is_some_and(|package| package.id == of.package)
                });
                if item.person == person && meant {
                    return Ok(item.number);
                }
            }
            let message = format!(
                "{} has nothing to decide about {} and package/{} now",
                decision.by, decision.person, decision.package
            );
            desk.refuse(Refusal::new(Ground::Unknown, message))
        })?;
        self.seat_known(&decision.by)?;
        Ok(review::Command::Decide(review::Decided {
            items: vec![item],
            call: match decision.decide {
                ReviewWord::Keep => review::Call::Keep,
                ReviewWord::Remove => review::Call::Remove,
            },
            justification: said(decision.justification.as_ref()),
        })
        .into())
    }

    fn account(
        &mut self,
        of: &OfPerson,
        command: impl FnOnce(Email) -> people::Command,
    ) -> Result<Command, AppError> {
        self.seat(of.by.as_ref())?;
        Ok(command(of.person.clone()).into())
    }

    fn start(&self, when: Option<When>) -> Option<jiff::Timestamp> {
        when.map(|when| when.start(self.engine.zone()))
    }

    fn end(&self, when: Option<When>) -> Option<jiff::Timestamp> {
        when.map(|when| when.resolve(self.engine.zone()))
    }
}

fn known(desk: &Desk<'_>, mail: &Email) -> Result<PersonId, Stop> {
    match desk.by_mail(mail)? {
        Some(person) => Ok(person.id()),
        None => desk.refuse(
            Refusal::new(
                Ground::Unknown,
                format!("the directory does not know {mail}"),
            )
            .help("a visitor is known once they have asked or were invited"),
        ),
    }
}

fn said(text: Option<&Prose>) -> Option<String> {
    text.map(ToString::to_string)
}

/// Returns answers as somebody gives them: one pair for each.
pub(super) fn answers(given: &Answers) -> Vec<(String, String)> {
    let pairs = given.iter().flat_map(|(question, answers)| {
        let answers = answers.iter();
        answers.map(|answer| (question.clone(), answer.to_string()))
    });
    pairs.collect()
}

/// Returns the address of a policy, or of the package where none is named.
pub(super) fn policy(package: &Name, policy: Option<&Name>) -> Address {
    match policy {
        Some(policy) => Address::within(Kind::Policy, package, policy),
        None => Address::new(Kind::Package, package),
    }
}

/// Returns a direct assignment, with answers where there are some.
pub(super) fn granted(direct: assignment::Direct, given: &Answers) -> Command {
    match given.is_empty() {
        true => assignment::Command::Grant(direct).into(),
        false => assignment::Command::Answered(direct, answers(given)).into(),
    }
}

/// Puts a passcode into the command that redeems by it.
pub(super) fn with_passcode(command: &Command, passcode: Option<&str>) -> Command {
    match (command, passcode) {
        (Command::Invitation(invitation::Command::Redeem(redeem)), Some(code)) => {
            let redeem = invitation::Redeem {
                passcode: Some(code.to_owned()),
                ..(**redeem).clone()
            };
            invitation::Command::Redeem(Box::new(redeem)).into()
        }
        _ => command.clone(),
    }
}
