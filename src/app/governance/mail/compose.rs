//! A mail from facts to bytes.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};

use super::template::{Given, one_line};
use super::texts::Texts;
use crate::governance::Mail;
use crate::model::Digest;
use crate::model::text::Email;

/// Makes messages: knows the texts, and who we are.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The texts.
    pub texts: Texts,
    /// The language of people who have said nothing; empty for English.
    pub language: String,
    /// Our name.
    pub tenant: String,
    /// The zone in which instants are written.
    pub zone: TimeZone,
    /// Who mails come from.
    pub from: Mailbox,
    /// Who answers go to.
    pub reply_to: Option<Mailbox>,
    /// The project, which tells its mails from those of others.
    pub project: String,
}

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The language.
    pub language: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

impl Writer {
    /// Puts a mail into words.
    #[must_use]
    pub fn compose(&self, mail: &Mail) -> Composed {
        let wished = mail.language.as_deref().unwrap_or_default();
        let (language, text) = self.texts.choose(mail.template, &[wished, &self.language]);
        let (subject, body) = text.fill(&Given {
            facts: &mail.facts,
            tenant: &self.tenant,
            zone: &self.zone,
        });
        Composed {
            language: language.to_owned(),
            subject,
            body,
        }
    }

    /// Returns the id of a mail: the same however often it is tried, and no other mail's.
    #[must_use]
    pub fn id(&self, key: &str, planned: Timestamp) -> String {
        Digest::of(format!("{}\n{planned}\n{key}", self.project).as_bytes()).to_string()
    }

    /// Returns the message, as RFC 5322 has it.
    ///
    /// # Errors
    ///
    /// Says why it cannot be one: trying again would not mend it.
    pub fn message(&self, key: &str, mail: &Mail, planned: Timestamp) -> Result<Message, String> {
        let Composed {
            language,
            subject,
            body,
        } = self.compose(mail);
        if subject.chars().any(char::is_control) {
            return Err("its subject has a control character".to_owned());
        }
        let header = |name: &'static str, value: String| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
        };
        let id = format!("<{}@{}>", self.id(key, planned), self.from.email.domain());
        let name = Some(one_line(&mail.facts.to_name)).filter(|name| !name.is_empty());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, address(&mail.to)?))
            .subject(subject)
            .date(planned.into())
            .message_id(Some(id))
            // So that no absence note answers it (RFC 3834).
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(header("Content-Language", language));
        if let Some(copy) = &mail.copy_to {
            message = message.cc(Mailbox::new(None, address(copy)?));
        }
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.clone());
        }
        message
            .singlepart(SinglePart::plain(body))
            .map_err(|error| error.to_string())
    }
}

/// Returns an address as mail servers take it.
fn address(mail: &Email) -> Result<Address, String> {
    let (local, domain) = mail.as_str().rsplit_once('@').unwrap_or_default();
    let domain = idna::domain_to_ascii(domain).map_err(|_| format!("{mail} is no address"))?;
    Address::new(local, domain).map_err(|error| format!("{mail} is no address: {error}"))
}
