//! The mails of an approval. Fact sheet `graph-reviews-lifecycle` §7, mails 1 to 17.

use crate::governance::record::{Asked, PersonId, Request, RequestKind};
use crate::governance::{Desk, Facts, Template, Unread, mail, organization};

/// Mails everybody who is asked in the open stage.
pub(super) fn to_approvers(
    desk: &mut Desk<'_>,
    request: &Request,
    template: Template,
) -> Result<(), Unread> {
    let people = request
        .open_stage()
        .map_or_else(Vec::new, |stage| stage.approvers.clone());
    to_people(desk, request, template, &people, None)
}

/// Mails the alternates of the open stage, who are asked from now on.
pub(super) fn to_alternates(desk: &mut Desk<'_>, request: &Request) -> Result<(), Unread> {
    let people = request
        .open_stage()
        .map_or_else(Vec::new, |stage| stage.alternates.clone());
    to_people(desk, request, Template::Escalated, &people, None)
}

/// Mails people about a request and the stage that it is in, or was in last; with what an approver said about it.
pub(super) fn to_people(
    desk: &mut Desk<'_>,
    request: &Request,
    template: Template,
    people: &[PersonId],
    said: Option<&str>,
) -> Result<(), Unread> {
    let facts = facts(desk, request, said)?;
    let key = key(request);
    for person in people {
        let person = desk.person(*person)?;
        mail::send(desk, &key, template, &person, facts.clone())?;
    }
    Ok(())
}

/// Mails who asked: the person, and who asked on their behalf; for a direct assignment the administrator alone.
pub(super) fn to_who_asked(
    desk: &mut Desk<'_>,
    request: &Request,
    template: Template,
    said: Option<&str>,
) -> Result<(), Unread> {
    let mut people = Vec::new();
    if request.kind != RequestKind::AdminAdd {
        people.push(request.person);
    }
    if let Some(Asked::Person(by)) = &request.by {
        people.push(*by);
    }
    let facts = Facts {
        until: None,
        ..facts(desk, request, said)?
    };
    for person in people {
        let person = desk.person(person)?;
        let mut facts = facts.clone();
        facts.link = package_link(desk, request)?;
        mail::send(desk, &key(request), template, &person, facts)?;
    }
    Ok(())
}

fn key(request: &Request) -> String {
    format!("request/{}/stage/{}", request.number, request.stages.len())
}

fn package_link(desk: &Desk<'_>, request: &Request) -> Result<String, Unread> {
    Ok(mail::about(desk, request)?.link)
}

fn facts(desk: &Desk<'_>, request: &Request, said: Option<&str>) -> Result<Facts, Unread> {
    let mut facts = mail::about(desk, request)?;
    let person = desk.person(request.person)?;
    if person.is_outside() {
        if let Some(partner) = organization::of(desk, &person.mail, &person.identities)?
            && let Some(partner) = partner.organization()
        {
            facts.organization = partner.display_name.to_string();
        }
        if facts.organization.is_empty() {
            person.mail.domain().clone_into(&mut facts.organization);
        }
    }
    let tenant = &desk.moment.tenant;
    let hint = tenant.domains.first().map_or("", |domain| domain.as_str());
    // An approver acts where approvals wait, not where the package is asked for.
    facts.link = format!("{}/@{hint}#/request-approvals", tenant.portal);
    facts.until = request.stages.last().map(|stage| stage.decide_by);
    facts.message = match said {
        Some(said) => said.to_owned(),
        // What is odd about a request is told to those who decide it.
        None => match request.status.split_once("warning: ") {
            Some((_, warning)) => warning.to_owned(),
            None => String::new(),
        },
    };
    Ok(facts)
}
