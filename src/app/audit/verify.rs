//! The whole log checked: every entry, every name that is still kept, every signed head.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::forget::FORGET;
use super::heads::{genuine, hear};
use super::memory::{Remembered, remembered};
use crate::app::{AppError, Workspace};
use crate::audit::{
    BrokenAt, Chain, Conflict, Hash, Kept, KnownHeads, PublicKey, Wrong, follow, mention,
};
use crate::render::report::Verified;
use crate::store::{OpenMode, Order, Store, StoreError};

/// Checks the log of the project's store against itself, against what is kept of people, and against signed heads: those
/// given, or else those of the heads file. With `key` only heads that it signed count.
///
/// The store is read in pages; `progress` hears how many entries are done.
///
/// # Errors
///
/// [`AppError::Broken`] with the first entry at fault, [`AppError::Restored`] for a store that is another one than the heads
/// know, [`AppError::Heads`] for heads that cannot be trusted, [`AppError::HeadLost`] for a heads file that lacks a head which
/// the log remembers.
pub fn verify(
    workspace: &Workspace,
    given: Option<(&str, &mut dyn BufRead)>,
    key: Option<PublicKey>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Verified, AppError> {
    let audit = workspace.audit();
    let trusted = key.map_or(audit.trusted, |key| vec![key]);
    // Heads first: what is appended to the log meanwhile does no harm.
    let file = audit.heads.filter(|_| given.is_none());
    let length = file.as_ref().map(|file| file.length()).transpose()?;
    let store = workspace.open_anyway(OpenMode::Read)?;
    let (name, lineage) = (store.name().to_owned(), store.head()?.lineage);
    let mut known = KnownHeads::new(&name, &lineage);
    let was_given = given.is_some();
    if let Some((name, lines)) = given {
        hear(name, lines, &trusted, &mut known)?;
    } else if let (Some(file), Some(length)) = (&file, length) {
        file.tell(length, &trusted, &mut known)?;
    }
    for head in known.counting() {
        genuine(head, &trusted).map_err(|cause| AppError::Heads {
            name: "the heads".to_owned(),
            line: 0,
            cause: format!("the head of {} entries: {cause}", head.head.size),
        })?;
    }
    if let Ok(Some(conflict @ Conflict::Replaced { .. })) =
        known.judge(u64::MAX, &mut |_| Ok::<_, ()>(None))
    {
        return Err(AppError::Restored {
            store: name,
            conflict: Box::new(conflict),
        });
    }
    if was_given && known.counting().is_empty() {
        return Err(AppError::NoHead { store: name });
    }
    let broken = |broken: BrokenAt| AppError::Broken {
        store: name.clone(),
        broken: Box::new(broken),
    };
    let mut at: BTreeMap<u64, (Hash, Timestamp)> = BTreeMap::new();
    for head in known.counting() {
        at.insert(head.head.size, (head.head.hash, head.head.at));
    }
    let mut checked = Check {
        chain: Chain::new(&lineage),
        heads: &at,
        people: RefCell::default(),
        gone: BTreeMap::new(),
        erased: BTreeSet::new(),
        remembered: None,
        failed: RefCell::default(),
    };
    let head = checked.run(&*store, progress)?.map_err(broken)?;
    if let Some((size, (_, signed))) = at.range(checked.chain.size() + 1..).next_back() {
        return Err(broken(BrokenAt {
            seq: checked.chain.size() + 1,
            wrong: Wrong::Cut {
                known: *size,
                at: *signed,
            },
        }));
    }
    if let (Some(file), Some(lost)) = (&file, checked.remembered) {
        let known = known.highest().map_or(0, |head| head.head.size);
        if known < lost.size {
            return Err(AppError::HeadLost {
                heads: file.path().to_owned(),
                size: lost.size,
                at: lost.at,
            });
        }
    }
    // The log holds; now everything else against it.
    store.prove()?;
    let newest = known.highest().cloned();
    Ok(Verified {
        store: name.clone(),
        origin: head.lineage,
        size: checked.chain.size(),
        hash: checked.chain.hash(),
        heads: at.len() as u64,
        is_key_known: !trusted.is_empty(),
        newest,
    })
}

struct Check<'h> {
    chain: Chain,
    heads: &'h BTreeMap<u64, (Hash, Timestamp)>,
    people: RefCell<HashMap<String, Option<String>>>,
    /// The people of whom nothing is kept, by id, with the first entry that names them.
    gone: BTreeMap<String, u64>,
    /// What entries say that somebody was erased.
    erased: BTreeSet<String>,
    /// The last head that an entry remembers.
    remembered: Option<Remembered>,
    failed: RefCell<Option<StoreError>>,
}

