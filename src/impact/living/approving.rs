//! Who is asked in a stage of an open request, before a plan and after it: whether others are, because people come into a group
//! that is asked, or leave it, or because they can sign in on one side alone.
//!
//! The engine finds approvers when a stage opens. So a stage to come is found on both sides, as the engine does: who is named
//! and can sign in, the fallback where one of them cannot be found, nobody who must not decide. Only people who come or go, or
//! [turn](super::turning), can make a difference, and where the fallback is asked on one side alone, the people of the fallback.

use std::collections::BTreeSet;

use super::Living;
use crate::governance::record::{Asked, Key, Mark, Person, Place, Request, RequestKind};
use crate::governance::request::escalates;
use crate::governance::{Range, Unread};
use crate::model::Set;
use crate::model::kinds::policy::Stage;
use crate::model::text::{Principal, Sponsors};

/// How many people are looked at at once.
const PIECE: usize = 100;

/// Whom of those that a list names it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fits {
    All,
    Inside,
    Outside,
}

/// One entry of a list of approvers.
#[derive(Debug)]
enum Seat<'s> {
    /// Somebody who is found from the requestor.
    One(Option<u64>),
    /// People and groups.
    Named(Vec<&'s Principal>, Fits),
}

/// A list of approvers, and whom to ask where one of them cannot be found.
#[derive(Debug)]
struct Bench<'s> {
    seats: Vec<Seat<'s>>,
    fallback: Vec<Seat<'s>>,
    /// Whether the fallback is asked in any case.
    lacking: bool,
}

/// By what others are asked in a stage.
#[derive(Debug, Clone, Copy)]
pub(super) enum Others<'s> {
    /// By a group, as the tree names it.
    Members(&'s Principal),
    /// By somebody who can sign in on one side alone, by number.
    Turning(u64),
}

/// Who is asked in a stage on one side.
#[derive(Debug)]
struct Panel<'s> {
    at: usize,
    approvers: Bench<'s>,
    alternates: Option<Bench<'s>>,
    /// Who must not decide.
    excluded: BTreeSet<u64>,
    /// Whether the fallbacks are asked: of the approvers, of the alternates.
    falls_back: [bool; 2],
}

