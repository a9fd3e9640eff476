//! Saved plans on disk: written whole or not at all, and read with a limit.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{AppError, Planned, World};
use crate::guard::{Ask, Commitment, FILE_BYTES, Stale};

/// Saves a plan as a commitment, readable by its owner alone. One that a guard refuses is not worth saving: nobody could
/// apply it.
///
/// # Errors
///
/// When the file cannot be written.
pub fn save(
    planned: &Planned,
    ask: &Ask,
    world: &World<'_>,
    path: &Path,
) -> Result<Commitment, AppError> {
    let commitment = Commitment::to(
        &planned.project,
        &planned.store,
        &planned.plan,
        ask,
        &planned.verdict,
        env!("CARGO_PKG_VERSION"),
        world.clock.now(),
    );
    write(path, &commitment.to_text()).map_err(|source| AppError::File {
        path: path.to_owned(),
        doing: "written",
        source,
    })?;
    Ok(commitment)
}

/// Replaces a file at once: a crash leaves the old one or the new one, never half of it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
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
    let file = File::open(path).map_err(unread)?;
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
