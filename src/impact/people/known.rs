//! What only a store knows of people.

use std::collections::BTreeMap;

use super::directory::Directory;
use super::losing::Losing;
use super::stray::{Strays, strays};
use crate::governance::{Unread, World};
use crate::impact::estate::Estate;
use crate::impact::living::Lived;
use crate::impact::sides::Sides;
use crate::impact::touched::Touched;
use crate::plan::Plan;

/// What a store knows of people whom a plan may be about.
#[derive(Debug)]
pub(in crate::impact) struct Known<'t> {
    /// Those who hold what no policy would give them.
    pub(super) strays: Strays<'t>,
    /// Those whom lists name by address.
    pub(super) directory: Directory<'t>,
    /// Those who lose a package that is deleted, by the package.
    pub(super) losing: BTreeMap<String, Losing<'t>>,
}

impl<'t> Known<'t> {
    /// Asks a view of the store; `lived` is what the plan does to what lives there.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub(in crate::impact) fn of(
        world: &dyn World,
        (plan, sides): (&Plan, &Sides<'_>),
        estates: [&Estate<'t>; 2],
        touched: &Touched,
        lived: &Lived,
    ) -> Result<Self, Unread> {
        let compared = touched.compared(estates);
        let offers = compared
            .iter()
            .flat_map(|(name, _)| estates.map(|estate| estate.offer(name)));
        Ok(Self {
            strays: strays(world, sides, estates, touched.moves())?,
            directory: Directory::of(world, estates, offers.flatten())?,
            losing: Losing::of(world, plan, estates, touched.moves(), lived)?,
        })
    }
}
