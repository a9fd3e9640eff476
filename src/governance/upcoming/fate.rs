//! What becomes of one person: their access starts and ends, and their account is blocked and deleted, as time goes by.
//!
//! The one idea to know: it is played through in order, as ticks do it. What an end means depends on what else there is then,
//! so the end of one assignment cannot be told without the others.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Happening, Upcoming};
use crate::governance::record::{
    Assignment, Entity as _, Governed, Key, Mark, ObjectId, Person, RESTORABLE, RecordId,
    RecordKind, Request, RequestKind, RequestState, Review, ReviewItem,
};
use crate::governance::{Desk, Unread, assignment, lifecycle, review};
use crate::model::kinds::AfterLastAssignment;

/// What counts for everybody, read once.
#[derive(Debug)]
pub(super) struct Common {
    setting: lifecycle::Setting,
    /// The rounds that are open, by number.
    rounds: BTreeMap<u64, Review>,
}

impl Common {
    pub(super) fn read(desk: &Desk<'_>) -> Result<Self, Unread> {
        let rounds = desk.find::<Review>(Mark::ReviewOpen, &Key::new())?;
        Ok(Self {
            setting: lifecycle::setting(desk)?,
            rounds: rounds
                .into_iter()
                .map(|round| (round.number, round))
                .collect(),
        })
    }

    /// The same where whoever is reviewed now keeps what they have.
    pub(super) fn kept(desk: &Desk<'_>) -> Result<Self, Unread> {
        Ok(Self {
            setting: lifecycle::setting(desk)?,
            rounds: BTreeMap::new(),
        })
    }

    fn is_reviewed(&self, policy: ObjectId) -> bool {
        self.rounds.values().any(|round| round.policy == policy)
    }
}

/// Something that happens to somebody, and the record by whose mark it is found.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) by: RecordId,
    pub(super) what: Upcoming,
}

/// When an assignment ends by itself, and by which record's mark that is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) at: Timestamp,
    by: RecordId,
}

/// Returns when an assignment ends: at its own end, at the end of a review that takes it away, or with the account.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(super) fn end(
    desk: &Desk<'_>,
    common: &Common,
    assignment: &Assignment,
    person: &Person,
) -> Result<Option<End>, Unread> {
    let own = assignment.ends().map(|at| End {
        at,
        by: id::<Assignment>(assignment.number),
    });
    let mut ends: Vec<End> = own.into_iter().collect();
    let key = Key::new().number(assignment.number);
    let items = match common.is_reviewed(assignment.policy) {
        true => desk.find::<ReviewItem>(Mark::ItemAssignment, &key)?,
        false => Vec::new(),
    };
    for item in items {
        if let Some(round) = common.rounds.get(&item.review)
            && !round.void
            && !review::stays(round, &item, person, round.closes.max(desk.now()))
        {
            ends.push(End {
                at: round.closes,
                by: id::<Review>(round.number),
            });
        }
    }
    if let Some(at) = person.restorable_until().filter(|_| !person.held) {
        let by = id::<Person>(person.number);
        ends.push(End { at, by });
    }
    Ok(ends.into_iter().min_by_key(|end| end.at))
}

/// Returns from when until when a request gives access that starts later; `None` when it will not.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(super) fn tenure(
    desk: &Desk<'_>,
    common: &Common,
    request: &Request,
) -> Result<Option<(Timestamp, Option<Timestamp>)>, Unread> {
    let told = of(desk, common, &desk.person(request.person)?)?;
    let mine = id::<Request>(request.number);
    let when = |what: Happening| {
        let mut found = told.iter().map(|told| &told.what);
        let found = found.find(|one| one.of == mine && one.what == what);
        found.map(|one| one.at)
    };
    Ok(when(Happening::AccessStarts).map(|from| (from, when(Happening::AccessEnds))))
}

/// Returns everything that happens to somebody by itself.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(super) fn of(desk: &Desk<'_>, common: &Common, person: &Person) -> Result<Vec<Told>, Unread> {
    let now = desk.now();
    let mut turns = Vec::new();
    let mut held = Vec::new();
    for assignment in assignment::all_of(desk, person.id())? {
        let of = id::<Assignment>(assignment.number);
        held.push((of, assignment.package));
        if let Some(end) = end(desk, common, &assignment, person)? {
            let access = Access {
                of,
                by: end.by,
                package: assignment.package,
                policy: assignment.policy,
            };
            turns.push((end.at, Turn::End(access)));
        }
    }
    for request in desk.find::<Request>(Mark::RequestOpen, &Key::new().person(person.id()))? {
        turns.extend(turns_of(&request, now));
    }
    // In one second a tick begins what starts before it ends what ends.
    turns.sort_by_key(|(at, turn)| (*at, turn.rank()));
    let mut life = Life::new(person, common.setting, held, now);
    for (at, turn) in turns {
        life.take(at, &turn);
    }
    life.pass(Timestamp::MAX);
    Ok(life.told)
}

