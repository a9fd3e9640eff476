//! Random statements: every key of the language, `never` and `always`, each told once more as a question about what was seen.

use super::people::{Account, Someone};
use super::play::{Access, DAY, Seen};
use super::worlds::{World, is_guest, is_member};
use crate::support::dice::Dice;

/// How many there are in a world.
const COUNT: usize = 36;

/// What a statement says: keys that are not there say nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
    always: bool,
    requestors: Vec<&'static str>,
    domain: Option<&'static str>,
    organization: Vec<&'static str>,
    holds: Vec<&'static str>,
    asks: Option<&'static str>,
    catalog: Option<&'static str>,
    resource: Option<&'static str>,
    role: Option<&'static str>,
    through: Vec<&'static str>,
    approvals: Option<(&'static str, usize)>,
    expires: Option<(&'static str, i64)>,
    review: Option<&'static str>,
}

const REQUESTORS: &[&str] = &[
    "anyone",
    "external",
    "visitors",
    "internal",
    "members",
    "guests",
    "configuredOrganizations",
    "proposedOrganizations",
    "unlisted",
];

/// Domains of which people are asked about with every sign-in.
const DOMAINS: &[&str] = &[
    "competitor.example",
    "fabrikam.com",
    "sub.competitor.example",
];

const SIGNS: &[&str] = &["<", "<=", "", ">=", ">"];

/// How often access is reviewed, the seldomest last.
const OFTEN: &[&str] = &["weekly", "monthly", "quarterly", "halfYearly", "yearly"];

fn one(list: &[&'static str], dice: &mut Dice) -> &'static str {
    list[dice.below(list.len())]
}

/// Returns some statements, among which there is every key.
pub(super) fn some(dice: &mut Dice) -> Vec<(String, Statement)> {
    let all = (0..COUNT).map(|at| (format!("s{at}"), Statement::random(at, dice)));
    all.collect()
}

impl Statement {
    /// A statement about so much that it is broken now and then. `at` chooses what it is about, the dice everything else.
    fn random(at: usize, dice: &mut Dice) -> Self {
        let mut said = Self::default();
        let rarely = |dice: &mut Dice| dice.below(3) == 0;
        match dice.below(4) {
            0 => said.domain = Some(one(DOMAINS, dice)),
            1 => said.organization = vec![one(&["fabrikam", "seen", "tail*", "*"], dice)],
            2 => {
                said.requestors = vec![one(REQUESTORS, dice), one(REQUESTORS, dice)];
                said.requestors.dedup();
            }
            _ => {}
        }
        if said.requestors.is_empty() && (rarely(dice) || said.domain.is_none()) {
            said.requestors = vec![one(REQUESTORS, dice)];
        }
        said.always = at.is_multiple_of(3);
        match at % 9 {
            0 | 1 => said.asks = Some(one(&["a", "b", "*"], dice)),
            2 | 3 => said.catalog = Some(one(&["first", "second", "*d"], dice)),
            4 => said.holds = vec!["a", "b"],
            5 | 6 => said.resource = Some(one(&["open", "closed", "*o*"], dice)),
            7 => said.role = Some(one(&["Member", "Owner"], dice)),
            _ => said.holds = vec![one(&["a", "b", "*"], dice)],
        }
        if said.holds.len() > 1 {
            return said;
        }
        if said.resource.is_some() && rarely(dice) {
            said.role = Some(one(&["Member", "Owner"], dice));
        }
        if said.asks.is_none() && rarely(dice) {
            said.through = vec![one(&["request", "automatic", "direct"], dice)];
            if rarely(dice) {
                said.through = vec!["request", "direct"];
            }
        }
        let demanded = dice.below(3);
        let asks = said.asks.is_some();
        if said.always && (demanded == 0 || asks) || rarely(dice) {
            said.approvals = Some((one(SIGNS, dice), dice.below(3)));
        }
        // How long what is only asked for would last nobody sees, and so not how often it would be reviewed.
        if !asks && (said.always && demanded == 1 || rarely(dice)) {
            let sign = if rarely(dice) {
                "never"
            } else {
                one(SIGNS, dice)
            };
            said.expires = Some((sign, [8, 10, 20, 30][dice.below(4)]));
        }
        let bare = said.approvals.is_none() && said.expires.is_none();
        if !asks && (said.always && bare || rarely(dice)) {
            said.review = Some(one(&["monthly", "quarterly", "yearly", "never"], dice));
        }
        said
    }

    /// Returns it in the words of the language.
    pub(super) fn text(&self) -> String {
        let list = |all: &[&str]| format!("[{}]", all.join(", "));
        let mut keys = Vec::new();
        let mut say = |key: &str, value: Option<String>| {
            keys.extend(value.map(|value| format!("{key}: {value}")));
        };
        let any = |all: &[&str]| (!all.is_empty()).then(|| list(all));
        let quoted = |text: Option<&str>| text.map(|text| format!("'{text}'"));
        say("requestors", any(&self.requestors));
        say("domain", self.domain.map(str::to_owned));
        let names: Vec<String> = self
            .organization
            .iter()
            .map(|it| format!("'{it}'"))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        say("organization", any(&names));
        let packages: Vec<String> = self
            .holds
            .iter()
            .map(|it| format!("package/{it}"))
            .collect();
        let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
        say("holds", any(&packages));
        say("asks", self.asks.map(|it| format!("package/{it}")));
        say("catalog", quoted(self.catalog));
        say("resource", quoted(self.resource));
        say("role", quoted(self.role));
        say("through", any(&self.through));
        say(
            "approvals",
            self.approvals.map(|(sign, of)| format!("'{sign}{of}'")),
        );
        say(
            "expires",
            self.expires.map(|(sign, days)| match sign {
                "never" => sign.to_owned(),
                sign => format!("'{sign}{days}d'"),
            }),
        );
        say("review", self.review.map(str::to_owned));
        let verb = if self.always { "always" } else { "never" };
        format!("{verb}: {{ {} }}", keys.join(", "))
    }

    /// Returns true for something that breaks it.
    pub(super) fn is_broken(&self, world: &World, seen: &Seen) -> bool {
        match seen {
            Seen::Together { who } => self.holds.len() > 1 && self.is_about(who),
            Seen::Access(_) if self.holds.len() > 1 => false,
            Seen::Access(access) => {
                let about = self.is_about(&access.who) && self.is_of(world, access);
                // `never` is broken by what fits all keys; `always` by what does not fit one of the last.
                about && self.demands(access).all(|fits| fits) != self.always
            }
        }
    }

    fn is_about(&self, who: &Someone) -> bool {
        let is = |word: &&str| match *word {
            "anyone" => true,
            "external" => who.is_outside(),
            "visitors" => who.account == Account::None,
            "internal" => !who.is_outside(),
            "members" => is_member(who),
            "guests" => is_guest(who),
            "configuredOrganizations" => {
                matches!(who.organization(), Some("fabrikam" | "tailspin"))
            }
            "proposedOrganizations" => who.organization() == Some("seen"),
            "unlisted" => who.is_outside() && who.organization().is_none(),
            other => panic!("{other}"),
        };
        let of = |glob: &&str| who.organization().is_some_and(|name| matches(glob, name));
        let at = |domain: &str| {
            let below = who.domain().strip_suffix(domain);
            below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
        };
        (self.requestors.is_empty() || self.requestors.iter().any(is))
            && (self.organization.is_empty() || self.organization.iter().any(of))
            && self.domain.is_none_or(at)
    }

    fn is_of(&self, world: &World, access: &Access) -> bool {
        let catalog = ["first", "second"][usize::from(access.package == "b")];
        let (happens, given) = match self.asks {
            // What is asked for need not be given.
            Some(_) => (access.asks, world.grants()),
            None => (
                access.holds && self.is_through(access.way),
                access.roles.clone(),
            ),
        };
        let roles = given.iter().any(|(resource, role)| {
            self.resource.is_none_or(|glob| matches(glob, resource))
                && self.role.is_none_or(|wanted| wanted == role)
        });
        let package = self.holds.first().copied().or(self.asks);
        happens
            && package.is_none_or(|glob| matches(glob, access.package))
            && self.catalog.is_none_or(|glob| matches(glob, catalog))
            && (self.resource.is_none() && self.role.is_none() || roles)
    }

    fn is_through(&self, way: &str) -> bool {
        match self.through.is_empty() {
            true => way != "direct",
            false => self.through.contains(&way),
        }
    }

    fn demands(&self, access: &Access) -> impl Iterator<Item = bool> {
        let found = match self.asks {
            Some(_) => access.stages,
            None => access.approvals,
        };
        let approvals = self
            .approvals
            .map(|(sign, wanted)| holds(sign, found.cmp(&wanted)));
        let expires = self.expires.map(|(sign, days)| match (sign, access.lasts) {
            ("never", lasts) => lasts.is_none(),
            (sign, None) => sign.starts_with('>'),
            (sign, Some(lasts)) => holds(sign, lasts.cmp(&(days * DAY))),
        });
        let place = |word: &str| OFTEN.iter().position(|often| *often == word);
        let review = self.review.map(|least| match (least, access.review) {
            ("never", every) => every.is_none(),
            (least, every) => {
                let days = [7, 31, 92, 184, 366];
                let soon = place(least).is_some_and(|at| access.begins <= days[at] * DAY);
                soon && every.is_some_and(|every| place(every) <= place(least))
            }
        });
        [approvals, expires, review].into_iter().flatten()
    }
}

fn holds(sign: &str, found: std::cmp::Ordering) -> bool {
    match sign {
        "<" => found.is_lt(),
        "<=" => found.is_le(),
        ">=" => found.is_ge(),
        ">" => found.is_gt(),
        _ => found.is_eq(),
    }
}

/// Returns true for a name that a pattern with stars means.
fn matches(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((before, after)) => {
            let rest = name.strip_prefix(before);
            rest.is_some_and(|rest| (0..=rest.len()).any(|at| matches(after, &rest[at..])))
        }
    }
}
