//! Whom a row is about, and the words for it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::class::{Account, Looks, SignIn, Sort};
use super::said::Said;
use crate::model::text::Domain;

/// How many names a text shows; all of them are in the lists.
pub(super) const SHOWN: usize = 3;

/// Whom a row is about.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Who {
    /// In words: `people of fabrikam`, `members`. Rules, and names of several words, stand between backticks.
    pub text: String,
    /// Where rules and names of several words stand in it, without the backticks: from which byte to which, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code: Vec<(usize, usize)>,
    /// The organizations that are meant as a whole or in part, by name.
    pub organizations: Vec<String>,
    /// Set where every organization is meant, apart from these: then `organizations` lists those that are meant in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_organization_but: Option<Vec<String>>,
    /// The domains of addresses that are meant, where they count and not the organization.
    pub domains: Vec<String>,
    /// The people and groups that are meant by name: `user:ana@contoso.com`.
    pub named: Vec<String>,
    /// The packages whose holders are meant.
    pub holds: Vec<String>,
}

impl Who {
    /// Returns somebody who is told by a few words only.
    pub(in crate::impact) fn said(words: impl Into<Said>) -> Self {
        let Said { text, code } = words.into();
        Self {
            text,
            code,
            ..Self::default()
        }
    }

    /// Returns them with other words.
    pub(in crate::impact) fn told(self, words: impl Into<Said>) -> Self {
        let Said { text, code } = words.into();
        Self { text, code, ..self }
    }

    /// Returns the words, with what of them is a rule or a name of several words.
    pub(in crate::impact) fn words(&self) -> Said {
        Said {
            text: self.text.clone(),
            code: self.code.clone(),
        }
    }

    /// Returns the words cut at the backticks around rules and names of several words: every other part is one of these,
    /// whatever stands in it.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        let mut parts = Vec::new();
        let mut left = 0;
        for (start, end) in &self.code {
            let words = self.text.get(left..start.saturating_sub(1));
            let (Some(words), Some(code)) = (words, self.text.get(*start..*end)) else {
                break;
            };
            parts.extend([words, code]);
            left = end.saturating_add(1);
        }
        parts.push(self.text.get(left..).unwrap_or_default());
        parts
    }
}

/// Returns where an address is, in words.
pub(super) fn zone(sort: &Sort, witness: &Domain) -> String {
    match sort {
        Sort::Listed | Sort::Own => witness.to_string(),
        Sort::Below(above) => format!("subdomains of {above}"),
        Sort::LookAlike(looks) => match looks {
            Looks::Always => "domains that look like known ones",
            Looks::Before => "domains that looked like known ones",
            Looks::After => "domains that look like known ones from now on",
        }
        .to_owned(),
        Sort::Other => "other domains".to_owned(),
    }
}

/// Returns how somebody signs in, in words.
pub(super) const fn by(sign_in: &SignIn) -> &'static str {
    match sign_in {
        SignIn::Own => "here",
        SignIn::Passcode => "by a one-time passcode",
        SignIn::Tenant(_) | SignIn::OtherTenant => "with another tenant",
        SignIn::Federation(_) | SignIn::OtherFederation => "with another federation",
        SignIn::Facebook => "with Facebook",
        SignIn::Personal => "with a personal account",
    }
}

/// Returns what people from outside are to the directory, in words; nothing for whatever they are.
pub(in crate::impact) fn outside(accounts: &BTreeSet<Account>) -> &'static str {
    let has = |account: Account| accounts.contains(&account);
    match (
        has(Account::None),
        has(Account::Guest),
        has(Account::ExternalMember),
    ) {
        (true, true, true) => "",
        (true, true, false) => "members excepted",
        (true, false, true) => "guests excepted",
        (true, false, false) => "not in the directory yet",
        (false, true, false) => "guests",
        (false, false, true) => "external members",
        (false, _, _) => "in the directory",
    }
}

/// Returns what our own people are, in words.
pub(super) fn inside(accounts: &BTreeSet<Account>) -> Option<&'static str> {
    match (
        accounts.contains(&Account::Member),
        accounts.contains(&Account::InternalGuest),
    ) {
        (true, true) => Some("everyone of our own"),
        (true, false) => Some("our own members"),
        (false, true) => Some("internal guests"),
        (false, false) => None,
    }
}

/// Returns the first names of a list, and how many more there are.
pub(in crate::impact) fn list(names: &[String]) -> String {
    joined(names, "and")
}

/// Returns the first names of a list with a word before the last, and how many more there are.
pub(super) fn joined(names: &[String], word: &str) -> String {
    // One more name is not longer than "1 more".
    let shown = if names.len() > SHOWN + 1 {
        SHOWN
    } else {
        names.len()
    };
    let more = names.len() - shown;
    let shown: Vec<&str> = names.iter().take(shown).map(String::as_str).collect();
    match (more, shown.as_slice()) {
        (0, [all @ .., last]) if !all.is_empty() => format!("{} {word} {last}", all.join(", ")),
        (0, _) => shown.join(", "),
        (more, _) => format!("{} {word} {more} more", shown.join(", ")),
    }
}
