//! Mail: into a folder of `.eml` files.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::governance::{Mail, Outcome};

/// Sends mail.
pub trait Mailer {
    /// Sends a mail, or finds out that it was sent already: the key is the same however often it is tried.
    fn send(&mut self, key: &str, mail: &Mail, at: Timestamp) -> Outcome;
}

/// A folder that takes each mail as a file.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Returns the folder of a path; it is made with the first mail.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Mailer for Folder {
    fn send(&mut self, key: &str, mail: &Mail, at: Timestamp) -> Outcome {
        let name = crate::model::Digest::of(key.as_bytes());
        let file = self
            .path
            .join(format!("{}-{name}.eml", mail.template.as_str()));
        if file.exists() {
            return Outcome::Done;
        }
        let text = format!(
            "To: {}\r\nDate: {at}\r\n\r\n{}\r\n",
            mail.to, mail.facts.package
        );
        let written =
            std::fs::create_dir_all(&self.path).and_then(|()| std::fs::write(&file, text));
        match written {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Later(error.to_string()),
        }
    }
}
