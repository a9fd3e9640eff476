//! A guest whom nobody governs, as far as a proposal cares.

use crate::governance::record::{Hold, Identity, Person};
use crate::model::Name;
use crate::model::text::{Domain, Guid, Principal};

/// The domains of mail that anybody can have: people there are from no organization.
const PERSONAL: &[&str] = &[
    "aol.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.com",
    "yandex.ru",
];

/// A guest whom nobody governs.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    pub(super) mail: String,
    /// The declared organization.
    pub(super) organization: Option<Name>,
    /// The domain that an organization could be made of; `None` for people who are from none.
    pub(super) domain: Option<Domain>,
    pub(super) tenant: Option<Guid>,
    pub(super) company: Option<String>,
    pub(super) sponsors: Vec<Principal>,
    pub(super) blocked: bool,
    pub(super) holds: Vec<Hold>,
}

impl Guest {
    /// Returns somebody with what they hold and the name of their declared organization.
    pub(super) fn new(person: &Person, holds: Vec<Hold>, organization: Option<&str>) -> Self {
        let personal = person.identities.iter().any(|identity| {
            matches!(
                identity,
                Identity::MicrosoftAccount | Identity::Google | Identity::Facebook
            )
        });
        let domain = Domain::parse(person.mail.domain()).ok();
        let tenant = person
            .identities
            .iter()
            .find_map(|identity| match identity {
                Identity::Tenant { tenant } => Some(tenant.clone()),
                _ => None,
            });
        let external = person.living().is_some_and(|account| account.external);
        Self {
            mail: person.mail.to_string(),
            organization: organization.and_then(|name| Name::parse(name).ok()),
            domain: domain
                .filter(|domain| external && !personal && !PERSONAL.contains(&domain.as_str())),
            tenant,
            company: person.company.clone(),
            sponsors: person.sponsors.clone(),
            blocked: person.is_blocked(),
            holds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::record::{Account, Creation, UserType};
    use crate::model::text::Email;

    #[test]
    fn an_organization_is_made_of_domains_that_are_somebodys_own() {
        let domain = |mail: &str, external: bool, identity: Identity| {
            let mail = Email::parse(mail).expect("an address");
            let mut person = Person::applicant(1, mail, "Jo".to_owned());
            person.identities = vec![identity];
            person.account = Some(Account {
                upn: "jo".to_owned(),
                user_type: UserType::Guest,
                external,
                state: None,
                state_changed: None,
                creation: Creation::Ordinary,
                enabled: true,
                created: jiff::Timestamp::UNIX_EPOCH,
                deleted: None,
                roles: Vec::new(),
            });
            let guest = Guest::new(&person, Vec::new(), None);
            guest.domain.map(|domain| domain.to_string())
        };
        let own = Some("wingtip.example".to_owned());
        assert_eq!(domain("jo@wingtip.example", true, Identity::Passcode), own);
        for (mail, external, identity) in [
            // Mail that anybody can have, an account of one's own, and somebody who signs in here.
            ("jo@gmail.com", true, Identity::Passcode),
            ("jo@wingtip.example", true, Identity::Google),
            ("jo@wingtip.example", false, Identity::Own),
        ] {
            assert_eq!(domain(mail, external, identity), None, "{mail}");
        }
    }
}
