//! Going through the conditions of a request, one after the other.

use std::rc::Rc;

use super::conditions::{Condition, Examined, Finding, Form, Verdict};
use super::policies::{self, Covered, Deed};
use super::{Asker, answers, organization, schedule, separation};
use crate::governance::organization::claimed;
use crate::governance::record::{Key, Mark, Person, Request, RequestKind, Schedule};
use crate::governance::{Desk, Ground, Refusal, Thing, Unread, assignment, people};
use crate::model::kinds::policy::{Justification, Policy, Requestors};
use crate::model::{Address, Kind, Name};

/// Goes through the conditions. Without a form the person is only looked at, and what they would fill in is left open; with
/// one, a policy must be chosen where several remain.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn examine(
    desk: &Desk<'_>,
    asker: &Asker,
    package: &Thing,
    chosen: Option<&Name>,
    form: Option<&Form>,
) -> Result<Examined, Unread> {
    let covered = Covered::new(desk, &asker.person)?;
    examine_known(desk, &covered, asker, package, chosen, form)
}

/// Goes through the conditions for somebody who was looked up already.
pub(super) fn examine_known(
    desk: &Desk<'_>,
    covered: &Covered<'_>,
    asker: &Asker,
    package: &Thing,
    chosen: Option<&Name>,
    form: Option<&Form>,
) -> Result<Examined, Unread> {
    let person = &asker.person;
    let catalog = catalog(desk, package)?;
    let catalog = catalog.as_ref().and_then(|thing| thing.catalog());
    let published = catalog.is_some_and(|catalog| catalog.published);
    let visible = catalog.is_some_and(|catalog| catalog.externally_visible);

    let enabled = |thing: &Thing| thing.policy().is_some_and(|policy| policy.requests.enabled);
    let mut all = policies::covering(desk, covered, package)?;
    all.retain(|(_, policy)| enabled(policy));
    let any = !all.is_empty();
    let from_outside = |thing: &Thing| {
        thing
            .policy()
            .is_some_and(|policy| policy.requestors.is_outside())
    };
    all.retain(|(_, policy)| visible || !from_outside(policy));
    let closed =
        person.is_outside() && !visible && all.is_empty() && (any || person.living().is_none());
    let mut allowed = Vec::new();
    let covers = !all.is_empty();
    for thing in policies::narrowest(all) {
        if let Some(policy) = thing.policy()
            && policies::on_behalf(desk, policy, asker, Deed::Add)?
        {
            allowed.push(thing);
        }
    }
    let policy = if covers {
        choose(asker, package, &mut allowed, chosen, form.is_some())
    } else {
        Some(uncovered(desk, covered, package)?)
    };

    let verdict = |refusal: Option<Refusal>| match refusal {
        None => Verdict::Holds,
        Some(refusal) => Verdict::Fails(Box::new(refusal)),
    };
    let mut findings = Vec::new();
    for condition in Condition::ALL {
        let verdict = match condition {
            Condition::Licence => {
                Verdict::Untold("the store does not know the licence of the tenant".to_owned())
            }
            Condition::Published => verdict((!published).then(|| {
                Refusal::new(
                    Ground::Unpublished,
                    format!("the catalog of {} is not published", package.address),
                )
                .help("whoever looks after the catalog can publish it: `published: true`")
            })),
            Condition::Visible => verdict(closed.then(|| {
                Refusal::new(
                    Ground::NotVisible,
                    format!("{} is not offered to people from outside", package.address),
                )
                .help("whoever looks after the catalog can open it: `externallyVisible: true`")
            })),
            Condition::SignIn => verdict(match signs_in(desk, asker)? {
                // Who asks has signed in, and whoever signs in has accepted.
                None => people::lacking_terms(desk, asker.who())?,
                refusal => refusal,
            }),
            Condition::Identity => verdict(identity(desk, covered, package, any)?),
            Condition::Policy => verdict(policy.clone()),
            Condition::Compatible => verdict(compatible(desk, person, package)?),
            Condition::Fresh => verdict(fresh(desk, person, package)?),
            Condition::Form => match (form, allowed.as_slice()) {
                (Some(form), [policy]) => verdict(
                    policy
                        .policy()
                        .and_then(|policy| filled(desk, policy, form).err()),
                ),
                (_, policies) => open_form(desk, policies),
            },
            Condition::Border => {
                verdict(border(desk, person, covered.warning.as_deref(), &allowed)?)
            }
        };
        findings.push(Finding { condition, verdict });
    }
    Ok(Examined {
        findings,
        policies: allowed,
        organization: covered.organization.clone(),
        warning: covered.warning.clone(),
    })
}

