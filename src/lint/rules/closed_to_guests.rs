//! A package for people from outside that gives what guests cannot get.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::Declaration;

pub(super) struct ClosedToGuests;

const INFO: Info = Info {
    code: Code {
        id: "closed-to-guests",
        title: "a resource that guests cannot get, in a package for people from outside",
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
        let mut last: Option<&Declaration> = None;
        for governing in cx.outside() {
            let package = governing.package;
            // The policies of a package stand together: the first one tells.
            let is_told = last.is_some_and(|last| std::ptr::eq(last, package.declared));
            last = Some(package.declared);
            if is_told {
                continue;
            }
            for name in package.object.grants.keys() {
                let Some(resource) = cx.resource(name).filter(|it| !it.object.guests) else {
                    continue;
                };
                let message = format!(
                    "people from outside ask for {} and never get `{name}`",
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
