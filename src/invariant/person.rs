//! Somebody who fits rules over people: groups with dynamic membership and automatic policies see attributes.
//!
//! A rule is a formula over comparisons; each way to make it true is tried. Comparisons of one property are met by a value
//! made of the texts that they name; a pattern by one of its shortest texts.

use std::collections::BTreeMap;

use crate::governance::record::{Account as Record, Creation, Identity, Person, UserType};
use crate::governance::rule::{Rule, matches};
use crate::impact::Account;
use crate::model::rule::{Operator, Test, Value};
use crate::model::text::{Domain, Email};

use super::sample;

/// How many ways to make rules true are tried.
const WAYS: usize = 2_000;
/// How many values of a property are tried.
const VALUES: usize = 4_000;

/// Returns somebody of an account and a domain for whom rules are as wanted; `None` when there is nobody.
pub(super) fn fitting(
    account: Account,
    domain: &Domain,
    local: &str,
    rules: &[(&Rule, bool)],
) -> Option<Person> {
    let plain = plain(account, domain, local)?;
    let fits = |person: &Person| {
        rules
            .iter()
            .all(|(rule, wanted)| matches(rule, person) == *wanted)
    };
    if fits(&plain) {
        return Some(plain);
    }
    if account == Account::None {
        return None;
    }
    let mut ways = vec![Vec::new()];
    for (rule, wanted) in rules {
        ways = join(&ways, &met(rule, *wanted));
    }
    ways.iter()
        .filter_map(|way| attempt(&plain, domain, way))
        .find(fits)
}

