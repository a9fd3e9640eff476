//! A deed of a test as a command of the engine, and who gives it.

use super::people::{Cast, Unknown, identity};
use super::see;
use super::time::operator;
use crate::app::AppError;
use crate::app::governance::Engine;
use crate::governance::record::{
    Assignment, ExternalState, Hold, Identity, Key, Mark, PersonId, Place, Removal, Request,
    Source, StageState, UserType,
};
use crate::governance::request::{self, Change, Held, Visitor};
use crate::governance::{
    Actor, Command, Desk, Ground, Refusal, Stop, assignment, invitation, lifecycle, organization,
    people, review,
};
use crate::model::text::{Email, Principal, Prose, When};
use crate::model::{Address, Kind, Name, Set};
use crate::scenario::{
    Answers, Ask, Assign, Ballot, Cancel, ConvertWord, Deed, DirectoryChange, Extend, Invite,
    InviteWord, OfAssignment, OfPerson, Redeem, Remove, Review, ReviewWord, Sponsoring,
};

/// Turns deeds into commands, and lets the right person give them.
pub(super) struct Giving<'g, 'e> {
    pub(super) engine: &'g mut Engine<'e>,
    pub(super) cast: &'g Cast<'g>,
    /// The request that was made or decided last.
    pub(super) last: Option<u64>,
}

impl Giving<'_, '_> {
    /// Seats who does a deed and returns its commands, to be given one after the other, those of one list as one; none for
    /// what time does.
    ///
    /// # Errors
    ///
    /// A refusal for somebody or something that is not there, and those of reading.
    pub(super) fn commands(&mut self, deed: &Deed) -> Result<Vec<Vec<Command>>, AppError> {
        let one = |command: Command| vec![vec![command]];
        Ok(match deed {
            Deed::Ask(ask) => {
                let sign_in = self.accepting(&ask.by, ask.accept.as_ref())?;
                let mut commands: Vec<_> = sign_in.into_iter().map(|it| vec![it]).collect();
                commands.push(vec![self.ask(ask)?]);
                commands
            }
            Deed::Extend(extend) => one(self.extend(extend)?),
            Deed::Remove(remove) => one(self.remove(remove)?),
            Deed::Approve(ballot) => one(self.decide(ballot, true)?),
            Deed::Deny(ballot) => one(self.decide(ballot, false)?),
            Deed::TakeBack(ballot) => one(self.take_back(ballot)?),
            Deed::Cancel(cancel) => one(self.cancel(cancel)?),
            Deed::Assign(assign) => vec![self.assign(assign)?],
            Deed::Revoke(of) => one(self.assignment(of, assignment::Command::Revoke)?),
            Deed::Reprocess(of) => one(self.assignment(of, assignment::Command::Reprocess)?),
            Deed::Invite(invite) => one(self.invite(invite)?),
            Deed::Redeem(redeem) => {
                let commands = self.redeem(redeem)?.into_iter();
                commands.map(|it| vec![it]).collect()
            }
            Deed::Reset(of) => one(self.reset(of)?),
            Deed::SignIn(arrive) => {
                self.seat_known(&arrive.by)?;
                let terms = self.terms(&arrive.by, None, arrive.accept.as_ref())?;
                one(people::Command::SignIn(arrive.by.clone(), terms).into())
            }
            Deed::Review(review) => one(self.review(review)?),
            Deed::Leave(sole) => {
                self.seat_known(&sole.by)?;
                one(people::Command::Leave(sole.by.clone()).into())
            }
            Deed::Block(of) => one(self.account(of, people::Command::Block)?),
            Deed::Unblock(of) => one(self.account(of, people::Command::Unblock)?),
            Deed::Delete(of) => one(self.account(of, people::Command::Delete)?),
            Deed::Restore(of) => one(self.account(of, people::Command::Restore)?),
            Deed::Purge(of) => one(self.account(of, people::Command::Purge)?),
            Deed::Convert(convert) => {
                self.seat(convert.by.as_ref())?;
                let to = match convert.to {
                    ConvertWord::Governed => people::Convert::Governed,
                    ConvertWord::NotGoverned => people::Convert::NotGoverned,
                };
                one(people::Command::Convert(convert.person.clone(), to).into())
            }
            Deed::AddSponsor(of) => one(self.sponsor(of, people::Command::AddSponsor)?),
            Deed::RemoveSponsor(of) => one(self.sponsor(of, people::Command::RemoveSponsor)?),
            Deed::Offboard(it) => {
                self.seat(it.by.as_ref())?;
                let removal = Removal {
                    memberships: it.memberships,
                    delete: it.delete,
                };
                one(lifecycle::Command::Offboard(it.person.clone(), removal).into())
            }
            Deed::OffboardOrganization(it) => {
                self.seat(it.by.as_ref())?;
                let removal = Removal {
                    memberships: it.memberships,
                    delete: it.delete,
                };
                one(organization::Command::Offboard(it.organization.to_string(), removal).into())
            }
            Deed::Change(change) => vec![vec![self.change(change)?]],
            Deed::Wait(_) | Deed::Until(_) | Deed::Apply(_) => Vec::new(),
        })
    }

