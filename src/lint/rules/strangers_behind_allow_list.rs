//! A policy for anybody from outside, where only some domains may come in.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::kinds::policy::Requestors;

pub(super) struct StrangersBehindAllowList;

const INFO: Info = Info {
    code: Code {
        id: "strangers-behind-allow-list",
        title: "a policy for anybody from outside beside a list of allowed domains",
    },
    severity: Severity::Warning,
    why: "The list of domains wins over policies: whoever is of another domain and no guest yet is refused, although the policy says that they may ask.",
    mend: "Name the organizations that are meant in `requestors`, or keep a list of blocked domains instead.",
};

impl Lint for StrangersBehindAllowList {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let Some(domains) = cx.domains.filter(|domains| domains.object.allow.is_some()) else {
            return;
        };
        for governing in cx.outside() {
            if matches!(governing.requestors(), Requestors::AnyExternal) {
                let message = "anybody from outside may ask, and only people of the allowed domains are let in";
                out.push(
                    out.at(governing.declared(), key("requestors"), message)
                        .related(
                            domains.declared,
                            key("allow"),
                            "the domains that are allowed",
                        ),
                );
            }
        }
    }
}
