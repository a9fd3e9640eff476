//! Principals: people, groups, and people found from the requestor.

use std::fmt;

use super::{Email, Line, Malformed, text_serde};

/// Whose sponsors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sponsors {
    /// The internal sponsors of the requestor's organization: people of our tenant.
    Internal,
    /// The external sponsors of the requestor's organization: its own people, already guests here.
    External,
    /// The sponsors of the guest account itself.
    Own,
}

/// Somebody who approves, sponsors, reviews, requests or owns.
///
/// `user:<address>`, `group:<name>`, `manager` (or `manager:2` for the manager's manager, up to 4), `self`,
/// `sponsors:internal`, `sponsors:external`, `sponsors:own`. Graph's subject sets, fact sheet `graph-entitlement` §6.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// One person.
    User(Email),
    /// The members of a group: a group resource of the tree by its name, or one of the directory by display name.
    Group(Line),
    /// The manager of the person concerned, 1 to 4 levels up.
    Manager(u8),
    /// The person concerned.
    Oneself,
    /// The sponsors of the person concerned.
    Sponsors(Sponsors),
}

text_serde! {
    /// A person or group: `user:ana@contoso.com`, `group:marketing-leads`; or people found from the requestor:
    /// `manager`, `manager:2`, `self`, `sponsors:internal`, `sponsors:external`, `sponsors:own`.
    Principal, "principal",
    pattern = "^(user:.+|group:.+|manager(:[1-4])?|self|sponsors:(internal|external|own))$"
}

impl Principal {
    /// Reads a principal.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and offers the spelling that was probably meant.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let nested = |problem: Malformed, whole: &str| Malformed {
            help: problem
                .help
                .map(|help| help.replacen("write `", &format!("write `{whole}:"), 1)),
            ..problem
        };
        match text.split_once(':') {
            Some(("user", address)) => Email::parse(address)
                .map(Self::User)
                .map_err(|problem| nested(problem, "user")),
            Some(("group", name)) => Line::parse(name)
                .map(Self::Group)
                .map_err(|problem| nested(problem, "group")),
            None if text == "manager" => Ok(Self::Manager(1)),
            None if text == "self" => Ok(Self::Oneself),
            Some(("manager", level)) => match level.as_bytes() {
                [level @ b'1'..=b'4'] => Ok(Self::Manager(level - b'0')),
                _ => Err(Malformed::new("managers are 1 to 4 levels up")
                    .help("write `manager` or `manager:2`")),
            },
            Some(("sponsors", "internal")) => Ok(Self::Sponsors(Sponsors::Internal)),
            Some(("sponsors", "external")) => Ok(Self::Sponsors(Sponsors::External)),
            Some(("sponsors", "own")) => Ok(Self::Sponsors(Sponsors::Own)),
            _ => Err(Self::unknown(text)),
        }
    }

    fn unknown(text: &str) -> Malformed {
        let problem = Malformed::new("not a person or group");
        if Email::parse(text).is_ok() {
            return problem.help(format!("write `user:{text}`"));
        }
        let fixed = [
            "manager",
            "self",
            "sponsors:internal",
            "sponsors:external",
            "sponsors:own",
        ];
        if let Some(near) = crate::diag::nearest(text, fixed) {
            return problem.help(format!("did you mean `{near}`?"));
        }
        let prefix = text.split(':').next().unwrap_or_default();
        if let (Some(near), Some((_, rest))) = (
            crate::diag::nearest(prefix, ["user", "group"]),
            text.split_once(':'),
        ) {
            return problem.help(format!("did you mean `{near}:{rest}`?"));
        }
        problem.help(
            "write `user:<address>`, `group:<name>`, `manager`, `self` or `sponsors:internal`",
        )
    }

    /// Returns true for one that names people, not people found from the requestor.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        matches!(self, Self::User(_) | Self::Group(_))
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(address) => write!(f, "user:{address}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::Manager(1) => f.write_str("manager"),
            Self::Manager(level) => write!(f, "manager:{level}"),
            Self::Oneself => f.write_str("self"),
            Self::Sponsors(Sponsors::Internal) => f.write_str("sponsors:internal"),
            Self::Sponsors(Sponsors::External) => f.write_str("sponsors:external"),
            Self::Sponsors(Sponsors::Own) => f.write_str("sponsors:own"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_back() {
        for text in [
            "user:ana@contoso.com",
            "group:Design guests",
            "manager",
            "manager:2",
            "self",
            "sponsors:internal",
            "sponsors:external",
            "sponsors:own",
        ] {
            assert_eq!(Principal::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Principal::parse("manager:1"), Ok(Principal::Manager(1)));
    }

    #[test]
    fn offers_what_was_meant() {
        for (text, help) in [
            ("ana@contoso.com", "write `user:ana@contoso.com`"),
            ("sponsor:internal", "did you mean `sponsors:internal`?"),
            ("gruop:leads", "did you mean `group:leads`?"),
            ("manger", "did you mean `manager`?"),
            ("manager:5", "write `manager` or `manager:2`"),
            ("user:ana+x@contoso.com", "write `user:ana@contoso.com`"),
        ] {
            assert_eq!(
                Principal::parse(text).expect_err(text).help.as_deref(),
                Some(help),
                "{text}"
            );
        }
    }
}
