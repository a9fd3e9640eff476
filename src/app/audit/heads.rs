//! The heads file: one signed head a line, only ever appended to, and kept where whoever writes the store cannot.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::app::AppError;
use crate::audit::{KnownHeads, PublicKey, SignedHead};

/// The longest line that can be a head.
const LINE: u64 = 16 * 1024;

/// A heads file, which may not be there yet.
#[derive(Debug, Clone)]
pub(in crate::app) struct HeadsFile {
    path: PathBuf,
}

/// How a heads file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) struct Heard {
    /// Whether it ends in the middle of a line, as after a loss of power.
    pub(in crate::app) torn: bool,
    /// How many entries the head with the most is of.
    pub(in crate::app) highest: u64,
}

impl HeadsFile {
    pub(in crate::app) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(in crate::app) fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, doing: &'static str) -> impl Fn(io::Error) -> AppError + '_ {
        move |source| AppError::File {
            path: self.path.clone(),
            doing,
            source,
        }
    }

    /// Returns how long the file is, at a moment at which nobody writes a line. Whatever a store is held against is read up
    /// to here, so that a head that somebody adds meanwhile raises no alarm.
    pub(in crate::app) fn length(&self) -> Result<u64, AppError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(self.failed("read")(error)),
        };
        let length = || -> io::Result<u64> {
            match file.lock_shared() {
                // A file system without locks has no half lines for long either.
                Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
                _ => {}
            }
            Ok(file.metadata()?.len())
        };
        length().map_err(self.failed("read"))
    }

    /// Lets what is known of a store hear the heads, up to a length of the file. Each must be signed with a key that counts;
    /// with none given, with its own.
    ///
    /// # Errors
    ///
    /// [`AppError::Heads`] for a line that is no head, or one whose signature does not hold.
    pub(in crate::app) fn tell(
        &self,
        length: u64,
        trusted: &[PublicKey],
        known: &mut KnownHeads<'_>,
    ) -> Result<Heard, AppError> {
        let none = Heard {
            torn: false,
            highest: 0,
        };
        if length == 0 {
            return Ok(none);
        }
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(none),
            Err(error) => return Err(self.failed("read")(error)),
        };
        hear(
            &self.path.display().to_string(),
            BufReader::new(file.take(length)),
            trusted,
            known,
        )
    }

    /// Checks that a line could be appended, without making anything.
    pub(in crate::app) fn check(&self) -> Result<(), AppError> {
        match OpenOptions::new().append(true).open(&self.path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = std::fs::metadata(folder(&self.path));
                folder.map(drop).map_err(self.failed("written"))
            }
            Err(error) => Err(self.failed("written")(error)),
        }
    }

    /// Appends a head, durably. A line that was never finished goes first.
    pub(in crate::app) fn append(&self, head: &SignedHead) -> io::Result<()> {
        let fresh = !self.path.exists();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&self.path)?;
        file.lock()?;
        let length = file.metadata()?.len();
        let (whole, ends) = end_of_lines(&mut file, length)?;
        let mut line = format!("{head}\n");
        if !ends {
            let tail = tail(&mut file, whole, length)?;
            if tail.trim().parse::<SignedHead>().is_ok() {
                // Nothing but the end of the line was lost.
                line.insert(0, '\n');
                file.seek(SeekFrom::Start(length))?;
            } else {
                file.set_len(whole)?;
                file.seek(SeekFrom::Start(whole))?;
            }
        } else {
            file.seek(SeekFrom::Start(length))?;
        }
        file.write_all(line.as_bytes())?;
        file.sync_all()?;
        if fresh {
            // The name must outlive a loss of power as well.
            File::open(folder(&self.path))?.sync_all()?;
        }
        Ok(())
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Returns where the last whole line ends, and whether the file ends there.
fn end_of_lines(file: &mut File, length: u64) -> io::Result<(u64, bool)> {
    let start = length.saturating_sub(LINE);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(LINE).read_to_end(&mut bytes)?;
    let last = bytes.iter().rposition(|byte| *byte == b'\n');
    match last {
        Some(at) => Ok((start + at as u64 + 1, at + 1 == bytes.len())),
        None if start == 0 => Ok((0, bytes.is_empty())),
        None => Err(io::Error::new(
            ErrorKind::InvalidData,
            "its last line is no head",
        )),
    }
}

