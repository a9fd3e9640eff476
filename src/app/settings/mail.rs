//! `[mail]`: who mails come from and how they leave. Secrets never stand here.

use lettre::message::Mailbox;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::{Diagnostic, Diagnostics, code};
use crate::governance::Tenant;
use crate::load::Toml;
use crate::source::Route;

/// Where the pages for people are when the settings name none.
const PORTAL: &str = "https://myaccess.microsoft.com";

/// Who mails come from and how they leave.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MailSettings {
    /// Who mails come from: `access@contoso.com` or `Contoso access <access@contoso.com>`.
    #[serde(default, deserialize_with = "mailbox")]
    #[schemars(with = "Option<String>")]
    pub from: Option<Mailbox>,

    /// Who answers go to, written like `from`.
    #[serde(default, deserialize_with = "mailbox")]
    #[schemars(with = "Option<String>")]
    pub reply_to: Option<Mailbox>,

    /// The mail server: `smtp://host:587`, which must offer STARTTLS, or `smtps://host:465`. Without one, mails go into
    /// `folder`.
    #[serde(default)]
    pub smtp: Option<String>,

    /// The user name at the mail server. Its password comes from `GUESTLIST_SMTP_PASSWORD` or from `password-file`.
    #[serde(default)]
    pub user: Option<String>,

    /// A file with the password of the mail server that only its owner can read, relative to the project's root or a whole
    /// path.
    #[serde(default)]
    pub password_file: Option<String>,

    /// The certificate of the authority that the mail server's certificate must be signed by, as PEM: relative to the
    /// project's root or a whole path. Without it, any authority that the machine trusts.
    #[serde(default)]
    pub ca_file: Option<String>,

    /// The folder that takes mails as `.eml` files, below the project's root; `mail` by default.
    #[serde(default)]
    pub folder: Option<String>,

    /// The language of people who have said nothing, as a tag: `nl`. English by default.
    #[serde(default)]
    pub language: Option<String>,

    /// A folder of the project's own texts, below its root, a folder in it for each language: `nl/access-granted.txt`.
    #[serde(default)]
    pub templates: Option<String>,

    /// Where the pages for people are, for links in mails; My Access by default.
    #[serde(default)]
    pub portal: Option<String>,
}

/// Reads a mailbox; what is wrong with one is told by the checks, with its place.
fn mailbox<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Mailbox>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.parse().ok())
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The name or address of the machine.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether TLS begins with the first byte; otherwise by STARTTLS.
    pub tls: bool,
}

