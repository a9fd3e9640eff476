//! Some of everybody, as a [`Census`](crate::impact::Census) divides them: those who get one answer for a package on every side.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::class::Named;
use super::crowd::Crowd;
use crate::impact::access::Requestor;
use crate::impact::estate::Traits;
use crate::impact::moving::{Moves, Naming};

/// Whose somebody is by how they sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Belongs<'t> {
    /// Of an organization that policies of the package name.
    To(&'t str),
    ToAnother,
    ToNone,
}

/// People who get one answer for a package on every side.
#[derive(Debug, Clone)]
pub struct Part<'t> {
    /// What each side sees in them.
    pub traits: Vec<Traits<'t>>,
    /// What each side sees in others whom an address names and who get the same answers, where the sides differ.
    pub(in crate::impact) others: Rc<Vec<Vec<Traits<'t>>>>,
    /// The sorts of people in it, by their position in [`Census::bases`](super::census::Census::bases); none where an address names them.
    pub bases: Crowd,
    /// Whose they are where an address names them, by how they sign in.
    pub(super) belongs: BTreeSet<Belongs<'t>>,
    /// Which of the parts that nothing names it lies in.
    pub(in crate::impact) within: Option<usize>,
    /// What names them: of several names that do the same one stands for all.
    pub named: Vec<Named>,
    /// What of that counts on each side.
    pub(super) naming: Vec<Naming>,
    /// The groups that they are in besides by a rule, of those that lists name: whoever they are, it matches.
    pub(in crate::impact) forced: Vec<Named>,
    /// The names that are not theirs, of those of which rules say whose they are.
    pub(super) apart: Vec<Named>,
    /// Whether nobody is so: the rules of groups let everybody be in one of them.
    pub(in crate::impact) is_nobody: bool,
    /// Every name that stands where the names of [`Self::named`] do, in the same order.
    pub alike: Vec<Vec<Named>>,
}

impl<'t> Part<'t> {
    /// Returns somebody of it who would ask, with what one side sees in them.
    pub(in crate::impact) fn requestor<'r>(
        &'r self,
        traits: &'r Traits<'t>,
        at: usize,
    ) -> Requestor<'r, 't> {
        Requestor {
            traits,
            named: self.naming.get(at).map_or(&[], |it| &it.named),
            holds: self.naming.get(at).map_or(&[], |it| &it.holds),
        }
    }

    /// Returns the same people without saying which they are.
    pub(in crate::impact) fn alone(&self) -> Self {
        Self {
            bases: Crowd::default(),
            alike: Vec::new(),
            traits: self.traits.clone(),
            others: Rc::default(),
            belongs: BTreeSet::new(),
            within: None,
            named: self.named.clone(),
            naming: self.naming.clone(),
            forced: self.forced.clone(),
            apart: self.apart.clone(),
            is_nobody: self.is_nobody,
        }
    }

    /// Sets what the last side sees in them.
    pub(in crate::impact) fn see(&mut self, traits: Traits<'t>) {
        if let Some(last) = self.traits.last_mut() {
            *last = traits;
        }
    }

    /// Sets what names them on the last side.
    pub(in crate::impact) fn name(&mut self, naming: Naming) {
        if let Some(last) = self.naming.last_mut() {
            *last = naming;
        }
    }

    /// Returns true for members of the directory.
    pub(in crate::impact) fn is_member(&self) -> bool {
        self.traits.first().is_some_and(|traits| traits.seen.member)
    }

    pub(super) fn of(traits: &[Traits<'t>], bases: Crowd) -> Self {
        Self {
            traits: traits.to_vec(),
            others: Rc::default(),
            bases,
            belongs: BTreeSet::new(),
            within: None,
            named: Vec::new(),
            naming: Vec::new(),
            forced: Vec::new(),
            apart: Vec::new(),
            is_nobody: false,
            alike: Vec::new(),
        }
    }

    pub(super) fn is_living(&self) -> bool {
        self.traits.iter().all(|traits| traits.seen.living)
    }

    /// Names them by the groups that they are in whoever they are.
    pub(super) fn join(&mut self) {
        for naming in &mut self.naming {
            naming.named.extend(self.forced.iter().cloned());
        }
    }

    pub(super) fn with(
        &self,
        named: &[Vec<Named>],
        is_member: bool,
        moves: Option<Moves<'_>>,
    ) -> Self {
        let first = named.iter().filter_map(|alike| alike.first().cloned());
        let first: Vec<Named> = first.collect();
        let sides = 0..self.traits.len();
        Self {
            naming: sides
                .map(|at| Naming::of(&first, at, is_member, moves))
                .collect(),
            named: first,
            alike: named.to_owned(),
            ..self.clone()
        }
    }
}
