//! What differs in what people may have: a row for each difference, with what makes it.
//!
//! Decided by comparing answers, never by looking at which keys changed. A package is *new* for somebody who could not ask
//! for it and can, and *gone* for somebody who could and cannot. Where they can on both sides it is *wider* when they may
//! choose terms that none of the former covers (see [`Terms::covers`](crate::impact::Terms::covers)), otherwise *narrower*
//! when terms that they had are covered by none now, otherwise *other* when what they are told differs.
//!
//! Automatic assignment counts as asking without approval: whoever matches the rule has it. By another rule it is new for
//! those whom only that one matches, and gone for those whom only the former matched; see [`ruled`]. Whoever is put into a
//! group or taken out of one by the apply may ask for other packages by that; see [`moving`](crate::impact::moving) and
//! [`holding`](crate::impact::holding). A policy for direct assignment lets nobody ask, a role lets somebody assign, and
//! programs are no people: whatever becomes of these is *other*; see [`beside`]. Whoever has a package already is told apart
//! by the policy that they have it through; see [`tenure`](crate::impact::tenure).

pub(super) mod accepting;
mod already;
pub(super) mod beside;
mod cause;
mod choice;
mod deciding;
mod delegated;
mod doubts;
mod in_place;
mod let_in;
mod marked;
mod package;
mod reasons;
mod redeeming;
pub(super) mod row;
mod ruled;
mod settings;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use rayon::prelude::*;

use self::let_in::LetIn;
use self::package::Comparing;
use self::reasons::{Reasons, Sorted};
use self::row::{Difference, Draft, Row};
use super::already::Already;
use super::estate::Estate;
use super::people::census::Census;
use super::people::known::Known;
use super::people::speaker::Speaker;
use super::people::who::Who;
use super::sides::Sides;
use super::touched::Touched;
use crate::plan::{Action, Plan};

/// Returns the rows of a plan: about packages, the widest first; then who decides from now on, who looks after what, who may
/// invite, what settings let people from outside see and do, and who must accept terms of use.
pub(super) fn rows<'t>(
    plan: &Plan,
    sides: &Sides<'t>,
    touched: &Touched,
    (known, already): (Option<&Known<'t>>, &Already),
    estates: [&Estate<'t>; 2],
    now: Timestamp,
) -> Vec<Row> {
    let mut rows = Vec::new();
    if !touched.is_nothing() {
        rows.extend(packages(plan, touched, (known, already), estates, now));
    }
    rows.extend(delegated::rows(plan, sides, estates));
    rows.extend(delegated::inviting(plan, sides));
    rows.extend(redeeming::rows(plan, sides, estates));
    rows.extend(settings::rows(plan, sides));
    rows.extend(delegated::by_group(plan, sides, estates, touched));
    rows.extend(deciding::rows(plan, sides, estates, touched));
    rows.extend(in_place::rows(plan, sides, estates));
    rows.extend(accepting::rows(plan, sides));
    rows
}

/// Compares what people may have of each package that is touched.
fn packages<'t>(
    plan: &Plan,
    touched: &Touched,
    (known, already): (Option<&Known<'t>>, &Already),
    [before, after]: [&Estate<'t>; 2],
    now: Timestamp,
) -> Vec<Row> {
    let census = Census::of(&[before, after]).moving(touched.moves(), known);
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
        already,
        sorted: Sorted::of(&census, touched),
        now,
        origins: plan
            .changes
            .iter()
            .map(|change| (&change.address, change.origin.as_ref()))
            .collect(),
    };
    let compared = touched.compared([before, after]);
    let rows = compared.par_iter().map(|(name, own)| {
        let sides = [before.offer(name), after.offer(name)];
        let (mut rows, mut far) = (Vec::new(), Vec::new());
        comparing.package(sides, *own, [&mut rows, &mut far]);
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
