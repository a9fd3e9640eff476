//! Impact against the engine itself: whatever it says of somebody and a package is what a request is told, and a plan is
//! refused as wider if and only if somebody gains.

mod accepting;
mod already;
mod borders;
mod choosing;
mod closing;
mod covered;
mod deciding;
mod given;
mod guests;
mod held;
mod holding;
mod in_place;
mod keeping;
mod known;
mod losing;
mod moving;
mod naming;
mod played;
mod random;
mod reasons;
mod redeeming;
mod renaming;
mod resembling;
mod settings;
mod small;
mod spelling;
mod told;
mod waived;

use std::collections::{BTreeMap, BTreeSet};

use guestlist::governance::record::Identity;
use guestlist::guard::{self, Circumstances, Rule};
use guestlist::impact::{
    self, Account as Standing, Asked, Base, Census, Difference, Estate, Impact, Named, Part,
    Requestor, Row, Sides, access, impact,
};
use guestlist::model::text::Domain;
use guestlist::model::{Desired, Object};
use guestlist::plan::{Plan, between};
use jiff::Timestamp;

use super::scene::{BEGIN, Scene, instant, loaded, mail};
use told::{OWN, Somebody, Terms, Told, World, covers, gained, gains};

fn own() -> Vec<Domain> {
    vec![Domain::parse(OWN).unwrap()]
}

fn now() -> Timestamp {
    instant(BEGIN)
}

fn of(one: &Desired, other: &Desired) -> Impact {
    let plan = between(one, other);
    let own = own();
    let sides = Sides::between(&plan, one);
    impact(&plan, &sides, [&own, &own], now(), None).unwrap()
}

/// A tree of one open catalog with these packages in it.
fn packages(packages: &str) -> String {
    format!("version: 1\ncatalogs: {{ open: {{ displayName: Open }} }}\npackages:\n{packages}")
}

/// A row in words: what it is, of whom, which packages, what differs, and the changes that make it.
fn words(row: &Row) -> String {
    let packages: Vec<&str> = row.packages.iter().map(|it| it.own_name()).collect();
    let because: Vec<String> = row.because.iter().map(ToString::to_string).collect();
    let (kind, packages, because) = (row.kind.as_str(), packages.join(", "), because.join(", "));
    format!(
        "{kind} {}: {packages} {} by {because}",
        row.who.text, row.text
    )
}

/// Whether the guards refuse a plan as wider.
fn is_refused_as_wider(plan: &Plan, impact: Impact) -> bool {
    let circumstances = Circumstances {
        impact,
        ..Circumstances::default()
    };
    let verdict = guard::judge(plan, &circumstances);
    let mut refusals = verdict.refusals.iter();
    refusals.any(|refusal| refusal.rule == Rule::Widening)
}

/// Everybody whom a census knows, as people.
fn everybody(trees: &[&Desired]) -> Vec<Somebody> {
    let own = own();
    let estates: Vec<Estate<'_>> = trees
        .iter()
        .map(|tree| Estate::of(tree, &own, now()))
        .collect();
    let sides: Vec<&Estate<'_>> = estates.iter().collect();
    let census = Census::of(&sides);
    let names: BTreeSet<&str> = estates
        .iter()
        .flat_map(Estate::offers)
        .map(|offer| offer.address.own_name())
        .collect();
    let mut found: BTreeMap<String, Somebody> = BTreeMap::new();
    let mut add = |somebody: Somebody| {
        found.insert(format!("{somebody:?}"), somebody);
    };
    for base in census.bases() {
        add(person(base, &[]));
    }
    for name in names {
        let offers: Vec<_> = estates.iter().map(|estate| estate.offer(name)).collect();
        for part in census.parts(&offers) {
            let Part { bases, named, .. } = &part;
            for at in bases.iter() {
                if !named.is_empty() {
                    add(person(&census.bases()[at], named));
                }
            }
        }
    }
    found.into_values().collect()
}

fn person(base: &Base, named: &[Named]) -> Somebody {
    let groups = named.iter().filter_map(|named| match named {
        Named::Group(name) => Some(name.clone()),
        _ => None,
    });
    let holds = named.iter().filter_map(|named| match named {
        Named::Holder(name) => Some(name.clone()),
        _ => None,
    });
    Somebody {
        groups: groups.collect(),
        holds: holds.collect(),
        ..Somebody::plain(
            &format!("someone@{}", base.zone.witness),
            base.sign_in.identity(),
            base.account,
        )
    }
}

