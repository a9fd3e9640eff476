//! Mail into a folder: a file for each, for laptops, tests, and programs that send it on.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use jiff::Timestamp;

use super::{Mailer, Writer};
use crate::governance::{Mail, Outcome};

/// A folder that takes each mail as an `.eml` file, named for when it was planned, for the text and for its key. A file that
/// is there was sent, also by a program that ended before it could say so.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    writer: Writer,
}

impl Folder {
    /// Returns the folder of a path; it is made with the first mail.
    #[must_use]
    pub const fn new(path: PathBuf, writer: Writer) -> Self {
        Self { path, writer }
    }

    /// Writes a file whole or not at all, readable for us alone. One that is there stays.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(self.path.join(name)) {
            Ok(_) => File::open(&self.path)?.sync_all(),
            // Somebody else has written the same mail meanwhile.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    }
}

impl Mailer for Folder {
    fn send(&mut self, key: &str, mail: &Mail, planned: Timestamp) -> Outcome {
        let template = mail.template.as_str();
        let id = self.writer.id(key, planned);
        let at = planned.strftime("%Y%m%dT%H%M%SZ");
        let name = format!("{at}-{template}-{id}.eml");
        if self.path.join(&name).exists() {
            return Outcome::Done;
        }
        let message = match self.writer.message(key, mail, planned) {
            Ok(message) => message.formatted(),
            Err(why) => return Outcome::Failed(why),
        };
        match self.write(&name, &message) {
            Ok(()) => Outcome::Done,
            Err(error) => {
                let folder = self.path.display();
                Outcome::Later(format!("the folder {folder} takes no mail: {error}"))
            }
        }
    }

    fn remembers(&self) -> bool {
        true
    }
}
