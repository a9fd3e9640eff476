//! Sets of changes that make a difference, and which changes make each sort of people another.
//!
//! A part of everybody may hold the people of thousands of organizations that one plan changes, and each package may have such a
//! part: organizations and their cross-tenant settings are told by their position among all that the plan changes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::cause::Reason;
use crate::impact::estate::{Border, Traits};
use crate::impact::people::census::Census;
use crate::impact::people::crowd::Crowd;
use crate::impact::people::part::Part;
use crate::impact::touched::Touched;
use crate::model::kinds::Organization;
use crate::model::text::Domain;
use crate::model::{Address, Kind};

/// Changes that make a difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reasons {
    /// Those of [`Sorted::changes`], by position.
    of_sorts: Crowd,
    /// Shared by all sorts of people of whom it is the same.
    others: Arc<BTreeSet<Reason>>,
}

impl Reasons {
    /// Adds all of others.
    pub(super) fn add(&mut self, other: &Self) {
        self.of_sorts.add(&other.of_sorts);
        self.add_others(&other.others);
    }

    fn add_others(&mut self, others: &Arc<BTreeSet<Reason>>) {
        if self.others.is_empty() {
            self.others = Arc::clone(others);
        } else if !Arc::ptr_eq(&self.others, others) && !others.is_subset(&self.others) {
            Arc::make_mut(&mut self.others).extend(others.iter().cloned());
        }
    }

    /// Returns true when there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.of_sorts.is_empty() && self.others.is_empty()
    }

    /// Returns true where there are several.
    pub(super) fn are_several(&self) -> bool {
        self.of_sorts.iter().take(2).count() + self.others.len() > 1
    }

    /// Keeps of those that are no matter of sorts of people the ones that some asks for.
    pub(super) fn retain(&mut self, is_kept: impl FnMut(&Reason) -> bool) {
        Arc::make_mut(&mut self.others).retain(is_kept);
    }

    /// Returns true where both have the same but for what makes sorts of people others, and some of that in common.
    pub(super) fn overlap(&self, other: &Self) -> bool {
        self.others == other.others && self.of_sorts.meets(&other.of_sorts)
    }
}

/// Returns the domains that an organization names, and whether with all below them.
fn domains(organization: &Organization) -> BTreeSet<(&Domain, bool)> {
    let rules = organization.domains.iter();
    rules.map(|rule| (&rule.domain, rule.subdomains)).collect()
}

impl FromIterator<Reason> for Reasons {
    /// Collects what is no matter of sorts of people.
    fn from_iter<I: IntoIterator<Item = Reason>>(all: I) -> Self {
        Self {
            of_sorts: Crowd::default(),
            others: Arc::new(all.into_iter().collect()),
        }
    }
}

/// Which changes make sorts of people others than before.
#[derive(Debug)]
pub(super) struct Sorted {
    /// The organizations and cross-tenant settings that a plan changes, in order.
    changes: Vec<Address>,
    organizations: HashMap<String, usize>,
    settings: HashMap<String, usize>,
    /// The organizations that have other domains than before.
    likeness: Crowd,
    /// The list of domains alone, and the project's settings alone.
    by_list: Arc<BTreeSet<Reason>>,
    by_own: Arc<BTreeSet<Reason>>,
    /// What makes those of a group of the census others, by its position.
    of: Vec<Made>,
    /// The sorts of people that something makes others.
    moved: Crowd,
}

/// What makes somebody another: `None` for what is as it was.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// By the organization that is seen in them.
    pub(super) organization: Option<Reasons>,
    /// By whether they are let in.
    pub(super) border: Option<Reasons>,
}

impl Made {
    fn is_nothing(&self) -> bool {
        self.organization.is_none() && self.border.is_none()
    }

    fn add(&mut self, other: &Self) {
        let both = [
            (&mut self.organization, &other.organization),
            (&mut self.border, &other.border),
        ];
        for (mine, theirs) in both {
            if let Some(theirs) = theirs {
                mine.get_or_insert_default().add(theirs);
            }
        }
    }
}

