//! Somebody who fits rules over people: groups with dynamic membership and automatic policies see attributes.
//!
//! A rule is a formula over comparisons; each way to make it true is tried. The comparisons of one property are regular
//! languages, so whether a text meets all of them is decided by an automaton. What has more ways, or a larger automaton, than
//! is looked at is not decided, and said to be so.

use std::collections::BTreeMap;

use super::Undecided;
use super::near::Near;
use crate::governance::record::{Account as Record, Creation, Identity, Person, UserType};
use crate::governance::rule::comparison::Comparison;
use crate::governance::rule::form::{ADDRESS, Form, LINE, LOCAL, NUMBER, PART};
use crate::governance::rule::language::{self, Demand, Found};
use crate::governance::rule::{Rule, attribute, matches};
use crate::impact::Account;
use crate::model::text::{Domain, Email};
use crate::scenario::SOMEONE;

/// How many ways to make rules true are tried.
const WAYS: usize = 500;

/// Who somebody is apart from what rules see in them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Sketch {
    /// What they are to the directory.
    pub(super) account: Account,
    /// The domain of their address.
    pub(super) domain: Domain,
    /// What stands before it, for somebody whom a list names by address.
    pub(super) local: Option<String>,
    /// The domain of our own people.
    pub(super) home: String,
    /// The domains that their address may be of as well.
    pub(super) near: Option<Near>,
}

impl Sketch {
    /// Returns the address of somebody of whom nothing more is known.
    pub(super) fn mail(&self) -> Option<Email> {
        let local = self.local.as_deref().unwrap_or(SOMEONE);
        Email::parse(&format!("{local}@{}", self.domain)).ok()
    }

    /// Returns somebody of whom nothing is known but their account and an address.
    pub(super) fn plain(&self, mail: &Email) -> Person {
        let local = mail.as_str().split('@').next().unwrap_or_default();
        let account = self.account;
        let mut person = Person::applicant(1, mail.clone(), local.to_owned());
        person.identities = vec![Identity::Own];
        person.account = (account != Account::None).then(|| Record {
            upn: self.upn(mail),
            user_type: match account {
                Account::Member | Account::ExternalMember => UserType::Member,
                Account::Guest | Account::InternalGuest | Account::None => UserType::Guest,
            },
            external: account.is_outside(),
            state: None,
            state_changed: None,
            creation: Creation::Ordinary,
            enabled: true,
            created: jiff::Timestamp::UNIX_EPOCH,
            deleted: None,
            roles: Vec::new(),
        });
        person
    }

    /// Returns somebody of whom rules see this, by the names of the directory.
    pub(super) fn seen_with(&self, mail: &Email, seen: &[(String, String)]) -> Person {
        let mut person = self.plain(mail);
        for (name, value) in seen {
            let value = value.clone();
            match (name.as_str(), &mut person.account) {
                ("displayName", _) => person.name = value,
                ("companyName", _) => person.company = Some(value),
                ("userPrincipalName", Some(account)) => account.upn = value,
                ("objectId", _) => person.number = value.parse().unwrap_or(person.number),
                ("otherMails", _) => {
                    let mails = value.split(',').filter_map(|text| Email::parse(text).ok());
                    person.other_mails = mails.collect();
                }
                _ => drop(person.attributes.insert(name.clone(), value)),
            }
        }
        person
    }

    /// Returns the user principal name that the directory gives an address.
    fn upn(&self, mail: &Email) -> String {
        match self.account.is_outside() {
            true => {
                let local = mail.as_str().replace('@', "_").to_lowercase();
                format!("{local}#EXT#@{}", self.home)
            }
            false => mail.to_string(),
        }
    }

