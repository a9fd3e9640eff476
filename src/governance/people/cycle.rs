//! Managers: nobody manages, over however many levels, somebody who manages them.

use std::collections::{BTreeMap, BTreeSet};

use super::row::PersonRow;
use crate::governance::{Desk, Unread};
use crate::model::text::Email;

/// Who manages whom once a list of rows is taken: what the rows say, and the store where they say nothing.
pub(super) struct Managers<'r> {
    said: BTreeMap<&'r Email, Option<&'r Email>>,
}

impl<'r> Managers<'r> {
    pub(super) fn of(rows: &'r [PersonRow]) -> Self {
        let said = rows
            .iter()
            .filter_map(|row| Some((&row.mail, row.manager.as_ref()?.as_ref())));
        Self {
            said: said.collect(),
        }
    }

    fn above(&self, desk: &Desk<'_>, of: &Email) -> Result<Option<Email>, Unread> {
        if let Some(manager) = self.said.get(of) {
            return Ok(manager.cloned());
        }
        let manager = desk.by_mail(of)?.and_then(|person| person.manager);
        match manager {
            Some(id) => Ok(Some(desk.person(id)?.mail)),
            None => Ok(None),
        }
    }

    /// Returns the circle that somebody's manager would close, from them back to them; `None` for none. People who are
    /// known to be fine, because a walk from below has passed them, are not walked again.
    pub(super) fn circle(
        &self,
        desk: &Desk<'_>,
        of: &Email,
        fine: &mut BTreeSet<Email>,
    ) -> Result<Option<Vec<Email>>, Unread> {
        let mut path = vec![of.clone()];
        let mut at = of.clone();
        while let Some(above) = self.above(desk, &at)? {
            if above == *of {
                path.push(above);
                return Ok(Some(path));
            }
            if fine.contains(&above) || path.contains(&above) {
                // A circle further up is told where it begins.
                break;
            }
            path.push(above.clone());
            at = above;
        }
        fine.extend(path);
        Ok(None)
    }
}
