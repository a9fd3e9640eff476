//! What people find when they browse: packages that they may ask for. Fact sheet `entra-behaviour` §1.

use std::rc::Rc;

use super::Asker;
use super::conditions::{Condition, Examined, Verdict};
use super::examine::{self, examine_known};
use super::policies::Covered;
use crate::governance::{Desk, Thing, Unread};
use crate::model::Kind;
use crate::model::kinds::policy::Requestors;

/// A package that somebody finds when browsing.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The package.
    pub package: Rc<Thing>,
    /// What was found about them and the package.
    pub examined: Examined,
}

/// Returns the packages that somebody finds when browsing: published, open to them, not hidden, and with a policy that
/// covers them. Members also find packages for specific people and groups, and see that they may not ask.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn offered(desk: &Desk<'_>, asker: &Asker) -> Result<Vec<Offered>, Unread> {
    let covered = Covered::new(desk, &asker.person)?;
    let mut offered = Vec::new();
    for package in desk.things(Kind::Package, None)? {
        if package.package().is_none_or(|package| package.hidden)
            || examine::catalog(desk, &package)?
                .as_ref()
                .and_then(|thing| thing.catalog())
                .is_none_or(|catalog| !catalog.published)
        {
            continue;
        }
        let examined = examine_known(desk, &covered, asker, &package, None, None)?;
        let open = examined.findings.iter().any(|finding| {
            finding.condition == Condition::Visible && finding.verdict == Verdict::Holds
        });
        if open && (!examined.policies.is_empty() || shown_to_members(desk, asker, &package)?) {
            offered.push(Offered { package, examined });
        }
    }
    offered.sort_by(|one, other| one.package.address.cmp(&other.package.address));
    Ok(offered)
}

fn shown_to_members(desk: &Desk<'_>, asker: &Asker, package: &Thing) -> Result<bool, Unread> {
    if !asker.person.is_member() {
        return Ok(false);
    }
    let policies = desk.things(Kind::Policy, Some(&package.address))?;
    let mut policies = policies.iter().filter_map(|thing| thing.policy());
    Ok(policies.any(|policy| {
        policy.requests.enabled && matches!(policy.requestors, Requestors::People(_))
    }))
}
