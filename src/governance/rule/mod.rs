//! Rules over people, evaluated: who matches the rule of an automatic policy or of a dynamic group.
//!
//! The syntax is `model::rule`. What is not set is `null`: it equals `null` alone, and every negated comparison holds for it.

pub(crate) mod comparison;
pub(crate) mod form;
pub(crate) mod language;
mod letters;
mod possible;

pub use possible::{Fit, fit, is_possible};

pub use crate::model::rule::{BadRule, Rule};

use super::record::{Person, UserType};
use crate::model::rule::{Operator, Test, Value};

/// Returns true for somebody who matches a rule. Only people whom the directory knows match any.
#[must_use]
pub fn matches(rule: &Rule, person: &Person) -> bool {
    person.living().is_some() && holds(rule, person)
}

fn holds(rule: &Rule, person: &Person) -> bool {
    match rule {
        Rule::Test(test) => compare(test, property(person, &test.property).as_deref(), || {
            truth(person, &test.property)
        }),
        Rule::Each { all, test } => {
            let values = values(person, &test.property);
            let mut values = values.iter();
            let one = |value: &String| compare(test, Some(value), || None);
            match all {
                true => values.all(one),
                false => values.any(one),
            }
        }
        Rule::Not(rule) => !holds(rule, person),
        Rule::And(rules) => rules.iter().all(|rule| holds(rule, person)),
        Rule::Or(rules) => rules.iter().any(|rule| holds(rule, person)),
    }
}

fn compare(test: &Test, text: Option<&str>, truth: impl Fn() -> Option<bool>) -> bool {
    let text = text.map(str::to_lowercase);
    let text = text.as_deref();
    let is = match &test.value {
        Value::Null => text.is_none() && truth().is_none(),
        Value::Bool(wanted) => truth() == Some(*wanted),
        Value::List(list) => text.is_some_and(|text| list.iter().any(|item| item == text)),
        Value::Pattern(pattern) => text.is_some_and(|text| pattern.is_match(text)),
        Value::Text(wanted) => text.is_some_and(|text| match test.operator {
            Operator::StartsWith | Operator::NotStartsWith => text.starts_with(wanted.as_str()),
            Operator::Contains | Operator::NotContains => text.contains(wanted.as_str()),
            _ => text == wanted,
        }),
    };
    is != is_negated(test.operator)
}

const fn is_negated(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::NotEqual
            | Operator::NotStartsWith
            | Operator::NotContains
            | Operator::NotMatch
            | Operator::NotIn
    )
}

/// Returns a property of somebody as text; `None` where it is not set.
fn property(person: &Person, name: &str) -> Option<String> {
    let account = person.living()?;
    let user_type = match account.user_type {
        UserType::Member => "Member",
        UserType::Guest => "Guest",
    };
    match name {
        "mail" => Some(person.mail.to_string()),
        "displayName" => Some(person.name.clone()),
        "companyName" => person.company.clone(),
        "userPrincipalName" => Some(account.upn.clone()),
        "userType" => Some(user_type.to_owned()),
        "objectId" => Some(person.number.to_string()),
        _ => person.attributes.get(attribute(name)).cloned(),
    }
    .filter(|text| !text.is_empty())
}

/// Returns the attribute that a rule means: two are called otherwise in rules than everywhere else.
#[must_use]
pub fn attribute(property: &str) -> &str {
    match property {
        "mobile" => "mobilePhone",
        "physicalDeliveryOfficeName" => "officeLocation",
        same => same,
    }
}

fn truth(person: &Person, name: &str) -> Option<bool> {
    match name {
        "accountEnabled" => person.living().map(|account| account.enabled),
        _ => person.attributes.get(name)?.parse().ok(),
    }
}