/// Returns somebody of whom nothing is known but their account and their address.
pub(super) fn plain(account: Account, domain: &Domain, local: &str) -> Option<Person> {
    let mail = Email::parse(&format!("{local}@{domain}")).ok()?;
    let mut person = Person::applicant(1, mail.clone(), local.to_owned());
    person.identities = vec![Identity::Own];
    person.account = (account != Account::None).then(|| Record {
        upn: mail.to_string(),
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
    Some(person)
}

/// A comparison, of one value or of several, and whether it is to hold.
#[derive(Debug, Clone)]
struct Literal {
    rule: Rule,
    wanted: bool,
}

impl Literal {
    const fn test(&self) -> Option<&Test> {
        match &self.rule {
            Rule::Test(test) | Rule::Each { test, .. } => Some(test),
            Rule::Not(_) | Rule::And(_) | Rule::Or(_) => None,
        }
    }
}

/// Returns the sets of comparisons that make a rule as wanted, each enough by itself.
fn met(rule: &Rule, wanted: bool) -> Vec<Vec<Literal>> {
    match rule {
        Rule::Test(_) | Rule::Each { .. } => vec![vec![Literal {
            rule: rule.clone(),
            wanted,
        }]],
        Rule::Not(rule) => met(rule, !wanted),
        Rule::And(rules) if wanted => all(rules, true),
        Rule::Or(rules) if !wanted => all(rules, false),
        Rule::And(rules) | Rule::Or(rules) => {
            let mut ways: Vec<_> = rules.iter().flat_map(|rule| met(rule, wanted)).collect();
            ways.truncate(WAYS);
            ways
        }
    }
}

fn all(rules: &[Rule], wanted: bool) -> Vec<Vec<Literal>> {
    let mut ways = vec![Vec::new()];
    for rule in rules {
        ways = join(&ways, &met(rule, wanted));
    }
    ways
}

fn join(ways: &[Vec<Literal>], more: &[Vec<Literal>]) -> Vec<Vec<Literal>> {
    let pairs = ways
        .iter()
        .flat_map(|one| more.iter().map(move |other| (one, other)));
    let joined = pairs.map(|(one, other)| one.iter().chain(other).cloned().collect());
    joined.take(WAYS).collect()
}

/// Returns somebody for whom comparisons are as wanted: a value for each property by itself.
fn attempt(plain: &Person, domain: &Domain, way: &[Literal]) -> Option<Person> {
    let mut by_property: BTreeMap<&str, Vec<&Literal>> = BTreeMap::new();
    for literal in way {
        if let Some(test) = literal.test() {
            by_property
                .entry(test.property.as_str())
                .or_default()
                .push(literal);
        }
    }
    let mut person = plain.clone();
    for (property, literals) in by_property {
        let holds = |person: &Person| {
            literals
                .iter()
                .all(|literal| matches(&literal.rule, person) == literal.wanted)
        };
        if holds(&person) {
            continue;
        }
        let several = literals
            .iter()
            .any(|it| matches!(it.rule, Rule::Each { .. }));
        let mut found = None;
        for value in values(&literals, several) {
            let mut tried = person.clone();
            if set(&mut tried, domain, property, value.as_deref()) && holds(&tried) {
                found = Some(tried);
                break;
            }
        }
        person = found?;
    }
    Some(person)
}

/// Returns values that may meet comparisons of one property: none, those that are named, and what can be made of them.
fn values(literals: &[&Literal], several: bool) -> Vec<Option<String>> {
    let mut named: Vec<String> = Vec::new();
    for test in literals.iter().filter_map(|literal| literal.test()) {
        match &test.value {
            Value::Text(text) => named.push(text.clone()),
            Value::List(list) => named.extend(list.iter().cloned()),
            Value::Bool(value) => named.extend([value.to_string(), (!value).to_string()]),
            Value::Pattern(pattern) => named.extend(sample::containing(pattern)),
            Value::Null => {}
        }
    }
    // Beginnings come first: whatever is contained may follow them.
    let begins = |test: &Test| matches!(test.operator, Operator::StartsWith);
    let mut starts: Vec<&str> = Vec::new();
    for test in literals
        .iter()
        .filter_map(|literal| literal.test())
        .filter(|test| begins(test))
    {
        if let Value::Text(text) = &test.value {
            starts.push(text);
        }
    }
    starts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let start = starts.first().copied().unwrap_or_default();
    let parts = literals.iter().filter_map(|literal| literal.test());
    let parts: Vec<&str> = parts
        .filter(|test| matches!(test.operator, Operator::Contains | Operator::Match))
        .filter_map(|test| match &test.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let mut values = vec![None, Some("x".to_owned()), Some("1".to_owned())];
    values.extend(named.iter().cloned().map(Some));
    values.push(Some(format!("{start}{}", parts.concat())));
    values.push(Some(format!("{start} {}", parts.join(" "))));
    for one in &named {
        values.push(Some(format!("{one}x")));
        values.push(Some(format!("x{one}")));
        for other in &named {
            values.push(Some(format!("{one}{other}")));
            if several {
                values.push(Some(format!("{one},{other}")));
            }
        }
    }
    values.truncate(VALUES);
    values
}

/// Gives somebody a value of a property; false for one that they cannot have.
fn set(person: &mut Person, domain: &Domain, property: &str, value: Option<&str>) -> bool {
    let Some(account) = &mut person.account else {
        return false;
    };
    let address = |text: &str| {
        let local = text.split('@').next().unwrap_or_default();
        Email::parse(&format!("{local}@{domain}")).ok()
    };
    match (property, value) {
        ("mail", Some(value)) => match address(value) {
            Some(mail) => person.mail = mail,
            None => return false,
        },
        ("otherMails", value) => {
            let mails = value.into_iter().flat_map(|value| value.split(','));
            let mails: Option<Vec<Email>> = mails.map(|text| Email::parse(text).ok()).collect();
            match mails {
                Some(mails) => person.other_mails = mails,
                None => return false,
            }
        }
        ("displayName", Some(value)) => value.clone_into(&mut person.name),
        ("companyName", value) => person.company = value.map(str::to_owned),
        ("userPrincipalName", Some(value)) => value.clone_into(&mut account.upn),
        ("objectId", Some(value)) => match value.parse() {
            Ok(number) => person.number = number,
            Err(_) => return false,
        },
        ("mail" | "displayName" | "userPrincipalName" | "objectId", None)
        | ("userType" | "accountEnabled", _) => return false,
        (property, Some(value)) => {
            person
                .attributes
                .insert(property.to_owned(), value.to_owned());
        }
        (property, None) => {
            person.attributes.remove(property);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(account: Account, rules: &[(&str, bool)]) -> Option<Person> {
        let read: Vec<(Rule, bool)> = rules
            .iter()
            .map(|(rule, wanted)| (Rule::parse(rule).expect(rule), *wanted))
            .collect();
        let rules: Vec<(&Rule, bool)> = read.iter().map(|(rule, wanted)| (rule, *wanted)).collect();
        let domain = Domain::parse("fabrikam.com").expect("a domain");
        fitting(account, &domain, "someone", &rules)
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
}