/// Returns the catalog of a package.
pub(super) fn catalog(desk: &Desk<'_>, package: &Thing) -> Result<Option<Rc<Thing>>, Unread> {
    match package.package() {
        Some(package) => desk.at(&Address::new(Kind::Catalog, &package.catalog)),
        None => Ok(None),
    }
}

/// Returns why somebody cannot be asked for, or who asks cannot sign in.
pub(super) fn signs_in(desk: &Desk<'_>, asker: &Asker) -> Result<Option<Refusal>, Unread> {
    match blocked(&asker.person) {
        None => acts(desk, asker.who()),
        blocked => Ok(blocked),
    }
}

/// Returns why somebody does nothing by themselves: they cannot sign in, because their account is blocked or deleted, or because
/// cross-tenant settings shut their organization out.
pub(super) fn acts(desk: &Desk<'_>, person: &Person) -> Result<Option<Refusal>, Unread> {
    match blocked(person) {
        None => people::shut_out(desk, person),
        blocked => Ok(blocked),
    }
}

/// Returns why nothing is asked for somebody: a blocked or deleted account.
pub(super) fn blocked(person: &Person) -> Option<Refusal> {
    let what = if person.is_blocked() {
        "is blocked from sign-in"
    } else if person.account.is_some() && person.living().is_none() {
        "has a deleted account"
    } else {
        return None;
    };
    Some(
        Refusal::new(Ground::Blocked, format!("{} {what}", person.mail))
            .help("an administrator has to lift that first, or assign the package directly"),
    )
}

/// Returns why the sign-in of somebody from outside is not the one that counts.
fn identity(
    desk: &Desk<'_>,
    covered: &Covered<'_>,
    package: &Thing,
    any: bool,
) -> Result<Option<Refusal>, Unread> {
    let person = covered.person;
    if !person.is_outside() || any {
        return Ok(None);
    }
    if covered.lacks_passcode() {
        return Ok(Some(
            Refusal::new(
                Ground::WrongIdentity,
                format!(
                    "{} signed in by a one-time passcode, and the tenant sends none",
                    person.mail
                ),
            )
            .help("`collaboration: oneTimePasscode: true` switches them on"),
        ));
    }
    let Some(claimed) = claimed(desk, &person.mail)? else {
        return Ok(None);
    };
    let proved = covered
        .organization
        .as_ref()
        .is_some_and(|proved| proved.id == claimed.id);
    let Some(partner) = claimed.organization().filter(|_| !proved) else {
        return Ok(None);
    };
    let meant = desk.things(Kind::Policy, Some(&package.address))?;
    let meant = meant
        .iter()
        .filter_map(|thing| thing.policy())
        .any(|policy| match &policy.requestors {
            Requestors::Organizations(names) => names
                .iter()
                .any(|name| name.as_str() == claimed.address.own_name()),
            Requestors::ConfiguredOrganizations => true,
            _ => false,
        });
    if !meant {
        return Ok(None);
    }
    let with = match person.identities.first() {
        Some(identity) => format!("signed in with {}", organization::words(identity)),
        None => "has not signed in".to_owned(),
    };
    Ok(Some(
        Refusal::new(
            Ground::WrongIdentity,
            format!(
                "{} {with}, and people of {} sign in with {}",
                person.mail,
                claimed.address,
                organization::sign_in(partner)
            ),
        )
        .help(format!("sign in with {}", organization::sign_in(partner))),
    ))
}

