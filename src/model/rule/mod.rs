//! Rules over people: the syntax of dynamic groups, which automatic policies share.
//!
//! `(user.department -eq "Sales") and (user.userType -eq "Guest")`: comparisons of properties with texts, truth values,
//! `null` or lists, joined by `-not`, `-and`, `-or`, in this order of strength, and parentheses. Words are read without
//! regard to case; the hyphen of an operator may be left out.

mod lexer;
mod parser;

use std::fmt;

/// A rule that can be evaluated.
#[derive(Debug, Clone)]
pub enum Rule {
    /// A property against a value.
    Test(Test),
    /// Some value of a property with several, or every one.
    Each {
        /// Whether every value is meant.
        all: bool,
        /// What each value is held against.
        test: Test,
    },
    /// The opposite.
    Not(Box<Self>),
    /// All of them.
    And(Vec<Self>),
    /// At least one of them.
    Or(Vec<Self>),
}

/// A property against a value.
#[derive(Debug, Clone)]
pub struct Test {
    /// The property, as the directory spells it: `department`.
    pub property: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub value: Value,
}

/// How a property is compared. Texts are compared without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// The same.
    Equal,
    /// Another.
    NotEqual,
    /// The beginning.
    StartsWith,
    /// Not the beginning.
    NotStartsWith,
    /// A part.
    Contains,
    /// Not a part.
    NotContains,
    /// A regular expression that matches somewhere.
    Match,
    /// One that matches nowhere.
    NotMatch,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
}

/// What a property is compared with.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing: the property is not set.
    Null,
    /// A truth value.
    Bool(bool),
    /// A text, in lower case.
    Text(String),
    /// Texts, in lower case.
    List(Vec<String>),
    /// A regular expression.
    Pattern(Box<regex::Regex>),
}

/// What is wrong with a rule, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRule {
    /// Which character, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where that can be said.
    pub help: Option<String>,
}

impl fmt::Display for BadRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, at character {} of the rule",
            self.message, self.column
        )
    }
}

impl std::error::Error for BadRule {}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    ///
    /// Says what is wrong at which character.
    pub fn parse(text: &str) -> Result<Self, BadRule> {
        parser::parse(&lexer::tokens(text)?)
    }
}

/// How many properties of users there are in a rule, by the names of the directory; those with several values are apart.
pub(crate) const TEXTS: &[&str] = &[
    "city",
    "companyName",
    "country",
    "department",
    "displayName",
    "employeeId",
    "employeeType",
    "facsimileTelephoneNumber",
    "givenName",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobile",
    "objectId",
    "onPremisesSecurityIdentifier",
    "passwordPolicies",
    "physicalDeliveryOfficeName",
    "postalCode",
    "preferredLanguage",
    "sipProxyAddress",
    "state",
    "streetAddress",
    "surname",
    "telephoneNumber",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

/// Properties that are true or false.
pub(crate) const TRUTHS: &[&str] = &["accountEnabled", "dirSyncEnabled"];

/// Properties with several values.
pub(crate) const LISTS: &[&str] = &["otherMails", "proxyAddresses"];