    /// Returns the terms of use that somebody accepts: those that the test says, or else all that are asked of them.
    fn terms(
        &self,
        mail: &Email,
        identity: Option<&Identity>,
        accept: Option<&Set<Name>>,
    ) -> Result<Vec<Name>, AppError> {
        if let Some(names) = accept {
            return Ok(names.iter().cloned().collect());
        }
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
    fn accepting(
        &self,
        mail: &Email,
        accept: Option<&Set<Name>>,
    ) -> Result<Vec<Command>, AppError> {
        let found = self.engine.look(|desk| desk.by_mail(mail))?;
        let account = found.as_ref().and_then(|person| person.living());
        let has_redeemed = account.is_some_and(|account| {
            account.enabled && account.state == Some(ExternalState::Accepted)
        });
        let terms = match has_redeemed {
            true => self.terms(mail, None, accept)?,
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
        let by = self.decider(ballot, &request, |request| {
            let asked = request.open_stage().into_iter().flat_map(StageState::asked);
            asked.collect()
        })?;
        self.seat_known(&by)?;
        Ok(request::Command::Decide(request::Ballot {
            request: request.number,
            approve,
            justification: said(ballot.justification.as_ref()),
        })
        .into())
    }

    fn take_back(&mut self, ballot: &Ballot) -> Result<Command, AppError> {
        let request = self.request(ballot.person.as_ref(), ballot.package.as_ref())?;
        let by = self.decider(ballot, &request, |request| {
            let mut given = request
                .stages
                .iter()
                .rev()
                .filter_map(|it| it.opinion.as_ref());
            given.next().map(|opinion| opinion.by).into_iter().collect()
        })?;
        self.seat_known(&by)?;
        Ok(request::Command::TakeBack(request.number).into())
    }

    fn cancel(&mut self, cancel: &Cancel) -> Result<Command, AppError> {
        let request = self.request(cancel.person.as_ref(), cancel.package.as_ref())?;
        self.seat(cancel.by.as_ref())?;
        Ok(request::Command::Cancel(request.number).into())
    }

    /// Returns who decides: whom the test names, or else the first of these by address.
    fn decider(
        &self,
        ballot: &Ballot,
        request: &Request,
        of: impl Fn(&Request) -> Vec<PersonId>,
    ) -> Result<Email, AppError> {
        if let Some(by) = &ballot.by {
            return Ok(by.clone());
        }
        self.engine.ask(|desk| {
            let mut first: Option<Email> = None;
            for person in of(request) {
                let mail = desk.person(person)?.mail;
                first = Some(first.map_or(mail.clone(), |first| first.min(mail)));
            }
            match first {
                Some(mail) => Ok(mail),
                None => desk.refuse(Refusal::new(
                    Ground::State,
                    "nothing waits for anybody to decide",
                )),
            }
        })
    }

    /// Returns the request that is meant.
    fn request(&self, person: Option<&Email>, package: Option<&Name>) -> Result<Request, AppError> {
        let last = self.last;
        self.engine.ask(|desk| {
            let found = see::request(desk, person, package, last)?;
            match found {
                Some(request) => Ok(request),
                None => desk.refuse(Refusal::new(Ground::Unknown, "nobody has asked for it")),
            }
        })
    }

    fn assign(&mut self, assign: &Assign) -> Result<Vec<Command>, AppError> {
        self.seat(assign.by.as_ref())?;
        let commands = assign.people.iter().map(|person| {
            let direct = assignment::Direct {
                person: person.clone(),
                name: None,
                policy: policy(&assign.package, assign.policy.as_ref()),
                start: self.start(assign.starts),
                end: self.end(assign.ends),
                justification: said(assign.justification.as_ref()),
            };
            granted(direct, &assign.answers)
        });
        Ok(commands.collect())
    }

    /// Seats who does something with an assignment, and returns the command about its number.
    fn assignment(
        &mut self,
        of: &OfAssignment,
        command: impl FnOnce(u64) -> assignment::Command,
    ) -> Result<Command, AppError> {
        let number = self.engine.ask(|desk| {
            let person = known(desk, &of.person)?;
            let key = Key::new().person(person);
            let address = Address::new(Kind::Package, &of.package);
            let package = desk.at(&address)?;
            let held = desk.find::<Assignment>(Mark::AssignmentPerson, &key)?;
            let mut held = held.into_iter();
            let found = held.find(|one| package.as_ref().is_some_and(|it| it.id == one.package));
            match found {
                Some(found) => Ok(found.number),
                None => {
                    let message = format!("{} does not have {address}", of.person);
                    desk.refuse(Refusal::new(Ground::Unknown, message))
                }
            }
        })?;
        self.seat(of.by.as_ref())?;
        Ok(command(number).into())
    }

    fn sponsor(
        &mut self,
        of: &Sponsoring,
        command: impl FnOnce(Email, Principal) -> people::Command,
    ) -> Result<Command, AppError> {
        self.seat(of.by.as_ref())?;
        let sponsor = self.cast.sponsor(&of.sponsor);
        Ok(command(of.person.clone(), sponsor).into())
    }

    /// Returns what the directory brings about somebody: rows as of an import.
    fn change(&mut self, change: &DirectoryChange) -> Result<Command, AppError> {
        let cast = self.cast;
        let (mut rows, ended) = self.engine.ask(|desk| {
            let person = known(desk, &change.person)?;
            let rows = match cast.change(change) {
                Ok(rows) => rows,
                Err(Unknown(message)) => {
                    return desk.refuse(Refusal::new(Ground::Unknown, message));
                }
            };
            let mut ended = Vec::new();
            for name in change.leaves.iter() {
                let group = cast.group(name).name;
                let key = Place::group(group.as_str()).key().person(person);
                let holds = desk.find::<Hold>(Mark::HoldPlace, &key)?.into_iter();
                let own: Vec<u64> = holds
                    .filter(|hold| hold.source == Source::Direct)
                    .map(|hold| hold.number)
                    .collect();
                if own.is_empty() {
                    let message =
                        format!("{} is no member of {group} by themselves", change.person);
                    return desk.refuse(Refusal::new(Ground::Unknown, message));
                }
                ended.extend(own.into_iter().map(people::Row::Ended));
            }
            Ok((rows, ended))
        })?;
        rows.extend(ended);
        self.seat_operator();
        Ok(people::Command::Import(rows).into())
    }

    fn reset(&mut self, of: &OfPerson) -> Result<Command, AppError> {
        self.seat(of.by.as_ref())?;
        let reset = invitation::Reset {
            mail: of.person.clone(),
            mailed: true,
            message: None,
        };
        Ok(invitation::Command::Reset(reset).into())
    }

    fn invite(&mut self, invite: &Invite) -> Result<Command, AppError> {
        self.seat(invite.by.as_ref())?;
        let mut send = invitation::Send::to(invite.person.to_string());
        send.sponsors = invite.sponsors.iter().cloned().collect();
        send.internal = invite.internal;
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
        let accepting = self.terms(&redeem.by, Some(&identity), redeem.accept.as_ref())?;
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
        let items = self.engine.ask(|desk| {
            let reviewer = known(desk, &decision.by)?;
            let person = match &decision.person {
                Some(mail) => Some(known(desk, mail)?),
                None => None,
            };
            let package = desk.at(&Address::new(Kind::Package, &decision.package))?;
            let mut items = Vec::new();
            for item in review::waiting(desk, reviewer)? {
                let of = desk.get::<Assignment>(item.assignment)?;
                let meant = of.is_some_and(|of| {
                    package
                        .as_ref()
                        .is_some_and(|package| package.id == of.package)
                });
                if meant && person.is_none_or(|person| person == item.person) {
                    items.push(item.number);
                }
            }
            if !items.is_empty() {
                return Ok(items);
            }
            let about = decision.person.as_ref();
            let about = about.map(|mail| format!("{mail} and ")).unwrap_or_default();
            let message = format!(
                "{} has nothing to decide about {about}package/{} now",
                decision.by, decision.package
            );
            desk.refuse(Refusal::new(Ground::Unknown, message))
        })?;
        self.seat_known(&decision.by)?;
        Ok(review::Command::Decide(review::Decided {
            items,
            call: match decision.decide {
                ReviewWord::Keep => review::Call::Keep,
                ReviewWord::Remove => review::Call::Remove,
                ReviewWord::Recommended => review::Call::Recommended,
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
