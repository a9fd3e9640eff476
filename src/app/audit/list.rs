//! The newest entries that somebody asks for.

use std::ops::ControlFlow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::names::Names;
use crate::app::{AppError, Workspace};
use crate::audit::{BrokenAt, Chain, Hash, Kept, Said, Wrong, canonical, mention};
use crate::model::text::{Duration, Malformed, When};
use crate::plan::Pattern;
use crate::render::report::Recorded;
use crate::store::{Head, OpenMode, Order, Store, StoreError};

/// Which entries are asked for.
#[derive(Debug, Clone)]
pub struct AuditQuery {
    /// Not before this instant.
    pub since: Option<Timestamp>,
    /// Of objects whose address is like this.
    pub address: Option<String>,
    /// By this person, or by the id of one.
    pub actor: Option<String>,
    /// So many at most.
    pub limit: usize,
}

/// Reads since when: an instant, a date from its beginning on, or a duration before now.
///
/// # Errors
///
/// Says what is wrong with the text.
pub fn since(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Malformed> {
    if let Ok(duration) = Duration::parse(text) {
        let seconds = i64::try_from(duration.as_seconds()).unwrap_or(i64::MAX);
        let before = now.checked_sub(jiff::SignedDuration::from_secs(seconds));
        return Ok(before.unwrap_or(Timestamp::MIN));
    }
    let when = When::parse(text)?;
    Ok(when.start(zone))
}

/// The entries found, and what is wrong with the log as far as it was read for them.
#[derive(Debug)]
pub struct Listed {
    /// The entries, the newest first.
    pub entries: Vec<Recorded>,
    /// The first entry that is not as it was written.
    pub broken: Option<AppError>,
}

/// Lists entries, the newest first, with names where they are known. What is read is checked on the way, and listed all the
/// same.
///
/// # Errors
///
/// For a pattern that cannot be read, and a store that cannot be read.
pub fn list(workspace: &Workspace, query: &AuditQuery) -> Result<Listed, AppError> {
    let pattern = query.address.as_deref().map(Pattern::new).transpose()?;
    let store = workspace.open(OpenMode::Read)?;
    let actor = query
        .actor
        .as_deref()
        .map(|who| Actor::find(&*store, who))
        .transpose()?;
    let mut names = Names::default();
    let mut found = Vec::new();
    let mut failed = None;
    let before = store.head()?;
    let mut check = Downward::default();
    let mut see = |kept: Kept| {
        check.see(&kept);
        if found.len() >= query.limit {
            // One more than was asked for, which the last one follows.
            check.is_enough = true;
            return ControlFlow::Break(());
        }
        match look(&*store, &kept, &mut names) {
            Ok(said) => {
                let address = said.address.as_deref();
                let is_asked = query.since.is_none_or(|since| said.at >= since)
                    && pattern.as_ref().is_none_or(|pattern| {
                        address.is_some_and(|address| pattern.matches(address))
                    })
                    && actor.as_ref().is_none_or(|actor| actor.did(&said));
                if is_asked {
                    found.push(recorded(&kept, said, &names));
                }
            }
            Err(error) => failed = Some(error),
        }
        if failed.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    store.walk(u64::MAX, Order::Down, &mut see)?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let broken = check.end(&before, &store.head()?);
    Ok(Listed {
        entries: found,
        broken: broken.map(|broken| AppError::Broken {
            store: store.name().to_owned(),
            broken: Box::new(broken),
        }),
    })
}

/// A check of entries that come the newest first.
#[derive(Default)]
struct Downward {
    top: Option<(u64, Hash)>,
    /// The last entry seen, whose place shows with the one before it.
    open: Option<Kept>,
    is_enough: bool,
    broken: Option<BrokenAt>,
}

impl Downward {
    fn see(&mut self, kept: &Kept) {
        self.top.get_or_insert((kept.seq, kept.hash));
        if let Some(after) = self.open.replace(kept.clone()) {
            self.follows(Chain::resume(kept.seq, kept.hash), &after);
        }
    }

    fn follows(&mut self, mut chain: Chain, after: &Kept) {
        let wrong = if chain.size() + 1 != after.seq {
            Wrong::Missing
        } else if chain.append(&after.text) != after.hash {
            Wrong::Changed
        } else {
            return;
        };
        let seq = chain.size().min(after.seq - 1) + 1;
        self.broken = Some(BrokenAt { seq, wrong });
    }

    /// Returns the first entry at fault, given where the store was before and after the walk.
    fn end(mut self, before: &Head, after: &Head) -> Option<BrokenAt> {
        if let Some(first) = self.open.take().filter(|_| !self.is_enough) {
            self.follows(Chain::new(&after.lineage), &first);
        }
        let (top, hash) = self.top.unwrap_or((0, Chain::new(&after.lineage).hash()));
        let wrong = if top > after.audit_size {
            BrokenAt {
                seq: after.audit_size + 1,
                wrong: Wrong::Added,
            }
        } else if top < before.audit_size {
            BrokenAt {
                seq: top + 1,
                wrong: Wrong::Missing,
            }
        } else if top == after.audit_size && hash.to_string() != after.audit_hash {
            BrokenAt {
                seq: top.max(1),
                wrong: Wrong::Changed,
            }
        } else {
            return self.broken;
        };
        match self.broken {
            Some(broken) if broken.seq < wrong.seq => Some(broken),
            _ => Some(wrong),
        }
    }
}

/// Who is asked for.
struct Actor {
    /// As entries mention them; `None` for somebody whom the store does not know.
    mention: Option<String>,
    /// As entries of form 1 name them.
    value: String,
}

impl Actor {
    fn find(store: &dyn Store, who: &str) -> Result<Self, StoreError> {
        let value = canonical(who);
        let id = store.person(&value)?;
        Ok(Self {
            // Somebody who was erased can still be asked for by the id that entries show.
            mention: Some(id.map_or_else(|| who.to_owned(), |id| mention(&id))),
            value,
        })
    }

    fn did(&self, said: &Said) -> bool {
        if said.is_plain() {
            return canonical(&said.actor) == self.value;
        }
        self.mention.as_ref() == Some(&said.actor)
    }
}

/// Reads an entry and learns who is in it.
fn look(store: &dyn Store, kept: &Kept, names: &mut Names) -> Result<Said, StoreError> {
    let said = kept.said().map_err(|error| StoreError::Damaged {
        name: store.name().to_owned(),
        cause: format!("audit entry {} is unreadable: {error}", kept.seq),
    })?;
    names.learn(store, &said)?;
    Ok(said)
}

fn recorded(kept: &Kept, said: Said, names: &Names) -> Recorded {
    let person = said.actor.strip_prefix(&mention("")).map(str::to_owned);
    Recorded {
        seq: kept.seq,
        actor: names.show(&said, &said.actor),
        person,
        address: said
            .address
            .as_deref()
            .map(|address| names.show(&said, address)),
        target: said
            .target
            .as_deref()
            .map(|target| names.show(&said, target)),
        reason: names.show(&said, &said.reason),
        at: said.at,
        action: said.action,
        before: said.before,
        after: said.after,
        run: said.run,
        via: said.via,
        hash: kept.hash,
    }
}