fn id<E: crate::governance::record::Entity>(number: u64) -> RecordId {
    RecordId {
        kind: E::KIND,
        number,
    }
}

/// A package that somebody has or will have.
#[derive(Debug, Clone, Copy)]
struct Access {
    /// The assignment; the request of one that is still to start.
    of: RecordId,
    by: RecordId,
    package: ObjectId,
    policy: ObjectId,
}

/// Something that has its instant.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// Access starts that was approved, for a request of the person themselves or of an administrator.
    Start {
        access: Access,
        by_user: bool,
    },
    /// Something becomes of a request that waits for a decision.
    Undecided(Access, Happening),
    End(Access),
}

impl Turn {
    const fn rank(self) -> u8 {
        match self {
            Self::Start { .. } | Self::Undecided(..) => 0,
            Self::End(_) => 1,
        }
    }
}

fn turns_of(request: &Request, now: Timestamp) -> Vec<(Timestamp, Turn)> {
    let mine = id::<Request>(request.number);
    let access = Access {
        of: mine,
        by: mine,
        package: request.package,
        policy: request.policy,
    };
    if let Some(stage) = request.open_stage() {
        let escalates = stage.escalate_at.filter(|_| !stage.escalated);
        let escalates = escalates.filter(|at| (*at).max(now) < stage.decide_by);
        let escalates = escalates.map(|at| (at, Happening::RequestEscalates));
        let all = escalates
            .into_iter()
            .chain([(stage.decide_by, Happening::RequestEnds)]);
        return all
            .map(|(at, what)| (at, Turn::Undecided(access, what)))
            .collect();
    }
    let (RequestState::Scheduled, Some(at)) = (request.state, request.schedule.start) else {
        return Vec::new();
    };
    let start = at.max(now);
    let ends = assignment::end_of(&request.terms.expires, start, request.schedule.end);
    if ends.is_some_and(|end| end <= start) {
        return Vec::new();
    }
    let by_user = matches!(request.kind, RequestKind::UserAdd | RequestKind::UserExtend);
    let start = Turn::Start { access, by_user };
    let end = ends.map(|end| (end, Turn::End(access)));
    [(at, start)].into_iter().chain(end).collect()
}

/// Somebody, as time goes by.
struct Life<'p> {
    person: &'p Person,
    setting: lifecycle::Setting,
    now: Timestamp,
    account: Standing,
    /// Whether sign-in to it is allowed, and whether its lifecycle applies.
    enabled: bool,
    governed: bool,
    /// Whether what was asked for was taken back: the account was deleted.
    canceled: bool,
    held: Vec<(RecordId, ObjectId)>,
    wait: Option<Wait>,
    told: Vec<Told>,
}

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// There is none: one is made when access starts.
    None,
    Living,
    /// It is deleted, and gone for good then.
    Deleted(Timestamp),
}

/// What goes on since somebody lost their last package.
struct Wait {
    deletes: Option<Timestamp>,
    /// Whether a new package lifts the block.
    lifts: bool,
    by: RecordId,
    follows: Option<u64>,
}

impl<'p> Life<'p> {
    fn new(
        person: &'p Person,
        setting: lifecycle::Setting,
        held: Vec<(RecordId, ObjectId)>,
        now: Timestamp,
    ) -> Self {
        let account = person.living();
        let mut life = Self {
            person,
            setting,
            now,
            account: match (account, person.restorable_until()) {
                (_, Some(gone)) => Standing::Deleted(gone),
                (Some(_), None) => Standing::Living,
                (None, None) => Standing::None,
            },
            enabled: account.is_some_and(|account| account.enabled),
            governed: person.governed == Governed::Governed,
            canceled: false,
            held,
            wait: None,
            told: Vec::new(),
        };
        // Whoever is held waits until the clock is trusted.
        if !person.held {
            life.begin();
        }
        life
    }

    /// Takes up what goes on already.
    fn begin(&mut self) {
        let by = id::<Person>(self.person.number);
        if let Standing::Deleted(gone) = self.account {
            return self.tell(by, gone, Happening::AccountGone, None);
        }
        let Some(wait) = self.person.wait.as_ref() else {
            return;
        };
        let stands = (wait.ordered || self.governed) && wait.epoch == self.person.epoch;
        if !stands || self.account != Standing::Living || !self.held.is_empty() {
            return;
        }
        let deletes = wait
            .delete_at
            .max(wait.not_before.filter(|_| wait.delete_at.is_some()));
        self.wait = Some(Wait {
            deletes,
            lifts: wait.blocked,
            by,
            follows: None,
        });
        if let Some(at) = wait.block_at
            && deletes.is_none_or(|deletes| deletes > at.max(self.now))
        {
            self.block(at);
        }
    }

