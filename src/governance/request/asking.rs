//! Asking for a package: who asks, may they, and what follows.

use super::conditions::Form;
use super::examine::examine;
use super::{Ask, Asker, Visitor, answers, organization, progress};
use crate::diag::offer;
use crate::governance::record::{
    Asked, Identity, Person, Request, RequestKind, RequestState, Schedule, Terms,
};
use crate::governance::{Activity, Actor, Desk, Ground, Refusal, Stop, Thing, Unread};
use crate::model::text::Email;
use crate::model::{Address, Kind, Name};

pub(super) fn submit(desk: &mut Desk<'_>, ask: &Ask) -> Result<(), Stop> {
    let actor = acting(desk, ask.visitor.as_ref())?;
    let asker = asker(desk, actor, ask.person.as_ref())?;
    let package = package(desk, &ask.package)?;
    let form = Form {
        justification: ask.justification.clone(),
        answers: ask.answers.clone(),
        schedule: Schedule {
            start: ask.start,
            end: ask.end,
        },
    };
    let examined = examine(desk, &asker, &package, ask.policy.as_ref(), Some(&form))?;
    if let Some(refusal) = examined.refusal() {
        return desk.refuse(refusal.clone());
    }
    let chosen = examined.policies.first().cloned();
    let Some((thing, rules)) = chosen
        .as_ref()
        .and_then(|thing| Some((thing, thing.policy()?)))
    else {
        return desk.refuse(Refusal::new(Ground::NoPolicy, "no policy was found"));
    };
    let mut request = Request {
        number: desk.fresh::<Request>()?,
        kind: RequestKind::UserAdd,
        person: asker.person.id(),
        by: asker.by.as_ref().map(|by| Asked::Person(by.id())),
        package: package.id,
        policy: thing.id,
        assignment: None,
        state: RequestState::Submitted,
        status: String::new(),
        created: desk.now(),
        completed: None,
        justification: ask.justification.clone(),
        answers: answers::read(&rules.questions, &ask.answers)?,
        schedule: form.schedule,
        terms: Terms {
            stages: rules.approval.stages.clone(),
            expires: rules.expires.clone(),
            notifications: rules.notifications,
        },
        stages: Vec::new(),
    };
    desk.put(Activity::UserRequests, &request)?;
    if asker.person.is_outside() {
        organization::see(desk, &asker.person, &request)?;
    }
    progress::proceed(desk, &mut request)
}

/// Returns the package of a name.
pub(super) fn package(desk: &Desk<'_>, name: &Name) -> Result<std::rc::Rc<Thing>, Stop> {
    match desk.at(&Address::new(Kind::Package, name))? {
        Some(package) => Ok(package),
        None => {
            let near = match &desk.moment.actor {
                Actor::Operator(_) => near(desk, name)?,
                // Nobody else is told which packages there are.
                _ => None,
            };
            let help = near.unwrap_or_else(|| {
                "`guestlist request list --offered` shows what can be asked for".to_owned()
            });
            let refusal = Refusal::new(Ground::Unknown, format!("there is no package `{name}`"));
            desk.refuse(refusal.help(help))
        }
    }
}

/// Returns which package was probably meant, as help, for somebody who may know all of them.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn near(desk: &Desk<'_>, name: &Name) -> Result<Option<String>, Unread> {
    let all = desk.things(Kind::Package, None)?;
    Ok(offer(
        name.as_str(),
        all.iter().map(|thing| thing.address.name()),
    ))
}

/// Returns who acts: the person of the moment, or somebody from outside whom the operator vouches for. An address that
/// nobody knows becomes somebody without an account.
pub(super) fn acting(desk: &mut Desk<'_>, visitor: Option<&Visitor>) -> Result<Person, Stop> {
    let Some(visitor) = visitor else {
        return match &desk.moment.actor {
            Actor::Person(id) => Ok(desk.person(*id)?),
            Actor::Operator(_) | Actor::Engine => desk.refuse(
                Refusal::new(Ground::NotAllowed, "people ask for themselves, and nobody is named who asks").help(
                    "name somebody with `--as ADDRESS` on a development store; `guestlist assignment grant` assigns a package directly",
                ),
            ),
        };
    };
    if let Actor::Person(_) = desk.moment.actor {
        return desk.refuse(Refusal::new(
            Ground::NotAllowed,
            "somebody who is signed in asks as themselves",
        ));
    }
    let Some(mut person) = desk.by_mail(&visitor.mail)? else {
        let person = newcomer(desk.fresh::<Person>()?, visitor);
        desk.put(Activity::AddApplicant, &person)?;
        return Ok(person);
    };
    let Some(identity) = signs_in(&person, visitor)? else {
        return Ok(person);
    };
    person.identities = vec![identity];
    person.last_sign_in = Some(desk.now());
    desk.put(Activity::SignIn, &person)?;
    Ok(person)
}

/// Returns the identity that a visitor signs in with now, if it is another than the one known of them.
fn signs_in(person: &Person, visitor: &Visitor) -> Result<Option<Identity>, Refusal> {
    if !person.is_outside() {
        return match &visitor.identity {
            None | Some(Identity::Own) => Ok(None),
            Some(_) => Err(Refusal::new(
                Ground::WrongIdentity,
                format!("{} is of our own tenant and signs in there", person.mail),
            )
            .help("leave `--with` out")),
        };
    }
    let proved = person
        .identities
        .iter()
        .any(|identity| *identity != Identity::Own);
    let identity = match &visitor.identity {
        Some(identity) => identity.clone(),
        None if proved => return Ok(None),
        None => Identity::Passcode,
    };
    Ok((person.identities != [identity.clone()]).then_some(identity))
}

/// Returns somebody as they are once they have signed in, without keeping it. An address that nobody knows signs in by a
/// one-time passcode where nothing else is said.
///
/// # Errors
///
/// A refusal for one of our own people who would sign in elsewhere.
pub fn as_visitor(found: Option<Person>, visitor: &Visitor) -> Result<Person, Refusal> {
    let Some(mut person) = found else {
        return Ok(newcomer(0, visitor));
    };
    if let Some(identity) = signs_in(&person, visitor)? {
        person.identities = vec![identity];
    }
    Ok(person)
}

fn newcomer(number: u64, visitor: &Visitor) -> Person {
    let mail = &visitor.mail;
    let mut person = Person::applicant(number, mail.clone(), mail.to_string());
    let identity = visitor.identity.clone();
    person.identities = vec![identity.unwrap_or(Identity::Passcode)];
    person
}

/// Returns whom a command is for, and who gives it.
pub(super) fn asker(desk: &Desk<'_>, actor: Person, person: Option<&Email>) -> Result<Asker, Stop> {
    let Some(mail) = person else {
        return Ok(Asker {
            person: actor,
            by: None,
        });
    };
    match desk.by_mail(mail)? {
        Some(person) if person.id() == actor.id() => Ok(Asker { person, by: None }),
        Some(person) => Ok(Asker {
            person,
            by: Some(actor),
        }),
        None => desk.refuse(
            Refusal::new(Ground::Unknown, format!("nobody is known as {mail}"))
                .help("people ask on behalf of somebody the directory knows"),
        ),
    }
}
