//! A store held against the heads that are known of it, whenever it is opened.

use super::heads::{HeadsFile, Heard};
use super::memory;
use crate::app::{AppError, Workspace};
use crate::audit::{Chain, Conflict, Hash, KnownHeads};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::store::{Order, Store, StoreError};

/// Refuses a store that disagrees with what the heads file knew when it had this length, unless the command goes on with it.
pub(in crate::app) fn hold(
    workspace: &Workspace,
    heads: &HeadsFile,
    length: u64,
    store: &dyn Store,
) -> Result<(), AppError> {
    match found(workspace, heads, length, store)? {
        (Some(conflict), _) if !workspace.accept_restore => Err(AppError::Restored {
            store: store.name().to_owned(),
            conflict: Box::new(conflict),
        }),
        _ => Ok(()),
    }
}

/// Returns how an open store disagrees with what is known of it. Without `--accept-restore` it would not be open.
pub(in crate::app) fn conflict(
    workspace: &Workspace,
    store: &dyn Store,
) -> Result<Option<Conflict>, AppError> {
    let Some(heads) = workspace.audit().heads else {
        return Ok(None);
    };
    let length = heads.length()?;
    Ok(found(workspace, &heads, length, store)?.0)
}

/// Warns of a store that was put back and is gone on with, and of a heads file that lacks what the log remembers or whose
/// last line was never finished.
pub(in crate::app) fn warn(
    workspace: &Workspace,
    store: &dyn Store,
    warnings: &mut Diagnostics,
) -> Result<(), AppError> {
    let Some(heads) = workspace.audit().heads else {
        return Ok(());
    };
    let length = heads.length()?;
    let (conflict, heard) = found(workspace, &heads, length, store)?;
    if let Some(lost) = memory::last(store, heard.highest)? {
        let message = format!(
            "{} lacks the head of {} entries that was kept there on {}",
            heads.path().display(),
            lost.size,
            lost.at
        );
        let help = "find out who took it away; the next apply with the key keeps a new one";
        warnings.push(Diagnostic::warning(code::HEADS_LOST, message).help(help));
    }
    if heard.torn {
        let message = format!(
            "{} ends in the middle of a line, as after a loss of power",
            heads.path().display()
        );
        let help = "the heads before it count; the next head takes its place";
        warnings.push(Diagnostic::warning(code::HEADS_TORN, message).help(help));
    }
    if let Some(conflict) = conflict {
        let message = format!("this goes on with a store that was put back: {conflict}");
        let help = "what was done since then is not known here; look through the plan with care";
        warnings.push(Diagnostic::warning(code::STORE_RESTORED, message).help(help));
    }
    Ok(())
}

fn found(
    workspace: &Workspace,
    heads: &HeadsFile,
    length: u64,
    store: &dyn Store,
) -> Result<(Option<Conflict>, Heard), AppError> {
    let head = store.head()?;
    let name = store.name().to_owned();
    let mut known = KnownHeads::new(&name, &head.lineage);
    let heard = heads.tell(length, &workspace.audit().trusted, &mut known)?;
    let mut hash = |seq| hash_at(store, &head.lineage, seq);
    let conflict = known.judge(head.audit_size, &mut hash)?;
    Ok((conflict, heard))
}

/// Returns the hash that a store has at a number of entries.
pub(super) fn hash_at(
    store: &dyn Store,
    lineage: &str,
    seq: u64,
) -> Result<Option<Hash>, StoreError> {
    if seq == 0 {
        return Ok(Some(Chain::new(lineage).hash()));
    }
    let page = store.page(seq, Order::Up, 1)?;
    let kept = page.into_iter().next().filter(|kept| kept.seq == seq);
    Ok(kept.map(|kept| kept.hash))
}
