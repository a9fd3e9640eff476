//! Holders of packages that give other groups, come or go, or are given to others by a rule: what they may ask for by that, and
//! what rules give them, held against what the engine tells and gives them before and after the apply.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::Identity;
use guestlist::impact::{self, Account, Difference, Sides};
use guestlist::model::Desired;
use guestlist::plan::between;

use super::told::{Somebody, Told, answers, by_rule, enter, gained};
use super::{now, own, untold};
use crate::governance::scene::{BEGIN, Scene, instant, loaded, mail};
use crate::support::dice::Dice;

// A package of which nothing could be delivered is not held.
const GRANTS: &[&str] = &[
    "{ site: Visitors }",
    "{ site: Visitors, x: Member }",
    "{ site: Visitors, y: Owner }",
    "{ site: Visitors, x: Member, y: Member }",
];
const X: &[&str] = &["group: X", "group: X", "team: X", "group: Other"];
const EXCLUDES: &[&str] = &[
    "[]",
    "[package/one]",
    "['group:x']",
    "[package/auto, 'group:D']",
    "['group:Y']",
];
const ASKED: &[&str] = &[
    "members",
    "membersAndGuests",
    "{ people: ['group:x'] }",
    "{ people: ['group:Y', 'group:D'] }",
    "{ people: ['group:X'] }",
];
const RULES: &[&str] = &["Sales", "Legal"];
/// Who can be assigned a package by hand.
const HELD: &[&str] = &[
    "nobody",
    "members, requests: { enabled: false }",
    "{ people: ['group:Y'] }, requests: { enabled: false }",
    "{ people: ['group:D'] }, requests: { enabled: false }",
];
/// Who is given a package by rule that groups open and close.
const GIVEN: &[&str] = &[
    "user.department -eq \"Sales\"",
    "user.department -in [\"Sales\", \"Crafts\"]",
    "user.userType -eq \"Guest\"",
];
const DYNAMIC: &[&str] = &[
    "",
    "  d: { group: D, managed: true }\n",
    "  d: { group: D, managed: true, membershipRule: '(user.mail -startsWith \"a\")' }\n",
    "  d: { group: D, managed: true, membershipRule: '(user.mail -startsWith \"b\")' }\n",
    "  d: { group: D, managed: true, guests: false, membershipRule: '(user.mail -startsWith \"a\")' }\n",
    "  d: { group: D, managed: true, membershipRule: '(user.department -eq \"Sales\")' }\n",
    "  d: { group: D, managed: true, membershipRule: '(user.department -ne \"Sales\")' }\n",
    "  d: { group: D, managed: true, membershipRule: '(user.userType -eq \"Guest\")' }\n",
];

/// A world: which of each choice.
#[derive(Debug, Clone)]
struct World([usize; 15]);

/// How many there are of each choice.
const CHOICES: [usize; 15] = [4, 4, 4, 3, 4, 3, 8, 5, 5, 6, 5, 5, 4, 6, 2];

impl World {
    fn roll(dice: &mut Dice) -> Self {
        Self(CHOICES.map(|end| dice.below(end)))
    }

    /// The same world with a few choices made anew.
    fn beside(&self, dice: &mut Dice) -> Self {
        let mut other = self.clone();
        for _ in 0..=dice.below(3) {
            let at = dice.below(CHOICES.len() - 1);
            other.0[at] = dice.below(CHOICES[at]);
        }
        if dice.below(3) == 0 {
            other.0[14] = 1 - other.0[14];
        }
        other
    }

    fn text(&self) -> String {
        let [
            x,
            one,
            two,
            second,
            by_rule,
            rule,
            dynamic,
            it,
            p,
            q,
            other,
            r,
            held,
            given,
            guests,
        ] = self.0;
        let guests = guests > 0;
        let second = match second {
            0 => String::new(),
            _ => format!(
                "  two: {{ catalog: open, displayName: Two, grants: {}, policies: {{ direct: {{ expires: never }} }} }}\n",
                GRANTS[two]
            ),
        };
        let rules = match RULES.get(rule) {
            Some(rule) => format!(
                ", rule: {{ requestors: {{ automatic: {{ rule: 'user.department -eq \"{rule}\"' }} }}, expires: never }}"
            ),
            None => String::new(),
        };
        let given = match GIVEN.get(given) {
            Some(rule) => format!(
                ", rule: {{ requestors: {{ automatic: {{ rule: '{rule}' }} }}, expires: never }}"
            ),
            None => String::new(),
        };
        let policies = |first: usize, then: usize, given: &str| {
            let mut text = format!(
                "policies: {{ p: {{ requestors: {}, expires: {{ after: 30d }} }}",
                ASKED[first]
            );
            if let Some(then) = ASKED.get(then) {
                text.push_str(&format!(", q: {{ requestors: {then}, expires: never }}"));
            }
            format!("{text}{given} }}")
        };
        format!(
            "version: 1
resources:
  x: {{ {}, guests: {guests}, replace: allowed }}
  y: {{ team: Y, guests: {guests} }}
  site: {{ site: 'https://contoso.sharepoint.com/sites/one' }}
{}catalogs:
  open: {{ displayName: Open, resources: [x, y, site] }}
packages:
  one: {{ catalog: open, displayName: One, grants: {}, policies: {{ direct: {{ requestors: {}, expires: never }} }} }}
{second}  auto: {{ catalog: open, displayName: Auto, grants: {}, policies: {{ direct: {{ expires: never }}{rules} }} }}
  it: {{ catalog: open, displayName: It, incompatibleWith: {}, {} }}
  other: {{ catalog: open, displayName: Other, incompatibleWith: {}, {} }}
",
            X[x], DYNAMIC[dynamic], GRANTS[one], HELD[held], GRANTS[by_rule], EXCLUDES[it],
            policies(p, q, &given), EXCLUDES[other], policies(r, q, "")
        )
    }

