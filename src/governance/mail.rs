//! Mails as effects: to whom, about what, once.

use super::record::{Person, Request};
use super::world::Unread;
use super::{Desk, Effect, Facts, Mail, Template};
use crate::model::Name;

/// Puts a mail to somebody into the outbox, once for each key.
pub(crate) fn send(
    desk: &mut Desk<'_>,
    key: &str,
    template: Template,
    to: &Person,
    facts: Facts,
) -> Result<(), Unread> {
    let mail = Mail {
        template,
        to: to.mail.clone(),
        copy_to: None,
        language: to.attributes.get("preferredLanguage").cloned(),
        facts: Facts {
            to_name: to.name.clone(),
            ..facts
        },
    };
    let key = format!("{key}/{}/{}", template.as_str(), to.number);
    desk.effect(&key, Effect::Mail(Box::new(mail)))
}

/// Returns what mails about a request speak of.
pub(crate) fn about(desk: &Desk<'_>, request: &Request) -> Result<Facts, Unread> {
    let person = desk.person(request.person)?;
    let package = desk.object(request.package)?;
    let name = package
        .as_ref()
        .map_or("", |thing| thing.address.own_name());
    let shown = package.as_ref().and_then(|thing| thing.package());
    let link = Name::parse(name)
        .map(|name| link(desk, &name))
        .unwrap_or_default();
    Ok(Facts {
        person: format!("{} <{}>", person.name, person.mail),
        organization: person.company.unwrap_or_default(),
        package: shown.map_or_else(
            || name.to_owned(),
            |package| package.display_name.to_string(),
        ),
        request: Some(request.number),
        justification: request.justification.clone().unwrap_or_default(),
        asked: Some(request.created),
        start: request.schedule.start,
        end: request.schedule.end,
        link,
        ..Facts::default()
    })
}

/// What stands before the name of a package in a link.
const PACKAGES: &str = "#/access-packages/";

/// Returns the link to a package, as Entra's My Access has it.
pub(crate) fn link(desk: &Desk<'_>, package: &Name) -> String {
    let tenant = &desk.moment.tenant;
    let hint = tenant.domains.first().map_or("", |domain| domain.as_str());
    format!("{}/@{hint}{PACKAGES}{package}", tenant.portal)
}

/// Lets a mail lead to the package that its request is about, which may have got another name since the mail was planned.
pub(super) fn lead(desk: &Desk<'_>, mail: &mut Mail) -> Result<(), Unread> {
    let link = &mut mail.facts.link;
    let (Some(number), Some((portal, _))) = (mail.facts.request, link.split_once(PACKAGES)) else {
        return Ok(());
    };
    let Some(request) = desk.get::<Request>(number)? else {
        return Ok(());
    };
    if let Some(package) = desk.object(request.package)? {
        *link = format!("{portal}{PACKAGES}{}", package.address.own_name());
    }
    Ok(())
}
