//! Mails: their texts in several languages, and the ways they leave: into a folder, or to a mail server.
//!
//! The one idea to know: a mail in the outbox holds facts, never a text. The text is made when it is sent, from a template
//! of the person's language; whatever comes from other people is neutral in it. When the mail was planned and the key of its
//! row give it its `Message-ID` and its file name, so that it is the same mail however often it is tried.

mod compose;
mod folder;
#[cfg(feature = "mail")]
mod smtp;
mod template;
mod texts;

use jiff::Timestamp;

use crate::app::{AppError, MailSettings, Server, Workspace, World};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::governance::{Mail, Outcome, Tenant};
#[cfg(feature = "mail")]
use crate::ports::Secret;

pub use compose::{Composed, Writer};
pub use folder::Folder;
#[cfg(feature = "mail")]
pub use smtp::{Login, Smtp};
pub use texts::{LANGUAGES, Texts};

/// The variable that holds the password of the mail server.
pub const PASSWORD: &str = "GUESTLIST_SMTP_PASSWORD";

/// Sends mail.
pub trait Mailer {
    /// Sends a mail, or finds out that it was sent already: the key and the instant at which it was planned are the same
    /// however often it is tried.
    fn send(&mut self, key: &str, mail: &Mail, planned: Timestamp) -> Outcome;

    /// Returns true for a mailer that knows by itself which mails it has sent. With any other one, each mail is recorded
    /// before the next one leaves.
    fn remembers(&self) -> bool {
        false
    }

    /// Ends what was kept open for the next mail, after the last one for now.
    fn rest(&mut self) {}
}

/// Sends nothing: for commands that only look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silent;

impl Mailer for Silent {
    fn send(&mut self, _: &str, _: &Mail, _: Timestamp) -> Outcome {
        Outcome::Later("this command sends no mail".to_owned())
    }
}

/// Returns the mailer that the settings ask for.
///
/// # Errors
///
/// Everything that is wrong with texts of the project's own, and a password that is needed and missing.
pub(super) fn mailer(
    workspace: &Workspace,
    world: &World<'_>,
    tenant: &Tenant,
) -> Result<Box<dyn Mailer>, AppError> {
    let settings = workspace.mail();
    let writer = Writer {
        texts: texts(workspace).map_err(AppError::Settings)?,
        language: settings.language.clone().unwrap_or_default(),
        tenant: tenant.name.clone(),
        zone: tenant.zone.clone(),
        from: settings.sender(tenant),
        reply_to: settings.reply_to.clone(),
        project: workspace.project().to_owned(),
    };
    match settings.server() {
        None => {
            let folder = settings.folder.as_deref().unwrap_or("mail");
            Ok(Box::new(Folder::new(workspace.root.join(folder), writer)))
        }
        Some(server) => by_smtp(workspace, world, &settings, server, writer),
    }
}

/// Returns the texts of a project's mails.
///
/// # Errors
///
/// Everything that is wrong with those of its own.
pub(in crate::app) fn texts(workspace: &Workspace) -> Result<Texts, Diagnostics> {
    let own = workspace.mail().templates;
    Texts::new(own.map(|folder| workspace.root.join(folder)).as_deref())
}

#[cfg(feature = "mail")]
fn by_smtp(
    workspace: &Workspace,
    world: &World<'_>,
    settings: &MailSettings,
    server: Server,
    writer: Writer,
) -> Result<Box<dyn Mailer>, AppError> {
    let login = match &settings.user {
        None => None,
        Some(user) => Some(Login {
            user: user.clone(),
            password: password(workspace, world, settings)?,
        }),
    };
    let authority = match &settings.ca_file {
        None => None,
        Some(path) => Some(read(workspace, path, "ca-file")?.into_bytes()),
    };
    let smtp = Smtp::new(server, login, authority.as_deref(), writer);
    Ok(Box::new(smtp.map_err(wrong)?))
}

#[cfg(not(feature = "mail"))]
fn by_smtp(
    _: &Workspace,
    _: &World<'_>,
    _: &MailSettings,
    _: Server,
    _: Writer,
) -> Result<Box<dyn Mailer>, AppError> {
    let told = Diagnostic::error(
        code::SETTINGS,
        "this build of guestlist cannot send mail by SMTP",
    );
    Err(wrong(told.help(
        "build it with the feature `mail`, or take `smtp` out of `[mail]`: mails then go into a folder",
    )))
}

/// Returns the password: the variable's, or that of the file.
#[cfg(feature = "mail")]
fn password(
    workspace: &Workspace,
    world: &World<'_>,
    settings: &MailSettings,
) -> Result<Secret, AppError> {
    if let Some(password) = &world.smtp_password {
        return Ok(password.clone());
    }
    let Some(path) = &settings.password_file else {
        let told = Diagnostic::error(
            code::SETTINGS,
            "the mail server wants a user name, and its password is not known",
        );
        return Err(wrong(told.help(format!(
            "set {PASSWORD}, or name a file that only you can read: `password-file` under `[mail]`"
        ))));
    };
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(workspace.root.join(path));
    if mode.is_ok_and(|found| found.permissions().mode() & 0o077 != 0) {
        let told = format!("others than its owner can read the password file `{path}`");
        return Err(wrong(
            Diagnostic::error(code::SETTINGS, told).help(format!("`chmod 600 {path}`")),
        ));
    }
    let text = read(workspace, path, "password-file")?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Reads a file that a setting names: below the project's root, or anywhere by its whole path.
#[cfg(feature = "mail")]
fn read(workspace: &Workspace, path: &str, key: &str) -> Result<String, AppError> {
    std::fs::read_to_string(workspace.root.join(path)).map_err(|error| {
        let told = format!("the file `{path}` that `{key}` names cannot be read: {error}");
        wrong(Diagnostic::error(code::SETTINGS, told))
    })
}

fn wrong(diagnostic: Diagnostic) -> AppError {
    let mut problems = Diagnostics::new();
    problems.push(diagnostic);
    AppError::Settings(problems)
}
