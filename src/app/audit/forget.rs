//! Erasing a person: from now on nothing in the store tells who they were, and the chain still holds.

use std::ops::ControlFlow;

use super::Witness;
use crate::app::hold::{self, Hold};
use crate::app::{AppError, Workspace, World};
use crate::audit::{Act, Kept, canonical, mention};
use crate::render::report::Signing;
use crate::store::{OpenMode, Order, Store, StoreError};

/// The action of the entry that says that somebody was erased.
pub(super) const FORGET: &str = "forget person";

/// Somebody who was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// The store, as people name it.
    pub store: String,
    /// The id that stands for them.
    pub id: String,
    /// How many entries of form 1 tell their name, which cannot be changed.
    pub plain: u64,
    /// The head that was signed afterwards, if one was due.
    pub signing: Signing,
}

/// Erases a person: name and salt go, and the log records that they went.
///
/// # Errors
///
/// [`AppError::NoSuchPerson`] for somebody whom the store does not know; otherwise those of the store and the key.
pub fn forget(workspace: &Workspace, world: &World<'_>, who: &str) -> Result<Forgotten, AppError> {
    let value = canonical(who);
    let unknown = || AppError::NoSuchPerson { who: value.clone() };
    let witness = Witness::find(workspace, world)?;
    // Looked at before anything is made.
    let known = workspace.open(OpenMode::Read)?.person(&value);
    match known {
        Ok(None) => return Err(unknown()),
        Ok(Some(_)) | Err(StoreError::Older { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let mut hold = hold::take(
        workspace,
        world,
        OpenMode::Existing,
        "audit forget",
        &|| false,
    )?;
    let now = world.clock.now();
    let Hold { store, lease, .. } = &mut hold;
    let erased = store.person(&value).and_then(|id| {
        let reason = id.as_deref().map(mention).unwrap_or_default();
        let act = Act {
            action: FORGET,
            actor: &world.actor,
            address: None,
            after: None,
            at: now,
            before: None,
            reason: &reason,
            run: None,
            target: None,
            via: "audit",
        };
        store.forget(lease, &value, &act)
    });
    let signing = match &erased {
        Ok(Some(_)) => witness.sign_when_due(&**store, now),
        _ => Signing::Off,
    };
    let (store, released) = hold.release();
    let id = erased?.ok_or_else(unknown)?;
    released?;
    Ok(Forgotten {
        store: store.name().to_owned(),
        id,
        plain: plain(&*store, &value)?,
        signing,
    })
}

/// Counts the entries that tell somebody by name.
fn plain(store: &dyn Store, value: &str) -> Result<u64, StoreError> {
    let mut plain = 0;
    let mut see = |kept: Kept| match kept.said() {
        // Newer entries tell nobody by name, and older ones come before them.
        Ok(said) if !said.is_plain() => ControlFlow::Break(()),
        Ok(said) => {
            let named = canonical(&said.actor) == value
                || said.reason.to_lowercase().contains(&value.to_lowercase());
            plain += u64::from(named);
            ControlFlow::Continue(())
        }
        Err(_) => ControlFlow::Continue(()),
    };
    store.walk(0, Order::Up, &mut see)?;
    Ok(plain)
}
