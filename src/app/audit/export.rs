//! The whole log as lines of JSON, streamed.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::names::Names;
use crate::app::output::{self, Sort};
use crate::app::{AppError, Workspace};
use crate::audit::{BrokenAt, Chain, Kept, Wrong, follow};
use crate::render::json;
use crate::store::{Head, OpenMode, Order, Store, StoreError};

/// Where an export goes.
pub enum Destination<'a> {
    /// To what is open already.
    Stream(&'a mut dyn Write),
    /// To a file, which takes the place of an old one once it is whole.
    File(&'a Path),
}

impl std::fmt::Debug for Destination<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stream(_) => "Stream",
            Self::File(_) => "File",
        })
    }
}

/// Writes every entry as a line of JSON and returns how many there are. With `names` a line says who is behind the ids, as far
/// as they are known; without it, it tells nobody's name that the log itself does not tell.
///
/// The entries are checked on the way. A stream gets all of them, whatever is wrong; a file is only made of a log that holds.
///
/// # Errors
///
/// [`AppError::Broken`] at the end, for a log that is not as it was written; for a store that cannot be read and a file that
/// cannot be written.
pub fn export(workspace: &Workspace, names: bool, to: Destination<'_>) -> Result<u64, AppError> {
    let store = workspace.open(OpenMode::Read)?;
    match to {
        Destination::Stream(out) => {
            let (count, error, broken) = lines(&*store, names, out)?;
            match error {
                Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(AppError::Output { source: error })
                }
                None => broken.map_or(Ok(count), |broken| Err(at_fault(&*store, broken))),
                Some(_) => Ok(count),
            }
        }
        Destination::File(path) => output::write(workspace, path, Sort::Export, |out| {
            let (count, error, broken) = lines(&*store, names, out)?;
            if let Some(source) = error {
                return Err(AppError::File {
                    path: path.to_owned(),
                    doing: "written",
                    source,
                });
            }
            broken.map_or(Ok(count), |broken| Err(at_fault(&*store, broken)))
        }),
    }
}

fn at_fault(store: &dyn Store, broken: BrokenAt) -> AppError {
    AppError::Broken {
        store: store.name().to_owned(),
        broken: Box::new(broken),
    }
}

/// Writes the lines; an error of writing ends it and is told apart from one of reading, and from a log that does not hold.
fn lines(
    store: &dyn Store,
    with_names: bool,
    out: &mut dyn Write,
) -> Result<(u64, Option<io::Error>, Option<BrokenAt>), StoreError> {
    let mut names = Names::default();
    let before = store.head()?;
    let mut chain = Chain::new(&before.lineage);
    let mut broken = None;
    let (mut count, mut unwritten, mut unread) = (0, None, None);
    let mut see = |kept: Kept| {
        if broken.is_none() {
            broken = follow(&mut chain, &kept, &|_| None).err();
        }
        match line(store, &kept, with_names.then_some(&mut names)) {
            Ok(line) => match json::write_line(out, &line) {
                Ok(()) => count += 1,
                Err(error) => unwritten = Some(error),
            },
            Err(error) => unread = Some(error),
        }
        if unwritten.is_some() || unread.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    store.walk(0, Order::Up, &mut see)?;
    if let Some(error) = unread {
        return Err(error);
    }
    if broken.is_none() && unwritten.is_none() {
        broken = ends(&chain, &before, &store.head()?).err();
    }
    Ok((count, unwritten, broken))
}

/// Checks that a chain ends where the store says, which was here before and is there now.
fn ends(chain: &Chain, before: &Head, now: &Head) -> Result<(), BrokenAt> {
    let size = chain.size();
    let broken = |seq, wrong| Err(BrokenAt { seq, wrong });
    if size < before.audit_size {
        return broken(size + 1, Wrong::Missing);
    }
    if size > now.audit_size {
        return broken(now.audit_size + 1, Wrong::Added);
    }
    if size == now.audit_size && chain.hash().to_string() != now.audit_hash {
        return broken(size.max(1), Wrong::Changed);
    }
    Ok(())
}

fn line(
    store: &dyn Store,
    kept: &Kept,
    names: Option<&mut Names>,
) -> Result<json::v1::AuditLine, StoreError> {
    let unreadable = |error: serde_json::Error| StoreError::Damaged {
        name: store.name().to_owned(),
        cause: format!("audit entry {} is unreadable: {error}", kept.seq),
    };
    let mut known = None;
    if let Some(names) = names {
        let said = kept.said().map_err(unreadable)?;
        names.learn(store, &said)?;
        let ids = said.people.keys();
        let named = ids.map(|id| (id.clone(), names.name(&said, id).to_owned()));
        known = Some(named.collect::<BTreeMap<_, _>>());
    }
    Ok(json::v1::AuditLine {
        format_version: json::v1::FormatVersion,
        entry: serde_json::from_str(&kept.text).map_err(unreadable)?,
        hash: kept.hash.to_string(),
        names: known,
    })
}