/// People that no census chose, with addresses and sign-ins of every sort.
fn others() -> Vec<Somebody> {
    let tenant = |id: &str| Identity::Tenant {
        tenant: guestlist::model::text::Guid::parse(id).unwrap(),
    };
    let mut all = Vec::new();
    for address in [
        "ada@a.example",
        "ada@x.a.example",
        "bob@b.example",
        "cleo@c.example",
        "dave@d.example",
        "dora@elsewhere.org",
    ] {
        for identity in [
            Identity::Passcode,
            Identity::Facebook,
            Identity::Federation {
                issuer: "https://sts.d.example".to_owned(),
            },
            tenant(B_TENANT),
        ] {
            for account in Standing::OUTSIDE {
                all.push(Somebody::plain(address, identity.clone(), account));
            }
        }
    }
    for account in Standing::INSIDE {
        for groups in [&[][..], &["team"], &["crew"], &["team", "crew"]] {
            for holds in [&[][..], &["held"]] {
                let owned = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
                all.push(Somebody {
                    groups: owned(groups),
                    holds: owned(holds),
                    ..Somebody::plain("mia@contoso.com", Identity::Own, account)
                });
            }
        }
    }
    all
}

/// People of every domain that some tree names, and of one below it, with every sign-in that proves an organization there; told
/// by the trees alone, so that whoever a census forgets is asked about too.
fn neighbours(trees: &[&Desired]) -> Vec<Somebody> {
    let (mut domains, mut sign_ins) = (BTreeSet::new(), vec![Identity::Passcode]);
    for declaration in trees.iter().flat_map(|tree| tree.objects()) {
        match &*declaration.object {
            Object::Organization(it) => {
                domains.extend(it.domains.iter().map(|rule| rule.domain.to_string()));
                let tenant = it.tenant.iter().cloned();
                sign_ins.extend(tenant.map(|tenant| Identity::Tenant { tenant }));
                let issuer = it.federation.iter().map(|it| it.issuer.as_str().to_owned());
                sign_ins.extend(issuer.map(|issuer| Identity::Federation { issuer }));
            }
            Object::Domains(it) => {
                let rules = it.block.iter().chain(&it.allow).flatten();
                domains.extend(rules.map(|rule| rule.domain.to_string()));
            }
            _ => {}
        }
    }
    sign_ins.sort();
    sign_ins.dedup();
    let below: Vec<String> = domains.iter().map(|it| format!("below.{it}")).collect();
    domains.extend(below);
    let mut all = Vec::new();
    for domain in &domains {
        for identity in &sign_ins {
            let address = format!("neil@{domain}");
            all.push(Somebody::plain(&address, identity.clone(), Standing::None));
        }
    }
    all
}

const B_TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

/// What the engine tells people at some instants, each answer once, and who is told which in every tree.
struct Answers {
    known: Vec<Vec<Told>>,
    by_tree: Vec<Vec<usize>>,
}

impl Answers {
    /// Asks the engine, and holds what may be asked for against what impact says of it.
    fn of(trees: &[(&str, Desired)], people: &[Somebody], instants: &[&str]) -> Self {
        let mut world = World::new();
        let mut known: BTreeMap<Vec<Told>, usize> = BTreeMap::new();
        let mut by_tree = Vec::new();
        let own = own();
        for (text, tree) in trees {
            let estate = Estate::of(tree, &own, now());
            world.scene.apply_desired(tree);
            let asked = people.iter().map(|somebody| {
                let told = instants
                    .iter()
                    .map(|at| world.told(somebody, tree, instant(at)));
                let told: Vec<Told> = told.collect();
                same_as_access(somebody, &estate, &told[0], world.finds(somebody), text);
                told
            });
            let mut answers: Vec<Vec<Told>> = asked.collect();
            for (nth, at) in instants.iter().enumerate() {
                for (answer, given) in answers.iter_mut().zip(told::given(people, tree, at)) {
                    answer[nth].extend(given);
                }
            }
            let ids = answers.into_iter().map(|answer| {
                let next = known.len();
                *known.entry(answer).or_insert(next)
            });
            by_tree.push(ids.collect());
        }
        let mut all: Vec<(Vec<Told>, usize)> = known.into_iter().collect();
        all.sort_by_key(|(_, id)| *id);
        Self {
            known: all.into_iter().map(|(told, _)| told).collect(),
            by_tree,
        }
    }

    /// What somebody gains by another tree at the first instant, by package.
    fn gained(&self, one: usize, other: usize) -> BTreeSet<(String, Terms)> {
        let pairs = self.by_tree[one].iter().zip(&self.by_tree[other]);
        let pairs: BTreeSet<(&usize, &usize)> = pairs.filter(|(one, other)| one != other).collect();
        let gained = pairs.into_iter().flat_map(|(before, after)| {
            let [before, after] = [before, after].map(|at| &self.known[*at][0]);
            gained(before, after)
        });
        gained.collect()
    }

