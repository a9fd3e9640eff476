//! What people see: requests that concern them, and packages that they may ask for. Fact sheet `entra-behaviour` §1.

use std::rc::Rc;

use super::Asker;
use super::conditions::{Condition, Examined, Verdict};
use super::examine::{self, examine_known};
use super::policies::Covered;
use crate::governance::record::{Asked, Request};
use crate::governance::{Actor, Desk, Scope, Stop, Task, Thing, Unread, delegation};
use crate::model::Kind;
use crate::model::kinds::policy::Requestors;

/// Returns true for a request that the acting person may see: their own, one that they asked for or are asked about, and,
/// with a role that allows it, any of the catalog.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn is_visible(desk: &Desk<'_>, request: &Request) -> Result<bool, Unread> {
    if let Actor::Person(id) = desk.moment.actor {
        let mut asked = request.stages.iter().flat_map(|stage| stage.asked());
        if request.person == id
            || request.by == Some(Asked::Person(id))
            || asked.any(|one| one == id)
        {
            return Ok(true);
        }
    }
    match delegation::require(desk, Task::SeeAssignments, Scope::Package(request.package)) {
        Ok(()) => Ok(true),
        Err(Stop::Refused(_)) => Ok(false),
        Err(Stop::Unread(unread)) => Err(unread),
    }
}

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
