//! How somebody can prove who they are: the order in which Entra offers it.

use crate::governance::organization::claimed;
use crate::governance::record::Identity;
use crate::governance::{Desk, Unread};
use crate::model::text::{Email, Guid};
use crate::model::{Kind, Object};

/// A way to prove who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provider {
    /// An Entra tenant; `None` for whichever is theirs.
    Tenant(Option<Guid>),
    /// A SAML or WS-Federation issuer.
    Federation(String),
    /// Google.
    Google,
    /// Facebook.
    Facebook,
    /// A personal Microsoft account.
    MicrosoftAccount,
    /// A one-time passcode.
    Passcode,
}

/// Domains of Google's own mail.
const GOOGLE: [&str; 2] = ["gmail.com", "googlemail.com"];

impl Provider {
    /// Returns true when an identity comes from this provider.
    #[must_use]
    pub fn gives(&self, identity: &Identity) -> bool {
        match (self, identity) {
            (Self::Tenant(named), Identity::Tenant { tenant }) => {
                named.as_ref().is_none_or(|named| named == tenant)
            }
            (Self::Federation(named), Identity::Federation { issuer }) => named == issuer,
            (Self::Google, Identity::Google)
            | (Self::Facebook, Identity::Facebook)
            | (Self::MicrosoftAccount, Identity::MicrosoftAccount)
            | (Self::Passcode, Identity::Passcode) => true,
            _ => false,
        }
    }

    /// Returns it in the words of `--with`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Tenant(Some(tenant)) => format!("tenant:{tenant}"),
            Self::Tenant(None) => "tenant:<id>".to_owned(),
            Self::Federation(issuer) => format!("federation:{issuer}"),
            Self::Google => "google".to_owned(),
            Self::Facebook => "facebook".to_owned(),
            Self::MicrosoftAccount => "microsoftAccount".to_owned(),
            Self::Passcode => "passcode".to_owned(),
        }
    }
}

/// Returns how somebody can prove who they are, in the order in which it is offered: an Entra account, a federation, Google,
/// a Microsoft account, and a one-time passcode where the tenant has it on. An organization that the tree declares with a
/// tenant, a federation or a social provider takes that and nothing else.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn providers(desk: &Desk<'_>, mail: &Email) -> Result<Vec<Provider>, Unread> {
    let organization = claimed(desk, mail)?;
    if let Some(organization) = organization.as_ref().and_then(|thing| thing.organization()) {
        if let Some(tenant) = &organization.tenant {
            return Ok(vec![Provider::Tenant(Some(tenant.clone()))]);
        }
        if let Some(federation) = &organization.federation {
            return Ok(vec![Provider::Federation(federation.issuer.to_string())]);
        }
        if organization.social.is_some() {
            return Ok(vec![Provider::Facebook]);
        }
    }
    let mut providers = vec![Provider::Tenant(None)];
    if GOOGLE.contains(&mail.domain()) {
        providers.push(Provider::Google);
    }
    providers.push(Provider::MicrosoftAccount);
    if passcode_is_on(desk)? {
        providers.push(Provider::Passcode);
    }
    Ok(providers)
}

/// Returns true while people without another sign-in get a one-time passcode. Without the setting they do.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn passcode_is_on(desk: &Desk<'_>) -> Result<bool, Unread> {
    let thing = desk.setting(Kind::Collaboration)?;
    Ok(match thing.as_ref().map(|thing| &thing.object) {
        Some(Object::Collaboration(settings)) => settings.one_time_passcode.unwrap_or(true),
        _ => true,
    })
}
