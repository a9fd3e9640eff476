//! The key that signs heads and saved plans: from the environment or a file that nobody else can read, and a new one.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::app::{AppError, Workspace, World};
use crate::audit::{Key, PublicKey};

/// The variable that holds a key.
const VARIABLE: &str = "GUESTLIST_AUDIT_KEY";
/// More than any key needs.
const MOST: u64 = 4096;

/// Returns the key, if there is one: that of the environment, or else that of the file in the settings.
///
/// # Errors
///
/// [`AppError::Key`] for one that cannot be used.
pub(super) fn key(workspace: &Workspace, world: &World<'_>) -> Result<Option<Key>, AppError> {
    let audit = workspace.audit();
    let (from, text) = match (&world.audit_key, &audit.key_file) {
        (Some(secret), _) => (VARIABLE.to_owned(), secret.expose().to_owned()),
        (None, Some(path)) => (path.display().to_string(), read(path)?),
        (None, None) => return Ok(None),
    };
    let wrong = |cause: String| AppError::Key {
        from: from.clone(),
        cause,
    };
    let key: Key = text.parse().map_err(|error| wrong(format!("{error}")))?;
    if !audit.trusted.is_empty() && !audit.trusted.contains(&key.public()) {
        return Err(wrong(format!(
            "its public key {} is none of `public-keys`",
            key.public()
        )));
    }
    Ok(Some(key))
}

/// Returns the key, for what must be signed.
///
/// # Errors
///
/// [`AppError::NoSigner`] without one, [`AppError::Key`] for one that cannot be used.
pub(in crate::app) fn signing_key(
    workspace: &Workspace,
    world: &World<'_>,
) -> Result<Key, AppError> {
    key(workspace, world)?.ok_or(AppError::NoSigner)
}

fn read(path: &Path) -> Result<String, AppError> {
    let wrong = |cause: String| AppError::Key {
        from: path.display().to_string(),
        cause,
    };
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    let found = file.metadata().map_err(|error| wrong(error.to_string()))?;
    if !found.is_file() {
        return Err(wrong("it is not a regular file".to_owned()));
    }
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(wrong(format!(
            "others may read or write it (mode {mode:04o}); `chmod 600` it, and make a new key if somebody may have read it"
        )));
    }
    let mut text = String::new();
    file.take(MOST)
        .read_to_string(&mut text)
        .map_err(|error| wrong(error.to_string()))?;
    Ok(text)
}

fn random() -> std::io::Result<Key> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(Key::from_bytes(&bytes))
}

/// Returns a new key that is kept nowhere.
///
/// # Errors
///
/// When the machine has no randomness to give.
pub fn loose_key() -> Result<Key, AppError> {
    random().map_err(|source| AppError::Output { source })
}

/// Writes a new key to a file that only its owner can read, and returns the public key. An existing file stays as it is.
///
/// # Errors
///
/// When the file is there already or cannot be written.
pub fn new_key(path: &Path) -> Result<PublicKey, AppError> {
    let failed = |source| AppError::File {
        path: path.to_owned(),
        doing: "written",
        source,
    };
    let key = random().map_err(failed)?;
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = opened.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => AppError::KeyExists {
            path: path.to_owned(),
        },
        _ => failed(error),
    })?;
    let text = key.to_text() + "\n";
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    Ok(key.public())
}
