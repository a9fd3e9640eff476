//! What differs in what people may have: a row for each difference, with what makes it.
//!
//! Decided by comparing answers, never by looking at which keys changed. A package is *new* for somebody who could not ask
//! for it and can, and *gone* for somebody who could and cannot. Where they can on both sides it is *wider* when they may
//! choose terms that none of the former covers (see [`Terms::covers`]), otherwise *narrower* when terms that they had are
//! covered by none now, otherwise *other* when what they are told differs.
//!
//! Automatic assignment counts as asking without approval: whoever matches the rule has it. By another rule it is new for
//! those whom only that one matches, and gone for those whom only the former matched; see [`ruled`](super::ruled). Whoever is
//! put into a group or taken out of one by the apply may ask for other packages by that; see [`moving`](super::moving) and
//! [`holding`](super::holding). A policy for direct assignment lets nobody ask, a role lets somebody assign, and programs are no
//! people: whatever becomes of these is *other*; see [`beside`](super::beside).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::census::Census;
use super::effect::Effect;
use super::estate::{Estate, Offer};
use super::let_in::LetIn;
use super::living::living;
use super::package::Comparing;
use super::reasons::{Reasons, Sorted};
use super::sides::Sides;
use super::speaker::Speaker;
use super::stray::{Strays, strays};
use super::terms::Terms;
use super::touched::Touched;
use super::who::Who;
use super::{accepting, deciding, delegated};
use crate::governance::{Unread, World};
use crate::model::text::Domain;
use crate::model::{Address, Origin};
use crate::plan::{Action, Plan};

/// Who gains and who loses access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "an impact that nobody reads has no effect"]
pub struct Impact {
    /// The differences, the widest first.
    pub rows: Vec<Row>,
    /// What happens to what lives; empty where no store was asked.
    pub effects: Vec<Effect>,
    /// Whether the project owned nothing before: then nothing is wider than it was.
    pub is_first: bool,
}

impl Impact {
    /// Returns true when there is nothing to say.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.rows.is_empty() && self.effects.is_empty()
    }

    /// Returns the rows that make access wider; none where the project owned nothing before.
    pub fn widenings(&self) -> impl Iterator<Item = &Row> {
        let rows = self.rows.iter().filter(|row| row.kind.widens());
        rows.filter(|_| !self.is_first)
    }
}

/// One difference, for some people and some packages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Row {
    /// What it is.
    pub kind: Difference,
    /// For whom.
    pub who: Who,
    /// The packages; none where it is about no package.
    pub packages: Vec<Address>,
    /// What differs, in words.
    pub text: String,
    /// The terms before, of which people could choose; none where they could not ask.
    pub before: Vec<Terms>,
    /// The terms after.
    pub after: Vec<Terms>,
    /// The changes that make it.
    pub because: Vec<Because>,
}

/// A row, and the changes that make it in short.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) row: Row,
    pub(super) because: Reasons,
}

/// A change that makes a difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Because {
    /// The object; `None` for the domains of our own people, which are the project's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The file that says so, below the project's root; `None` for what the tree no longer declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The line in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl Because {
    /// Returns a change, with where the tree makes it.
    pub(super) fn of(address: &Address, origin: Option<&Origin>) -> Self {
        Self {
            address: Some(address.clone()),
            path: origin.map(|origin| origin.path.to_string()),
            line: origin.map(|origin| origin.line),
        }
    }

    /// Returns the project's settings, of which the domains of our own people are others.
    pub(super) fn settings() -> Self {
        Self {
            address: None,
            path: Some(SETTINGS.to_owned()),
            line: None,
        }
    }
}

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.address {
            Some(address) => write!(f, "{address}"),
            None => f.write_str("[tenant] domains"),
        }
    }
}

/// The file of the project's settings.
const SETTINGS: &str = "guestlist.toml";

/// What a difference is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Difference {
    /// Somebody may have what they could not.
    New,
    /// Somebody may have it on easier terms.
    Wider,
    /// Somebody may have it on harder terms.
    Narrower,
    /// Somebody may no longer have it.
    Gone,
    /// Something else is another.
    Other,
}

impl Difference {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::Wider,
        Self::Narrower,
        Self::Gone,
        Self::Other,
    ];

    /// Returns the word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Gone => "gone",
            Self::Other => "other",
        }
    }

    /// Returns the sign that stands before a row.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::New | Self::Wider => "▲",
            Self::Narrower | Self::Gone => "▼",
            Self::Other => "=",
        }
    }

    /// Returns true for one that makes access wider.
    #[must_use]
    pub const fn widens(self) -> bool {
        matches!(self, Self::New | Self::Wider)
    }
}

/// Somebody to ask about what lives: the engine's view of a store, and whether people are named.
#[derive(Clone, Copy)]
pub struct Asked<'w> {
    /// The view.
    pub world: &'w dyn World,
    /// Whether effects name people by their addresses.
    pub named: bool,
}

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked")
            .field("named", &self.named)
            .finish_non_exhaustive()
    }
}