    /// Whether somebody adds people to the group by hand.
    fn is_by_hand(&self) -> bool {
        self.0[6] < 2
    }
}

/// Everybody: in four departments, with two letters, of both sorts, holding some packages, in some group by hand.
fn people(by_hand: bool) -> Vec<Somebody> {
    let mut all = Vec::new();
    let departments = ["Sales", "Legal", "Crafts", "Design"];
    let sorts = departments.map(|it| [("a", it), ("b", it)]);
    for (letter, department) in sorts.into_iter().flatten() {
        for account in [Account::Member, Account::InternalGuest] {
            for holds in [&[][..], &["one"], &["two"], &["one", "two"], &["auto"]] {
                for groups in [
                    &[][..],
                    &["X"],
                    &["Y"],
                    &["D"],
                    &["Other"],
                    // Whoever loses the one role of a group that a package gave has the other one still.
                    &["X as Owner"],
                    &["Y as Owner"],
                    &["Other as Owner"],
                    &["X", "Y"],
                    &["X", "D"],
                    &["Other", "Y"],
                    &["Other", "D"],
                ] {
                    // Whoever holds something and is in two groups is told by two of these.
                    let is_too_much = !holds.is_empty() && groups.len() > 1;
                    let is_too_little =
                        holds.is_empty() && groups.iter().any(|it| it.contains(' '));
                    if is_too_much || is_too_little || groups.contains(&"D") && !by_hand {
                        continue;
                    }
                    let address = format!("{letter}{}@contoso.com", all.len());
                    all.push(Somebody {
                        groups: groups.iter().map(|it| (*it).to_owned()).collect(),
                        holds: holds.iter().map(|it| (*it).to_owned()).collect(),
                        department: Some(department),
                        ..Somebody::plain(&address, Identity::Own, account)
                    });
                }
            }
        }
    }
    all
}

/// A store with everybody in it, to which a tree was applied.
struct Played<'p> {
    scene: Scene,
    people: &'p [Somebody],
}

impl<'p> Played<'p> {
    fn of(tree: &Desired, people: &'p [Somebody]) -> Self {
        let mut scene = Scene::of("version: 1\ncatalogs: { open: { displayName: Open } }\n");
        scene.apply_desired(tree);
        scene.directly(|desk| {
            for (nth, somebody) in people.iter().enumerate() {
                let _ = enter(desk, nth, somebody)?;
            }
            Ok(())
        });
        let mut played = Self { scene, people };
        let _ = played.settle("T1");
        played
    }

    /// Lets everybody have the packages that they hold where there are such, and follows all that was changed. Returns those
    /// who have one now that they did not have.
    fn settle(&mut self, at: &str) -> BTreeSet<usize> {
        let mut come = BTreeSet::new();
        let _ = self.scene.tick(at);
        for (nth, somebody) in self.people.iter().enumerate() {
            for name in &somebody.holds {
                let grant = Direct {
                    person: mail(somebody.mail.as_str()),
                    name: None,
                    policy: format!("policy/{name}/direct").parse().unwrap(),
                    start: None,
                    end: None,
                    justification: None,
                };
                // Who has it already, or may not have it, is refused.
                if self
                    .scene
                    .engine()
                    .serve(&Command::Grant(grant).into())
                    .is_ok()
                {
                    come.insert(nth);
                }
            }
        }
        let _ = self.scene.tick(at);
        come
    }

    /// What everybody may ask for, and what rules have given them.
    fn told(&self, tree: &Desired) -> Vec<Told> {
        let mut numbers = BTreeMap::new();
        let each = self.people.iter().enumerate().map(|(nth, somebody)| {
            let number = self.scene.person(somebody.mail.as_str()).number;
            numbers.insert(number, nth);
            answers(&self.scene, Some(number), None, tree, instant(BEGIN))
        });
        let mut told: Vec<Told> = each.collect();
        by_rule(&self.scene, tree, &numbers, &mut told);
        told
    }
}

