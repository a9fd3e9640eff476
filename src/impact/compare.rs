//! Who gains and who loses access by a plan: rows for sorts of people, and what happens to what lives.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::already::{already, of_anybody};
use super::living::effect::{Effect, losing};
use super::living::living;
use super::people::known::Known;
use super::rows::row::{Because, Row};
use super::rows::rows;
use super::sides::Sides;
use super::touched::Touched;
use crate::governance::{Unread, World};
use crate::model::text::Domain;
use crate::plan::{Action, Change, Delta, Plan};

/// Who gains and who loses access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "an impact that nobody reads has no effect"]
pub struct Impact {
    /// The differences, the widest first.
    pub rows: Vec<Row>,
    /// What happens to what lives; empty where no store was asked.
    pub effects: Vec<Effect>,
    /// Whether the project owned nothing before, and all is created where nobody else owns anything, or taken over as it is:
    /// then nothing is wider than it was.
    pub is_first: bool,
    /// How many people lose access that they have, each counted once, however much they lose; with those of waivers.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub losing: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands on a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Impact {
    /// Returns true when there is nothing to say.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.rows.is_empty() && self.effects.is_empty()
    }

    /// Says at which line of the settings the domains of our own people stand, which only whoever read the settings knows.
    pub fn place_settings(&mut self, line: Option<u32>) {
        self.settings().for_each(|one| one.line = line);
    }

    /// Says that no file says which the domains of our own people are, as where a plan leads back to what was.
    pub fn leave_settings(&mut self) {
        self.settings().for_each(|one| one.path = None);
    }

    /// Returns what is so because of the settings.
    fn settings(&mut self) -> impl Iterator<Item = &mut Because> {
        let because = self.rows.iter_mut().flat_map(|row| &mut row.because);
        because.filter(|one| one.address.is_none())
    }

    /// Returns the rows that make access wider; none where nothing was before.
    pub fn widenings(&self) -> impl Iterator<Item = &Row> {
        let rows = self.rows.iter().filter(|row| row.kind.widens());
        rows.filter(|_| !self.is_first)
    }
}

/// Somebody to ask about what lives: the engine's view of a store, and whether people are named.
#[derive(Clone, Copy)]
pub struct Asked<'w> {
    /// The view.
    pub world: &'w dyn World,
    /// Whether effects name people by their addresses.
    pub named: bool,
    /// The zone of dates without a time.
    pub zone: &'w TimeZone,
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
        is_first: is_first(plan, sides),
        ..Impact::default()
    };
    if plan.changes.is_empty() && own[0] == own[1] {
        return Ok(impact);
    }
    let touched = Touched::by(plan, sides, own, now);
    let (before, after) = (sides.before(own[0], now), sides.afterwards(own[1], now));
    let estates = [&before, &after];
    let mut known = None;
    let already = match asked {
        Some(asked) => {
            let lived = living(asked, plan, sides, &touched, estates)?;
            if !touched.is_nothing() {
                let both = (plan, sides);
                known = Some(Known::of(asked.world, both, estates, &touched, &lived)?);
            }
            impact.effects = lived.effects;
            impact.losing = losing(&impact.effects).len() as u64;
            lived.already
        }
        None => already(plan, estates, &touched, &mut |both| Ok(of_anybody(both)))?,
    };
    impact.rows = rows(
        plan,
        sides,
        &touched,
        (known.as_ref(), &already),
        estates,
        now,
    );
    Ok(impact)
}

/// Returns true for a project that owns nothing, where all is created and nobody else owns anything, or all that nobody owns
/// is taken over as it is.
fn is_first(plan: &Plan, sides: &Sides<'_>) -> bool {
    let is_created = |change: &Change| change.delta.action() == Action::Create;
    let is_as_found =
        |change: &Change| matches!(&change.delta, Delta::Adopt { edits, .. } if edits.is_empty());
    let mut changes = plan.changes.iter();
    let is_new = plan.foreign == 0 && changes.all(is_created);
    sides.is_first && (is_new || plan.changes.iter().all(is_as_found))
}
