//! Saved plans on disk: written whole or not at all, and read with a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};

use super::output::{self, Sort};
use super::rollback::Target;
use super::{AppError, Planned, Workspace, World, audit};
use crate::audit::{PublicKey, TextSignature};
use crate::guard::{Ask, Back, Commitment, FILE_BYTES, Judged, Seal, Stale};

/// How a plan is saved.
#[derive(Debug, Clone, Copy)]
pub struct Saving<'a> {
    /// The file.
    pub path: &'a Path,
    /// Whether it is signed with the key of the audit log.
    pub signed: bool,
    /// Where the plan goes back to, for one of a rollback.
    pub back: Option<&'a Target>,
}

/// Saves a plan as a commitment, readable by its owner alone. One that a guard refuses is not worth saving: nobody could
/// apply it.
///
/// # Errors
///
/// When the file cannot be written, or something else has its place, and when there is no key to sign it with.
pub fn save(
    workspace: &Workspace,
    planned: &Planned,
    ask: &Ask,
    world: &World<'_>,
    saving: &Saving<'_>,
) -> Result<Commitment, AppError> {
    let Saving { path, signed, back } = *saving;
    let key = signed.then(|| audit::signing_key(workspace, world));
    let mut commitment = Commitment::to(
        &planned.project,
        &planned.store,
        Judged {
            plan: &planned.plan,
            impact: &planned.impact,
            verdict: &planned.verdict,
        },
        ask,
        env!("CARGO_PKG_VERSION"),
        world.clock.now(),
    );
    if let Some(back) = back {
        commitment = commitment.going_back(Back {
            run: back.run.clone(),
            end: back.end,
        });
    }
    if let Some(key) = key.transpose()? {
        let signature = key.sign_text(&commitment.message());
        commitment.signature = Some(Seal {
            key: key.public().to_string(),
            signature: signature.to_string(),
        });
    }
    let text = commitment.to_text();
    output::write(workspace, path, Sort::Plan, |out| {
        out.write_all(text.as_bytes())
            .map_err(|source| AppError::File {
                path: path.to_owned(),
                doing: "written",
                source,
            })
    })?;
    Ok(commitment)
}

/// Checks that somebody who counts answers for a saved plan: the key given, or one of the settings.
///
/// # Errors
///
/// [`AppError::NoTrust`] where nobody counts, [`AppError::Unanswered`] for a plan that is not signed, or by somebody else.
pub fn answered(
    workspace: &Workspace,
    commitment: &Commitment,
    key: Option<PublicKey>,
) -> Result<(), AppError> {
    let trusted = key.map_or_else(|| workspace.audit().trusted, |key| vec![key]);
    if trusted.is_empty() {
        return Err(AppError::NoTrust);
    }
    let unanswered = |cause: String| Err(AppError::Unanswered { cause });
    match signer(commitment)? {
        None => unanswered("nobody signed it".to_owned()),
        Some(signer) if !trusted.contains(&signer) => {
            unanswered(format!("it is signed with {signer}, which does not count"))
        }
        Some(_) => Ok(()),
    }
}

/// Returns who signed a saved plan, if somebody did.
///
/// # Errors
///
/// [`AppError::Unanswered`] for a signature that does not hold.
fn signer(commitment: &Commitment) -> Result<Option<PublicKey>, AppError> {
    let Some(Seal { key, signature }) = &commitment.signature else {
        return Ok(None);
    };
    let key: Option<PublicKey> = key.parse().ok();
    let signature: Option<TextSignature> = signature.parse().ok();
    let message = commitment.message();
    match (key, signature) {
        (Some(key), Some(signature)) if key.has_signed(&message, &signature) => Ok(Some(key)),
        _ => Err(AppError::Unanswered {
            cause: "its signature does not hold".to_owned(),
        }),
    }
}

/// Reads a saved plan. One that is signed is what was signed.
///
/// # Errors
///
/// When the file cannot be read, or is not as it was written.
pub fn saved(path: &Path) -> Result<Commitment, AppError> {
    let unread = |source| AppError::File {
        path: path.to_owned(),
        doing: "read",
        source,
    };
    let unreadable = |cause: String| AppError::from(Stale::Unreadable { cause });
    // A pipe would be waited for.
    let open = openat(
        CWD,
        path,
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    );
    let file = File::from(open.map_err(|error| unread(error.into()))?);
    if !file.metadata().map_err(unread)?.is_file() {
        let cause = "it is no regular file: save the plan in one";
        return Err(unread(io::Error::new(io::ErrorKind::InvalidInput, cause)));
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unread)?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(unreadable(format!("it is larger than {FILE_BYTES} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is no text".to_owned()))?;
    let commitment = Commitment::read(&text)?;
    signer(&commitment)?;
    Ok(commitment)
}