fn values(person: &Person, name: &str) -> Vec<String> {
    match name {
        "otherMails" => person.other_mails.iter().map(ToString::to_string).collect(),
        _ => {
            let listed = person.attributes.get(name);
            listed.map_or_else(Vec::new, |text| {
                text.split(',').map(|part| part.trim().to_owned()).collect()
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::record::{Account, Creation};
    use crate::model::text::Email;

    fn bob() -> Person {
        let mail = |text: &str| Email::parse(text).expect("an address");
        let mut bob = Person::applicant(7, mail("bob@wingtip.example"), "Bob".to_owned());
        bob.company = Some("Wingtip Toys".to_owned());
        bob.other_mails = vec![mail("b@fabrikam.example")];
        let _ = bob
            .attributes
            .insert("department".to_owned(), "Sales".to_owned());
        bob.account = Some(Account {
            upn: "bob_wingtip.example#EXT#@contoso.com".to_owned(),
            user_type: UserType::Guest,
            external: true,
            state: None,
            state_changed: None,
            creation: Creation::Invitation,
            enabled: true,
            created: jiff::Timestamp::UNIX_EPOCH,
            deleted: None,
            roles: Vec::new(),
        });
        bob
    }

    fn is(rule: &str) -> bool {
        matches(&Rule::parse(rule).expect(rule), &bob())
    }

    #[test]
    fn every_operator_compares_as_the_directory_does() {
        for rule in [
            "user.department -eq \"sales\"",
            "user.Department -EQ 'SALES'",
            "user.department ne \"Legal\"",
            "user.companyName -startsWith \"wing\"",
            "user.companyName -notStartsWith \"Toys\"",
            "user.mail -contains \"@wingtip\"",
            "user.mail -notContains \"@contoso\"",
            "user.mail -match \"^bob@.*\\.example$\"",
            "user.mail -notMatch \"^ana\"",
            "user.department -in [\"Legal\", \"Sales\"]",
            "user.department -notIn [\"Legal\"]",
            "user.userType -eq \"Guest\"",
            "user.accountEnabled -eq true",
            "user.objectId -ne null",
            "user.objectId -eq \"7\"",
            "user.otherMails -any (_ -contains \"fabrikam\")",
            "user.userPrincipalName -contains \"#EXT#\"",
        ] {
            assert!(is(rule), "{rule}");
            assert!(!is(&format!("-not ({rule})")), "{rule}");
        }
    }

    #[test]
    fn rules_see_every_attribute_that_they_name() {
        use crate::governance::people::ATTRIBUTES;
        use crate::model::rule::{LISTS, TEXTS, TRUTHS};
        let own = [
            "accountEnabled",
            "companyName",
            "displayName",
            "mail",
            "objectId",
            "otherMails",
            "userPrincipalName",
            "userType",
        ];
        for property in TEXTS.iter().chain(TRUTHS).chain(LISTS) {
            let is = own.contains(property) || ATTRIBUTES.contains(&attribute(property));
            assert!(is, "nobody can have {property}");
        }
        let mut bob = bob();
        let _ = bob
            .attributes
            .insert("mobilePhone".to_owned(), "+31 6".to_owned());
        let rule = Rule::parse("user.mobile -startsWith \"+31\"").expect("a rule");
        assert!(matches(&rule, &bob));
    }

    #[test]
    fn what_is_not_set_is_null() {
        assert!(is("user.jobTitle -eq null"));
        assert!(!is("user.jobTitle -ne null"));
        assert!(!is("user.jobTitle -eq \"Chef\""));
        assert!(is("user.jobTitle -ne \"Chef\""));
        assert!(is("user.jobTitle -notContains \"Chef\""));
        assert!(!is("user.jobTitle -in [\"Chef\"]"));
        assert!(is("user.extensionAttribute3 -eq null"));
    }

    #[test]
    fn not_binds_before_and_and_and_before_or() {
        let (yes, no) = (
            "user.department -eq \"Sales\"",
            "user.department -eq \"Legal\"",
        );
        assert!(is(&format!("{yes} -or {no} -and {no}")));
        assert!(!is(&format!("({yes} -or {no}) -and {no}")));
        assert!(is(&format!("-not {no} -and {yes}")));
        assert!(!is(&format!("not ({no} or {yes})")));
    }

    #[test]
    fn nobody_without_an_account_matches() {
        let mut bob = bob();
        bob.account = None;
        let rule = Rule::parse("user.department -ne \"Legal\"").expect("a rule");
        assert!(!matches(&rule, &bob));
    }
}
