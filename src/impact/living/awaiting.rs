//! Who waits for a package: by a request that is open, or by one that starts later. Once it is delivered they hold it through
//! the policy as the plan leaves that, on the terms that the request was made on.

use jiff::{SignedDuration, Timestamp};

use super::Living;
use crate::governance::Unread;
use crate::governance::assignment::end_of;
use crate::governance::record::{Mark, ObjectId, Person, Request, RequestKind};
use crate::model::Address;

/// Somebody to whom an open request can still give a package.
pub(super) struct Awaiting<'r> {
    pub(super) person: &'r Person,
    /// The end that their access then has, the latest that it may be; `None` for never.
    pub(super) end: Option<Timestamp>,
}

impl Living<'_> {
    /// Returns true when somebody is as asked to whom an open request can still give a package through a policy.
    pub(super) fn any_awaiting(
        &self,
        address: &Address,
        policy: ObjectId,
        is_asked: &mut dyn FnMut(&Awaiting<'_>) -> Result<bool, Unread>,
    ) -> Result<bool, Unread> {
        let Some(package) = address.parent() else {
            return Ok(false);
        };
        self.any(Mark::RequestPolicy, policy, &mut |request: &Request| {
            let gives = matches!(
                request.kind,
                RequestKind::UserAdd | RequestKind::AdminAdd | RequestKind::SystemAdd
            );
            let person = self.get_record::<Person>(request.person.0)?;
            let (true, Some(mut person)) = (gives, person) else {
                return Ok(false);
            };
            let mut request = request.clone();
            // Both sides are looked at under the names of the one after.
            let _ = self.renamed.respell(&mut request) | self.renamed.respell(&mut person);
            let against = self.stands_against(1, &package, address, &request, &person)?;
            if against.is_some() {
                return Ok(false);
            }
            is_asked(&Awaiting {
                person: &person,
                end: self.latest_end(&request),
            })
        })
    }

    /// Returns when access ends that a request gives, where those who decide it take all the time that they have.
    fn latest_end(&self, request: &Request) -> Option<Timestamp> {
        let now = self.after.now;
        let opened = request.open_stage().map_or(now, |stage| stage.decide_by);
        let later = request.terms.stages.iter().skip(request.stages.len());
        let decided = later.fold(opened, |at, stage| {
            let within = SignedDuration::from_secs(stage.decide_within.as_seconds().cast_signed());
            at.checked_add(within).unwrap_or(Timestamp::MAX)
        });
        let start = request.schedule.start.map_or(decided, |it| it.max(decided));
        end_of(&request.terms.expires, start, request.schedule.end)
    }
}
