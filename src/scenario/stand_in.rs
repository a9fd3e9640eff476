//! People who are made up to show something: whoever reads their addresses learns nothing about anybody.

use std::fmt;

/// What stands before the `@` of somebody of whom nothing is known.
pub const SOMEONE: &str = "someone";

/// What somebody is made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandIn {
    /// They approve.
    Approver,
    /// They manage somebody.
    Manager,
    /// They sponsor a guest.
    Sponsor,
}

impl StandIn {
    const ALL: [Self; 3] = [Self::Approver, Self::Manager, Self::Sponsor];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Approver => "approver",
            Self::Manager => "manager",
            Self::Sponsor => "sponsor",
        }
    }

    /// Returns what stands before the `@` of the one with a number.
    #[must_use]
    pub fn local(self, nth: impl fmt::Display) -> String {
        format!("{}-{nth}", self.as_str())
    }
}

/// Returns true for what stands before the `@` of somebody who was made up.
#[must_use]
pub fn is_stand_in(local: &str) -> bool {
    let numbered = |word: &str| {
        let number = local.strip_prefix(word)?.strip_prefix('-')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(())
    };
    local == SOMEONE
        || StandIn::ALL
            .iter()
            .any(|one| numbered(one.as_str()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_made_up_is_taken_for_it() {
        for local in ["someone", "approver-1", "manager-2", "sponsor-12"] {
            assert!(is_stand_in(local), "{local}");
        }
        for local in [
            "someone.else",
            "approver",
            "approver-",
            "approver-ana",
            "ana",
            "",
        ] {
            assert!(!is_stand_in(local), "{local}");
        }
        assert_eq!(StandIn::Approver.local(3), "approver-3");
    }
}
