//! `guestlist audit verify`.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;

use clap::Args;

use super::{Context, Exit, Failure};
use crate::app::{self, AppError};
use crate::audit::PublicKey;
use crate::cli::progress::Progress;
use crate::render::{json, view};

/// Check that the audit log is as it was written
///
/// Checks every entry, the names that are still kept, and the signed heads: those given, or else those of the heads file.
/// Names the first entry that is not as it was written, and exits with 9.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Hold it against the signed heads in this file, or in standard input with `-`
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,

    /// Let only heads count that this public key signed
    #[arg(long, value_name = "PUBLIC")]
    key: Option<PublicKey>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let mut input: Option<(String, Box<dyn BufRead>)> = match &self.head {
            None => None,
            Some(path) if path.as_os_str() == "-" => {
                Some(("standard input".to_owned(), Box::new(io::stdin().lock())))
            }
            Some(path) => {
                let path = cx.path(path);
                let file = File::open(&path).map_err(|source| AppError::File {
                    path: path.clone(),
                    doing: "read",
                    source,
                })?;
                Some((path.display().to_string(), Box::new(BufReader::new(file))))
            }
        };
        let progress = Progress::start(cx, "checking");
        let given = input
            .as_mut()
            .map(|(name, lines)| (name.as_str(), &mut **lines as &mut dyn BufRead));
        let verified = app::audit_verify(&workspace, given, self.key, &mut |done, of| {
            let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            progress.tell(count(done), count(of));
        });
        drop(progress);
        let verified = verified?;
        cx.report(
            |out| view::audit_verified(&verified, out),
            || json::v1::AuditVerify::from(&verified),
        )?;
        Ok(Exit::Done)
    }
}
