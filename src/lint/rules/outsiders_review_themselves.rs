//! A review in which people from outside decide on their own access.

use crate::diag::{Code, Severity};
use crate::lint::context::key;
use crate::lint::{Context, Findings, Info, Lint};
use crate::model::text::Principal;

pub(super) struct OutsidersReviewThemselves;

const INFO: Info = Info {
    code: Code {
        id: "outsiders-review-themselves",
        title: "a review in which people from outside review themselves",
    },
    severity: Severity::Note,
    why: "Who still wants access says yes; whether they still should have it nobody here is asked.",
    mend: "Name reviewers who know the work: `reviewers: [user:...]` or `[group:...]`.",
};

impl Lint for OutsidersReviewThemselves {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn check<'t>(&self, cx: &Context<'t>, out: &mut Findings<'t>) {
        for governing in &cx.policies {
            let review = governing.policy.object.review.as_ref();
            let themselves = review.is_some_and(|review| {
                review.enabled
                    && review
                        .reviewers
                        .iter()
                        .all(|who| *who == Principal::Oneself)
            });
            if themselves && governing.requestors().is_outside() {
                let message =
                    "people from outside decide by themselves whether they keep their access";
                let at = key("review").key("reviewers");
                let finding = out.at(governing.declared(), at, message);
                out.push(finding.relies(governing.declared(), "requestors"));
            }
        }
    }
}