    /// The packages of which somebody gains, of which somebody loses and does not gain, and those that somebody may no longer
    /// have at once, from one tree to another.
    fn differ(&self, one: usize, other: usize) -> [BTreeSet<String>; 3] {
        let pairs = self.by_tree[one].iter().zip(&self.by_tree[other]);
        let pairs: BTreeSet<(usize, usize)> = pairs
            .map(|(one, other)| (*one, *other))
            .filter(|(one, other)| one != other)
            .collect();
        let mut differ = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
        for (before, after) in pairs {
            let (before, after) = (&self.known[before], &self.known[after]);
            let packages = |told: &Told| -> BTreeSet<String> {
                told.keys().map(|(package, _)| package.clone()).collect()
            };
            let (had, has) = (packages(&before[0]), packages(&after[0]));
            let sides = || before.iter().zip(after);
            let gained: BTreeSet<String> = sides().flat_map(|(old, new)| gains(old, new)).collect();
            let lost = sides().flat_map(|(old, new)| gains(new, old));
            let lost = lost.filter(|it| !gained.contains(it) && had.contains(it));
            differ[1].extend(lost.filter(|it| has.contains(it)));
            differ[0].extend(gained);
            differ[2].extend(&had - &has);
        }
        differ
    }
}

/// Returns those of what somebody gains that no row of their package tells: neither it nor more.
fn untold<'g>(found: &Impact, gained: &'g BTreeSet<(String, Terms)>) -> Vec<&'g (String, Terms)> {
    let is_told = |(package, terms): &&(String, Terms)| {
        let rows = found.rows.iter().filter(|row| row.kind.widens());
        let mut rows = rows.filter(|row| row.packages.iter().any(|it| it.own_name() == package));
        rows.any(|row| {
            let mut after = row.after.iter();
            after.any(|it| covers(&told::in_numbers(it, now()), terms))
        })
    };
    gained.iter().filter(|it| !is_told(it)).collect()
}

/// Holds impact and the guard against the engine for pairs of worlds, for all people that there may be. Returns how many pairs
/// there were, and in how many somebody gains.
fn agree(
    worlds: &[String],
    pairs: impl IntoIterator<Item = (usize, usize)>,
    instants: &[&str],
) -> (usize, usize) {
    agree_for(worlds, pairs, instants, &|_| true)
}

/// Whether every world is compared with every other, and not a part of them alone: `WORLDS=all`.
fn is_whole() -> bool {
    std::env::var("WORLDS").is_ok_and(|worlds| worlds == "all")
}

/// Returns every world with every other; without `WORLDS=all` a third of these pairs, in which each world is on both sides.
fn pairs(size: usize) -> impl Iterator<Item = (usize, usize)> {
    let step = if is_whole() { 1 } else { 3 };
    (0..size).flat_map(move |one| {
        let others = (0..size).filter(move |other| (one + 2 * other + 1).is_multiple_of(step));
        others.map(move |other| (one, other))
    })
}

/// The same for some of the people.
fn agree_for(
    worlds: &[String],
    pairs: impl IntoIterator<Item = (usize, usize)>,
    instants: &[&str],
    counts: &dyn Fn(&Somebody) -> bool,
) -> (usize, usize) {
    let there = There {
        counts,
        besides: &[],
        store: None,
    };
    agree_with(worlds, pairs, instants, &there)
}

/// Who there may be.
struct There<'t> {
    /// Which of all sorts of people.
    counts: &'t dyn Fn(&Somebody) -> bool,
    besides: &'t [Somebody],
    /// What is asked of who is there.
    store: Option<&'t Scene>,
}

