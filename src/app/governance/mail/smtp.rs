//! Mail to a server, by SMTP over TLS.
//!
//! Where a mail stands after a fault is known exactly up to one point: before the final dot of its text has left, it was not
//! taken; with the server's answer, it was or was not. In between nobody knows: such a mail is tried again under the same
//! `Message-ID`, by which mailboxes recognise the second copy.

use std::time::Duration;

use jiff::Timestamp;
use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail as From, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::template::one_line;
use super::{Mailer, Writer};
use crate::app::Server;
use crate::diag::{Diagnostic, code};
use crate::governance::{Mail, Outcome};
use crate::ports::Secret;

/// How long a connection may take to come about, and each answer to come back. All answers of one mail together stay below
/// the time for which a mail is claimed.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the answer to a whole mail may take: many servers look into it first, and giving up too early doubles it.
const PATIENCE_AFTER: Duration = Duration::from_secs(60);

/// As whom we sign in to the server.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// A mail server.
pub struct Smtp {
    server: Server,
    login: Option<Login>,
    tls: TlsParameters,
    hello: ClientId,
    writer: Writer,
    /// Kept from one mail to the next.
    connection: Option<SmtpConnection>,
    /// Why the server could not be reached: then it is not tried again for each mail that waits.
    down: Option<String>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp")
            .field("server", &self.server)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

/// How far a mail had come when something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The server has not been given the whole mail.
    Before,
    /// The server has the whole mail and has not answered.
    After,
}

type SmtpError = lettre::transport::smtp::Error;

impl Smtp {
    /// Returns a server. With an authority of one's own (PEM), its certificate must be signed by that; else by one that the
    /// machine trusts.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the authority.
    pub fn new(
        server: Server,
        login: Option<Login>,
        authority: Option<&[u8]>,
        writer: Writer,
    ) -> Result<Self, Diagnostic> {
        let wrong = |error: SmtpError| {
            let told = format!("TLS to the mail server cannot be set up: {error}");
            Diagnostic::error(code::SETTINGS, told)
                .help("`ca-file` under `[mail]` names the certificate of an authority, as PEM")
        };
        let mut tls = TlsParameters::builder(server.host.clone());
        if let Some(pem) = authority {
            let authority = Certificate::from_pem(pem).map_err(wrong)?;
            tls = tls
                .certificate_store(CertificateStore::None)
                .add_root_certificate(authority);
        }
        let domain = writer.from.email.domain().to_owned();
        Ok(Self {
            tls: tls.build_rustls().map_err(wrong)?,
            server,
            login,
            hello: ClientId::Domain(domain),
            writer,
            connection: None,
            down: None,
        })
    }

    /// Connects: always with TLS, except to this machine, and with a password never without.
    fn connect(&self) -> Result<SmtpConnection, String> {
        let Server { host, port, tls } = &self.server;
        let told = |error: SmtpError| format!("{host}:{port}: {}", words(&error));
        let wrapped = tls.then_some(&self.tls);
        let address = (host.as_str(), *port);
        let mut connection =
            SmtpConnection::connect(address, Some(PATIENCE), &self.hello, wrapped, None)
                .map_err(told)?;
        if connection.can_starttls() {
            connection.starttls(&self.tls, &self.hello).map_err(told)?;
        }
        let plain = !connection.is_encrypted();
        if plain && (!self.server.is_here() || self.login.is_some()) {
            connection.abort();
            return Err(format!(
                "{host}:{port} offers no STARTTLS, so nothing was said to it"
            ));
        }
        if let Some(Login { user, password }) = &self.login {
            let credentials = Credentials::new(user.clone(), password.expose().to_owned());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .map_err(told)?;
        }
        Ok(connection)
    }

    fn deliver(&mut self, message: &Message) -> Outcome {
        if let Some(mut connection) = self.connection.take() {
            match transfer(&mut connection, message) {
                // The server ended a connection that it had had enough of: the mail has a fresh one coming.
                Err((error, Stage::Before)) if has_ended(&error) => connection.abort(),
                settled => return self.settle(connection, settled),
            }
        }
        if let Some(why) = &self.down {
            return Outcome::Later(why.clone());
        }
        match self.connect() {
            Ok(mut connection) => {
                let settled = transfer(&mut connection, message);
                self.settle(connection, settled)
            }
            Err(why) => {
                self.down = Some(why.clone());
                Outcome::Later(why)
            }
        }
    }

    fn settle(
        &mut self,
        mut connection: SmtpConnection,
        settled: Result<(), (SmtpError, Stage)>,
    ) -> Outcome {
        match settled {
            Ok(()) => {
                self.connection = Some(connection);
                Outcome::Done
            }
            Err((error, stage)) => {
                connection.abort();
                judge(&error, stage)
            }
        }
    }
}

/// Returns true for a connection that is no more, or that the server says goodbye to.
fn has_ended(error: &SmtpError) -> bool {
    error
        .status()
        .is_none_or(|status| status.to_string() == "421")
}

/// Gives a mail to the server. A copy that the server does not want is no reason not to send the mail.
fn transfer(connection: &mut SmtpConnection, message: &Message) -> Result<(), (SmtpError, Stage)> {
    let before = |error| (error, Stage::Before);
    let envelope = message.envelope();
    let from = From::new(envelope.from().cloned(), Vec::new());
    connection.command(from).map_err(before)?;
    for (index, to) in envelope.to().iter().enumerate() {
        let taken = connection.command(Rcpt::new(to.clone(), Vec::new()));
        match taken {
            Err(error) if index == 0 || error.status().is_none() => return Err(before(error)),
            _ => {}
        }
    }
    connection.command(Data).map_err(before)?;
    let bytes = message.formatted();
    // Without the longer wait the mail might be doubled, but it can be sent.
    let _ = connection.set_timeout(Some(PATIENCE_AFTER));
    let answered = connection.message(&bytes);
    let _ = connection.set_timeout(Some(PATIENCE));
    answered.map(|_| ()).map_err(|error| (error, Stage::After))
}

/// Returns what a fault means for the mail.
fn judge(error: &SmtpError, stage: Stage) -> Outcome {
    let why = words(error);
    match stage {
        _ if error.is_permanent() => Outcome::Failed(format!("the mail server refuses it: {why}")),
        _ if error.is_transient() => Outcome::Later(format!("the mail server puts it off: {why}")),
        Stage::Before => {
            Outcome::Later(format!("the connection was lost before it was sent: {why}"))
        }
        Stage::After => Outcome::Unknown(format!(
            "the connection was lost after it was sent, and before the answer: {why}"
        )),
    }
}

/// Returns an error with its causes, harmless whatever the server said.
fn words(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    one_line(&text)
}

impl Mailer for Smtp {
    fn send(&mut self, key: &str, mail: &Mail, planned: Timestamp) -> Outcome {
        match self.writer.message(key, mail, planned) {
            Ok(message) => self.deliver(&message),
            Err(why) => Outcome::Failed(why),
        }
    }

    fn rest(&mut self) {
        self.down = None;
        if let Some(mut connection) = self.connection.take() {
            // What was taken is taken, whatever becomes of the goodbye.
            let _ = connection.quit();
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.rest();
    }
}