impl Sorted {
    /// Lists what a plan changes, and what of it makes each sort of people another.
    pub(super) fn of(census: &Census<'_, '_>, touched: &Touched) -> Self {
        let is_of_sorts =
            |it: &&Address| matches!(it.kind(), Kind::Organization | Kind::CrossTenant);
        let changes = touched.decisive.iter().filter(is_of_sorts).cloned();
        let changes: BTreeSet<Address> = changes.collect();
        let changes: Vec<Address> = changes.into_iter().collect();
        let by_name = |kind: Kind| -> HashMap<String, usize> {
            let all = changes.iter().enumerate();
            let all = all.filter(|(_, address)| address.kind() == kind);
            all.map(|(at, address)| (address.own_name().to_owned(), at))
                .collect()
        };
        let organizations = by_name(Kind::Organization);
        let likeness = organizations.iter().filter(|(name, _)| {
            let organizations = census.sides.iter().map(|side| side.organization(name));
            let mut domains = organizations.map(|it| it.map(domains));
            let first = domains.next();
            domains.any(|other| first.as_ref() != Some(&other))
        });
        let mut sorted = Self {
            likeness: likeness.map(|(_, at)| *at).collect(),
            organizations,
            settings: by_name(Kind::CrossTenant),
            by_list: Arc::new(BTreeSet::from([Reason::Change(Address::singleton(
                Kind::Domains,
            ))])),
            by_own: Arc::new(BTreeSet::from([Reason::Settings])),
            changes,
            of: Vec::new(),
            moved: Crowd::default(),
        };
        let mut of = Vec::new();
        for (traits, bases) in census.groups() {
            let made = sorted.made(traits);
            if !made.is_nothing() {
                sorted.moved.extend(bases.iter().copied());
            }
            of.push(made);
        }
        sorted.of = of;
        sorted
    }

    /// Returns what makes those of a part others, whichever of them it is.
    pub(super) fn of_part(&self, census: &Census<'_, '_>, part: &Part<'_>) -> Made {
        let mut all = Made::default();
        if part.bases.is_empty() {
            all.add(&self.made(&part.traits));
            part.others.iter().for_each(|it| all.add(&self.made(it)));
            return all;
        }
        let mut moved = part.bases.clone();
        moved.keep(&self.moved);
        let mut last = None;
        for group in moved.iter().filter_map(|at| census.group_at(at)) {
            if last.replace(group) != Some(group)
                && let Some(made) = self.of.get(group)
            {
                all.add(made);
            }
        }
        all
    }

    /// Returns what makes everybody look less, or more, like somebody of an organization.
    pub(super) fn likeness(&self) -> Reasons {
        Reasons {
            of_sorts: self.likeness.clone(),
            others: Arc::clone(&self.by_own),
        }
    }

    /// Returns all of some changes, in order.
    pub(super) fn all(&self, reasons: &Reasons) -> BTreeSet<Reason> {
        let of_sorts = reasons.of_sorts.iter();
        let of_sorts = of_sorts.filter_map(|at| self.changes.get(at).cloned());
        let others = reasons.others.iter().cloned();
        others.chain(of_sorts.map(Reason::Change)).collect()
    }

    /// Returns what makes somebody another in whom both sides see this.
    fn made(&self, traits: &[Traits<'_>]) -> Made {
        let mut made = Made::default();
        let [one, two] = traits else {
            return made;
        };
        let organizations = [one, two].map(|traits| traits.seen.organization);
        if organizations[0] != organizations[1] {
            let reasons = made.organization.get_or_insert_default();
            let names = organizations.into_iter().flatten();
            let positions = names.filter_map(|(name, _)| self.organizations.get(name));
            reasons.of_sorts.extend(positions.copied());
        }
        if one.border == two.border && one.shut == two.shut {
            return made;
        }
        let reasons = made.border.get_or_insert_default();
        let borders = [one, two].into_iter();
        let borders = borders.flat_map(|it| [it.border, it.shut.map(Border::Closed)]);
        for border in borders.flatten() {
            match border {
                Border::Blocked(_) | Border::NotAllowed => reasons.add_others(&self.by_list),
                Border::Closed(address) => {
                    let name = address.own_name();
                    let both = [self.settings.get(name), self.organizations.get(name)];
                    reasons.of_sorts.extend(both.into_iter().flatten().copied());
                }
                Border::Own => reasons.add_others(&self.by_own),
            }
        }
        made
    }
}