/// The same for those who may be there.
fn agree_with(
    worlds: &[String],
    pairs: impl IntoIterator<Item = (usize, usize)>,
    instants: &[&str],
    there: &There<'_>,
) -> (usize, usize) {
    let read = worlds.iter().map(|text| (&**text, loaded(text, now())));
    let trees: Vec<(&str, Desired)> = read.collect();
    let mut people: BTreeMap<String, Somebody> = BTreeMap::new();
    let all: Vec<&Desired> = trees.iter().map(|(_, tree)| tree).collect();
    let known = everybody(&all).into_iter().chain(others());
    for somebody in known.chain(neighbours(&all)) {
        for somebody in somebody.each(&trees) {
            people.insert(format!("{somebody:?}"), somebody);
        }
    }
    let people = people.into_values().filter(|it| (there.counts)(it));
    let people: Vec<Somebody> = people.chain(there.besides.iter().cloned()).collect();
    let answers = Answers::of(&trees, &people, instants);
    let mut compared = (0, 0);
    for (one, other) in pairs {
        let ((before, old), (after, new)) = (&trees[one], &trees[other]);
        let plan = between(old, new);
        let sides = Sides::between(&plan, old);
        let own = own();
        let of = |asked: Option<Asked<'_>>| impact(&plan, &sides, [&own, &own], now(), asked);
        let mut found = match there.store {
            None => of(None).unwrap(),
            Some(store) => store.look(|desk| {
                let world = desk.world();
                let (named, zone) = (false, &jiff::tz::TimeZone::UTC);
                of(Some(Asked { world, named, zone }))
            }),
        };
        // What becomes of those who have something already is held against the engine elsewhere.
        found.rows.retain(|row| !already::is_of_holders(row));
        let packages = |kinds: &[Difference]| -> BTreeSet<String> {
            let rows = found.rows.iter().filter(|row| kinds.contains(&row.kind));
            let packages = rows.flat_map(|row| &row.packages);
            packages.map(|it| it.own_name().to_owned()).collect()
        };
        let [gained, narrowed, lost] = answers.differ(one, other);
        let wider = packages(&[Difference::New, Difference::Wider]);
        assert_eq!(wider, gained, "{before}\n{after}\n{:#?}", found.rows);
        let gone = packages(&[Difference::Gone]);
        // Whoever a rule gives it on both sides is not told apart from those who lose it.
        let narrower = packages(&[Difference::Narrower]);
        let is_narrower = narrower.is_subset(&narrowed) && narrowed.is_subset(&(&narrower | &gone));
        let is_certain = instants.len() == 1;
        assert!(
            !is_certain || is_narrower,
            "{before}\n{after}\n{narrowed:?}\n{:#?}",
            found.rows
        );
        assert_eq!(gone, lost, "{before}\n{after}\n{:#?}", found.rows);
        let gained_by = answers.gained(one, other);
        let untold = untold(&found, &gained_by);
        assert!(
            untold.is_empty(),
            "{before}\n{after}\n{untold:?}\n{:#?}",
            found.rows
        );
        assert_eq!(is_refused_as_wider(&plan, found), !gained.is_empty());
        compared.0 += 1;
        compared.1 += usize::from(!gained.is_empty());
    }
    compared
}

/// Whoever is called unable to ask is refused by the engine, and the reverse; through the same policies, on the same terms, and
/// found without a link by the same people.
fn same_as_access(
    somebody: &Somebody,
    estate: &Estate<'_>,
    told: &Told,
    finds: Option<BTreeSet<String>>,
    text: &str,
) {
    let base = Base {
        account: somebody.account,
        zone: impact::Zone {
            sort: impact::Sort::Other,
            witness: Domain::parse(somebody.mail.domain()).unwrap(),
        },
        sign_in: match &somebody.identity {
            Identity::Own => impact::SignIn::Own,
            Identity::Passcode => impact::SignIn::Passcode,
            Identity::Tenant { tenant } => impact::SignIn::Tenant(tenant.clone()),
            Identity::Federation { issuer } => impact::SignIn::Federation(issuer.clone()),
            Identity::Facebook => impact::SignIn::Facebook,
            Identity::Google | Identity::MicrosoftAccount => impact::SignIn::Personal,
        },
    };
    let traits = estate.traits(&base);
    let mut named: Vec<Named> = somebody
        .groups
        .iter()
        .map(|group| Named::Group(group.clone()))
        .collect();
    named.push(Named::User(somebody.mail.clone()));
    named.extend(somebody.also.map(|it| Named::User(mail(it))));
    let requestor = Requestor {
        traits: &traits,
        named: &named,
        holds: &somebody.holds,
    };
    for offer in estate.offers() {
        let found = access(estate, requestor, Some(offer)).delivered(&traits, Some(offer));
        let ways = found.ways.iter().map(|way| {
            let terms = impact::Terms::of(way);
            (terms.policy.clone(), told::in_numbers(&terms, now()))
        });
        let ways: BTreeMap<String, Terms> = ways.collect();
        let name = offer.address.own_name();
        let of = told.iter().filter(|((package, _), _)| package == name);
        let engine: BTreeMap<String, Terms> = of
            .map(|((_, policy), terms)| (policy.clone(), *terms))
            .collect();
        assert_eq!(ways, engine, "{somebody:#?}\n{text}\n{:?}", found.barrier);
        if let Some(finds) = finds.as_ref().filter(|_| found.is_obtainable()) {
            assert_eq!(
                found.browsable,
                finds.contains(name),
                "{somebody:#?}\n{text}"
            );
        }
    }
}