impl Check<'_> {
    /// Walks the log to its end, which may move on meanwhile.
    fn run(
        &mut self,
        store: &dyn Store,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Result<crate::store::Head, BrokenAt>, StoreError> {
        if let Err(broken) = self.meets_head() {
            return Ok(Err(broken));
        }
        loop {
            let before = self.chain.size();
            let of = store.head()?.audit_size;
            let mut broken = None;
            let mut see = |kept: Kept| {
                if kept.seq.is_multiple_of(4096) {
                    progress(kept.seq, of);
                }
                broken = self.entry(store, &kept).err();
                if broken.is_some() || self.failed.borrow().is_some() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            store.walk(
                if before == 0 { 0 } else { before + 1 },
                Order::Up,
                &mut see,
            )?;
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            if let Some(broken) = broken {
                return Ok(Err(broken));
            }
            let head = store.head()?;
            let size = self.chain.size();
            let wrong = |seq, wrong| Ok(Err(BrokenAt { seq, wrong }));
            if head.audit_size > size && size == before {
                return wrong(size + 1, Wrong::Missing);
            }
            if head.audit_size < size {
                return wrong(head.audit_size + 1, Wrong::Added);
            }
            if head.audit_size == size {
                if head.audit_hash != self.chain.hash().to_string() {
                    return wrong(size, Wrong::Changed);
                }
                return Ok(self.all_were_erased().map(|()| head));
            }
        }
    }

    fn entry(&mut self, store: &dyn Store, kept: &Kept) -> Result<(), BrokenAt> {
        let (people, failed) = (&self.people, &self.failed);
        follow(&mut self.chain, kept, &|id| {
            if let Some(mac) = people.borrow().get(id) {
                return mac.clone();
            }
            let found = store.people(&BTreeSet::from([id.to_owned()]));
            let mac = match found {
                Ok(mut found) => found.remove(id).map(|known| known.mac),
                Err(error) => {
                    failed.replace(Some(error));
                    None
                }
            };
            people.borrow_mut().insert(id.to_owned(), mac.clone());
            mac
        })?;
        self.note(kept)?;
        self.meets_head()
    }

    /// Notes who is named and nowhere kept, and who was erased.
    fn note(&mut self, kept: &Kept) -> Result<(), BrokenAt> {
        let said = kept.said().map_err(|error| BrokenAt {
            seq: kept.seq,
            wrong: Wrong::Unreadable(error.to_string()),
        })?;
        self.remembered = remembered(&said).or(self.remembered);
        let people = self.people.borrow();
        for id in said.people.into_keys() {
            if people.get(&id).is_some_and(Option::is_none) {
                self.gone.entry(id).or_insert(kept.seq);
            }
        }
        if said.action == FORGET {
            self.erased.insert(said.reason);
        }
        Ok(())
    }

    /// Checks that whoever is gone was erased by somebody who is on record.
    fn all_were_erased(&self) -> Result<(), BrokenAt> {
        let unsaid = self
            .gone
            .iter()
            .find(|(id, _)| !self.erased.contains(&mention(id)));
        match unsaid {
            None => Ok(()),
            Some((id, seq)) => Err(BrokenAt {
                seq: *seq,
                wrong: Wrong::Gone(id.clone()),
            }),
        }
    }

    /// Holds the chain against the head that was signed at its size, if there is one.
    fn meets_head(&self) -> Result<(), BrokenAt> {
        let (seq, found) = (self.chain.size(), self.chain.hash());
        match self.heads.get(&seq) {
            Some((known, _)) if *known != found => Err(BrokenAt {
                seq,
                wrong: Wrong::Rewritten {
                    found,
                    known: *known,
                },
            }),
            _ => Ok(()),
        }
    }
}