fn tail(file: &mut File, from: u64, to: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(to - from).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads heads line by line.
pub(super) fn hear(
    name: &str,
    mut lines: impl BufRead,
    trusted: &[PublicKey],
    known: &mut KnownHeads<'_>,
) -> Result<Heard, AppError> {
    let mut heard = Heard {
        torn: false,
        highest: 0,
    };
    let wrong = |line: u64, cause: String| AppError::Heads {
        name: name.to_owned(),
        line,
        cause,
    };
    for number in 1.. {
        let mut bytes = Vec::new();
        (&mut lines)
            .take(LINE)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| wrong(number, error.to_string()))?;
        if bytes.is_empty() {
            break;
        }
        let ended = bytes.ends_with(b"\n");
        let text = String::from_utf8_lossy(&bytes);
        if text.trim().is_empty() {
            continue;
        }
        let head: SignedHead = match text.trim().parse() {
            Ok(head) => head,
            Err(_) if !ended && (bytes.len() as u64) < LINE => {
                heard.torn = true;
                break;
            }
            Err(cause) => return Err(wrong(number, cause)),
        };
        if !known.is_about(&head.head) {
            continue;
        }
        // Of the others only the ones that count in the end are checked.
        if head.head.restored {
            genuine(&head, trusted).map_err(|cause| wrong(number, cause))?;
        }
        known.hear(head);
    }
    heard.highest = known.highest().map_or(0, |head| head.head.size);
    for head in known.telling() {
        let of = |cause: String| AppError::Heads {
            name: name.to_owned(),
            line: 0,
            cause: format!("the head of {} entries: {cause}", head.head.size),
        };
        genuine(head, trusted).map_err(of)?;
    }
    Ok(heard)
}

/// Checks that a head is signed by a key that counts.
pub(super) fn genuine(head: &SignedHead, trusted: &[PublicKey]) -> Result<(), String> {
    if !head.is_genuine() {
        return Err("its signature does not hold".to_owned());
    }
    if !trusted.is_empty() && !trusted.contains(&head.key) {
        return Err(format!(
            "it is signed with {}, which does not count",
            head.key
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Chain, Head, Key};

    fn signed(size: u64, restored: bool) -> SignedHead {
        Key::from_bytes(&[3; 32]).sign(Head {
            at: jiff::Timestamp::UNIX_EPOCH,
            hash: Chain::new("L").hash(),
            origin: "L".to_owned(),
            restored,
            size,
            store: "s".to_owned(),
        })
    }

    fn file() -> (tempfile::TempDir, HeadsFile) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("heads");
        (folder, HeadsFile::new(path))
    }

    fn highest(file: &HeadsFile, trusted: &[PublicKey]) -> Result<(Option<u64>, bool), AppError> {
        let mut known = KnownHeads::new("s", "L");
        let heard = file.tell(file.length()?, trusted, &mut known)?;
        Ok((known.highest().map(|head| head.head.size), heard.torn))
    }

    #[test]
    fn a_line_that_was_never_finished_is_told_and_then_replaced() {
        let (_folder, file) = file();
        assert_eq!(highest(&file, &[]).expect("read"), (None, false));
        file.append(&signed(1, false)).expect("appended");
        file.append(&signed(2, false)).expect("appended");
        let whole = std::fs::read_to_string(file.path()).expect("read");
        let cut = |bytes: usize| std::fs::write(file.path(), &whole[..bytes]).expect("written");
        cut(whole.len() - 20);
        assert_eq!(highest(&file, &[]).expect("read"), (Some(1), true));
        file.append(&signed(3, false)).expect("appended");
        assert_eq!(highest(&file, &[]).expect("read"), (Some(3), false));
        // Only the end of the line is missing: the head counts.
        cut(whole.len() - 1);
        assert_eq!(highest(&file, &[]).expect("read"), (Some(2), false));
        file.append(&signed(3, false)).expect("appended");
        let lines = std::fs::read_to_string(file.path()).expect("read");
        assert_eq!(lines.lines().count(), 3);
        assert_eq!(highest(&file, &[]).expect("read"), (Some(3), false));
    }

    #[test]
    fn a_line_that_is_no_head_is_named() {
        let (_folder, file) = file();
        let text = format!("{}\nnonsense\n{}\n", signed(1, false), signed(2, false));
        std::fs::write(file.path(), text).expect("written");
        let error = highest(&file, &[]).expect_err("no head");
        assert!(matches!(error, AppError::Heads { line: 2, .. }), "{error}");
    }

    #[test]
    fn only_keys_that_count_count() {
        let (_folder, file) = file();
        file.append(&signed(1, false)).expect("appended");
        let own = Key::from_bytes(&[3; 32]).public();
        let other = Key::from_bytes(&[4; 32]).public();
        assert!(highest(&file, &[other, own]).is_ok());
        assert!(highest(&file, &[other]).is_err());
        // A forged line that says that the store was put back must not make the others void.
        let forged = signed(1, true)
            .to_string()
            .replace("\"size\":1", "\"size\":0");
        let mut text = std::fs::read_to_string(file.path()).expect("read");
        text += &forged;
        text += "\n";
        std::fs::write(file.path(), text).expect("written");
        let error = highest(&file, &[]).expect_err("forged");
        assert!(matches!(error, AppError::Heads { line: 2, .. }), "{error}");
    }
}
