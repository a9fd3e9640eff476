//! Policies through which nobody can ask, because the catalog is not published.

use std::collections::BTreeMap;

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Governing, Info, Lint};
use crate::model::Address;
use crate::model::kinds::policy::Requestors;

pub(super) struct UnpublishedCatalog;

const INFO: Info = Info {
    code: Code {
        id: "unpublished-catalog",
        title: "a catalog that is not published, with packages that people should ask for",
    },
    severity: Severity::Warning,
    why: "Packages of a catalog that is not published are seen and requested by nobody, from inside or outside.",
    mend: "Write `published: true`, or switch the requests of its policies off until then with `requests: { enabled: false }`.",
};

impl Lint for UnpublishedCatalog {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let mut waiting: BTreeMap<&Address, Vec<&Governing<'t>>> = BTreeMap::new();
        for governing in &cx.policies {
            let asks = !matches!(
                governing.requestors(),
                Requestors::Nobody | Requestors::Automatic(_)
            );
            if asks
                && governing.says_who()
                && governing.policy.object.requests.enabled
                && !governing.catalog.object.published
            {
                let of = &governing.catalog.declared.address;
                waiting.entry(of).or_default().push(governing);
            }
        }
        for policies in waiting.values() {
            let Some(first) = policies.first() else {
                continue;
            };
            let message = format!(
                "nobody can ask through {}{}: the catalog is not published",
                first.declared().address,
                match policies.len() {
                    1 => String::new(),
                    n => format!(" and {} more", n - 1),
                }
            );
            out.push(
                out.at(first.catalog.declared, key("published"), message)
                    .related(
                        first.declared(),
                        key("requestors"),
                        "they should be able to ask",
                    ),
            );
        }
    }
}