/// Narrows the policies to the one that was chosen, and says why none is left, or too many.
fn choose(
    asker: &Asker,
    package: &Thing,
    allowed: &mut Vec<Rc<Thing>>,
    chosen: Option<&Name>,
    choose: bool,
) -> Option<Refusal> {
    let person = &asker.person;
    let names = |policies: &[Rc<Thing>]| {
        let names: Vec<&str> = policies
            .iter()
            .map(|policy| policy.address.own_name())
            .collect();
        names.join("`, `")
    };
    if let (true, Some(by)) = (allowed.is_empty(), &asker.by) {
        return Some(
            Refusal::new(Ground::NotAllowed, format!("no policy of {} lets {} ask for {}", package.address, by.mail, person.mail))
                .help("`onBehalf` of a policy says who may: a manager for their reports, or people by name"),
        );
    }
    if let Some(name) = chosen {
        let remaining = names(allowed);
        allowed.retain(|policy| policy.address.own_name() == name.as_str());
        if allowed.is_empty() {
            return Some(
                Refusal::new(Ground::NoPolicy, format!("{} cannot ask for {} through policy `{name}`", person.mail, package.address))
                    .help(format!("it goes through `{remaining}`: the narrowest scope that covers somebody counts alone")),
            );
        }
    }
    if choose && allowed.len() > 1 {
        return Some(
            Refusal::new(
                Ground::ChoosePolicy,
                format!(
                    "{} can ask for {} in {} ways",
                    person.mail,
                    package.address,
                    allowed.len()
                ),
            )
            .help(format!("choose one with `--policy`: `{}`", names(allowed))),
        );
    }
    None
}

/// Says why no policy covers somebody.
fn uncovered(desk: &Desk<'_>, covered: &Covered<'_>, package: &Thing) -> Result<Refusal, Unread> {
    let person = covered.person;
    let off = policies::covering(desk, covered, package)?;
    if !off.is_empty() {
        let disabled = off.iter().any(|(_, thing)| {
            thing
                .policy()
                .is_some_and(|policy| !policy.requests.enabled)
        });
        if disabled {
            return Ok(Refusal::new(Ground::NoPolicy, format!("requests for {} are switched off", package.address))
                .help("an administrator can assign it directly, or switch requests on: `requests: enabled: true`"));
        }
    }
    if let Some(refusal) = assignment::automatic::crowded(desk, package, person)? {
        return Ok(refusal);
    }
    let who = match (&covered.organization, person.living()) {
        (Some(organization), _) => format!("{} of {}", person.mail, organization.address),
        (None, None) => format!("{}, who is of no organization that we know,", person.mail),
        (None, Some(_)) => person.mail.to_string(),
    };
    Ok(Refusal::new(
        Ground::NoPolicy,
        format!("{who} does not meet the policies of {}", package.address),
    )
    .help("`requestors` of its policies says who may ask; an administrator can assign it directly"))
}

fn compatible(
    desk: &Desk<'_>,
    person: &Person,
    package: &Thing,
) -> Result<Option<Refusal>, Unread> {
    let held = separation::incompatible(desk, person.id(), package)?;
    if held.is_empty() {
        return Ok(None);
    }
    let held = held.join(", ");
    Ok(Some(
        Refusal::new(
            Ground::Incompatible,
            format!(
                "{} has {held}, which excludes {}",
                person.mail, package.address
            ),
        )
        .help(format!("give {held} back first")),
    ))
}