impl Living<'_> {
    /// Returns by what others are asked in a stage to come than would be; `None` where nobody else is.
    pub(super) fn other_members<'s>(
        &'s self,
        request: &Request,
        stage: &'s Stage,
        person: &'s Person,
    ) -> Result<Option<Others<'s>>, Unread> {
        let mut before = self.panel(0, request, stage, person)?;
        let mut after = self.panel(1, request, stage, person)?;
        let moved = before.groups().chain(after.groups());
        let moved: Vec<&Principal> = moved.filter(|group| self.is_moved(group)).collect();
        let turning = self.turning_of([&before, &after])?;
        let first = match (moved.first(), turning.first()) {
            (Some(group), _) => Others::Members(group),
            (None, Some(one)) => Others::Turning(*one),
            (None, None) => return Ok(None),
        };
        self.seek_fallback(&mut before)?;
        self.seek_fallback(&mut after)?;
        for group in moved {
            let Principal::Group(name) = group else {
                continue;
            };
            if self.before.group(name) != self.after.group(name) {
                if self.some(group, &mut |number| {
                    self.is_another([&before, &after], number)
                })? {
                    return Ok(Some(Others::Members(group)));
                }
                continue;
            }
            let movers = self.movers(&self.after.group(name))?;
            if movers.is_more {
                return Ok(Some(Others::Members(group)));
            }
            for number in &movers.people {
                if self.is_another([&before, &after], *number)? {
                    return Ok(Some(Others::Members(group)));
                }
            }
        }
        for number in turning {
            if self.is_another([&before, &after], number)? {
                return Ok(Some(Others::Turning(number)));
            }
        }
        if before.falls_back == after.falls_back {
            return Ok(None);
        }
        for principal in before.fallback().chain(after.fallback()) {
            if self.some(principal, &mut |number| {
                self.is_another([&before, &after], number)
            })? {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    /// Returns those of everybody whom a stage may ask who can sign in on one side alone, by number.
    fn turning_of(&self, panels: [&Panel<'_>; 2]) -> Result<BTreeSet<u64>, Unread> {
        let mut found = BTreeSet::new();
        if !self.turns() {
            return Ok(found);
        }
        let seats = panels.into_iter().flat_map(Panel::benches);
        for seat in seats.flat_map(|it| it.seats.iter().chain(&it.fallback)) {
            match seat {
                Seat::One(number) => {
                    if let Some(number) = number
                        && self.is_turning(*number)?
                    {
                        let _ = found.insert(*number);
                    }
                }
                Seat::Named(principals, _) => {
                    for principal in principals {
                        found.extend(self.turning(principal)?.iter());
                    }
                }
            }
        }
        Ok(found)
    }

    fn panel<'s>(
        &'s self,
        at: usize,
        request: &Request,
        stage: &'s Stage,
        person: &'s Person,
    ) -> Result<Panel<'s>, Unread> {
        let by = match &request.by {
            Some(Asked::Person(id)) => Some(id.0),
            Some(Asked::Operator(_)) | None => None,
        };
        let earlier = request.stages.iter();
        let earlier = earlier.filter_map(|stage| Some(stage.opinion.as_ref()?.by.0));
        let excluded = std::iter::once(person.number).chain(by).chain(earlier);
        let vouched = request.kind == RequestKind::AdminAdd;
        let seats = |list: &'s Set<Principal>| -> Result<Vec<Seat<'s>>, Unread> {
            let seats = list.iter();
            let seats = seats.map(|principal| self.seat(at, principal, person, vouched));
            seats.collect()
        };
        Ok(Panel {
            at,
            approvers: Bench {
                seats: seats(&stage.approvers)?,
                fallback: seats(&stage.fallback)?,
                lacking: stage.approvers_from.is_some(),
            },
            alternates: match escalates(stage) {
                Some(escalation) => Some(Bench {
                    seats: seats(&escalation.approvers)?,
                    fallback: seats(&escalation.fallback)?,
                    lacking: false,
                }),
                None => None,
            },
            excluded: excluded.collect(),
            falls_back: [false, false],
        })
    }

    /// Finds out which fallbacks are asked.
    fn seek_fallback(&self, panel: &mut Panel<'_>) -> Result<(), Unread> {
        panel.falls_back[0] = self.falls_back(panel, &panel.approvers, false)?;
        if let Some(alternates) = &panel.alternates {
            panel.falls_back[1] = self.falls_back(panel, alternates, true)?;
        }
        Ok(())
    }

    fn seat<'s>(
        &'s self,
        at: usize,
        principal: &'s Principal,
        person: &'s Person,
        vouched: bool,
    ) -> Result<Seat<'s>, Unread> {
        let partner = |which: Sponsors| {
            let partner = self.estate(at).answering(person, vouched);
            let sponsors = partner.map(|(_, organization)| &organization.sponsors);
            let list = sponsors.map(|sponsors| match which {
                Sponsors::External => &sponsors.external,
                Sponsors::Internal | Sponsors::Own => &sponsors.internal,
            });
            list.into_iter().flat_map(|list| list.iter()).collect()
        };
        Ok(match principal {
            Principal::User(_) | Principal::Group(_) => Seat::Named(vec![principal], Fits::All),
            Principal::Manager(level) => Seat::One(self.manager(at, person, *level)?),
            Principal::Oneself => Seat::One(None),
            Principal::Sponsors(Sponsors::Own) => {
                Seat::Named(person.sponsors.iter().collect(), Fits::All)
            }
            Principal::Sponsors(which @ Sponsors::Internal) => {
                Seat::Named(partner(*which), Fits::Inside)
            }
            Principal::Sponsors(which @ Sponsors::External) => {
                Seat::Named(partner(*which), Fits::Outside)
            }
        })
    }

    /// Returns the manager of somebody, so many levels up, who can sign in on one side.
    fn manager(&self, at: usize, person: &Person, level: u8) -> Result<Option<u64>, Unread> {
        let mut next = person.manager;
        let mut found = None;
        for _ in 0..level {
            found = match next {
                Some(id) => self.get_record::<Person>(id.0)?,
                None => None,
            };
            next = found.as_ref().and_then(|person| person.manager);
        }
        let found = found.filter(|manager| self.can_act(at, manager));
        Ok(found.map(|manager| manager.number))
    }

    /// Returns true where the fallback of a list is asked: somebody of the list cannot be found, or nobody of it may decide.
    fn falls_back(
        &self,
        panel: &Panel<'_>,
        bench: &Bench<'_>,
        is_second: bool,
    ) -> Result<bool, Unread> {
        if bench.lacking {
            return Ok(true);
        }
        let mut usable = false;
        for seat in &bench.seats {
            let mut is_there = false;
            let mut see = |number: u64| -> Result<bool, Unread> {
                let person = self.get_record::<Person>(number)?;
                let Some(person) = person.filter(|it| self.can_act(panel.at, it)) else {
                    return Ok(false);
                };
                if self.sits(panel.at, seat, &person)? {
                    is_there = true;
                    let is_first =
                        is_second && self.is_asked(panel, &panel.approvers, 0, &person)?;
                    usable = usable || !panel.excluded.contains(&number) && !is_first;
                }
                Ok(is_there && usable)
            };
            match seat {
                Seat::One(found) => {
                    if let Some(number) = found {
                        let _ = see(*number)?;
                    }
                }
                Seat::Named(principals, _) => {
                    for principal in principals {
                        let _ = self.some(principal, &mut see)?;
                    }
                }
            }
            if !is_there {
                return Ok(true);
            }
        }
        Ok(!usable)
    }

    /// Shows whom a principal may name on either side, until it is enough. Returns true where it was.
    pub(super) fn some(
        &self,
        principal: &Principal,
        enough: &mut dyn FnMut(u64) -> Result<bool, Unread>,
    ) -> Result<bool, Unread> {
        match principal {
            Principal::User(mail) => {
                let key = Key::new().text(mail.as_str());
                self.until(Mark::PersonMail, key, enough)
            }
            Principal::Group(name) => {
                let groups = [self.before.group(name), self.after.group(name)];
                for group in BTreeSet::from(groups) {
                    if self.until(Mark::HoldPlace, Place::group(&group).key(), enough)? {
                        return Ok(true);
                    }
                    for number in &self.movers(&group)?.people {
                        if enough(*number)? {
                            return Ok(true);
                        }
                    }
                }
                Ok(false)
            }
            Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => Ok(false),
        }
    }

    /// Shows the people of a mark, until it is enough. Returns true where it was.
    fn until(
        &self,
        mark: Mark,
        key: Key,
        enough: &mut dyn FnMut(u64) -> Result<bool, Unread>,
    ) -> Result<bool, Unread> {
        let mut range = Range::of(mark, key).most(PIECE);
        loop {
            let piece = self.world.marked(&range)?;
            for (key, id) in &piece {
                // The key of who is in a group ends with the person.
                let number = match mark {
                    Mark::HoldPlace => key.last_number(),
                    _ => Some(id.number),
                };
                if let Some(number) = number
                    && enough(number)?
                {
                    return Ok(true);
                }
            }
            if piece.len() < PIECE {
                return Ok(false);
            }
            range = range.after(piece.into_iter().next_back());
        }
    }

    /// Returns true for somebody whom a seat means on one side.
    fn sits(&self, at: usize, seat: &Seat<'_>, person: &Person) -> Result<bool, Unread> {
        let (principals, fits) = match seat {
            Seat::One(found) => return Ok(*found == Some(person.number)),
            Seat::Named(principals, fits) => (principals, fits),
        };
        let is_meant = match fits {
            Fits::All => true,
            Fits::Inside => !person.is_outside(),
            Fits::Outside => person.is_outside(),
        };
        Ok(is_meant && self.names_person(at, principals.iter().copied(), person)?)
    }

    /// Returns true for somebody of a list, or of its fallback where that is asked, who may decide.
    fn is_asked(
        &self,
        panel: &Panel<'_>,
        bench: &Bench<'_>,
        which: usize,
        person: &Person,
    ) -> Result<bool, Unread> {
        if panel.excluded.contains(&person.number) {
            return Ok(false);
        }
        let falls_back = panel.falls_back.get(which) == Some(&true);
        let fallback = bench.fallback.iter().filter(|_| falls_back);
        for seat in bench.seats.iter().chain(fallback) {
            if self.sits(panel.at, seat, person)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns true for somebody who is asked on one side and not on the other, or later.
    fn is_another(&self, panels: [&Panel<'_>; 2], number: u64) -> Result<bool, Unread> {
        let Some(person) = self.get_record::<Person>(number)? else {
            return Ok(false);
        };
        let part = |panel: &Panel<'_>| -> Result<Option<usize>, Unread> {
            if !self.can_act(panel.at, &person) {
                return Ok(None);
            }
            if self.is_asked(panel, &panel.approvers, 0, &person)? {
                return Ok(Some(0));
            }
            match &panel.alternates {
                Some(alternates) if self.is_asked(panel, alternates, 1, &person)? => Ok(Some(1)),
                _ => Ok(None),
            }
        };
        Ok(part(panels[0])? != part(panels[1])?)
    }
}

impl<'s> Panel<'s> {
    fn benches(&self) -> impl Iterator<Item = &Bench<'s>> {
        std::iter::once(&self.approvers).chain(&self.alternates)
    }

    /// Returns the groups that are asked, or may be.
    fn groups(&self) -> impl Iterator<Item = &'s Principal> {
        let seats = self
            .benches()
            .flat_map(|it| it.seats.iter().chain(&it.fallback));
        principals(seats).filter(|it| matches!(it, Principal::Group(_)))
    }

    /// Returns everybody whom the fallbacks name.
    fn fallback(&self) -> impl Iterator<Item = &'s Principal> {
        principals(self.benches().flat_map(|it| &it.fallback))
    }
}

fn principals<'a, 's: 'a>(
    seats: impl Iterator<Item = &'a Seat<'s>>,
) -> impl Iterator<Item = &'s Principal> {
    seats.flat_map(|seat| match seat {
        Seat::One(_) => Vec::new(),
        Seat::Named(principals, _) => principals.clone(),
    })
}