    /// Returns somebody for whom rules are as wanted; `None` when there is nobody.
    ///
    /// # Errors
    ///
    /// [`Undecided`] where nobody was found, and not everybody could be looked at.
    pub(super) fn fitting(&self, rules: &[(&Rule, bool)]) -> Result<Option<Person>, Undecided> {
        let Some(plain) = self.mail().map(|mail| self.plain(&mail)) else {
            return Ok(None);
        };
        let fits = |person: &Person| {
            rules
                .iter()
                .all(|(rule, wanted)| matches(rule, person) == *wanted)
        };
        if fits(&plain) {
            return Ok(Some(plain));
        }
        if self.account == Account::None {
            return Ok(None);
        }
        let mut all = Ways {
            ways: vec![Vec::new()],
            whole: true,
        };
        for (rule, wanted) in rules {
            all = all.and(&met(rule, *wanted));
        }
        let mut whole = all.whole;
        for way in &all.ways {
            match self.attempt(&plain, way) {
                Ok(Some(person)) if fits(&person) => return Ok(Some(person)),
                Ok(None) => {}
                // What meets every comparison meets the rules.
                Ok(Some(_)) | Err(Undecided) => whole = false,
            }
        }
        if whole { Ok(None) } else { Err(Undecided) }
    }

    /// Returns somebody for whom comparisons are as wanted: a value for each property by itself.
    fn attempt(&self, plain: &Person, way: &[Comparison<'_>]) -> Result<Option<Person>, Undecided> {
        let mut by_property: BTreeMap<&str, Vec<&Comparison<'_>>> = BTreeMap::new();
        for comparison in way {
            by_property
                .entry(comparison.test.property.as_str())
                .or_default()
                .push(comparison);
        }
        let mut person = plain.clone();
        let mut undecided = false;
        for (property, comparisons) in by_property {
            let holds = |person: &Person| {
                comparisons
                    .iter()
                    .all(|comparison| holds(comparison, person))
            };
            if holds(&person) {
                continue;
            }
            match self.meet(&person, property, &comparisons) {
                Ok(Some(met)) => person = met,
                Ok(None) => return Ok(None),
                // Another property may rule it out for certain.
                Err(Undecided) => undecided = true,
            }
        }
        if undecided {
            Err(Undecided)
        } else {
            Ok(Some(person))
        }
    }

    /// Returns somebody with another value of one property, for whom comparisons of it are as wanted.
    fn meet(
        &self,
        person: &Person,
        property: &str,
        comparisons: &[&Comparison<'_>],
    ) -> Result<Option<Person>, Undecided> {
        let mut person = person.clone();
        let attributes = &mut person.attributes;
        match property {
            "userType" | "accountEnabled" => return Ok(None),
            "dirSyncEnabled" => {
                for value in ["true", "false"] {
                    person
                        .attributes
                        .insert(property.to_owned(), value.to_owned());
                    if comparisons
                        .iter()
                        .all(|comparison| holds(comparison, &person))
                    {
                        return Ok(Some(person));
                    }
                }
                return Ok(None);
            }
            "otherMails" => {
                let Some(texts) = several(comparisons, ADDRESS)? else {
                    return Ok(None);
                };
                let mails = texts.iter().map(|text| Email::parse(text));
                person.other_mails = mails.collect::<Result<_, _>>().map_err(|_| Undecided)?;
            }
            "proxyAddresses" => {
                let Some(texts) = several(comparisons, PART)? else {
                    return Ok(None);
                };
                attributes.insert(property.to_owned(), texts.join(","));
            }
            "mail" if self.local.is_some() => return Ok(None),
            "mail" => {
                let found = match &self.near {
                    Some(near) => {
                        let near = near.demands().ok_or(Undecided)?;
                        single(comparisons, near, [ADDRESS.usual, ADDRESS.any])?
                    }
                    None => {
                        let [usual, any] =
                            [LOCAL.usual, LOCAL.any].map(|local| at(local, &[&self.domain]));
                        single(comparisons, Vec::new(), [&usual, &any])?
                    }
                };
                let Some(text) = found else {
                    return Ok(None);
                };
                person.mail = Email::parse(&text).map_err(|_| Undecided)?;
                let upn = self.upn(&person.mail);
                if let Some(account) = &mut person.account {
                    account.upn = upn;
                }
            }
            "objectId" => {
                let Some(text) = single(comparisons, Vec::new(), [NUMBER.usual, NUMBER.any])?
                else {
                    return Ok(None);
                };
                person.number = text.parse().map_err(|_| Undecided)?;
            }
            _ => {
                let Some(text) = single(comparisons, Vec::new(), [LINE.usual, LINE.any])? else {
                    return Ok(None);
                };
                match (property, &mut person.account) {
                    ("displayName", _) => person.name = text,
                    ("companyName", _) => person.company = Some(text),
                    ("userPrincipalName", Some(account)) => account.upn = text,
                    _ => drop(attributes.insert(attribute(property).to_owned(), text)),
                }
            }
        }
        Ok(Some(person))
    }
}

/// Returns true for somebody for whom a comparison is as wanted.
fn holds(comparison: &Comparison<'_>, person: &Person) -> bool {
    matches(comparison.rule, person) == comparison.wanted
}

/// Returns a pattern for addresses with some domains.
fn at(local: &str, domains: &[&Domain]) -> String {
    let domains = domains.iter().map(|it| regex_syntax::escape(it.as_str()));
    format!("{local}@(?:{})", domains.collect::<Vec<_>>().join("|"))
}

/// Returns a text for which comparisons are as wanted, and that is as demanded beside: of the usual form, or of the form that
/// any such text has.
fn single(
    comparisons: &[&Comparison<'_>],
    mut demands: Vec<Demand>,
    [usual, any]: [&str; 2],
) -> Result<Option<String>, Undecided> {
    let contradicts = |one: &Comparison<'_>| {
        let text = one.exact()?;
        let mut exact = comparisons.iter().filter_map(|other| other.exact());
        exact.any(|other| other != text).then_some(())
    };
    // Two texts at once need no automaton, and nobody has them.
    if comparisons.iter().any(|one| contradicts(one).is_some()) {
        return Ok(None);
    }
    for comparison in comparisons {
        match comparison.demand().ok_or(Undecided)? {
            Some(demand) => demands.push(demand),
            None => return Ok(None),
        }
    }
    let mut of = |form: &str| {
        demands.extend(Demand::whole(form));
        let found = language::find(&demands);
        demands.pop();
        found
    };
    let found = match of(usual) {
        Found::Nothing | Found::Unknown if usual != any => of(any),
        found => found,
    };
    match found {
        Found::Text(text) => Ok(Some(text)),
        Found::Nothing => Ok(None),
        Found::Unknown => Err(Undecided),
    }
}

/// Returns texts of a form that are together as comparisons of several values want them: none, or one for each that has to
/// be there.
fn several(comparisons: &[&Comparison<'_>], form: Form) -> Result<Option<Vec<String>>, Undecided> {
    let (every, some): (Vec<&Comparison<'_>>, Vec<&Comparison<'_>>) = comparisons
        .iter()
        .partition(|comparison| comparison.is_universal());
    let mut texts = Vec::new();
    for one in some {
        let mut all = every.clone();
        all.push(one);
        match single(&all, Vec::new(), [form.usual, form.any])? {
            // One text may be enough for several.
            Some(text) if texts.contains(&text) => {}
            Some(text) => texts.push(text),
            None => return Ok(None),
        }
    }
    Ok(Some(texts))
}

/// Sets of comparisons that make rules as wanted, each enough by itself.
struct Ways<'r> {
    ways: Vec<Vec<Comparison<'r>>>,
    /// Whether these are all.
    whole: bool,
}

impl<'r> Ways<'r> {
    fn and(&self, other: &Self) -> Self {
        let pairs = self
            .ways
            .iter()
            .flat_map(|one| other.ways.iter().map(move |other| (one, other)));
        let joined = pairs.map(|(one, other)| one.iter().chain(other).copied().collect());
        Self {
            ways: joined.take(WAYS).collect(),
            whole: self.whole
                && other.whole
                && self.ways.len().saturating_mul(other.ways.len()) <= WAYS,
        }
    }

    fn all(rules: &'r [Rule], wanted: bool) -> Self {
        let none = Self {
            ways: vec![Vec::new()],
            whole: true,
        };
        let each = rules.iter().map(|rule| met(rule, wanted));
        each.fold(none, |all, one| all.and(&one))
    }
}

/// Returns the ways to make a rule as wanted.
fn met(rule: &Rule, wanted: bool) -> Ways<'_> {
    match rule {
        Rule::Test(test) | Rule::Each { test, .. } => Ways {
            ways: vec![vec![Comparison { rule, test, wanted }]],
            whole: true,
        },
        Rule::Not(rule) => met(rule, !wanted),
        Rule::And(rules) if wanted => Ways::all(rules, true),
        Rule::Or(rules) if !wanted => Ways::all(rules, false),
        Rule::And(rules) | Rule::Or(rules) => {
            let mut any = Ways {
                ways: Vec::new(),
                whole: true,
            };
            for one in rules.iter().map(|rule| met(rule, wanted)) {
                any.whole &= one.whole;
                any.ways.extend(one.ways);
            }
            any.whole &= any.ways.len() <= WAYS;
            any.ways.truncate(WAYS);
            any
        }
    }
}

/// Returns those of some domains, by their places, of which guests have to be for a rule to be as wanted; none where people of
/// any domain may be. Of many that are alike the first are enough.
pub(super) fn domains(rule: &Rule, wanted: bool, all: &[&Domain]) -> Vec<usize> {
    const ENOUGH: usize = 64;
    /// Of how many domains each is looked at by itself where anybody of some fits.
    const FEW: usize = 512;
    let mut found = Vec::new();
    for way in met(rule, wanted).ways {
        let comparisons = way.iter().filter(|it| it.test.property == "mail");
        let comparisons: Vec<&Comparison<'_>> = comparisons.collect();
        if comparisons.is_empty() {
            continue;
        }
        let is_plain = |domain: &Domain| {
            let sketch = Sketch {
                account: Account::Guest,
                domain: domain.clone(),
                local: None,
                home: String::new(),
                near: None,
            };
            let person = sketch.mail().map(|mail| sketch.plain(&mail));
            person.is_some_and(|person| {
                comparisons
                    .iter()
                    .all(|comparison| holds(comparison, &person))
            })
        };
        let (plain, rest): (Vec<usize>, Vec<usize>) =
            (0..all.len()).partition(|at| all.get(*at).is_some_and(|domain| is_plain(domain)));
        let enough = plain.len() >= ENOUGH || !plain.is_empty() && all.len() > FEW;
        found.extend(plain.into_iter().take(ENOUGH));
        if !enough {
            let mut more = Vec::new();
            halved(&comparisons, all, &rest, &mut more);
            found.extend(more.into_iter().take(ENOUGH));
        }
    }
    found
}

/// Adds those of some domains of which an address is as comparisons want it: halves of those that cannot be ruled out together.
fn halved(comparisons: &[&Comparison<'_>], all: &[&Domain], some: &[usize], out: &mut Vec<usize>) {
    const MOST: usize = 64;
    if some.len() <= MOST {
        let domains: Vec<&Domain> = some.iter().filter_map(|at| all.get(*at).copied()).collect();
        let any = at(LOCAL.any, &domains);
        if domains.is_empty() || single(comparisons, Vec::new(), [&any, &any]) == Ok(None) {
            return;
        }
        if let [one] = some {
            out.push(*one);
            return;
        }
    }
    let (one, other) = some.split_at(some.len() / 2);
    halved(comparisons, all, one, out);
    halved(comparisons, all, other, out);
}

/// Returns the properties that rules speak of, by the names of the directory.
pub(super) fn properties<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Vec<&'r str> {
    fn of<'r>(rule: &'r Rule, out: &mut Vec<&'r str>) {
        match rule {
            Rule::Test(test) | Rule::Each { test, .. } => out.push(&test.property),
            Rule::Not(rule) => of(rule, out),
            Rule::And(rules) | Rule::Or(rules) => rules.iter().for_each(|rule| of(rule, out)),
        }
    }
    let mut out = Vec::new();
    rules.into_iter().for_each(|rule| of(rule, &mut out));
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(account: Account, local: Option<&str>) -> Sketch {
        Sketch {
            near: None,
            account,
            domain: Domain::parse("fabrikam.com").expect("a domain"),
            local: local.map(str::to_owned),
            home: "contoso.com".to_owned(),
        }
    }

