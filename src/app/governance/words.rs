//! The words that Graph has for what is known of a person, both ways: in files, options and reports.

use crate::diag::offer;
use crate::governance::record::{
    Creation, DirectoryRole, ExternalState, Governed, Identity, InvitationState, Source, UserType,
};
use crate::model::text::{Guid, Malformed};

/// Reads a word of a list, whatever its case and spaces; offers the near one.
fn word<T: Copy>(text: &str, known: &[(T, &'static str)]) -> Result<T, Malformed> {
    let plain = |text: &str| text.replace([' ', '-', '_'], "").to_lowercase();
    let found = known.iter().find(|(_, word)| plain(word) == plain(text));
    found.map(|(value, _)| *value).ok_or_else(|| {
        let words = known.iter().map(|(_, word)| *word);
        let all = words.clone().collect::<Vec<_>>().join(", ");
        Malformed::new(format!("`{text}` is none of the words that are known here"))
            .help(offer(text, words).unwrap_or_else(|| format!("write one of: {all}")))
    })
}

fn named<T: PartialEq>(value: &T, known: &[(T, &'static str)]) -> &'static str {
    let found = known.iter().find(|(other, _)| other == value);
    found.map_or("", |(_, word)| word)
}

macro_rules! words {
    ($($(#[$doc:meta])* $read:ident, $write:ident: $type:ident = $list:ident { $($variant:ident = $word:literal),* $(,)? })*) => {
        $(
            const $list: &[($type, &str)] = &[$(($type::$variant, $word)),*];

            $(#[$doc])*
            ///
            /// # Errors
            ///
            /// Says which words there are.
            pub fn $read(text: &str) -> Result<$type, Malformed> {
                word(text, $list)
            }

            /// Returns the word that Graph has for it.
            #[must_use]
            pub fn $write(value: $type) -> &'static str {
                named(&value, $list)
            }
        )*
    };
}

words! {
    /// Reads a user type.
    read_user_type, user_type: UserType = USER_TYPES { Member = "Member", Guest = "Guest" }
    /// Reads where an invitation stands.
    read_state, state: ExternalState = STATES {
        PendingAcceptance = "PendingAcceptance",
        Accepted = "Accepted",
    }
    /// Reads how an account came to be.
    read_creation, creation: Creation = CREATIONS {
        Ordinary = "Ordinary",
        Invitation = "Invitation",
        LocalAccount = "LocalAccount",
        EmailVerified = "EmailVerified",
        SelfServiceSignUp = "SelfServiceSignUp",
    }
    /// Reads whether somebody is governed.
    read_governed, governed: Governed = GOVERNED {
        Governed = "governed",
        NotGoverned = "notGoverned",
        NotDefined = "notDefined",
    }
    /// Reads a directory role.
    read_role, role: DirectoryRole = ROLES {
        GlobalAdministrator = "Global Administrator",
        IdentityGovernanceAdministrator = "Identity Governance Administrator",
        ConnectedOrganizationAdministrator = "Connected Organization Administrator",
        CatalogCreator = "Catalog Creator",
        UserAdministrator = "User Administrator",
        GuestInviter = "Guest Inviter",
        GlobalReader = "Global Reader",
    }
}

/// Returns how a role came to be held.
#[must_use]
pub const fn source(source: Source) -> &'static str {
    match source {
        Source::Direct => "direct",
        Source::Package => "package",
        Source::Rule => "rule",
    }
}

/// Returns where an invitation stands, as Graph says it where it does.
#[must_use]
pub const fn invitation(state: InvitationState) -> &'static str {
    match state {
        InvitationState::PendingAcceptance => "PendingAcceptance",
        InvitationState::Completed => "Completed",
        InvitationState::Superseded => "Superseded",
        InvitationState::Error => "Error",
    }
}

/// Reads how somebody signs in: by the issuer as Graph names it, or by a plain word.
///
/// # Errors
///
/// Says what can be written.
pub fn read_identity(text: &str) -> Result<Identity, Malformed> {
    let tenant = ["ExternalAzureAD:", "tenant:"];
    if let Some(id) = tenant.iter().find_map(|word| text.strip_prefix(word)) {
        return Guid::parse(id).map(|tenant| Identity::Tenant { tenant });
    }
    let issuer = text.strip_prefix("federation:").unwrap_or(text);
    if issuer.starts_with("https://") || issuer.starts_with("urn:") {
        return Ok(Identity::Federation {
            issuer: issuer.to_owned(),
        });
    }
    match text {
        "MicrosoftAccount" | "microsoftAccount" | "microsoft" => Ok(Identity::MicrosoftAccount),
        "google.com" | "google" => Ok(Identity::Google),
        "facebook.com" | "facebook" => Ok(Identity::Facebook),
        "mail" | "passcode" => Ok(Identity::Passcode),
        "own" => Ok(Identity::Own),
        _ => Err(no_sign_in(text)),
    }
}

/// Reads how somebody from outside signs in, as a command line says it.
///
/// # Errors
///
/// Says what can be written.
pub fn read_sign_in(text: &str) -> Result<Identity, Malformed> {
    match read_identity(text)? {
        Identity::Own => Err(no_sign_in(text)),
        identity => Ok(identity),
    }
}

fn no_sign_in(text: &str) -> Malformed {
    Malformed::new(format!("`{text}` is no way to sign in")).help(
        "write `tenant:<id>`, `federation:<issuer>`, `google`, `facebook`, `microsoftAccount` or `passcode`",
    )
}

/// Returns the issuer of an identity as Graph names it, and the tenant where there is one.
#[must_use]
pub fn issuer(identity: &Identity, own: &str) -> (String, Option<String>) {
    match identity {
        Identity::Tenant { tenant } => ("ExternalAzureAD".to_owned(), Some(tenant.to_string())),
        Identity::MicrosoftAccount => ("MicrosoftAccount".to_owned(), None),
        Identity::Google => ("google.com".to_owned(), None),
        Identity::Facebook => ("facebook.com".to_owned(), None),
        Identity::Passcode => ("mail".to_owned(), None),
        Identity::Federation { issuer } => (issuer.clone(), None),
        Identity::Own => (own.to_owned(), None),
    }
}

/// Returns an identity as files have it.
#[must_use]
pub fn identity(identity: &Identity) -> String {
    match issuer(identity, "own") {
        (issuer, Some(tenant)) => format!("{issuer}:{tenant}"),
        (issuer, None) => issuer,
    }
}
