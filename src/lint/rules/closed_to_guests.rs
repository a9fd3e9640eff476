//! A package for people from outside, or for guests too, that gives what guests cannot get.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};

pub(super) struct ClosedToGuests;

const INFO: Info = Info {
    code: Code {
        id: "closed-to-guests",
        title: "a resource that guests cannot get, in a package for which they may ask",
    },
    severity: Severity::Warning,
    why: "The request is approved and then delivered in part: the resource takes no guests.",
    mend: "Leave the resource to a package for members, or write `guests: true` in it where guests are meant.",
};

impl Lint for ClosedToGuests {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        let asked: Vec<_> = cx.for_guests().collect();
        // The policies of a package stand together; one for people from outside says most.
        let together =
            asked.chunk_by(|one, other| std::ptr::eq(one.package.declared, other.package.declared));
        for policies in together {
            let outside = policies.iter().find(|it| it.requestors().is_outside());
            let Some(governing) = outside.or(policies.first()) else {
                continue;
            };
            let package = governing.package;
            let who = match outside {
                Some(_) => "people from outside",
                None => "guests",
            };
            for name in package.object.grants.keys() {
                let Some(resource) = cx.resource(name).filter(|it| !it.object.guests) else {
                    continue;
                };
                let message = format!(
                    "{who} ask for {} and never get `{name}`",
                    package.declared.address
                );
                out.push(
                    out.at(package.declared, key("grants").key(name.as_str()), message)
                        .related(resource.declared, key("guests"), "closed to guests")
                        .related(governing.declared(), key("requestors"), "they may ask here"),
                );
            }
        }
    }
}