    fn find(account: Account, rules: &[(&str, bool)]) -> Option<Person> {
        let read: Vec<(Rule, bool)> = rules
            .iter()
            .map(|(rule, wanted)| (Rule::parse(rule).expect(rule), *wanted))
            .collect();
        let rules: Vec<(&Rule, bool)> = read.iter().map(|(rule, wanted)| (rule, *wanted)).collect();
        sketch(account, None).fitting(&rules).expect("decided")
    }

    #[test]
    fn somebody_is_found_who_fits() {
        for rule in [
            "user.department -eq \"Sales\"",
            "user.department -eq \"Sales\" -and user.jobTitle -startsWith \"Head\"",
            "user.department -startsWith \"Sa\" -and user.department -contains \"les\" -and user.department -ne \"sales\"",
            "user.mail -match \"^bob@.*\"",
            "user.userType -eq \"Guest\" -and -not (user.department -eq null)",
            "user.otherMails -any (_ -contains \"wingtip@wingtip.example\")",
            "user.companyName -in [\"Fabrikam\", \"Wingtip\"] -and user.companyName -notIn [\"Fabrikam\"]",
            "user.dirSyncEnabled -eq true",
        ] {
            assert!(find(Account::Guest, &[(rule, true)]).is_some(), "{rule}");
            assert!(find(Account::Guest, &[(rule, false)]).is_some(), "{rule}");
        }
    }