fn names(told: &Told) -> BTreeSet<String> {
    told.keys().map(|(package, _)| package.clone()).collect()
}

#[test]
fn holders_may_ask_for_more_if_and_only_if_the_engine_lets_them() {
    let wanted = std::env::var("WORLDS").ok();
    let wanted = wanted.and_then(|worlds| worlds.parse().ok()).unwrap_or(5);
    let (mut gaining, mut losing) = (0, 0);
    for seed in 0..wanted {
        let mut dice = Dice::new(seed + 900);
        let one = World::roll(&mut dice);
        let other = one.beside(&mut dice);
        let (before, after) = (one.text(), other.text());
        let (old, new) = (loaded(&before, now()), loaded(&after, now()));
        let people = people(one.is_by_hand());
        let mut played = Played::of(&old, &people);
        let had = played.told(&old);
        played.scene.apply_desired(&new);
        // Those who have something keep it or lose it, and those who come to have it come later.
        let _ = played.scene.tick("T2");
        let has = played.told(&new);
        let later = played.settle("T2");
        let come = played.told(&new);

        let (mut gaining_by, mut lost) = (BTreeSet::new(), BTreeSet::new());
        // What somebody no longer may, now that they have something that nobody could give them before.
        let mut given_up = BTreeSet::new();
        let mut whom = BTreeMap::new();
        let is_told = |name: &String| name == "it" || name == "other";
        for (nth, somebody) in people.iter().enumerate() {
            for (has, has_come) in [(&has[nth], false), (&come[nth], later.contains(&nth))] {
                let had = &had[nth];
                for (name, terms) in gained(had, has) {
                    if is_told(&name) {
                        let _ = whom.entry(("gains", name.clone())).or_insert(somebody);
                        gaining_by.insert((name, terms));
                    }
                }
                let gone = &names(had) - &names(has);
                for name in gone.into_iter().filter(is_told) {
                    let _ = whom.entry(("loses", name.clone())).or_insert(somebody);
                    if has_come {
                        given_up.insert(name);
                    } else {
                        lost.insert(name);
                    }
                }
            }
        }
        let plan = between(&old, &new);
        let own = own();
        let sides = Sides::between(&plan, &old);
        let found = impact::impact(&plan, &sides, [&own, &own], now(), None).unwrap();
        let told = |kinds: &[Difference]| -> BTreeSet<String> {
            let rows = found.rows.iter().filter(|row| kinds.contains(&row.kind));
            let packages = rows.flat_map(|row| &row.packages);
            let names = packages.map(|it| it.own_name().to_owned());
            names.filter(is_told).collect()
        };
        let rows = found.rows.iter().map(|row| {
            let (kind, because) = (
                row.kind.as_str(),
                row.because.iter().map(ToString::to_string),
            );
            let because: Vec<String> = because.collect();
            let packages: Vec<&str> = row.packages.iter().map(|it| it.own_name()).collect();
            let (who, text) = (&row.who.text, &row.text);
            format!("{kind} {who}: {packages:?} {text} by {because:?}\n")
        });
        let rows: String = rows.collect();
        let case = format!("{seed}\n{before}\n{after}\n{rows}\n{whom:?}");
        // Whoever comes to hold something after is in other groups by it than those who held it, where these take guests or no more.
        let mut comers: BTreeSet<String> = BTreeSet::new();
        if one.0[14] != other.0[14] {
            let fresh = Played::of(&new, &people).told(&new);
            for (had, has) in had.iter().zip(&fresh) {
                comers.extend(gained(had, has).into_iter().map(|(name, _)| name));
                given_up.extend((&names(had) - &names(has)).into_iter().filter(is_told));
            }
        }
        let gained: BTreeSet<String> = gaining_by.iter().map(|(name, _)| name.clone()).collect();
        let wider = told(&[Difference::New, Difference::Wider]);
        assert!(wider.is_superset(&gained), "{wider:?} {gained:?} {case}");
        let is_gained = |name: &String| gained.contains(name) || comers.contains(name);
        assert!(wider.iter().all(is_gained), "{wider:?} {gained:?} {case}");
        let untold = untold(&found, &gaining_by);
        assert!(untold.is_empty(), "{untold:?} {case}");
        let gone = told(&[Difference::Gone]);
        assert!(gone.is_superset(&lost), "{gone:?} {lost:?} {case}");
        given_up.append(&mut lost.clone());
        assert!(gone.is_subset(&given_up), "{gone:?} {given_up:?} {case}");
        gaining += gained.len();
        losing += lost.len();
    }
    assert!(gaining > 0 && losing > 0, "{gaining} {losing}");
}
