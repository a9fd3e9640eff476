//! Parts of organizations and of domains: what is left once everybody of some is told.

use std::collections::{BTreeMap, BTreeSet};

use super::Speaker;
use crate::impact::people::class::Sort;
use crate::impact::people::crowd::Crowd;
use crate::impact::people::who::{Who, by, list, zone};
use crate::model::text::Domain;

impl Speaker<'_, '_> {
    /// Says who is meant by what is left: parts of organizations and of domains.
    pub(super) fn rest(&self, left: &Crowd, idle: &Crowd, who: &mut Who) -> Option<String> {
        let mut left = left.clone();
        let mut texts = Vec::new();
        let mut names = Vec::new();
        for (name, of) in self.organizations(&left) {
            let mine: Vec<usize> = of.iter().copied().filter(|at| left.contains(*at)).collect();
            if mine.is_empty() {
                continue;
            }
            mine.iter().for_each(|spot| left.remove(*spot));
            let mut passcodes = of.iter().filter(|at| self.passcodes.contains(**at));
            let is_by_passcode = mine.iter().all(|at| self.passcodes.contains(*at));
            if is_by_passcode && passcodes.all(|at| mine.contains(at) || idle.contains(*at)) {
                let way = "who sign in by a one-time passcode".to_owned();
                names.push(((*name).to_owned(), way));
                continue;
            }
            if let Some(side) = self.side(name, &mine, idle) {
                names.push(((*name).to_owned(), side.to_owned()));
                continue;
            }
            names.push(((*name).to_owned(), self.parts(&mine, of, idle)));
        }
        let mut by_zones: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, zones) in names {
            who.organizations.push(name.clone());
            by_zones.entry(zones).or_default().push(name);
        }
        for (zones, names) in by_zones {
            texts.push(format!("people of {} {zones}", list(&names)));
        }
        for (ways, zones) in self.by_sign_in(left.iter()) {
            texts.push(format!("anyone at {} who signs in {ways}", list(&zones)));
        }
        (!texts.is_empty()).then(|| texts.join(", "))
    }

    /// Says which part of an organization some of its spots are: at which domains, and how they sign in where others there do
    /// otherwise and are not meant.
    fn parts(&self, mine: &[usize], of: &[usize], idle: &Crowd) -> String {
        let here: BTreeSet<&(Sort, Domain)> = mine
            .iter()
            .filter_map(|spot| self.sorts.get(*spot))
            .collect();
        let meant: Crowd = mine.iter().copied().collect();
        let is_here = |spot: usize| self.sorts.get(spot).is_some_and(|it| here.contains(it));
        let others = of.iter().copied().filter(|spot| is_here(*spot));
        let others: Crowd = others.collect();
        if others.is_within(&meant, &[idle]) {
            let zones: BTreeSet<String> = here
                .iter()
                .map(|(sort, witness)| zone(sort, witness))
                .collect();
            let zones: Vec<String> = zones.into_iter().collect();
            return format!("at {}", list(&zones));
        }
        let ways = self.by_sign_in(mine.iter().copied()).into_iter();
        let ways = ways.map(|(ways, zones)| format!("at {} who sign in {ways}", list(&zones)));
        ways.collect::<Vec<_>>().join(" and ")
    }

    /// Returns the domains of some spots, by how people sign in there.
    fn by_sign_in(&self, spots: impl Iterator<Item = usize>) -> BTreeMap<String, Vec<String>> {
        let mut ways: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for spot in spots {
            let Some((sort, witness)) = self.sorts.get(spot) else {
                continue;
            };
            let first = self.firsts.get(spot).and_then(|at| self.bases.get(*at));
            let sign_in = first.map_or("", |base| by(&base.sign_in));
            let _ = ways.entry(zone(sort, witness)).or_default().insert(sign_in);
        }
        let mut by_sign_in: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (zone, ways) in ways {
            let ways: Vec<&str> = ways.into_iter().collect();
            by_sign_in.entry(ways.join(" or ")).or_default().push(zone);
        }
        by_sign_in
    }

    /// Returns the words for some spots that are all of an organization on one side, where it is told by something else on the
    /// other.
    fn side(&self, organization: &str, spots: &[usize], idle: &Crowd) -> Option<&'static str> {
        let sides = self.remade.get(organization)?;
        let words = ["as it was", "as it will be"];
        let mut sides = sides.iter().zip(words).filter(|(side, _)| {
            let is_whole = side
                .iter()
                .all(|at| spots.contains(at) || idle.contains(*at));
            is_whole && spots.iter().all(|at| side.contains(at))
        });
        sides.next().map(|(_, words)| words)
    }
}
