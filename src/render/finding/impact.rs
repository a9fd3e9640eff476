//! Findings of an impact: who gains and who loses access, at the lines that make it so.
//!
//! All of them are notes. What a guard has against one of them is a finding of the guard.

use std::collections::BTreeMap;

use super::{Finding, Level, Setting, Spot, print};
use crate::impact::{Because, Difference, Effect, Impact, Row, What};
use crate::model::{Address, Origin};
use crate::plan::{OwnDomains, Plan};
use crate::render::view;

impl Setting<'_> {
    /// Returns findings of who gains and who loses access.
    pub(super) fn access(&self, plan: &Plan, impact: &Impact) -> Vec<Finding> {
        let declared = plan.changes.iter();
        let declared: BTreeMap<&Address, &Origin> = declared
            .filter_map(|change| Some((&change.address, change.origin.as_ref()?)))
            .collect();
        let own = plan.own.iter().map(|change| self.own(change, impact));
        let rows = impact.rows.iter().map(|row| self.row(row));
        let effects = impact.effects.iter().map(|one| {
            let origin = declared.get(&one.address).copied();
            self.effect(one, self.declared(origin))
        });
        own.chain(rows).chain(effects).collect()
    }

    /// Returns the finding that the domains of our own people change, at the line of the settings as far as a row knows it.
    fn own(&self, change: &OwnDomains, impact: &Impact) -> Finding {
        let mut because = impact.rows.iter().flat_map(|row| &row.because);
        let line = because.find_map(|one| one.line.filter(|_| one.address.is_none()));
        let words = view::own_domains(change);
        self.note(
            "own-domains".to_owned(),
            "other domains of our own people",
            &words,
            self.line(self.settings, line.unwrap_or(1)),
            Vec::new(),
            print(&["own-domains", &words]),
        )
    }

    fn row(&self, row: &Row) -> Finding {
        let rule = format!("access-{}", row.kind.as_str());
        let title = match row.kind {
            Difference::New => "access that somebody may newly have",
            Difference::Wider => "access that somebody may have on easier terms",
            Difference::Narrower => "access that somebody may have on harder terms",
            Difference::Gone => "access that somebody may no longer have",
            Difference::Other => "access that somebody may have on other terms",
        };
        let packages: Vec<String> = row.packages.iter().map(Address::to_string).collect();
        let message = format!("{}: {}", row.who.text, view::difference(row));
        let fingerprint = print(&[&rule, &row.who.text, &packages.join(" "), &row.text]);
        let mut places = self.places(row);
        let spot = places.next().map(|(spot, _)| spot);
        let related = places.map(|(spot, one)| (spot, self.text(&one.to_string()).into_owned()));
        let spot = spot.unwrap_or_else(|| self.declared(None));
        self.note(rule, title, &message, spot, related.collect(), fingerprint)
    }

    /// Returns the line that makes access to one of some packages wider.
    pub(super) fn widening<'a>(
        &self,
        impact: &Impact,
        mut packages: impl Iterator<Item = &'a Address>,
    ) -> Option<Spot> {
        packages.find_map(|package| {
            let mut rows = impact.widenings();
            rows.find_map(|row| match row.packages.contains(package) {
                true => self.places(row).next().map(|(spot, _)| spot),
                false => None,
            })
        })
    }

    /// Returns the lines that make a difference, with the objects that they belong to.
    fn places<'a>(&self, row: &'a Row) -> impl Iterator<Item = (Spot, &'a Because)> {
        row.because
            .iter()
            .filter_map(|one| Some((self.line(one.path.as_deref()?, one.line?), one)))
    }

    fn effect(&self, effect: &Effect, spot: Spot) -> Finding {
        let (rule, title) = match effect.what {
            What::End => ("effect-end", "people who lose a package"),
            What::LoseRole => ("effect-lose-role", "people who lose a role"),
            What::Leave => ("effect-leave", "people who leave a group by its rule"),
            What::Block => (
                "effect-block",
                "people whose account is blocked with their last package",
            ),
            What::Get => ("effect-get", "people who get a package by a rule"),
            What::Join => ("effect-join", "people who come into a group by its rule"),
            What::GainRole => ("effect-gain-role", "people who get another role"),
            What::Stay => ("effect-stay", "people who keep what they have"),
            What::Refuse => ("effect-refuse", "open requests that will be refused"),
            What::OtherApprover => (
                "effect-other-approver",
                "open requests that others will decide",
            ),
            What::Accept => ("effect-accept", "guests who have terms to accept"),
            What::FailInvitation => ("effect-fail-invitation", "invitations that will fail"),
            What::DoubtInvitation => ("effect-doubt-invitation", "invitations that may fail"),
            What::GuestStay => ("effect-guest-stay", "guests who stay"),
            What::Hide => ("effect-hide", "packages that nobody sees any more"),
        };
        let words = effect.words();
        let fingerprint = print(&[rule, &effect.address.to_string(), &words]);
        self.note(
            rule.to_owned(),
            title,
            &words,
            spot,
            Vec::new(),
            fingerprint,
        )
    }

    fn note(
        &self,
        rule: String,
        title: &str,
        message: &str,
        spot: Spot,
        related: Vec<(Spot, String)>,
        fingerprint: String,
    ) -> Finding {
        Finding {
            rule,
            title: title.to_owned(),
            level: Level::Note,
            message: self.text(message).into_owned(),
            help: Vec::new(),
            test: None,
            more: Vec::new(),
            spot,
            related,
            fingerprint,
        }
    }
}
