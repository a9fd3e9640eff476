//! The newest entries that somebody asks for.

use std::ops::ControlFlow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::names::Names;
use crate::app::{AppError, Workspace};
use crate::audit::{Kept, Said, canonical, mention};
use crate::model::text::{Duration, Malformed, When};
use crate::plan::Pattern;
use crate::render::report::Recorded;
use crate::store::{OpenMode, Order, Store, StoreError};

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

/// Lists entries, the newest first, with names where they are known.
///
/// # Errors
///
/// For a pattern that cannot be read, and a store that cannot be read.
pub fn list(workspace: &Workspace, query: &AuditQuery) -> Result<Vec<Recorded>, AppError> {
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
    let mut see = |kept: Kept| {
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
        if failed.is_some() || found.len() >= query.limit {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    store.walk(u64::MAX, Order::Down, &mut see)?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(found),
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
