//! Saved plans on disk: written whole or not at all, and read with a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};

use super::output::{self, Sort};
use super::{AppError, Planned, Workspace, World};
use crate::guard::{Ask, Commitment, FILE_BYTES, Judged, Stale};

/// Saves a plan as a commitment, readable by its owner alone. One that a guard refuses is not worth saving: nobody could
/// apply it.
///
/// # Errors
///
/// When the file cannot be written, or something else has its place.
pub fn save(
    workspace: &Workspace,
    planned: &Planned,
    ask: &Ask,
    world: &World<'_>,
    path: &Path,
) -> Result<Commitment, AppError> {
    let commitment = Commitment::to(
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

/// Reads a saved plan.
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
    Ok(Commitment::read(&text)?)
}
