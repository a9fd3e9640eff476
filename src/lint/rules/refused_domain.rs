//! An organization whose people may ask, with a domain that the tenant's list refuses.

use crate::diag::{Code, Severity};
use crate::governance::people::{Unlisted, refused};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::Domains;
use crate::model::text::DomainRule;
use crate::source::Route;

pub(super) struct RefusedDomain;

const INFO: Info = Info {
    code: Code {
        id: "refused-domain",
        title: "a domain of a partner that the tenant's list of domains refuses",
    },
    severity: Severity::Warning,
    why: "The list of domains wins over organizations and policies: whoever is of that domain and no guest yet is refused, although a policy says that they may ask.",
    mend: "Take the domain out of `block`, or add it to `allow`, with `subdomains: true` where those below it are meant; or take the organization out of the policies.",
};

impl Lint for RefusedDomain {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let Some(domains) = cx.domains else { return };
        for organization in &cx.organizations {
            let Some(policy) = cx.meant_for(*organization) else {
                continue;
            };
            for (index, rule) in organization.object.domains.iter().enumerate() {
                let (whose, at, note) = match refused(domains.object, &rule.domain) {
                    None if below_is_refused(domains.object, rule) => {
                        ("a domain below ", key("allow"), "without those below it")
                    }
                    None => continue,
                    Some(Unlisted::NotAllowed) => ("", key("allow"), "not among these"),
                    Some(Unlisted::Blocked(by)) => {
                        let mut list = domains.object.block.iter().flatten();
                        let at = list.position(|one| one == by).unwrap_or_default();
                        ("", key("block").index(at), "blocked here")
                    }
                };
                let message = format!(
                    "nobody new of {whose}`{}` is let in, although {} lets people of {} ask",
                    rule.domain,
                    policy.declared().address,
                    organization.declared.address
                );
                let spot: Route = key("domains").index(index);
                out.push(
                    out.at(organization.declared, spot, message)
                        .related(domains.declared, at, note)
                        .related(policy.declared(), key("requestors"), "they may ask here"),
                );
            }
        }
    }
}

/// Returns true for a domain of an organization with all below it, none of which the list of allowed domains names.
fn below_is_refused(list: &Domains, rule: &DomainRule) -> bool {
    let Some(allow) = list.allow.as_ref().filter(|_| rule.subdomains) else {
        return false;
    };
    !allow.iter().any(|allowed| {
        let is_above = allowed.subdomains && allowed.domain.covers(&rule.domain);
        let is_below = allowed.domain != rule.domain && rule.domain.covers(&allowed.domain);
        is_above || is_below
    })
}