    #[test]
    fn nobody_fits_what_contradicts_itself() {
        let guests = "user.userType -eq \"Guest\"";
        assert!(find(Account::Guest, &[(guests, false)]).is_none());
        assert!(find(Account::Member, &[(guests, true)]).is_none());
        assert!(find(Account::None, &[(guests, true)]).is_none());
        let sales = "user.department -eq \"Sales\"";
        assert!(find(Account::Member, &[(sales, true), (sales, false)]).is_none());
        let both = "user.department -eq \"Sales\" -and user.department -eq \"Legal\"";
        assert!(find(Account::Member, &[(both, true)]).is_none());
    }

    #[test]
    fn patterns_are_decided_and_not_sampled() {
        for (rule, fits) in [
            // The shortest text of the pattern is the one that is left out.
            (
                "user.department -match \"^a+$\" -and user.department -ne \"a\"",
                true,
            ),
            (
                "user.department -match \"^(aa)+$\" -and user.department -match \"^(aaa)+$\"",
                true,
            ),
            (
                "user.department -match \"^(aa)+$\" -and user.department -match \"^(aa)*a$\"",
                false,
            ),
            (
                "user.department -match \"x\" -and user.department -notContains \"x\"",
                false,
            ),
            (
                "user.department -match \"^unit\" -and user.department -notStartsWith \"uni\"",
                false,
            ),
            // Patterns take the long s for an s, the other operators do not.
            (
                "user.department -match \"^sales\" -and user.department -notStartsWith \"sal\"",
                true,
            ),
            (
                "user.department -match \"[0-9]{3}$\" -and user.department -startsWith \"unit \"",
                true,
            ),
            ("user.mail -match \"@wingtip\"", false),
            ("user.mail -match \"^[^s].*@fabrikam\"", true),
            (
                "user.userPrincipalName -contains \"#ext#\" -and user.mail -startsWith \"zoe\"",
                true,
            ),
            (
                "user.otherMails -any (_ -match \"@b\") -and user.otherMails -any (_ -match \"@c\")",
                true,
            ),
            (
                "user.otherMails -any (_ -match \"@b\") -and user.otherMails -all (_ -notMatch \"b\")",
                false,
            ),
            ("user.objectId -match \"^[a-z]\"", false),
        ] {
            let found = find(Account::Guest, &[(rule, true)]);
            assert_eq!(found.is_some(), fits, "{rule}: {found:?}");
        }
    }

    #[test]
    fn who_is_named_keeps_their_address() {
        let rule = Rule::parse("user.mail -startsWith \"bob\"").expect("a rule");
        let named = |local| sketch(Account::Guest, Some(local)).fitting(&[(&rule, true)]);
        assert_eq!(named("eva"), Ok(None));
        assert!(named("bob").is_ok_and(|found| found.is_some()));
    }

    #[test]
    fn what_is_too_large_is_not_decided() {
        let many: Vec<String> = (0..12)
            .map(|at| format!("(user.city -eq \"{at}\" -or user.state -eq \"{at}\")"))
            .collect();
        let rule = Rule::parse(&many.join(" -and ")).expect("a rule");
        assert_eq!(
            sketch(Account::Guest, None).fitting(&[(&rule, true)]),
            Err(Undecided)
        );
    }
}