/// Returns the request of somebody for a package that is still open.
pub(in crate::governance) fn open_request(
    desk: &Desk<'_>,
    person: &Person,
    package: &Thing,
) -> Result<Option<Request>, Unread> {
    let key = Key::new().person(person.id()).object(package.id);
    desk.first(Mark::RequestOpen, &key)
}

fn fresh(desk: &Desk<'_>, person: &Person, package: &Thing) -> Result<Option<Refusal>, Unread> {
    // A request that is being delivered has its assignment already, and that is what people know of.
    if let Some(assignment) = assignment::of(desk, person.id(), package.id)? {
        return Ok(Some(
            Refusal::new(
                Ground::AlreadyAssigned,
                format!(
                    "{} has {} already: assignment {}",
                    person.mail, package.address, assignment.number
                ),
            )
            .help(format!(
                "`guestlist request extend {}` asks to keep it longer",
                assignment.number
            )),
        ));
    }
    let open = open_request(desk, person, package)?;
    Ok(open
        .filter(|open| {
            !matches!(
                open.kind,
                RequestKind::UserRemove | RequestKind::AdminRemove | RequestKind::SystemRemove
            )
        })
        .map(|open| {
            Refusal::new(
                Ground::AlreadyRequested,
                format!(
                    "{} has asked for {} already: request {}",
                    person.mail, package.address, open.number
                ),
            )
            .help(format!(
                "`guestlist request show {}` says what it waits for",
                open.number
            ))
        }))
}

/// Judges what somebody filled in.
pub(super) fn filled(desk: &Desk<'_>, policy: &Policy, form: &Form) -> Result<(), Refusal> {
    let _ = answers::read(&policy.questions, &form.answers)?;
    justified(policy, form.justification.as_deref())?;
    let _ = schedule::judge(desk, policy, form.schedule)?;
    Ok(())
}

/// Refuses a request without the justification that the policy demands.
pub(super) fn justified(policy: &Policy, justification: Option<&str>) -> Result<(), Refusal> {
    let given = justification.is_some_and(|text| !text.trim().is_empty());
    if policy.justification == Justification::Required && !given {
        return Err(
            Refusal::new(Ground::Justification, "the policy wants to know why")
                .help("say it with `--justification TEXT`"),
        );
    }
    Ok(())
}

fn open_form(desk: &Desk<'_>, policies: &[Rc<Thing>]) -> Verdict {
    let mut wanted = Vec::new();
    for policy in policies.iter().filter_map(|thing| thing.policy()) {
        if let Err(refusal) = schedule::judge(desk, policy, Schedule::default()) {
            if policies.len() == 1 {
                return Verdict::Fails(Box::new(refusal));
            }
            continue;
        }
        wanted.push(answers::wanted(
            &policy.questions,
            policy.justification == Justification::Required,
        ));
    }
    wanted.dedup();
    match wanted.as_slice() {
        [] => Verdict::Untold("no policy says what is wanted".to_owned()),
        [nothing] if nothing.is_empty() => Verdict::Holds,
        [wanted] => Verdict::Untold(format!("to be given: {wanted}")),
        _ => Verdict::Untold("depends on the policy that is chosen".to_owned()),
    }
}

fn border(
    desk: &Desk<'_>,
    person: &Person,
    warning: Option<&str>,
    policies: &[Rc<Thing>],
) -> Result<Option<Refusal>, Unread> {
    if !person.is_outside() {
        return Ok(None);
    }
    if let Some(refusal) = people::barred(desk, person)? {
        return Ok(Some(refusal));
    }
    let alone = |thing: &Rc<Thing>| {
        thing
            .policy()
            .is_some_and(|policy| policy.approval.is_none())
    };
    let Some(warning) = warning.filter(|_| !policies.is_empty() && policies.iter().all(alone))
    else {
        return Ok(None);
    };
    Ok(Some(
        Refusal::new(
            Ground::Domain,
            format!("{warning}, and through this policy nobody would look at the request"),
        )
        .help("an administrator who knows the person can assign the package directly"),
    ))
}
