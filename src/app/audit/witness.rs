//! Signing where a log is, and keeping that outside of the store.

use jiff::{SignedDuration, Timestamp};

use super::heads::HeadsFile;
use super::key::key;
use super::memory;
use crate::app::{AppError, Workspace, World};
use crate::audit::{Act, Conflict, Head, Key, KnownHeads, PublicKey, SignedHead};
use crate::render::report::Signing;
use crate::store::{self, Lease, Store};

/// After so many entries the next command that writes signs a head, even one that is no apply.
const ENTRIES: u64 = 1_000;
/// After so long as well, if there is an entry at all.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Signs heads, if there is a key, and appends them to the heads file, if there is one.
#[derive(Debug)]
pub(in crate::app) struct Witness {
    key: Option<Key>,
    heads: Option<HeadsFile>,
    trusted: Vec<PublicKey>,
}

impl Witness {
    /// Finds the key and looks at the heads file, before anything is written that could not be witnessed afterwards.
    ///
    /// # Errors
    ///
    /// For a key or a heads file that cannot be used.
    pub(in crate::app) fn find(workspace: &Workspace, world: &World<'_>) -> Result<Self, AppError> {
        let key = key(workspace, world)?;
        let audit = workspace.audit();
        if let (Some(heads), true) = (&audit.heads, key.is_some()) {
            heads.check()?;
        }
        Ok(Self {
            key,
            heads: audit.heads,
            trusted: audit.trusted,
        })
    }

    /// Signs where a log is.
    pub(in crate::app) fn sign(&self, store: &str, head: &store::Head, now: Timestamp) -> Signing {
        match self.signed(store, head, now, false) {
            Ok(Some(signed)) => Signing::Signed(Box::new(signed)),
            Ok(None) if self.heads.is_some() => Signing::NoKey,
            Ok(None) => Signing::Off,
            Err(cause) => Signing::Failed(cause),
        }
    }

    /// As [`Self::sign`], and writes down in the log that the head is kept outside.
    pub(in crate::app) fn sign_and_remember(
        &self,
        store: &mut dyn Store,
        lease: &Lease,
        head: &store::Head,
        world: &World<'_>,
    ) -> Signing {
        let name = store.name().to_owned();
        let signing = self.sign(&name, head, world.clock.now());
        let (Signing::Signed(signed), Some(_)) = (&signing, &self.heads) else {
            return signing;
        };
        match memory::remember(store, lease, world, signed) {
            Ok(()) => signing,
            Err(error) => Signing::Failed(format!(
                "it was signed and kept, and the store cannot write that down: {error}"
            )),
        }
    }

    /// Signs where a log is if the last head is far behind: for commands that write and are no apply.
    pub(in crate::app) fn sign_when_due(&self, store: &dyn Store, now: Timestamp) -> Signing {
        match self.is_due(store, now) {
            Ok(None) => Signing::Off,
            Ok(Some(head)) => self.sign(store.name(), &head, now),
            Err(error) => Signing::Failed(error.to_string()),
        }
    }

    fn is_due(&self, store: &dyn Store, now: Timestamp) -> Result<Option<store::Head>, AppError> {
        let (Some(heads), Some(_)) = (&self.heads, &self.key) else {
            return Ok(None);
        };
        let head = store.head()?;
        let mut known = KnownHeads::new(store.name(), &head.lineage);
        heads.tell(heads.length()?, &self.trusted, &mut known)?;
        let due = match known.highest() {
            None => head.audit_size > 0,
            Some(last) => {
                let more = head.audit_size.saturating_sub(last.head.size);
                let old = now.duration_since(last.head.at) >= HOUR;
                more >= ENTRIES || (more > 0 && old)
            }
        };
        Ok(due.then_some(head))
    }

    fn signed(
        &self,
        store: &str,
        head: &store::Head,
        now: Timestamp,
        restored: bool,
    ) -> Result<Option<SignedHead>, String> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        let hash = head.audit_hash.parse();
        let signed = key.sign(Head {
            at: now,
            hash: hash.map_err(|error| format!("the store's head is no hash: {error}"))?,
            origin: head.lineage.clone(),
            restored,
            size: head.audit_size,
            store: store.to_owned(),
        });
        if let Some(heads) = &self.heads {
            heads.append(&signed).map_err(|error| {
                format!("{} cannot be written: {error}", heads.path().display())
            })?;
        }
        Ok(Some(signed))
    }

    /// Goes on with a store that was put back: recorded in its log, remembered in it, and told by a head that makes the
    /// earlier ones void.
    ///
    /// # Errors
    ///
    /// [`AppError::NoKey`] without a key: a head that nobody signed could make any other void.
    pub(in crate::app) fn accept(
        &self,
        store: &mut dyn Store,
        lease: &Lease,
        world: &World<'_>,
        conflict: &Conflict,
    ) -> Result<(), AppError> {
        if self.key.is_none() {
            return Err(AppError::NoKey);
        }
        let at = world.clock.now();
        let head = store.accept_restore(
            lease,
            &Act {
                action: "accept restore",
                actor: &world.actor,
                address: None,
                after: None,
                at,
                before: None,
                reason: &conflict.to_string(),
                run: None,
                target: None,
                via: "apply",
            },
        )?;
        let name = store.name().to_owned();
        match self.signed(&name, &head, at, true) {
            Ok(_) => Ok(()),
            Err(cause) => Err(AppError::Unkept { cause }),
        }
    }
}