impl Server {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, without a word of it: a password may stand in it.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let (tls, rest) = if let Some(rest) = url.strip_prefix("smtps://") {
            (true, rest)
        } else if let Some(rest) = url.strip_prefix("smtp://") {
            (false, rest)
        } else {
            return Err("it begins with neither `smtp://` nor `smtps://`");
        };
        if rest.contains('@') {
            return Err("user names and passwords do not stand in it");
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        let of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
        if host.is_empty() || !host.chars().all(of_host) {
            return Err("it names no host");
        }
        let port = match port {
            None if tls => 465,
            None => 587,
            Some(port) => match port.parse() {
                Ok(port) if port > 0 => port,
                _ => return Err("its port is no number from 1 to 65535"),
            },
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            tls,
        })
    }

    /// Returns true for this very machine, to which a mail may go without TLS.
    #[must_use]
    pub fn is_here(&self) -> bool {
        let address = self.host.parse::<std::net::IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

impl MailSettings {
    /// Returns these settings where they say something, and others where they do not.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let Self {
            from,
            reply_to,
            smtp,
            user,
            password_file,
            ca_file,
            folder,
            language,
            templates,
            portal,
        } = other.clone();
        Self {
            from: self.from.or(from),
            reply_to: self.reply_to.or(reply_to),
            smtp: self.smtp.or(smtp),
            user: self.user.or(user),
            password_file: self.password_file.or(password_file),
            ca_file: self.ca_file.or(ca_file),
            folder: self.folder.or(folder),
            language: self.language.or(language),
            templates: self.templates.or(templates),
            portal: self.portal.or(portal),
        }
    }

    /// Returns the mail server, if there is one.
    #[must_use]
    pub fn server(&self) -> Option<Server> {
        Server::parse(self.smtp.as_deref()?).ok()
    }

    /// Returns where the pages for people are, without a slash at the end.
    #[must_use]
    pub fn portal(&self) -> &str {
        self.portal
            .as_deref()
            .unwrap_or(PORTAL)
            .trim_end_matches('/')
    }

    /// Returns who mails come from: who is named, or a `guestlist` of the tenant that nobody reads.
    #[must_use]
    pub fn sender(&self, tenant: &Tenant) -> Mailbox {
        if let Some(from) = &self.from {
            return from.clone();
        }
        let domain = tenant.domains.first().map(|domain| domain.as_str());
        let domain = domain.and_then(|domain| idna::domain_to_ascii(domain).ok());
        let address = lettre::Address::new("guestlist", domain.as_deref().unwrap_or("localhost"));
        let address = address.unwrap_or_else(|_| {
            lettre::Address::new("guestlist", "localhost")
                .expect("INVARIANT: guestlist@localhost is an address")
        });
        Mailbox::new(Some(tenant.name.clone()), address)
    }

    /// Checks what a schema does not say.
    pub(super) fn check(&self, at: &Route, toml: &Toml<'_>, out: &mut Diagnostics) {
        let mut wrong = |key: &str, message: String, help: &str| {
            let diagnostic = Diagnostic::error(code::SETTINGS, message).help(help);
            out.push(toml.at(&at.clone().key(key), diagnostic));
        };
        for (key, read) in [("from", &self.from), ("reply-to", &self.reply_to)] {
            let written = toml.text(&at.clone().key(key));
            if let (Some((text, _)), None) = (written, read) {
                let message = format!("`{text}` is no address of mail");
                let help = "write `access@contoso.com` or `Contoso access <access@contoso.com>`";
                wrong(key, message, help);
            }
        }
        if let Some(Err(why)) = self.smtp.as_deref().map(Server::parse) {
            let help = "write `smtp://mail.contoso.com:587` or `smtps://mail.contoso.com`, and the name to sign in with as `user`";
            wrong("smtp", format!("the URL names no mail server: {why}"), help);
        }
        for (key, path) in [("folder", &self.folder), ("templates", &self.templates)] {
            if path.as_deref().is_some_and(|path| !is_below(path)) {
                let message = format!("`{key}` is no path below the project's root");
                wrong(key, message, "write one such as `mail`");
            }
        }
        if self
            .language
            .as_deref()
            .is_some_and(|tag| !is_language(tag))
        {
            let message = "it is not the tag of a language".to_owned();
            wrong("language", message, "write one such as `nl` or `pt-BR`");
        }
        if let Some(portal) = &self.portal
            && !is_portal(portal)
        {
            let message = "the portal is no `https://` address".to_owned();
            wrong(
                "portal",
                message,
                "write one such as `https://access.contoso.com`",
            );
        }
    }
}

/// Returns true for the tag of a language: `nl`, `pt-BR`.
pub(in crate::app) fn is_language(tag: &str) -> bool {
    let part = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    tag.split('-').all(part) && tag.split('-').next().is_some_and(|first| first.len() <= 3)
}

fn is_below(path: &str) -> bool {
    let mut parts = std::path::Path::new(path).components();
    let own = |part| matches!(part, std::path::Component::Normal(_));
    !path.is_empty() && parts.all(own)
}

fn is_portal(url: &str) -> bool {
    let here = ["http://localhost", "http://127.0.0.1"];
    let rest = url.strip_prefix("https://").or_else(|| {
        let here = here.iter().find_map(|here| url.strip_prefix(here))?;
        here.starts_with([':', '/']).then_some(here)
    });
    let harmless = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '#' | '@');
    rest.is_some_and(|rest| !rest.is_empty()) && url.chars().all(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_a_port_and_how_tls_begins() {
        let server = |url| Server::parse(url).expect(url);
        let plain = server("smtp://mail.contoso.com");
        assert_eq!(
            (plain.port, plain.tls, plain.is_here()),
            (587, false, false)
        );
        assert_eq!(server("smtps://mail.contoso.com/").port, 465);
        let here = server("smtp://[::1]:1025");
        assert_eq!(
            (&*here.host, here.port, here.is_here()),
            ("::1", 1025, true)
        );
        assert!(server("smtp://localhost:25").is_here());
        for wrong in [
            "mail.contoso.com",
            "smtp://",
            "smtp://ana:hunter2@mail.contoso.com",
            "smtp://mail.contoso.com:0",
            "smtp://mail.contoso.com:99999",
            "smtp://mail contoso",
        ] {
            let why = Server::parse(wrong).expect_err(wrong);
            assert!(!why.contains("hunter2"));
        }
    }

    #[test]
    fn links_lead_to_https_or_to_this_machine() {
        for portal in ["https://access.contoso.com", "http://localhost:8080/a"] {
            assert!(is_portal(portal), "{portal}");
        }
        for portal in [
            "http://access.contoso.com",
            "https://",
            "http://localhost.evil.example",
            "https://a b",
        ] {
            assert!(!is_portal(portal), "{portal}");
        }
    }
}