    fn tell(&mut self, by: RecordId, at: Timestamp, what: Happening, follows: Option<u64>) {
        let of = id::<Person>(self.person.number);
        self.told.push(Told {
            by,
            what: Upcoming {
                person: Some(self.person.id()),
                follows,
                ..Upcoming::new(at, what, of)
            },
        });
    }

    fn tell_of(&mut self, access: Access, at: Timestamp, what: Happening) {
        let review = (access.by.kind == RecordKind::Review).then_some(access.by.number);
        self.told.push(Told {
            by: access.by,
            what: Upcoming {
                person: Some(self.person.id()),
                package: Some(access.package),
                policy: Some(access.policy),
                review,
                last: what == Happening::AccessEnds && self.held.is_empty(),
                ..Upcoming::new(at, what, access.of)
            },
        });
    }

    /// Lets time pass: deletes the account when its time has come, for good in the end.
    fn pass(&mut self, at: Timestamp) {
        let due = self.wait.as_ref().and_then(|wait| wait.deletes);
        if due.is_some_and(|due| due <= at)
            && let (Some(deletes), Some(wait)) = (due, self.wait.take())
        {
            let gone = deletes.max(self.now).checked_add(RESTORABLE);
            self.account = Standing::Deleted(gone.unwrap_or(Timestamp::MAX));
            self.canceled = true;
            self.tell(wait.by, deletes, Happening::AccountDeleted, wait.follows);
        }
        if let Standing::Deleted(gone) = self.account
            && gone <= at
            && !self.person.held
        {
            self.account = Standing::None;
        }
    }

    fn take(&mut self, at: Timestamp, turn: &Turn) {
        self.pass(at);
        match turn {
            Turn::Undecided(..) | Turn::Start { .. } if self.canceled => {}
            Turn::Undecided(access, what) => self.tell_of(*access, at, *what),
            Turn::Start { access, by_user } => self.start(at, *access, *by_user),
            Turn::End(access) => self.end(at, *access),
        }
    }

    /// Starts access, unless something has come between.
    fn start(&mut self, at: Timestamp, access: Access, by_user: bool) {
        let is_deleted = matches!(self.account, Standing::Deleted(_));
        let blocked = by_user && self.account == Standing::Living && !self.enabled;
        let has_it = self
            .held
            .iter()
            .any(|(_, package)| *package == access.package);
        if is_deleted || blocked || has_it {
            return;
        }
        self.tell_of(access, at, Happening::AccessStarts);
        self.held.push((access.of, access.package));
        if self.account == Standing::None {
            self.account = Standing::Living;
            (self.enabled, self.governed) = (true, true);
        } else if self.wait.take().is_some_and(|wait| wait.lifts) && !self.enabled {
            self.enabled = true;
            self.tell(access.by, at, Happening::SignInAllowed, None);
        }
    }

    fn end(&mut self, at: Timestamp, access: Access) {
        let before = self.held.len();
        self.held.retain(|(of, _)| *of != access.of);
        if self.held.len() == before {
            // It never started.
            return;
        }
        self.tell_of(access, at, Happening::AccessEnds);
        let living = self.account == Standing::Living;
        if self.held.is_empty() && self.governed && living && self.wait.is_none() {
            self.lose(at, access);
        }
    }

    /// Follows the loss of the last package.
    fn lose(&mut self, at: Timestamp, access: Access) {
        let number = access.of.number;
        let follows = (access.of.kind == Assignment::KIND).then_some(number);
        let deletes = match self.setting.action {
            AfterLastAssignment::Nothing => return,
            AfterLastAssignment::Block => None,
            AfterLastAssignment::BlockAndDelete => {
                at.max(self.now).checked_add(self.setting.wait).ok()
            }
        };
        self.wait = Some(Wait {
            deletes,
            lifts: false,
            by: access.by,
            follows,
        });
        if deletes.is_some() && self.setting.wait.is_zero() {
            return self.pass(Timestamp::MAX);
        }
        self.block(at);
    }

    /// Blocks sign-in for the wait that goes on, unless it is blocked already.
    fn block(&mut self, at: Timestamp) {
        if let Some(wait) = self.wait.as_mut().filter(|_| self.enabled) {
            self.enabled = false;
            wait.lifts = true;
            let (by, follows) = (wait.by, wait.follows);
            self.tell(by, at, Happening::SignInBlocked, follows);
        }
    }
}
