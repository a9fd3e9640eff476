//! How somebody from outside signs in, as people write it.

use std::fmt;

use super::{Guid, HttpsUrl, Line, Malformed, text_serde};

/// How somebody from outside signs in: what proves who they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignIn {
    /// With their own Entra tenant.
    Tenant(Guid),
    /// Through a SAML or WS-Federation issuer, by its URI.
    Federation(Line),
    /// With a personal Microsoft account.
    MicrosoftAccount,
    /// With Google.
    Google,
    /// With Facebook.
    Facebook,
    /// By a one-time passcode sent to their address.
    Passcode,
}

text_serde! {
    /// How somebody from outside signs in: `tenant:<id>`, `federation:<issuer>`, `microsoftAccount`, `google`, `facebook` or
    /// `passcode`.
    SignIn, "sign-in", pattern = "^(tenant:.+|federation:.+|microsoftAccount|google|facebook|passcode)$"
}

/// The ways that need nothing more to be said.
const WORDS: [&str; 4] = ["microsoftAccount", "google", "facebook", "passcode"];

impl SignIn {
    /// Reads a way to sign in.
    ///
    /// # Errors
    ///
    /// Says what may be written instead.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        match text.split_once(':') {
            Some(("tenant", id)) => Guid::parse(id).map(Self::Tenant),
            Some(("federation", issuer)) if issuer.starts_with("urn:") => {
                Line::parse(issuer).map(Self::Federation)
            }
            Some(("federation", issuer)) => {
                HttpsUrl::parse(issuer)?;
                Line::parse(issuer).map(Self::Federation)
            }
            _ => match text {
                "microsoftAccount" => Ok(Self::MicrosoftAccount),
                "google" => Ok(Self::Google),
                "facebook" => Ok(Self::Facebook),
                "passcode" => Ok(Self::Passcode),
                _ => Err(Malformed::new("not a way to sign in").help(
                    match crate::diag::nearest(text, WORDS) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "write `passcode`, `tenant:<id>`, `federation:<issuer>`, `microsoftAccount`, `google` or `facebook`"
                            .to_owned(),
                    },
                )),
            },
        }
    }
}

impl fmt::Display for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(id) => write!(f, "tenant:{id}"),
            Self::Federation(issuer) => write!(f, "federation:{issuer}"),
            Self::MicrosoftAccount => f.write_str("microsoftAccount"),
            Self::Google => f.write_str("google"),
            Self::Facebook => f.write_str("facebook"),
            Self::Passcode => f.write_str("passcode"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_back() {
        for text in [
            "tenant:3d0f5dec-0000-4000-8000-000000000001",
            "federation:https://sts.woodgrove.example/trust",
            "federation:urn:woodgrove",
            "microsoftAccount",
            "google",
            "facebook",
            "passcode",
        ] {
            assert_eq!(SignIn::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_with_the_way_out() {
        for (text, help) in [
            ("passcod", "did you mean `passcode`?"),
            (
                "mail",
                "write `passcode`, `tenant:<id>`, `federation:<issuer>`, `microsoftAccount`, `google` or `facebook`",
            ),
        ] {
            let problem = SignIn::parse(text).expect_err(text);
            assert_eq!(problem.help.as_deref(), Some(help), "{text}");
        }
        assert!(SignIn::parse("federation:http://sts.example").is_err());
    }
}