/// Says who gains and who loses access by a plan. `own` are the verified domains of our own people on each side, which are the
/// same but where two trees are compared; `now` is when somebody would ask; with a view of the store it also says what happens
/// to what lives.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn impact(
    plan: &Plan,
    sides: &Sides<'_>,
    own: [&[Domain]; 2],
    now: Timestamp,
    asked: Option<Asked<'_>>,
) -> Result<Impact, Unread> {
    let mut impact = Impact {
        is_first: sides.is_first,
        ..Impact::default()
    };
    if plan.changes.is_empty() && own[0] == own[1] {
        return Ok(impact);
    }
    let touched = Touched::by(plan, sides, own);
    let (before, after) = (sides.before(own[0], now), sides.afterwards(own[1], now));
    if !touched.is_nothing() {
        let strays = match asked {
            Some(Asked { world, .. }) => strays(world, sides, [&before, &after], touched.moves())?,
            None => Strays::new(),
        };
        impact.rows = rows(plan, &touched, &strays, [&before, &after], now);
    }
    impact.rows.extend(delegated::rows(plan, sides));
    impact.rows.extend(delegated::inviting(plan, sides));
    let estates = [&before, &after];
    let by_group = delegated::by_group(plan, sides, estates, &touched);
    impact.rows.extend(by_group);
    let deciding = deciding::rows(plan, sides, estates, &touched);
    impact.rows.extend(deciding);
    impact.rows.extend(accepting::rows(plan, sides));
    if let Some(Asked { world, named }) = asked {
        impact.effects = living(world, plan, sides, &touched, [&before, &after], named)?;
    }
    Ok(impact)
}

/// Compares both sides.
fn rows<'t>(
    plan: &Plan,
    touched: &Touched,
    strays: &Strays<'t>,
    [before, after]: [&Estate<'t>; 2],
    now: Timestamp,
) -> Vec<Row> {
    let census = Census::of(&[before, after]).moving(touched.moves(), strays);
    let comparing = Comparing {
        before,
        after,
        speaker: Speaker::new(&census),
        let_in: LetIn::new(&census, [before, after]),
        living: census.living(),
        census: &census,
        groups: groups([before, after]),
        forgotten: plan
            .changes
            .iter()
            .filter(|change| change.delta.action() == Action::Forget)
            .map(|change| &change.address)
            .collect(),
        touched,
        sorted: Sorted::of(&census, touched),
        now,
        origins: plan
            .changes
            .iter()
            .map(|change| (&change.address, change.origin.as_ref()))
            .collect(),
    };
    let names: BTreeSet<&str> = before
        .offers()
        .chain(after.offers())
        .map(|offer| offer.address.own_name())
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    // Whom settings shut out cannot ask for what is offered in the directory either.
    let shuts = before.shuts() || after.shuts();
    let is_concerned = |offer: &Offer<'_>| offer.is_outside() || shuts && offer.is_asked_within();
    let rows = names.par_iter().map(|name| {
        let sides = [before.offer(name), after.offer(name)];
        let own = touched.packages.contains(*name);
        let (mut rows, mut far) = (Vec::new(), Vec::new());
        if own || touched.outside && sides.into_iter().flatten().any(is_concerned) {
            comparing.package(sides, own, [&mut rows, &mut far]);
        }
        (rows, far)
    });
    let (rows, far): (Vec<Vec<Draft>>, Vec<Vec<Draft>>) = rows.unzip();
    let mut rows = joined(rows.into_iter().flatten(), &comparing);
    rows.extend(joined(far.into_iter().flatten(), &comparing));
    rows.sort_by_key(|row| row.kind);
    rows
}

/// Returns how the tree writes groups, by their names in lower case; those that it writes alike by what they are called in the
/// directory.
fn groups<'t>(sides: [&Estate<'t>; 2]) -> BTreeMap<String, &'t str> {
    let offers = sides.into_iter();
    let offers = offers.flat_map(|side| side.offers().map(move |offer| (side, offer)));
    let names = offers.flat_map(|(side, offer)| {
        let names = offer.groups();
        names.map(move |name| (side.group(name), (name.as_str(), side.called(name))))
    });
    let names: BTreeMap<String, (&str, &str)> = names.collect();
    let mut written: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in names.values() {
        *written.entry(name).or_default() += 1;
    }
    let name = |(name, called)| match written.get(name) {
        Some(1) => name,
        _ => called,
    };
    let names = names.iter();
    names
        .map(|(group, both)| (group.clone(), name(*both)))
        .collect()
}

/// Joins rows that say the same of several packages; their terms are those of all of them.
fn joined(rows: impl IntoIterator<Item = Draft>, comparing: &Comparing<'_, '_>) -> Vec<Row> {
    let mut found: BTreeMap<(Difference, Who, String, Reasons), Row> = BTreeMap::new();
    for Draft { row, because } in rows {
        let key = (row.kind, row.who.clone(), row.text.clone(), because);
        match found.entry(key) {
            Entry::Vacant(place) => {
                let _ = place.insert(row);
            }
            Entry::Occupied(mut place) => {
                let all = place.get_mut();
                all.packages.extend(row.packages);
                all.before.extend(row.before);
                all.after.extend(row.after);
            }
        }
    }
    let rows = found.into_iter().map(|((.., because), row)| Row {
        because: comparing.told(&because),
        ..row
    });
    let mut rows: Vec<Row> = rows.collect();
    for row in &mut rows {
        row.packages.sort();
        row.packages.dedup();
        for terms in [&mut row.before, &mut row.after] {
            terms.sort();
            terms.dedup();
        }
    }
    rows.sort_by(|one, other| {
        let key = |row: &Row| (row.kind, row.packages.first().cloned());
        key(one).cmp(&key(other)).then_with(|| one.cmp(other))
    });
    rows
}
